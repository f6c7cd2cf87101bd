"""What several tests here share."""

import pytest

from casting_core.networks.card import ModelCard


@pytest.fixture
def card() -> ModelCard:
    """A card that says the least that a card can say, of weights that are nowhere."""
    return ModelCard(
        name="castnet",
        architecture="castnet",
        parameters=1,
        input_size=64,
        preprocessing="none",
        gates=(),
        weights_sha256="0" * 64,
        temperature=1.0,
        shift=0.0,
        threshold_pass=0.2,
        threshold_reject=0.8,
    )
