"""Stability: whether the verdict holds when the same picture is turned, mirrored, and lit a little more or less.

1. The picture is taken in its eight orientations, which move pixels and change none, and in three exposures, for
   which luminance is multiplied, rounded and cut at white.
2. All 24 go through the inspector as any picture does, gates included, one by one, so that few are in memory.
3. A part is what it is however it lies: where the 24 verdicts differ, a person should look. That is told beside the
   verdict and never changes it.

An exposure that drives bright metal to white counts like the others, as a camera cuts there too; every variant says
how much was cut. A variant that is unusable, or whose part is not found, has that as its verdict.

Source: metamorphic testing, T. Y. Chen et al., "Metamorphic Testing: A New Approach for Generating Next Test Cases",
1998; for classifiers of images, https://arxiv.org/abs/1906.10742 surveys it.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from casting_core.inspection.inspector import Inspector
from casting_core.labels import Verdict
from casting_core.system.json_records import to_json

TURNS = (0, 90, 180, 270)  # degrees clockwise
GAINS = (1.0, 0.8, 1.25)  # on luminance; the picture as given comes first


@dataclass(frozen=True, kw_only=True)
class Variant:
    """The picture, first mirrored left to right, then turned `turn` degrees clockwise, its luminance times `gain`.

    Attributes
    ----------
    clipped : share of pixels cut at white by the gain, in [0, 1].
    probability : None where it is unusable.
    """

    turn: int
    mirrored: bool
    gain: float
    clipped: float
    verdict: Verdict
    probability: float | None


@dataclass(frozen=True, kw_only=True)
class Stability:
    """What an inspector says of one picture in its 24 variants; the first is the picture as given."""

    variants: tuple[Variant, ...]

    @property
    def agrees(self) -> bool:
        """All variants have one verdict."""
        return len(self.counts) == 1

    @property
    def verdict(self) -> Verdict:
        """The verdict of all variants, else *review*."""
        return self.variants[0].verdict if self.agrees else Verdict.REVIEW

    @property
    def counts(self) -> dict[Verdict, int]:
        """Number of variants by verdict, the most frequent first."""
        return dict(Counter(variant.verdict for variant in self.variants).most_common())

    @property
    def lowest(self) -> float | None:
        """The lowest probability of *defective*; None where no variant has one."""
        return min(self._probabilities, default=None)

    @property
    def highest(self) -> float | None:
        """The highest probability of *defective*; None where no variant has one."""
        return max(self._probabilities, default=None)

    @property
    def _probabilities(self) -> list[float]:
        return [variant.probability for variant in self.variants if variant.probability is not None]

    def to_json(self) -> dict[str, Any]:
        """As plain values that strict JSON can hold."""
        names = ("agrees", "verdict", "lowest", "highest", "counts", "variants")
        return {name: to_json(getattr(self, name)) for name in names}


def check_stability(inspector: Inspector, pixels: np.ndarray) -> Stability:
    """Judge a picture in eight orientations and three exposures.

    `pixels`: decoded luminance, uint8 (H, W); not changed. What the inspector cannot use (no pixels, too many) is
    `unusable` in every variant.
    """
    return Stability(variants=tuple(judge_variants(inspector, pixels)))


def judge_variants(inspector: Inspector, pixels: np.ndarray) -> Iterator[Variant]:
    """Judge the variants one by one, for whoever has something to do in between; see `check_stability`."""
    settings = list(product(GAINS, (False, True), TURNS))
    altered = (_altered(pixels, *each) for each in settings)
    clipped = {gain: _clipped(pixels, gain) for gain in GAINS}
    inspections = inspector.inspect_many(altered, batch_size=1, explain=False)
    for (gain, mirrored, turn), inspection in zip(settings, inspections, strict=True):
        yield Variant(
            turn=turn,
            mirrored=mirrored,
            gain=gain,
            clipped=clipped[gain],
            verdict=inspection.verdict,
            probability=inspection.probability,
        )


def _altered(pixels: np.ndarray, gain: float, mirrored: bool, turn: int) -> np.ndarray:
    lit = exposed(pixels, gain)
    return np.ascontiguousarray(np.rot90(lit[:, ::-1] if mirrored else lit, -turn // 90))


def exposed(pixels: np.ndarray, gain: float) -> np.ndarray:
    """Luminance uint8 (H, W) times `gain`, rounded, cut at white."""
    return _levels(gain).clip(0, 255).astype(np.uint8)[pixels]


def _clipped(pixels: np.ndarray, gain: float) -> float:
    kept = np.count_nonzero(_levels(gain) <= 255)  # levels, the darkest ones
    return np.count_nonzero(pixels >= kept) / pixels.size if pixels.size else 0.0


def _levels(gain: float) -> np.ndarray:
    """Return what becomes of each level, float (256,), before it is cut at white."""
    return np.rint(np.arange(256) * gain)
