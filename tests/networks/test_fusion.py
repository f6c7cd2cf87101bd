"""Fusing: what is folded and packed computes what it stood for."""

import pytest
import torch
from torch import nn

from casting_core.networks.castnet import CastNet
from casting_core.networks.fusion import ACTIVATIONS, PackedConvolution, can_pack, fold

packing = pytest.mark.skipif(not can_pack(torch.float32), reason="this build of PyTorch has no oneDNN")


def learned_norm(channels: int) -> nn.BatchNorm2d:
    norm = nn.BatchNorm2d(channels).eval()
    for tensor in (norm.weight, norm.bias, norm.running_mean):
        tensor.data.normal_()
    norm.running_var.uniform_(0.5, 2)
    return norm


@torch.no_grad()
def test_a_norm_folded_by_hand() -> None:
    convolution, norm = nn.Conv2d(1, 1, 1, bias=False), nn.BatchNorm2d(1, eps=0).eval()
    convolution.weight.fill_(3)
    norm.weight.fill_(2)
    norm.bias.fill_(1)
    norm.running_mean.fill_(5)
    norm.running_var.fill_(4)
    fold(norm, convolution)
    # (3 x - 5) / 2 · 2 + 1
    assert (convolution.weight.item(), convolution.bias.item()) == (3, -4)


@torch.no_grad()
def test_a_norm_after_a_sum_goes_into_both_convolutions() -> None:
    torch.manual_seed(0)
    first, second, norm = nn.Conv2d(3, 4, 1, bias=False), nn.Conv2d(3, 4, 3, padding=1, bias=False), learned_norm(4)
    x, y = torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)
    expected = norm(first(x) + second(y))
    fold(norm, first, second)
    torch.testing.assert_close(first(x) + second(y), expected, rtol=1e-4, atol=1e-5)


@packing
@torch.no_grad()
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize(
    "convolution",
    [
        nn.Conv2d(8, 12, 1),
        nn.Conv2d(8, 12, 3, padding=1, bias=False),
        nn.Conv2d(8, 8, 5, stride=2, padding=2, groups=8),
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
    ],
)
def test_packed_is_the_convolution_and_its_activation(convolution: nn.Conv2d, activation: type[nn.Module]) -> None:
    packed = PackedConvolution(convolution, activation=activation)
    for batch, side in ((1, 16), (5, 31)):
        x = 8 * torch.randn(batch, convolution.in_channels, side, side).to(memory_format=torch.channels_last)
        before = x.clone()
        torch.testing.assert_close(packed(x), activation()(convolution(x)), rtol=1e-4, atol=1e-4)
        assert torch.equal(x, before)


@torch.inference_mode()
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_the_runtime_judges_as_the_network_does(dtype: torch.dtype) -> None:
    torch.manual_seed(0)
    network = CastNet().eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 2)
    runtime = network.runtime(torch.device("cpu"), dtype)
    x = torch.rand(3, 1, 96, 64)
    exact = {torch.float32: (1e-3, 1e-4), torch.bfloat16: (0.1, 0.1)}[dtype]
    for given, expected in zip(runtime.judge(x.to(dtype)), network.judge(x), strict=True):
        torch.testing.assert_close(given, expected, rtol=exact[0], atol=exact[1])
    if can_pack(dtype):
        assert any(isinstance(module, PackedConvolution) for module in runtime.modules())
    assert not any(isinstance(module, PackedConvolution) for module in network.modules())
