"""However pictures come to the network, its answers are those of the plain network in full precision."""

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from casting_core import Inspection, Inspector
from casting_core.data.images import decode
from casting_core.data.transforms import to_input, to_tensor
from casting_core.inspection.inference import Inference
from casting_core.networks.checkpoint import load_model

CPU = torch.device("cpu")
SIZE = 128  # of the inputs here


@pytest.fixture(scope="module")
def inference(inspector: Inspector) -> Inference:
    return Inference(inspector.network, CPU, inspector.calibration)


def inputs_of(pictures: list[bytes], *shapes: tuple[int, int]) -> list[np.ndarray]:
    """The middle of each picture, of one shape after the other."""
    return [to_input(decode(one).pixels, 320)[: shape[0], : shape[1]] for one, shape in zip(pictures, shapes)]  # noqa: B905


def test_pictures_of_many_shapes_are_answered_in_their_order(inference: Inference, pictures: list[bytes]) -> None:
    inputs = inputs_of(pictures, (320, 320), (320, 256), (320, 320), (256, 320), (320, 256))
    answers = inference.launch_each([(one, None) for one in inputs])()
    assert len(answers) == len(inputs)
    for one, answer in zip(inputs, answers, strict=True):
        logits, evidence = inference.compute([one])
        assert answer.evidence.shape == evidence[0].shape == (one.shape[0] // 8, one.shape[1] // 8)
        assert answer.logit == pytest.approx(float(logits[0]), abs=0.1)
        assert answer.seconds > 0


def test_no_pictures_have_no_answers(inference: Inference) -> None:
    assert inference.launch_each([])() == []


@pytest.fixture
def two_threads() -> Iterator[None]:
    """With one, nothing is begun beside."""
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("two_threads")
def test_what_was_begun_beside_is_answered_as_if_it_was_not(inference: Inference, pictures: list[bytes]) -> None:
    pixels = decode(pictures[2]).pixels
    for _ in range(20):  # until it is clear that this shape comes often
        plain = inference.compute([to_input(pixels, SIZE)])
    beginning = inference.begin(pixels, SIZE)
    if beginning is None:
        pytest.skip("this build of PyTorch does not compile")
    inputs, begun = beginning()
    assert np.array_equal(inputs, to_input(pixels, SIZE))
    other = to_input(decode(pictures[1]).pixels, SIZE)
    first, second = inference.launch_each([(inputs, begun), (other, None)])()
    assert first.logit == pytest.approx(float(plain[0][0]), abs=0.1)
    assert second.logit == pytest.approx(float(inference.compute([other])[0][0]), abs=0.1)


def test_a_shape_that_is_rare_is_not_begun_beside(inference: Inference, pictures: list[bytes]) -> None:
    assert inference.begin(decode(pictures[0]).pixels, 112) is None


def test_doubtful_pictures_are_computed_in_full_precision(inspector: Inspector, pictures: list[bytes]) -> None:
    inference = Inference(inspector.network, CPU, inspector.calibration)
    inference._reduced = True  # whatever this processor can do
    exact = inspector.network.eval()
    inputs = inputs_of(pictures, (320, 320), (320, 320))
    doubtful = torch.tensor([0.3, 20.0])  # probability of one half or so, and of 1
    logits, maps = inference._checked(inputs, doubtful, torch.zeros(2, 40, 40))
    with torch.inference_mode():
        expected, there = exact.judge(to_tensor(inputs[:1]))
    assert there is not None
    assert (logits[0], logits[1]) == (pytest.approx(float(expected), abs=1e-2), 20)
    np.testing.assert_allclose(maps[0], there[0].numpy(), atol=2e-2)
    assert not maps[1].any()


def same(results: Iterator[Inspection], expected: list[Inspection]) -> None:
    for result, one in zip(results, expected, strict=True):
        assert (result.verdict, result.reason, result.sha256) == (one.verdict, one.reason, one.sha256)
        assert result.probability == (None if one.probability is None else pytest.approx(one.probability, abs=0.01))


@pytest.mark.parametrize("size", [1, 3, 64])
def test_batches_for_a_device_of_their_own_are_the_same(inspector: Inspector, pictures: list[bytes], size: int) -> None:
    """The way of a GPU, here on the CPU."""
    sources = [*pictures, b"no picture", *pictures[:2]]
    expected = [inspector.inspect(source, explain=False) for source in sources]
    same(inspector._results(inspector._batches(iter(sources), size), False, None), expected)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_gpu_finds_what_the_processor_finds(inspector: Inspector, pictures: list[bytes]) -> None:
    gpu = Inspector.load(device="cuda")
    assert gpu.device.type == "cuda"
    sources = 5 * pictures
    expected = list(inspector.inspect_many(sources))
    for size in (1, 7):
        same(gpu.inspect_many(sources, batch_size=size), expected)
    for source, one in zip(pictures, expected, strict=False):
        result = gpu.inspect(source)
        same(iter([result]), [one])
        assert result.heatmap is not None
        assert one.heatmap is not None
        assert float(np.abs(result.heatmap - one.heatmap).mean()) < 0.01


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA GPU")
def test_a_gpu_takes_pictures_from_pinned_memory_and_computes_beside(pictures: list[bytes]) -> None:
    network, _ = load_model("castnet")
    inference = Inference(network, torch.device("cuda"), Inspector.load(device="cpu").calibration)
    inputs = inputs_of(pictures, (320, 320), (320, 320))
    assert inference._tensor(inputs).is_contiguous(memory_format=torch.channels_last)
    assert len({next(inference._streams).cuda_stream for _ in range(4)}) == 2
    first, second = inference.launch(inputs[:1]), inference.launch(inputs[1:])
    for wait, one in ((first, inputs[0]), (second, inputs[1])):
        assert float(wait()[0][0]) == pytest.approx(float(inference.compute([one])[0][0]), abs=0.1)


def test_the_plain_network_in_full_precision_says_the_same_of_real_castings(inspector: Inspector, data_root: Path):
    """Of every hundredth picture; of all 7,348 where `CASTING_AUDIT` is set, which takes some five minutes."""
    files = sorted(data_root.rglob("*.jpeg"))[:: 1 if "CASTING_AUDIT" in os.environ else 100]
    exact = Inspector(inspector.network, inspector.card, device=CPU)
    exact._inference.runtime = inspector.network.eval()  # neither fused nor reduced nor compiled
    exact._inference._reduced = False
    plain = list(exact._results(exact._batches(iter(files), 4), False, None))
    same(inspector.inspect_many(files, explain=False), plain)
    same((inspector.inspect(file, explain=False) for file in files), plain)
