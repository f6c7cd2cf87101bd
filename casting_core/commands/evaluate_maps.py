"""`evaluate --masks`, `--rendered`, `--methods`, `--repair`: judging anew what has known defects."""

import contextlib
import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from casting_core import Inspector
    from casting_core.evaluation.localization import Case
    from casting_core.evaluation.map_comparison import Draw, Drawn, Judge

SLOW = frozenset({"scorecam"})  # methods that judge a picture many times


@dataclass(frozen=True, kw_only=True, eq=False)
class Truth:
    """A picture and what is known of it: `pixels` uint8 (H, W), `mask` bool (H, W), True on a defect, its label, the
    number of its photograph, and the kinds of its defects where they are told.
    """

    pixels: np.ndarray
    mask: np.ndarray
    defective: bool
    photograph: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Set:
    """Pictures with known defects, which can be gone through more than once; `name` in the card, `total` None where it
    is not known beforehand.
    """

    name: str
    total: int | None
    read: Callable[[], Iterator[Truth]]


def marked(folder: Path) -> Set:
    """The photographs of a folder with masks."""
    from casting_core.data.marked_set import read_marked

    def read() -> Iterator[Truth]:
        for one in read_marked(folder):
            yield Truth(pixels=one.pixels, mask=one.mask, defective=one.label.positive, photograph=one.photograph)

    return Set(name="second_capture", total=None, read=read)


def rendered(count: int, first: int) -> Set:
    """Castings rendered on the spot from seed `first` on, about half of them defective."""
    from casting_core.data.synthetic import render_casting

    def read() -> Iterator[Truth]:
        for seed in range(first, first + count):
            one = render_casting(seed=seed, defects="random")
            kinds = tuple(sorted({str(defect.kind) for defect in one.defects}))
            yield Truth(
                pixels=one.pixels,
                mask=one.defect_mask,
                defective=one.label.positive,
                photograph=seed,
                kinds=kinds,
            )

    return Set(name="rendered", total=count, read=read)


def judge(inspector: "Inspector", pictures: Set, known: dict[int, bool | None] | None = None) -> dict[str, Any]:
    """The figures of a set; `known`: by photograph, whether the public set shows it, None where nobody looked."""
    from casting_core.commands import progress_bar
    from casting_core.evaluation.localization import measure, summarise

    measured = []
    alone: Counter[str] = Counter()  # parts with defects of one kind only
    found: Counter[str] = Counter()
    with progress_bar() as bar:
        task = bar.add_task("Judging", total=pictures.total)
        for truth in pictures.read():
            one = measure(_case(inspector, truth, known)[0])
            measured.append(one)
            if len(truth.kinds) == 1:
                alone[truth.kinds[0]] += 1
                found[truth.kinds[0]] += one.probability >= 0.5
            bar.advance(task)
    figures = summarise(measured)
    if alone:
        figures["found_by_kind"] = {kind: {"count": found[kind], "of": alone[kind]} for kind in sorted(alone)}
    return figures


