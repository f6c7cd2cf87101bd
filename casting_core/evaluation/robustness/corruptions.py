"""What may happen to a photograph on its way to the model, by name and strength.

Every disturbance is a function of the decoded picture and a level; at the level `none` it changes nothing. One picture
is disturbed in the same way at every level of a disturbance, only harder: the same direction, the same grains of
noise. Where the part leaves a place of the picture empty, the picture's edge is drawn out, as training does.

An occlusion covers a place of the part with a dark disc, as a drop of oil or a piece of dirt would. The part's label
stays what it was; that the model takes the disc for a defect is a false alarm all the same.

Source: the families and the idea of graded strengths are those of D. Hendrycks and T. Dietterich, "Benchmarking Neural
Network Robustness to Common Corruptions and Perturbations", ICLR 2019, https://arxiv.org/abs/1903.12261.
"""

import io
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.data.part.finder import Part

SEED = 0
OIL = 45  # gray level of what covers the part

Change = Callable[[np.ndarray, float, np.random.Generator, Part | None], np.ndarray]


@dataclass(frozen=True, kw_only=True)
class Corruption:
    """One way to disturb a picture.

    Attributes
    ----------
    title : its name as a reader knows it.
    unit, axis, text : of its levels, what they are on a chart, and the format in which one is told.
    none, levels : the level at which nothing changes, and the others that are tried, rising.
    trained : from where to where castnet's training varies it, None where it does not.
    change : what makes it.
    moves : properties of `data.part.capture.PhotoConditions` that it changes and that a gate looks at.
    """

    name: str
    title: str
    unit: str
    axis: str
    text: str
    levels: tuple[float, ...]
    change: Change
    none: float = 0.0
    trained: tuple[float, float] | None = None
    moves: tuple[str, ...] = ()

    def apply(self, pixels: np.ndarray, level: float, *seed: int, part: Part | None = None) -> np.ndarray:
        """Return the picture uint8 (H, W), disturbed, of the same size; the given one is not changed.

        `seed` names the picture and decides directions, places and grains, the same at every level; `part`: where
        the part lies, for occlusion, which else covers a place anywhere.
        """
        if level == self.none:
            return pixels
        return self.change(pixels, level, np.random.default_rng([SEED, *seed]), part)


CORRUPTIONS: dict[str, Corruption] = {}
_TRAINED = AugmentationSettings()


def _corruption(name: str, *, words: tuple[str, str, str, str], **about: Any) -> Callable[[Change], Change]:
    """Decorate a function to be the `change` of a corruption; `words`: its title, unit, axis and text."""
    title, unit, axis, text = words

    def decorate(change: Change) -> Change:
        CORRUPTIONS[name] = Corruption(name=name, title=title, unit=unit, axis=axis, text=text, change=change, **about)
        return change

    return decorate


