"""Logistic regression by hand."""

import pytest
import torch

from casting_core.networks.logistic_regression import LogisticRegression


@torch.inference_mode()
def test_by_hand() -> None:
    network = LogisticRegression(size=2)
    network.linear.weight.data = torch.tensor([[1.0, 2.0, -1.0, 0.5]])  # of pixels moved to [-1, 1]
    network.linear.bias.data = torch.tensor([0.25])
    x = torch.tensor([[0.5, 1.0], [1.0, 0.0]]).view(1, 1, 2, 2)
    logits, places = network.judge(x)
    assert logits.tolist() == [0 + 2 - 1 - 0.5 + 0.25]
    assert places is None


@torch.inference_mode()
@pytest.mark.parametrize("shape", [(64, 64), (64, 96), (320, 304)])
def test_any_shape_is_taken_alone_fused_and_in_a_batch(shape: tuple[int, int]) -> None:
    torch.manual_seed(0)
    network = LogisticRegression()
    x = torch.rand(3, 1, *shape)
    logits = network(x)
    assert logits.shape == (3,)
    assert logits.dtype == torch.float32
    torch.testing.assert_close(torch.cat([network(one) for one in x.split(1)]), logits)
    torch.testing.assert_close(network.fused()(x), logits)
    torch.testing.assert_close(network.fused(torch.bfloat16)(x.bfloat16()), logits, rtol=0.05, atol=0.05)
