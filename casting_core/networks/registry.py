"""The networks by name: how to build one, what it takes, and where its heatmap comes from."""

from collections.abc import Callable
from dataclasses import dataclass

from casting_core.errors import ModelError
from casting_core.networks.brightness import Brightness
from casting_core.networks.castnet import CastNet
from casting_core.networks.cnn import Cnn
from casting_core.networks.feedforward import Feedforward
from casting_core.networks.logistic_regression import LogisticRegression
from casting_core.networks.network import Network


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One kind of network.

    `title`: its name as a reader knows it; `size`: px, short side of its input; `heatmap_layer`: the module that
    Grad-CAM looks at, None where the network has no convolutions.
    """

    name: str
    title: str
    build: Callable[[], Network]
    size: int
    heatmap_layer: str | None


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture(
            name="castnet",
            title="convolutional network with an evidence map",
            build=CastNet,
            size=320,
            heatmap_layer="mix",
        ),
        Architecture(name="cnn", title="convolutional network", build=Cnn, size=128, heatmap_layer="features.12"),
        Architecture(name="feedforward", title="feedforward network", build=Feedforward, size=64, heatmap_layer=None),
        Architecture(
            name="logistic_regression",
            title="logistic regression",
            build=LogisticRegression,
            size=64,
            heatmap_layer=None,
        ),
        Architecture(name="brightness", title="mean brightness alone", build=Brightness, size=64, heatmap_layer=None),
    )
}


def architecture(name: str) -> Architecture:
    """The architecture of that name. Raises `ModelError` where there is none."""
    if name not in ARCHITECTURES:
        raise ModelError(f"There is no network {name!r}; there are: {', '.join(sorted(ARCHITECTURES))}.")
    return ARCHITECTURES[name]
