"""The words of the project: as files hold them, and which of them is the positive class."""

import json

import pytest

from casting_core.labels import Label, Verdict


def test_only_defective_is_positive() -> None:
    assert [label for label in Label if label.positive] == [Label.DEFECTIVE]


def test_a_right_verdict_is_the_word_of_the_label() -> None:
    """Files and tables compare the two as texts; the other verdicts are of no label."""
    assert {str(verdict) for verdict in Verdict} & {str(label) for label in Label} == {"ok", "defective"}
    assert all(Verdict(str(label)) == label for label in Label)


@pytest.mark.parametrize("words", [Label, Verdict])
def test_words_come_back_from_a_file(words: type[Label] | type[Verdict]) -> None:
    written = json.dumps([*words])
    assert written == json.dumps([word.value for word in words])
    assert [words(word) for word in json.loads(written)] == [*words]


@pytest.mark.parametrize("word", ["OK", "Defective", " ok", "", "good"])
def test_no_other_word_is_a_label(word: str) -> None:
    with pytest.raises(ValueError, match="not a valid Label"):
        Label(word)
