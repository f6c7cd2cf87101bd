"""Activation maps: cases worked out by hand, the package's own result, threads, and nothing mutated."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from casting_core.explanation.cam import activation_map
from casting_core.explanation.methods import METHODS
from casting_core.networks.castnet import CastNet


class TwoChannels(nn.Module):
    """Channel 0 copies the picture, channel 1 inverts it; the logit is 3 · mean(0) − 1 · mean(1)."""

    def __init__(self) -> None:
        super().__init__()
        self.channels = nn.Conv2d(1, 2, 1)
        self.channels.weight.data[:] = torch.tensor([1.0, -1.0]).view(2, 1, 1, 1)
        self.channels.bias.data[:] = torch.tensor([0.0, 1.0])
        self.same = nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        means = self.same(self.channels(x)).mean((2, 3))  # (B, 2)
        return 3 * means[:, 0] - means[:, 1]


@pytest.fixture(scope="module")
def network() -> CastNet:
    torch.manual_seed(0)
    return CastNet().eval()


def picture(seed: int, size: int = 64) -> Tensor:
    return torch.rand(1, 1, size, size, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("layer", ["channels", "same"])  # with and without weights of its own
def test_a_case_by_hand(layer):
    values = torch.tensor([[0.2, 0.4], [0.6, 1.0]])
    # weights 3/4 and −1/4; 3/4·v − 1/4·(1 − v) = v − 1/4, cut at 0: 0, 0.15, 0.35, 0.75; over its maximum
    expected = np.array([[0, 0.2], [0.35 / 0.75, 1.0]], np.float32)
    heat = activation_map(TwoChannels(), values.view(1, 1, 2, 2), layer=layer)
    assert heat.dtype == np.float32
    np.testing.assert_allclose(heat, expected, atol=1e-5)


def test_methods_by_hand():
    """Pulls are 3/4 and −1/4 at every place: HiResCAM is Grad-CAM here, and LayerCAM leaves channel 1 out."""
    values = torch.tensor([[0.2, 0.4], [0.6, 1.0]]).view(1, 1, 2, 2)
    network = TwoChannels()
    same = activation_map(network, values, layer="channels")
    np.testing.assert_allclose(activation_map(network, values, layer="channels", method="hirescam"), same, atol=1e-5)
    # channel 0 alone: 0.2 … 1.0, stretched from its smallest to its largest
    expected = (values[0, 0].numpy() - 0.2) / 0.8
    layered = activation_map(network, values, layer="channels", method="layercam")
    np.testing.assert_allclose(layered, expected, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_every_method_gives_a_map_of_the_input_and_changes_nothing(network, method):
    x = picture(7)
    before = x.clone()
    heat = activation_map(network, x, layer="mix", method=method)
    assert (heat.shape, heat.dtype) == ((64, 64), np.float32)
    assert 0 <= heat.min() <= heat.max() <= 1
    assert torch.equal(x, before)
    assert all(not module._forward_hooks for module in network.modules())
    np.testing.assert_allclose(activation_map(network, x, layer="mix", method=method), heat, atol=1e-5)


def test_no_place_speaks_for_a_defect():
    network = TwoChannels()
    heat = activation_map(network, torch.full((1, 1, 4, 4), 0.1), layer="channels")  # 0.1 − 1/4 < 0
    assert not heat.any()


@pytest.mark.parametrize("layer", ["mix", "backbone.stages.4"])
def test_same_as_the_package_alone(network, layer):
    from pytorch_grad_cam import GradCAM

    x = picture(1)
    expected = GradCAM(model=network, target_layers=[network.get_submodule(layer)])(x, targets=[torch.sum])[0]
    heat = activation_map(network, x, layer=layer)
    assert heat.shape == (64, 64)
    assert 0 <= heat.min() <= heat.max() <= 1
    np.testing.assert_allclose(heat, expected, atol=1e-5)


def test_nothing_is_changed(network):
    frozen = network.fused(torch.bfloat16)
    x = picture(2)
    x_before = x.clone()
    weights = {name: tensor.clone() for name, tensor in frozen.state_dict().items()}
    with torch.inference_mode():
        activation_map(frozen, x, layer="mix")
    assert torch.equal(x, x_before)
    assert not x.requires_grad
    for name, tensor in frozen.state_dict().items():
        assert torch.equal(tensor, weights[name])
        assert tensor.dtype == weights[name].dtype
    assert not frozen.training
    assert all(not module._forward_hooks for module in frozen.modules())
    assert all(parameter.grad is None for parameter in frozen.parameters())


def test_reduced_precision_is_computed_in_float32(network):
    fused = network.fused()
    full = activation_map(fused, picture(3), layer="mix")
    assert np.abs(full - activation_map(fused, picture(3).bfloat16(), layer="mix")).mean() < 0.05


def test_many_threads_give_the_same_maps(network):
    pictures = [picture(seed) for seed in range(6)]
    alone = [activation_map(network, x, layer="mix") for x in pictures]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda x: activation_map(network, x, layer="mix"), pictures * 4))
    for index, heat in enumerate(together):
        np.testing.assert_allclose(heat, alone[index % 6], atol=1e-5)
