"""A photograph's signature without the photograph: how strong each angular wave of its ring is.

1. The ring around the opening (`signature.coarse_strip`) is taken apart into waves along the
   angle, radius by radius. Turning the part shifts a wave, mirroring reverses it; neither
   changes its strength. Only the logarithm of the strength is kept: the phase, which says where
   anything lies, and the mean of every radius are dropped, so no picture can be rebuilt from it.
2. A source photograph is described by the mean over its pictures.
3. Each of the 24 × 32 strengths is divided by how much it wavers between the pictures of one
   photograph, so what a stretch or resampling changes counts little. Two signatures are as alike
   as the cosine of the angle between them, seen from the mean of all photographs.
4. The threshold lies halfway between the most alike strangers and the least alike copies among
   the pictures that the signatures are made from.

The magnitude spectrum as a descriptor that rotation leaves alone: T. Ojala, M. Pietikäinen and
T. Mäenpää use it for local patterns, T. Ahonen et al., "Rotation invariant image description with
local binary pattern histogram Fourier features", SCIA 2009, for whole pictures. Dividing by the
scatter within a class is the diagonal of the within-class covariance normalisation of A. O. Hatch,
S. Kajarekar and A. Stolcke, "Within-class covariance normalization for SVM-based speaker
recognition", Interspeech 2006.
"""

from dataclasses import dataclass, replace

import numpy as np

from casting_core.data.provenance.signature import COARSE_ANGLES, COARSE_RADII
from casting_core.errors import SettingsError

WAVES = 32  # of the 128: finer ones mostly tell how often a picture was resampled
SHAPE = (len(COARSE_RADII), WAVES)
FAINTEST = 1e-3  # strength that counts as none; a whole ring has norm 1, its spectrum 16
MIN_SCATTER = 0.02  # of a logarithm; guards sets whose copies are all but identical
MIN_THRESHOLD = 0.5  # of likeness; a few photographs say too little of how alike strangers can be


def spectrum(strip: np.ndarray) -> np.ndarray:
    """Strengths of the waves of a ring: float32 (24, 256) of `coarse_strip` → log, float32 (24, 32).

    The same, up to rounding, for the strip rolled or reversed along its angles.
    """
    if strip.shape != (SHAPE[0], COARSE_ANGLES):
        raise SettingsError(f"spectrum expects a strip ({SHAPE[0]}, {COARSE_ANGLES}), got {strip.shape}.")
    waves = np.fft.rfft(strip, axis=1)[:, 1 : WAVES + 1]
    return np.log(np.abs(waves) + FAINTEST).astype(np.float32)


@dataclass(frozen=True, kw_only=True, eq=False)
class Spectra:
    """The signatures of S source photographs.

    `centre`, `scale`: float32 (24, 32), mean over photographs and scatter within one.
    `templates`: float32 (S, 24, 32), centred and scaled; all three hold no more than float16 says.
    `sources`: int64 (S,). `threshold`: the least likeness that speaks for a copy where there is
    nothing but signatures, in (0, 1]; infinite where no photograph had a second picture to learn it
    from. All arrays are read-only.
    """

    centre: np.ndarray
    scale: np.ndarray
    templates: np.ndarray
    sources: np.ndarray
    threshold: float

    def __post_init__(self) -> None:
        count = len(self.sources)
        shapes = (self.centre.shape, self.scale.shape, self.templates.shape)
        if shapes != (SHAPE, SHAPE, (count, *SHAPE)):
            raise SettingsError(f"Expected signatures {SHAPE}, {SHAPE}, ({count}, *{SHAPE}); got {shapes}.")
        arrays = (self.centre, self.scale, self.templates)
        if not all(np.isfinite(array).all() for array in arrays) or not (self.scale > 0).all():
            raise SettingsError("Expected finite signatures and a scale above 0; they are damaged.")
        if not self.threshold > 0:
            raise SettingsError(f"Expected a threshold above 0, got {self.threshold}.")
        for array in (*arrays, self.sources):
            array.flags.writeable = False

    def likeness(self, spectra: np.ndarray) -> np.ndarray:
        """Likeness of pictures to the photographs: float32 (N, 24, 32) → float32 (N, S) in [-1, 1]."""
        return _unit((spectra - self.centre) / self.scale) @ _unit(self.templates).T

    def without(self, source: int) -> "Spectra":
        """Return the same without one photograph, to look its pictures up among strangers only."""
        keep = self.sources != source
        return replace(self, templates=self.templates[keep], sources=self.sources[keep])


def fit_spectra(spectra: np.ndarray, sources: np.ndarray) -> Spectra:
    """Make the signatures of source photographs from their pictures, and choose the threshold.

    Parameters
    ----------
    spectra : float32 (N, 24, 32), N ≥ 1, one `spectrum` a picture.
    sources : int (N,), the photograph of each.
    """
    if not len(spectra) or spectra.shape != (len(sources), *SHAPE):
        raise SettingsError(f"fit_spectra expects (N, *{SHAPE}) and N sources; got {spectra.shape}, {sources.shape}.")
    numbers, index, counts = np.unique(sources, return_inverse=True, return_counts=True)
    means = np.zeros((len(numbers), *SHAPE))
    np.add.at(means, index, spectra)
    means /= counts[:, None, None]
    centre = _rounded(means.mean(0))
    scatter = np.zeros_like(means)
    np.add.at(scatter, index, (spectra - means[index]) ** 2)
    several = counts > 1
    # every photograph counts once, whether it has two pictures or three hundred
    variance = (scatter[several] / (counts[several] - 1)[:, None, None]).mean(0) if several.any() else np.ones(SHAPE)
    scale = _rounded(np.maximum(np.sqrt(variance), MIN_SCATTER))
    fitted = Spectra(
        centre=centre,
        scale=scale,
        templates=_rounded((means - centre) / scale),
        sources=numbers.astype(np.int64),
        threshold=np.inf,
    )
    return replace(fitted, threshold=_threshold(fitted, spectra, index, counts))


def _threshold(fitted: Spectra, spectra: np.ndarray, index: np.ndarray, counts: np.ndarray) -> float:
    """Halfway from the most alike strangers to the least alike copies; never below the strangers."""
    rows = np.arange(len(spectra))
    likeness = fitted.likeness(spectra)  # (N, S)
    likeness[rows, index] = -1.0
    strangers = float(likeness.max())
    several = counts[index] > 1
    if not several.any():
        return float("inf")
    # a picture must not meet itself: its photograph's template is taken over the other pictures
    number = counts[index[several], None, None]
    own = (spectra[several] - fitted.centre) / fitted.scale
    others = (number * fitted.templates[index[several]] - own) / (number - 1)
    copies = float((_unit(own) * _unit(others)).sum(1).min())
    return min(max(strangers, (strangers + copies) / 2, MIN_THRESHOLD), 1.0)


def _unit(vectors: np.ndarray) -> np.ndarray:
    """(N, 24, 32) → float32 (N, 768) of norm 1 (or 0)."""
    flat = vectors.reshape(len(vectors), SHAPE[0] * SHAPE[1]).astype(np.float32)
    return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)


def _rounded(values: np.ndarray) -> np.ndarray:
    """Round as storing in float16 does, so that the file holds exactly what was measured."""
    return values.astype(np.float16).astype(np.float32)
