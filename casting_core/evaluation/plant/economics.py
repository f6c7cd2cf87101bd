"""What the inspection is worth in a plant: escapes, false rejects, work and money, beside doing it by hand.

Four ways to inspect are worked out from the rates of castings never seen (`verdict_rates`): the model alone (`model`),
the model with a person who looks at what it rejects as well (`second_look`), a person who looks at every part
(`by_hand`), and nobody (`uninspected`). What is assumed, and the sources: docs/methods.md, "Savings".
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from casting_core.evaluation.costs import LARGEST, PASS, REVIEW, Plant
from casting_core.evaluation.plant.results import Advantage, BreakEven, Totals, Way, Worth, estimate
from casting_core.evaluation.plant.verdict_rates import VerdictRates

SECOND_LOOK = np.array([PASS, REVIEW, REVIEW])  # what becomes of pass, review and reject


@dataclass(frozen=True, kw_only=True, eq=False)
class _Method:
    """A way to inspect, by the shares of pass, review and reject among the parts of each label, float (1 + R, 3)."""

    plant: Plant
    sound: np.ndarray
    defective: np.ndarray

    def cost(self, **changes: float) -> np.ndarray:
        """Money per part, float (1 + R,), with some of the plant's figures changed."""
        return replace(self.plant, **changes).cost(sound=self.sound, defective=self.defective)


def compare_inspection_methods(rates: VerdictRates, plant: Plant) -> Worth:
    """Work out all four ways for a plant from the rates of castings never seen (`verdict_rates.measure_rates`)."""
    sound, defective = rates.sound.shares, rates.defective.shares
    passed, reviewed = (np.tile(shares, (len(sound), 1)) for shares in (PASS, REVIEW))
    model = _Method(plant=plant, sound=sound, defective=defective)
    second_look = _Method(plant=plant, sound=sound @ SECOND_LOOK, defective=defective @ SECOND_LOOK)
    by_hand = _Method(plant=plant.by_hand, sound=reviewed, defective=reviewed)
    uninspected = _Method(plant=plant, sound=passed, defective=passed)
    rejected = plant.defect_rate * defective[:, 2]
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = rejected / (rejected + (1 - plant.defect_rate) * sound[:, 2])
    return Worth(
        model=_way(model),
        second_look=_way(second_look),
        by_hand=_way(by_hand),
        uninspected=_way(uninspected),
        model_over_by_hand=_advantage(model, by_hand),
        second_look_over_by_hand=_advantage(second_look, by_hand),
        model_over_uninspected=_advantage(model, uninspected),
        precision=None if math.isnan(precision[0]) else estimate(precision),
    )


def _way(method: _Method) -> Way:
    plant, rate = method.plant, method.plant.defect_rate
    (passed, missable, _), (_, scrappable, rejected) = rate * method.defective.T, (1 - rate) * method.sound.T
    reviews = missable + scrappable
    per_part = {
        "escapes": passed + missable * (1 - plant.person_finds),
        "false_rejects": rejected + scrappable * (1 - plant.person_passes),
        "reviews": reviews,
        "review_hours": reviews * plant.review_minutes / 60,
        "cost": method.cost(),
    }
    figures = {name: estimate(values) for name, values in per_part.items()}
    minutes = figures["review_hours"].times(60 * plant.parts_per_day)
    capacity = plant.capacity_minutes_per_day * (1 + 1e-9)
    return Way(
        per_10_000=Totals(**{name: figure.times(10_000) for name, figure in figures.items()}),
        per_year=Totals(**{name: figure.times(plant.parts_per_year) for name, figure in figures.items()}),
        minutes_per_day=minutes,
        enough=minutes.value <= capacity,
        enough_at_worst=minutes.span[1] <= capacity,
    )


def _advantage(first: _Method, second: _Method) -> Advantage:
    saved = _saved(first, second)
    each = estimate(saved)
    drawn = saved[1:][~np.isnan(saved[1:])]
    return Advantage(
        per_10_000=each.times(10_000),
        per_year=each.times(first.plant.parts_per_year),
        cheaper_in=float((drawn > 0).mean()) if len(drawn) else math.nan,
        break_even_defect_rate=_break_even(first, second, "defect_rate", most=1.0),
        break_even_missed_defect_cost=_break_even(first, second, "missed_defect_cost", most=LARGEST),
    )


def _break_even(first: _Method, second: _Method, name: str, *, most: float) -> BreakEven | None:
    """Where both ways cost the same as counted, for a figure of the plant from 0 to `most` that costs are linear in."""
    at_zero, at_one = (-float(_saved(first, second, **{name: value})[0]) for value in (0.0, 1.0))
    slope = 0.0 if math.isclose(at_zero, at_one, rel_tol=1e-12) else at_one - at_zero
    if slope == 0 or not 0 <= -at_zero / slope <= most:
        return None
    return BreakEven(at=-at_zero / slope, first_cheaper_below=slope > 0)


def _saved(first: _Method, second: _Method, **changes: float) -> np.ndarray:
    """Money per part that the first saves, float (1 + R,); 0 where it is no more than a rounding."""
    one, other = first.cost(**changes), second.cost(**changes)
    return np.where(np.isclose(one, other, rtol=1e-12, atol=1e-15), 0.0, other - one)
