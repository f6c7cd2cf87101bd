"""Every cache of the app, and the model with its lock.

A model is loaded once a process, in the background, the default one as soon as the first page is drawn. What is
cached is shared by all sessions, keyed by the SHA-256 of a picture's bytes, bounded, and never
changed. Predictions run one at a time, and so do activation maps: they would only compete for the
same processor, and their memory stays bounded.
"""

import gc
import hashlib
import io
import os
import threading
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.data.images import decode_rgb
from casting_core.data.samples import default_root
from casting_core.errors import ImageError
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, folder_of, read_card, shipped
from pages.shared.uploads import Upload
from pages.shared.verdict_priority import Precedence

if TYPE_CHECKING:
    from casting_core import Inspection, Inspector
    from casting_core.data.provenance.seen_before import SeenBefore
    from casting_core.explanation.proof import Proof
    from casting_core.inspection.examination import Examination, Precedents
    from casting_core.inspection.stability import Stability

LONG_SIDE = (640, 1024)  # px, at least and at most, of a picture as a page shows it
MAX_MODELS = 2  # held in memory
AT_ONCE = 2  # pictures of a batch, whose maps are held in memory together


@dataclass(frozen=True, kw_only=True, eq=False)
class DisplayedInspection:
    """An inspection, ready for a page.

    `inspection`: without its heatmap, which may be large. `picture`: RGB, 640 to 1,024 px on its long
    side, None where it cannot be decoded. `evidence`: float32 (H, W) in [0, 1] of the size of `picture`,
    None where there is no map.
    """

    inspection: "Inspection"
    picture: Image.Image | None
    evidence: np.ndarray | None


@dataclass(frozen=True, kw_only=True)
class SamplePicture:
    """A casting that was rendered, as the PNG file that it would be uploaded as."""

    sentence: str
    upload: Upload


def hosted() -> bool:
    """Whether the app runs for strangers (`CASTING_HOSTED=1`), who name no folder of it and write to none."""
    return os.environ.get("CASTING_HOSTED", "").strip().lower() in ("1", "true", "yes")


def warm_up() -> None:
    """Begin to load the default model, unless that has begun."""
    _loading(DEFAULT)


def models() -> list[str]:
    """Names of the models that are ready for use, the default first."""
    return shipped()


def card(model: str) -> ModelCard:
    """The card of a shipped model, read at once."""
    return read_card(folder_of(model, MODELS))


def inspector(model: str = DEFAULT) -> "Inspector":
    """A shipped model, once it is loaded. Raises `ModelError` where it is missing or altered."""
    loading = _loading(model)
    if loading.done() and loading.exception() is not None:
        _loading.clear(model)  # that was for another visitor: the file may have been restored
        loading = _loading(model)
    return loading.result()


@st.cache_resource(max_entries=MAX_MODELS, show_spinner=False)
def _loading(model: str) -> "Future[Inspector]":
    background = ThreadPoolExecutor(1, thread_name_prefix="model")
    loading = background.submit(_load, model)
    background.submit(_import_grad_cam)
    background.submit(gc.freeze)  # what was loaded stays: see `idle_cleanup.sweep`
    background.shutdown(wait=False)
    return loading


def _load(model: str) -> "Inspector":
    from casting_core import Inspector

    loaded = Inspector.load(model)
    loaded.inspect(np.full((300, 300), 128, np.uint8))  # the first run is slow: not at a visitor's expense
    return loaded


def _import_grad_cam() -> None:
    import pytorch_grad_cam  # noqa: F401


@st.cache_resource(show_spinner=False)
def _lock() -> threading.Lock:
    return threading.Lock()


@st.cache_resource(show_spinner=False)
def _precedence() -> Precedence:
    return Precedence()


def give_way() -> None:
    """Wait, before something that can come later, while others still wait for their verdict."""
    _precedence().wait()


@st.cache_resource(show_spinner=False)
def _maps() -> threading.Lock:
    return threading.Lock()


def judge(upload: Upload, *, model: str = DEFAULT) -> DisplayedInspection:
    """Judge one picture with its explanation. `upload` must have its bytes."""
    assert upload.data is not None
    with _precedence().first():
        return _judged(model, upload.sha256, upload.data)


@st.cache_resource(max_entries=12, show_spinner=False)
def _judged(model: str, sha256: str, _data: bytes) -> DisplayedInspection:
    picture = _shown(_data)
    loaded = inspector(model)
    with _lock():
        inspection = loaded.inspect(_data)
    evidence = None
    if picture is not None and inspection.heatmap is not None:
        heatmap = Image.fromarray(inspection.heatmap)
        evidence = np.asarray(heatmap.resize(picture.size, Image.Resampling.BILINEAR))
    return DisplayedInspection(inspection=replace(inspection, heatmap=None), picture=picture, evidence=evidence)


def _shown(data: bytes) -> Image.Image | None:
    try:
        picture = Image.fromarray(decode_rgb(data))
    except ImageError:
        return None
    long = max(picture.size)
    scale = min(max(long, LONG_SIDE[0]), LONG_SIDE[1]) / long
    width, height = (max(1, round(side * scale)) for side in picture.size)
    return picture.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=2.0)


def judge_many(uploads: Iterable[Upload], *, model: str = DEFAULT) -> "Iterator[Inspection]":
    """Judge many pictures in their order, without heatmaps; other sessions get their turn in between."""
    loaded = inspector(model)
    stream = loaded.inspect_many((u.data for u in uploads if u.data is not None), batch_size=AT_ONCE)
    while True:
        with _lock():
            inspection = next(stream, None)
        if inspection is None:
            return
        yield replace(inspection, heatmap=None)


