"""Thresholds for a plant: from what its errors cost and how many parts its reviewers can look at; and to take away."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

import streamlit as st

from casting_core.errors import CastingError
from casting_core.evaluation.costs import Costs
from casting_core.evaluation.thresholds.sweep import ThresholdOutcome, expected_cost
from casting_core.networks.card import ModelCard
from pages.views.comparison.model_results import Key
from pages.views.comparison.threshold_scale import Scale, put

if TYPE_CHECKING:
    from casting_core.evaluation.predictions import Prediction
    from casting_core.evaluation.thresholds.cost_optimal import Plateau, Proposal

INPUTS = {  # key in the link → name in a settings file, title, default, step, most, help
    "missed-cost": ("missed_defect", "A missed defect costs", 50.0, 1.0, 1e9,
                    "What it costs when a defective part leaves the foundry, in any unit you like: only the relation "
                    "of the three costs counts."),
    "alarm-cost": ("false_alarm", "A false alarm costs", 1.0, 0.1, 1e9, "What it costs to set a sound part aside."),
    "review-cost": ("review", "A review costs", 0.1, 0.05, 1e9, "What it costs that a person looks at one part."),
    "defect-rate": ("defect_rate", "Defective parts in your plant (%)", 5.0, 0.5, 100.0,
                    "Of all parts before the camera. Of the public set 57 % are defective, of a plant’s far fewer."),
    "capacity": ("review_capacity", "Parts a person can look at (%)", 2.0, 0.5, 100.0,
                 "Of all parts, the most that your reviewers can take on."),
}  # fmt: skip
SHARES = ("defect_rate", "review_capacity")
FLAT, SHARP = 0.2, 0.03  # shares of all pairs that cost about the same


def choose_for_plant(
    key: Key, rows: "Sequence[Prediction]", steps: Scale, chosen: ThresholdOutcome, shipped: ThresholdOutcome
) -> Mapping[str, float]:
    """Ask for the plant's figures, propose thresholds for them, and give the figures as a settings file names
    them."""
    st.subheader("Which thresholds suit your plant?", anchor=False)
    st.markdown("Say what errors cost you, and the pair of thresholds with the least expected cost is worked out.")
    told: dict[str, float] = {}
    with st.grid(5, min_column_width=150, gap="small", vertical_alignment="bottom"):
        for name, (field, title, default, step, most, explained) in INPUTS.items():
            value = st.number_input(
                title, 0.0, most, default, step, key=name, bind="query-params", help=explained, format="%g"
            )
            told[field] = (default if value is None else value) / (100 if field in SHARES else 1)
    rate = told["defect_rate"]
    costs = Costs(**{name: value for name, value in told.items() if name != "defect_rate"})
    try:
        found = _proposal(key, tuple(told.items()), rows)
        now, before = (expected_cost(each, costs, defect_rate=rate) for each in (chosen, shipped))
    except CastingError as error:
        st.error("Nothing can be proposed for these figures.", icon=":material/error:")
        st.text(str(error))
        return told
    low, high = steps.text(found.threshold_pass), steps.text(found.threshold_reject)
    st.markdown(f"**Proposed: pass below {low} %, reject from {high} %.** {_ends(found)}{_flat(found.plateau)}")
    st.table(
        [
            {"Thresholds": title, "Cost of 1,000 parts": f"{1000 * cost:,.1f}", "To a person": f"{100 * share:.1f} %"}
            for title, cost, share in (
                ("proposed", found.cost, found.reviews),
                ("chosen above", now.cost, now.reviews),
                ("shipped", before.cost, before.reviews),
            )
        ],
        hide_index=True,
        alt="Expected cost of 1,000 parts and share of parts sent to a person, at three pairs of thresholds.",
    )
    st.button(
        "Use the proposal",
        icon=":material/check_circle:",
        type="primary",
        disabled=(low, high) == (steps.text(chosen.threshold_pass), steps.text(chosen.threshold_reject)),
        on_click=put,
        args=(steps, found.threshold_pass, found.threshold_reject),
    )
    st.caption(_told(found, costs, rate))
    return told


@st.cache_resource(max_entries=64, show_spinner=False)
def _proposal(key: Key, told: tuple[tuple[str, float], ...], _rows: "Sequence[Prediction]") -> "Proposal":
    from casting_core.evaluation.thresholds.cost_optimal import choose_for_plant as work_out

    values = dict(told)
    rate = values.pop("defect_rate")
    return work_out(_rows, Costs(**values), defect_rate=rate)


def _ends(found: "Proposal") -> str:
    """What a threshold at the end of its scale means."""
    nothing_passes, nothing_fails = found.threshold_pass <= 0, found.threshold_reject >= 1
    if nothing_passes and nothing_fails:
        return "So a person looks at every part. "
    if nothing_passes:
        return "So no part passes unseen. "
    return "So no part is rejected unseen. " if nothing_fails else ""


def _flat(plateau: "Plateau") -> str:
    """How much hangs on the choice, in words."""
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


def _told(found: "Proposal", costs: Costs, rate: float) -> str:
    """What is behind a proposal."""
    said = []
    if found.cross_fitted_cost is not None:
        said.append(
            "On castings that took no part in the choice, 1,000 parts would cost "
            f"{1000 * found.cross_fitted_cost:,.1f}: that is the figure to expect."
        )
    if found.capacity_binds:
        said.append("With more reviewers it would cost noticeably less.")
    least, everything = 1000 * min(rate * costs.missed_defect, (1 - rate) * costs.false_alarm), 1000 * costs.review
    said.append(
        f"To compare: a person looking at every part costs {everything:,.1f}, and passing or rejecting every part "
        f"unseen, whichever is cheaper, {least:,.1f}. A person who looks is taken to be right."
    )
    return " ".join(said)


def take_away(card: ModelCard, low: float, high: float, costs: Mapping[str, float]) -> None:
    """The chosen thresholds as a settings file, and how it is used."""
    st.subheader("Take your choice with you", anchor=False)
    st.markdown(
        "A settings file holds your thresholds. It knows the model and its weights that they were chosen for, and any "
        "other model refuses it."
    )
    name = f"{card.name}-settings.json"
    st.download_button(
        "Download the settings file",
        lambda: settings_file(card, low, high, costs),
        name,
        "application/json",
        icon=":material/download:",
        on_click="ignore",
    )
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
    """A settings file for this model, of today."""
    from casting_core.inspection.settings import made_for

    made = made_for(card, threshold_pass=low, threshold_reject=high, costs=costs, day=date.today())
    return made.to_json().encode()
