"""The study's networks and the floor: any shape, alone, in a batch or fused, the same verdict; and their size."""

import pytest
import torch

from casting_core.networks.brightness import Brightness
from casting_core.networks.cnn import Cnn
from casting_core.networks.network import SmallNetwork
from casting_core.networks.registry import ARCHITECTURES, architecture

STUDY = ("logistic_regression", "feedforward", "cnn", "brightness")
MEGABYTE = 1e6


@pytest.mark.parametrize("name", STUDY)
@pytest.mark.parametrize("shape", [(128, 128), (64, 96), (320, 304)])
@torch.inference_mode()
def test_any_shape_is_taken_alone_fused_and_in_a_batch(name: str, shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = architecture(name).build().eval()
    x = torch.rand(3, 1, *shape)
    logits, places = network.judge(x)
    assert logits.shape == (3,)
    assert logits.dtype == torch.float32
    assert places is None
    torch.testing.assert_close(torch.cat([network(one) for one in x.split(1)]), logits)
    assert isinstance(network, SmallNetwork)
    torch.testing.assert_close(network.fused(torch.bfloat16)(x), logits)  # it stays in float32


@pytest.mark.parametrize("name", STUDY)
def test_weights_are_small(name: str) -> None:
    assert sum(4 * p.numel() for p in architecture(name).build().parameters()) <= 12 * MEGABYTE


@torch.inference_mode()
def test_brightness_by_hand() -> None:
    """Only the mean counts: 10 × (2 × mean − 1) × weight + bias, wherever the light lies."""
    network = Brightness()
    network.linear.weight.data.fill_(0.5)
    network.linear.bias.data.fill_(0.25)
    x = torch.zeros(2, 1, 64, 64)
    x[0, 0, :32] = 1.0
    x[1, 0, :, :16] = 1.0
    assert network(x).tolist() == pytest.approx([0.25, 10 * -0.5 * 0.5 + 0.25])
    assert network(x.flip(-1)).tolist() == pytest.approx(network(x).tolist())


def test_the_convolutions_end_where_grad_cam_looks() -> None:
    network = architecture("cnn").build()
    assert isinstance(network, Cnn)
    layer = ARCHITECTURES["cnn"].heatmap_layer
    assert layer is not None
    modules = dict(network.named_modules())
    last = [name for name, module in modules.items() if isinstance(module, torch.nn.Conv2d)][-1]
    assert layer == last
