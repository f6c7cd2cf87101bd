"""The envelope: between which bounds a photograph is like those on which a model's figures were measured.

Every property of `data.part.capture` is measured on the official training pictures; its bounds are an extreme quantile
on either side, widened by what training has covered beyond the pictures themselves: scale, stretch and shift by their
factors, blur and overexposure by measuring the pictures anew when blurred and brightened as far as the augmentation
goes. Where verdicts were measured to hold further than that, resolution and weak light, the bound lies where they still
held without exception. The proportions of the part are given the change that another distance of the camera makes.

The bounds stand in a model's card: a change here takes effect when the model is shipped again.
"""

from collections.abc import Iterable
from dataclasses import asdict

import numpy as np
import pandas as pd
from scipy import ndimage

from casting_core.data.augmentation_settings import AugmentationSettings
from casting_core.data.part.capture import PhotoConditions, measure
from casting_core.data.part.finder import find_part
from casting_core.data.transforms import to_input
from casting_core.errors import DataError

EXTREME = 0.001  # share of the training pictures that may lie outside, on either side, before widening
PARALLAX = 0.1  # by how much circles at different heights change in proportion with the camera's distance
# Measured with castnet on 228 official training pictures, one to seven of every source photograph: all verdicts are
# right when shrunk to 0.4 of their size, the first false alarms come at 0.32; all are right at half the light, the
# first defect is missed at 0.45; all are right at a gain of 1.4, and of those that were missed at 1.6 or 2.0 none
# had more of its face unburnt than 0.275, which 10 % of the training pictures reach at a gain of 1.25.
SMALLEST = 0.5  # of the least diameter in pixels
DIMMEST = 0.5  # of the least brightness and contrast
BURNT = 0.12  # share of the pictures that may be burnt out further when as bright as training goes
FAINTEST_BORE = 0.5  # of the least difference between hub and bore: it depends on the light
MAX_PIXELS = 1e5  # across: no camera has more, and more do no harm

Envelope = dict[str, tuple[float, float]]


def measure_envelope(
    pictures: Iterable[np.ndarray], *, input_size: int, settings: AugmentationSettings | None = None
) -> Envelope:
    """Bounds (least, most) by property, as `ModelCard.envelope` holds them.

    Parameters
    ----------
    pictures : uint8 (H, W) each, of the official training split. Those without a part are passed over.
    input_size : short side of the network's input, px.
    settings : the augmentation that the model was trained with.

    Raises `DataError` where no picture shows a part.
    """
    settings = settings or AugmentationSettings()
    plain: list[PhotoConditions] = []
    sharpness, drawing = [], []
    for pixels in pictures:
        part = find_part(pixels)
        if part is None:
            continue
        inputs = to_input(pixels, input_size)
        plain.append(measure(inputs, part, pixels.shape))
        blurred = ndimage.gaussian_filter(inputs, settings.blur, output=np.float32)
        sharpness.append(measure(blurred.round().astype(np.uint8), part, pixels.shape).sharpness)
        bright = np.minimum(inputs * np.float32(settings.gain[1]), 255).astype(np.uint8)
        drawing.append(measure(bright, part, pixels.shape).drawing)
    if not plain:
        raise DataError("An envelope needs pictures that show the part; in none of these was it found.")
    rows = pd.DataFrame(map(asdict, plain))
    low, high = rows.quantile(EXTREME), rows.quantile(1 - EXTREME)
    bounds = {
        "diameter": (SMALLEST * low["diameter"], MAX_PIXELS),
        "extent": (settings.scale[0] * low["extent"], settings.scale[1] * high["extent"]),
        "visible": (low["visible"] - settings.shift, 1.0),
        "roundness": (low["roundness"] * settings.stretch[0], 1.0),
        "brightness": (DIMMEST * low["brightness"], 255.0),
        "contrast": (DIMMEST * low["contrast"], 255.0),
        "drawing": (float(np.quantile(drawing, BURNT)), 1.0),
        "sharpness": (float(np.quantile(sharpness, EXTREME)), 1.0),
        "ratio": (low["ratio"] * (1 - PARALLAX), high["ratio"] * (1 + PARALLAX)),
        "hub": (low["hub"] * (1 - PARALLAX), high["hub"] * (1 + PARALLAX)),
        "bore": (FAINTEST_BORE * low["bore"], high["bore"] / FAINTEST_BORE),
        "holes": (low["holes"], high["holes"]),
    }
    return {name: (round(float(least), 4), round(float(most), 4)) for name, (least, most) in bounds.items()}
