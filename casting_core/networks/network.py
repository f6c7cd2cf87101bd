"""What every network offers to those who train it and to the inspector."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn


class Network(nn.Module, ABC):
    """A gray picture → the logit of *defective*, and perhaps a map of where that comes from.

    Input: float (B, 1, H, W), luminance in [0, 1].
    """

    has_map = False  # whether `judge` gives evidence

    @abstractmethod
    def judge(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """Give the logit of *defective*, float32 (B,), and the evidence of every place, float32 (B, h, w).

        A place's evidence is the logit that the verdict would have if its strongest places were all like this one,
        so that both are read on one scale. None where the network has no map of its own (`has_map`).
        """

    def stages(self) -> Sequence[Callable[[Any], Any]]:
        """Return what `judge` does in steps, each of which takes what the one before gives.

        One, or several of which all but the last are worth compiling for a shape that comes often
        (`networks.compilation`): tensor → tensor, and nothing in them depends on a tensor's values.
        """
        return (self.judge,)

    def describe(self, x: Tensor) -> Tensor | None:
        """Features in which pictures that the network sees alike lie near each other: float32 (B, K, C).

        K sets of C features of the whole picture, whatever its size, that barely change when the part is turned or
        mirrored. None where the network has no features of this kind.
        """
        return None

    def forward(self, x: Tensor) -> Tensor:
        """Logit of *defective*: (B, 1, H, W) → float32 (B,)."""
        return self.judge(x)[0]

    def fused(self, dtype: torch.dtype = torch.float32) -> "Network":
        """Make a copy for inference alone, which takes inputs of that dtype; its weights are fixed."""
        return copy.deepcopy(self).eval().requires_grad_(False).to(dtype)

    def runtime(self, device: torch.device, dtype: torch.dtype) -> "Network":
        """Make a fused copy on that device, as fast as can be there; it cannot be copied or saved.

        It takes float32. Unless a network knows how to compute in less, it does not.
        """
        return self.fused().to(device)


class SmallNetwork(Network):
    """A network so small that reduced precision gains nothing: it judges in float32, whatever it is given."""

    def fused(self, dtype: torch.dtype = torch.float32) -> "Network":
        """See `Network.fused`; the weights stay as they are."""
        return copy.deepcopy(self).eval().requires_grad_(False)


def to_square(x: Tensor, size: int) -> Tensor:
    """Pictures scaled to what a network with a weight for every pixel takes: (B, 1, H, W) → (B, 1, size, size)."""
    if x.shape[-2:] == (size, size):
        return x
    return nn.functional.interpolate(x, (size, size), mode="bilinear", antialias=True)


def centred(x: Tensor) -> Tensor:
    """Luminance in [0, 1] moved to [-1, 1], any shape: weights that start small then learn at an even pace."""
    return 2 * x - 1
