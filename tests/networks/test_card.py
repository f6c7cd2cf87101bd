"""The card of a model: what was written is read, what is of another form or out of range is refused."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from casting_core.errors import ModelError
from casting_core.networks.card import CARD, ModelCard, read_card, shipped
from casting_core.networks.figures import Metrics
from casting_core.networks.localization_figures import RepairFigures
from tests.factories import bare, split_figures


@pytest.fixture
def written(tmp_path: Path, card: ModelCard) -> Callable[..., Path]:
    """The folder of a model whose card holds these values in place of its own."""

    def write(**values: Any) -> Path:
        folder = tmp_path / "castnet"
        folder.mkdir(exist_ok=True)
        (folder / CARD).write_text(json.dumps(json.loads(card.to_json()) | values), encoding="utf-8")
        return folder

    return write


def test_a_full_card_is_read_as_it_was_written(tmp_path: Path, card: ModelCard) -> None:
    full = replace(
        card,
        gates=("light", "focus"),
        envelope={"contrast": (0.25, 4.0)},
        calibrated_on=(0, 2, 4),
        limits=("Sees no back sides — of Größe 3 up.",),
        metrics=Metrics(official_test=split_figures(), repair=bare(RepairFigures)),
    )
    (tmp_path / CARD).write_text(full.to_json(), encoding="utf-8")
    assert read_card(tmp_path) == full
    assert "Größe" in full.to_json()


def test_what_an_older_card_does_not_say_is_the_default(tmp_path: Path, card: ModelCard) -> None:
    values = json.loads(card.to_json())
    for name in ("map_temperature", "map_shift", "envelope", "calibrated_on", "recentred", "metrics"):
        del values[name]
    (tmp_path / CARD).write_text(json.dumps(values), encoding="utf-8")
    assert read_card(tmp_path) == card


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"name": "castnet"}', "[" * 100_000])
def test_a_text_that_is_no_card_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / CARD).write_text(text, encoding="utf-8")
    with pytest.raises(ModelError, match=r"card\.json"):
        read_card(tmp_path)


@pytest.mark.parametrize(
    "values",
    [
        *({"extra": 1}, {"parameters": True}, {"parameters": 1.5}, {"name": 3}, {"gates": "light"}, {"gates": [1]}),
        *({"calibrated_on": ["0"]}, {"temperature": "1"}, {"temperature": float("nan")}, {"shift": float("inf")}),
        *({"envelope": {"contrast": [1.0]}}, {"envelope": {"contrast": [2.0, 1.0]}}, {"recentred": 1}),
        *({"metrics": {"rendered": [float("nan")]}}, {"metrics": {"nobody_knows": {}}}),
        *({"metrics": {"by_source": {"as_filed": 3}}}, {"metrics": {"by_source": []}}),
    ],
    ids=str,
)
def test_a_value_of_another_kind_is_refused(written: Callable[..., Path], values: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        read_card(written(**values))


def test_a_whole_number_may_stand_for_a_real_one(written: Callable[..., Path]) -> None:
    assert read_card(written(temperature=2, shift=0)).temperature == 2.0


def test_a_missing_card_says_which_there_are(written: Callable[..., Path]) -> None:
    home = written().parent
    with pytest.raises(ModelError, match=r"no model 'other'.*there are: castnet\."):
        read_card(home / "other")
    with pytest.raises(ModelError, match=r"there are: none\."):
        read_card(home / "nowhere" / "other")


@pytest.mark.parametrize(
    "change",
    [
        *({"threshold_pass": 0.9}, {"threshold_pass": -0.1}, {"threshold_reject": 1.5}),
        *({"threshold_reject": float("nan")}, {"temperature": 0.0}, {"map_temperature": -1.0}, {"input_size": 0}),
        {"envelope": {"contrast": (2.0, 1.0)}},
    ],
    ids=str,
)
def test_a_card_out_of_range_is_refused(card: ModelCard, change: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        replace(card, **change)


def test_thresholds_may_meet_and_lie_at_the_ends(card: ModelCard) -> None:
    for low, high in ((0.5, 0.5), (0.0, 1.0), (0.0, 0.0), (1.0, 1.0)):
        assert replace(card, threshold_pass=low, threshold_reject=high).threshold_pass == low


def test_a_figure_that_is_no_number_is_not_written(card: ModelCard) -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(card, metrics=Metrics(repair=bare(RepairFigures, pictures=float("nan")))).to_json()


def test_a_card_is_of_the_public_set_unless_photographs_were_told_apart_otherwise(card: ModelCard) -> None:
    assert card.on_public_set
    assert replace(card, data={"grouping": "table"}).on_public_set
    assert not replace(card, data={"grouping": "part"}).on_public_set


def test_the_default_comes_first_and_hidden_folders_and_those_without_a_card_do_not_count(tmp_path: Path) -> None:
    for name in ("zinc", "castnet", "alloy", ".half"):
        (tmp_path / name).mkdir()
        (tmp_path / name / CARD).touch()
    (tmp_path / "empty").mkdir()
    assert shipped(tmp_path) == ["castnet", "alloy", "zinc"]
