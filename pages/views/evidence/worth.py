"""What is it worth in a plant? Escapes, false rejects, work and money of four ways to inspect, side by side."""

from dataclasses import replace
from functools import partial

import streamlit as st

from casting_core.charts import worth as charts
from casting_core.estimate import Estimate
from casting_core.evaluation.costs import Plant
from casting_core.evaluation.plant import economics, results
from casting_core.evaluation.plant.model_rates import WAYS, cost_over_defect_rate, has_rates, model_rates
from casting_core.evaluation.plant.verdict_rates import VerdictRates
from casting_core.networks.card import ModelCard
from casting_core.networks.registry import architecture
from pages.shared import drawing, inputs, plant_form, resources, tables, wording
from pages.views.evidence import worth_words as words

SPANS = {"A year": "per_year", "10,000 parts": "per_10_000"}
COMPARED = {  # a figure of `Worth` → the two ways, and their names in a sentence
    "model_over_by_hand": ("model", "by_hand", "The model", "inspection by hand"),
    "second_look_over_by_hand": ("second_look", "by_hand", "The model with a second look", "inspection by hand"),
    "model_over_uninspected": ("model", "uninspected", "The model", "no inspection"),
}
STEPS = 24  # of the chart
MIN_REACH = 0.05  # defect rate that the chart reaches at least
TITLES = {way: title for way, (title, _) in words.WAYS.items()}


def show() -> None:
    """Draw the view."""
    st.subheader("What is it worth in your plant?", anchor=False)
    names = [name for name in resources.models() if has_rates(name)]
    if not names:
        st.info("No model has been judged on castings that it had never seen.", icon=":material/pending:")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Model", names, key="model", bind="query-params", width=320)
        as_filed = st.toggle(
            "Doubted labels as filed",
            key="filed",
            bind="query-params",
            help="A few pictures are filed under a label that is doubted; they are left out unless you switch this on.",
        )
    card = resources.card(name)
    if card.on_public_set and architecture(card.architecture).comparison_only:
        st.warning(wording.as_it_is(wording.purpose(card)), icon=":material/science:")
    rates = _rates(name, card.weights_sha256, as_filed)
    _basis(name, rates)
    asked = plant_form.ask()
    found = economics.compare_inspection_methods(rates, asked.plant)
    _saving(found, asked)
    _ways(found, asked)
    _precision(rates, found, asked.plant, card, as_filed)
    _chart(name, card.weights_sha256, as_filed, asked)
    _break_even(found, asked)
    _assumed()
    content = partial(to_csv, asked, found, name, as_filed)
    tables.save_button("Save all figures as CSV", "worth.csv", content, key="worth csv")


@st.cache_resource(max_entries=12, show_spinner=False)
def _rates(name: str, weights_sha256: str, as_filed: bool) -> VerdictRates:
    return model_rates(name, as_filed=as_filed)


def _basis(name: str, rates: VerdictRates) -> None:
    """Say what the rates were measured on."""
    (missed, doubted, found), (passed, asked, rejected) = rates.defective.counts, rates.sound.counts
    st.markdown(
        f"{name} was tried on castings that it had never seen: it passed {missed:,} of {missed + doubted + found:,} "
        f"pictures of defective parts and rejected {rejected:,} of {passed + asked + rejected:,} of sound ones; it "
        f"asked a person about {doubted + asked:,}. These come from **{rates.defective.photographs} defective and only "
        f"{rates.sound.photographs} sound castings**, so every figure below has a wide range. Your parts will differ: "
        "try it on them before you count on it."
    )


def _saving(found: results.Worth, asked: plant_form.Asked) -> None:
    st.subheader("In short", anchor=False)
    lines = []
    for name in ("model_over_by_hand", "model_over_uninspected", "second_look_over_by_hand"):
        advantage = getattr(found, name)
        sure = words.sureness(advantage)
        sentence = words.saving(advantage, *COMPARED[name][2:], asked.currency)
        lines.append(f"- {sentence}" + (f" It is the cheaper one {sure}." if sure else ""))
    st.markdown("\n".join(lines))
    st.caption(
        "What cameras, computers and people to set them up cost is not in it: a year’s saving is what they may cost a "
        "year. A defective part that is found is lost in any case, so it is in no account. *In so many of 100 cases* "
        "speaks of chance in which castings were photographed, not of what was assumed."
    )


def _ways(found: results.Worth, asked: plant_form.Asked) -> None:
    st.subheader("Four ways to inspect", anchor=False)
    span = inputs.one_of("Counted for", SPANS, "per")
    for row in (WAYS[:2], WAYS[2:]):
        for column, way in zip(st.columns(2, border=True), row, strict=True):
            title, how = words.WAYS[way]
            result = getattr(found, way)
            with column:
                st.markdown(f"**{title}**")
                st.caption(how)
                st.markdown(words.lines(getattr(result, SPANS[span]), asked.currency))
                if way != "uninspected":
                    enough, sentence = words.capacity(result, asked.plant)
                    st.markdown(f":material/{'check_circle' if enough else 'warning'}: {sentence}")
    warning = words.second_look_warning(found, asked.plant)
    if warning:
        st.warning(warning, icon=":material/warning:")
    st.caption(
        "*Between* gives the 95 % range: where the figure may well lie, as far as chance in the few castings goes. By "
        "hand and without inspection there is no range, as those figures follow from what you put in alone. Work "
        "beyond the time that people have is paid for like any other."
    )


