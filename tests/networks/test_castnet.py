"""castnet: pooling by hand, the sizes that it takes, and the fused copy for inference."""

import copy

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.networks.castnet import CastNet, DepthwiseConvolution


@pytest.fixture(scope="module")
def network() -> CastNet:
    """A network whose norms have seen something, so that folding them is not the identity."""
    torch.manual_seed(0)
    network = CastNet().train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.rand(4, 1, 64, 64))
    return network.eval()


def pooling(*strongest: float, scales: tuple[float, ...] = (1.0,), shift: float = 0.0) -> CastNet:
    network = CastNet(strongest=strongest)
    network.scale.data = torch.tensor(scales)
    network.shift.data.fill_(shift)
    return network


def test_pooling_by_hand() -> None:
    evidence = torch.tensor([[1.0, 4], [3, 2], [-8, 0], [0, 0]]).view(2, 1, 2, 2)
    assert pooling(0.5).pool(evidence).tolist() == [3.5, 0]
    assert pooling(0.5, scales=(2.0,), shift=1).pool(evidence).tolist() == [8, 1]
    assert pooling(1.0).pool(evidence).tolist() == [2.5, -2]
    assert pooling(0.001).pool(evidence).tolist() == [4, 0]  # one place at least
    # two shares: one place with weight 0.5, and all four with weight 2
    both = pooling(0.25, 1.0, scales=(0.5, 2.0), shift=-1)
    assert both.pool(evidence).tolist() == [0.5 * 4 + 2 * 2.5 - 1, 0 - 2 * 2 - 1]


def test_four_places_and_the_strongest_fiftieth_decide() -> None:
    """At 320 px there are 1,600 places: four are a quarter of a percent, 32 a fiftieth."""
    evidence = torch.full((1, 1, 40, 40), -5.0)
    evidence[0, 0, 7, :8] = 3.0
    network = CastNet()
    assert (network.strongest, network.scale.tolist()) == ((0.0025, 0.02), [0.75, 0.75])
    assert float(network.pool(evidence).detach()) == pytest.approx(0.75 * 3 + 0.75 * (8 * 3 - 24 * 5) / 32)


