"""The loop: its schedule and optimizer by hand, and runs that were stopped and went on."""

import json
import math
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from casting_core.data.samples import Sample
from casting_core.data.synthetic.casting import Rendered
from casting_core.errors import Cancelled, SettingsError
from casting_core.networks.castnet import CastNet
from casting_core.training.batches import AugmentedBatches
from casting_core.training.logs.log import EpochRecord, read_log
from casting_core.training.loop import (
    LOG,
    SETTINGS,
    STATE,
    HeldOut,
    Progress,
    fit,
    learning_rate,
)
from casting_core.training.settings import Recipe, TrainingSettings

TINY = TrainingSettings(size=64, epochs=3, batch_size=2, recipe=Recipe(defective_draws=1, ok_draws=1))
TIMES = {"seconds", "images_per_second"}

Run = Callable[..., list[EpochRecord]]


@pytest.fixture
def run(castings: tuple[Rendered, ...], samples: tuple[Sample, ...]) -> Run:
    """Fit a fresh network on four castings in `folder`, judged on the other two."""
    pixels = [c.pixels for c in castings]
    parts = [c.part for c in castings]
    held_out = HeldOut(pixels=pixels[4:], targets=np.array([0, 1], np.float32))

    def once(folder: Path, settings: TrainingSettings = TINY, weights: int = 0, **more) -> list[EpochRecord]:
        torch.manual_seed(weights)
        batches = AugmentedBatches(samples[:4], pixels[:4], parts[:4], settings)
        more = {"held_out": held_out, "device": "cpu", **more}
        return fit(CastNet(), batches, settings=settings, folder=folder, **more)

    return once


def untimed(log: list[EpochRecord]) -> list[dict[str, float]]:
    return [{f.name: getattr(r, f.name) for f in fields(r) if f.name not in TIMES} for r in log]


def stop_at(epoch: int, step: int) -> Callable[[Progress], bool]:
    return lambda progress: (progress.epoch, progress.step) == (epoch, step) and progress.record is None


def test_a_stopped_run_goes_on_as_an_undisturbed_one(run: Run, tmp_path: Path) -> None:
    undisturbed = run(tmp_path / "whole")
    with pytest.raises(Cancelled, match="epoch 2"):
        run(tmp_path / "halves", callback=stop_at(2, 1))
    assert untimed(read_log(tmp_path / "halves" / LOG)) == untimed(undisturbed[:1])
    # half a row of a killed writer is in the way, and the network starts from other weights
    with (tmp_path / "halves" / LOG).open("a") as stream:
        stream.write("2,0.69")
    resumed = run(tmp_path / "halves", weights=1, resume=True)
    assert untimed(resumed) == untimed(undisturbed)
    assert [r.epoch for r in resumed] == [1, 2, 3]
    for name in (STATE, SETTINGS):
        assert (tmp_path / "halves" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_log_that_is_ahead_of_the_state_is_cut_back(run: Run, tmp_path: Path) -> None:
    short = replace(TINY, epochs=2)
    log = run(tmp_path, short)
    rows = (tmp_path / LOG).read_text().splitlines()
    (tmp_path / LOG).write_text("\n".join([*rows, "3" + ",9" * 7]) + "\n")
    assert untimed(run(tmp_path, short, resume=True)) == untimed(log)


def test_other_settings_are_not_resumed(run: Run, tmp_path: Path) -> None:
    run(tmp_path, replace(TINY, epochs=1))
    for other in (replace(TINY, epochs=1, seed=1), replace(TINY, epochs=2)):
        with pytest.raises(SettingsError, match="other settings"):
            run(tmp_path, other, resume=True)


def test_without_resume_a_run_begins_anew(run: Run, tmp_path: Path) -> None:
    short = replace(TINY, epochs=1)
    first = run(tmp_path, short)
    assert untimed(run(tmp_path, short)) == untimed(first)
    assert len(read_log(tmp_path / LOG)) == 1
    assert untimed(run(tmp_path / "new", short, resume=True)) == untimed(first)


def test_what_a_run_reports_and_leaves(run: Run, tmp_path: Path) -> None:
    said: list[Progress] = []
    settings = replace(TINY, epochs=2)
    log = run(tmp_path, settings, callback=said.append)
    assert [(p.epoch, p.step, p.record is not None) for p in said] == [
        (epoch, step, last) for epoch in (1, 2) for step, last in ((1, False), (2, False), (2, True))
    ]
    assert {(p.epochs, p.steps) for p in said} == {(2, 2)}
    for told, written in zip((p.record for p in said if p.record), log, strict=True):
        assert vars(told) == pytest.approx(vars(written), rel=1e-8)
    for record in log:
        assert math.isfinite(record.train_loss)
        assert math.isfinite(record.validation_loss)
        assert 0 <= record.train_accuracy <= 1
        assert record.validation_accuracy in (0, 0.5, 1)
        assert record.seconds > 0
        assert record.images_per_second > 0
    assert log[-1].learning_rate == pytest.approx(learning_rate(3, 4, settings))
    assert TrainingSettings.from_json(json.loads((tmp_path / SETTINGS).read_text())) == settings
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([STATE, LOG, SETTINGS])


def test_nothing_held_out_is_nothing_known(run: Run, tmp_path: Path) -> None:
    nothing = HeldOut(pixels=[], targets=np.zeros(0, np.float32))
    (record,) = run(tmp_path, replace(TINY, epochs=1), held_out=nothing)
    assert math.isnan(record.validation_loss)
    assert math.isnan(record.validation_accuracy)


def test_learning_rate_by_hand() -> None:
    settings = TrainingSettings(learning_rate=1.0, warmup=0.2)
    rates = [learning_rate(step, 10, settings) for step in range(10)]
    # two steps up, then half a cosine over eight: its middle, at step 6, is one half
    assert rates[:3] == pytest.approx([0.5, 1, 1])
    assert rates[6] == pytest.approx(0.5)
    assert rates[9] == pytest.approx(0.5 * (1 + math.cos(math.pi * 7 / 8)))


@given(st.integers(1, 300), st.floats(0, 1), st.floats(1e-6, 1))
def test_learning_rate_goes_up_once_and_down_once(steps: int, warmup: float, peak: float) -> None:
    settings = TrainingSettings(learning_rate=peak, warmup=warmup)
    rates = [learning_rate(step, steps, settings) for step in range(steps)]
    assert all(0 <= rate <= peak * (1 + 1e-9) for rate in rates)
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert max(rates) == pytest.approx(peak)


def test_a_run_leaves_frozen_weights_and_moves_the_others(run: Run, tmp_path: Path) -> None:
    from safetensors.torch import load_file

    run(tmp_path, replace(TINY, epochs=1))
    torch.manual_seed(0)
    before = CastNet().state_dict()
    after = {k.removeprefix("model."): v for k, v in load_file(tmp_path / STATE).items()}
    for name in ("backbone.stem.weight", "backbone.norm.running_mean", "backbone.stages.1.0.norm1.running_var"):
        assert torch.equal(before[name], after[name]), name
    for name in ("backbone.stages.3.0.expand.weight", "head.weight", "mix_norm.running_mean", "scale"):
        assert not torch.equal(before[name], after[name]), name
