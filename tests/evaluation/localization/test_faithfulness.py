"""Faithfulness on a toy network whose reason is known, and what the filling does to a picture."""

import numpy as np
import pytest
import torch
from torch import Tensor

from casting_core.evaluation.localization.faithfulness import SHARES, faithfulness, without

SPOT = (slice(4, 8), slice(20, 24))  # rows and columns of the one place that the toy network looks at


def judge(pictures: Tensor) -> Tensor:
    """The mean of the spot: 1 where it is white, whatever else the picture shows."""
    return pictures[:, 0, SPOT[0], SPOT[1]].mean((1, 2))


@pytest.fixture
def picture() -> Tensor:
    """Black, with a white spot; 32 × 32, so that the spot is 16 of 1,024 places."""
    picture = torch.zeros(1, 1, 32, 32)
    picture[:, :, SPOT[0], SPOT[1]] = 1.0
    return picture


def on(rows: slice, columns: slice) -> np.ndarray:
    heatmap = np.zeros((32, 32), np.float32)
    heatmap[rows, columns] = 1.0
    return heatmap


def test_the_place_that_counts_and_its_control(picture):
    result = faithfulness(judge, picture, on(*SPOT), shares=(16 / 1024,))
    assert result.before == 1
    assert result.after[0] == pytest.approx(0, abs=0.02)  # filled with the black around it, and noise
    assert result.control == (1.0,)  # the opposite place says nothing
    assert (result.drop, result.control_drop) == (pytest.approx(1, abs=0.02), 0)


def test_a_map_that_names_the_opposite_place_is_unfaithful(picture):
    result = faithfulness(judge, picture, np.rot90(on(*SPOT), 2), shares=(16 / 1024,))
    assert (result.drop, result.control_drop) == (0, pytest.approx(1, abs=0.02))


def test_steps_remove_the_strongest_first(picture):
    heatmap = on(*SPOT)
    heatmap[4:8, 20:22] = 2.0  # the left half of the spot first, then all of it
    half, whole = faithfulness(judge, picture, heatmap, shares=(8 / 1024, 16 / 1024)).after
    # a black margin to the left, the white half to the right: the left half becomes a slope between them
    assert 0.5 < half < 0.9
    assert whole == pytest.approx(0, abs=0.02)


def test_a_flat_map_names_places_at_random(picture):
    result = faithfulness(judge, picture, np.zeros((32, 32), np.float32), shares=(16 / 1024,))
    assert result.drop < 0.3
    other = faithfulness(judge, picture, np.full((32, 32), 7, np.float32), shares=(16 / 1024,))
    assert result.after == other.after


def test_only_the_order_of_values_counts(picture):
    heatmap = np.random.default_rng(0).random((32, 32))
    first = faithfulness(judge, picture, heatmap)
    assert first == faithfulness(judge, picture, heatmap**3)
    assert len(first.after) == len(first.control) == len(SHARES)


@pytest.mark.parametrize("rows", [slice(0, 3), slice(14, 17), slice(29, 32)])
@pytest.mark.parametrize("columns", [slice(0, 3), slice(14, 17), slice(29, 32)])
def test_filling_continues_what_surrounds_it_at_every_edge(rows, columns):
    """On a slope from left to right the filling is that slope; at an edge it may lag by the width that was removed."""
    slope = torch.linspace(0.2, 0.8, 32).repeat(32, 1)[None, None]
    filled = without(slope, np.flatnonzero(on(rows, columns)))
    step = 0.6 / 31
    assert (filled - slope).abs().max() < 3 * step + 4 * 0.01
    untouched = torch.ones(32, 32, dtype=torch.bool)
    untouched[rows, columns] = False
    assert torch.equal(filled[0, 0][untouched], slope[0, 0][untouched])


def test_the_picture_is_not_changed_and_the_result_is_the_same_every_time(picture):
    before = picture.clone()
    first = faithfulness(judge, picture, on(*SPOT))
    torch.rand(1)  # whatever else draws random numbers meanwhile
    assert faithfulness(judge, picture, on(*SPOT)) == first
    assert torch.equal(picture, before)
