"""Which pictures are odd or poor photographs: unlike all others, badly exposed, blurred.

The rules and their scores are those of `exploration.issues.find`, what is usual is told by
`exploration.issues.outliers`.
"""

from collections.abc import Iterator

import numpy as np

from casting_core.exploration.issues.issue import Issue, IssueType, each, percent
from casting_core.exploration.issues.outliers import BOUND, distances, modified_z, usual

FARTHER = 0.05  # cosine distance more than usual, of an outlier
LEVELS = 40.0  # gray levels of difference, of an odd exposure
LOST = 0.1  # share of the part that is black or white, more than usual
BEYOND = 0.005  # of the diameter outside the frame, of a part that is cut off; outlines are found to about a pixel
SOFTER = float(np.log10(2))  # of log sharpness less than usual, of a blurred picture


def outliers(features: np.ndarray, source: np.ndarray) -> Iterator[Issue]:
    """Pictures that are unlike all other photographs; `features` float (N, D) of length 1, `source` int (N,)."""
    far = distances(features, source)
    z, middle = modified_z(far), usual(far)
    yield from each(
        (z > BOUND) & (far - middle >= FARTHER),
        IssueType.OUTLIER,
        lambda i: z[i],
        lambda i: (
            "Even the nearest pictures of other photographs are unlike it: their mean distance is "
            f"{far[i]:.2f}, and usually {middle:.2f} in this set (0 the same, 1 nothing in common)."
        ),
    )


def badly_exposed(level: np.ndarray, dark: np.ndarray, bright: np.ndarray) -> Iterator[Issue]:
    """Pictures that are much darker or brighter than others, or largely black or white.

    `level`: mean gray level, 0 to 255; `dark` and `bright`: shares of the part that are black and white; float (N,),
    NaN where unknown.
    """
    middle, level_z = usual(level), modified_z(level)
    for kind, sign, share, colour in ((IssueType.DARK, -1, dark, "black"), (IssueType.BRIGHT, 1, bright, "white")):
        most = usual(share)
        odd = np.where((sign * level_z > BOUND) & (sign * (level - middle) >= LEVELS), sign * level_z / BOUND, 0.0)
        lost = np.where(share - most >= LOST, (share - most) / LOST, 0.0)
        for index in np.flatnonzero(np.maximum(odd, lost)).tolist():
            if lost[index] >= odd[index]:
                sentence = (
                    f"{percent(share[index])} of the part is {colour} and shows nothing; usually it is "
                    f"{percent(most)} in this set."
                )
            else:
                sentence = (
                    f"Its mean brightness is {level[index]:.0f}, and usually {middle:.0f} in this set (grey levels, 0 "
                    "black to 255 white)."
                )
            score = float(max(odd[index], lost[index]))
            yield Issue(index=index, kind=kind, score=score, sentence=sentence)


def blurred(sharpness: np.ndarray) -> Iterator[Issue]:
    """Pictures with far less fine detail than others; `sharpness` float (N,), a logarithm to base 10, NaN unknown."""
    z, middle = modified_z(sharpness), usual(sharpness)
    yield from each(
        (z < -BOUND) & (middle - sharpness >= SOFTER),
        IssueType.BLURRED,
        lambda i: -z[i],
        lambda i: f"It has {percent(10 ** (sharpness[i] - middle))} of the fine detail that is usual in this set.",
    )


def cut_off(margin: np.ndarray) -> Iterator[Issue]:
    """Pictures whose part reaches beyond the frame; `margin` float (N,) in diameters, negative there, NaN unknown."""
    return each(
        margin <= -BEYOND,
        IssueType.CUT_OFF,
        lambda i: -margin[i],
        lambda i: f"The part is cut off: its outline reaches {percent(-margin[i])} of its diameter beyond the frame.",
    )
