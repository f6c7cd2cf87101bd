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

import numpy as np
import pandas as pd

from casting_core.training.logs.columns import LOSS, TRAIN_LOSS, VALIDATION_LOSS, is_accuracy
from casting_core.training.logs.run import Run

CHANGE, RISE = 0.05, 0.01  # shares of the loss
CHANCE = 4.0  # standard deviations
SHORTEST = 4  # values, of a curve that can be judged
LARGEST = 1e100  # a loss beyond it is as good as none
MAX_POINTS = 100
WATCHED = {VALIDATION_LOSS: " on held-out images", TRAIN_LOSS: " on training images", LOSS: ""}


def best_epoch(run: Run, column: str = VALIDATION_LOSS) -> float | None:
    """Find the epoch of the lowest value, of the highest where the column is an accuracy; the first of equal ones.

    None where the column is missing or holds no finite number.
    """
    epochs, values = run.series(column)
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    return float(epochs[values == (known.max() if is_accuracy(column) else known.min())][0])


def describe(run: Run) -> str:
    """Say in a sentence what the loss of a run does, by the rules of the module; "" where nothing is clear."""
    watched = next((name for name in WATCHED if len(_numbers(run, name))), None)
    for column in dict.fromkeys((TRAIN_LOSS, watched or TRAIN_LOSS)):
        epochs, values = run.series(column)
        count = len(known := _numbers(run, column))
        # NaN that numbers follow stands for a loss that was not taken in every epoch, not for one that was lost
        if count < len(values) and (known.index == epochs[:count]).all() and (count or watched is None):
            return f"Diverged in {run.unit} {epochs[count]:.10g}: from there on the loss is no number."
    loss = pd.Series() if watched is None else _numbers(run, watched)
    if len(loss) < SHORTEST:
        return ""
    size = math.ceil(len(loss) / MAX_POINTS)
    values, epochs = _means(loss, size), loss.index[::size]
    low, of, log = int(np.argmin(values)), WATCHED[str(watched)], _logarithms(values)
    train = _beside(loss.index, _numbers(run, TRAIN_LOSS)) if watched == VALIDATION_LOSS else pd.Series()
    rise = _change(log[low:], _scatter(log, low))
    up = low + 2 < len(values) and log[-2:].min() > log[low] and rise > math.log1p(RISE)
    if up and len(train) and slope(_logarithms(_means(train, size)[low:])) < 0:
        return (
            f"Overfitting since {run.unit} {epochs[low]:.10g}: the loss{of} rose from {values[low]:.3g} to "
            f"{values[-1]:.3g}, while that on training images fell."
        )
    count = min(len(values), max(SHORTEST, math.ceil(len(values) / 3)))
    fall = _change(log[-count:], _scatter(log, len(log) - 1))
    if fall < math.log1p(-CHANGE) and low >= len(values) - 1 - len(values) // 8:
        return (
            f"Still falling at the end: since {run.unit} {epochs[-count]:.10g} the loss{of} went from "
            f"{values[-count]:.3g} to {values[-1]:.3g}; more {run.unit}s may help."
        )
    return ""


def _change(log: np.ndarray, scatter: float) -> float:
    """By how much values change from first to last, in their trend; 0 where that may be chance."""
    count = len(log)
    if count < 2:
        return 0.0
    change = slope(log) * (count - 1)
    chance = CHANCE * scatter * math.sqrt(12 * (count - 1) / (count * (count + 1)))
    return change if abs(change) > chance else 0.0


def _scatter(log: np.ndarray, low: int) -> float:
    """Estimate how far values scatter: the root mean square of their steps up before the lowest, down after it.

    Of values that only scatter it is their standard deviation, of a smooth curve it is 0.
    """
    steps = np.diff(log)
    back = np.concatenate([np.maximum(steps[:low], 0), np.minimum(steps[low:], 0)])
    return float(np.sqrt(np.sum(back**2) / max(1, len(back) - 3)))


def slope(values: np.ndarray) -> float:
    """Median slope over all pairs of values, a step apart."""
    first, second = np.triu_indices(len(values), 1)
    return float(np.median((values[second] - values[first]) / (second - first)))


def _logarithms(values: np.ndarray) -> np.ndarray:
    """Return logarithms (N,): equal ratios are equal distances, also where losses reach zero or are negative."""
    above = values - min(0.0, float(values.min()))
    floor = 0.05 * (float(np.median(above)) or float(above.mean()))
    return np.log(above + floor) if floor > 0 else np.zeros(len(values))


def _means(values: pd.Series, size: int) -> np.ndarray:
    return values.groupby(np.arange(len(values)) // size).mean().to_numpy()


def _beside(epochs: pd.Index, losses: pd.Series) -> pd.Series:
    """Return the mean loss on training images since the watched epoch before, at each of these; empty for none."""
    at = np.minimum(np.searchsorted(epochs, losses.index), len(epochs) - 1)
    means = losses.groupby(epochs[at]).mean()
    return means.reindex(epochs).interpolate("index", limit_direction="both") if len(means) else means


def _numbers(run: Run, column: str) -> pd.Series:
    """Return the losses that are numbers, by epoch."""
    epochs, values = run.series(column)
    return pd.Series(values, epochs)[np.abs(values) < LARGEST]  # false for NaN
