"""The limits in the shipped cards are those that the code gives today."""

import pytest

from casting_core.networks.card import MODELS, read_card, shipped
from casting_core.training.limits import limitations


@pytest.mark.parametrize("name", shipped())
def test_cards_hold_the_limits_of_today(name: str) -> None:
    card = read_card(MODELS / name)
    assert card.limits == limitations(card.architecture, card.data)
