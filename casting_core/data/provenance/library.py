"""The library of known photographs: what ships of the pictures that the models were trained on.

For every source photograph of the official train split: its signature (`spectra`, no picture can be
rebuilt from it), how its pictures are filed, and the names of one to three that represent it. The
representatives are chosen so that every picture of the photograph resembles one of them in detail.
The hashes of all training pictures come from the table of provenance that ships beside it; a
library made for another table is refused.

The file is a plain `.npz`, read without unpickling.
"""

import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import numpy as np

from casting_core.data.files import write_atomically
from casting_core.data.images import decode
from casting_core.data.part.finder import find_part
from casting_core.data.provenance.signature import coarse_strip, detail_similarity, detail_strip
from casting_core.data.provenance.spectra import Spectra, fit_spectra, spectrum
from casting_core.data.samples import PROVENANCE, Progress, Sample, read_provenance, unreported
from casting_core.errors import DataError, SettingsError
from casting_core.labels import Label

SIGNATURES = Path(__file__).with_name("signatures.npz")
REPRESENTATIVES = 3  # pictures a photograph, at most
WELL_SEEN = 0.75  # detail similarity to a representative above which another adds nothing
LOOKED_AT = 40  # pictures of a photograph among which representatives are chosen, at most


@dataclass(frozen=True, kw_only=True)
class Photograph:
    """One source photograph: how many training pictures of it are filed under which label, and its representatives."""

    source: int
    ok: int
    defective: int
    representatives: tuple[Sample, ...]

    @property
    def pictures(self) -> int:
        """Training pictures made from it."""
        return self.ok + self.defective


@dataclass(frozen=True, kw_only=True, eq=False)
class PhotographLibrary:
    """Known photographs. Immutable, and safe to use from many threads."""

    spectra: Spectra
    photographs: tuple[Photograph, ...]  # in the order of `spectra.sources`
    files: Mapping[str, Sample]  # training pictures by the SHA-256 of their bytes

    def without(self, source: int) -> "PhotographLibrary":
        """Return the same without one photograph and its files."""
        return replace(
            self,
            spectra=self.spectra.without(source),
            photographs=tuple(p for p in self.photographs if p.source != source),
            files=MappingProxyType({sha: s for sha, s in self.files.items() if s.source != source}),
        )


