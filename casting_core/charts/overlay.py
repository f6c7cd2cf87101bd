"""Results as pictures: overlays of maps on photographs, and the scale of the probability.

Pure functions: arrays and numbers in, PIL images and Plotly figures out.

An overlay is drawn with one fixed palette, from 0 to 1: a value always has the same colour and the
same strength, and low values are transparent, so a sound part stays as it was photographed. The
colours are those of *plasma*, *viridis* and *cividis* (S. van der Walt, N. Smith; J. Nuñez et al., "Optimizing
colormaps with consideration for color vision deficiency", PLOS ONE 2018,
https://doi.org/10.1371/journal.pone.0199239): their lightness rises evenly, which all eyes see.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from casting_core.errors import SettingsError
from casting_core.explanation.regions import Region
from casting_core.labels import Verdict

# Okabe and Ito's colours, told apart by all eyes; never without a word beside them.
COLOURS = {Verdict.OK: "#009E73", Verdict.REVIEW: "#E69F00", Verdict.DEFECTIVE: "#D55E00"}
WORDS = {Verdict.OK: "sound", Verdict.REVIEW: "review", Verdict.DEFECTIVE: "defective"}


@dataclass(frozen=True, kw_only=True)
class Palette:
    """Colours of a map from 0 to 1.

    Attributes
    ----------
    stops : colours (R, G, B) from 0 to 255, evenly spaced.
    hidden, full : a value up to `hidden` is transparent, one from `full` on is as opaque as asked, linear in between.
    """

    stops: tuple[tuple[int, int, int], ...]
    hidden: float
    full: float

    def rgba(self, values: np.ndarray, opacity: float = 1.0) -> np.ndarray:
        """Colours uint8 (…, 4) of values in [0, 1] of any shape; values outside count as 0 or 1, NaN as 0."""
        values = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0)
        colours, places = np.array(self.stops), np.linspace(0, 1, len(self.stops))
        channels = [np.interp(values, places, colours[:, channel]) for channel in range(3)]
        strength = np.clip((values - self.hidden) / (self.full - self.hidden), 0.0, 1.0)
        return np.rint(np.stack([*channels, 255 * opacity * strength], axis=-1)).astype(np.uint8)


COLOUR_MAPS = {
    "Plasma": ((13, 8, 135), (106, 0, 168), (177, 42, 144), (225, 100, 98), (252, 166, 54), (240, 249, 33)),
    "Viridis": ((68, 1, 84), (65, 68, 135), (42, 120, 142), (34, 168, 132), (122, 209, 81), (253, 231, 37)),
    "Cividis": ((0, 34, 78), (65, 77, 107), (124, 123, 120), (188, 175, 111), (254, 232, 56)),
}
EVIDENCE_PALETTES = {name: Palette(stops=stops, hidden=0.1, full=0.5) for name, stops in COLOUR_MAPS.items()}
EVIDENCE = EVIDENCE_PALETTES["Plasma"]
ACTIVATION = Palette(stops=COLOUR_MAPS["Cividis"], hidden=0.0, full=0.4)


def overlay(
    picture: Image.Image, heatmap: np.ndarray, *, opacity: float = 0.7, palette: Palette = EVIDENCE
) -> Image.Image:
    """Lay a map over its picture.

    Parameters
    ----------
    picture : of any mode and size; a smaller rendition of the photograph will do. Not changed.
    heatmap : float (H, W) in [0, 1]. It is scaled to the picture.
    opacity : of the strongest values, in [0, 1].

    Returns
    -------
    RGB, of the size of the picture.

    Raises
    ------
    SettingsError
        The opacity or the map's shape is out of range.
    """
    if not 0 <= opacity <= 1:
        raise SettingsError(f"The opacity must be from 0 to 1, got {opacity}.")
    if heatmap.ndim != 2 or 0 in heatmap.shape:
        raise SettingsError(f"A heatmap is an array (H, W), got {heatmap.shape}.")
    values = Image.fromarray(np.ascontiguousarray(heatmap, np.float32))
    values = values.resize(picture.size, Image.Resampling.BILINEAR)
    colours = Image.fromarray(palette.rgba(np.asarray(values), opacity))  # (H, W, 4)
    return Image.alpha_composite(picture.convert("RGBA"), colours).convert("RGB")


def outline(picture: Image.Image, regions: Sequence[Region], *, frame: tuple[int, int]) -> Image.Image:
    """Draw the boxes of regions on a picture, numbered from 1 in the order given.

    Parameters
    ----------
    picture : of any mode and size. Not changed.
    regions : boxes in pixels of the photograph.
    frame : width and height of the photograph, in pixels; the boxes are scaled to the picture.

    Returns
    -------
    RGB, of the size of the picture.
    """
    result = picture.convert("RGB")
    across, down = result.width / frame[0], result.height / frame[1]
    stroke = max(1, round(max(result.size) / 300))
    size = max(10, round(max(result.size) / 26))  # px, of the digits
    draw = ImageDraw.Draw(result)
    for number, region in enumerate(regions, start=1):
        gap = 2 * stroke  # the line must not cover what it points at
        left, top = max(region.x * across - gap, stroke), max(region.y * down - gap, stroke)
        right = min((region.x + region.width) * across + gap, result.width - 1 - stroke)
        bottom = min((region.y + region.height) * down + gap, result.height - 1 - stroke)
        if right <= left or bottom <= top:
            continue  # the picture is too small for a box
        around = (left - stroke, top - stroke, right + stroke, bottom + stroke)
        draw.rectangle(around, outline="black", width=3 * stroke)
        draw.rectangle((left, top, right, bottom), outline="white", width=stroke)
        # the number on a dark tag: above the box, or below it where there is no room above
        text, edge = str(number), 2 * stroke
        tag = (0.65 * len(text) * size + 2 * edge, size + edge)  # width, height
        x = min(left, result.width - tag[0])
        y = bottom + edge if top < tag[1] + edge else top - tag[1] - edge
        y = min(y, result.height - tag[1])
        draw.rectangle((x, y, x + tag[0], y + tag[1]), fill="black")
        draw.text((x + tag[0] / 2, y + tag[1] / 2), text, fill="white", font=_font(size), anchor="mm")
    return result


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def gradient(palette: Palette, *, opacity: float = 1.0, steps: int = 20) -> str:
    """Return the palette from 0 (left) to 1 as a CSS gradient, with the transparency that an overlay has."""
    colours = palette.rgba(np.linspace(0, 1, steps + 1), opacity)
    stops = ", ".join(f"rgba({r},{g},{b},{a / 255:.2f}) {100 * i / steps:g}%" for i, (r, g, b, a) in enumerate(colours))
    return f"linear-gradient(to right, {stops})"


def percent(value: float) -> str:
    """Tell a probability as text, never rounded to a certainty: `< 0.1 %`, `12.3 %`, `> 99.9 %`."""
    if 0 < value < 0.001:
        return "< 0.1 %"
    if 0.999 < value < 1:
        return "> 99.9 %"
    return f"{100 * value:.1f} %"
