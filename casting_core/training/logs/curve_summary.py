"""What a loss curve says, in one computed sentence, or nothing where nothing is clear.

Losses are compared by their ratio, so that it is the same in whatever unit they are. The first that holds speaks:

1. *Diverged*: from some epoch to the end a loss is no number, or beyond all measure.
2. *Overfitting*, since the lowest held-out loss: over two epochs or more after it the held-out loss rose, and by more
   than chance, while the loss on training images fell.
3. *Falling* at the end: over the last third of the epochs, four at least, the slope (the median over all pairs, after
   Theil and Sen) comes to a fall of 5 % or more, and to more than chance. Watched is the held-out loss, or the only
   one.

Chance is four standard deviations. How far single values scatter is told from their steps against the trend. Of more
than a hundred values, the means of equally many neighbours stand for them.

Source: P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from casting_core.training.logs.columns import LOSS, TRAIN_LOSS, VALIDATION_LOSS, is_accuracy
from casting_core.training.logs.run import Run

CHANGE, RISE = 0.05, 0.01  # shares of the loss
CHANCE = 4.0  # standard deviations
SHORTEST = 4  # values, of a curve that can be judged
LARGEST = 1e100  # a loss beyond it is as good as none
MAX_POINTS = 100
WATCHED = {VALIDATION_LOSS: " on held-out images", TRAIN_LOSS: " on training images", LOSS: ""}


class CurveKind(StrEnum):
    """What a curve does; the module says by which rule."""

    DIVERGED = "diverged"
    OVERFITTING = "overfitting"
    FALLING = "falling"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What a curve does, since which epoch (or step), and that in a sentence."""

    kind: CurveKind
    sentence: str
    epoch: float


def best_epoch(run: Run, column: str = VALIDATION_LOSS) -> float | None:
    """Find the epoch of the lowest value, of the highest where the column is an accuracy; the first of equal ones.

    Whole epochs are given as int. None where the column is missing or holds no finite number.
    """
    epochs, values = run.series(column)
    finite = np.isfinite(values)
    if not finite.any():
        return None
    epochs, values = epochs[finite], values[finite]
    return _plain(epochs[np.argmax(values) if is_accuracy(column) else np.argmin(values)])


def describe(run: Run) -> Curve | None:
    """Say what the loss of a run does, by the rules of the module; None where nothing is clear."""
    watched = next((name for name in WATCHED if _numbers(run.series(name)[1]).any()), None)
    for column in dict.fromkeys((TRAIN_LOSS, watched or TRAIN_LOSS)):
        since = _lost(*run.series(column), even_all=watched is None)
        if since is not None:
            said = f"Diverged in {run.unit} {since:.10g}: from there on the loss is no number."
            return Curve(kind=CurveKind.DIVERGED, epoch=since, sentence=said)
    if watched is None:
        return None
    epochs, values = run.series(watched)
    epochs, values = epochs[_numbers(values)], values[_numbers(values)]
    if len(values) < SHORTEST:
        return None
    size = math.ceil(len(values) / MAX_POINTS)
    fit = _beside(epochs, *run.series(TRAIN_LOSS)) if watched == VALIDATION_LOSS else None
    epochs, values = epochs[::size], _means(values, size)
    ratio, of, low = _ratios(values), WATCHED[watched], int(np.argmin(values))
    if fit is not None and low + 2 < len(values) and _rises(ratio, low) and slope(_ratios(_means(fit, size)[low:])) < 0:
        said = (
            f"Overfitting since {run.unit} {epochs[low]:.10g}: the loss{of} rose from {values[low]:.3g} to "
            f"{values[-1]:.3g}, while that on training images fell."
        )
        return Curve(kind=CurveKind.OVERFITTING, epoch=_plain(epochs[low]), sentence=said)
    count = min(len(values), max(SHORTEST, math.ceil(len(values) / 3)))
    spread = _against(ratio, len(ratio) - 1) * math.sqrt(12 * (count - 1) / (count * (count + 1)))
    fall = -slope(ratio[-count:]) * (count - 1)
    if fall > max(-math.log1p(-CHANGE), CHANCE * spread) and low >= len(values) - 1 - len(values) // 8:
        said = (
            f"Still falling at the end: since {run.unit} {epochs[-count]:.10g} the loss{of} went from "
            f"{values[-count]:.3g} to {values[-1]:.3g}; more {run.unit}s may help."
        )
        return Curve(kind=CurveKind.FALLING, epoch=_plain(epochs[-count]), sentence=said)
    return None


def _rises(ratio: np.ndarray, low: int) -> bool:
    """Whether values rise from their lowest to their end: the last two of them, and the trend, beyond chance."""
    after = ratio[low:]
    third = max(1, len(after) // 3)
    rise = after[-max(2, third) :].mean() - after[:third].mean()
    chance = CHANCE * _against(ratio, low) * math.sqrt(1 / max(2, third) + 1 / third)
    return bool(rise > max(math.log1p(RISE), chance) and after[-2:].min() > after[0] and slope(after) > 0)


def _against(ratio: np.ndarray, low: int) -> float:
    """Estimate by how much values scatter: the root mean square of their steps up before the lowest, down after it.

    Of values that only scatter it is their standard deviation, of a smooth curve it is 0.
    """
    steps = np.diff(ratio)
    back = np.concatenate([np.maximum(steps[:low], 0), np.minimum(steps[low:], 0)])
    return float(np.sqrt(np.sum(back**2) / max(1, len(back) - 3)))


def slope(values: np.ndarray) -> float:
    """Median slope over all pairs of values, a step apart."""
    first, second = np.triu_indices(len(values), 1)
    return float(np.median((values[second] - values[first]) / (second - first)))


def _ratios(values: np.ndarray) -> np.ndarray:
    """Logarithms (N,), in which equal ratios are equal distances, also where losses reach zero or are negative."""
    above = values - min(0.0, float(values.min()))
    floor = 0.05 * (float(np.median(above)) or float(above.mean()))
    return np.log(above + floor) if floor > 0 else np.zeros(len(values))


def _means(values: np.ndarray, size: int) -> np.ndarray:
    starts = np.arange(0, len(values), size)
    return np.add.reduceat(values, starts) / np.diff(starts, append=len(values))


def _lost(epochs: np.ndarray, values: np.ndarray, *, even_all: bool) -> float | None:
    """Since when a loss is no number any more, None where it is not so; `even_all`: also if it never was one.

    NaN that numbers follow stands for a loss that was not taken in every epoch, not for one that was lost.
    """
    finite = _numbers(values)
    count = int(finite.sum())
    if count == len(values) or not finite[:count].all() or (count == 0 and not even_all):
        return None
    return _plain(epochs[count])


def _beside(epochs: np.ndarray, at: np.ndarray, losses: np.ndarray) -> np.ndarray | None:
    """Return the loss on training images at the watched `epochs`, float64 (N,): the mean since the one before."""
    finite = _numbers(losses)
    if not finite.any():
        return None
    index = np.minimum(np.searchsorted(epochs, at[finite]), len(epochs) - 1)
    count = np.bincount(index, minlength=len(epochs))
    mean = np.bincount(index, weights=losses[finite], minlength=len(epochs)) / np.maximum(count, 1)
    return np.interp(epochs, epochs[count > 0], mean[count > 0])


def _numbers(values: np.ndarray) -> np.ndarray:
    return np.abs(values) < LARGEST  # false for NaN


def _plain(epoch: float) -> float:
    return int(epoch) if float(epoch).is_integer() else float(epoch)
