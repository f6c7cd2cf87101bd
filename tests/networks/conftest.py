"""What several tests here share."""

import pytest

from casting_core.networks.card import ModelCard
from tests import factories


@pytest.fixture
def card() -> ModelCard:
    """A card that says the least that a card can say, of weights that are nowhere."""
    return factories.card()
