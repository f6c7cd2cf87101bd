"""Thresholds for a plant: from what its errors cost and how many parts its reviewers can look at; and to take away."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date

import streamlit as st

from casting_core.evaluation.costs import PASS, REVIEW, Plant
from casting_core.evaluation.plant.rounding import rounded_amount
from casting_core.evaluation.predictions import Prediction
from casting_core.evaluation.thresholds import cost_optimal, sweep
from casting_core.inspection.settings import Made, Settings
from casting_core.networks.card import ModelCard
from pages.shared import plant_form, tables
from pages.views.comparison.model_results import Key
from pages.views.comparison.threshold_scale import Scale, put

FLAT, SHARP = 0.2, 0.03  # shares of all pairs that cost about the same


def choose_for_plant(
    key: Key, rows: Sequence[Prediction], steps: Scale, chosen: sweep.ThresholdOutcome, shipped: sweep.ThresholdOutcome
) -> Mapping[str, float]:
    """Ask for the plant's figures, propose thresholds for them, and give what was weighed, as a settings file does."""
    st.subheader("Which thresholds suit your plant?", anchor=False)
    st.markdown("Say what errors cost you, and the pair of thresholds with the least expected cost is worked out.")
    asked = plant_form.ask()
    plant = asked.plant
    found = _proposal(key, plant, rows)
    low, high = steps.text(found.threshold_pass), steps.text(found.threshold_reject)
    st.markdown(f"**Proposed: pass below {low} %, reject from {high} %.** {_ends(found)}{_flat(found.plateau)}")
    pairs = {
        "proposed": (found.cost, found.reviews),
        "chosen above": sweep.expected_cost(chosen, plant),
        "shipped": sweep.expected_cost(shipped, plant),
    }
    st.table(
        [
            {
                "Thresholds": title,
                "Cost of 10,000 parts": _of_10_000(cost, asked),
                "To a person": f"{100 * share:.1f} %",
            }
            for title, (cost, share) in pairs.items()
        ],
        hide_index=True,
        alt="Expected cost of 10,000 parts and share of parts sent to a person, at three pairs of thresholds.",
    )
    st.button(
        "Use the proposal",
        icon=":material/check_circle:",
        type="primary",
        disabled=(low, high) == (steps.text(chosen.threshold_pass), steps.text(chosen.threshold_reject)),
        on_click=put,
        args=(steps, found.threshold_pass, found.threshold_reject),
    )
    st.caption(_told(found, asked))
    return asdict(plant.costs()) | {"defect_rate": plant.defect_rate}


@st.cache_resource(max_entries=64, show_spinner=False)
def _proposal(key: Key, plant: Plant, _rows: Sequence[Prediction]) -> cost_optimal.Proposal:
    return cost_optimal.choose_for_plant(_rows, plant)


def _of_10_000(cost: float, asked: plant_form.Asked) -> str:
    return plant_form.money(rounded_amount(10_000 * cost), asked.currency)


def _ends(found: cost_optimal.Proposal) -> str:
    """Say what a threshold at the end of its scale means."""
    nothing_passes, nothing_fails = found.threshold_pass <= 0, found.threshold_reject >= 1
    if nothing_passes and nothing_fails:
        return "So a person looks at every part. "
    if nothing_passes:
        return "So no part passes unseen. "
    return "So no part is rejected unseen. " if nothing_fails else ""


def _flat(plateau: cost_optimal.Plateau) -> str:
    """Say how much hangs on the choice."""
    ends = (plateau.pass_low, plateau.pass_high, plateau.reject_low, plateau.reject_high)
    a, b, c, d = (f"{100 * end:.1f}" for end in ends)
    between = f"pass thresholds from {a} to {b} % and reject thresholds from {c} to {d} %"
    if plateau.pairs == 1:
        return "No other pair costs as little: much hangs on the choice."
    share = f"{plateau.pairs:,} of {plateau.of:,} possible pairs"
    if plateau.share >= FLAT:
        return f"The optimum is flat: {share} cost practically the same, with {between}. Other reasons may decide."
    if plateau.share >= SHARP:
        return f"There is some room: {share} cost practically the same, with {between}. This pair lies amid them."
    return f"There is little room: only {share} cost practically the same, with {between}."


def _told(found: cost_optimal.Proposal, asked: plant_form.Asked) -> str:
    """Say what is behind a proposal."""
    plant, said = asked.plant, []
    if found.cross_fitted_cost is not None:
        said.append(
            "On castings that took no part in the choice, 10,000 parts would cost "
            f"{_of_10_000(found.cross_fitted_cost, asked)}: that is the figure to expect."
        )
    if found.capacity_binds:
        said.append("With more reviewers it would cost noticeably less.")
    by_hand = float(plant.by_hand.cost(sound=REVIEW, defective=REVIEW))
    nobody = float(plant.cost(sound=PASS, defective=PASS))
    said.append(
        f"To compare: inspecting every part by hand costs {_of_10_000(by_hand, asked)}, and no inspection "
        f"{_of_10_000(nobody, asked)}."
    )
    return " ".join(said)


def take_away(card: ModelCard, low: float, high: float, costs: Mapping[str, float]) -> None:
    """Offer the chosen thresholds as a settings file, and say how it is used."""
    st.subheader("Take your choice with you", anchor=False)
    st.markdown(
        "A settings file holds your thresholds. It knows the model and its weights that they were chosen for, and any "
        "other model refuses it."
    )
    name = f"{card.name}-settings.json"
    tables.save_button("Download the settings file", name, lambda: settings_file(card, low, high, costs))
    st.caption("On the command line:")
    command = f"python -m casting_core inspect parts/ --model {card.name} --settings {name}"
    st.code(command, language="bash", wrap_lines=True)
    st.caption("In Python:")
    st.code(
        f'from casting_core import Inspector\n\ninspector = Inspector.load("{card.name}", settings="{name}")',
        language="python",
        wrap_lines=True,
    )


def settings_file(card: ModelCard, low: float, high: float, costs: Mapping[str, float]) -> bytes:
    """Write a settings file for this model, of today."""
    day = date.today().isoformat()
    made = Made(model=card.name, weights_sha256=card.weights_sha256, costs=costs, date=day)
    return Settings(threshold_pass=low, threshold_reject=high, made=made).to_json().encode()
