"""How far augmentation goes; reading it needs no PyTorch."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AugmentationSettings:
    """Ranges of the augmentation; factors are drawn log-uniform between their bounds."""

    defect_share: float = 0.35  # of sound pictures that get a defect
    pieces: float = 2.0  # inserted into one picture, on average; as many decoys
    defect_contrast: float = 20.0  # gray levels that it differs by, at least, on average
    smallest_defect: int = 12  # px of the picture; a smaller one is left out, nobody could see it
    decoy_share: float = 0.4  # of sound pictures that get a decoy
    background_share: float = 0.5
    clutter_share: float = 0.35
    scale: tuple[float, float] = (0.8, 1.15)
    stretch: tuple[float, float] = (0.75, 1.33)
    perspective: float = 0.08  # largest change of scale across half the side
    shift: float = 0.06  # of the side, either way
    gain: tuple[float, float] = (0.7, 1.25)
    gamma: tuple[float, float] = (0.75, 1.35)
    uneven: float = 0.15  # largest brightness difference over the picture
    blur_share: float = 0.2
    blur: float = 0.8  # largest standard deviation, px of the input
    sharpen_share: float = 0.3
    sharpen: float = 1.5  # largest factor of what blur would take away
    noise: float = 0.012  # largest standard deviation
