"""Which model a view of the evidence is about: of those that were measured so."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from casting_core.networks.card import ModelCard
from pages.shared import resources


def measured(figures: str, what: str) -> tuple[ModelCard, Any] | None:
    """Choose a model with these figures, and give both; None where there is none, and the page says how they are made.

    `what`: completes "No model has been …".
    """
    cards = [resources.card(name) for name in resources.models()]
    ready = [card for card in cards if getattr(card.metrics, figures)]
    if ready:
        card = choose(ready)
        return card, getattr(card.metrics, figures)
    st.info(f"No model has been {what} yet. This measures it:", icon=":material/pending:")
    name = cards[0].name if cards else "MODEL"
    st.code(f"python -m casting_core evaluate {name} --{figures} --save", language=None)
    return None


def choose(cards: Sequence[ModelCard]) -> ModelCard:
    """Let the visitor choose one of these, which are at least one; of one alone nothing is asked."""
    if len(cards) == 1:
        return cards[0]
    by_name = {card.name: card for card in cards}
    return by_name[st.selectbox("Model", list(by_name), key="model", bind="query-params", width=320)]
