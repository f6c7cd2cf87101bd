"""Compiling: a shape that comes often is compiled, judged as before, and nothing is used that fails or deviates."""

import logging

import pytest
import torch
from torch import Tensor, nn

from casting_core.networks import compilation
from casting_core.networks.castnet import CastNet
from casting_core.networks.compilation import OFTEN, Runtime, _can_compile
from casting_core.networks.logistic_regression import LogisticRegression

compiling = pytest.mark.skipif(not _can_compile(), reason="this build of PyTorch has no oneDNN")
CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def network() -> CastNet:
    torch.manual_seed(0)
    network = CastNet().eval()
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_var.uniform_(0.5, 2)
    return network


def picture(batch: int = 1, height: int = 64, width: int = 64) -> Tensor:
    return torch.rand(batch, 1, height, width).to(memory_format=torch.channels_last)


def kind(x: Tensor) -> tuple[tuple[int, ...], int]:
    return tuple(x.shape), torch.get_num_threads()


@compiling
@torch.inference_mode()
@pytest.mark.parametrize(("dtype", "exact"), [(torch.float32, 1e-3), (torch.bfloat16, 0.1)])
def test_what_comes_often_is_compiled_and_judged_as_the_network_does(
    network: CastNet, dtype: torch.dtype, exact: float
) -> None:
    enabled = torch.jit.onednn_fusion_enabled()
    runtime, x = Runtime(network, CPU, dtype), picture(2, 96, 64)
    for _ in range(OFTEN):
        runtime.judge(x)
    assert runtime._compiled == {}
    runtime.judge(x)
    assert list(runtime._compiled) == [kind(x)]
    assert runtime.is_compiled(tuple(x.shape))
    for given in (x, picture(2, 96, 64), picture(3, 64, 64)):
        for found, expected in zip(runtime.judge(given), network.judge(given), strict=True):
            torch.testing.assert_close(found, expected, rtol=exact, atol=exact)
    assert torch.jit.onednn_fusion_enabled() == enabled


@torch.inference_mode()
def test_begun_and_finished_is_judged(network: CastNet) -> None:
    x = picture()
    for kind in (network, LogisticRegression().eval()):
        runtime = Runtime(kind, CPU, torch.float32)
        for found, expected in zip(runtime.remaining_stages(runtime.first_stage(x)), runtime.judge(x), strict=True):
            torch.testing.assert_close(found, expected)


@compiling
@torch.inference_mode()
def test_what_cannot_be_compiled_goes_the_plain_way(network: CastNet, monkeypatch, caplog):
    def refuse(*arguments: object, **options: object) -> None:
        raise RuntimeError("partition compile failed")

    monkeypatch.setattr(torch.jit, "trace", refuse)
    runtime, x = Runtime(network, CPU, torch.float32), picture()
    for _ in range(OFTEN + 2):
        found = runtime.judge(x)
    torch.testing.assert_close(found[0], network(x), rtol=1e-3, atol=1e-3)
    assert runtime._compiled[kind(x)] is runtime._plain
    assert caplog.text.count("cannot be compiled") == 1


@compiling
@torch.inference_mode()
def test_what_deviates_is_not_used(network: CastNet, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(torch.jit, "trace", lambda step, x, **options: lambda given: 1.1 * step(given))
    runtime, x = Runtime(network, CPU, torch.float32), picture()
    with caplog.at_level(logging.WARNING):
        for _ in range(OFTEN + 1):
            runtime.judge(x)
    assert runtime._compiled[kind(x)] is runtime._plain
    assert "deviates" in caplog.text


@torch.inference_mode()
def test_a_network_of_one_step_is_never_compiled() -> None:
    runtime = Runtime(LogisticRegression().eval(), CPU, torch.float32)
    for _ in range(OFTEN + 2):
        runtime.judge(picture())
    assert runtime._compiled == {}


@compiling
@torch.inference_mode()
def test_few_shapes_are_compiled(network: CastNet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compilation, "OFTEN", 0)
    monkeypatch.setattr(compilation, "MAX_KINDS", 1)
    runtime = Runtime(network, CPU, torch.float32)
    for x in (picture(), picture(2), picture()):
        assert runtime.judge(x)[0].shape == (len(x),)
    assert list(runtime._compiled) == [kind(picture())]


@compiling
@torch.inference_mode()
def test_threads_that_may_use_more_compile_anew(network: CastNet) -> None:
    runtime, x, before = Runtime(network, CPU, torch.float32), picture(), torch.get_num_threads()
    begun = runtime.first_stage(x, at_once=True)
    assert runtime.is_compiled(tuple(x.shape))
    try:
        torch.set_num_threads(before + 1)
        assert not runtime.is_compiled(tuple(x.shape))
        torch.testing.assert_close(runtime.remaining_stages(begun)[0], network(x), rtol=1e-3, atol=1e-3)
    finally:
        torch.set_num_threads(before)
