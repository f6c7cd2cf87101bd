"""Mean brightness alone, by hand."""

import pytest
import torch

from casting_core.networks.brightness import Brightness


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
