"""The floor: a classifier that sees nothing of a picture but how bright it is on average.

The two classes of the public set differ in brightness, so this alone judges far better than chance. Whatever a
model reaches has to be read beside it.
"""

from torch import Tensor, nn

from casting_core.networks.network import SmallNetwork, centred


class Brightness(SmallNetwork):
    """Gray picture → logit: the mean of its luminance, scaled and shifted."""

    TYPICAL = 10.0  # pictures differ by about a tenth in their mean, so that both weights learn at one pace

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(1, 1)

    def judge(self, x: Tensor) -> tuple[Tensor, None]:
        """See `Network.judge`. There is no map: all places count alike."""
        mean = centred(x.float().mean((1, 2, 3)))  # (B,)
        weight, bias = self.linear.weight, self.linear.bias
        return self.TYPICAL * mean * weight[0, 0] + bias[0], None
