"""The convolutional network of the study."""

import torch

from casting_core.networks.cnn import Cnn
from casting_core.networks.registry import ARCHITECTURES, architecture


def test_the_convolutions_end_where_grad_cam_looks() -> None:
    network = architecture("cnn").build()
    assert isinstance(network, Cnn)
    layer = ARCHITECTURES["cnn"].heatmap_layer
    assert layer is not None
    modules = dict(network.named_modules())
    last = [name for name, module in modules.items() if isinstance(module, torch.nn.Conv2d)][-1]
    assert layer == last
