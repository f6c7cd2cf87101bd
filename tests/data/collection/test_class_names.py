"""Which class is the defective one, by the names of the folders."""

import pytest

from casting_core.data.collection.class_names import assign_labels, recognise
from casting_core.errors import DataError
from casting_core.labels import Label

OK, DEFECTIVE = Label.OK, Label.DEFECTIVE


SOUND = "good ok OK Ok ok_front 0_good good_parts normal io IO sound"
FAULTY = "def_front defect Defective bad ng NOK nok nIO nio reject 1_reject fehlerhaft"
NOT_SAID = (
    "castings a 2024 look broker okra ok_vs_bad positive not_ok notOK NOT-OK no_ok n.i.O. i.O. nicht_io not_good "
    "no_defect without-defects defect_free crack-free non_defective ohne_Fehler fehlerfrei scratch crack abnormal"
)
OPEN = [["a", "b"], ["bad", "reject"], ["crack", "no_crack"], ["bad", "x", "y"], ["good", "ok"], ["good", "ok", "x"]]


@pytest.mark.parametrize("name", SOUND.split())
def test_sound_names(name: str) -> None:
    assert recognise(name) is OK


@pytest.mark.parametrize("name", FAULTY.split())
def test_defective_names(name: str) -> None:
    assert recognise(name) is DEFECTIVE


@pytest.mark.parametrize("name", [*NOT_SAID.split(), ""])
def test_names_that_do_not_say(name: str) -> None:
    assert recognise(name) is None


@pytest.mark.parametrize(
    ("names", "defective"),
    [
        (["def_front", "ok_front"], {"def_front"}),
        (["crack", "good", "metal_nut_flip"], {"crack", "metal_nut_flip"}),
        (["front", "defective"], {"defective"}),
        (["non_defective", "defective"], {"defective"}),
        (["good", "ok", "bad"], {"bad"}),
        (["not_ok", "ok"], {"not_ok"}),
    ],
)
def test_guesses(names: list[str], defective: set[str]) -> None:
    classes, why = assign_labels(names)
    assert {name for name, label in classes.items() if label is DEFECTIVE} == defective
    assert set(classes) == set(names)
    assert "--defective" in why
    assert all(name in why for name in names)


@pytest.mark.parametrize("names", OPEN)
def test_no_guess_is_made_where_names_do_not_say(names: list[str]) -> None:
    with pytest.raises(DataError, match=f"{', '.join(names)}.*--defective"):
        assign_labels(names)


def test_what_is_told_beats_the_names() -> None:
    classes, why = assign_labels(["bad", "Good", "x"], ["good", "X"])
    assert classes == {"bad": OK, "Good": DEFECTIVE, "x": DEFECTIVE}
    assert why.startswith("As told")
    with pytest.raises(DataError, match=r"no class named nonsense.*bad, Good, x"):
        assign_labels(["bad", "Good", "x"], ["nonsense"])
    with pytest.raises(DataError, match="All classes"):
        assign_labels(["bad", "Good"], ["bad", "good"])
