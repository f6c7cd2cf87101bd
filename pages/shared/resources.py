"""Every cache of the app, and the model with its locks.

A model is loaded once a process, in the background, the default one as soon as the first page is drawn. What is found
in a picture is kept for all sessions, bounded in number and time, and never changed (`per_picture`); a picture is
decoded once and its part looked for once, whatever is asked about it.

Single verdicts are computed one at a time, and so is all the rest, in small steps beside them: more at once would only
compete for the same processor, and memory stays bounded. A verdict waits for no step of the rest, and each step waits
until nobody waits for a verdict.
"""

import gc
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from itertools import tee
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.data.images import decode_rgb, decode_shown, shown_size
from casting_core.data.provenance.seen_before import SeenBefore
from casting_core.data.samples import default_root
from casting_core.errors import ImageError
from casting_core.explanation.proof import Proof
from casting_core.inspection.photograph import Photograph
from casting_core.inspection.results import Inspection
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, folder_of, read_card, shipped
from casting_core.networks.registry import architecture
from pages.shared.uploads import Upload
from pages.shared.verdict_priority import Line, Precedence

if TYPE_CHECKING:
    from casting_core.inspection.examination import Examination, Precedents
    from casting_core.inspection.inspector import Inspector
    from casting_core.inspection.stability import Stability

LONG_SIDE = (640, 1024)  # px, at least and at most, of a picture as a page shows it
MAX_MODELS = 2  # held in memory
AT_ONCE = 2  # pictures of a batch, whose maps are held in memory together
KEPT = 1800.0  # s, for which what was found in a picture is kept

Judged = TypeVar("Judged")

_verdicts, _the_rest = Line(), Line()
_precedence = Precedence()
give_way = _precedence.wait  # before something that can come later, while others still wait for their verdict


def per_picture(*, max_entries: int) -> Callable[[Callable[..., Any]], Any]:
    """Decorate a function to keep what it finds in an `Upload`, by its SHA-256 and what else the function is given."""
    of: dict[str | type[Any], Callable[[Any], Any]] = {Upload: lambda upload: upload.sha256}
    return st.cache_resource(max_entries=max_entries, ttl=KEPT, show_spinner=False, hash_funcs=of)


def warm_up() -> None:
    """Begin to load the default model, unless that has begun."""
    _loading(DEFAULT)


def models() -> list[str]:
    """Names of the models that are ready for use, the default first."""
    return shipped()


def card(model: str) -> ModelCard:
    """Return the card of a shipped model, read at once."""
    return read_card(folder_of(model, MODELS))


def has_convolutions(model: str) -> bool:
    """Whether activation maps can be made of the model."""
    return architecture(card(model).architecture).heatmap_layer is not None


def inspector(model: str = DEFAULT) -> "Inspector":
    """Return a shipped model, once it is loaded. Raises `ModelError` where it is missing or altered."""
    loading = _loading(model)
    if loading.done() and loading.exception() is not None:
        _loading.clear(model)  # that was for another visitor: the file may have been restored
        loading = _loading(model)
    return loading.result()


@st.cache_resource(max_entries=MAX_MODELS, show_spinner=False)
def _loading(model: str) -> "Future[Inspector]":
    background = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading = background.submit(_load, model)
    background.submit(_load_the_rest)
    background.shutdown(wait=False)
    return loading


def _load(model: str) -> "Inspector":
    from casting_core.inspection.inspector import Inspector

    loaded = Inspector.load(model)
    loaded.inspect(np.full((300, 300), 128, np.uint8))  # the first run is slow: not at a visitor's expense
    return loaded


@cache
def _load_the_rest() -> None:
    """Load what explanations need, and let nothing of it all be searched for garbage.

    Streamlit has everything searched after each run of a page. The hundreds of thousands of objects that PyTorch and
    scikit-learn have made by now would take tenths of a second each time, in which no other visitor is served.
    """
    import pytorch_grad_cam  # noqa: F401

    gc.freeze()


@dataclass(frozen=True, kw_only=True, eq=False)
class DisplayedInspection:
    """An inspection, ready for a page.

    Attributes
    ----------
    upload : the picture that was judged.
    inspection : without its heatmap, which may be large.
    evidence : float32 (H, W) in [0, 1] of the size of `picture`; None where there is no map.
    """

    upload: Upload
    inspection: Inspection
    evidence: np.ndarray | None

    @property
    def picture(self) -> Image.Image | None:
        """See `shown`."""
        return shown(self.upload)


@per_picture(max_entries=4)  # 50 MB each at most
def photograph(upload: Upload) -> Photograph:
    """Return the pixels and the part of a picture, for all that is asked about it."""
    return Photograph(upload.data)


@per_picture(max_entries=12)
def shown(upload: Upload) -> Image.Image | None:
    """Return a picture in colour, RGB, 640 to 1,024 px on its long side; None where it cannot be decoded."""
    try:
        return Image.fromarray(decode_shown(upload.data, LONG_SIDE))
    except ImageError:
        return None


