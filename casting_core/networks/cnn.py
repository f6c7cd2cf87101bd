"""A plain convolutional network, of the kind that studies of this data set train from scratch.

Convolution, normalisation, rectification and maximum over 2 × 2 places, several times over; then one hidden layer that
sees all that is left. Y. LeCun et al., "Gradient-Based Learning Applied to Document Recognition", Proceedings of the
IEEE 86 (1998); S. Ioffe and C. Szegedy, "Batch Normalization", ICML 2015, https://arxiv.org/abs/1502.03167.
"""

from torch import Tensor, nn

from casting_core.networks.network import SmallNetwork, centred, to_square


class Cnn(SmallNetwork):
    """Gray picture → logit.

    Parameters
    ----------
    size : px, both sides of the input, a multiple of 16; pictures of another shape are scaled to it.
    channels : of the convolutions, each normalised, rectified and followed by a maximum over 2 × 2 places.
    hidden : units of the layer before the last.
    """

    def __init__(self, *, size: int = 128, channels: tuple[int, ...] = (16, 32, 64, 128), hidden: int = 128) -> None:
        super().__init__()
        self.size = size
        layers: list[nn.Module] = []
        before = 1
        for width in channels:
            layers += [
                nn.Conv2d(before, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            before = width
        self.features = nn.Sequential(*layers)  # (B, 1, S, S) → (B, C, S/16, S/16)
        places = (size // 2 ** len(channels)) ** 2
        self.classifier = nn.Sequential(nn.Linear(before * places, hidden), nn.ReLU(), nn.Linear(hidden, 1))

    def judge(self, x: Tensor) -> tuple[Tensor, None]:
        """See `Network.judge`. It has no map of its own: the hidden layer mixes all places; Grad-CAM looks into it."""
        x = centred(to_square(x.float(), self.size))
        return self.classifier(self.features(x).flatten(1))[:, 0].float(), None
