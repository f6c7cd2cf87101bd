"""The pair of thresholds of least expected cost for a plant: its costs, its defect rate, its reviewers.

1. Every pair of a grid has an expected cost a part: so much for a missed defect, for a false alarm, for a review. The
   shares of the defective and of the ok pictures count by the plant's defect rate, not by the set's (57 % of the public
   set are defective, and of no plant's castings). A person who reviews a part is taken to be right; `plant` is not so
   kind. The grid ends in 0, below which nothing passes, and in 1.
2. Only pairs count that send no more parts to a person, at that rate, than there is capacity for.
3. The one cheapest pair sits on the edge of a chance. All pairs within one standard error of it (by drawing
   photographs, and never less than the review of one part in a hundred costs) count as equally good, and of these the
   one in the middle is proposed: pass a quarter into them from below, reject a quarter from above. How wide they
   spread says how flat the optimum is: on a flat one the costs hardly decide, and other reasons may. An error that no
   photograph shows is in no draw: where nothing is missed, chance may be larger than the margin (see `plant`).

That is how the thresholds that ship are chosen (`operating_point`), but for two things. There the pictures count as
they are. And there the two thresholds lie on both sides of one half; here the least cost decides alone, for where
defects are rare, a part of an even chance by the set's rate is most probably sound.

Choosing on castings never seen is choosing on validation: the cost that is found there is likely to be too low. That of
`cross_fitted_cost` is not: for each fold the pair comes from the other folds. Rows of the official test are refused; it
would no longer be a test.

The one-standard-error rule: L. Breiman et al., "Classification and Regression Trees", 1984. Costs and priors of two
kinds of error: C. Elkan, "The Foundations of Cost-Sensitive Learning", 2001.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from casting_core.errors import DataError, SettingsError
from casting_core.networks.thresholds import Thresholds

if TYPE_CHECKING:
    from casting_core.evaluation.costs import Costs
    from casting_core.evaluation.predictions import Prediction, Predictions

LARGEST = 1e12  # of a cost: beyond it lies a slip of the keyboard


@dataclass(frozen=True, kw_only=True)
class Plateau:
    """The pairs that cannot be told from the cheapest, `pairs` of `of` that capacity allows, and how far they spread.

    `margin`: how much dearer than the cheapest they may be, in the unit of the costs, a part. Pass thresholds lie from
    `pass_low` to `pass_high`, reject thresholds from `reject_low` to `reject_high`, all in [0, 1].
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
class Proposal:
    """The thresholds that are proposed, and what they rest on. Costs are of one part, in the unit of the given ones.

    `cost`: expected at the plant's defect rate, on the pictures that the pair was chosen on; `reviews`: the share of
    parts that it sends to a person there. `cheapest_pass`, `cheapest_reject`, `cheapest_cost`: the pair of least cost.
    `capacity_binds`: whether reviewers without limit would save more than the plateau's margin.
    `cross_fitted_cost`: what to expect, see the module; None where there are not two folds with both labels.
    """

    threshold_pass: float
    threshold_reject: float
    cost: float
    reviews: float
    cheapest_pass: float
    cheapest_reject: float
    cheapest_cost: float
    plateau: Plateau
    capacity_binds: bool
    cross_fitted_cost: float | None


def choose_for_plant(rows: Sequence["Prediction"], costs: "Costs", *, defect_rate: float) -> Proposal:
    """Choose on by-source rows (`verdicts.for_choosing`) for costs and a share of defective parts in [0, 1].

    Raises `SettingsError` for rows of the official test or any other split, for costs that are no numbers of at least
    0, and where the defect rate or the capacity is not in [0, 1]; `DataError` unless there are rows of both labels.
    """
    from casting_core.evaluation.predictions import BY_SOURCE, as_arrays

    others = sorted({row.split for row in rows if not row.split.startswith(BY_SOURCE)})
    if others:
        raise SettingsError(
            f"Thresholds are chosen on castings never seen, by-source rows alone; got rows of {', '.join(others)}. "
            "On the official test nothing may be chosen: leave its rows out."
        )
    for name, value in {**asdict(costs), "defect_rate": defect_rate}.items():
        most = 1.0 if name in ("defect_rate", "review_capacity") else LARGEST
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise SettingsError(f"{name} must be a number from 0 to {most:g}, got {value!r}.")
    predictions = as_arrays(rows)
    if predictions.positive.all() or not predictions.positive.any():
        raise DataError("Thresholds can be chosen only on pictures of both labels; add those that are missing.")
    fold = np.array([row.split for row in rows])
    return _choose(predictions, costs, defect_rate, _cross_fitted_cost(predictions, fold, costs, defect_rate))


