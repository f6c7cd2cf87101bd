"""From logits to probabilities: temperature and shift, and how well they are calibrated.

Platt scaling: p = sigmoid((logit + shift) / temperature), fitted by maximum likelihood on pictures
that the model did not see. Every source photograph weighs the same within its label, and the
targets are smoothed by the number of photographs, as Platt did by the number of examples: 17
photographs without an error do not prove a probability of zero.

Sources: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999; C. Guo et al., "On
Calibration of Modern Neural Networks", ICML 2017, https://arxiv.org/abs/1706.04599.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from casting_core.errors import SettingsError


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """`temperature` above 0 and `shift`, both in logits."""

    temperature: float
    shift: float

    def probability(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probability of *defective*, float64 in [0, 1], of the shape of `logits`."""
        return expit((np.asarray(logits, np.float64) + self.shift) / self.temperature)


def fit_calibration(logits: np.ndarray, positive: np.ndarray, source: np.ndarray) -> Calibration:
    """Fit on logits float (N,), positive bool (N,), source int (N,).

    Raises `SettingsError` where one of the two classes is missing.
    """
    positive = np.asarray(positive, bool)
    if positive.all() or not positive.any():
        raise SettingsError("Calibration needs pictures of both classes.")
    weight = np.zeros(len(logits))
    target = np.zeros(len(logits))
    for label in (False, True):
        members = positive == label
        _, group, count = np.unique(source[members], return_inverse=True, return_counts=True)
        photographs = len(count)
        weight[members] = 1.0 / (count[group] * photographs)
        target[members] = (photographs + 1) / (photographs + 2) if label else 1 / (photographs + 2)

    def loss(values: np.ndarray) -> float:
        z = logits * np.exp(-values[0]) + values[1]
        return float((weight * (np.logaddexp(0, z) - target * z)).sum())

    best = minimize(loss, np.zeros(2), method="Nelder-Mead", options={"xatol": 1e-6, "fatol": 1e-10, "maxiter": 4000})
    temperature = float(np.exp(best.x[0]))
    return Calibration(temperature=temperature, shift=float(best.x[1] * temperature))


def expected_calibration_error(probability: np.ndarray, positive: np.ndarray, *, bins: int = 15) -> float:
    """Mean distance of confidence from frequency over equal bins of probability, weighted by their counts."""
    bin_of = np.minimum((np.asarray(probability) * bins).astype(int), bins - 1)
    error = 0.0
    for index in range(bins):
        inside = bin_of == index
        if inside.any():
            error += abs(float(probability[inside].mean() - positive[inside].mean())) * inside.mean()
    return float(error)
