"""The file of trials: read as it was written, and refused where it contradicts itself."""

from pathlib import Path

import pytest

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import read_provenance
from casting_core.errors import DataError
from casting_core.evaluation.detectability.targets import FIRST_CASTING
from casting_core.evaluation.detectability.trials import (
    COLUMNS,
    FILE,
    PUBLIC,
    RENDERED,
    SOUND,
    Trial,
    as_written,
    read_trials,
    write_trials,
)
from casting_core.labels import Label, Verdict
from casting_core.networks.card import MODELS
from tests.factories import trial

TRIAL = trial(
    **{"picture": "test/ok_front/a.jpeg", "photograph": 3, "kind": "blow hole", "pixels": 7.0, "contrast": 50.5},
    **{"percent": as_written(2.8123456789), "probability": as_written(0.123456789)},
    **{"verdict": Verdict.REVIEW, "marked": True},
)
ROW = "public,a.jpeg,3,blow hole,7,2.8,50,0.9,defective,1,0"


def test_trials_are_read_as_they_were_written(tmp_path: Path):
    sound = trial(base=RENDERED, picture="7", photograph=7, probability=None, verdict=Verdict.UNUSABLE)
    write_trials(tmp_path / FILE, [TRIAL, sound])
    assert read_trials(tmp_path / FILE) == [TRIAL, sound]


def test_what_is_not_passed_is_a_hit():
    for verdict in Verdict:
        assert Trial(**{**vars(TRIAL), "verdict": verdict}).hit is (verdict is not Verdict.OK)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("public", "plant"),
        ("blow hole", "dent"),
        ("blow hole", "sound"),  # with a size
        ("2.8", "0"),
        ("2.8", "nan"),
        ("7,2.8", "x,2.8"),
        (",1,0", ",0,0"),  # rejected and no hit
        (",1,0", ",1,2"),
        ("defective", "perhaps"),
        ("3,blow", "three,blow"),
    ],
)
def test_a_row_that_cannot_be_is_refused(tmp_path: Path, before: str, after: str):
    file = tmp_path / FILE
    file.write_text(f"{','.join(COLUMNS)}\n{ROW}\n")
    assert len(read_trials(file)) == 1
    file.write_text(f"{','.join(COLUMNS)}\n{ROW.replace(before, after, 1)}\n")
    with pytest.raises(DataError, match="detectability"):
        read_trials(file)


def test_a_missing_file_and_missing_columns_say_what_to_do(tmp_path: Path):
    for content in (None, "base,kind\npublic,sound\n"):
        if content:
            (tmp_path / FILE).write_text(content)
        with pytest.raises(DataError, match="--detectability --save"):
            read_trials(tmp_path / FILE)


def test_the_shipped_trials_are_of_sound_undoubted_pictures_that_passed():
    file = MODELS / "castnet" / FILE
    assert file.read_text(encoding="utf-8").splitlines()[0] == ",".join(COLUMNS)  # figures only, no picture
    trials, known = read_trials(file), {s.path: s for s in read_provenance()}
    passed = {(t.base, t.picture) for t in trials if t.kind == SOUND and not t.hit}
    for t in trials:
        if t.base == PUBLIC:
            sample = known[t.picture]
            assert (sample.label, sample.suspect, sample.source) == (Label.OK, False, t.photograph)
        else:
            assert int(t.picture) == t.photograph >= FIRST_CASTING
        assert t.kind == SOUND or (t.base, t.picture) in passed
    photographs = {s.source for s in known.values() if s.label is Label.OK and not s.suspect}
    assert {t.photograph for t in trials if t.base == PUBLIC} == photographs
    for base in (PUBLIC, RENDERED):
        sized = [t for t in trials if t.base == base]
        assert len({(t.picture, t.kind) for t in sized}) == len(sized)
        assert {t.kind for t in sized} >= set(map(str, DefectKind))
