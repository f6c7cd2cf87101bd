"""Choosing a device: the best one present, or the one named, or a sentence that says why not."""

import pytest
import torch

from casting_core.errors import SettingsError
from casting_core.networks.device import at_once, choose_device, describe, fast_dtype


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """Pretend to be a machine with so many CUDA cards, with or without MPS."""

    def pretend(cards: int = 0, mps: bool = False) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
        monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
        monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)

    return pretend


@pytest.mark.parametrize("name", [None, "auto"])
@pytest.mark.parametrize(
    ("cards", "mps", "expected"), [(1, True, "cuda"), (1, False, "cuda"), (0, True, "mps"), (0, False, "cpu")]
)
def test_the_best_one_present(machine, name: str | None, cards: int, mps: bool, expected: str) -> None:
    machine(cards, mps)
    assert choose_device(name).type == expected


def test_a_gpu_takes_more_at_once() -> None:
    assert 1 <= at_once(torch.device("cpu")) < at_once(torch.device("cuda")) == at_once(torch.device("mps"))


def test_the_one_named(machine) -> None:
    machine(cards=2, mps=True)
    assert choose_device("cpu") == torch.device("cpu")
    assert choose_device("cuda:1") == torch.device("cuda:1")
    assert choose_device("mps") == torch.device("mps")


@pytest.mark.parametrize("name", ["cuda", "cuda:0", "mps", "meta"])
def test_one_that_is_not_present(machine, name: str) -> None:
    machine()
    with pytest.raises(SettingsError, match="not present"):
        choose_device(name)


def test_a_card_too_many(machine) -> None:
    machine(cards=2)
    with pytest.raises(SettingsError, match="cuda:2"):
        choose_device("cuda:2")


@pytest.mark.parametrize("name", ["", "gpu", "cuda:x", "CPU "])
def test_one_that_is_unknown(name: str) -> None:
    with pytest.raises(SettingsError, match="Unknown device"):
        choose_device(name)


def test_precision(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fast_dtype(torch.device("cpu")) in (torch.float32, torch.bfloat16)
    assert fast_dtype(torch.device("mps")) == torch.float32
    for native, expected in ((True, torch.bfloat16), (False, torch.float32)):
        monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation, n=native: n)
        assert fast_dtype(torch.device("cuda")) == expected


def test_as_results_name_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "A Card")
    assert [describe(torch.device(name)) for name in ("cpu", "mps", "cuda")] == ["cpu", "mps", "cuda (A Card)"]
