"""What every network offers."""

import pytest
import torch

from casting_core.networks.network import SmallNetwork
from casting_core.networks.registry import architecture

STUDY = ("logistic_regression", "feedforward", "cnn", "brightness")


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
