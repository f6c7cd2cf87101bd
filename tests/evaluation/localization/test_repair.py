"""Repairs counted by hand."""

import numpy as np
import pytest

from casting_core.evaluation.localization.repair import Trial, summarise_trials
from casting_core.explanation.proof import Proof
from casting_core.labels import Verdict


def verdict(probability: float) -> Verdict:
    if probability < 0.3:
        return Verdict.OK
    return Verdict.DEFECTIVE if probability >= 0.7 else Verdict.REVIEW


def trial(after: float, control: tuple[float | None, ...], *, photograph: int, before: float = 0.9) -> Trial:
    pixels = np.zeros((2, 2), np.uint8)
    proof = Proof(before=before, after=after, alone=(), control=control, pixels=pixels, replaced=0.1)
    return Trial(proof=proof, flagged=True, photograph=photograph)


def test_falls_and_controls():
    figures = summarise_trials(
        [
            trial(0.1, (0.9, 0.8), photograph=0),
            trial(0.3, (0.69, None), photograph=1),  # the threshold itself does not pass; one control moves
            Trial(proof=None, flagged=True, photograph=2),  # nothing was marked
            Trial(proof=None, flagged=False, photograph=3),  # passed as given: nothing to bring down
        ],
        verdict,
    )
    assert (figures.pictures, figures.photographs, figures.without_marked_place) == (3, 3, 1)
    assert (figures.falls.count, figures.falls.of) == (1, 3)
    assert (figures.control_moves.count, figures.control_moves.of) == (1, 3)
    assert (figures.without_control, figures.before.median) == (1, pytest.approx(0.9))
    assert (figures.after.median, figures.control_shift.median) == (pytest.approx(0.2), pytest.approx(0.1))


def test_a_control_may_move_either_way():
    up = trial(0.1, (0.71,), photograph=0, before=0.5)
    down = trial(0.1, (0.29,), photograph=1, before=0.5)
    assert summarise_trials([up, down], verdict).control_moves.count == 2


def test_nothing_tried_gives_no_figures():
    figures = summarise_trials([Trial(proof=None, flagged=False, photograph=0)], verdict)
    assert figures.pictures == 0
    for name in ("falls", "control_moves", "before", "after", "control_shift", "replaced"):
        assert getattr(figures, name) is None
