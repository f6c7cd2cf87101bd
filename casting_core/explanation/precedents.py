"""Precedents: the known castings, sound and defective, that a model sees most alike to the one at hand.

1. Of every source photograph that the model was fitted on, three pictures are taken, evenly spaced in the order of
   their paths; the rest are the same photograph turned and mirrored. Pictures whose label is doubted are left out.
2. The network describes a picture by a few means of its features (`Network.describe`), over its eight orientations.
3. Descriptors are centred and whitened, so that what all pictures share does not drown what tells them apart, and
   scaled to length one. The similarity of two pictures is the cosine of their descriptors.
4. A picture is set beside the nearest castings of each class, one picture a source photograph.

They are stored in the model's folder, with the hash of the weights that described them, and refused beside any other.
No picture can be rebuilt from what is stored: a descriptor is a hundred or so means over all places, or over the most
striking ones, in half precision; where anything lay is averaged away, and so few numbers cannot hold 90,000 pixels.

Sources: R. Caruana et al., "Case-based explanation of non-case-based learning methods", AMIA 1999; N. Papernot and
P. McDaniel, "Deep k-Nearest Neighbors", 2018, https://arxiv.org/abs/1803.04765 (neighbours in a network's features).
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save
from scipy.special import expit

from casting_core.data.files import write_atomically
from casting_core.data.images import decode
from casting_core.data.samples import Progress, Sample
from casting_core.errors import DataError, ModelError
from casting_core.labels import Label
from casting_core.networks.card import ModelCard

if TYPE_CHECKING:
    from torch import Tensor

    from casting_core.networks.network import Network

PRECEDENTS = "precedents.safetensors"
ROWS = "precedents"  # the one entry of the file's metadata; several would be written in any order
ARRAYS = ("descriptors", "centre", "whitening")
EACH = 3  # pictures of a source photograph
MOST = 500  # pictures of a label; a set whose source photographs are unknown could have any number
FLOOR = 0.01  # of the largest variance, added to all: the weak axes of few photographs are mostly noise


@dataclass(frozen=True, kw_only=True)
class Known:
    """A casting of known label, which the model was fitted on.

    Attributes
    ----------
    path : POSIX, relative to the data root.
    source : its source photograph, -1 where unknown.
    probability : what the model says of it, calibrated, of *defective*.
    """

    path: str
    source: int
    label: Label
    probability: float


@dataclass(frozen=True, kw_only=True)
class Precedent(Known):
    """A known casting beside the one at hand; `similarity`: cosine in [-1, 1], 1 for the same picture."""

    similarity: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Precedents:
    """The known castings of one model.

    Attributes
    ----------
    weights_sha256 : of the weights that described them.
    known : N castings.
    descriptors : float16 (N, K·C), each of length 1.
    centre, whitening : float32 (K, C) and (K, C, C), which make a descriptor of a network's features.
    """

    weights_sha256: str
    known: tuple[Known, ...]
    descriptors: np.ndarray
    centre: np.ndarray
    whitening: np.ndarray

    def nearest(
        self, features: np.ndarray, *, count: int = 3, without: int | None = None
    ) -> dict[Label, tuple[Precedent, ...]]:
        """Return the most alike castings of each class, most alike first, at most one a source photograph.

        Parameters
        ----------
        features : float32 (K, C), what `describe` gives for the picture.
        count : of each class; fewer are given where fewer are known, none of a class that is not known at all.
        without : a source photograph that is left out, that of the picture itself: a picture that the model has seen
            before would otherwise be its own precedent.
        """
        similarity = self.similarity(features)
        result: dict[Label, list[Precedent]] = {label: [] for label in Label}
        taken = set() if without is None or without < 0 else {without}
        for index in np.argsort(-similarity, kind="stable"):
            each = self.known[index]
            if each.source in taken or len(result[each.label]) == count:
                continue
            if each.source >= 0:
                taken.add(each.source)
            result[each.label].append(Precedent(**vars(each), similarity=float(similarity[index])))
        return {label: tuple(found) for label, found in result.items()}

    def similarity(self, features: np.ndarray) -> np.ndarray:
        """Cosine to every known casting, float32 (N,) in [-1, 1]; 0 to all for features that lie at the centre."""
        descriptor = _descriptors(features[None], self.centre, self.whitening)[0]
        return (self.descriptors.astype(np.float32) @ descriptor).clip(-1, 1)


def describe(network: "Network", inputs: "Tensor") -> np.ndarray | None:
    """Features float32 (K, C) of one prepared picture (1, 1, h, w) (`Inspector.prepare`), the same however it lies.

    They are the mean over its eight orientations. None for a network without features of this kind, as logistic
    regression: it has no precedents.
    """
    import torch

    inputs = inputs.to(next(network.parameters()).device)
    views = [torch.rot90(each, turn, (2, 3)) for each in (inputs, inputs.flip(3)) for turn in range(4)]
    with torch.inference_mode():
        described = [found.float() for view in views if (found := network.describe(view)) is not None]  # (1, K, C)
    return torch.cat(described).mean(0).cpu().numpy() if described else None


def build_precedents(
    network: "Network", card: ModelCard, root: Path, samples: Sequence[Sample], progress: Progress | None = None
) -> Precedents | None:
    """Describe the known castings; None where the network has no features that could be compared.

    Parameters
    ----------
    network : with the weights of `card`, in evaluation mode.
    card : its calibration gives the probabilities, its hash says whose precedents they are.
    root : the data root that the samples' paths start from.
    samples : what the network was fitted on; never pictures that it is tested on.
    progress : called with how many pictures are described, of how many.

    Raises
    ------
    DataError
        No sample is left that could be taken.
    ImageError
        A picture cannot be read.
    """
    from casting_core.data.transforms import to_input, to_tensor
    from casting_core.networks.predict import predict_logits

    chosen = choose(samples)
    if not chosen:
        raise DataError("Precedents need at least one picture whose label is not doubted.")
    quick = network.fused()
    described, logits = [], []
    for index, sample in enumerate(chosen):  # one at a time: pictures of another product may differ in shape
        inputs = to_input(decode(root / sample.path).pixels, card.input_size)
        features = describe(quick, to_tensor([inputs]))
        if features is None:
            return None
        described.append(features)
        logits.append(predict_logits(quick, [inputs], fast=False)[0])
        if progress is not None:
            progress(index + 1, len(chosen))
    stacked = np.stack(described)  # (N, K, C)
    centre, whitening = _whitening(stacked, _weights(chosen))
    # the card's calibration, as `ModelCard` states it; `evaluation`, which ships precedents, is not known here
    probability = expit((np.array(logits, np.float64) + card.shift) / card.temperature)
    return Precedents(
        weights_sha256=card.weights_sha256,
        known=tuple(
            Known(path=s.path, source=s.source, label=s.label, probability=float(p))
            for s, p in zip(chosen, probability, strict=True)
        ),
        descriptors=_descriptors(stacked, centre, whitening).astype(np.float16),
        centre=centre,
        whitening=whitening,
    )


def choose(samples: Sequence[Sample]) -> list[Sample]:
    """Return the pictures that become precedents, sorted by label, source photograph and path."""
    result = []
    for label in Label:
        members = [sample for sample in samples if sample.label is label and not sample.suspect]
        members.sort(key=lambda sample: (_photograph(sample), sample.path))
        taken = [each for _, group in groupby(members, _photograph) for each in _evenly(list(group), EACH)]
        result += _evenly(taken, MOST)
    return result


def _photograph(sample: Sample) -> tuple[int, str]:
    """Tell source photographs apart; a picture of unknown source is a photograph of its own."""
    return sample.source, sample.path if sample.source < 0 else ""


def _evenly(samples: list[Sample], count: int) -> list[Sample]:
    """Take that many of them, evenly spaced, first and last among them; all where there are no more."""
    if len(samples) <= count:
        return samples
    return [samples[round(place)] for place in np.linspace(0, len(samples) - 1, count)]


def _weights(samples: Sequence[Sample]) -> np.ndarray:
    """Of every picture, (N,), sum 1: the labels alike, the source photographs of a label alike."""
    pictures = Counter((sample.label, _photograph(sample)) for sample in samples)
    photographs = Counter(label for label, _ in pictures)
    weight = np.array([1 / (photographs[s.label] * pictures[s.label, _photograph(s)]) for s in samples])
    return weight / weight.sum()


def _whitening(features: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Centre (K, C) and whitening (K, C, C), float32, of features (N, K, C) with weights (N,) of sum 1."""
    centre = np.einsum("n,nkc->kc", weight, features.astype(np.float64))
    away = features - centre
    covariance = np.einsum("n,nkc,nkd->kcd", weight, away, away)
    variance, axes = np.linalg.eigh(covariance)  # (K, C), (K, C, C)
    floor = np.maximum(FLOOR * variance.max(1, keepdims=True), 1e-12)
    whitening = axes / np.sqrt(np.maximum(variance, 0) + floor)[:, None, :]
    return centre.astype(np.float32), whitening.astype(np.float32)


