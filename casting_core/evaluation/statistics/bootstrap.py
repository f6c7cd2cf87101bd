"""Bootstrap intervals of 95 %: source photographs are drawn anew.

1. Photographs are drawn with replacement, all images of one together. Where a figure needs both labels, as many of
   sound and of defective parts are drawn as there are: how many of each there are was decided by whoever filed the
   set, and a draw without one of the two would have no figure. A photograph with images of both labels counts as what
   most of its images are.
2. The figure is computed for every draw from its weights, how often each photograph was drawn; the interval lies
   between the 2.5th and the 97.5th percentile.
3. Where the figure lies outside of it, the interval is stretched to the figure. That concerns the calibration error
   above all: it is a sum of distances, which chance only enlarges, so that draws exceed the figure as the figure
   exceeds the truth.
4. What no photograph shows no draw can show either: see `statistics.zero_errors`.

Sources: B. Efron, "Bootstrap Methods: Another Look at the Jackknife", 1979; A. C. Davison and D. V. Hinkley,
"Bootstrap Methods and their Application", 1997, sections 3.2 (strata) and 3.8 (groups).
"""

import numpy as np

from casting_core.estimate import Estimate

CONFIDENCE = 0.95
ROUNDS = 2000


def cluster_weights(
    source: np.ndarray, positive: np.ndarray | None = None, *, rounds: int = ROUNDS, seed: int = 0
) -> np.ndarray:
    """How often each of S photographs is drawn.

    Parameters
    ----------
    source : int (N,), the photograph of each image.
    positive : bool (N,), labels, where as many photographs of each are to be drawn as there are.

    Returns
    -------
    float64 (rounds, S), photographs in rising order of `source`; each row sums to S. Where a label has one photograph,
    it is in every draw: its own chance is then in no interval.
    """
    _, group, size = np.unique(source, return_inverse=True, return_counts=True)
    positive = np.zeros(len(group), bool) if positive is None else positive
    mostly_defective = 2 * np.bincount(group, weights=positive, minlength=len(size)) >= size
    rng = np.random.default_rng(seed)
    weights = np.zeros((rounds, len(size)))
    for label in (False, True):
        members = np.flatnonzero(mostly_defective == label)
        if len(members):
            drawn = rng.integers(0, len(members), (rounds, len(members)))
            cell = drawn + len(members) * np.arange(rounds)[:, None]  # one number per draw and member
            counts = np.bincount(cell.ravel(), minlength=rounds * len(members))
            weights[:, members] = counts.reshape(rounds, len(members))
    return weights


def from_draws(value: float, drawn: np.ndarray) -> Estimate:
    """Return a figure with its interval from its drawn values, float (R,); NaN, a draw without it, is passed over.

    Without an interval where no draw has a value.

    Examples
    --------
    >>> from_draws(0.5, np.array([0.4, np.nan, 0.6])).ends
    (0.405, 0.595)
    """
    values = drawn[~np.isnan(drawn)]
    if not len(values):
        return Estimate(value=value)
    low, high = np.quantile(values, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Estimate(value=value, low=min(float(low), value), high=max(float(high), value))


def mean_interval(values: np.ndarray, source: np.ndarray, positive: np.ndarray | None = None) -> Estimate | None:
    """Mean over images, float (N,), with its interval over the photographs of `cluster_weights`; None where N is 0."""
    if not len(values):
        return None
    _, group = np.unique(source, return_inverse=True)
    weights = cluster_weights(source, positive)
    return from_draws(float(values.mean()), (weights @ np.bincount(group, values)) / (weights @ np.bincount(group)))
