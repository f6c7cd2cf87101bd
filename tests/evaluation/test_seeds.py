"""Runs from other seeds: figures by hand, and those of the shipped card made anew from its predictions."""

from dataclasses import replace

from casting_core.evaluation.evaluate import suspects_of
from casting_core.evaluation.predictions import Prediction, read_predictions
from casting_core.evaluation.seeds import seed_figures
from casting_core.labels import Label
from casting_core.networks.calibration import Calibration
from casting_core.networks.card import MODELS, read_card
from casting_core.networks.thresholds import Thresholds
from tests.factories import prediction

THRESHOLDS = Thresholds(passing=0.3, rejecting=0.7)


def rows(*logits: tuple[float, bool]) -> list[Prediction]:
    return [
        prediction(f"{number}.png", Label.DEFECTIVE if defective else Label.OK, source=number, logit=logit)
        for number, (logit, defective) in enumerate(logits)
    ]


def test_by_hand():
    """Sound at -2 and 3, defective at -3, 0.5 and 4; the one at -3 is doubted."""
    given = rows((-2.0, False), (3.0, False), (-3.0, True), (0.5, True), (4.0, True))
    one = seed_figures({7: given}, Calibration(temperature=1.0, shift=0.0), THRESHOLDS, frozenset({"2.png"}))["7"]
    assert (one.pictures, one.wrong, one.missed_defects, one.false_alarms) == (4, 1, 0, 1)
    assert (one.reviews, one.margin, one.wrong_pictures) == (1, 0.5 - 3.0, ("1.png", "2.png"))


def test_one_class_has_no_margin():
    one = seed_figures({0: rows((1.0, True))}, Calibration(temperature=1.0, shift=0.0), THRESHOLDS, frozenset())["0"]
    assert one.margin is None


def test_the_cards_seeds_are_what_their_predictions_say():
    card, folder = read_card(MODELS / "castnet"), MODELS / "castnet"
    runs = {
        int(file.parent.name.rpartition("seed")[2]): read_predictions(file)
        for file in folder.glob("runs/*-official-seed*/predictions.csv")
    }
    shipped = [row for row in read_predictions(folder / "predictions.csv") if row.split == "official-test"]
    runs[card.training["settings"]["seed"]] = shipped
    calibration = Calibration(temperature=card.temperature, shift=card.shift)
    found = seed_figures(runs, calibration, card.thresholds, suspects_of(folder))
    assert list(found) == ["0", "1", "2"]
    for seed, figures in found.items():
        told = card.metrics.seeds[seed]
        assert abs(figures.margin - told.margin) < 1e-6
        assert replace(figures, margin=told.margin) == told
