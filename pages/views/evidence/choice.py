"""Which model a view of the evidence is about: of those that were measured so."""

import streamlit as st

from casting_core.networks.card import ModelCard
from pages.shared import resources


def measured(figures: str, what: str) -> ModelCard | None:
    """The card of a model with these figures, the visitor's choice where there are several; None where there is none,
    with the page saying how they are made. `what`: completes "No model has been …"."""
    cards = [resources.card(name) for name in resources.models()]
    ready = {card.name: card for card in cards if getattr(card.metrics, figures)}
    if not ready:
        st.info(f"No model has been {what} yet. This measures it:", icon=":material/pending:")
        name = cards[0].name if cards else "MODEL"
        st.code(f"python -m casting_core evaluate {name} --{figures} --save", language=None)
        return None
    if len(ready) == 1:
        return next(iter(ready.values()))
    return ready[st.selectbox("Model", list(ready), key="model", bind="query-params", width=320)]
