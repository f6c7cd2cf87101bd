"""Where to draw the lines between ok, review and defective, from stated costs.

On pictures that the model did not see, every pair of thresholds has a mean cost: so much for a
missed defect, for a false alarm, for a review. Instead of the one cheapest pair, which would sit on
the edge of a chance, all pairs within one standard error of it count as equally good (the error by
bootstrap over source photographs), and the pair in the middle of that plateau is taken: `pass` a
quarter into it from below, `reject` a quarter from above, so that what lies between known sound and
known defective parts goes to a person.

The one-standard-error rule: L. Breiman et al., "Classification and Regression Trees", 1984.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

GRID = np.linspace(-7.0, 7.0, 113)  # thresholds, as logits of the calibrated probability


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What each outcome costs, in any one unit."""

    missed_defect: float = 50.0
    false_alarm: float = 1.0
    review: float = 0.1


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """Thresholds on the calibrated probability, `threshold_pass` ≤ `threshold_reject`, and their mean cost."""

    threshold_pass: float
    threshold_reject: float
    cost: float


def choose_operating_point(
    probability: np.ndarray,
    positive: np.ndarray,
    source: np.ndarray,
    *,
    costs: Costs | None = None,
    rounds: int = 200,
    seed: int = 0,
) -> OperatingPoint:
    """Choose on probability float (N,), positive bool (N,), source int (N,) of held-out pictures."""
    costs = costs or Costs()
    thresholds = expit(GRID)
    sources, group = np.unique(source, return_inverse=True)
    passed = probability[:, None] < thresholds  # (N, T)
    rejected = probability[:, None] >= thresholds
    defective = np.asarray(positive, bool)[:, None]
    # the cost of a pair is linear in its two thresholds: what passes wrongly, what is rejected wrongly,
    # and a review for whatever does neither
    at_pass = passed * np.where(defective, costs.missed_defect, 0.0) - costs.review * passed
    at_reject = rejected * np.where(defective, 0.0, costs.false_alarm) - costs.review * rejected
    low, high = (_per_source(table, group, len(sources)) for table in (at_pass, at_reject))
    size = np.bincount(group).astype(float)

    def mean_cost(weights: np.ndarray) -> np.ndarray:
        total = costs.review + ((weights @ low)[:, None] + (weights @ high)[None, :]) / (weights @ size)
        return np.where(np.tri(len(GRID), dtype=bool).T, total, np.inf)  # pass ≤ reject

    cost = mean_cost(np.ones(len(sources)))
    best = np.unravel_index(np.argmin(cost), cost.shape)
    rng = np.random.default_rng(seed)
    draws = [
        mean_cost(np.bincount(rng.integers(0, len(sources), len(sources)), minlength=len(sources)).astype(float))[best]
        for _ in range(rounds)
    ]
    rows, columns = np.nonzero(cost <= cost[best] + np.std(draws) + 1e-12)
    chosen_pass = int(np.quantile(rows, 0.25, method="nearest"))
    chosen_reject = int(np.quantile(columns, 0.75, method="nearest"))
    return OperatingPoint(
        threshold_pass=float(thresholds[chosen_pass]),
        threshold_reject=float(thresholds[max(chosen_pass, chosen_reject)]),
        cost=float(cost[chosen_pass, max(chosen_pass, chosen_reject)]),
    )


def _per_source(table: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Sums over the pictures of each photograph: (N, T) → (S, T)."""
    result = np.zeros((count, table.shape[1]))
    np.add.at(result, group, table)
    return result
