"""Counts by photograph: by hand, and read as they were written."""

from pathlib import Path

import pytest

from casting_core.data.samples import Sample, read_provenance
from casting_core.errors import DataError
from casting_core.evaluation.held_out import chosen
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.summary import EACH
from casting_core.evaluation.robustness.tallies import FILE, UNDISTURBED, read_tallies, tally, write_tallies
from casting_core.inspection.results import Inspection
from casting_core.labels import Label, Verdict
from casting_core.networks.card import MODELS
from tests.factories import bare

SOUND = Sample(path="a.png", split="train", label=Label.OK, source=3, fold=2)
FAULTY = Sample(path="b.png", split="train", label=Label.DEFECTIVE, source=4, fold=1)


def said(*verdicts: str) -> list[Inspection]:
    """Verdicts with a probability that fits them: review counts as 0.6."""
    probability = {"ok": 0.1, "review": 0.6, "defective": 0.9, "unusable": None}
    return [bare(Inspection, verdict=Verdict(verdict), probability=probability[verdict]) for verdict in verdicts]


def test_counts_by_hand():
    before = said("ok", "ok", "ok", "defective")
    after = said("ok", "review", "unusable", "defective")
    sound = tally(SOUND, before, after, disturbance="blur", level=1.5, unit="px")
    assert (sound.disturbance, sound.level, sound.unit) == ("blur", 1.5, "px")
    assert (sound.fold, sound.photograph, sound.label) == (2, 3, Label.OK)
    assert (sound.pictures, sound.judged, sound.wrong) == (4, 3, 2)
    assert (sound.missed, sound.false_alarms, sound.reviews, sound.unusable, sound.flips) == (0, 1, 1, 1, 2)
    faulty = tally(FAULTY, before, after)
    assert (faulty.disturbance, faulty.level) == (UNDISTURBED, 0)
    assert (faulty.judged, faulty.wrong) == (3, 1)
    assert (faulty.missed, faulty.false_alarms) == (1, 0)


def test_before_and_after_are_of_the_same_pictures():
    with pytest.raises(ValueError, match="argument"):
        tally(SOUND, said("ok"), said("ok", "ok"))


def test_counts_are_read_as_they_were_written(tmp_path: Path):
    refused = tally(SOUND, said("ok"), said("unusable"))
    rows = [refused, tally(FAULTY, said("ok"), said("ok"), disturbance="x", level=0.85)]
    write_tallies(tmp_path / FILE, rows)
    assert read_tallies(tmp_path / FILE) == rows


@pytest.mark.parametrize(("before", "after"), [("ok,1", "fine,1"), ("ok,1", "ok,0"), ("blur,1.5", "blur,much")])
def test_counts_that_cannot_be_are_refused(tmp_path: Path, before: str, after: str):
    write_tallies(tmp_path / FILE, [tally(SOUND, said("ok"), said("defective"), disturbance="blur", level=1.5)])
    text = (tmp_path / FILE).read_text()
    assert before in text
    (tmp_path / FILE).write_text(text.replace(before, after, 1))
    with pytest.raises(DataError, match="--robustness --save"):
        read_tallies(tmp_path / FILE)


def test_a_missing_file_says_what_to_do(tmp_path: Path):
    with pytest.raises(DataError, match="--robustness --save"):
        read_tallies(tmp_path / FILE)


def test_the_shipped_counts_are_of_every_undoubted_photograph_at_every_level():
    rows = read_tallies(MODELS / "castnet" / FILE)
    pictures = chosen(read_provenance(), EACH)
    expected: dict[tuple[int, Label, int], int] = {}
    for sample, _ in pictures:
        key = sample.source, sample.label, sample.fold
        expected[key] = expected.get(key, 0) + 1
    levels = {(UNDISTURBED, 0.0)} | {(each.name, level) for each in CORRUPTIONS.values() for level in each.levels}
    assert {(row.disturbance, row.level) for row in rows} == levels
    for level in levels:
        at = [row for row in rows if (row.disturbance, row.level) == level]
        assert {(row.photograph, row.label, row.fold): row.pictures for row in at} == expected
        assert len(at) == len(expected)
