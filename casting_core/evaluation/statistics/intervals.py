"""How far a share can be trusted: 95 % intervals over source photographs, not over their copies.

Bootstrap over photographs. Where nothing happened at all (or everything did), a bootstrap would say
that nothing ever can; there the exact interval of Clopper and Pearson over the number of photographs
stands: no error on 32 photographs still allows 10.9 %.

Sources: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; C. J. Clopper and
E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial", 1934.
"""

import numpy as np

from casting_core.estimate import Estimate
from casting_core.evaluation.statistics.bootstrap import CONFIDENCE, mean_interval


def clopper_pearson(count: int, total: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Exact interval of `count` out of `total` independent trials, `total` above 0."""
    from scipy.stats import binomtest  # slow to import

    interval = binomtest(count, total).proportion_ci(confidence, method="exact")
    return float(interval.low), float(interval.high)


def share_interval(event: np.ndarray, source: np.ndarray) -> Estimate | None:
    """Share of images with an event, with its interval.

    Parameters
    ----------
    event : bool (N,).
    source : int (N,), the photograph of each image.

    Returns
    -------
    None where N is 0.

    Examples
    --------
    >>> none_of_32 = share_interval(np.zeros(320, bool), np.repeat(np.arange(32), 10))
    >>> none_of_32.count, none_of_32.of, round(none_of_32.high, 3)
    (0, 320, 0.109)
    """
    if not len(event):
        return None
    value = float(np.mean(event))
    found = None if value in (0.0, 1.0) else mean_interval(event, source)
    if found is None:
        photographs = len(np.unique(source))
        low, high = clopper_pearson(round(value * photographs), photographs)
    else:
        low, high = found.ends or (0.0, 1.0)
    return Estimate(value=value, low=low, high=high, count=int(np.sum(event)), of=len(event))
