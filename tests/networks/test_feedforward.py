"""The feedforward network of the study: two hidden layers, and no notion of place."""

import torch

from casting_core.networks.feedforward import Feedforward


def test_two_hidden_layers_between_pixels_and_logit() -> None:
    layers = [layer for layer in Feedforward().layers if isinstance(layer, torch.nn.Linear)]
    assert [(layer.in_features, layer.out_features) for layer in layers] == [(4096, 512), (512, 128), (128, 1)]


@torch.inference_mode()
def test_by_hand() -> None:
    network = Feedforward(size=2, hidden=(1, 1))
    first, _, second, _, last = network.layers
    for layer, weight, bias in ((first, 1.0, 0.5), (second, 2.0, 0.0), (last, -1.0, 3.0)):
        layer.weight.fill_(weight)
        layer.bias.fill_(bias)
    logit, places = network.judge(torch.tensor([[[[1.0, 1.0], [0.5, 0.0]]]]))
    # moved to [-1, 1] the pixels are 1, 1, 0, -1: 1 + 0.5 = 1.5, doubled 3, and 3 - 3
    assert logit.tolist() == [0.0]
    assert places is None
