"""Read all pictures of a folder once, and group them by the photograph they were made from.

Where the part finder knows the part (on nine of ten pictures), photographs are told apart by the
ring around its opening, at any angle (`data.provenance`). Where it does not, pictures are compared
as they are, in their eight orientations (`data.provenance.near_duplicates`).
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from casting_core.data.collection.folders import Found
from casting_core.data.images import Picture, decode, decode_rgb
from casting_core.data.part.finder import Part, find_part
from casting_core.data.provenance.grouping import Likeness, compare, group
from casting_core.data.provenance.near_duplicates import Look, group_copies, look
from casting_core.data.provenance.signature import coarse_strip, detail_strip
from casting_core.data.samples import Progress, by_first_appearance, evenly_spaced_indices, part_of, unreported
from casting_core.errors import ImageError

PARTS_NEEDED = 0.9  # of the pictures on which the part must be found
COLOUR_LOOKS = 60  # pictures, at most, that are looked at for colour
COLOURED = 24  # levels between the channels of a pixel that is coloured; compression makes a few


@dataclass(kw_only=True, eq=False)
class ReadImages:
    """What was read. `files`, `hashes` and `sizes` (width, height) belong together, one entry a picture.

    `unreadable`: path and reason of what could not be decoded. `by_part`: whether the part was found on enough
    pictures. `strips`: coarse float32 (24, 256) and detail float16 (64, 512) ring by index where it was found;
    `looks` where it was not.
    """

    root: Path
    files: list[Found] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    sizes: list[tuple[int, int]] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    by_part: bool = True
    strips: dict[int, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict)
    looks: dict[int, Look] = field(default_factory=dict)

    def coarse(self) -> np.ndarray:
        """Return the coarse rings float32 (n, 24, 256) of the n pictures in `strips`, in their order."""
        return np.array([coarse for coarse, _ in self.strips.values()], np.float32).reshape(-1, 24, 256)


def gather(
    root: Path,
    files: Sequence[Found],
    progress: Progress = unreported,
    each: Callable[[Picture, Part | None], None] | None = None,
    *,
    detailed: bool = True,
) -> ReadImages:
    """Decode every file, hash it and keep what it is compared by; a file that cannot be read is only noted.

    `progress` is called with (done, number of files); `each` with every picture that could be read and the part in
    it, None where none was found or is looked for any more, in the order of `files`. Without `detailed` the fine
    rings are left empty, and photographs cannot be told apart by them.
    """
    result = ReadImages(root=root)
    for done, found in enumerate(files, start=1):
        name = found.path.encode("utf-8", "backslashreplace").decode()
        try:
            if name != found.path:  # it could be written into no table, and shown on no page
                raise ImageError("The name of this file is not text in UTF-8. Rename it.")
            picture = decode(root / found.path)
        except ImageError as error:
            result.unreadable.append((name, str(error)))
        else:
            index = len(result.files)
            result.files.append(found)
            result.hashes.append(picture.sha256)
            result.sizes.append((picture.width, picture.height))
            part = find_part(picture.pixels) if result.by_part else None
            if part is None:
                result.looks[index] = look(picture.pixels)
                if len(result.looks) > (1 - PARTS_NEEDED) * len(files) + 1e-9:
                    result.by_part = False
                    result.strips.clear()
            else:
                detail = detail_strip(picture.pixels, part).astype(np.float16) if detailed else np.zeros((0, 512))
                result.strips[index] = coarse_strip(picture.pixels, part), detail
            if each is not None:
                each(picture, part)
        progress(done, len(files))
    if not result.by_part:
        for index in range(len(result.files)):  # those seen before it was known that the part is another
            if index not in result.looks:
                result.looks[index] = look(decode(root / result.files[index].path).pixels)
    return result


def photographs(gathered: ReadImages, progress: Progress = unreported, likeness: Likeness | None = None) -> np.ndarray:
    """Return the photograph of every picture, int (N,), numbered from 0 by first appearance.

    `progress` is called with (done, total); `likeness` of the coarse rings, where it is known already.
    """
    number = np.zeros(len(gathered.files), np.int64)
    found, lost = list(gathered.strips), sorted(gathered.looks)
    if found:
        detail = np.stack([gathered.strips[index][1] for index in found])
        grouping = progress
        if likeness is None:  # half of the way
            likeness = compare(gathered.coarse(), part_of(progress, 0, 2, len(gathered.files)))
            grouping = part_of(progress, 1, 2, len(gathered.files))
        number[found] = group(detail, likeness, grouping).source
    if lost:
        looks, hashes = [gathered.looks[i] for i in lost], [gathered.hashes[i] for i in lost]
        number[lost] = group_copies(looks, hashes, unreported if found else progress).source + len(gathered.files)
    return by_first_appearance(number)


def count_coloured(root: Path, files: Sequence[Found]) -> tuple[int, int]:
    """How many pictures show colour, of how many, spread evenly over the set, that were looked at."""
    chosen = evenly_spaced_indices(len(files), COLOUR_LOOKS)
    coloured = 0
    for index in chosen:
        channels = decode_rgb(root / files[index].path)
        coloured += bool((np.ptp(channels, axis=2) > COLOURED).mean() > 0.01)
    return coloured, len(chosen)


def common_sizes(sizes: Sequence[tuple[int, int]]) -> list[tuple[tuple[int, int], int]]:
    """Sizes (width, height) and how many pictures have them, the most common first."""
    return sorted(Counter(sizes).items(), key=lambda item: (-item[1], item[0]))
