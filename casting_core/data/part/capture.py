"""What a photograph of a part is like: measured on the part alone, whatever it lies on.

1. The network's input is sampled on rays from the centre of the dark opening: that scale is the same for every
   camera, so a picture of many pixels costs no more than a small one.
2. The median over the rays is the part's profile: bright hub with a dark bore, dark opening, bright face. Its lengths,
   in radii of the opening, and its levels, in units of the contrast between opening and face, are what makes this
   part this part; chips and holes on some rays do not change them.
3. Light is told by the levels of opening and face, focus by the steepest step across the edge of the opening: the
   width of a strong edge, unlike the energy of fine detail, does not grow with noise. (After the edge width of
   P. Marziliano et al., "A no-reference perceptual blur metric", ICIP 2002,
   https://doi.org/10.1109/ICIP.2002.1038064.)
"""

from dataclasses import dataclass

import numpy as np

from casting_core.data.part.ellipse import DIRECTIONS, RAYS, median, sample
from casting_core.data.part.finder import Part

# Radii in units of the opening's: where the profile is sampled, and which of them show what.
STEP = 0.05
PROFILE = np.arange(6, 34) * STEP  # 0.3 to 1.65
BORE, HUB, OPENING, FACE = (0.3, 0.4), (0.4, 0.55), (0.6, 0.9), (1.25, 1.65)
BEYOND = np.arange(19, 30) * 2 * STEP  # 1.9 to 2.9: what was taken for the disc may be the neck of a larger part
EDGE = (0.9, 1.12)  # where the edge of the opening lies, its chamfer included
RIM = 0.98  # of the disc's radius: the outline itself may touch the frame

BRIGHT = 0.25  # of the contrast, from which a place is no longer as dark as the opening
FULL = 250  # gray levels, from which on nothing can be told apart
MIN_HOLES = 4  # that make a circle of holes
EVEN = 0.15  # standard deviation of the gaps between them, to their mean


@dataclass(frozen=True, kw_only=True)
class PhotoConditions:
    """The measured properties of a photograph of a part.

    `diameter`: of the disc, pixels of the picture. `extent`: the same as a share of the short side of the
    network's input.
    `visible`: share of the rim inside the frame, 0 to 1. `roundness`: minor to major axis of the disc, 0 to 1.
    `brightness`: median of the face, gray levels. `contrast`: face less opening, gray levels. `drawing`: share of the
    face that is not burnt out, 0 to 1. `sharpness`: steepest step at the edge of the opening, in its height a pixel
    of the input. `ratio`: radius of the disc to the opening's. `hub`: radius of the hub to the opening's; 0 where
    there is none. `bore`: how much darker the bore is than the hub, in units of the contrast. `holes`: dark places
    evenly spaced on a circle on the face or around the disc, 0 where they are fewer than four.
    """

    diameter: float
    extent: float
    visible: float
    roundness: float
    brightness: float
    contrast: float
    drawing: float
    sharpness: float
    ratio: float
    hub: float
    bore: float
    holes: float


def measure(inputs: np.ndarray, part: Part, shape: tuple[int, int]) -> PhotoConditions:
    """Measure one photograph.

    Parameters
    ----------
    inputs : the network's input, uint8 (h, w). It is not changed.
    part : where the part lies, in pixels of the picture that `inputs` was made from.
    shape : (H, W) of that picture.
    """
    disc, opening = part.disc, part.opening
    scale = float(np.sqrt(inputs.size / (shape[0] * shape[1])))
    radius = float(np.sqrt(opening.major * opening.minor))
    edge = np.arange(EDGE[0], EDGE[1], 1 / max(scale * radius, 8.0))  # one pixel of the input apart
    samples, inside = _sample(inputs, part, shape, np.concatenate([PROFILE, BEYOND, edge]))
    values, steps = samples[:, : len(PROFILE)], samples[:, len(PROFILE) + len(BEYOND) :]  # (RAYS, R), (RAYS, S)
    steps_inside = inside[:, len(PROFILE) + len(BEYOND) :].all(axis=1)
    levels = median(values.T)  # (R,)
    dark = float(median(levels[_within(OPENING)]))
    face = float(median(levels[_within(FACE)]))
    contrast = max(face - dark, 1.0)
    profile = (levels - dark) / contrast
    on_face, seen = values[:, _within(FACE)], inside[:, _within(FACE)]
    around = slice(_within(FACE).start, len(PROFILE) + len(BEYOND))
    whole = inside[:, around].all(axis=0)  # the frame must not cut a dark table into four
    count = max(int(np.count_nonzero(seen)), 1)
    return PhotoConditions(
        diameter=part.diameter,
        extent=part.diameter * scale / min(inputs.shape),
        visible=_visible(part, shape),
        roundness=disc.minor / disc.major,
        brightness=face,
        contrast=face - dark,
        drawing=float(np.count_nonzero(seen & (on_face < FULL)) / count),
        sharpness=_sharpness(steps[steps_inside]),
        ratio=part.diameter / (2 * radius),
        hub=_hub(profile),
        bore=float(profile[_within(HUB)].max() - profile[_within(BORE)].min()),
        holes=float(_holes(whole & (samples[:, around] < dark + BRIGHT * contrast))),
    )


