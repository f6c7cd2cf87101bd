"""Inspect images that get darker, blurred, turned or covered, and count what becomes of the verdicts."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

from casting_core.data.samples import Progress, unreported
from casting_core.evaluation.held_out import chosen, pixels_of, public_samples
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.summary import EACH
from casting_core.evaluation.robustness.tallies import CorruptionCounts, tally
from casting_core.inspection.inspector import Inspector
from casting_core.inspection.results import Inspection

BATCH = 8  # pictures at once


def measure(root: Path, judges: Mapping[int, Inspector], progress: Progress = unreported) -> list[CorruptionCounts]:
    """Disturb pictures of every photograph of the public set at `root`, and count what `judges`, by fold, say."""
    pictures = chosen(public_samples(), EACH)
    tallies: list[CorruptionCounts] = []
    done = 0
    for _, group in groupby(pictures, key=lambda each: (each[0].source, each[0].label)):
        members = list(group)
        sample, inspector = members[0][0], judges[members[0][0].fold]
        decoded = [pixels_of(root, each) for each, _ in members]
        parts = [inspector.locate(pixels) for pixels in decoded]
        before = _said(inspector, decoded)
        tallies.append(tally(sample, before, before))
        for index, each in enumerate(CORRUPTIONS.values()):
            for level in each.levels:
                disturbed = (
                    each.apply(pixels, level, sample.source, number, index, part=part)
                    for pixels, (_, number), part in zip(decoded, members, parts, strict=True)
                )
                after = _said(inspector, disturbed)
                tallies.append(tally(sample, before, after, disturbance=each.name, level=level, unit=each.unit))
        done += len(members)
        progress(done, len(pictures))
    return tallies


def _said(inspector: Inspector, pictures: Iterable[np.ndarray]) -> list[Inspection]:
    return list(inspector.inspect_many(pictures, batch_size=BATCH, explain=False))
