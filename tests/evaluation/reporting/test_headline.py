"""What a card's figures mean, by hand."""

import dataclasses

import pytest

from casting_core.data.samples import Sample
from casting_core.errors import ModelError
from casting_core.evaluation.reporting.headline import known_pictures, official, unseen
from casting_core.evaluation.statistics.intervals import Rate
from casting_core.labels import Label
from casting_core.networks.card import ModelCard

CARD = ModelCard(
    name="m",
    architecture="castnet",
    parameters=1,
    input_size=320,
    preprocessing="",
    gates=(),
    weights_sha256="",
    temperature=1,
    shift=0,
    threshold_pass=0.3,
    threshold_reject=0.6,
)


def rate(count: int, of: int, low: float, high: float) -> Rate:
    return Rate(count=count, of=of, share=count / of, low=low, high=high)


@pytest.mark.parametrize(
    ("given", "number", "interval"),
    [
        (rate(9, 2510, 0.0, 0.0096), "4", ("0", "10")),
        (rate(0, 262, 0.0, 0.2051), "0", ("0", "206")),
        (rate(1, 5000, 0.00001, 0.001), "fewer than 1", ("0", "1")),
        (rate(10, 10, 0.7, 1.0), "1,000", ("700", "1,000")),
    ],
)
def test_of_a_thousand(given: Rate, number: str, interval: tuple[str, str]) -> None:
    assert given.of_thousand() == number
    assert given.interval_of_thousand() == interval


def test_figures_are_read_without_the_doubted_labels() -> None:
    values = {"count": 1, "of": 4, "share": 0.25, "low": 0.0, "high": 0.8}
    split = {
        "pictures": 8,
        "photographs": 3,
        "defective_photographs": 2,
        "missed_defects": values,
        "false_alarms": values,
        "reviews": values,
        "wrong": values,
    }
    filed = split | {"false_alarms": {"count": 0, "of": 0, "share": None, "low": None, "high": None}}
    card = dataclasses.replace(CARD, metrics={"by_source": {"without_suspects": split, "as_filed": filed}})
    figures = unseen(card)
    assert figures is not None
    assert (figures.pictures, figures.photographs, figures.sound_photographs) == (8, 3, 1)
    assert figures.missed == rate(1, 4, 0.0, 0.8)
    assert official(card) is None
    as_filed = unseen(card, as_filed=True)
    assert as_filed is not None
    assert as_filed.false_alarms is None  # nothing to count it on
    assert unseen(CARD) is None


def test_known_pictures_by_hand() -> None:
    samples = [
        Sample(path=f"{split}/{i}", split=split, label=Label.OK, source=source)
        for i, (split, source) in enumerate([("train", 1), ("train", 2), ("test", 1), ("test", 3), ("test", 2)])
    ]
    assert known_pictures(samples) == (2, 3)


def test_figures_of_another_form_are_named() -> None:
    for metrics in ({"by_source": {}}, {"by_source": {"without_suspects": {"pictures": 1}}}, {"by_source": 3}):
        with pytest.raises(ModelError, match="by_source"):
            unseen(dataclasses.replace(CARD, metrics=metrics))