def displayed(upload: Upload, inspection: Inspection) -> DisplayedInspection:
    """Return an inspection of that picture, made ready."""
    evidence = None
    if inspection.heatmap is not None:
        heatmap = Image.fromarray(inspection.heatmap)
        size = shown_size((inspection.width or 1, inspection.height or 1), LONG_SIDE)
        evidence = np.asarray(heatmap.resize(size, Image.Resampling.BILINEAR))
    return DisplayedInspection(upload=upload, inspection=replace(inspection, heatmap=None), evidence=evidence)


@per_picture(max_entries=12)
def judge(upload: Upload, *, model: str = DEFAULT) -> DisplayedInspection:
    """Judge one picture with its explanation. `upload` must have its bytes."""
    with _precedence.first():
        loaded, taken = inspector(model), photograph(upload)
        with suppress(ImageError):
            taken.picture()  # reading a large file takes longer than judging it: others are judged meanwhile
        with _verdicts:
            inspection = loaded.inspect(taken, map_side=LONG_SIDE[1])
    return displayed(upload, inspection)


def judge_many(uploads: Iterable[Upload], *, model: str = DEFAULT) -> Iterator[tuple[Photograph, Inspection]]:
    """Judge many pictures in their order, without heatmaps."""
    photographs, given = tee(Photograph(upload.data) for upload in uploads)
    for inspection in _in_turn(inspector(model).inspect_many(given, batch_size=AT_ONCE, map_side=1)):
        yield next(photographs), replace(inspection, heatmap=None)


def _in_turn(stream: Iterator[Judged]) -> Iterator[Judged]:
    """Take one step after the other; verdicts on single pictures, and the steps of others, come in between."""
    while True:
        give_way()
        with _the_rest:
            judged = next(stream, None)
        if judged is None:
            return
        yield judged


# What follows is asked of pictures that can be decoded.


@per_picture(max_entries=24)
def activation_map(upload: Upload, *, model: str, method: str) -> tuple[np.ndarray, float]:
    """Return a map by one of `explanation.methods.METHODS`, float32 (h, w) in [0, 1], and the seconds that it took.

    Raises `SettingsError` for a model without convolutions.
    """
    from casting_core.explanation.cam import activation_map as compute

    loaded, pixels = inspector(model), photograph(upload).picture().pixels
    layer = architecture(loaded.card.architecture).heatmap_layer or ""
    _load_the_rest()  # not a part of the method's time
    with _the_rest:  # works on a copy of the network, so verdicts need not wait for it
        started = time.perf_counter()
        heatmap = compute(loaded.network, loaded.prepare(pixels), layer=layer, method=method)
        return heatmap, time.perf_counter() - started


@per_picture(max_entries=12)
def prove(upload: Upload, *, model: str) -> Proof | None:
    """Return the repair proof of a picture; None where no part is found or nothing is marked."""
    from casting_core.inspection import examination

    with _the_rest:
        return examination.proof(inspector(model), photograph(upload))


def seen_before(upload: Upload, *, model: str) -> SeenBefore | None:
    """Return the training photograph that a picture shows; None where it shows none.

    Only photographs of the public set can be recognised: None for a model that was trained on others.
    """
    return _look_up(upload) if card(model).on_public_set else None


@per_picture(max_entries=200)
def _look_up(upload: Upload) -> SeenBefore | None:
    from casting_core.inspection import examination

    return examination.seen_before(photograph(upload), root=data_root())


@per_picture(max_entries=50)
def precedents(upload: Upload, *, model: str) -> "Precedents | None":
    """Return the known castings that the model sees most alike to a picture, without its own photograph.

    None for a model without features. Raises `ModelError` where its file of known castings is damaged.
    """
    from casting_core.inspection import examination

    seen = seen_before(upload, model=model)
    with _the_rest:
        return examination.precedents(
            inspector(model), photograph(upload), without=None if seen is None else seen.source
        )


@per_picture(max_entries=50)
def stability(upload: Upload, *, model: str) -> "Stability":
    """Return the verdict in eight orientations and three exposures of a picture."""
    from casting_core.inspection.stability import Stability, judge_variants

    variants = _in_turn(judge_variants(inspector(model), photograph(upload).picture().pixels))
    return Stability(variants=tuple(variants))


def examination(upload: Upload, *, model: str) -> "Examination":
    """All that can be asked of a picture beside its verdict."""
    from casting_core.inspection.examination import Examination

    return Examination(
        seen_before=seen_before(upload, model=model),
        precedents=precedents(upload, model=model),
        proof=prove(upload, model=model),
        stability=stability(upload, model=model),
    )


def data_root() -> Path | None:
    """Where the public data set lies, None where it is not on this computer."""
    root = default_root()
    return root if root.is_dir() else None


def known_picture(path: str) -> Image.Image | None:
    """Return a picture of the public data set by its path there; None where it is not on this computer."""
    root = data_root()
    if root is None:
        return None
    try:
        return Image.fromarray(decode_rgb(root / path))
    except ImageError:
        return None
