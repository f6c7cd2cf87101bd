"""Does the verdict rest on the places that a map names? They are removed, and the network judges again.

1. The strongest places of the map, up to a tenth of the picture, are filled from what surrounds them by the
   noisy linear imputation of the package `grad-cam`. Unlike gray or black holes, which would look like defects
   themselves, a filled place looks like the metal around it.
2. The probability of *defective* is computed again after every step. On a faithful map it falls at once.
3. The same is done with the map turned by half a turn: as many places, of the same shape, elsewhere. What falls
   there too falls because pixels were changed, not because of where they lie.

Shares are small because defects are: half of all drawn ones cover less than half a percent of the picture.

Source: Y. Rong et al., "A Consistent and Efficient Evaluation Strategy for Attribution Methods" (ROAD), ICML 2022,
https://arxiv.org/abs/2202.00449.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from torch import Tensor

SHARES = (0.0025, 0.005, 0.01, 0.02, 0.05, 0.1)  # of the picture's places that are removed
NOISE = 0.01  # standard deviation of what is added to filled places, of the range [0, 1]


@dataclass(frozen=True, kw_only=True)
class Faithfulness:
    """Probabilities of *defective*.

    Attributes
    ----------
    before : of the whole picture.
    after, control : after each share was removed: the map's strongest places, and those of the map turned by half a
        turn.
    """

    before: float
    after: tuple[float, ...]
    control: tuple[float, ...]

    @property
    def drop(self) -> float:
        """Mean fall of the probability over the shares, in [-1, 1]; the higher, the more faithful the map."""
        return self.before - float(np.mean(self.after))

    @property
    def control_drop(self) -> float:
        """The same for the turned map; near 0 unless the network minds the filling itself."""
        return self.before - float(np.mean(self.control))


def faithfulness(
    judge: "Callable[[Tensor], Tensor]",
    inputs: "Tensor",
    heatmap: np.ndarray,
    *,
    shares: tuple[float, ...] = SHARES,
    seed: int = 0,
) -> Faithfulness:
    """Remove what a map names, and judge again.

    Parameters
    ----------
    judge : takes float32 (B, 1, h, w) in [0, 1], gives probabilities of *defective*, (B,).
    inputs : float32 (1, 1, h, w) in [0, 1]. Not changed.
    heatmap : (h, w); only the order of its values counts. Equal ones are taken in random order, so that a map that is
        the same everywhere names places at random.
    shares : of the picture's places, each in (0, 1).
    seed : of the noise and of the order of equal values.
    """
    import torch

    pictures = [inputs]
    for each in (heatmap, np.rot90(heatmap, 2)):
        order = _strongest_first(each, seed)
        pictures += [without(inputs, order[: max(1, round(share * order.size))], seed=seed) for share in shares]
    with torch.inference_mode():
        before, *rest = (float(judge(picture).reshape(())) for picture in pictures)
    return Faithfulness(before=before, after=tuple(rest[: len(shares)]), control=tuple(rest[len(shares) :]))


def _strongest_first(heatmap: np.ndarray, seed: int) -> np.ndarray:
    """Flat indices of a map's places, strongest first, equal ones in random order."""
    shuffled = np.random.default_rng(seed).permutation(heatmap.size)
    return shuffled[np.argsort(-heatmap.ravel()[shuffled], kind="stable")]


def without(inputs: "Tensor", places: np.ndarray, *, seed: int = 0) -> "Tensor":
    """Fill places of a picture, flat indices int (K,), float32 (1, 1, h, w), from their surroundings."""
    import torch
    from pytorch_grad_cam.metrics.road import NoisyLinearImputer
    from torch.nn import functional as F

    keep = torch.ones(inputs.shape[2] * inputs.shape[3])
    keep[torch.as_tensor(places)] = 0
    keep = keep.reshape(inputs.shape[2:])
    # The imputer takes the far end of the next row for a neighbour of a place at the left or right edge. A margin
    # that is never removed keeps it from getting there.
    padded = F.pad(inputs.detach().cpu().float(), (1, 1, 1, 1), mode="replicate")[0]  # (1, h + 2, w + 2)
    filled = NoisyLinearImputer(noise=0.0)(padded, F.pad(keep, (1, 1, 1, 1), value=1.0))[:, 1:-1, 1:-1]
    noise = NOISE * torch.randn(filled.shape, generator=torch.Generator().manual_seed(seed))
    filled = torch.where(keep > 0, inputs[0].cpu(), (filled + noise).clamp(0, 1))  # (1, h, w)
    return filled[None].to(inputs.device)
