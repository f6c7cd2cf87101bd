"""Robustness: what becomes of the verdicts when photographs get darker, blurred, turned, covered.

1. A few pictures of every source photograph, none whose label is doubted, are judged as they are and at every level of
   every disturbance (`corruptions`), each by the network that was fitted without its photograph.
2. What happened is counted by photograph (`tallies`): from these counts come all figures and, over
   photographs, all intervals.
3. At every level: the accuracy at 0.5 of the pictures that were judged at all, missed defects, false alarms, reviews,
   pictures that a gate refused (*unusable*), and *flips*, pictures whose verdict is another than undisturbed; and the
   rise of missed defects and of false alarms over the same pictures undisturbed, with its interval.
4. At a level the errors *hold* where neither of the two shares rises by more than its margin (`RISE`), nor clearly:
   the 95 % interval of the rise reaches down to 0. The figures hold where besides no more than `HANDED` of the parts
   are sent to a person, or refused, in addition: a gate that refuses everything makes no error.
5. The envelope of a disturbance is the range of levels around none within which the figures hold at every level that
   was tried.

With few photographs a rise can hide: no new false alarm on 17 photographs still allows a true one on some of them.

Source of the comparison on the same pictures: a paired difference by bootstrap over clusters, A. C. Davison and D. V.
Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Any

import numpy as np

from casting_core.errors import DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.tallies import UNDISTURBED, CorruptionCounts
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.labels import Label
from casting_core.networks import limit_figures as limits

EACH = {Label.OK: 12, Label.DEFECTIVE: 3}  # pictures of a source photograph: of sound ones there are fewer
# Of the parts of that label. A false alarm costs far less than a missed defect; and of the few sound photographs one
# picture more is half a percent.
RISE = {"missed": 0.01, "false_alarms": 0.02}
HANDED = 0.05  # of all parts


def summarise(tallies: Sequence[CorruptionCounts]) -> limits.RobustnessFigures:
    """All figures of a card. Raises `DataError` where there are no undisturbed pictures, or others at some level."""
    by_level: dict[tuple[str, float], list[CorruptionCounts]] = {}
    for each in tallies:
        by_level.setdefault((each.disturbance, each.level), []).append(each)
    before = by_level.get((UNDISTURBED, 0.0))
    if not before:
        raise DataError("Counts of robustness need those of undisturbed pictures; measure them anew.")
    disturbances = {}
    for disturbance in CORRUPTIONS.values():
        tried = {level: rows for (name, level), rows in by_level.items() if name == disturbance.name}
        if not tried:
            continue
        tried[disturbance.none] = before
        levels = tuple(_compared(level, before, rows) for level, rows in sorted(tried.items()))
        disturbances[disturbance.name] = limits.DisturbanceFigures(
            unit=disturbance.unit,
            none=disturbance.none,
            trained=disturbance.trained,
            levels=levels,
            envelope=around(disturbance.none, {each.level: each.holds for each in levels}),
            errors_hold=around(disturbance.none, {each.level: each.errors_hold for each in levels}),
        )
    return limits.RobustnessFigures(
        pictures=sum(each.pictures for each in before),
        photographs=len({each.photograph for each in before}),
        sound_photographs=len({each.photograph for each in before if not each.label.positive}),
        undisturbed=limits.LevelFigures(**_level(before)),
        disturbances=disturbances,
    )


def around(none: float, holds: dict[float, bool]) -> limits.HeldRange:
    """Return the range of levels around `none` up to the first on either side that does not hold.

    `holds`: by level, that of none among them.
    """
    tried = sorted(holds)
    least = min([none, *takewhile(holds.__getitem__, (level for level in reversed(tried) if level < none))])
    most = max([none, *takewhile(holds.__getitem__, (level for level in tried if level > none))])
    return limits.HeldRange(least=least, most=most, to_the_least=least == tried[0], to_the_most=most == tried[-1])


def _level(tallies: Sequence[CorruptionCounts]) -> dict[str, Any]:
    """Return the fields of `LevelFigures`."""
    sound = [each for each in tallies if not each.label.positive]
    defective = [each for each in tallies if each.label.positive]
    return {
        "accuracy": _share(tallies, [each.judged - each.wrong for each in tallies], [each.judged for each in tallies]),
        "missed": _share(defective, [each.missed for each in defective], [each.pictures for each in defective]),
        "false_alarms": _share(sound, [each.false_alarms for each in sound], [each.pictures for each in sound]),
        **{name: _part(tallies, name) for name in ("reviews", "unusable", "flips")},
    }


def _part(tallies: Sequence[CorruptionCounts], name: str) -> float:
    return _rounded(sum(getattr(each, name) for each in tallies) / sum(each.pictures for each in tallies))


def _compared(
    level: float, before: Sequence[CorruptionCounts], after: Sequence[CorruptionCounts]
) -> limits.DisturbedFigures:
    """Figures at one level, the rise of both errors over the undisturbed ones, and whether errors and figures hold."""
    missed, false_alarms = (
        rise(*(_by_photograph(side, name, positive=name == "missed") for side in (before, after)))
        for name in ("missed", "false_alarms")
    )
    more = sum(_part(after, name) - _part(before, name) for name in ("reviews", "unusable"))
    holds = all(
        one is None or (one.value <= RISE[name] and one.span[0] <= 0)
        for name, one in (("missed", missed), ("false_alarms", false_alarms))
    )
    return limits.DisturbedFigures(
        level=level,
        **_level(after),
        missed_rise=missed,
        false_alarms_rise=false_alarms,
        handed_over_rise=_rounded(more),
        errors_hold=holds,
        holds=holds and more <= HANDED,
    )


def _by_photograph(tallies: Sequence[CorruptionCounts], name: str, *, positive: bool) -> dict[int, tuple[int, int]]:
    """Count an event and pictures by photograph, of one label."""
    return {t.photograph: (getattr(t, name), t.pictures) for t in tallies if t.label.positive is positive}


def rise(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> Estimate | None:
    """How much a share rises on the same pictures, with its 95 % interval over photographs.

    `before`, `after`: by photograph, how many pictures had the event, and how many there are. None without pictures.

    Raises `DataError` where the two are not of the same pictures.
    """
    if {key: total for key, (_, total) in before.items()} != {key: total for key, (_, total) in after.items()}:
        raise DataError("A rise is told on the same pictures before and after; these are not. Measure them anew.")
    if not before:
        return None
    photographs = sorted(before)
    size = np.array([before[key][1] for key in photographs], float)
    more = np.array([after[key][0] - before[key][0] for key in photographs], float)
    weights = cluster_weights(np.arange(len(size)))
    return from_draws(float(more.sum() / size.sum()), (weights @ more) / (weights @ size)).rounded()


def _share(tallies: Sequence[CorruptionCounts], counts: list[int], totals: list[int]) -> Estimate | None:
    happened = [place < count for count, total in zip(counts, totals, strict=True) for place in range(total)]
    source = [each.photograph for each, total in zip(tallies, totals, strict=True) for _ in range(total)]
    found = share_interval(np.array(happened, bool), np.array(source, int))
    return found and found.rounded()


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
