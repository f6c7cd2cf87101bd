"""Insert defects of known sizes into sound castings and inspect them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from casting_core.data.defects.insertion import DefectKind
from casting_core.data.samples import Progress, unreported
from casting_core.data.synthetic.casting import render_casting
from casting_core.evaluation.detectability import targets
from casting_core.evaluation.detectability.trials import HARMLESS, PUBLIC, RENDERED, SOUND, Trial, as_written
from casting_core.evaluation.held_out import chosen, pixels_of, public_samples
from casting_core.explanation.regions import LEVEL
from casting_core.inspection.inspector import Inspector
from casting_core.inspection.results import Inspection
from casting_core.labels import Label, Verdict

BATCH = 8  # pictures at once


@dataclass(frozen=True, kw_only=True, eq=False)
class SoundImage:
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


def measure(
    root: Path, judges: Mapping[int, Inspector], shipped: Inspector, progress: Progress = unreported
) -> list[Trial]:
    """Insert defects of known sizes into sound castings, and judge them.

    The pictures of the public set at `root` are judged by `judges`, by fold, rendered ones by `shipped`.
    """
    trials: list[Trial] = []
    public = chosen(public_samples(), {Label.OK: targets.EACH})
    total = len(public) + targets.CASTINGS
    for done, (sample, number) in enumerate(public, start=1):
        real = SoundImage(
            pixels=pixels_of(root, sample),
            base=PUBLIC,
            picture=sample.path,
            photograph=sample.source,
            number=number,
            count=targets.EACH,
            seed=sample.source,
        )
        trials += tried(judges[sample.fold], real)
        progress(done, total)
    for number in range(targets.CASTINGS):
        seed = targets.FIRST_CASTING + number
        casting = SoundImage(
            pixels=render_casting(seed=seed).pixels,
            base=RENDERED,
            picture=str(seed),
            photograph=seed,
            number=number,
            count=targets.CASTINGS,
            seed=targets.FIRST_CASTING,
        )
        trials += tried(shipped, casting)
        progress(len(public) + number + 1, total)
    return trials


def tried(inspector: Inspector, base: SoundImage) -> Iterator[Trial]:
    """Try one sound picture: as it is and, if it passes, with a harmless change and with every defect."""
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


def _marks(inspection: Inspection, pixels: np.ndarray) -> np.ndarray:
    """Return the places that the map marks, bool (H, W); none where there is no map."""
    return np.zeros(pixels.shape, bool) if inspection.heatmap is None else inspection.heatmap >= LEVEL


def _trial(
    base: SoundImage, inspection: Inspection, kind: str, *, marked: bool, target: targets.Target | None = None
) -> Trial:
    """`target`: what was judged, None where it has no defect."""
    return Trial(
        base=base.base,
        picture=base.picture,
        photograph=base.photograph,
        kind=kind,
        pixels=0.0 if target is None else as_written(target.extent),
        percent=0.0 if target is None else as_written(target.percent),
        contrast=0.0 if target is None else as_written(target.contrast),
        probability=None if inspection.probability is None else as_written(inspection.probability),
        verdict=inspection.verdict,
        marked=marked,
    )
