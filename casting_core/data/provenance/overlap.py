"""Which pictures of another set show a photograph of the public set, and so could have been learnt by heart.

1. Of every source photograph of the public set up to three pictures are unwrapped (`data.provenance.signature`).
2. A picture is compared with all of them by its coarse ring, and with the most alike by its aligned detail.
3. It is *known* where the detail agrees, as links between pictures of the public set are judged
   (`data.provenance`). It is *new* where not even the coarse rings are alike. In between it is neither: whoever
   claims a figure for new photographs must not count one that may be known.
4. What holds for one picture of a photograph holds for all its copies.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from casting_core.data.images import decode
from casting_core.data.provenance.grouping import CANDIDATE, LINK, TRIES
from casting_core.data.provenance.signature import Strips, coarse_similarity, detail_similarity, strips
from casting_core.data.samples import Progress, Sample, unreported
from casting_core.errors import DataError

EACH = 3  # pictures of a source photograph


def known_photographs(
    pictures: Iterable[tuple[int, np.ndarray]], root: Path, samples: Sequence[Sample], progress: Progress = unreported
) -> dict[int, bool | None]:
    """By photograph: True if it is in the public set, False if it is new, None where neither is sure.

    Parameters
    ----------
    pictures : the number of the photograph, and pixels uint8 (H, W).
    root : folder of the public set.
    samples : its pictures with their source photographs (`data.samples.read_provenance`).
    progress : told of the pictures of the public set that are read.

    Raises
    ------
    DataError
        A picture of the public set is missing.
    ImageError
        One cannot be decoded.
    """
    references = [rings for rings in _references(root, samples, progress) if rings is not None]
    given = [(photograph, strips(pixels)) for photograph, pixels in pictures]
    found: dict[int, list[bool | None]] = {photograph: [None] for photograph, rings in given if rings is None}
    shown = [(photograph, rings) for photograph, rings in given if rings is not None]
    for (photograph, _), known in zip(shown, compare([rings for _, rings in shown], references), strict=True):
        found.setdefault(photograph, []).append(known)
    return {
        photograph: True if True in known else None if None in known else False for photograph, known in found.items()
    }


def compare(pictures: Sequence[Strips], references: Sequence[Strips]) -> list[bool | None]:
    """Whether each picture shows one of the references: True, False, or None where neither is sure."""
    if not pictures or not references:
        return [False] * len(pictures)
    count = len(references)
    together = np.stack([coarse for coarse, _ in (*references, *pictures)])
    alike = np.full((len(pictures), count), -1.0, np.float32)
    for rows, columns, similarity in coarse_similarity(together):  # above the diagonal: references first
        inner = slice(rows.start, min(rows.stop, count))
        first = max(columns.start, count)
        if inner.start < inner.stop and first < columns.stop:
            block = similarity[: inner.stop - inner.start, first - columns.start :]
            alike[first - count : columns.stop - count, inner] = block.T
    result: list[bool | None] = []
    for (_, detail), row in zip(pictures, alike, strict=True):
        nearest = np.argsort(-row)[:TRIES]
        agreed = max(detail_similarity(detail, references[index][1]) for index in nearest) >= LINK
        result.append(True if agreed else None if row.max() >= CANDIDATE else False)
    return result


def _references(root: Path, samples: Sequence[Sample], progress: Progress) -> Iterable[Strips | None]:
    by_source: dict[int, list[Sample]] = {}
    for sample in samples:
        by_source.setdefault(sample.source, []).append(sample)
    # from the first to the last: three spaced otherwise miss a photograph of the second setting
    chosen = [
        members[index]
        for members in by_source.values()
        for index in sorted({round(step * (len(members) - 1) / (EACH - 1)) for step in range(EACH)})
    ]
    for done, sample in enumerate(chosen, start=1):
        if not (root / sample.path).is_file():
            raise DataError(f"{root / sample.path} is missing: the folder does not hold the whole public set.")
        yield strips(decode(root / sample.path).pixels)
        progress(done, len(chosen))
