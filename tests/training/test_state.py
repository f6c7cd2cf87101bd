"""The state of a run: exactly what was saved comes back, and what is damaged is refused."""

from pathlib import Path

import pytest
import torch
from torch import nn

from casting_core.errors import ModelError
from casting_core.training.state import load_state, save_state


def make(seed: int, width: int = 3) -> tuple[nn.Module, torch.optim.AdamW]:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Conv2d(1, width, 3), nn.BatchNorm2d(width), nn.Flatten(), nn.LazyLinear(1))
    model(torch.zeros(2, 1, 4, 4))
    return model, torch.optim.AdamW(model.parameters(), lr=0.1)


def advance(model: nn.Module, optimizer: torch.optim.Optimizer, seed: int) -> None:
    x = torch.randn(4, 1, 4, 4, generator=torch.Generator().manual_seed(seed))
    optimizer.zero_grad()
    model(x).square().sum().backward()
    optimizer.step()


def test_what_was_saved_goes_on_as_if_nothing_had_happened(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    model, optimizer = make(0)
    advance(model, optimizer, 1)
    advance(model, optimizer, 2)
    save_state(file, model, optimizer, epoch=7)
    other, its_optimizer = make(99)
    assert load_state(file, other, its_optimizer) == 7
    advance(model, optimizer, 3)
    advance(other, its_optimizer, 3)
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(other.state_dict()[name], tensor, rtol=0, atol=0)


def test_before_the_first_step(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    save_state(file, *make(0), epoch=0)
    assert load_state(file, *make(1)) == 0


@pytest.mark.parametrize("content", [None, b"", b"not safetensors", b"\xff" * 64])
def test_what_is_no_state_is_refused(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "state.safetensors"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match="start the run anew"):
        load_state(file, *make(0))


def test_half_of_a_state_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    save_state(file, *make(0), epoch=1)
    file.write_bytes(file.read_bytes()[:-40])
    with pytest.raises(ModelError):
        load_state(file, *make(0))


def test_the_state_of_another_network_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "state.safetensors"
    save_state(file, *make(0, width=4), epoch=1)
    with pytest.raises(ModelError):
        load_state(file, *make(0))
