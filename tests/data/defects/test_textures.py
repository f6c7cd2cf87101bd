"""What defects look like: visible, and as strong as was asked."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casting_core.data.defects.insertion import DefectKind, insert_defect
from tests.data.defects.drawn_part import PART, plain_part


@pytest.mark.parametrize("kind", list(DefectKind))
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_a_defect_can_be_seen(kind: DefectKind, seed: int) -> None:
    pixels = plain_part()
    painted, mask, _ = insert_defect(pixels, np.random.default_rng(seed), part=PART, kind=kind)
    assert np.abs(painted.astype(float) - pixels)[mask].mean() > 10


@pytest.mark.parametrize("kind", list(DefectKind))
def test_contrast_is_at_least_what_was_asked(kind: DefectKind) -> None:
    rng, pixels = np.random.default_rng(6), plain_part()
    for _ in range(20):
        painted, mask, _ = insert_defect(pixels, rng, part=PART, kind=kind, size=0.05, contrast=40)
        assert np.abs(painted.astype(float) - pixels)[mask].mean() > 34
