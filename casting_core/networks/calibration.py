"""From a logit to a probability: shift and temperature. `evaluation.thresholds.calibration` fits them."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """`temperature` above 0 and `shift`, both in logits.

    Examples
    --------
    >>> Calibration(temperature=2.0, shift=1.0).probability(np.array([-1.0, 3.0])).round(3).tolist()
    [0.5, 0.881]
    """

    temperature: float
    shift: float

    def probability(self, logits: np.ndarray) -> np.ndarray:
        """Calibrated probability of *defective*, float64 in [0, 1], of the shape of `logits`."""
        return expit((np.asarray(logits, np.float64) + self.shift) / self.temperature)
