"""Whether a probability means what it says: the reliability curve and the expected calibration error.

Bins are of equal width, 15 from 0 to 1 as in Guo et al.: [0, 1/15), [1/15, 2/15), …, [14/15, 1]. Bins of equal count
would lie nearly all at both ends, where a good model's probabilities are, and would leave the doubtful middle to one.
The expected calibration error is read off the curve: the mean distance between mean probability and share of defective
pictures, weighted by pictures. It is biased upwards where bins hold few photographs, whose copies err together.

Sources: M. H. DeGroot and S. E. Fienberg, "The Comparison and Evaluation of Forecasters", 1983; C. Guo et al., "On
Calibration of Modern Neural Networks", ICML 2017, https://arxiv.org/abs/1706.04599.
"""

import numpy as np

from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.networks.figures import ReliabilityBin

BINS = 15


def bin_of(probability: np.ndarray, bins: int = BINS) -> np.ndarray:
    """Return the bin of each probability, float (N,) in [0, 1]: int (N,) from 0 to `bins` - 1."""
    return np.minimum((np.asarray(probability) * bins).astype(np.int64), bins - 1)


def expected_calibration_error(probability: np.ndarray, positive: np.ndarray, *, bins: int = BINS) -> float:
    """Of probability float (N,) in [0, 1] and label bool (N,), N above 0."""
    gap = np.bincount(bin_of(probability, bins), weights=np.asarray(probability) - positive)
    return float(np.abs(gap).sum() / len(probability))


def reliability_curve(probability: np.ndarray, positive: np.ndarray, source: np.ndarray) -> tuple[ReliabilityBin, ...]:
    """One point per bin that holds images, in rising order; empty where there are none."""
    place = bin_of(probability)
    curve = []
    for index in np.unique(place):
        inside = place == index
        share, photographs = float(positive[inside].mean()), len(np.unique(source[inside]))
        known = None if photographs == 1 and 0 < share < 1 else share_interval(positive[inside], source[inside])
        low, high = known.ends if known and known.ends else (None, None)
        curve.append(
            ReliabilityBin(
                from_=float(index / BINS),
                to=float((index + 1) / BINS),
                pictures=int(inside.sum()),
                photographs=photographs,
                probability=float(probability[inside].mean()),
                share=share,
                low=low,
                high=high,
            )
        )
    return tuple(curve)