@_corruption(
    "brightness",
    words=("Light", "× light", "times the light", "× {:g}"),
    none=1.0,
    levels=(0.4, 0.6, 0.8, 1.2, 1.5, 2.0),
    trained=_TRAINED.gain,
    moves=("brightness", "contrast", "drawing"),
)
def _brightness(pixels: np.ndarray, gain: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    return _looked_up(np.arange(256) * gain, pixels)


@_corruption(
    "contrast",
    words=("Contrast", "× contrast", "times the contrast", "× {:g}"),
    none=1.0,
    levels=(0.4, 0.6, 0.8, 1.25, 1.6, 2.2),
    moves=("brightness", "contrast", "drawing"),
)
def _contrast(pixels: np.ndarray, factor: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    mean = float(pixels.mean())
    return _looked_up(mean + factor * (np.arange(256) - mean), pixels)


@_corruption(
    "gamma",
    words=("Grey tones (gamma)", "exponent", "exponent of the grey tones", "γ {:g}"),
    none=1.0,
    levels=(0.5, 0.7, 0.85, 1.2, 1.5, 2.0),
    trained=_TRAINED.gamma,
    moves=("brightness", "contrast"),
)
def _gamma(pixels: np.ndarray, exponent: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    return _looked_up(255 * (np.arange(256) / 255) ** exponent, pixels)


@_corruption(
    "blur",
    words=("Blur", "px standard deviation", "blur (standard deviation, px)", "{:g} px"),
    levels=(0.5, 1.0, 1.5, 2.0, 3.0),
    trained=(0.0, round(_TRAINED.blur * 300 / 320, 2)),  # settings are in pixels of the network's input
    moves=("sharpness",),
)
def _blur(pixels: np.ndarray, deviation: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    return _gray(ndimage.gaussian_filter(pixels.astype(np.float32), deviation))


@_corruption(
    "noise",
    words=("Grain (noise)", "gray levels standard deviation", "grain (standard deviation, grey levels)", "{:g} levels"),
    levels=(1.5, 3.0, 6.0, 12.0, 25.0),
    trained=(0.0, round(255 * _TRAINED.noise, 1)),
)
def _noise(pixels: np.ndarray, deviation: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    return _gray(pixels + deviation * rng.standard_normal(pixels.shape, dtype=np.float32))


@_corruption(
    "JPEG",
    words=("JPEG compression", "quality", "JPEG quality", "quality {:g}"),
    none=100.0,
    levels=(5.0, 15.0, 30.0, 50.0, 70.0),
)
def _jpeg(pixels: np.ndarray, quality: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=round(quality))
    return np.asarray(Image.open(buffer))


@_corruption(
    "rotation",
    words=("Turned", "degrees", "degrees, either way", "{:g}°"),
    levels=(5.0, 20.0, 45.0, 90.0, 180.0),
    trained=(0.0, 360.0),
)
def _rotation(pixels: np.ndarray, degrees: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    turn = math.radians(degrees) * rng.choice([-1, 1])
    return _moved(pixels, np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]]))


@_corruption(
    "scale",
    words=("Larger or smaller", "× size", "times the size in the picture", "× {:g}"),
    none=1.0,
    levels=(0.6, 0.75, 0.9, 1.05, 1.1, 1.2),
    trained=_TRAINED.scale,
    moves=("extent", "diameter", "visible"),
)
def _scale(pixels: np.ndarray, factor: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    if factor > 1:
        return _moved(pixels, np.eye(2) / factor)
    rows, columns = (max(1, round(side * factor)) for side in pixels.shape)  # as optics do: no place is left out
    small = Image.fromarray(pixels).resize((columns, rows), Image.Resampling.BICUBIC)
    above, left = (pixels.shape[0] - rows) // 2, (pixels.shape[1] - columns) // 2
    margins = ((above, pixels.shape[0] - rows - above), (left, pixels.shape[1] - columns - left))
    return np.pad(np.asarray(small), margins, mode="edge")


@_corruption(
    "shift",
    words=("Off centre", "% of the side", "% of the picture’s side", "{:g} %"),
    levels=(3.0, 6.0, 10.0, 15.0, 25.0),
    trained=(0.0, 100 * _TRAINED.shift),
    moves=("visible",),
)
def _shift(pixels: np.ndarray, percent: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    angle = rng.uniform(0, 2 * math.pi)
    length = percent / 100 * min(pixels.shape)
    return _moved(pixels, np.eye(2), (length * math.cos(angle), length * math.sin(angle)))


@_corruption(
    "stretch",
    words=("Squeezed", "ratio of the axes", "ratio of the part’s axes", "{:g} : 1"),
    none=1.0,
    levels=(1.1, 1.2, 1.35, 1.5, 1.8),
    trained=(1.0, _TRAINED.stretch[1]),
    moves=("roundness",),
)
def _stretch(pixels: np.ndarray, ratio: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    angle = rng.uniform(0, math.pi)
    along = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return _moved(pixels, along @ np.diag([math.sqrt(ratio), 1 / math.sqrt(ratio)]) @ along.T)


@_corruption(
    "occlusion",
    words=("Dark spot on the part", "% of the part's diameter", "% of the part’s diameter", "{:g} %"),
    levels=(3.0, 6.0, 12.0, 20.0, 30.0),
)
def _occlusion(pixels: np.ndarray, percent: float, rng: np.random.Generator, part: Part | None) -> np.ndarray:
    angle, share = rng.uniform(0, 2 * math.pi), rng.uniform(0.2, 0.9)
    direction = np.array([math.cos(angle), math.sin(angle)])
    diameter = float(min(pixels.shape)) if part is None else part.diameter
    if part is None:
        x, y = np.array(pixels.shape[::-1]) / 2 + 0.4 * diameter * direction
    else:  # between opening and rim
        inner = part.opening.matrix @ direction + (part.opening.x, part.opening.y)
        outer = part.disc.matrix @ direction + (part.disc.x, part.disc.y)
        x, y = inner + share * (outer - inner)
    distance = np.hypot(np.arange(pixels.shape[1])[None, :] - x, np.arange(pixels.shape[0])[:, None] - y)
    cover = np.clip(percent / 200 * diameter - distance + 0.5, 0, 1)  # an edge of one pixel
    return _gray(pixels + cover * (OIL - pixels.astype(np.float32)))


def _looked_up(levels: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    return _gray(levels)[pixels]


def _gray(values: np.ndarray) -> np.ndarray:
    return np.rint(values).clip(0, 255).astype(np.uint8)


def _moved(pixels: np.ndarray, matrix: np.ndarray, shift: tuple[float, float] = (0.0, 0.0)) -> np.ndarray:
    """Move a picture, uint8 (H, W), by a linear map (2, 2) about its centre and `shift` pixels; bicubic.

    The map leads from the places (x, y) of the result to those of the given picture.
    """
    height, width = pixels.shape
    matrix, margin = np.round(matrix, 12), max(height, width)  # no dust of pi: a half turn moves pixels, changes none
    centre = np.array([width / 2, height / 2])
    x, y = centre + margin - matrix @ (centre + shift)
    (a, b), (c, d) = matrix
    padded = Image.fromarray(np.pad(pixels, margin, mode="edge"))
    moved = padded.transform((width, height), Image.Transform.AFFINE, (a, b, x, c, d, y), Image.Resampling.BICUBIC)
    return np.asarray(moved)