def _choose(predictions: "Predictions", costs: "Costs", rate: float, cross_fitted: float | None) -> Proposal:
    from scipy.special import expit

    from casting_core.evaluation.thresholds.operating_point import GRID, MIN_REVIEWS

    grid = np.concatenate([[0.0], expit(GRID), [1.0]])  # (T,)
    p, positive = predictions.probability, predictions.positive
    missed, cleared = (  # of each label, the share below every threshold, (T,)
        np.searchsorted(np.sort(p[of]), grid, side="left") / of.sum() for of in (positive, ~positive)
    )
    between_defective = np.maximum(0, missed[None, :] - missed[:, None])  # (T, T): row passes, column rejects
    between_ok = np.maximum(0, cleared[None, :] - cleared[:, None])
    reviews = rate * between_defective + (1 - rate) * between_ok
    cost = costs.review * reviews
    cost += rate * costs.missed_defect * missed[:, None] + (1 - rate) * costs.false_alarm * (1 - cleared)[None, :]
    cost[np.tril_indices(len(grid), -1)] = np.inf  # pass above reject is no pair
    allowed = np.isfinite(cost) & (reviews <= costs.review_capacity + 1e-12)
    unlimited = float(cost.min())
    cost[~allowed] = np.inf
    best = np.unravel_index(np.argmin(cost), cost.shape)
    each = _part_costs(predictions, grid[best[0]], grid[best[1]], costs)
    margin = max(_standard_error(predictions, each, rate), MIN_REVIEWS * costs.review)
    good = cost <= cost[best] + margin
    rows, columns = np.nonzero(good)
    row = int(np.quantile(rows, 0.25, method="nearest"))
    column = int(np.quantile(columns, 0.75, method="nearest"))
    while not good[row, column]:  # the middle of an uneven plateau may lie outside of it: on towards the cheapest
        row += int(np.sign(best[0] - row))
        column += int(np.sign(best[1] - column))
    return Proposal(
        threshold_pass=float(grid[row]),
        threshold_reject=float(grid[column]),
        cost=float(cost[row, column]),
        reviews=float(reviews[row, column]),
        cheapest_pass=float(grid[best[0]]),
        cheapest_reject=float(grid[best[1]]),
        cheapest_cost=float(cost[best]),
        plateau=Plateau(
            pairs=int(good.sum()),
            of=int(allowed.sum()),
            margin=margin,
            pass_low=float(grid[rows.min()]),
            pass_high=float(grid[rows.max()]),
            reject_low=float(grid[columns.min()]),
            reject_high=float(grid[columns.max()]),
        ),
        capacity_binds=bool(unlimited < cost[best] - margin),
        cross_fitted_cost=cross_fitted,
    )


def _cross_fitted_cost(predictions: "Predictions", fold: np.ndarray, costs: "Costs", rate: float) -> float | None:
    """Cost of a part where each fold, str (N,), is judged by the pair that the others choose."""
    folds = np.unique(fold)
    each = np.zeros(len(fold))
    for name in folds:
        inside = fold == name
        labels = predictions.positive[~inside]
        if labels.all() or not labels.any():
            return None
        chosen = _choose(predictions.only(~inside), costs, rate, None)
        each[inside] = _part_costs(predictions.only(inside), chosen.threshold_pass, chosen.threshold_reject, costs)
    positive = predictions.positive
    return float(rate * each[positive].mean() + (1 - rate) * each[~positive].mean())


def _part_costs(predictions: "Predictions", low: float, high: float, costs: "Costs") -> np.ndarray:
    """What each picture costs at a pair of thresholds, float (N,)."""
    passed, reviewed, rejected = Thresholds(low, high).masks(predictions.probability)
    missed, alarms = passed & predictions.positive, rejected & ~predictions.positive
    return costs.missed_defect * missed + costs.false_alarm * alarms + costs.review * reviewed


def _standard_error(predictions: "Predictions", each: np.ndarray, rate: float) -> float:
    """Of the expected cost of a part, from what each picture costs, float (N,), by drawing photographs."""
    from casting_core.evaluation.statistics.bootstrap import cluster_weights

    positive = predictions.positive
    _, group = np.unique(predictions.source, return_inverse=True)
    weights = cluster_weights(predictions.source, positive, rounds=200)  # (R, S)
    total = np.zeros(len(weights))
    for of, share in ((positive, rate), (~positive, 1 - rate)):
        if share > 0:
            sums, sizes = (
                weights @ np.bincount(group, weights=value * of, minlength=weights.shape[1])
                for value in (each, np.ones(len(each)))
            )
            with np.errstate(invalid="ignore", divide="ignore"):
                total += share * sums / sizes
    total = total[np.isfinite(total)]
    return float(total.std()) if len(total) else 0.0
