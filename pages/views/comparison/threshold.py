"""Where to put the thresholds: what each pair would have done on castings never seen, beside the pair that ships."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from casting_core.charts import thresholds as charts
from casting_core.charts.style import Chart
from casting_core.errors import CastingError, DataError
from casting_core.estimate import Estimate
from casting_core.evaluation.predictions import Prediction, Predictions, as_arrays
from casting_core.evaluation.thresholds import operating_point, sweep, verdicts
from pages.shared import drawing, inputs, resources, trouble
from pages.views.comparison import model_results, plant_costs, threshold_scale

RATES = (  # name in `ThresholdOutcome`, title, what it means
    ("missed_defects", "Defective parts passed", "A missed defect leaves the foundry."),
    ("false_alarms", "Sound parts rejected", "A false alarm: a good part is set aside."),
    ("reviews", "Parts sent to a person", "Somebody has to look."),
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Ground:
    """What thresholds of a model are chosen on: its `rows` on castings never seen, and the same as arrays."""

    model: model_results.ModelResults
    rows: list[Prediction]
    predictions: Predictions


def show() -> None:
    """Draw the view."""
    st.subheader("Where to put the thresholds?", anchor=False)
    st.markdown(
        "Below the **pass threshold** a part passes, from the **reject threshold** on it is rejected, and in between a "
        "person decides. Move them, and see what would have become of castings that the model had never seen: **fewer "
        "missed defects cost more reviews or more false alarms.**"
    )
    ground = _choose()
    if ground is None:
        return
    steps = threshold_scale.scale(ground.model.card)
    low, high = _sliders(steps)
    chosen, shipped = (
        sweep.outcome_at(ground.predictions, threshold_pass=a, threshold_reject=b)
        for a, b in ((low, high), steps.shipped)
    )
    _rates(chosen, shipped)
    _curves(ground, (low, high), steps.shipped)
    costs = plant_costs.choose_for_plant(ground.model.key, ground.rows, steps, chosen, shipped)
    plant_costs.take_away(ground.model.card, low, high, costs)
    _worth(ground)


def _choose() -> Ground | None:
    """Ask for the model; None, with the page saying why, where there is nothing to choose thresholds on."""
    model = inputs.model(resources.models(), instead="this is another one", on_change=_shipped)
    if model is None:
        st.info("There is no model to choose thresholds for.", icon=":material/block:")
        return None
    try:
        found = model_results.known(model)
        return _ground(found.key, found)
    except CastingError as error:
        trouble.complain("The thresholds of this model cannot be chosen here; choose another model.", error)
        return None


@st.cache_resource(max_entries=model_results.MAX_MODELS, show_spinner=False)
def _ground(key: model_results.Key, _model: model_results.ModelResults) -> Ground:
    rows = verdicts.for_choosing([each.row for each in _model.rows], left_out=_model.suspects)
    if len({row.label for row in rows}) < 2:
        raise DataError(f"{_model.name} was not judged on castings never seen of both labels; ship it with its folds.")
    return Ground(model=_model, rows=rows, predictions=as_arrays(rows))


def _shipped() -> None:
    """To the thresholds that ship with the model that was chosen."""
    try:
        steps = threshold_scale.scale(resources.card(st.session_state["model"]))
    except CastingError:  # the page says so
        return
    threshold_scale.put(steps, *steps.shipped)


def _sliders(steps: threshold_scale.Scale) -> tuple[float, float]:
    """Ask for the two thresholds, with a way back to those that ship."""
    chosen = []
    titles = {threshold_scale.PASS: "Pass below", threshold_scale.REJECT: "Reject from"}
    for column, (key, title), shipped in zip(st.columns(2, gap="large"), titles.items(), steps.shipped, strict=True):
        text = column.select_slider(
            f"{title} (probability of a defect, %)",
            list(steps.values),
            value=steps.text(shipped),
            key=key,
            bind="query-params",
            on_change=threshold_scale.keep_order,
            args=(steps, key),
        )
        chosen.append(steps.values[text])
    first, second = chosen
    if first > second:  # a link can say so
        st.info("The link names a pass threshold above the reject threshold; both are put where it passes.")
        second = first
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Back to the shipped thresholds",
            icon=":material/undo:",
            disabled=(first, second) == steps.shipped,
            on_click=threshold_scale.put,
            args=(steps, *steps.shipped),
        )
        low, high = map(steps.text, steps.shipped)
        st.caption(f"Shipped: pass below {low} %, reject from {high} %. Steps are finer towards both ends.")
    return first, second


def _rates(chosen: sweep.ThresholdOutcome, shipped: sweep.ThresholdOutcome) -> None:
    """Show the three rates at the chosen thresholds, beside those at the shipped ones."""
    for column, (name, title, meaning) in zip(st.columns(3, border=True), RATES, strict=True):
        rate, before = getattr(chosen, name), getattr(shipped, name)
        with column:
            st.markdown(f"**{title}**, of 1,000")
            st.header(_thousand(rate), anchor=False)
            st.markdown(f"between {_between(rate)}")
            st.caption(f"{meaning} Counted: {rate.count:,} of {rate.of:,} pictures.")
            if chosen == shipped:
                st.caption("These are the shipped thresholds.")
            else:
                st.markdown(f"Shipped thresholds: **{_thousand(before)}**, between {_between(before)}")
    st.caption(
        "*Between* is where the true number lies in 95 of 100 such studies, counted over photographs, not over their "
        f"copies. To a person go {chosen.reviews_of_defective:,} defective and {chosen.reviews_of_ok:,} sound pictures."
    )


def _thousand(rate: Estimate) -> str:
    """Of 1,000; with a digit more than in whole numbers, for a slider moves it by little."""
    value = 1000 * rate.value
    return "fewer than 0.1" if 0 < value < 0.05 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def _between(rate: Estimate) -> str:
    ends = rate.times(1000).span
    return " and ".join(f"{end:.1f}" if end < 100 else f"{end:.0f}" for end in ends)


def _curves(ground: Ground, chosen: tuple[float, float], shipped: tuple[float, float]) -> None:
    st.markdown("**What moving a threshold does**")

    def chart() -> Chart:
        predictions, thresholds = ground.predictions, np.unique([*charts.GRID, *chosen, *shipped])
        counts = operating_point.counts_below(predictions.probability, predictions.positive, thresholds)
        return charts.rates(thresholds, *counts, chosen=chosen, shipped=shipped)

    drawing.draw_kept("rates", (ground.model.key, chosen), chart)
    st.caption(
        "Each line across is ten times the one below; where a curve ends at the bottom there is not one such picture. "
        "The solid upright lines are your thresholds: on the left one read missed defects, on the right one false "
        "alarms. Parts sent to a person fall as the pass threshold moves right, and rise as the reject threshold does."
    )


def _worth(ground: Ground) -> None:
    """Say what figures on this view are worth."""
    source = ground.predictions.source
    total, sound = (len(set(each)) for each in (source, source[~ground.predictions.positive]))
    whole = " (the whole public set has 131, 17 of them sound)" if ground.model.card.on_public_set else ""
    st.subheader("How far can these figures be trusted?", anchor=False)
    st.markdown(
        "- **You are choosing on the pictures that you look at.** Thresholds that look best here look a little better "
        "than they are, because they fit the chance of these pictures too: that is choosing on validation data. The "
        "expected cost that is given below a proposal is free of it.\n"
        f"- **They rest on {total} photographs, {sound} of them of sound parts**{whole}. The {len(ground.rows):,} "
        "pictures are copies of these, most of them turned or mirrored. Where not one error was seen, the true rate "
        "may still lie anywhere below the upper number.\n"
        "- **The pictures of the official test are left out**, and so are those whose label is doubted. Were "
        "thresholds chosen on the test, it would be no test any more. That is why the figures at the shipped "
        "thresholds differ a little from those in the model’s card, which counts all castings, each at thresholds "
        "chosen without it.\n"
        "- **Your castings are not these.** Try the thresholds on your own parts, with a person beside them."
    )
