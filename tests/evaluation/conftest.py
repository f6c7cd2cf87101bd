"""What several tests here share."""

import numpy as np
import pytest

from casting_core.evaluation.predictions import Predictions


@pytest.fixture(scope="module")
def pictures() -> Predictions:
    """90 pictures of 15 photographs, one of them with both labels, with ties."""
    rng = np.random.default_rng(3)
    source = np.sort(rng.integers(0, 15, 90))
    positive = source % 2 == 0
    positive[source == 3] = rng.random((source == 3).sum()) < 0.4
    p = np.clip(rng.normal(0.35 + 0.3 * positive, 0.25), 0, 1).round(2)
    return Predictions(probability=p, positive=positive, source=source)
