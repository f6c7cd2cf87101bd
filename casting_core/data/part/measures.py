"""Plain measures of a picture: how bright, how sharp, how placed. None of them looks for a defect.

They describe a data set, and show where one of them alone gives the label away. Where the part is found, brightness,
exposure and sharpness are those of its disc, and the background is what lies beyond it; where it is not, they are
those of the whole picture, and the background is its outermost edge.

Sharpness is the variance of the Laplacian: J. L. Pech-Pacheco et al., "Diatom autofocusing in brightfield
microscopy: a comparative study", ICPR 2000. It depends on size, so larger pictures are first scaled down.
"""

from dataclasses import dataclass, fields

import numpy as np
from PIL import Image
from scipy import ndimage

from casting_core.data.part.ellipse import Ellipse
from casting_core.data.part.finder import Part
from casting_core.data.part.polar import disc_mask

COMMON_SIDE = 300  # px, short side of the picture on which sharpness is measured, at most
BLACK, WHITE = 5, 250  # levels from which a pixel shows nothing any more
BEYOND = 1.08  # radii of the disc at which the background begins
EDGE = 0.04  # of the short side: the outermost edge of a picture without a part
LEAST = 0.01  # of the pixels that a region must have to be measured

TITLES = {
    "brightness": "Brightness (grey level)",
    "contrast": "Contrast (standard deviation, grey levels)",
    "dark": "Black pixels (share)",
    "bright": "White pixels (share)",
    "sharpness": "Sharpness (log10 of the Laplacian’s variance)",
    "background": "Background (grey level)",
    "x": "Position across (share of the width)",
    "y": "Position down (share of the height)",
    "diameter": "Diameter of the part (share of the short side)",
    "margin": "Margin to the frame (diameters)",
}


@dataclass(frozen=True, kw_only=True)
class Measures:
    """What was measured; NaN where it cannot be.

    `brightness`, `contrast` and `background`: mean, standard deviation and mean in gray levels, 0 to 255. `dark` and
    `bright`: share of pixels at most 5, or at least 250. `sharpness`: log10 of the variance of the Laplacian. `x`
    and `y`: the part's centre, 0 at the middle of the picture, as shares of its width and height. `diameter`: of the
    part, as a share of the short side. `margin`: least distance of the part's outline to the frame in diameters,
    negative where it is cut off. The last four are NaN where no part was found.
    """

    brightness: float
    contrast: float
    dark: float
    bright: float
    sharpness: float
    background: float
    x: float
    y: float
    diameter: float
    margin: float


NAMES = tuple(field.name for field in fields(Measures))


def measure(pixels: np.ndarray, part: Part | None) -> Measures:
    """Measure a picture, uint8 (H, W) with some pixels, with the part that `find_part` found in it."""
    if part is None:
        inside, outside = np.ones(pixels.shape, bool), _frame(pixels.shape)
    else:
        inside, outside = disc_mask(part, pixels.shape), ~disc_mask(part, pixels.shape, scale=BEYOND)
    shown = pixels[inside] if inside.mean() >= LEAST else pixels.ravel()
    beyond = pixels[outside]
    place = (np.nan,) * 4 if part is None else _place(part.disc, pixels.shape)
    return Measures(
        brightness=float(shown.mean()),
        contrast=float(shown.std()),
        dark=float((shown <= BLACK).mean()),
        bright=float((shown >= WHITE).mean()),
        sharpness=_sharpness(pixels, inside),
        background=float(beyond.mean()) if beyond.size >= LEAST * pixels.size else np.nan,
        **dict(zip(("x", "y", "diameter", "margin"), place, strict=True)),
    )


def _frame(shape: tuple[int, int]) -> np.ndarray:
    width = max(1, round(EDGE * min(shape)))
    frame = np.ones(shape, bool)
    frame[width:-width, width:-width] = False
    return frame


def _sharpness(pixels: np.ndarray, inside: np.ndarray) -> float:
    scale = COMMON_SIDE / min(pixels.shape)
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
        inside = np.asarray(Image.fromarray(inside).resize(size, Image.Resampling.NEAREST))
    edges = ndimage.laplace(pixels.astype(np.float32))
    edges = edges[inside] if inside.mean() >= LEAST else edges
    return float(np.log10(max(float(edges.var()), 1e-3)))  # a flat picture: -3


def _place(disc: Ellipse, shape: tuple[int, int]) -> tuple[float, float, float, float]:
    height, width = shape
    across, down = np.hypot(*disc.matrix[0]), np.hypot(*disc.matrix[1])  # half the box around the ellipse, px
    diameter = 2 * float(np.sqrt(disc.major * disc.minor))
    x, y = disc.x + 0.5, disc.y + 0.5  # from the frame's corner; an ellipse counts from a pixel's centre
    gaps = (x - across, width - x - across, y - down, height - y - down)
    return (float(x / width - 0.5), float(y / height - 0.5), diameter / min(shape), float(min(gaps)) / diameter)
