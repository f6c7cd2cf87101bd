"""Logistic regression by hand."""

import torch

from casting_core.networks.logistic_regression import LogisticRegression


@torch.inference_mode()
def test_by_hand() -> None:
    network = LogisticRegression(size=2)
    network.linear.weight.data = torch.tensor([[1.0, 2.0, -1.0, 0.5]])  # of pixels moved to [-1, 1]
    network.linear.bias.data = torch.tensor([0.25])
    logits, places = network.judge(torch.tensor([[0.5, 1.0], [1.0, 0.0]]).view(1, 1, 2, 2))
    assert logits.tolist() == [0 + 2 - 1 - 0.5 + 0.25]
    assert places is None
