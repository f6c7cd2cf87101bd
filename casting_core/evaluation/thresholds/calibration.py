"""From logits to probabilities: shift and temperature.

p = sigmoid((logit + shift) / temperature), fitted on pictures that the model did not see; every source
photograph weighs the same within its label.

1. The shift puts p = 0.5 where both labels are told apart best: of all boundaries whose mean error rate of
   the two labels is within one standard error (bootstrap over photographs) of the lowest, and so cannot
   be told from it, at the lowest one, because a missed defect costs more than a false alarm. The networks'
   logits are far from symmetric, and plain Platt scaling would set the boundary by
   the clear cases, of which there are many, instead of by the doubtful ones.
2. The temperature follows by maximum likelihood, with targets smoothed by the number of pictures, as Platt did: no
   number of examples without an error proves a probability of zero. Smoothing by the number of photographs, of which
   there are far fewer, makes probabilities of verdicts too timid on castings never seen; it is left to maps.

Sources: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999; C. Guo et al., "On
Calibration of Modern Neural Networks", ICML 2017, https://arxiv.org/abs/1706.04599.
"""

from typing import Literal

import numpy as np
from scipy.special import expit

from casting_core.errors import SettingsError
from casting_core.networks.calibration import Calibration

BOOTSTRAP = 500  # draws of photographs
WIDEST = 6.0  # the temperature lies between exp(-6) and exp(6)


def fit_calibration(
    logits: np.ndarray,
    positive: np.ndarray,
    source: np.ndarray,
    *,
    smooth_by: Literal["images", "photographs"] = "images",
    fit_shift: bool = True,
) -> Calibration:
    """Fit on logits float (N,), positive bool (N,), source int (N,).

    `fit_shift`: whether the boundary may move; else the shift is 0, and the temperature alone is fitted. `smooth_by`:
    what Platt's targets are smoothed by the number of.

    Raises `SettingsError` where one of the two classes is missing.
    """
    logits, positive = np.asarray(logits, np.float64), np.asarray(positive, bool)
    if positive.all() or not positive.any():
        raise SettingsError("Calibration needs pictures of both classes.")
    weight = np.zeros(len(logits))
    target = np.zeros(len(logits))
    for label in (False, True):
        members = positive == label
        _, group, count = np.unique(source[members], return_inverse=True, return_counts=True)
        weight[members] = 1.0 / (count[group] * len(count))
        examples = len(count) if smooth_by == "photographs" else len(group)
        target[members] = (examples + 1) / (examples + 2) if label else 1 / (examples + 2)
    shift = -_boundary(logits, positive, source, weight) if fit_shift else 0.0

    def slope(inverse: float) -> float:
        """Of the loss, which is convex in the inverse of the temperature."""
        z = logits + shift
        return float((weight * (expit(z * inverse) - target) * z).sum())

    from scipy.optimize import brentq  # takes a tenth of a second, and only fitting needs it

    least, most = np.exp(-WIDEST), np.exp(WIDEST)
    if slope(least) >= 0:  # the flattest curve is still too steep
        inverse = least
    elif slope(most) <= 0:
        inverse = most
    else:
        inverse = brentq(slope, least, most, xtol=1e-15, rtol=1e-14)
    return Calibration(temperature=float(1 / inverse), shift=float(shift))


def _boundary(logits: np.ndarray, positive: np.ndarray, source: np.ndarray, weight: np.ndarray) -> float:
    """Return the lowest of the boundaries that tell both labels apart best, within one standard error."""
    levels = np.unique(logits)
    boundaries = np.concatenate([levels[:1] - 1, (levels[1:] + levels[:-1]) / 2, levels[-1:] + 1])  # (T,)
    place = np.searchsorted(levels, logits)  # a picture lies below the boundaries after its place
    signed = np.bincount(place + 1, weights=np.where(positive, weight, -weight), minlength=len(boundaries))
    error = (signed.cumsum() + weight[~positive].sum()) / 2  # mean of the two labels' error rates, (T,)
    lowest = int(error.argmin())
    wrong = (logits >= boundaries[lowest]) != positive
    sources, group = np.unique(source, return_inverse=True)
    by_source = np.bincount(group, weights=weight * wrong / 2)  # (S,)
    drawn = np.random.default_rng(0).integers(0, len(sources), (BOOTSTRAP, len(sources)))
    margin = float(by_source[drawn].sum(1).std())
    return float(boundaries[error <= error[lowest] + margin + 1e-12].min())
