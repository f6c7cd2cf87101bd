"""Inspect images with known defects, and measure what the map says of them.

Each study goes through a `LabelledSet` once, reports its progress through a callback (done, total), and returns figures
for the model's card: `judge` (verdicts and map), `compare` (all ways to make a map), `repairs` (what covering the
marked places does).
"""

import contextlib
import io
import itertools
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from casting_core.data.masked_set import LabelledImage
from casting_core.data.provenance.overlap import known_photographs
from casting_core.data.samples import Progress, evenly_spaced_indices, read_provenance, unreported
from casting_core.errors import SettingsError
from casting_core.evaluation.localization import method_comparison
from casting_core.evaluation.localization.labelled import LabelledSet, evidence
from casting_core.evaluation.localization.measures import Case, measure, summarise
from casting_core.evaluation.localization.repair import Trial, summarise_trials
from casting_core.explanation.cam import activation_map
from casting_core.explanation.methods import METHODS
from casting_core.inspection.examination import proof
from casting_core.inspection.inspector import Inspector
from casting_core.inspection.photograph import Photograph
from casting_core.labels import Verdict
from casting_core.networks.localization_figures import Count, LocalizationFigures, MethodFigures, RepairFigures
from casting_core.networks.registry import architecture


def judge(
    inspector: Inspector,
    pictures: LabelledSet,
    known: dict[int, bool | None] | None = None,
    progress: Progress = unreported,
) -> LocalizationFigures:
    """Judge a set; `known`: by photograph, whether the public set shows it, None where nobody looked."""
    measured = []
    alone: Counter[str] = Counter()  # parts with defects of one kind only
    found: Counter[str] = Counter()
    for truth in pictures.read():
        one = measure(_case(inspector, truth, known)[0])
        measured.append(one)
        if len(truth.kinds) == 1:
            alone[truth.kinds[0]] += 1
            found[truth.kinds[0]] += one.probability >= 0.5
        progress(len(measured), pictures.total)
    figures = summarise(measured)
    by_kind = {kind: Count(count=found[kind], of=alone[kind]) for kind in sorted(alone)}
    return replace(figures, found_by_kind=by_kind or None)


def look_up(pictures: LabelledSet, root: Path, progress: Progress = unreported) -> dict[int, bool | None] | None:
    """Which photographs of a set are in the public set at `root`; None where that is not at hand."""
    if not root.is_dir():
        return None
    return known_photographs(
        ((truth.photograph, truth.pixels) for truth in pictures.read()), root, read_provenance(), progress
    )


def compare(
    inspector: Inspector, pictures: LabelledSet, *, slow: int, faithful: int, progress: Progress = unreported
) -> dict[str, MethodFigures]:
    """All ways to make a map on the same pictures, by method.

    `slow`: pictures that the slow methods are measured on, 0 for all; `faithful`: defective photographs, of one
    picture each, on which faithfulness is measured. Both are evenly spaced over the set.
    """
    draws, judged = _methods(inspector)
    labels = [(truth.defective, truth.photograph) for truth in pictures.read()]
    first: dict[int, int] = {}  # index of the first defective picture, by photograph
    for index, (defective, photograph) in enumerate(labels):
        if defective:
            first.setdefault(photograph, index)
    tested = {list(first.values())[place] for place in evenly_spaced_indices(len(first), faithful)}
    all_methods = set(evenly_spaced_indices(len(labels), slow or len(labels)))
    rows: list[dict[str, method_comparison.Drawn]] = []
    slow_ones = {name for name in draws if METHODS[name].slow}
    total = (len(draws) + 1 - len(slow_ones)) * len(labels) + len(slow_ones) * len(all_methods)
    done = itertools.count(1)
    for index, truth in enumerate(pictures.read()):
        wanted = {name: draw for name, draw in draws.items() if name not in slow_ones or index in all_methods}
        case, seconds = _case(inspector, truth, None)
        subject = method_comparison.Subject(case=case, inputs=inspector.prepare(truth.pixels), seconds=seconds)
        asked = judged if index in tested else None
        rows.append(
            method_comparison.measure_maps(subject, wanted, judge=asked, progress=lambda: progress(next(done), total))
        )
    return method_comparison.summarise_maps(rows)


def repairs(inspector: Inspector, pictures: LabelledSet, progress: Progress = unreported) -> RepairFigures:
    """Tell what repairing the marked places does to the verdict of the defective parts of a set."""
    verdict = inspector.card.thresholds.verdict
    trials = []
    for number, truth in enumerate(pictures.read(), start=1):
        if truth.defective:
            case, _ = _case(inspector, truth, None)
            flagged = verdict(case.probability) is not Verdict.OK
            proven = proof(inspector, Photograph(truth.pixels)) if flagged else None
            trials.append(Trial(proof=proven, flagged=flagged, photograph=truth.photograph))
        progress(number, pictures.total)
    return summarise_trials(trials, verdict)


def _methods(inspector: Inspector) -> tuple[dict[str, method_comparison.Draw], method_comparison.Judge]:
    """How each class activation map is made, by name, and the judge of faithfulness: the network in float32."""
    import torch
    from torch import Tensor

    network, layer = inspector.network, architecture(inspector.card.architecture).heatmap_layer
    if layer is None:
        raise SettingsError(f"The model {inspector.card.name} has no convolutions, so there are no maps to compare.")

    def draw(inputs: Tensor, *, method: str, layer: str = layer) -> np.ndarray:
        with contextlib.redirect_stderr(io.StringIO()):  # Score-CAM draws bars of its own
            return activation_map(network, inputs, layer=layer, method=method)

    def judged(inputs: Tensor) -> Tensor:
        return torch.from_numpy(inspector.calibration.probability(network(inputs).numpy()))

    return {method: partial(draw, method=method) for method in METHODS}, judged


def _case(inspector: Inspector, truth: LabelledImage, known: dict[int, bool | None] | None) -> tuple[Case, float]:
    """Return what was judged, and the seconds that its explanation took."""
    probability, heatmap, inspection = evidence(inspector, truth.pixels)
    case = Case(
        heatmap=heatmap,
        mask=truth.mask,
        probability=probability,
        defective=truth.defective,
        photograph=truth.photograph,
        verdict=inspection.verdict,
        known=None if known is None else known.get(truth.photograph),
    )
    return case, inspection.seconds.get("explain", 0.0)
