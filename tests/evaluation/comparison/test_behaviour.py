"""What is drawn of a model: by hand, and number by number against the card of every model that ships."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from casting_core.errors import DataError
from casting_core.evaluation.comparison.behaviour import BARS, behaviour, card_intervals, select
from casting_core.evaluation.evaluate import suspects_of
from casting_core.evaluation.held_out_verdicts import HeldOutVerdict, judged, used_thresholds
from casting_core.labels import Label, Verdict
from casting_core.networks.card import MODELS, ModelCard, read_card, shipped
from casting_core.networks.figures import Metrics
from casting_core.networks.thresholds import Thresholds
from casting_core.system.json_records import to_json
from tests.factories import prediction

every_card = pytest.mark.parametrize(
    ("model", "split", "counted"),
    [(m, s, c) for m in shipped() for s in ("by_source", "official_test") for c in ("as_filed", "without_suspects")],
)


def row(path: str, label: Label, p: float, split: str = "by-source-0", low: float = 0.3, high: float = 0.7):
    """A picture, judged with its own thresholds; its photograph is the number in its name."""
    given = prediction(path, label, p, split=split, source=int(path[1]))
    return HeldOutVerdict(row=given, thresholds=Thresholds(passing=low, rejecting=high))


ROWS = [
    row("a0", Label.DEFECTIVE, 0.1),
    row("b0", Label.DEFECTIVE, 1.0),
    row("c1", Label.OK, 0.5, split="by-source-1", low=0.2, high=0.6),
    row("d1", Label.OK, 0.0, split="by-source-1", low=0.2, high=0.6),
    row("e2", Label.OK, 0.9, split="official-test"),
]


def test_by_hand():
    found = behaviour(select(ROWS, unseen=True))
    assert (found.pictures, found.photographs, found.wrong) == (4, 2, 2)
    assert found.cells[Label.DEFECTIVE, Verdict.OK] == ("a0",)
    assert found.cells[Label.DEFECTIVE, Verdict.DEFECTIVE] == ("b0",)
    assert (found.cells[Label.OK, Verdict.REVIEW], found.share(Label.DEFECTIVE, Verdict.OK)) == (("c1",), 0.5)
    assert (found.passing, found.rejecting) == ((0.2, 0.3), (0.6, 0.7))
    assert found.spread[Label.DEFECTIVE].tolist() == [int(bar in (BARS // 10, BARS - 1)) for bar in range(BARS)]
    assert found.spread[Label.OK].tolist() == [int(bar in (0, BARS // 2)) for bar in range(BARS)]
    assert found.roc.area == pytest.approx(3 / 4)
    assert found.calibration_error == pytest.approx((0.9 + 0.0 + 0.5 + 0.0) / 4)


def test_pictures_are_chosen_by_split_and_without_the_doubted():
    assert [each.row.path for each in select(ROWS, unseen=False)] == ["e2"]
    left = select(ROWS, unseen=True, left_out=frozenset({"b0", "c1"}))
    assert [each.row.path for each in left] == ["a0", "d1"]
    used = used_thresholds(left)
    assert [used.passing.tolist(), used.rejecting.tolist()] == [[0.3, 0.2], [0.7, 0.6]]


def test_one_label_alone_has_neither_curve_nor_share():
    found = behaviour([ROWS[0], ROWS[1]])
    assert found.roc is found.precision_recall is None
    assert found.figures["roc_auc"] is None
    assert found.share(Label.OK, Verdict.DEFECTIVE) is None


def test_no_pictures_and_doubled_ones_are_refused():
    with pytest.raises(DataError, match="no pictures"):
        behaviour([])
    with pytest.raises(DataError, match="twice"):
        behaviour([ROWS[0], ROWS[0]])


@cache
def of(model: str) -> tuple[ModelCard, list[HeldOutVerdict], frozenset[str]]:
    """Read once for all tests."""
    return read_card(MODELS / model), judged(model), suspects_of(MODELS / model)


@every_card
def test_every_number_is_the_cards(model, split, counted):
    card, rows, suspects = of(model)
    left_out = frozenset() if counted == "as_filed" else suspects
    found = behaviour(select(rows, unseen=split == "by_source", left_out=left_out))
    told = getattr(getattr(card.metrics, split), counted).to_json()
    assert [found.pictures, found.photographs] == [told["pictures"], told["photographs"]]
    assert found.wrong == told["wrong"]["count"]
    for (label, verdict), paths in found.cells.items():
        assert len(paths) == told["verdicts"][str(label)][str(verdict)]
    for name, value in found.figures.items():
        assert value == pytest.approx(told[name], abs=1e-7)
    for point, expected in zip(found.reliability, told["reliability"], strict=True):
        assert to_json(point) == pytest.approx(expected, abs=1e-7)
    for label, bars in found.spread.items():
        assert bars.sum() == sum(told["verdicts"][str(label)].values())
    intervals = card_intervals(card, found, unseen=split == "by_source", as_filed=counted == "as_filed")
    assert intervals == {
        name: (ends["low"], ends["high"]) for name, ends in told["intervals"].items() if name in found.figures
    }


def test_intervals_of_other_pictures_are_not_taken():
    card, rows, suspects = of(shipped()[0])
    found = behaviour(select(rows, unseen=True, left_out=suspects))
    assert card_intervals(card, found, unseen=True, as_filed=True) == {}
    assert card_intervals(card, found, unseen=False, as_filed=False) == {}
    assert card_intervals(replace(card, metrics=Metrics()), found, unseen=True, as_filed=False) == {}


def test_bars_are_of_equal_width_and_the_last_holds_certainty():
    rows = [row(f"{chr(97 + place)}{place}", Label.OK, p) for place, p in enumerate((0.0, 0.024, 0.025, 0.99, 1.0))]
    bars = behaviour(rows).spread[Label.OK]
    assert (bars[0], bars[1], bars[-1]) == (2, 1, 2)
    assert np.sum(bars) == 5