@torch.inference_mode()
def test_the_map_says_what_a_place_alone_would_mean() -> None:
    """Where all places are alike, each one's evidence is the verdict's logit."""
    network = pooling(0.25, 0.5, scales=(0.5, 2.0), shift=-1)
    assert network.head.bias is not None
    network.head.weight.zero_()
    network.head.bias.fill_(3.0)
    logits, places = network.judge(torch.zeros(1, 1, 64, 64))
    assert (logits.tolist(), places.shape) == ([2.5 * 3 - 1], (1, 8, 8))
    assert (places == 2.5 * 3 - 1).all()


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.005, 0.1, 1.0]))
def test_pooling_does_not_mind_where_a_place_is(seed: int, strongest: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    evidence = torch.randn(2, 1, 6, 10, generator=generator)
    shuffled = evidence.flatten(2)[:, :, torch.randperm(60, generator=generator)].view(2, 1, 10, 6)
    pool = pooling(strongest).pool
    torch.testing.assert_close(pool(shuffled), pool(evidence))
    assert (pool(evidence + 1) > pool(evidence)).all()


@torch.inference_mode()
@pytest.mark.parametrize(("height", "width"), [(64, 64), (64, 80), (112, 64), (320, 64), (144, 176)])
def test_any_multiple_of_16_is_taken(network: CastNet, height: int, width: int) -> None:
    x = torch.rand(2, 1, height, width)
    evidence = network.evidence(x)
    assert (evidence.shape, evidence.dtype) == ((2, 1, height // 8, width // 8), torch.float32)
    assert torch.isfinite(evidence).all()
    torch.testing.assert_close(network(x), network.pool(evidence))
    assert network(x).shape == (2,)
    assert network.features(x).shape == (2, 64, height // 8, width // 8)


@torch.inference_mode()
def test_a_picture_is_judged_alike_alone_and_in_a_batch(network: CastNet) -> None:
    x = torch.rand(5, 1, 64, 64)
    alone = torch.cat([network(picture) for picture in x.split(1)])
    torch.testing.assert_close(network(x), alone, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_the_verdict_is_in_full_precision_under_autocast(network: CastNet) -> None:
    with torch.autocast("cpu", torch.bfloat16):
        x = torch.rand(1, 1, 64, 64)
        assert network.evidence(x).dtype == torch.float32
        assert network(x).dtype == torch.float32


@torch.inference_mode()
def test_the_fused_copy_judges_alike_and_leaves_the_original(network: CastNet) -> None:
    x = torch.rand(3, 1, 96, 64)
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    fused = network.fused()
    torch.testing.assert_close(fused.evidence(x), network.evidence(x), rtol=1e-3, atol=1e-4)
    torch.testing.assert_close(fused(x), network(x), rtol=1e-3, atol=1e-4)
    assert not any(isinstance(module, torch.nn.BatchNorm2d) for module in fused.modules())
    assert not any(parameter.requires_grad for parameter in fused.parameters())
    for name, tensor in network.state_dict().items():
        torch.testing.assert_close(tensor, before[name], rtol=0, atol=0)


@torch.inference_mode()
def test_the_fused_copy_in_reduced_precision_ends_in_full(network: CastNet) -> None:
    x = torch.rand(2, 1, 64, 64)
    evidence = network.fused(torch.bfloat16).evidence(x.bfloat16())
    assert evidence.dtype == torch.float32
    torch.testing.assert_close(evidence, network.evidence(x), rtol=0.1, atol=0.1)


def test_every_layer_learns() -> None:
    network = CastNet().train()
    x = torch.rand(2, 1, 64, 64)
    (network.evidence(x).square().mean() + network(x).square().mean()).backward()
    assert [name for name, p in network.named_parameters() if p.grad is None or not p.grad.any()] == []


def test_the_backbone_in_two_parts_is_the_backbone(network: CastNet) -> None:
    x = torch.rand(2, 1, 96, 64)
    with torch.inference_mode():
        whole = network.evidence(x)
        for stages in range(4):
            assert torch.equal(network.evidence(network.backbone.first(x, stages), passed=stages), whole)


def test_depthwise_filters_learn_in_full_precision() -> None:
    """Their gradient under autocast is that of float32, to the rounding of what comes in and goes out."""
    torch.manual_seed(0)
    filters = DepthwiseConvolution(4, 5, stride=2)
    x, gradient = torch.randn(2, 4, 16, 16).bfloat16(), torch.randn(2, 4, 8, 8).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        y = filters(x)
    assert y.dtype == torch.bfloat16
    (given,) = torch.autograd.grad(y, filters.weight, gradient)
    (expected,) = torch.autograd.grad(filters(x.float()), filters.weight, gradient.float())
    torch.testing.assert_close(given, expected)


@torch.inference_mode()
def test_the_verdict_is_of_capped_features_and_the_map_is_not(network: CastNet) -> None:
    strong = copy.deepcopy(network)
    strong.mix_norm.weight.data *= 100
    x = torch.rand(2, 1, 64, 64)
    assert strong.features(x).max() > strong.CAP
    logits, places = strong.judge(x)
    torch.testing.assert_close(logits, strong.pool(strong.evidence(x)))
    whole = strong.head(strong.features(x))[:, 0]
    torch.testing.assert_close(places, whole * strong.scale.sum() + strong.shift)
    assert not torch.allclose(whole, strong.evidence(x)[:, 0])


@torch.inference_mode()
def test_evidence_beyond_the_cap_is_the_same_in_every_copy(network: CastNet) -> None:
    strong = copy.deepcopy(network)
    strong.mix_norm.weight.data *= 100
    x = torch.rand(1, 1, 64, 64)
    assert strong.features(x).max() > 6
    for other in (strong.fused(), strong.runtime(torch.device("cpu"), torch.float32)):
        for found, expected in zip(other.judge(x), strong.judge(x), strict=True):
            torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-2)
