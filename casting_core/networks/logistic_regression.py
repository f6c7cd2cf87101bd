"""Logistic regression on the pixels: the simplest of the classifiers, one weight a pixel.

D. R. Cox, "The Regression Analysis of Binary Sequences", Journal of the Royal Statistical Society B 20 (1958).
"""

import torch
from torch import Tensor, nn

from casting_core.networks.network import SmallNetwork, centred, to_square


class LogisticRegression(SmallNetwork):
    """Gray picture → logit: a weighted sum of its pixels.

    Parameters
    ----------
    size : px, both sides of the input; pictures of another shape are scaled to it.
    """

    def __init__(self, *, size: int = 64) -> None:
        super().__init__()
        self.size = size
        self.linear = nn.Linear(size * size, 1)

    def judge(self, x: Tensor) -> tuple[Tensor, None]:
        """See `Network.judge`. There is no map: every pixel counts on its own, wherever the part lies."""
        x = centred(to_square(x.float(), self.size))
        weights, bias = self.linear.weight, self.linear.bias
        with torch.autocast(x.device.type, enabled=False):
            return nn.functional.linear(x.flatten(1), weights, bias)[:, 0], None
