"""Where to draw the lines between ok, review and defective, from stated costs.

On pictures that the model did not see, every pair of thresholds has a mean cost: so much for a
missed defect, for a false alarm, for a review. Only pairs on both sides of one half are considered, since
no part is called what it probably is not, and only those that send no more parts to a person than there
is capacity for. Instead of the one cheapest pair, which would sit on
the edge of a chance, all pairs within one standard error of it count as equally good (the error by
bootstrap over source photographs, and never less than the cost of sending one part in a hundred to a
person), and the pair in the middle of that plateau is taken: `pass` a quarter into it from below,
`reject` a quarter from above, so that what lies between known sound and known defective parts goes to
a person.

The one-standard-error rule: L. Breiman et al., "Classification and Regression Trees", 1984.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from casting_core.evaluation.costs import Costs

MIN_REVIEWS = 0.01  # share of parts whose review is worth a margin, even where no error was made
GRID = np.linspace(-7.0, 7.0, 113)  # thresholds, as logits of the calibrated probability


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
    reviews = 1 - passed.mean(0)[:, None] - rejected.mean(0)[None, :]  # (T, T)
    allowed = (GRID <= 0)[:, None] & (GRID >= 0)[None, :] & (reviews <= costs.review_capacity)

    def mean_cost(weights: np.ndarray) -> np.ndarray:
        total = costs.review + ((weights @ low)[:, None] + (weights @ high)[None, :]) / (weights @ size)
        return np.where(allowed, total, np.inf)

    cost = mean_cost(np.ones(len(sources)))
    best = np.unravel_index(np.argmin(cost), cost.shape)
    rng = np.random.default_rng(seed)
    draws = [
        mean_cost(np.bincount(rng.integers(0, len(sources), len(sources)), minlength=len(sources)).astype(float))[best]
        for _ in range(rounds)
    ]
    margin = max(float(np.std(draws)), MIN_REVIEWS * costs.review)
    good = cost <= cost[best] + margin
    rows, columns = np.nonzero(good)
    chosen_pass = int(np.quantile(rows, 0.25, method="nearest"))
    chosen_reject = int(np.quantile(columns, 0.75, method="nearest"))
    while not good[chosen_pass, chosen_reject]:  # the middle of an uneven plateau may lie outside of it: on to the best
        chosen_pass += int(np.sign(best[0] - chosen_pass))
        chosen_reject += int(np.sign(best[1] - chosen_reject))
    return OperatingPoint(
        threshold_pass=float(thresholds[chosen_pass]),
        threshold_reject=float(thresholds[chosen_reject]),
        cost=max(0.0, float(cost[chosen_pass, chosen_reject])),
    )


def _per_source(table: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Sums over the pictures of each photograph: (N, T) → (S, T)."""
    result = np.zeros((count, table.shape[1]))
    np.add.at(result, group, table)
    return result
