"""What every network offers."""

import pytest
import torch
from torch import Tensor

from casting_core.networks.network import Network, SmallNetwork, centred, to_square
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
    assert (logits.shape, logits.dtype) == ((3,), torch.float32)
    assert places is None
    torch.testing.assert_close(torch.cat([network(one) for one in x.split(1)]), logits)
    assert isinstance(network, SmallNetwork)
    torch.testing.assert_close(network.fused(torch.bfloat16)(x), logits)  # it stays in float32


class Mean(Network):
    """Ten times the mean of a picture."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.tensor(10.0))

    def judge(self, x: Tensor) -> tuple[Tensor, None]:
        return (x.flatten(1).mean(1) * self.weight).float(), None


def test_what_a_network_offers_without_a_word_of_its_own_and_a_fused_copy_of_it() -> None:
    network = Mean().train()
    x = torch.tensor([0.25, 0.5]).view(2, 1, 1, 1).expand(2, 1, 4, 4)
    assert network(x).tolist() == [2.5, 5.0]
    (only,) = network.stages()
    assert only(x)[0].tolist() == [2.5, 5.0]
    assert network.describe(x) is None
    half = network.fused(torch.bfloat16)
    assert (half.training, half.weight.requires_grad, half.weight.dtype) == (False, False, torch.bfloat16)
    assert (network.training, network.weight.requires_grad, network.weight.dtype) == (True, True, torch.float32)
    assert network.runtime(torch.device("cpu"), torch.bfloat16).weight.dtype == torch.float32


def test_a_network_must_say_how_it_judges() -> None:
    with pytest.raises(TypeError, match="judge"):
        Network()


def test_pictures_are_scaled_to_a_square_by_the_means_of_what_is_merged() -> None:
    x = torch.rand(2, 1, 4, 4)
    assert to_square(x, 4) is x
    flat = torch.full((1, 1, 30, 50), 0.3)
    torch.testing.assert_close(to_square(flat, 8), torch.full((1, 1, 8, 8), 0.3))
    stripes = torch.tensor([0.0, 1.0]).repeat(32).expand(1, 1, 64, 64)
    assert (to_square(stripes, 4) - 0.5).abs().max() < 0.05  # without a filter they would be all dark or all bright


def test_luminance_is_moved_to_both_sides_of_zero() -> None:
    assert centred(torch.tensor([0.0, 0.25, 0.5, 1.0])).tolist() == [-1, -0.5, 0, 1]