def has_convolutions(model: str) -> bool:
    """Whether activation maps can be made of the model."""
    from casting_core.networks.registry import architecture

    return architecture(card(model).architecture).heatmap_layer is not None


def activation_map(upload: Upload, *, model: str, method: str) -> tuple[np.ndarray, float]:
    """A map by one of `explanation.methods.METHODS`, float32 (h, w) in [0, 1], of a picture that can be decoded, and
    the seconds that it took.

    Raises `SettingsError` for a model without convolutions.
    """
    assert upload.data is not None
    return _activation_map(model, method, upload.sha256, upload.data)


@st.cache_resource(max_entries=24, show_spinner=False)
def _activation_map(model: str, method: str, sha256: str, _data: bytes) -> tuple[np.ndarray, float]:
    from casting_core.data.images import decode
    from casting_core.explanation.cam import activation_map as compute
    from casting_core.networks.registry import architecture

    loaded = inspector(model)
    layer = architecture(loaded.card.architecture).heatmap_layer or ""
    _import_grad_cam()  # not a part of the method's time
    with _maps():  # works on a copy of the network, so verdicts need not wait for it
        started = time.perf_counter()
        heatmap = compute(loaded.network, loaded.prepare(decode(_data).pixels), layer=layer, method=method)
        return heatmap, time.perf_counter() - started


def prove(upload: Upload, *, model: str) -> "Proof | None":
    """The repair proof of a picture that can be decoded; None where no part is found or nothing is marked."""
    assert upload.data is not None
    return _prove(model, upload.sha256, upload.data)


@st.cache_resource(max_entries=12, show_spinner=False)
def _prove(model: str, sha256: str, _data: bytes) -> "Proof | None":
    from casting_core.data.images import decode
    from casting_core.inspection.examination import proof

    pixels, loaded = decode(_data).pixels, inspector(model)
    with _maps():
        return proof(loaded, pixels, loaded.locate(pixels))


def seen_before(upload: Upload, *, model: str) -> "SeenBefore | None":
    """The training photograph that a picture shows, which can be decoded; None where it shows none.

    Only photographs of the public set can be recognised: None for a model that was trained on others.
    """
    assert upload.data is not None
    if not card(model).on_public_set:
        return None
    return _seen_before(upload.sha256, upload.data)


@st.cache_data(max_entries=200, show_spinner=False)
def _seen_before(sha256: str, _data: bytes) -> "SeenBefore | None":
    from casting_core.data.images import decode
    from casting_core.data.part.finder import find_part
    from casting_core.inspection import examination

    picture = decode(_data)
    return examination.seen_before(picture, find_part(picture.pixels), root=data_root())


def data_root() -> Path | None:
    """Where the public data set lies, None where it is not on this computer."""
    root = default_root()
    return root if root.is_dir() else None


def known_picture(path: str) -> Image.Image | None:
    """A picture of the public data set by its path there; None where it is not on this computer."""
    root = data_root()
    if root is None:
        return None
    try:
        return Image.fromarray(decode_rgb(root / path))
    except ImageError:
        return None


def precedents(upload: Upload, *, model: str) -> "Precedents | None":
    """The known castings that the model sees most alike to a picture that can be decoded, without its own photograph.

    None for a model without features. Raises `ModelError` where its file of known castings is damaged.
    """
    assert upload.data is not None
    seen = seen_before(upload, model=model)
    return _precedents(model, upload.sha256, None if seen is None else seen.source, upload.data)


@st.cache_resource(max_entries=50, show_spinner=False)
def _precedents(model: str, sha256: str, without: int | None, _data: bytes) -> "Precedents | None":
    from casting_core.data.images import decode
    from casting_core.inspection.examination import precedents as compute

    with _lock():
        return compute(inspector(model), decode(_data).pixels, without=without)


def stability(upload: Upload, *, model: str) -> "Stability":
    """The verdict in eight orientations and three exposures of a picture that can be decoded."""
    assert upload.data is not None
    return _stability(model, upload.sha256, upload.data)


@st.cache_resource(max_entries=50, show_spinner=False)
def _stability(model: str, sha256: str, _data: bytes) -> "Stability":
    from casting_core.data.images import decode
    from casting_core.inspection.stability import check_stability

    with _lock():
        return check_stability(inspector(model), decode(_data).pixels)


def examination(upload: Upload, *, model: str) -> "Examination":
    """All that can be asked of a picture beside its verdict; it can be decoded."""
    from casting_core.inspection.examination import Examination

    return Examination(
        seen_before=seen_before(upload, model=model),
        precedents=precedents(upload, model=model),
        proof=prove(upload, model=model),
        stability=stability(upload, model=model),
    )


@st.cache_resource(show_spinner=False)
def sample_pictures() -> dict[str, SamplePicture]:
    """The castings that the product renders, by name."""
    from casting_core.data.synthetic.casting import samples

    pictures = {}
    for sample in samples():
        stream = io.BytesIO()
        Image.fromarray(sample.render().pixels).save(stream, "PNG")
        data = stream.getvalue()
        upload = Upload(name=f"{sample.name}.png", sha256=hashlib.sha256(data).hexdigest(), data=data)
        pictures[sample.name] = SamplePicture(sentence=sample.sentence, upload=upload)
    return pictures


def forget_pictures() -> None:
    """Empty the caches of what was found in visitors' pictures."""
    for kept in (_judged, _activation_map, _prove, _seen_before, _precedents, _stability):
        kept.clear()
