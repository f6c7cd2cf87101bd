"""How often each verdict falls on defective and on sound parts, with all that chance allows, drawn together.

1. The share of each verdict is counted among the defective pictures and among the sound ones.
2. Source photographs are drawn anew (`statistics.bootstrap`), all of their pictures together, and every share is
   counted again. One draw gives all shares at once, so that whatever is worked out of several of them keeps how they go
   together.
3. What no photograph shows no draw can show, and a bootstrap would say that it never happens. A verdict that no
   picture of a label got is given, in each draw, a share from the distribution of which every percentile is the upper
   end of Clopper and Pearson's for none of n photographs: 1 - (1 - u)^(1/n), u evenly spread from 0 to 1 in an order
   of its own. The other verdicts of that label shrink in proportion. So the share's own interval ends where
   Clopper and Pearson's does (none of 17 photographs: 19.5 %), and a cost that is worked out of it is not the sum of
   worst cases. Its lower end stays at what was counted.

Sources: C. J. Clopper and E. S. Pearson, 1934, and B. Efron, 1979, see `intervals`; intervals of every level read as
one distribution (here Beta(1, n)): T. Schweder and N. L. Hjort, "Confidence and Likelihood", 2002.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.networks.thresholds import Thresholds

if TYPE_CHECKING:
    from casting_core.evaluation.predictions import Predictions

ROUNDS = 2000


@dataclass(frozen=True, kw_only=True, eq=False)
class VerdictRates:
    """Shares of verdicts, each with its 95 % interval.

    `missed`: of the defective parts, those with verdict ok; `reviewed_defective`: those sent to a person; the others
    are rejected. `false_alarms`: of the sound parts, those rejected; `reviewed_sound`: those sent to a person; the
    others pass.
    `defective`, `sound`: float64 (1 + R, 3), the shares of ok, review and defective, of which each row sums to 1: as
    counted in the first row, then R draws.
    """

    missed: Estimate
    reviewed_defective: Estimate
    false_alarms: Estimate
    reviewed_sound: Estimate
    defective: np.ndarray
    sound: np.ndarray
    defective_photographs: int
    sound_photographs: int


def measure_rates(
    predictions: "Predictions",
    thresholds: Thresholds,
    *,
    rounds: int = ROUNDS,
    seed: int = 0,
) -> VerdictRates:
    """Count and draw, at thresholds for all pictures or, cross-fitted, float (N,), one a picture.

    Raises `DataError` unless each label has two photographs: from one alone no interval can be had. `SettingsError`
    unless 0 <= pass <= reject <= 1.
    """
    positive = np.asarray(predictions.positive, bool)
    masks = thresholds.masks(predictions.probability)
    _, group = np.unique(predictions.source, return_inverse=True)
    weights = cluster_weights(predictions.source, positive, rounds=rounds, seed=seed)  # (R, S)
    weights = np.concatenate([np.ones((1, weights.shape[1])), weights])  # (1 + R, S)
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
    """Of counts (S, 3) and weights (1 + R, S): shares (1 + R, 3); NaN in a draw that has no picture of the label."""
    drawn = weights @ counts  # (1 + R, 3)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = drawn / drawn.sum(1, keepdims=True)
    rounds = len(weights) - 1
    never = np.flatnonzero(counts.sum(0) == 0)
    allowed = np.zeros((rounds, 3))
    level = np.minimum(np.arange(rounds) / max(rounds - 1, 1), 1 - 0.5 / rounds)  # its percentiles are u themselves
    for verdict in never:
        allowed[:, verdict] = 1 - (1 - rng.permutation(level)) ** (1 / photographs)
    total = allowed.sum(1, keepdims=True)
    allowed = np.where(total > 1, allowed / np.maximum(total, 1), allowed)
    shares[1:] = shares[1:] * (1 - allowed.sum(1, keepdims=True)) + allowed
    return np.clip(shares, 0.0, 1.0)  # never a rounding beyond


def _rate(shares: np.ndarray, counts: np.ndarray, verdict: int) -> Estimate:
    value = float(shares[0])
    low, high = from_draws(value, shares[1:]).ends or (0.0, 1.0)
    return Estimate(value=value, low=low, high=high, count=int(counts[verdict]), of=int(counts.sum()))
