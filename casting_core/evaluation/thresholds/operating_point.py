"""Where to draw the lines between pass, review and reject, from stated costs: the thresholds that ship.

Every pair of thresholds has a mean cost per part on pictures that the model did not see. Of the pairs that cannot be
told from the cheapest one the middle is taken, so that what lies between known sound and known defective parts goes to
a person. More, and the sources: docs/methods.md, "Calibration and thresholds".
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from casting_core.evaluation.costs import Costs

MIN_REVIEWS = 0.01  # share of parts whose review is worth a margin, even where no error was made
ROUNDS = 200  # draws of photographs for the standard error of the cheapest pair's cost
GRID = np.linspace(-7.0, 7.0, 113)  # thresholds, as logits of the calibrated probability


@dataclass(frozen=True, kw_only=True)
class OperatingPoint:
    """Thresholds on the calibrated probability, `threshold_pass` ≤ `threshold_reject`, and their mean cost."""

    threshold_pass: float
    threshold_reject: float
    cost: float


def choose_operating_point(
    probability: np.ndarray, positive: np.ndarray, source: np.ndarray, *, costs: Costs | None = None
) -> OperatingPoint:
    """Choose a pair of thresholds, one on each side of one half: no part is called what it probably is not.

    Parameters
    ----------
    probability, positive, source
        Float (N,) in [0, 1], bool (N,) and int (N,), the photograph, of held-out pictures.
    costs
        `Costs()` where left out.
    """
    costs = costs or Costs()
    positive = np.asarray(positive, bool)
    thresholds, by_verdict = expit(GRID), costs.by_verdict()
    cost, reviews = pair_costs(probability, positive, thresholds, by_verdict, defect_rate=float(positive.mean()))
    cost[(GRID > 0)[:, None] | (GRID < 0) | (reviews > costs.review_capacity + 1e-12)] = np.inf
    low, high = (thresholds[place] for place in np.unravel_index(np.argmin(cost), cost.shape))
    _, group = np.unique(source, return_inverse=True)
    each = np.bincount(group, weights=picture_costs(probability, positive, low, high, by_verdict))  # (S,)
    size = np.bincount(group)
    drawn = np.random.default_rng(0).integers(0, len(size), (ROUNDS, len(size)))
    error = np.std(each[drawn].sum(1) / size[drawn].sum(1))
    row, column = middle_of_plateau(cost, max(float(error), MIN_REVIEWS * costs.review))
    return OperatingPoint(
        threshold_pass=float(thresholds[row]),
        threshold_reject=float(thresholds[column]),
        cost=float(cost[row, column]),
    )


def pair_costs(
    probability: np.ndarray, positive: np.ndarray, thresholds: np.ndarray, costs: np.ndarray, *, defect_rate: float
) -> tuple[np.ndarray, np.ndarray]:
    """Work out the expected cost of a part and the share of parts reviewed, for every pair of thresholds.

    Parameters
    ----------
    probability, positive
        Float (N,) in [0, 1] and bool (N,), of pictures.
    thresholds
        Float (T,) in [0, 1], rising.
    costs
        Float (2, 3), of sound and defective parts by pass, review and reject.
    defect_rate
        Share of parts that are defective, in [0, 1], whatever it is among the pictures.

    Returns
    -------
    tuple of numpy.ndarray
        Each float (T, T): below the threshold of the row a part passes, from that of the column on it is rejected. The
        cost is infinite where the row's is the higher one.
    """
    counts, of = counts_below(probability, positive, thresholds)
    shares = counts / np.maximum(of, 1)  # (2, T)
    cost, reviews = np.zeros((2, len(thresholds), len(thresholds)))
    for below, weight, (passed, reviewed, rejected) in zip(shares, (1 - defect_rate, defect_rate), costs, strict=True):
        between = np.maximum(0, below - below[:, None])
        reviews += weight * between
        cost += weight * (passed * below[:, None] + reviewed * between + rejected * (1 - below))
    cost[np.tril_indices(len(thresholds), -1)] = np.inf
    return cost, reviews


def counts_below(
    probability: np.ndarray, positive: np.ndarray, thresholds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Count sound and defective pictures below each threshold, int (2, T), and in all, int (2, 1)."""
    ranked = [np.sort(probability[of]) for of in (~positive, positive)]
    return np.array([np.searchsorted(each, thresholds) for each in ranked]), np.array([[len(each)] for each in ranked])


def picture_costs(
    probability: np.ndarray, positive: np.ndarray, low: float, high: float, costs: np.ndarray
) -> np.ndarray:
    """Give what each picture costs at a pair of thresholds, float (N,); `costs` as for `pair_costs`."""
    return costs[positive.astype(int), np.digitize(probability, (low, high))]


def middle_of_plateau(cost: np.ndarray, margin: float) -> tuple[int, int]:
    """Row and column amid the pairs, of costs float (T, T), that cost at most `margin` more than the cheapest.

    The row, to pass below, lies a quarter into them from below, the column, to reject from, a quarter from above.
    """
    best, good = np.unravel_index(np.argmin(cost), cost.shape), cost <= cost.min() + margin
    rows, columns = np.nonzero(good)
    row = int(np.quantile(rows, 0.25, method="nearest"))
    column = int(np.quantile(columns, 0.75, method="nearest"))
    while not good[row, column]:  # the middle of an uneven plateau may lie outside of it: on towards the cheapest
        row += int(np.sign(best[0] - row))
        column += int(np.sign(best[1] - column))
    return row, column
