"""The pair of thresholds of least expected cost for a plant: its costs, its defect rate, its reviewers.

They are chosen as those that ship are (`operating_point`), but for two things: pictures of either label count by the
plant's defect rate, and the least cost decides alone, wherever one half lies. The grid ends in 0, below which nothing
passes, and in 1. The pictures must be of castings never seen, without those of the official test, which would no longer
be a test. More, and the sources: docs/methods.md, "Calibration and thresholds".
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from casting_core.errors import DataError, SettingsError
from casting_core.evaluation.costs import Plant
from casting_core.evaluation.predictions import BY_SOURCE, Prediction, Predictions, as_arrays
from casting_core.evaluation.statistics.bootstrap import cluster_weights
from casting_core.evaluation.thresholds.operating_point import (
    GRID,
    MIN_REVIEWS,
    ROUNDS,
    OperatingPoint,
    middle_of_plateau,
    pair_costs,
    picture_costs,
)


@dataclass(frozen=True, kw_only=True)
class Plateau:
    """The pairs that cannot be told from the cheapest, and how far they spread.

    Attributes
    ----------
    pairs, of
        How many there are, and how many capacity allows.
    margin
        How much more than the cheapest they may cost, in money per part.
    pass_low, pass_high, reject_low, reject_high
        Between which ends their thresholds lie, all in [0, 1].
    """

    pairs: int
    of: int
    margin: float
    pass_low: float
    pass_high: float
    reject_low: float
    reject_high: float

    @property
    def share(self) -> float:
        """How flat the optimum is: the share of all pairs that are as good, above 0, at most 1 (any pair will do)."""
        return self.pairs / self.of


@dataclass(frozen=True, kw_only=True)
class Proposal(OperatingPoint):
    """The thresholds that are proposed, and what they rest on.

    Attributes
    ----------
    threshold_pass, threshold_reject
        In [0, 1].
    cost, reviews
        Money expected per part in the plant, and the share of parts that a person reviews, as counted on the pictures
        that the pair was chosen on; the cost is likely to be too low.
    plateau
        The pairs that are as good.
    capacity_binds
        Whether reviewers without limit would save more than the plateau's margin.
    cross_fitted_cost
        What to expect per part: for each fold the pair comes from the other folds. None where there are not two folds
        with both labels.
    """

    reviews: float
    plateau: Plateau
    capacity_binds: bool
    cross_fitted_cost: float | None


def choose_for_plant(rows: Sequence[Prediction], plant: Plant) -> Proposal:
    """Choose on by-source rows (`verdicts.for_choosing`).

    Raises
    ------
    SettingsError
        A row is of the official test or of any other split.
    DataError
        There are not rows of both labels.
    """
    others = sorted({row.split for row in rows if not row.split.startswith(BY_SOURCE)})
    if others:
        raise SettingsError(
            f"Thresholds are chosen on castings never seen, by-source rows alone; got rows of {', '.join(others)}. "
            "On the official test nothing may be chosen: leave its rows out."
        )
    predictions = as_arrays(rows)
    if predictions.positive.all() or not predictions.positive.any():
        raise DataError("Thresholds can be chosen only on pictures of both labels; add those that are missing.")
    fold = np.array([row.split for row in rows])
    return _choose(predictions, plant, _cross_fitted_cost(predictions, fold, plant))


def _choose(predictions: Predictions, plant: Plant, cross_fitted: float | None) -> Proposal:
    thresholds, costs, by_verdict = np.concatenate([[0.0], expit(GRID), [1.0]]), plant.costs(), plant.by_verdict()
    p, positive = predictions.probability, predictions.positive
    cost, reviews = pair_costs(p, positive, thresholds, by_verdict, defect_rate=plant.defect_rate)
    unlimited = cost.min()
    cost[reviews > costs.review_capacity + 1e-12] = np.inf
    low, high = (thresholds[place] for place in np.unravel_index(np.argmin(cost), cost.shape))
    error = _standard_error(predictions, picture_costs(p, positive, low, high, by_verdict), plant.defect_rate)
    margin, least = max(error, MIN_REVIEWS * costs.review), cost.min()
    middle = middle_of_plateau(cost, margin)
    rows, columns = np.nonzero(cost <= least + margin)
    return Proposal(
        threshold_pass=float(thresholds[middle[0]]),
        threshold_reject=float(thresholds[middle[1]]),
        cost=float(cost[middle]),
        reviews=float(reviews[middle]),
        plateau=Plateau(
            pairs=len(rows),
            of=int(np.isfinite(cost).sum()),
            margin=margin,
            pass_low=float(thresholds[rows.min()]),
            pass_high=float(thresholds[rows.max()]),
            reject_low=float(thresholds[columns.min()]),
            reject_high=float(thresholds[columns.max()]),
        ),
        capacity_binds=bool(unlimited < least - margin),
        cross_fitted_cost=cross_fitted,
    )


def _cross_fitted_cost(predictions: Predictions, fold: np.ndarray, plant: Plant) -> float | None:
    """Cost of a part where each fold, str (N,), is judged by the pair that the others choose."""
    positive = predictions.positive
    each = np.zeros(len(fold))
    for name in np.unique(fold):
        inside = fold == name
        if len(np.unique(positive[~inside])) < 2:
            return None
        pair = _choose(predictions.only(~inside), plant, None)
        each[inside] = picture_costs(
            predictions.probability[inside],
            positive[inside],
            pair.threshold_pass,
            pair.threshold_reject,
            plant.by_verdict(),
        )
    rate = plant.defect_rate
    return float(rate * each[positive].mean() + (1 - rate) * each[~positive].mean())


def _standard_error(predictions: Predictions, each: np.ndarray, rate: float) -> float:
    """Of the expected cost of a part, from what each picture costs, float (N,), by drawing photographs."""
    positive = predictions.positive
    _, group = np.unique(predictions.source, return_inverse=True)
    weights = cluster_weights(predictions.source, positive, rounds=ROUNDS)  # (R, S)
    total = np.zeros(len(weights))
    for of, share in ((positive, rate), (~positive, 1 - rate)):
        if share > 0:
            sums, sizes = (
                weights @ np.bincount(group, weights=values, minlength=weights.shape[1]) for values in (each * of, of)
            )
            with np.errstate(invalid="ignore", divide="ignore"):
                total += share * sums / sizes
    total = total[np.isfinite(total)]
    return float(total.std()) if len(total) else 0.0
