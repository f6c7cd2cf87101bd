"""How often each verdict falls on defective and on sound parts, with all that chance allows, drawn together.

Source photographs are drawn anew (`statistics.bootstrap`), and one draw gives the shares of all verdicts at once, so
that whatever is worked out of several of them keeps how they go together. A verdict that no picture of a label got is
allowed for in each draw. How, and the sources: docs/methods.md, "Savings".
"""

from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights
from casting_core.networks.thresholds import Thresholds

ROUNDS = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelRates:
    """Verdicts on the parts of one label.

    Attributes
    ----------
    counts
        Int (3,), how many pictures pass, are sent to a person and are rejected.
    shares
        Float64 (1 + R, 3), the shares of these verdicts, of which each row sums to 1: as counted in the first row,
        then R draws.
    photographs
        How many different ones were counted.
    """

    counts: np.ndarray
    shares: np.ndarray
    photographs: int


@dataclass(frozen=True, kw_only=True)
class VerdictRates:
    """Verdicts on defective and on sound parts; a row of shares of either is one draw of both."""

    defective: LabelRates
    sound: LabelRates


def measure_rates(
    predictions: Predictions, thresholds: Thresholds, *, rounds: int = ROUNDS, seed: int = 0
) -> VerdictRates:
    """Count and draw. Raises `DataError` unless each label has two photographs: one alone has no interval."""
    positive = np.asarray(predictions.positive, bool)
    masks = thresholds.masks(predictions.probability)
    _, group = np.unique(predictions.source, return_inverse=True)
    drawn = cluster_weights(predictions.source, positive, rounds=rounds, seed=seed)  # (R, S)
    weights = np.vstack([np.ones(drawn.shape[1]), drawn])  # (1 + R, S)
    found = {}
    for place, (name, of) in enumerate({"defective": positive, "sound": ~positive}.items()):
        photographs = len(np.unique(group[of]))
        if photographs < 2:
            raise DataError(f"Rates need at least two photographs of {name} parts, got {photographs}; add some.")
        counts = np.stack([np.bincount(group[of & mask], minlength=weights.shape[1]) for mask in masks], 1)  # (S, 3)
        shares = _shares(counts, weights, photographs, np.random.default_rng([seed, place]))
        found[name] = LabelRates(counts=counts.sum(0), shares=shares, photographs=photographs)
    return VerdictRates(**found)


def _shares(counts: np.ndarray, weights: np.ndarray, photographs: int, rng: np.random.Generator) -> np.ndarray:
    """Of counts (S, 3) and weights (1 + R, S): shares (1 + R, 3); NaN in a draw that has no picture of the label.

    A verdict that was never seen gets a share from the distribution of which every percentile is the upper end of
    Clopper and Pearson's interval for none of n photographs: 1 - (1 - u)^(1/n). The others shrink in proportion.
    """
    drawn = weights @ counts  # (1 + R, 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = drawn / drawn.sum(1, keepdims=True)
    rounds = len(weights) - 1
    allowed = np.zeros((rounds, 3))
    level = np.minimum(np.arange(rounds) / max(rounds - 1, 1), 1 - 0.5 / rounds)  # its percentiles are u themselves
    for verdict in np.flatnonzero(counts.sum(0) == 0):
        allowed[:, verdict] = 1 - (1 - rng.permutation(level)) ** (1 / photographs)
    allowed /= np.maximum(allowed.sum(1, keepdims=True), 1)
    shares[1:] = shares[1:] * (1 - allowed.sum(1, keepdims=True)) + allowed
    return np.clip(shares, 0.0, 1.0)  # never a rounding beyond
