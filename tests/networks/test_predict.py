"""Logits of many pictures: the order is the caller's, whatever the shapes and batches."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from casting_core.networks.castnet import CastNet
from casting_core.networks.device import FEW
from casting_core.networks.logistic_regression import LogisticRegression
from casting_core.networks.network import Network
from casting_core.networks.predict import predict_logits, predict_peaks


class Brightness(Network):
    """The mean of a picture, as a logit; notes the shapes that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(255.0))
        self.seen: list[tuple[int, ...]] = []

    def judge(self, x: Tensor) -> tuple[Tensor, Tensor]:
        self.seen.append(tuple(x.shape))
        return self.factor * x.mean((1, 2, 3)), 2 * x[:, 0]


pictures = st.lists(st.tuples(st.sampled_from([(4, 4), (4, 6), (6, 4)]), st.integers(0, 255)), max_size=100)


@settings(max_examples=30)
@given(pictures)
def test_the_order_is_kept_with_mixed_shapes(chosen: list[tuple[tuple[int, int], int]]) -> None:
    model = Brightness()
    logits = predict_logits(model, [np.full(shape, level, np.uint8) for shape, level in chosen], fast=False)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, [level for _, level in chosen], rtol=1e-5)
    assert all(count <= FEW and channels == 1 for count, channels, *_ in model.seen)
    shapes = {shape for shape, _ in chosen}
    assert len(model.seen) == sum(-(-sum(shape == of for of, _ in chosen) // FEW) for shape in shapes)


def test_no_pictures_no_logits() -> None:
    assert predict_logits(Brightness(), []).shape == (0,)


def test_the_model_ends_in_evaluation_mode() -> None:
    model = CastNet().train()
    predict_logits(model, [np.zeros((64, 64), np.uint8)])
    assert not any(module.training for module in model.modules())


def test_castnet_alone_and_together() -> None:
    torch.manual_seed(0)
    model, rng = CastNet(), np.random.default_rng(0)
    shapes = [(64, 64), (64, 80), (64, 64), (80, 64), (64, 80)]
    inputs = [rng.integers(0, 256, shape).astype(np.uint8) for shape in shapes]
    together = predict_logits(model, inputs, fast=False)
    alone = np.concatenate([predict_logits(model, [picture], fast=False) for picture in inputs])
    np.testing.assert_allclose(together, alone, atol=1e-4)
    np.testing.assert_allclose(predict_logits(model, inputs), together, atol=0.05)
    with torch.inference_mode():
        x = torch.from_numpy(inputs[1]).float()[None, None] / 255
        assert float(model(x)) == pytest.approx(float(together[1]), abs=1e-4)


def test_peaks_are_the_strongest_places() -> None:
    bright = np.zeros((4, 6), np.uint8)
    bright[2, 3] = 255
    peaks = predict_peaks(Brightness(), [np.full((4, 4), 51, np.uint8), bright])
    assert peaks is not None
    np.testing.assert_allclose(peaks, [0.4, 2.0], rtol=0.01)


def test_a_network_without_a_map_has_no_peaks() -> None:
    assert predict_peaks(LogisticRegression(), [np.zeros((64, 64), np.uint8)]) is None
