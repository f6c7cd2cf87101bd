"""`evaluate --detectability`: how large a defect has to be for the model to see it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from casting_core import Inspector
    from casting_core.evaluation.detectability_trials import Trial
    from casting_core.inspection.results import Inspection

BATCH = 8  # pictures at once


@dataclass(frozen=True, kw_only=True, eq=False)
class Base:
    """A sound picture to insert defects into: `pixels` uint8 (H, W); `base`, `picture`, `photograph` as in a `Trial`.

    `number` of `count`: its place among those that share out the sizes, which `seed` decides.
    """

    pixels: np.ndarray
    base: str
    picture: str
    photograph: int
    number: int
    count: int
    seed: int


def measure(root: Path, judges: Mapping[int, "Inspector"], shipped: "Inspector") -> "list[Trial]":
    """Insert defects of known sizes into sound castings, and judge them.

    The pictures of the public set at `root` are judged by `judges`, by fold, rendered ones by `shipped`.
    """
    from casting_core.commands import progress_bar
    from casting_core.commands.held_out import pixels_of, public_samples
    from casting_core.data.synthetic import render_casting
    from casting_core.evaluation import detectability_targets as targets
    from casting_core.evaluation.detectability_trials import PUBLIC, RENDERED

    trials: list[Trial] = []
    public = targets.bases(public_samples())
    with progress_bar() as bar:
        task = bar.add_task("Judging inserted defects", total=len(public) + targets.CASTINGS)
        for sample, number in public:
            real = Base(
                pixels=pixels_of(root, sample),
                base=PUBLIC,
                picture=sample.path,
                photograph=sample.source,
                number=number,
                count=targets.EACH,
                seed=sample.source,
            )
            trials += tried(judges[sample.fold], real)
            bar.advance(task)
        for number in range(targets.CASTINGS):
            seed = targets.FIRST_CASTING + number
            casting = Base(
                pixels=render_casting(seed=seed).pixels,
                base=RENDERED,
                picture=str(seed),
                photograph=seed,
                number=number,
                count=targets.CASTINGS,
                seed=targets.FIRST_CASTING,
            )
            trials += tried(shipped, casting)
            bar.advance(task)
    return trials


def tried(inspector: "Inspector", base: Base) -> "Iterator[Trial]":
    """The trials on one sound picture: as it is and, if it passes, with a harmless change and with every defect."""
    from casting_core.data.defects import DefectKind
    from casting_core.evaluation import detectability_targets as targets
    from casting_core.evaluation.detectability_trials import HARMLESS, SOUND
    from casting_core.labels import Verdict

    pixels, place = base.pixels, (base.photograph, base.number)
    sound = inspector.inspect(pixels)
    before, part = _marks(sound, pixels), inspector.locate(pixels)
    yield _trial(base, sound, SOUND, marked=bool(before.any()))
    if sound.verdict is not Verdict.OK or part is None:
        return
    made = [
        targets.insert(pixels, part, kind, float(targets.sizes(kind, base.count, base.seed)[base.number]), *place)
        for kind in DefectKind
    ]
    pictures = [targets.insert_harmless(pixels, part, *place), *(target.pixels for target in made)]
    harmless, *rest = inspector.inspect_many(pictures, batch_size=BATCH)
    yield _trial(base, harmless, HARMLESS, marked=bool((_marks(harmless, pixels) & ~before).any()))
    for target, inspection in zip(made, rest, strict=True):
        new = _marks(inspection, pixels) & ~before
        yield _trial(base, inspection, str(target.kind), marked=bool(new[target.mask].any()), target=target)


def _marks(inspection: "Inspection", pixels: np.ndarray) -> np.ndarray:
    """The places that the map marks, bool (H, W); none where there is no map."""
    from casting_core.explanation.regions import LEVEL

    return np.zeros(pixels.shape, bool) if inspection.heatmap is None else inspection.heatmap >= LEVEL


def _trial(base: Base, inspection: "Inspection", kind: str, *, marked: bool, target: Any = None) -> "Trial":
    """`target`: the `detectability_targets.Target` that was judged, None where it has no defect."""
    from casting_core.evaluation.detectability_trials import Trial, written

    return Trial(
        base=base.base,
        picture=base.picture,
        photograph=base.photograph,
        kind=kind,
        pixels=0.0 if target is None else written(target.extent),
        percent=0.0 if target is None else written(target.percent),
        contrast=0.0 if target is None else written(target.contrast),
        probability=None if inspection.probability is None else written(inspection.probability),
        verdict=inspection.verdict,
        marked=marked,
    )


def table(figures: Mapping[str, Any]) -> str:
    """A card's `detectability` as a Markdown table, one row a base and kind, and the false calls below it."""
    from casting_core.evaluation.cells import markdown, share
    from casting_core.evaluation.detectability import size_text

    sizes = ("a50", "a90", "a90_95", "a90_95_photographs")
    rows = [
        (
            f"{base}: {kind}",
            f"{of_kind['hits']} of {of_kind['trials']}",
            *(size_text(of_kind, name) for name in sizes),
            size_text(of_kind["marked"], "a90"),
            of_kind["fit"],
        )
        for base, of_base in figures.items()
        for kind, of_kind in of_base["kinds"].items()
    ]
    header = ("defect", "not passed", "a50", "a90", "a90/95", "a90/95 over photographs", "a90 of the map", "fit")
    calls = [
        f"{base}: sound castings not passed {share(of_base['false_calls'])}; "
        f"with a harmless change {share(of_base['false_calls_harmless'])}"
        for base, of_base in figures.items()
    ]
    return "\n".join([markdown(header, rows), *calls])
