"""Charts and pictures of how well a map points at defects that are known."""

from collections.abc import Mapping

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

from casting_core.charts.dots import Dot, draw_dots
from casting_core.charts.overlay import overlay, percent
from casting_core.charts.style import SERIES, Chart, looks
from casting_core.charts.unseen import NOT_MEASURED, figure_text
from casting_core.estimate import Estimate
from casting_core.evaluation.localization.method_comparison import EVIDENCE
from casting_core.networks.localization_figures import BySize

SHOWN = 640  # px, at least, of the long side of a picture as it is drawn
OUTLINE = (0, 229, 255)  # of what people, or the renderer, marked; on gray pictures and between black edges
RING = 0.035  # of the long side, radius of the ring around the strongest place


def share_text(found: Estimate | float | None) -> str:
    """Tell a figure in words: a share with its counts, a number with its interval, or a number."""
    return percent(found) if isinstance(found, float) else figure_text(found)


def points_text(found: Estimate | float | None) -> str:
    """Tell a change of a probability with its interval, in points: `15.9 points (6.3 to 27.4)`."""
    if not isinstance(found, Estimate):
        return NOT_MEASURED
    value, low, high = (f"{100 * each:.1f}".replace("-0.0", "0.0") for each in (found.value, *found.span))
    return f"{value} points ({low} to {high})".replace("-", "−")


def methods(
    measured: Mapping[str, Estimate | float | None],
    titles: Mapping[str, str],
    *,
    title: str,
    own: str,
    others: str,
    points: bool = False,
) -> Chart:
    """One figure of every way to make a map: the model's own map above, the others below.

    Parameters
    ----------
    measured : the figure by method; None where it was not measured.
    titles : of the methods.
    title : of the figure, for the axis.
    own, others : names of the two looks.
    points : whether it is a change of a probability, in points, and no share.
    """
    words = {method: (points_text if points else share_text)(found) for method, found in measured.items()}
    dots = [
        _dot(method, own if method == EVIDENCE else others, found, f"{titles[method]}: {words[method]}")
        for method, found in measured.items()
        if found is not None
    ]
    look = {own: SERIES[0], others: SERIES[1]}
    x = f"{title} ({'points' if points else '%'})"
    figure = draw_dots(dots, list(measured), look, x=x, names=titles, apart=False)
    told = "; ".join(f"{titles[method]} {text}" for method, text in words.items())
    return Chart(figure=figure, alt=f"Dots with 95 % intervals: {title}, by the way the map is made. {told}.")


def _dot(row: str, series: str, found: Estimate | float, text: str) -> Dot:
    figure = found if isinstance(found, Estimate) else Estimate(value=found)
    return Dot(row=row, series=series, figure=figure.times(100), text=text)


def by_size(measured: Mapping[str, BySize], sizes: Mapping[str, str], *, title: str) -> Chart:
    """Draw a share by the size of a defect. `measured`: by set, which has a look; `sizes`: their titles."""
    dots, told = [], []
    for name, shares in measured.items():
        words = {size: share_text(getattr(shares, size)) for size in sizes}
        dots += [
            _dot(size, name, found, f"{sizes[size]}, {name}: {words[size]}")
            for size in sizes
            if (found := getattr(shares, size)) is not None
        ]
        told.append(f"{name}: " + "; ".join(f"{sizes[size]} {words[size]}" for size in sizes))
    figure = draw_dots(dots, list(sizes), looks(list(measured)), x=f"{title} (%)", names=sizes)
    return Chart(figure=figure, alt=f"Dots with 95 % intervals: {title}, by size. {'. '.join(told)}.")


def by_kind(found: Mapping[str, Estimate], *, title: str) -> Chart:
    """Draw a share by the kind of defect."""
    dots = [_dot(kind, "castings", values, f"{kind}: {share_text(values)}") for kind, values in found.items()]
    figure = draw_dots(dots, list(found), {"castings": SERIES[0]}, x=f"{title} (%)")
    told = "; ".join(f"{kind} {share_text(values)}" for kind, values in found.items())
    return Chart(figure=figure, alt=f"Dots with 95 % intervals: {title}, by kind of defect. {told}.")


def enlarged(pixels: np.ndarray) -> Image.Image:
    """Pixels uint8 (H, W) as an RGB picture, no smaller than it is shown."""
    picture = Image.fromarray(pixels).convert("RGB")
    scale = max(1.0, SHOWN / max(picture.size))
    return picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.Resampling.BICUBIC)


def outlined(picture: Image.Image, mask: np.ndarray) -> Image.Image:
    """Draw a line around every place of a mask, bool (H, W), on a picture of any size; the line covers none of them."""
    large = Image.fromarray(mask.astype(np.uint8) * 255).resize(picture.size, Image.Resampling.NEAREST)
    inside = np.asarray(large) > 0
    stroke = max(1, round(max(picture.size) / 320))
    rings, grown = [], inside
    for _ in range(3):  # black, coloured, black
        wider = ndimage.binary_dilation(grown, iterations=stroke)
        rings.append(wider & ~grown)
        grown = wider
    result = np.array(picture.convert("RGB"))
    for ring, colour in zip(rings, ((0, 0, 0), OUTLINE, (0, 0, 0)), strict=True):
        result[ring] = colour
    return Image.fromarray(result)


def pointed(picture: Image.Image, heatmap: np.ndarray, place: tuple[int, int]) -> Image.Image:
    """Lay a map, float (H, W) in [0, 1], over its picture, and ring its strongest `place`, (x, y) in its pixels."""
    result = overlay(picture, heatmap)
    height, width = heatmap.shape
    x, y = (place[0] + 0.5) * result.width / width, (place[1] + 0.5) * result.height / height
    reach = RING * max(result.size)
    draw = ImageDraw.Draw(result)
    stroke = max(1, round(max(result.size) / 320))
    draw.ellipse((x - reach, y - reach, x + reach, y + reach), outline="black", width=3 * stroke)
    inner = reach - stroke
    draw.ellipse((x - inner, y - inner, x + inner, y + inner), outline="white", width=stroke)
    return result
