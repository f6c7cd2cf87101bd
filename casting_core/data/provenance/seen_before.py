"""Whether a picture, turned, mirrored or stretched, is one that the models were trained on.

1. A file whose bytes are those of a training picture is that picture (`same_file`).
2. Otherwise the picture's signature is compared with those of all known source photographs
   (`library`, `spectra`), which need no pictures.
3. Where the training pictures are at hand, the nearest photographs are looked at: the picture is
   laid onto their representatives and the fine detail compared (`signature.detail_similarity`).
   It decides alone: what the detail does not confirm was not seen before.
4. Where they are not, the signature speaks above its own threshold, and the match is said not to
   be confirmed.

Both ways of asking can be measured anew with `python -m casting_core data recognise`.
"""

from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from casting_core.data.images import decode
from casting_core.data.part.finder import Part, find_part
from casting_core.data.provenance.grouping import LINK
from casting_core.data.provenance.library import Photograph, PhotographLibrary
from casting_core.data.provenance.signature import DETAIL_ANGLES, align, coarse_strip, detail_similarity, detail_strip
from casting_core.data.provenance.spectra import spectrum
from casting_core.data.samples import Sample
from casting_core.errors import ImageError
from casting_core.labels import Label

CANDIDATES = 2  # nearest photographs whose pictures are looked at; the right one was always the first
CANDIDATE = 0.7  # least likeness of signatures at which pictures are looked at
# Two castings that lay alike in the same light reach a detail similarity of 0.58, two photographs of
# one casting 0.70, but neither has signatures above the threshold. Below it, detail must say more.
CLEAR = 0.72


@dataclass(frozen=True, kw_only=True)
class SeenBefore:
    """A training photograph that a picture shows.

    `source`: its number in the table of provenance. `path`: the training picture that was matched, POSIX, relative
    to the data root; `label`: as which it is filed. `ok`, `defective`: how many training pictures of the photograph
    are filed under each label; where both are above 0 it is known that some are wrong. `confirmed`: the pictures
    themselves were compared, or the bytes are the same. `similarity`, in [0, 1]: of the fine detail where confirmed
    (1 for the same bytes; copies mostly 0.6 to 0.95, since each was resampled), else of the signatures. The two are
    different scales. `angle`: degrees in [0, 360) by which the training picture must be turned clockwise, after it
    was mirrored left for right where `mirrored`, to lie like this picture; with a stretch undone in both. `angle` and
    `mirrored` are None where the match is not confirmed.
    """

    source: int
    label: Label
    path: str
    ok: int
    defective: int
    similarity: float
    confirmed: bool
    angle: float | None = None
    mirrored: bool | None = None

    def to_json(self) -> dict[str, object]:
        """Plain values under the names above."""
        return {**asdict(self), "label": str(self.label)}


def same_file(sha256: str, library: PhotographLibrary) -> SeenBefore | None:
    """Return the training picture with these very bytes, by their hexadecimal digest; nothing is decoded."""
    sample = library.files.get(sha256)
    if sample is None:
        return None
    known = next((p for p in library.photographs if p.source == sample.source), None)
    if known is None:  # shows no part: a photograph of its own, without a signature
        known = Photograph(
            source=sample.source,
            ok=int(sample.label is Label.OK),
            defective=int(sample.label is Label.DEFECTIVE),
            representatives=(sample,),
        )
    return _seen(known, sample, similarity=1.0, confirmed=True, angle=0.0, mirrored=False)


def look_up(
    pixels: np.ndarray,
    part: Part | None,
    library: PhotographLibrary,
    *,
    root: Path | None = None,
    sha256: str | None = None,
) -> SeenBefore | None:
    """Look a picture up among the known photographs.

    Parameters
    ----------
    pixels : uint8 (H, W).
    part : as `find_part` gives it. None, and so a picture that shows no part, can be known by its hash alone.
    root : the data root, which holds train/def_front and so on; None to go by the signatures. A photograph whose
        pictures are missing there, or are others than the table of provenance says, is gone by its signature too.
    sha256 : digest of the file's bytes, to find the same file at once.

    Returns
    -------
    The photograph; None where it is none of the known ones, or cannot be looked up: no part, a flat picture, or
    an empty library.
    """
    exact = same_file(sha256, library) if sha256 else None
    if exact is not None or part is None or not library.photographs:
        return exact
    strip = coarse_strip(pixels, part)
    if not strip.any():
        return None
    likeness = library.spectra.likeness(spectrum(strip)[None])[0]  # (S,)
    detail: np.ndarray | None = None
    best: SeenBefore | None = None
    for index in np.argsort(-likeness, kind="stable")[:CANDIDATES].tolist():
        known, alike = library.photographs[index], float(likeness[index])
        certain = alike >= library.spectra.threshold
        if alike < CANDIDATE and not certain:
            break
        seen_any = False
        for sample in known.representatives if root is not None else ():
            try:
                other = _kept_detail(root, sample.path, sample.sha256).astype(np.float32)
            except ImageError:  # it is not there, or is another
                continue
            seen_any = True
            detail = detail_strip(pixels, part) if detail is None else detail
            similarity = min(detail_similarity(detail, other), 1.0)
            if similarity >= (LINK if certain else CLEAR) and (best is None or similarity > best.similarity):
                shift, mirrored = align(detail, other)
                angle = shift * 360 / DETAIL_ANGLES
                best = _seen(known, sample, similarity=similarity, confirmed=True, angle=angle, mirrored=mirrored)
        if best is None and certain and not seen_any:
            return _seen(known, known.representatives[0], similarity=min(alike, 1.0), confirmed=False)
        if best is not None and certain:
            break
    return best


def _seen(known: Photograph, sample: Sample, **rest: Any) -> SeenBefore:
    return SeenBefore(
        source=known.source, label=sample.label, path=sample.path, ok=known.ok, defective=known.defective, **rest
    )


@lru_cache(maxsize=512)
def _kept_detail(root: Path, path: str, sha256: str) -> np.ndarray:
    """Return the fine ring of a training picture, float16 (64, 512); at most 32 MB of them are kept.

    Failures are raised, as `ImageError`, and so not kept: the pictures may come later.
    """
    picture = decode(root / path)
    part = find_part(picture.pixels)
    if picture.sha256 != sha256 or part is None:
        raise ImageError(f"{path} is not the picture that the table of provenance names.")
    strip = detail_strip(picture.pixels, part).astype(np.float16)
    strip.flags.writeable = False
    return strip