def _precision(rates: VerdictRates, found: results.Worth, plant: Plant, card: ModelCard, as_filed: bool) -> None:
    """Show the share of true ones among rejected parts, here and in the data set."""
    st.subheader("Of the parts that it rejects, how many are really defective?", anchor=False)
    st.markdown(f"{words.precision(found)}, where {100 * plant.defect_rate:g} % of all parts are defective.")
    split = card.metrics.by_source
    assert split is not None, "rates are of castings never seen"
    figures = split.view(as_filed)
    share = figures.defective_pictures / figures.pictures
    there = economics.compare_inspection_methods(rates, replace(plant, defect_rate=share)).precision
    if there is not None:
        st.markdown(
            f"**The pictures that it was measured on are {100 * share:.0f} % defective, and no plant is.** There, "
            f"about {100 * there.value:.0f} of 100 rejected parts are really defective. What changes in a plant is "
            "not how often the model errs on a part, but how many sound parts there are for it to err on: where "
            "defects are rare, most parts are sound, and even a small share of them rejected by mistake adds up. So no "
            "figure of the data set that mixes both kinds of parts, such as accuracy or precision, holds in a plant; "
            "all figures here are worked out anew for your share of defective parts."
        )


def grid(rate: float) -> list[float]:
    """Defect rates of the chart: evenly from 0 to twice the plant's, at least to 5 %, and the plant's own."""
    reach = min(1.0, max(MIN_REACH, 2 * rate))
    return sorted({min(reach, reach * step / STEPS) for step in range(STEPS + 1)} | {rate})


@st.cache_data(max_entries=200, show_spinner=False)
def _curve(name: str, weights_sha256: str, as_filed: bool, plant: Plant) -> dict[str, list[Estimate]]:
    return cost_over_defect_rate(_rates(name, weights_sha256, as_filed), plant, grid(plant.defect_rate))


def _chart(name: str, weights_sha256: str, as_filed: bool, asked: plant_form.Asked) -> None:
    st.subheader("What if fewer or more parts were defective?", anchor=False)
    rate = asked.plant.defect_rate
    costs = _curve(name, weights_sha256, as_filed, asked.plant)
    drawing.draw(
        charts.cost_curve(costs, grid(rate), TITLES, at=rate, currency=asked.currency),
        "The lower, the cheaper. The bands are 95 % ranges. *No inspection* may leave the chart at the top. Where "
        "lines cross, both ways cost the same.",
        "worth curve",
    )


def _break_even(found: results.Worth, asked: plant_form.Asked) -> None:
    st.subheader("Where does it turn?", anchor=False)
    for column, (name, (first, second, *_)) in zip(st.columns(3, border=True), COMPARED.items(), strict=True):
        with column:
            st.markdown(f"**{TITLES[first]}, against {TITLES[second][0].lower() + TITLES[second][1:]}**")
            sentences = words.break_even(
                getattr(found, name), TITLES[first], TITLES[second], asked.plant, asked.currency
            )
            st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
    st.caption("These turning points are worked out from the figures as counted, without a range.")


def _assumed() -> None:
    with st.expander("What this account assumes", icon=":material/rule:"):
        st.markdown(
            "- The model errs on your parts as often as on the castings that it was tried on: one product, one camera, "
            "one light.\n"
            "- Checks of the photograph itself, which send blurred or dark pictures to a person, are not in it; they "
            "add reviews.\n"
            "- People are right as often on parts that the model is unsure of as on any other. Those parts are likely "
            "to be the harder ones.\n"
            "- People’s share of right answers is taken as exact. It falls the longer they look and the rarer defects "
            "are (J. E. See, SAND2012-8590, 2012).\n"
            "- The ranges tell what chance in few castings allows, not what a wrong assumption does."
        )


def to_csv(asked: plant_form.Asked, found: results.Worth, model: str, as_filed: bool) -> bytes:
    """All that was put in and worked out, one line per figure; UTF-8 with the mark that spreadsheets look for."""
    cash, lines = asked.currency or "money", []

    def write(part: str, name: str, span: str, figure: str, unit: str, value: object) -> None:
        ends = [_plain(end) for end in (value.value, *value.span)] if isinstance(value, Estimate) else [value, "", ""]
        lines.append((part, name, span, figure, unit, *ends))

    write("input", "", "", "model", "", model)
    write("input", "", "", "doubted labels", "", "as filed" if as_filed else "left out")
    for field in plant_form.ALL:
        write("input", "", "", field.label, plant_form.unit_of(field, asked.currency), asked.values[field.key])
    for way in WAYS:
        result = getattr(found, way)
        for span, name in SPANS.items():
            for figure, (title, unit) in words.FIGURES.items():
                value = getattr(getattr(result, name), figure)
                write("way", way, span, title, cash if unit == "money" else unit, value)
        write("way", way, "A day", "Minutes of a person", "minutes", result.minutes_per_day)
        write("way", way, "A day", "People suffice", "", "yes" if result.enough else "no")
    for name in COMPARED:
        advantage = getattr(found, name)
        for span, attribute in SPANS.items():
            write("saving", name, span, "Saving", cash, getattr(advantage, attribute))
        by_rate, by_cost = advantage.break_even_defect_rate, advantage.break_even_missed_defect_cost
        write("turning point", name, "", "Defective parts", "% of all", by_rate and _plain(100 * by_rate.at))
        write("turning point", name, "", "Cost of a missed defect", cash, by_cost and _plain(by_cost.at))
    share = found.precision and found.precision.times(100)
    write("precision", "model", "", "Really defective, of rejected parts", "%", share)
    return tables.to_csv(("part", "way", "counted for", "figure", "unit", "value", "low", "high"), lines)


def _plain(value: float) -> float:
    """Six significant digits, and never an exponent."""
    return float(f"{value:.6g}")