def _within(bounds: tuple[float, float]) -> slice:
    """Return the places of `PROFILE` between two radii, both included."""
    first, last = (round((bound - PROFILE[0]) / STEP) for bound in bounds)
    return slice(first, last + 1)


def _sample(inputs: np.ndarray, part: Part, shape: tuple[int, int], radii: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Brightness on rays in the input, float32 (RAYS, R), and what lies inside the frame, bool (RAYS, R)."""
    scale = np.array([inputs.shape[1] / shape[1], inputs.shape[0] / shape[0]])  # (2,): across, down
    centre = (np.array([part.opening.x, part.opening.y]) + 0.5) * scale - 0.5
    directions = (part.opening.matrix @ DIRECTIONS) * scale[:, None]  # (2, RAYS)
    points = directions[:, :, None] * radii + centre[:, None, None]  # (2, RAYS, R)
    x, y = points
    inside = (x > -0.5) & (y > -0.5) & (x < inputs.shape[1] - 0.5) & (y < inputs.shape[0] - 0.5)
    return sample(inputs, points), inside


def _visible(part: Part, shape: tuple[int, int]) -> float:
    x, y = part.disc.matrix @ DIRECTIONS * RIM
    x, y = x + part.disc.x, y + part.disc.y
    inside = (x > -0.5) & (y > -0.5) & (x < shape[1] - 0.5) & (y < shape[0] - 0.5)
    return float(inside.mean())


def _sharpness(steps: np.ndarray) -> float:
    """Median over rays, float (N, S), of the steepest step to the height of the edge; 0 without a ray."""
    if steps.shape[0] == 0 or steps.shape[1] < 2:
        return 0.0
    heights = steps.max(axis=1) - steps.min(axis=1)
    return float(median((steps[:, 1:] - steps[:, :-1]).max(axis=1) / np.maximum(heights, 1.0)))


def _hub(profile: np.ndarray) -> float:
    """Where the profile leaves the hub: the last place inside the opening that is bright, between samples."""
    bright = np.flatnonzero(profile[: _within(OPENING).stop] > BRIGHT)
    if not len(bright):
        return 0.0
    last = int(bright[-1])
    fall = profile[last] - profile[last + 1]
    return float(PROFILE[last] + STEP * (profile[last] - BRIGHT) / fall) if fall > 0 else float(PROFILE[last])


def _holes(dark: np.ndarray) -> int:
    """Return the most dark places evenly spaced at one radius: bool (RAYS, R). Pits and chips are not evenly spaced."""
    starts, ends = dark & ~np.roll(dark, 1, axis=0), dark & ~np.roll(dark, -1, axis=0)
    most = 0
    for column in np.flatnonzero(starts.sum(axis=0) >= MIN_HOLES):
        first, last = np.flatnonzero(starts[:, column]), np.flatnonzero(ends[:, column])
        if last[0] < first[0]:  # the first place begins before ray 0
            last = np.append(last[1:], last[0] + RAYS)
        middles = (first + last) / 2
        gaps = np.diff(np.append(middles, middles[0] + RAYS))
        if gaps.std() <= EVEN * gaps.mean():
            most = max(most, len(first))
    return most
