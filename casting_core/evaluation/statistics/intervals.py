"""How far a share can be trusted: 95 % intervals over source photographs, not over their copies.

Bootstrap over photographs. Where nothing happened at all (or everything did), a bootstrap would say
that nothing ever can; there the exact interval of Clopper and Pearson over the number of photographs
stands: no error on 32 photographs still allows 10.9 %.

Sources: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; C. J. Clopper and
E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934.
"""

import math
from dataclasses import dataclass

import numpy as np

CONFIDENCE = 0.95


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A share and its interval, all in [0, 1]."""

    value: float
    low: float
    high: float


def clopper_pearson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact interval of `count` out of `total` independent trials; (0, 1) where there are none."""
    from scipy.stats import beta  # slow to import

    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else float(beta.ppf(tail, count, total - count + 1))
    high = 1.0 if count == total else float(beta.ppf(1 - tail, count + 1, total - count))
    return low, high


def share_interval(event: np.ndarray, source: np.ndarray, *, rounds: int = 2000, seed: int = 0) -> Interval | None:
    """Share of pictures with `event`, bool (N,), of photographs `source`, int (N,); None where N is 0."""
    if not len(event):
        return None
    _, group = np.unique(source, return_inverse=True)
    size = np.bincount(group).astype(float)
    hits = np.bincount(group, weights=np.asarray(event, float))
    value = float(hits.sum() / size.sum())
    if value in (0.0, 1.0):
        low, high = clopper_pearson(round(value * len(size)), len(size))
        return Interval(value=value, low=low, high=high)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(size), (rounds, len(size)))
    shares = hits[drawn].sum(1) / size[drawn].sum(1)
    low, high = np.quantile(shares, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(value=value, low=float(low), high=float(high))


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`count` of `of` pictures; `share` in [0, 1], with its 95 % interval from `low` to `high`."""

    count: int
    of: int
    share: float
    low: float
    high: float

    def of_thousand(self) -> str:
        """As a whole number of a thousand, never rounded to nothing: `4`, `fewer than 1`, `0`."""
        return _thousand(self.share, self.count > 0)

    def interval_of_thousand(self) -> tuple[str, str]:
        """Both ends of the interval as whole numbers, rounded outwards."""
        return f"{math.floor(1000 * self.low + 1e-9):,}", f"{math.ceil(1000 * self.high - 1e-9):,}"


def _thousand(share: float, some: bool) -> str:
    number = round(1000 * share)
    return "fewer than 1" if some and number == 0 else f"{number:,}"
