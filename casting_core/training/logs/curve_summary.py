"""What a loss curve says, in one computed sentence.

Watched is the loss on held-out pictures, or that on training pictures where no other was taken. Losses are compared by
their ratio, so that the sentence is the same in whatever unit the loss is. The rules, in this order; the first that
holds speaks:

1. *Nothing*, or *one epoch*: no curve. *Diverged*: from some epoch to the end a loss is no number, or beyond all
   measure. *Short*: fewer than four values.
2. *Overfitting*, since the lowest point of the smoothed curve: three or more epochs later the watched loss stands above
   it by 10 % or more, and by more than chance, while the loss on training pictures did not rise. Where it rose too, or
   is what is watched, the curve is *rising*.
3. *Falling* at the end: over the last third of the epochs, four at least, the slope (the median over all pairs, after
   Theil and Sen) comes to a fall of 5 % or more, and to more than chance.
4. *Erratic*: in a third of the epochs, and in three at least, the loss jumps by over 10 % and back by over 10 %, and it
   scatters by more than a seventh of the smoothed curve's whole range.
5. *Flat*, since the first epoch after which the smoothed curve stays within 5 % of its end, or within chance but 25 %
   at most, for three epochs or more, or the values do before it. *Unsettled*: none of all this.

Chance is two and a half standard deviations. How far single values scatter is told from second and third differences,
which a steady fall leaves at zero. Smoothing is exponential, from both sides, so that turning points stay where they
are. Of more than a hundred values, the means of equally many neighbours stand for them.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from casting_core.training.logs.columns import TRAIN_LOSS, VALIDATION_LOSS, is_accuracy
from casting_core.training.logs.log import Log
from casting_core.training.logs.trend import both_sides, means, ratios, scatter, slope

CHANGE, RISE, JUMP, WIDEST = 0.05, 0.10, 0.10, 0.25  # shares of the loss
CHANCE = 2.5  # standard deviations
SHORTEST = 4  # values, of a curve that can be judged
LARGEST = 1e100  # a loss beyond it is as good as none
MAX_POINTS = 100


class CurveKind(StrEnum):
    """What a curve does; the module says by which rule."""

    NOTHING = "nothing"
    ONE_EPOCH = "one epoch"
    DIVERGED = "diverged"
    SHORT = "short"
    OVERFITTING = "overfitting"
    RISING = "rising"
    FALLING = "falling"
    ERRATIC = "erratic"
    FLAT = "flat"
    UNSETTLED = "unsettled"


@dataclass(frozen=True, kw_only=True)
class Curve:
    """What a curve does, since which epoch (or step) where the kind has a beginning, and that in a sentence."""

    kind: CurveKind
    sentence: str
    epoch: float | None = None


def elapsed(seconds: np.ndarray) -> np.ndarray:
    """Seconds since the start at the end of each epoch, float64 (E,), from those of each epoch, float (E,).

    An epoch whose time is missing or negative (a clock that was put back) counts as long as the median of the others;
    NaN throughout where no time is known.
    """
    own = np.array(seconds, np.float64)
    known = np.isfinite(own) & (own >= 0)
    own[~known] = np.median(own[known]) if known.any() else np.nan
    return np.cumsum(own)


def best_epoch(log: Log, column: str = VALIDATION_LOSS) -> float | None:
    """Find the epoch of the lowest value, of the highest where the column is an accuracy; the first of equal ones.

    Whole epochs are given as int. None where the column is missing or holds no finite number.
    """
    epochs, values = log.series(column)
    finite = np.isfinite(values)
    if not finite.any():
        return None
    epochs, values = epochs[finite], values[finite]
    return _plain(epochs[np.argmax(values) if is_accuracy(column) else np.argmin(values)])


def describe(log: Log) -> Curve:
    """Describe what the loss of a log does, by the rules of the module."""
    train, watched, of = TRAIN_LOSS, VALIDATION_LOSS, "on held-out pictures"
    if not _numbers(log.series(watched)[1]).any():
        watched, of = TRAIN_LOSS, "on training pictures"
    epochs, values = log.series(watched)
    if not len(epochs):
        what = "The log holds no loss" if len(log.epochs) else f"There is no {log.unit} yet"
        return Curve(kind=CurveKind.NOTHING, sentence=f"{what}, so there is no curve.")
    for column in dict.fromkeys((train, watched)):
        since = _lost(*log.series(column), even_all=column == watched)
        if since is not None:
            return Curve(
                kind=CurveKind.DIVERGED,
                epoch=since,
                sentence=f"Diverged in {log.unit} {_said(since)}: from there on the loss is no number; "
                "a lower learning rate may help.",
            )
    finite = _numbers(values)
    epochs, values = epochs[finite], values[finite]
    if len(values) == 1:
        return Curve(
            kind=CurveKind.ONE_EPOCH,
            epoch=_plain(epochs[0]),
            sentence=f"Only one {log.unit} so far: the loss {of} is {_loss(values[0])}, a curve needs more.",
        )
    if len(values) < SHORTEST:
        return Curve(
            kind=CurveKind.SHORT,
            sentence=f"Only {len(values)} {log.unit}s so far, too few to tell a trend from chance: the loss {of} went "
            f"from {_loss(values[0])} to {_loss(values[-1])}.",
        )
    fit = _beside(epochs, *log.series(train)) if watched != train else None
    size = math.ceil(len(values) / MAX_POINTS)
    epochs, values = means(epochs, size, first=True), means(values, size)
    return _judge(epochs, values, None if fit is None else means(fit, size), of, log.unit)


def _judge(epochs: np.ndarray, values: np.ndarray, fit: np.ndarray | None, of: str, unit: str) -> Curve:
    """Rules 2 to 5, on float64 (N,), N ≥ 4; `fit` is the loss on training pictures where another is watched."""
    ratio = ratios(values)
    calm = both_sides(ratio)
    noise = scatter(ratio)
    low = int(np.argmin(calm))
    width = max(3, (len(values) - low) // 3)
    if low + 3 < len(values):
        near = slice(max(0, low - width // 2), low + width // 2 + 1)
        rise = ratio[-width:].mean() - ratio[near].mean()
        if rise > max(math.log1p(RISE), CHANCE * noise * math.sqrt(2 / width)):
            levels = f"from {_loss(np.median(values[near]))} to {_loss(np.median(values[-width:]))}"
            return _risen(_plain(epochs[low]), levels, _fit_change(fit, near, width), of, unit)
    count = min(len(values), max(SHORTEST, math.ceil(len(values) / 3)))
    change = slope(ratio[-count:]) * (count - 1)
    spread = noise * (count - 1) / math.sqrt(count * (count**2 - 1) / 12)
    if -change > max(-math.log1p(-CHANGE), CHANCE * spread):
        return Curve(
            kind=CurveKind.FALLING,
            epoch=_plain(epochs[-count]),
            sentence=f"Still falling at the end: since {unit} {_said(epochs[-count])} the loss {of} went from "
            f"{_loss(values[-count])} to {_loss(values[-1])}; more {unit}s may help.",
        )
    steps = np.diff(ratio)
    big = np.abs(steps) > math.log1p(JUMP)
    turns = big[1:] & big[:-1] & (steps[1:] * steps[:-1] < 0)
    if turns.sum() >= max(3, len(turns) / 3) and noise > np.ptp(calm) / 7:
        return Curve(
            kind=CurveKind.ERRATIC,
            sentence=f"Erratic: from one {unit} to the next the loss {of} typically jumps by about "
            f"{math.expm1(np.median(np.abs(steps))):.0%}; a lower learning rate or larger batches may help.",
        )
    band = min(max(CHANGE, CHANCE * noise), WIDEST)
    away = np.abs(calm - calm[-1]) > band
    since = int(np.flatnonzero(away)[-1]) + 1 if away.any() else 0
    while since and abs(ratio[since - 1] - calm[-1]) <= band:
        since -= 1  # the smoothed curve comes down a little late
    if since + 3 <= len(values):
        least, most = values[since:].min(), values[since:].max()
        return Curve(
            kind=CurveKind.FLAT,
            epoch=_plain(epochs[since]),
            sentence=f"Flat since {unit} {_said(epochs[since])}: from there on the loss {of} stayed between "
            f"{_loss(least)} and {_loss(most)}.",
        )
    return Curve(
        kind=CurveKind.UNSETTLED,
        sentence=f"Unsettled: the loss {of} neither keeps falling nor stays where it is; it ends at "
        f"{_loss(values[-1])}, its lowest was {_loss(values.min())} in {unit} {_said(epochs[np.argmin(values)])}.",
    )


def _risen(since: float, levels: str, fit_change: float | None, of: str, unit: str) -> Curve:
    if fit_change is None or fit_change > CHANGE:
        also = "" if fit_change is None else ", and so did that on training pictures"
        return Curve(
            kind=CurveKind.RISING,
            epoch=since,
            sentence=f"Rising since {unit} {_said(since)}: the loss {of} went {levels}{also}; "
            "a lower learning rate may help.",
        )
    fit = "kept falling" if fit_change < -CHANGE else "did not"
    return Curve(
        kind=CurveKind.OVERFITTING,
        epoch=since,
        sentence=f"Overfitting since {unit} {_said(since)}: the loss {of} rose {levels}, while that on training "
        f"pictures {fit}.",
    )


def _fit_change(fit: np.ndarray | None, near: slice, width: int) -> float | None:
    """By how much the loss on training pictures changed meanwhile, as a logarithm of its ratio."""
    if fit is None:
        return None
    ratio = ratios(fit)
    return float(ratio[-width:].mean() - ratio[near].mean())


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
    """Return the loss on training pictures at the watched `epochs`, float64 (N,): the mean since the one before."""
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


def _said(epoch: float) -> str:
    return str(int(epoch)) if float(epoch).is_integer() else f"{epoch:.2f}"


def _loss(value: float | np.floating) -> str:
    return f"{value:.3g}"
