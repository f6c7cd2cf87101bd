"""`evaluate --robustness`: what becomes of the verdicts when photographs get darker, blurred, turned, covered."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from casting_core import Inspector
    from casting_core.evaluation.robustness_tallies import Outcome, Tally

BATCH = 8  # pictures at once


def measure(root: Path, judges: Mapping[int, "Inspector"]) -> "list[Tally]":
    """Disturb pictures of every photograph of the public set at `root`, and count what `judges`, by fold, say."""
    from casting_core.commands import progress_bar
    from casting_core.commands.held_out import pixels_of, public_samples
    from casting_core.evaluation.robustness import chosen
    from casting_core.evaluation.robustness_disturbances import DISTURBANCES
    from casting_core.evaluation.robustness_tallies import tally

    pictures = chosen(public_samples())
    tallies: list[Tally] = []
    with progress_bar() as bar:
        task = bar.add_task("Judging disturbed pictures", total=len(pictures))
        for _, group in groupby(pictures, key=lambda each: (each[0].source, each[0].label)):
            members = list(group)
            sample, inspector = members[0][0], judges[members[0][0].fold]
            decoded = [pixels_of(root, each) for each, _ in members]
            parts = [inspector.locate(pixels) for pixels in decoded]
            before = _said(inspector, decoded)
            tallies.append(tally(sample, before, before))
            for index, each in enumerate(DISTURBANCES):
                for level in each.levels:
                    disturbed = (
                        each.apply(pixels, level, sample.source, number, index, part=part)
                        for pixels, (_, number), part in zip(decoded, members, parts, strict=True)
                    )
                    after = _said(inspector, disturbed)
                    tallies.append(tally(sample, before, after, disturbance=each.name, level=level, unit=each.unit))
            bar.advance(task, len(members))
    return tallies


def _said(inspector: "Inspector", pictures: Iterable[np.ndarray]) -> "list[Outcome]":
    from casting_core.evaluation.robustness_tallies import Outcome

    inspections = inspector.inspect_many(pictures, batch_size=BATCH, explain=False)
    return [Outcome(verdict=each.verdict, probability=each.probability) for each in inspections]


def table(figures: Mapping[str, Any]) -> str:
    """A card's `robustness` as a Markdown table, one row a disturbance and level, and the envelopes below it."""
    from casting_core.evaluation.cells import markdown, percent

    intervals, shares = ("accuracy", "missed", "false_alarms"), ("reviews", "unusable", "flips")
    rows = [
        (
            f"{name}, {level['level']:g} {each['unit']}",
            *("none" if level[figure]["share"] is None else percent(level[figure]["share"]) for figure in intervals),
            *(percent(level[figure]) for figure in shares),
            "yes" if level["holds"] else "errors only" if level["errors_hold"] else "no",
        )
        for name, each in figures["disturbances"].items()
        for level in each["levels"]
    ]
    header = ("disturbance", "accuracy", "missed", "false alarms", "reviews", "unusable", "flips", "holds")
    lines = [
        f"{name}: figures hold {_range(each['envelope'])}, errors alone {_range(each['errors_hold'])} ({each['unit']})"
        for name, each in figures["disturbances"].items()
    ]
    return "\n".join([markdown(header, rows), *lines])


def _range(ends: Mapping[str, Any]) -> str:
    return f"from {ends['least']:g} to {ends['most']:g}"
