"""Run folders: one that is begun anew is not finished, and one whose files are damaged is not gone on with."""

from pathlib import Path

import numpy as np
import pytest

from casting_core.data.provenance.grouping import write_provenance
from casting_core.data.samples import Sample, read_provenance
from casting_core.errors import Cancelled, CastingError, DataError, ModelError
from casting_core.evaluation.predictions import read_peaks, read_predictions, write_peaks, write_predictions
from casting_core.labels import Label
from casting_core.networks.registry import architecture
from casting_core.training.batches import PlainBatches
from casting_core.training.logs.log import read_log
from casting_core.training.loop import LOG, RESULT, SETTINGS, STATE, HeldOut, fit
from casting_core.training.settings import settings_for
from casting_core.training.ship import ship
from tests.factories import prediction
from tests.faults.conftest import write_runs
from tests.faults.models import DAMAGES, damage

QUICK = settings_for("logistic_regression", epochs=3, batch_size=2)


def learn(folder: Path, *, resume: bool = False, stop: bool = False) -> None:
    """Fit logistic regression to six pictures; `stop`: after the first epoch."""
    chance = np.random.default_rng(0)
    pixels = [chance.integers(0, 256, (64, 64), dtype=np.uint8) for _ in range(6)]
    samples = [
        Sample(path=f"{n}.png", split="train", label=Label.DEFECTIVE if n % 2 else Label.OK, source=n) for n in range(6)
    ]
    held = HeldOut(pixels=pixels[:2], targets=np.array([0, 1], np.float32))
    callback = (lambda progress: progress.record is not None) if stop else None
    network, batches = architecture("logistic_regression").build(), PlainBatches(samples, pixels, QUICK)
    fit(network, batches, held, QUICK, folder, resume=resume, device="cpu", callback=callback)


def test_a_run_that_is_begun_again_or_gone_on_with_is_not_finished(tmp_path: Path) -> None:
    """Else, stopped in the middle, its old weights would ship with its new log."""
    for resume in (False, True):
        (tmp_path / RESULT).write_text("{}")
        with pytest.raises(Cancelled):
            learn(tmp_path, resume=resume, stop=True)
        assert not (tmp_path / RESULT).exists()


def test_an_unfinished_run_is_not_shipped(tmp_path: Path) -> None:
    official, by_source = write_runs(tmp_path / "runs")
    (by_source[0] / RESULT).unlink()
    with pytest.raises(DataError, match=r"not a finished run \(result\.json is missing\)"):
        ship(official, by_source, tmp_path / "models" / "small")


def test_a_result_stays_where_going_on_is_refused(tmp_path: Path) -> None:
    learn(tmp_path)
    (tmp_path / RESULT).write_text("{}")
    (tmp_path / SETTINGS).write_text("{")
    with pytest.raises(ModelError):
        learn(tmp_path, resume=True)
    assert (tmp_path / RESULT).exists()


@pytest.mark.parametrize("how", [how for how in DAMAGES if how != "missing"])
@pytest.mark.parametrize("name", [STATE, SETTINGS, LOG])
def test_a_run_with_a_damaged_file_is_not_gone_on_with_in_silence(tmp_path: Path, name: str, how: str) -> None:
    with pytest.raises(Cancelled):
        learn(tmp_path, stop=True)
    damage(tmp_path / name, how)
    if name == LOG and how in ("empty", "cut", "cut in its last line", "one long line", "one long quotation", "nested"):
        learn(tmp_path, resume=True)  # rows that were cut are lost, the state is what counts
        assert [record.epoch for record in read_log(tmp_path / LOG)][-2:] == [2, 3]
        return
    with pytest.raises(CastingError, match=name.replace(".", r"\.")):
        learn(tmp_path, resume=True)


@pytest.mark.parametrize("name", ["a\rb.png", "a\nb.png", "\r\n.png", 'a",b.png', "=1.png", "\u2028.png", " .png"])
def test_tables_bring_back_any_name(tmp_path: Path, name: str) -> None:
    row, other = prediction(name, source=1, logit=0.5), prediction("b.png", source=2, logit=0.5)
    write_predictions(tmp_path / "predictions.csv", [row, other])
    assert read_predictions(tmp_path / "predictions.csv") == [row, other]
    write_peaks(tmp_path / "peaks.csv", {name: 1.5, "b.png": 2.0})
    assert read_peaks(tmp_path / "peaks.csv") == {name: 1.5, "b.png": 2.0}
    samples = [Sample(path=each, split="train", label=Label.OK, source=1) for each in (name, "b.png")]
    write_provenance(samples, tmp_path / "samples.csv")
    assert read_provenance(tmp_path / "samples.csv") == samples
