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
from typing import Any

import numpy as np

from casting_core.data.samples import Sample, evenly_spaced_indices
from casting_core.errors import DataError
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.tallies import UNDISTURBED, CorruptionCounts
from casting_core.evaluation.statistics.bootstrap import cluster_weights, from_draws
from casting_core.evaluation.statistics.intervals import share_interval
from casting_core.labels import Label

EACH = {Label.OK: 12, Label.DEFECTIVE: 3}  # pictures of a source photograph: of sound ones there are fewer
# Of the parts of that label. A false alarm costs far less than a missed defect; and of the few sound photographs one
# picture more is half a percent.
RISE = {"missed": 0.01, "false_alarms": 0.02}
HANDED = 0.05  # of all parts


def chosen(samples: Sequence[Sample]) -> list[tuple[Sample, int]]:
    """The pictures to disturb, each with its number among those of its photograph: `EACH` of it, evenly spaced."""
    groups: dict[tuple[int, Label], list[Sample]] = {}
    for sample in samples:
        if not sample.suspect:
            groups.setdefault((sample.source, sample.label), []).append(sample)
    return [
        (members[place], number)
        for (_, label), members in sorted(groups.items())
        for number, place in enumerate(evenly_spaced_indices(len(members), EACH[label]))
    ]


def summarise(tallies: Sequence[CorruptionCounts]) -> dict[str, Any]:
    """All figures of a card, as plain values.

    `pictures`, `photographs`, `sound_photographs`; `undisturbed`, see `_level`; `disturbances` by name: `unit`,
    `none`, `trained`, `levels`, rising and with that of none among them, and the ranges `envelope`, within which the
    figures hold, and `errors_hold`, within which the errors alone do (`around`).

    Raises `DataError` where there are no undisturbed pictures, or other ones at some level.
    """
    by_level: dict[tuple[str, float], list[CorruptionCounts]] = {}
    for each in tallies:
        by_level.setdefault((each.disturbance, each.level), []).append(each)
    before = by_level.get((UNDISTURBED, 0.0))
    if not before:
        raise DataError("Counts of robustness need those of undisturbed pictures; measure them anew.")
    figures: dict[str, Any] = {
        "pictures": sum(each.pictures for each in before),
        "photographs": len({each.photograph for each in before}),
        "sound_photographs": len({each.photograph for each in before if not each.label.positive}),
        "undisturbed": _level(before),
        "disturbances": {},
    }
    for disturbance in CORRUPTIONS.values():
        tried = {level: rows for (name, level), rows in by_level.items() if name == disturbance.name}
        if not tried:
            continue
        tried[disturbance.none] = before
        levels = [{"level": level, **_compared(before, rows)} for level, rows in sorted(tried.items())]
        figures["disturbances"][disturbance.name] = {
            "unit": disturbance.unit,
            "none": disturbance.none,
            "trained": None if disturbance.trained is None else list(disturbance.trained),
            "levels": levels,
            "envelope": around(disturbance.none, {each["level"]: each["holds"] for each in levels}),
            "errors_hold": around(disturbance.none, {each["level"]: each["errors_hold"] for each in levels}),
        }
    return figures


def around(none: float, holds: dict[float, bool]) -> dict[str, Any]:
    """The range of levels around `none`, from `least` to `most`, up to the first on either side that does not hold.

    `holds`: by level, that of none among them. `to_the_least`, `to_the_most`: all that was tried on that side holds.
    """
    tried = sorted(holds)
    place = tried.index(none)
    low = high = place
    while low > 0 and holds[tried[low - 1]]:
        low -= 1
    while high < len(tried) - 1 and holds[tried[high + 1]]:
        high += 1
    return {
        "least": tried[low],
        "most": tried[high],
        "to_the_least": low == 0,
        "to_the_most": high == len(tried) - 1,
    }


def _level(tallies: Sequence[CorruptionCounts]) -> dict[str, Any]:
    """Figures at one level.

    `accuracy`, of the pictures judged, `missed` of the defective ones and `false_alarms` of the sound ones, with their
    95 % intervals; `reviews`, `unusable` and `flips` as shares of all.
    """
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


def _compared(before: Sequence[CorruptionCounts], after: Sequence[CorruptionCounts]) -> dict[str, Any]:
    """Figures at one level, the rise of both errors over the undisturbed ones, and whether errors and figures hold."""
    rises = {
        name: rise(*(_by_photograph(side, name, positive=name == "missed") for side in (before, after)))
        for name in RISE
    }
    more = sum(_part(after, name) - _part(before, name) for name in ("reviews", "unusable"))
    holds = all(one is None or (one["value"] <= RISE[name] and one["low"] <= 0) for name, one in rises.items())
    return {
        **_level(after),
        **{f"{name}_rise": one for name, one in rises.items()},
        "handed_over_rise": _rounded(more),
        "errors_hold": holds,
        "holds": holds and more <= HANDED,
    }


def _by_photograph(tallies: Sequence[CorruptionCounts], name: str, *, positive: bool) -> dict[int, tuple[int, int]]:
    """Counts of an event and of pictures by photograph, of one label."""
    return {t.photograph: (getattr(t, name), t.pictures) for t in tallies if t.label.positive is positive}


def rise(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> dict[str, float] | None:
    """How much a share rises on the same pictures: `value`, and its 95 % interval over photographs.

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
    found = from_draws(float(more.sum() / size.sum()), (weights @ more) / (weights @ size))
    return found.rounded().to_json()


def _share(tallies: Sequence[CorruptionCounts], counts: list[int], totals: list[int]) -> dict[str, Any]:
    happened = [place < count for count, total in zip(counts, totals, strict=True) for place in range(total)]
    source = [each.photograph for each, total in zip(tallies, totals, strict=True) for _ in range(total)]
    found = share_interval(np.array(happened, bool), np.array(source, int))
    if found is None:
        return {"count": 0, "of": 0, "share": None, "low": None, "high": None}
    return found.rounded().to_json()


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")