def _descriptors(features: np.ndarray, centre: np.ndarray, whitening: np.ndarray) -> np.ndarray:
    """Features (N, K, C) → descriptors float32 (N, K·C) of length 1, in which each of the K sets counts the same."""
    white = np.einsum("nkc,kcd->nkd", features.astype(np.float32) - centre, whitening)  # (N, K, C)
    white = _unit(_unit(white).reshape(len(features), -1))
    return white.astype(np.float32)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """Scaled to length 1 along the last axis; zeros stay zeros."""
    return vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)


def write_precedents(folder: Path, precedents: Precedents | None) -> None:
    """Write them into a model folder, or, where the model has none, take away those of a model before it."""
    file = folder / PRECEDENTS
    if precedents is None:
        file.unlink(missing_ok=True)
        return
    arrays = {name: getattr(precedents, name) for name in ARRAYS}
    rows = {"weights_sha256": precedents.weights_sha256, "known": [asdict(each) for each in precedents.known]}
    write_atomically(file, save(arrays, metadata={ROWS: json.dumps(rows, allow_nan=False)}))


def read_precedents(folder: Path, card: ModelCard) -> Precedents | None:
    """Return the precedents of a model folder; None where it has none, as that of a network without features.

    Raises `ModelError` where they were made with other weights than the card's, or the file is damaged.
    """
    file = folder / PRECEDENTS
    if not file.exists():
        return None
    try:
        with safe_open(file, framework="numpy") as content:
            rows = json.loads((content.metadata() or {})[ROWS])
            arrays = {name: content.get_tensor(name) for name in ARRAYS}
        known = tuple(Known(**{**row, "label": Label(row["label"])}) for row in rows["known"])
        result = Precedents(weights_sha256=str(rows["weights_sha256"]), known=known, **arrays)
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{file} cannot be read as precedents ({error}); restore it.") from error
    if result.weights_sha256 != card.weights_sha256:
        raise ModelError(
            f"{file} was made with other weights (SHA-256 {result.weights_sha256[:12]}…, the model's are "
            f"{card.weights_sha256[:12]}…): what it calls alike is not what this model sees. Make it anew."
        )
    sets, width = result.centre.shape if result.centre.ndim == 2 else (0, 0)
    shapes = {"descriptors": (len(known), sets * width), "whitening": (sets, width, width)}
    for name, shape in shapes.items():
        if arrays[name].shape != shape:
            raise ModelError(f"{file}: expected {name} of shape {shape}, got {arrays[name].shape}; restore it.")
    return result