def build_library(root: Path, samples: Sequence[Sample], progress: Progress = unreported) -> PhotographLibrary:
    """Make the library from the train pictures at `root`; decodes each once.

    Parameters
    ----------
    samples : with their provenance; those outside the train split are passed over. A picture without a part has
        no signature, it is known by its hash alone.

    Raises `DataError` where no train picture shows a part, `ImageError` where one cannot be read.
    """
    train = [s for s in samples if s.split == "train"]
    by_source: dict[int, list[Sample]] = {}
    for sample in train:
        by_source.setdefault(sample.source, []).append(sample)
    spectra: list[np.ndarray] = []
    sources: list[int] = []
    chosen: dict[int, tuple[Sample, ...]] = {}
    for source in sorted(by_source):
        members, signatures, details = [], [], []
        looked_at = -(-len(by_source[source]) // LOOKED_AT)  # one in so many
        for index, sample in enumerate(by_source[source]):
            pixels = decode(root / sample.path).pixels
            part = find_part(pixels)
            if part is None:
                continue
            signatures.append(spectrum(coarse_strip(pixels, part)))
            if index % looked_at == 0:
                members.append((sample, signatures[-1]))
                details.append(detail_strip(pixels, part))
        if not members:
            continue
        spectra += signatures
        sources += [source] * len(signatures)
        mean = np.mean(signatures, axis=0)
        first = int(np.argmin([np.abs(signature - mean).sum() for _, signature in members]))
        chosen[source] = tuple(members[index][0] for index in choose_representatives(details, first))
        progress(len(spectra), len(train))
    if not spectra:
        raise DataError(
            f"No picture of the train split at {root} shows a part; there is nothing to make signatures of."
        )
    return _library(fit_spectra(np.stack(spectra), np.array(sources)), chosen, train)


def choose_representatives(details: Sequence[np.ndarray], first: int) -> list[int]:
    """Return indices of one to three strips float32 (64, 512): `first`, and what those before it resemble least."""
    chosen = [first]
    nearest = np.array([detail_similarity(strip, details[first]) for strip in details])
    while len(chosen) < REPRESENTATIVES and nearest.min() < WELL_SEEN:
        chosen.append(int(nearest.argmin()))
        nearest = np.maximum(nearest, [detail_similarity(strip, details[chosen[-1]]) for strip in details])
    return chosen


def _library(spectra: Spectra, chosen: Mapping[int, Sequence[Sample]], train: Sequence[Sample]) -> PhotographLibrary:
    counts = Counter((sample.source, sample.label) for sample in train)
    photographs = tuple(
        Photograph(
            source=source,
            ok=counts[source, Label.OK],
            defective=counts[source, Label.DEFECTIVE],
            representatives=tuple(chosen[source]),
        )
        for source in spectra.sources.tolist()
    )
    files = {sample.sha256: sample for sample in reversed(train)}  # of the same files the first
    return PhotographLibrary(spectra=spectra, photographs=photographs, files=MappingProxyType(files))


def write_signatures(library: PhotographLibrary, samples: Sequence[Sample], file: Path = SIGNATURES) -> None:
    """Write what ships, atomically. `samples`: the table that the library was made from."""
    spectra = library.spectra
    named = [(p.source, s.path) for p in library.photographs for s in p.representatives]
    stream = io.BytesIO()
    np.savez_compressed(
        stream,
        centre=spectra.centre.astype(np.float16),
        scale=spectra.scale.astype(np.float16),
        templates=spectra.templates.astype(np.float16),
        sources=spectra.sources.astype(np.int32),
        threshold=np.float64(spectra.threshold),
        representative_source=np.array([source for source, _ in named], np.int32),
        representative_path=np.array([path for _, path in named], np.str_),
        table=np.array(_table(samples)),
    )
    write_atomically(file, stream.getvalue())


@lru_cache(maxsize=4)
def read_signatures(file: Path = SIGNATURES, provenance: Path = PROVENANCE) -> PhotographLibrary:
    """Return the library that ships with the package, read once a process; needs no pictures.

    Raises `DataError` where a file is missing or damaged, or the two do not belong together.
    """
    samples = read_provenance(provenance)
    again = "make it anew with: python -m casting_core data signatures"
    try:
        with np.load(file, allow_pickle=False) as data:
            if str(data["table"]) != _table(samples):
                raise DataError(f"{file} was made for another table than {provenance}; {again}")
            spectra = Spectra(
                centre=data["centre"].astype(np.float32),
                scale=data["scale"].astype(np.float32),
                templates=data["templates"].astype(np.float32),
                sources=data["sources"].astype(np.int64),
                threshold=float(data["threshold"]),
            )
            by_path = {s.path: s for s in samples if s.split == "train"}
            chosen: dict[int, list[Sample]] = {source: [] for source in spectra.sources.tolist()}
            for source, path in zip(data["representative_source"].tolist(), data["representative_path"], strict=True):
                chosen[source].append(by_path[str(path)])
    except FileNotFoundError as error:
        raise DataError(f"{file} is missing; {again}") from error
    except (OSError, EOFError, KeyError, TypeError, ValueError, zipfile.BadZipFile, SettingsError) as error:
        raise DataError(f"{file} holds no signatures ({error}); {again}") from error
    return _library(spectra, chosen, list(by_path.values()))


def _table(samples: Sequence[Sample]) -> str:
    """SHA-256 over what the library takes from the table: the train pictures, their labels and photographs."""
    lines = sorted(f"{s.path} {s.sha256} {s.label} {s.source}" for s in samples if s.split == "train")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
