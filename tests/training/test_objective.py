"""The losses by hand, and what must not change them."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.training.objective import map_loss, verdict_losses

LOG2 = math.log(2)


def cross_entropy(logit: float, target: float) -> float:
    return math.log1p(math.exp(-logit if target else logit))


def sound_part(*logits: float) -> float:
    """The share of sound places in one small picture: their mean, and the one closest to an alarm."""
    losses = [cross_entropy(logit, 0) for logit in logits]
    return 0.5 * (sum(losses) / len(losses) + max(losses))


def masks_of(shares: list[list[float]], place: int = 4) -> torch.Tensor:
    """A mask (1, 1, H, W) of which each place of `place` × `place` pixels is covered by its share, by whole pixels."""
    rows, columns = len(shares), len(shares[0])
    mask = torch.zeros(1, 1, rows * place, columns * place)
    for row, line in enumerate(shares):
        for column, share in enumerate(line):
            block = torch.zeros(place * place)
            block[: round(share * place * place)] = 1
            mask[0, 0, row * place : (row + 1) * place, column * place : (column + 1) * place] = block.view(
                place, place
            )
    return mask


def test_verdict_by_hand() -> None:
    losses = verdict_losses(torch.tensor([0.0, 2.0, -1.0]), torch.tensor([0.0, 1.0, 1.0]))
    assert losses.tolist() == pytest.approx([LOG2, cross_entropy(2, 1), cross_entropy(-1, 1)])
    assert verdict_losses(torch.zeros(1, dtype=torch.bfloat16), torch.zeros(1)).dtype == torch.float32


def test_map_by_hand() -> None:
    """One place covered by half (defect), one by an eighth (does not count), two sound ones."""
    evidence = torch.tensor([[3.0, 5.0], [-1.0, -2.0]]).view(1, 1, 2, 2)
    mask = masks_of([[0.5, 0.125], [0, 0]])
    expected = 0.5 * (sound_part(-1, -2) + cross_entropy(3, 1))
    assert float(map_loss(evidence, mask)) == pytest.approx(expected)


def test_a_sound_picture_by_hand() -> None:
    evidence = torch.tensor([[0.0, 1.0], [-1.0, -2.0]]).view(1, 1, 2, 2)
    expected = 0.5 * sound_part(0, 1, -1, -2)
    assert float(map_loss(evidence, torch.zeros(1, 1, 8, 8))) == pytest.approx(expected)


def test_the_hardest_places_are_a_hundredth_of_each_picture() -> None:
    """20 × 20 places: the mean of the four that come closest to an alarm, in each of two sound pictures."""
    evidence = torch.full((2, 1, 20, 20), -5.0)
    evidence[0, 0, 3, 4:10] = torch.tensor([1.0, 2, 3, 4, 5, 6])
    losses = [cross_entropy(z, 0) for z in (1, 2, 3, 4, 5, 6)]
    quiet = cross_entropy(-5, 0)
    mean = (sum(losses) + 794 * quiet) / 800
    hardest = (sum(losses[2:]) + 4 * quiet) / 8
    expected = 0.5 * 0.5 * (mean + hardest)
    assert float(map_loss(evidence, torch.zeros(2, 1, 40, 40))) == pytest.approx(expected, rel=1e-5)


def test_a_tiny_defect_owns_the_place_that_holds_most_of_it() -> None:
    """Covered by 1/16 and 2/16 of a place: below the share of a defect, yet the latter is where it is."""
    evidence = torch.tensor([[4.0, 3.0], [-1.0, -2.0]]).view(1, 1, 2, 2)
    mask = masks_of([[1 / 16, 2 / 16], [0, 0]])
    expected = 0.5 * (sound_part(-1, -2) + cross_entropy(3, 1))
    assert float(map_loss(evidence, mask)) == pytest.approx(expected)


def test_pictures_without_a_mask_do_not_count() -> None:
    evidence = torch.randn(2, 1, 2, 2, generator=torch.Generator().manual_seed(0), requires_grad=True)
    known = masks_of([[0.5, 0], [0, 0]])
    both = torch.cat([known, torch.full_like(known, math.nan)])
    loss = map_loss(evidence, both)
    assert float(loss.detach()) == pytest.approx(float(map_loss(evidence[:1], known).detach()))
    loss.backward()
    assert evidence.grad is not None
    assert (evidence.grad[0] != 0).all()
    assert (evidence.grad[1] == 0).all()


def test_places_that_are_known_count_even_where_others_are_not() -> None:
    """Of a defective picture the right column is known to be sound: the left one is free."""
    evidence = torch.tensor([[9.0, 1.0], [-9.0, -2.0]]).view(1, 1, 2, 2).requires_grad_()
    mask = masks_of([[0, 0], [0, 0]])
    mask[..., :3] = math.nan  # three of the four pixels of a place are enough to leave it out
    loss = map_loss(evidence, mask)
    assert float(loss.detach()) == pytest.approx(0.5 * sound_part(1, -2))
    loss.backward()
    assert evidence.grad is not None
    assert (evidence.grad[0, 0, :, 0] == 0).all()


def test_without_any_mask_it_is_zero_and_can_be_differentiated() -> None:
    evidence = torch.ones(2, 1, 2, 2, requires_grad=True)
    loss = map_loss(evidence, torch.full((2, 1, 16, 16), math.nan))
    assert float(loss.detach()) == 0
    loss.backward()
    assert evidence.grad is not None
    assert (evidence.grad == 0).all()


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2, 4]))
def test_the_map_weighs_defect_and_sound_alike(seed: int, covered: int) -> None:
    """At equal evidence everywhere the loss does not depend on how many places hold the defect."""
    generator = torch.Generator().manual_seed(seed)
    evidence = torch.full((1, 1, 4, 4), float(torch.randn(1, generator=generator)))
    shares = torch.zeros(16)
    shares[torch.randperm(16, generator=generator)[:covered]] = 1
    loss = map_loss(evidence, masks_of(shares.view(4, 4).tolist()))
    logit = float(evidence[0, 0, 0, 0])
    assert float(loss) == pytest.approx(0.5 * (cross_entropy(logit, 0) + cross_entropy(logit, 1)), rel=1e-5)


def test_better_evidence_costs_less() -> None:
    mask = masks_of([[1, 0], [0, 0]])
    right = torch.tensor([[9.0, -9.0], [-9.0, -9.0]]).view(1, 1, 2, 2)
    assert float(map_loss(right, mask)) < 1e-3
    assert float(map_loss(-right, mask)) > 8


def test_a_defect_all_over_the_picture_is_no_sum_over_nothing() -> None:
    """No place is sound: only the defect's half is left."""
    loss = map_loss(torch.zeros(1, 1, 2, 2), torch.ones(1, 1, 8, 8))
    assert float(loss) == pytest.approx(0.5 * LOG2)
