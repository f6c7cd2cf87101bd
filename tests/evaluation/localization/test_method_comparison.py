"""Maps side by side on a toy network whose reason is known: it looks at one spot."""

import numpy as np
import pytest
import torch
from torch import Tensor

from casting_core.data.samples import evenly_spaced_indices
from casting_core.estimate import Estimate
from casting_core.evaluation.localization.measures import Case, measure
from casting_core.evaluation.localization.method_comparison import (
    EVIDENCE,
    Drawn,
    Subject,
    measure_maps,
    summarise_maps,
    winners,
)
from casting_core.labels import Verdict

SPOT = (slice(4, 8), slice(20, 24))


def judge(pictures: Tensor) -> Tensor:
    return pictures[:, 0, SPOT[0], SPOT[1]].mean((1, 2))


def spot(heat: float = 0.9) -> np.ndarray:
    """A map, (32, 32), that names the spot."""
    heatmap = np.full((32, 32), 0.01, np.float32)
    heatmap[SPOT] = heat
    return heatmap


def subject(*, photograph: int = 0, defective: bool = True, seconds: float = 0.002) -> Subject:
    inputs = torch.zeros(1, 1, 32, 32)
    if defective:
        inputs[:, :, SPOT[0], SPOT[1]] = 1.0
    found = {"heatmap": spot(), "probability": 0.9} if defective else {"heatmap": spot(0.02), "probability": 0.1}
    about = {"defective": defective, "photograph": photograph, "verdict": Verdict.REVIEW}
    case = Case(mask=(spot() > 0.5) & defective, **found, **about)
    return Subject(case=case, inputs=inputs, seconds=seconds)


def opposite(inputs: Tensor) -> np.ndarray:
    """A map that names the place across, whatever the picture shows."""
    return np.rot90(spot(1.0), 2).copy()


def test_the_map_that_names_the_reason_wins():
    pictures = [
        measure_maps(subject(photograph=number, defective=number < 2), {"other": opposite}, judge=judge)
        for number in range(3)
    ]
    figures = summarise_maps(pictures)
    assert list(figures) == [EVIDENCE, "other"]
    own, other = figures[EVIDENCE], figures["other"]
    assert (own.peak_on_defect.count, other.peak_on_defect.count) == (2, 0)
    assert own.peak_of_sound.median == pytest.approx(0.02)
    assert other.peak_of_sound.median == 1  # it glows on the sound part too
    assert own.milliseconds == pytest.approx(2)
    # removed at 0.25 % (3 of 16 places), 0.5 % (5), 1 % (10) and more; falls to 0 from 2 % (20) on
    assert own.drop.value > 0.3 > abs(own.control_drop.value)
    assert other.drop.value == pytest.approx(own.control_drop.value, abs=0.02)
    assert (own.faithful_on, own.pictures) == (3, 3)
    best = winners(figures)
    assert {best[name] for name in ("peak_on_defect", "heat_inside", "pixel_auroc", "aupro_30", "drop")} == {EVIDENCE}


def test_a_map_smaller_than_the_picture_is_scaled_to_it():
    one = subject()
    half = Subject(case=one.case, inputs=one.inputs[:, :, ::2, ::2], seconds=0.0)
    drawn = measure_maps(half, {"same": lambda inputs: spot(1.0)[::2, ::2]})
    assert drawn["same"].measured.on_defect is True
    assert drawn["same"].faithfulness is None


def test_inputs_are_not_changed_and_every_map_is_told_of():
    one, told = subject(), []
    before = one.inputs.clone()
    measure_maps(one, {"other": opposite, "another": opposite}, judge=judge, progress=lambda: told.append(1))
    assert torch.equal(one.inputs, before)
    assert len(told) == 3


def test_a_method_measured_on_fewer_pictures_says_so_and_wins_nothing():
    exact = {"exact": lambda inputs: spot(1.0)}
    figures = summarise_maps([measure_maps(subject(), exact), measure_maps(subject(photograph=1), {})])
    assert (figures[EVIDENCE].pictures, figures["exact"].pictures) == (2, 1)
    assert set(winners(figures).values()) == {EVIDENCE}
    assert figures["exact"].drop is None
    assert "drop" not in winners(figures)


def test_falls_are_averaged_over_pictures_with_intervals_over_photographs():
    from casting_core.evaluation.localization.faithfulness import Faithfulness

    def drawn(after: float, photograph: int) -> Drawn:
        faithful = Faithfulness(before=1.0, after=(after,), control=(1.0,))
        return Drawn(measured=measure(subject(photograph=photograph).case), seconds=0.0, faithfulness=faithful)

    row = summarise_maps([{"m": drawn(0.0, 0)}, {"m": drawn(0.2, 0)}, {"m": drawn(0.7, 1)}])["m"]
    assert row.drop.value == pytest.approx((1 + 0.8 + 0.3) / 3)
    # two photographs: either alone is drawn with a probability of a quarter
    assert (row.drop.low, row.drop.high) == (pytest.approx(0.3), pytest.approx(0.9))
    assert row.control_drop == Estimate(value=0, low=0, high=0)


def test_evenly_spaced():
    assert evenly_spaced_indices(10, 3) == [0, 3, 6]
    assert evenly_spaced_indices(3, 10) == [0, 1, 2]
    assert evenly_spaced_indices(4, 4) == [0, 1, 2, 3]
    assert evenly_spaced_indices(5, 0) == []
    assert evenly_spaced_indices(0, 3) == []


def test_nothing_drawn_has_no_figures_and_no_winner():
    assert summarise_maps([]) == {}
    assert winners({}) == {}
