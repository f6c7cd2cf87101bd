"""A feedforward network with two hidden layers: every pixel connected to every unit, no notion of place.

D. E. Rumelhart, G. E. Hinton and R. J. Williams, "Learning representations by back-propagating errors", Nature 323
(1986).
"""

from torch import Tensor, nn

from casting_core.networks.network import SmallNetwork, centred, to_square


class Feedforward(SmallNetwork):
    """Gray picture → logit, through two hidden layers of rectified units.

    Parameters
    ----------
    size : px, both sides of the input; pictures of another shape are scaled to it.
    hidden : units of the two layers.
    """

    def __init__(self, *, size: int = 64, hidden: tuple[int, int] = (512, 128)) -> None:
        super().__init__()
        self.size = size
        first, second = hidden
        self.layers = nn.Sequential(
            nn.Linear(size * size, first), nn.ReLU(), nn.Linear(first, second), nn.ReLU(), nn.Linear(second, 1)
        )

    def judge(self, x: Tensor) -> tuple[Tensor, None]:
        """See `Network.judge`. There is no map: a unit sees the whole picture at once."""
        x = centred(to_square(x.float(), self.size))
        return self.layers(x.flatten(1))[:, 0].float(), None
