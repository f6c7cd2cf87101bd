"""The limits in the shipped cards are those that the code gives today."""

import pytest

from casting_core.networks.card import MODELS, read_card, shipped
from casting_core.training.limits import limits_of


@pytest.mark.parametrize("name", shipped())
def test_cards_hold_the_limits_of_today(name: str) -> None:
    card = read_card(MODELS / name)
    assert card.limits == limits_of(card.architecture, card.data)
