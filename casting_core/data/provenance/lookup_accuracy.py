"""How well pictures are recognised as seen before, measured: every figure of the look-up comes from here.

1. Official test pictures, which nothing of the library was made from: those with a copy in train
   must be recognised, those without must not.
2. Pictures of every train photograph, looked up in the library without that photograph: any match is
   a false one.
3. By signatures alone, strangers are harder: for each of the five folds the signatures, the scale and
   the threshold are made anew without the fold's photographs, and all its pictures are looked up.
4. Rendered castings, which show no part that exists, and, where it is given, a second folder of
   pictures, of which nothing is known: what it matches is listed by its detail similarity.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import thread_time

import numpy as np

from casting_core.data.images import decode
from casting_core.data.part.finder import Part, find_part
from casting_core.data.provenance.library import PhotographLibrary
from casting_core.data.provenance.seen_before import SeenBefore, look_up, same_file
from casting_core.data.provenance.signature import coarse_strip
from casting_core.data.provenance.spectra import fit_spectra, spectrum
from casting_core.data.samples import FOLDS, Progress, Sample, unreported
from casting_core.data.synthetic.casting import render_casting
from casting_core.errors import ImageError
from casting_core.labels import Label

STRANGERS = 2  # train pictures a photograph that are looked up without it
RENDERED = 100
SIGNATURES_ALONE, PICTURES = "signatures alone", "with pictures"
COPIES, NEW, OWN, CASTINGS = "copies", "new", "strangers", "rendered"
GROUPS = {
    COPIES: "Test pictures with a copy in train",
    NEW: "Test pictures without a copy",
    OWN: "Train pictures without their own photograph",
    CASTINGS: "Rendered castings",
}


@dataclass(frozen=True, kw_only=True)
class Count:
    """Of `total` pictures, `right` were matched to their photograph and `wrong` to another. `names` of the wrong."""

    total: int
    right: int = 0
    names: tuple[str, ...] = ()

    @property
    def wrong(self) -> int:
        """Pictures matched to a photograph that is not theirs."""
        return len(self.names)

    def of_copies(self) -> str:
        """In words, for pictures whose photograph is known."""
        return f"{self.right} of {self.total} recognised, {self.wrong} matched to another photograph{self._named()}"

    def of_strangers(self) -> str:
        """In words, for pictures whose photograph is not known."""
        return f"{self.wrong} of {self.total} matched{self._named()}"

    def _named(self) -> str:
        return f" ({', '.join(self.names[:6])})" if self.names else ""


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """What `measure` found.

    Attributes
    ----------
    threshold : on the signatures alone.
    counts : by group of `GROUPS` and way of asking ("signatures alone", "with pictures").
    fold_strangers : all pictures, by signatures made without their fold.
    same_bytes : test pictures known by their hash.
    others, others_alone : matches of the second folder, with pictures and by the signatures alone; None where there is
        none.
    warm, cold : seconds of one processor core for finding the part and looking up with pictures, where a picture of
        that photograph was looked up before, and where none was.
    """

    threshold: float
    counts: dict[str, dict[str, Count]]
    fold_strangers: Count
    same_bytes: int
    others: tuple[SeenBefore | None, ...] = ()
    others_alone: tuple[SeenBefore | None, ...] = ()
    warm: tuple[float, ...] = ()
    cold: tuple[float, ...] = ()

    def lines(self) -> list[str]:
        """Return the report, one line of text each."""
        text = [f"Threshold on the signatures alone: {self.threshold:.3f}."]
        for way in (SIGNATURES_ALONE, PICTURES):
            for group, title in GROUPS.items():
                count = self.counts[group][way]
                text.append(f"{title}, {way}: {count.of_copies() if group == COPIES else count.of_strangers()}.")
        text.append(f"All pictures, by signatures made without their fold: {self.fold_strangers.of_strangers()}.")
        text.append(f"Test pictures known by their bytes: {self.same_bytes}.")
        if self.others:
            text += _of_others(self.others, self.others_alone)
        for name, seconds in (
            ("another of the photograph looked up before", self.warm),
            ("the first of its photograph", self.cold),
        ):
            if seconds:
                middle, high = np.quantile(seconds, [0.5, 0.99]) * 1000
                text.append(
                    f"Look-up with pictures, {name}, on one core: median {middle:.1f} ms, "
                    f"99th percentile {high:.1f} ms (n = {len(seconds)})."
                )
        return text


def _of_others(others: Sequence[SeenBefore | None], alone: Sequence[SeenBefore | None]) -> list[str]:
    found = [seen for seen in others if seen is not None]
    both = [(a, b) for a, b in zip(others, alone, strict=True) if b is not None]
    same = sum(a is not None and a.source == b.source for a, b in both)
    only = sum(a is None for a, _ in both)
    apart = len(both) - same - only
    text = [
        f"Second folder: {len(found)} of {len(others)} pictures show a photograph of the train split; by the "
        f"signatures alone {same} of these, to another photograph {apart}, and {only} that the detail does not confirm."
    ]
    if found:
        counts, edges = np.histogram([seen.similarity for seen in found], bins=[0.5, 0.6, 0.7, 0.8, 0.9, 1.0])
        bins = zip(pairwise(edges.tolist()), counts.tolist(), strict=True)
        text.append("Their detail similarity: " + ", ".join(f"{a:.1f} to {b:.1f}: {n}" for (a, b), n in bins) + ".")
    return text


def measure(
    root: Path,
    library: PhotographLibrary,
    samples: Sequence[Sample],
    *,
    others: Path | None = None,
    rendered: int = RENDERED,
    progress: Progress = unreported,
) -> Recognition:
    """Measure a library on the set at `root` that it was made from, and on the pictures of the folder `others`.

    Parameters
    ----------
    samples : the set's table of provenance, train and test.
    rendered : number of rendered castings to look up.

    Raises `ImageError` where a picture of the set cannot be read.
    """
    spectra = np.zeros((len(samples), *library.spectra.centre.shape), np.float32)
    shows_part = np.zeros(len(samples), bool)
    known = {p.source for p in library.photographs}
    ways: dict[str, Path | None] = {SIGNATURES_ALONE: None, PICTURES: root}
    tally: dict[str, dict[str, list[tuple[Sample, SeenBefore | None]]]] = {
        group: {way: [] for way in ways} for group in GROUPS
    }
    times: dict[str, list[float]] = {"cold": [], "warm": []}
    met: set[int] = set()
    looked_up: Counter[int] = Counter()
    for index, sample in enumerate(samples):
        pixels = decode(root / sample.path).pixels
        begin = thread_time()
        part = find_part(pixels)
        finding = thread_time() - begin
        if part is not None:
            spectra[index] = spectrum(coarse_strip(pixels, part))
            shows_part[index] = True
        if sample.split == "test":
            for way, where in ways.items():
                begin = thread_time()
                seen = look_up(pixels, part, library, root=where)
                seconds = finding + thread_time() - begin
                tally[COPIES if sample.source in known else NEW][way].append((sample, seen))
            times["warm" if sample.source in met else "cold"].append(seconds)
            met.add(sample.source)
        elif looked_up[sample.source] < STRANGERS:
            looked_up[sample.source] += 1
            rest = library.without(sample.source)
            for way, where in ways.items():
                tally[OWN][way].append((sample, look_up(pixels, part, rest, root=where)))
        progress(index + 1, len(samples))
    for seed in range(rendered):
        pixels = render_casting(seed=seed, defects="random").pixels
        part, sample = find_part(pixels), Sample(path=f"seed {seed}", split="", label=Label.OK)
        for way, where in ways.items():
            tally[CASTINGS][way].append((sample, look_up(pixels, part, library, root=where)))
    second = _pictures(others) if others is not None else []
    return Recognition(
        threshold=library.spectra.threshold,
        counts={group: {way: _count(rows) for way, rows in of.items()} for group, of in tally.items()},
        fold_strangers=_by_fold(samples, spectra, shows_part),
        same_bytes=sum(same_file(s.sha256, library) is not None for s in samples if s.split == "test"),
        others=tuple(look_up(pixels, part, library, root=root) for pixels, part in second),
        others_alone=tuple(look_up(pixels, part, library) for pixels, part in second),
        warm=tuple(times["warm"]),
        cold=tuple(times["cold"]),
    )


def _count(rows: Sequence[tuple[Sample, SeenBefore | None]]) -> Count:
    return Count(
        total=len(rows),
        right=sum(seen is not None and seen.source == sample.source for sample, seen in rows),
        names=tuple(
            f"{sample.path} as {seen.path}"
            for sample, seen in rows
            if seen is not None and seen.source != sample.source
        ),
    )


def _by_fold(samples: Sequence[Sample], spectra: np.ndarray, shows_part: np.ndarray) -> Count:
    """Every picture looked up among signatures, scale and threshold to which its fold gave nothing."""
    fold = np.array([s.fold for s in samples])
    source = np.array([s.source for s in samples])
    train = np.array([s.split == "train" for s in samples]) & shows_part
    names: list[str] = []
    for k in range(FOLDS):
        rest, held = train & (fold != k), np.flatnonzero((fold == k) & shows_part)
        if not rest.any():
            continue
        fitted = fit_spectra(spectra[rest], source[rest])
        likeness = fitted.likeness(spectra[held])
        for row in np.flatnonzero(likeness.max(1) >= fitted.threshold):
            nearest = fitted.sources[likeness[row].argmax()]
            names.append(f"{samples[held[row]].path} as photograph {nearest}")
    return Count(total=int(shows_part.sum()), names=tuple(names))


def _pictures(folder: Path) -> list[tuple[np.ndarray, Part | None]]:
    """All pictures of a folder that can be read, or of its sub-folder `images` where it has one."""
    inner = folder / "images"
    pictures = []
    for file in sorted((inner if inner.is_dir() else folder).iterdir()):
        try:
            pixels = decode(file).pixels
        except ImageError:
            continue
        pictures.append((pixels, find_part(pixels)))
    return pictures