def look_up(pictures: Set, root: Path) -> dict[int, bool | None] | None:
    """Which photographs of a set are in the public set at `root`; None where that is not at hand."""
    from casting_core.commands import progress_bar
    from casting_core.data.dataset import read_provenance
    from casting_core.evaluation.known_photographs import known_photographs

    if not root.is_dir():
        return None
    with progress_bar() as bar:
        task = bar.add_task("Reading the public set", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        return known_photographs(
            ((truth.photograph, truth.pixels) for truth in pictures.read()), root, read_provenance(), told
        )


def compare(inspector: "Inspector", pictures: Set, *, slow: int, faithful: int) -> dict[str, Any]:
    """All ways to make a map on the same pictures, by method.

    `slow`: pictures that the slow methods are measured on, 0 for all; `faithful`: defective photographs, of one
    picture each, on which faithfulness is measured. Both are evenly spaced over the set.
    """
    from casting_core.commands import progress_bar
    from casting_core.data.dataset import evenly
    from casting_core.evaluation.map_comparison import measure_maps, summarise_maps

    draws, judged = _methods(inspector)
    labels = [(truth.defective, truth.photograph) for truth in pictures.read()]
    first: dict[int, int] = {}  # index of the first defective picture, by photograph
    for index, (defective, photograph) in enumerate(labels):
        if defective:
            first.setdefault(photograph, index)
    tested = {list(first.values())[place] for place in evenly(len(first), faithful)}
    all_methods = set(evenly(len(labels), slow or len(labels)))
    rows: list[dict[str, Drawn]] = []
    with progress_bar() as bar:
        fast = len(draws) + 1 - len(SLOW)
        task = bar.add_task("Drawing maps", total=fast * len(labels) + len(SLOW) * len(all_methods))
        for index, truth in enumerate(pictures.read()):
            wanted = {name: draw for name, draw in draws.items() if name not in SLOW or index in all_methods}
            rows.append(
                measure_maps(
                    _subject(inspector, truth),
                    wanted,
                    judge=judged if index in tested else None,
                    progress=lambda: bar.advance(task),
                )
            )
    return summarise_maps(rows)


def repairs(inspector: "Inspector", pictures: Set) -> dict[str, Any]:
    """What repairing the marked places does to the verdict of the defective parts of a set."""
    from casting_core.commands import progress_bar
    from casting_core.data.part import find_part
    from casting_core.evaluation.repair_trials import Trial, summarise_trials
    from casting_core.inspection.examination import proof
    from casting_core.labels import Verdict

    card = inspector.card

    def verdict(probability: float) -> Verdict:
        if probability < card.threshold_pass:
            return Verdict.OK
        return Verdict.DEFECTIVE if probability >= card.threshold_reject else Verdict.REVIEW

    trials = []
    with progress_bar() as bar:
        task = bar.add_task("Repairing", total=None)
        for truth in pictures.read():
            if truth.defective:
                case, _ = _case(inspector, truth, None)
                part = find_part(truth.pixels)
                flagged = verdict(case.probability) is not Verdict.OK
                proven = proof(inspector, truth.pixels, part) if flagged else None
                trials.append(Trial(proof=proven, flagged=flagged, photograph=truth.photograph))
            bar.advance(task)
    return summarise_trials(trials, verdict)


def _methods(inspector: "Inspector") -> "tuple[dict[str, Draw], Judge]":
    """How each class activation map is made, by name, and the judge of faithfulness: the network in float32."""
    import torch
    from torch import Tensor

    from casting_core.errors import SettingsError
    from casting_core.explanation.cam import activation_map
    from casting_core.explanation.methods import METHODS
    from casting_core.networks.registry import architecture

    network, layer = inspector.network, architecture(inspector.card.architecture).heatmap_layer
    if layer is None:
        raise SettingsError(f"The model {inspector.card.name} has no convolutions, so there are no maps to compare.")
    where: str = layer

    def drawing(method: str) -> "Draw":
        def draw(inputs: Tensor) -> np.ndarray:
            with contextlib.redirect_stderr(io.StringIO()):  # Score-CAM draws bars of its own
                return activation_map(network, inputs, layer=where, method=method)

        return draw

    def judged(inputs: Tensor) -> Tensor:
        return torch.from_numpy(inspector.calibration.probability(network(inputs).numpy()))

    return {method: drawing(method) for method in METHODS}, judged


def _subject(inspector: "Inspector", truth: Truth) -> Any:
    from casting_core.evaluation.map_comparison import Subject

    case, seconds = _case(inspector, truth, None)
    return Subject(case=case, inputs=inspector.prepare(truth.pixels), seconds=seconds)


def _case(inspector: "Inspector", truth: Truth, known: dict[int, bool | None] | None) -> "tuple[Case, float]":
    """What was judged, and the seconds that its explanation took."""
    from casting_core.errors import DataError
    from casting_core.evaluation.localization import Case

    inspection = inspector.inspect(truth.pixels)
    probability, heatmap = inspection.probability, inspection.heatmap
    if probability is None:  # a gate refused it; the map is measured all the same
        probability, heatmap = inspector.look(truth.pixels)
    if heatmap is None:
        raise DataError(f"The model {inspection.model} has no map of its evidence to measure.")
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
