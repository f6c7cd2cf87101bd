"""The scale of the two sliders: the thresholds that can be chosen, as the link and the sliders write them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st
from scipy.special import expit

from casting_core.evaluation.thresholds.operating_point import GRID
from casting_core.networks.card import ModelCard

PASS, REJECT = "pass", "reject"  # in the link


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Thresholds in [0, 1] in rising order, by their text in % without its sign; both shipped ones are among them."""

    values: Mapping[str, float]
    shipped: tuple[float, float]

    def text(self, value: float) -> str:
        """Write the step that is nearest to a threshold."""
        return min(self.values, key=lambda text: abs(self.values[text] - value))


def scale(card: ModelCard) -> Scale:
    """Make the scale of a model: even steps, its own thresholds, 0 and 1.

    Steps are even in the logit of the probability, so that they are finest near both ends, where the doubtful parts of
    a good model are few and each of them counts.
    """
    own = (card.threshold_pass, card.threshold_reject)
    by_text = {_text(value): float(value) for value in (0.0, *expit(GRID), 1.0)}
    by_text |= {_text(value): value for value in own}  # where two have the same text, the card's is meant
    ordered = dict(sorted(by_text.items(), key=lambda item: item[1]))
    return Scale(values=ordered, shipped=own)


def put(steps: Scale, low: float, high: float) -> None:
    """Set both sliders; only in a callback, before they are drawn."""
    st.session_state[PASS], st.session_state[REJECT] = steps.text(low), steps.text(high)


def keep_order(steps: Scale, moved: str) -> None:
    """Push the other slider along where one was moved past it."""
    low, high = (steps.values[st.session_state[name]] for name in (PASS, REJECT))
    if low > high:
        st.session_state[REJECT if moved == PASS else PASS] = st.session_state[moved]


def _text(value: float) -> str:
    return f"{np.round(100 * value, 2):g}"
