"""How often each verdict falls on defective and on sound parts, with all that chance allows, drawn together.

Source photographs are drawn anew (`statistics.bootstrap`), and one draw gives the shares of all verdicts at once, so
that whatever is worked out of several of them keeps how they go together. A verdict that no picture of a label got is
allowed for in each draw. How, and the sources: docs/methods.md, "Savings".
"""

from dataclasses import dataclass

import numpy as np

from casting_core.errors import DataError
from casting_core.evaluation.predictions import Predictions
from casting_core.evaluation.statistics.bootstrap import cluster_weights, percentile_interval
from casting_core.evaluation.statistics.intervals import Rate
from casting_core.evaluation.thresholds.verdicts import verdict_masks

ROUNDS = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class VerdictRates:
    """Shares of verdicts, each with its 95 % interval.

    Attributes
    ----------
    missed, reviewed_defective
        Of the defective parts, those that pass and those sent to a person; the others are rejected.
    false_alarms, reviewed_sound
        Of the sound parts, those rejected and those sent to a person; the others pass.
    defective, sound
        Float64 (1 + R, 3), the shares of pass, review and reject, of which each row sums to 1: as counted in the first
        row, then R draws.
    defective_photographs, sound_photographs
        How many different ones were counted.
    """

    missed: Rate
    reviewed_defective: Rate
    false_alarms: Rate
    reviewed_sound: Rate
    defective: np.ndarray
    sound: np.ndarray
    defective_photographs: int
    sound_photographs: int


def measure_rates(
    predictions: Predictions,
    *,
    threshold_pass: float | np.ndarray,
    threshold_reject: float | np.ndarray,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> VerdictRates:
    """Count and draw, at thresholds for all pictures or, cross-fitted, float (N,), one per picture.

    Raises
    ------
    DataError
        A label has fewer than two photographs: from one alone no interval can be had.
    SettingsError
        Not 0 <= pass <= reject <= 1.
    """
    positive = np.asarray(predictions.positive, bool)
    masks = verdict_masks(predictions.probability, threshold_pass=threshold_pass, threshold_reject=threshold_reject)
    _, group = np.unique(predictions.source, return_inverse=True)
    drawn = cluster_weights(positive, predictions.source, rounds=rounds, seed=seed)  # (R, S)
    weights = np.vstack([np.ones(drawn.shape[1]), drawn])  # (1 + R, S)
    found = {}
    for place, (name, of) in enumerate({"defective": positive, "sound": ~positive}.items()):
        photographs = len(np.unique(group[of]))
        if photographs < 2:
            raise DataError(f"Rates need at least two photographs of {name} parts, got {photographs}; add some.")
        counts = np.stack([np.bincount(group[of & mask], minlength=weights.shape[1]) for mask in masks], 1)  # (S, 3)
        shares = _shares(counts, weights, photographs, np.random.default_rng([seed, place]))
        found[name] = shares, counts.sum(0), photographs
    (defective, of_defective, defective_photographs), (sound, of_sound, sound_photographs) = found.values()
    return VerdictRates(
        missed=_rate(defective[:, 0], of_defective, 0),
        reviewed_defective=_rate(defective[:, 1], of_defective, 1),
        false_alarms=_rate(sound[:, 2], of_sound, 2),
        reviewed_sound=_rate(sound[:, 1], of_sound, 1),
        defective=defective,
        sound=sound,
        defective_photographs=defective_photographs,
        sound_photographs=sound_photographs,
    )


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


def _rate(shares: np.ndarray, counts: np.ndarray, verdict: int) -> Rate:
    value = float(shares[0])
    ends = percentile_interval(shares[1:], value) or {"low": 0.0, "high": 1.0}
    return Rate(count=int(counts[verdict]), of=int(counts.sum()), share=value, low=ends["low"], high=ends["high"])
