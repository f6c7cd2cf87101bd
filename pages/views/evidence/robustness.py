"""The view on robustness: what becomes of the verdicts when photographs get darker, blurred, turned, covered."""

from collections.abc import Mapping

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.charts import overlay, style
from casting_core.charts import robustness as charts
from casting_core.charts.robustness import ERRORS, FIGURES, beyond, level_text, range_text, title_of, unit_of, unnoticed
from casting_core.data.images import decode, encoded
from casting_core.data.part.finder import find_part
from casting_core.evaluation.robustness.corruptions import CORRUPTIONS
from casting_core.evaluation.robustness.summary import HANDED, RISE
from casting_core.inspection.gate import RULES
from casting_core.networks.card import ModelCard
from casting_core.networks.limit_figures import DisturbanceFigures, LevelFigures, RobustnessFigures
from pages.shared import resources, tables, trouble
from pages.shared.sample_pictures import sample_pictures
from pages.shared.uploads import Upload
from pages.shared.wording import WORDING, advice
from pages.views.evidence import choice

COLUMNS = (
    *("disturbance", "level", "unit", "figures_hold", "errors_hold"),
    *(f"{name}{end}" for name in FIGURES for end in ("", "_low", "_high")),
)


def show() -> None:
    """Draw the view."""
    st.subheader("What shakes it?", anchor=False)
    chosen = choice.measured("robustness", "tried with disturbed photographs")
    if chosen is not None:
        card, measured = chosen
        _opening(measured)
        _table(measured)
        _small(measured.disturbances)
        _closer(card, measured.disturbances)


def _opening(measured: RobustnessFigures) -> None:
    st.markdown(
        f"{measured.pictures:,} photographs of {measured.photographs} castings, "
        f"{measured.sound_photographs} of them sound, were made darker, brighter, blurred, turned and so on, step "
        "by step. Each was judged by a copy of the model that had never seen that casting. How far may a photograph be "
        "from those that the published figures were measured on, until these no longer hold?"
    )
    st.markdown("\n".join(f"- {each}" for each in unnoticed(measured.disturbances)))


def _table(measured: RobustnessFigures) -> None:
    st.subheader("Where the published figures hold", anchor=False)
    column = st.column_config.TextColumn
    rows = []
    for name, found in measured.disturbances.items():
        first, second = (*beyond(name, found), "", "")[:2]
        trained = "not varied" if found.trained is None else "{:g} to {:g}".format(*found.trained)
        holds, errors = range_text(name, found), range_text(name, found, "errors_hold")
        first = first or "no harder step was tried"
        rows.append((title_of(name), holds, errors, first, second, trained, unit_of(name, found)))
    tables.show_table(
        rows,
        {
            "disturbance": column("Disturbance", width=165, pinned=True),
            "holds": column("Figures hold", width=215),
            "errors": column("Errors alone hold", width=200),
            "first": column("First step beyond", width=485),
            "second": column("First step beyond, other side", width=485),
            "trained": column("Varied in training", width=120),
            "unit": column("Steps are told in", width=245),
        },
        "For each disturbance, between which steps the published figures hold, and what happens beyond.",
        height="content",
        key="robustness table",
    )
    before = measured.undisturbed
    st.caption(
        f"*As taken*, {_share(before, 'missed')} of the defective parts are missed, "
        f"{_share(before, 'false_alarms')} of the sound ones rejected, and "
        f"{overlay.percent(before.handed_over)} of all are sent to a person. *Errors alone*: missed defects and "
        "false alarms do not rise, but more parts may be sent to a person. Between two steps nobody looked."
    )
    tables.save_button("Save all figures as CSV", "robustness.csv", lambda: to_csv(measured), key="robustness csv")


def _share(level: LevelFigures, figure: str) -> str:
    found = level.share(figure)
    return overlay.percent(0.0 if found is None else found.value)


def _small(disturbances: Mapping[str, DisturbanceFigures]) -> None:
    st.subheader("Step by step", anchor=False)
    st.markdown(
        "**Missed defects** (dashed, squares) and **false alarms** (solid, circles) should stay at the bottom, **right "
        "at 50 %** (dash and dot, triangles) at the top. **Sent to a person** (dotted, diamonds) and **no verdict** "
        "(long dashes, triangles pointing down) cost work, not errors. Where the ground is shaded, the published "
        "figures hold. Upright lines are 95 % ranges over castings; they are wide for false alarms, as few castings "
        "are sound. The numbers below are the steps that were tried, at equal distances."
    )
    for cell, (name, found) in tables.grid(list(disturbances.items()), 3, gap="medium"):
        caption = f"Figures hold {range_text(name, found)}."
        tables.panel(cell, title_of(name), charts.disturbed(name, found), caption, f"robustness {name}")


@st.fragment
def _closer(card: ModelCard, disturbances: Mapping[str, DisturbanceFigures]) -> None:
    """One disturbance with its figures, what the checks refuse, and a casting that shows what a level means."""
    st.subheader("One disturbance up close", anchor=False)
    titles = {title_of(name): name for name in disturbances}
    name = titles[st.selectbox("Disturbance", list(titles), key="disturbance", bind="query-params", width=320)]
    found = disturbances[name]
    left, right = st.columns(2, gap="large")
    caption = f"Where the ground is shaded, {range_text(name, found)}, the published figures hold. Lower is better."
    tables.panel(left, "Errors", charts.disturbed(name, found, ERRORS, large=True), caption, "robustness errors")
    others = charts.disturbed(name, found, [key for key in FIGURES if key not in ERRORS], large=True)
    caption = "Right at 50 % counts all that were judged, also those that went to a person."
    tables.panel(right, "Right, and what is left to people", others, caption, "robustness others")
    if told := "; ".join(beyond(name, found)):
        st.markdown(f"**What happens at the first step beyond.** {told[0].upper()}{told[1:]}.")
    st.markdown(f"**What the checks of a photograph refuse.** {gate_words(name, card)} {_measured(name, found)}")
    with trouble.complaining("The model cannot judge the rendered castings."):  # the figures stand without it
        _seen(card, name, found)
    st.caption(
        f"The figures hold at a step where missed defects rise by no more than {100 * RISE['missed']:g} and false "
        f"alarms by no more than {100 * RISE['false_alarms']:g} points over the same photographs as taken, neither of "
        f"them clearly, and where no more than {100 * HANDED:g} of 100 parts are sent to a person or refused in "
        "addition. A range of levels ends at the first step that fails. With few sound castings a rise can hide."
    )


def gate_words(name: str, card: ModelCard) -> str:
    """Say how the checks before a verdict take photographs disturbed so, with the bounds of the card."""
    review, none = [], []
    moved = CORRUPTIONS[name].moves if name in CORRUPTIONS else ()
    for rule in RULES:
        if rule.gate not in card.gates or rule.name not in card.envelope or rule.name not in moved:
            continue
        least, most = card.envelope[rule.name]
        review.append(_bound(rule.bound, least))
        if rule.far < 1:
            none.append(_bound(rule.bound, rule.far * least))
        if rule.bound_above:
            review.append(_bound(rule.bound_above, most))
    if not review:
        return (
            "No check measures this, so a photograph disturbed so is judged like any other. Only where the part is no "
            "longer recognised is there no verdict."
        )
    told = f"It goes to a person where {style.listed(review, 'or')}."
    return f"{told} There is no verdict where {style.listed(none, 'or')}." if none else told


def _bound(words: str, value: float) -> str:
    return words.format(value=value, rest=1 - value).replace("%", " %")


def _measured(name: str, found: DisturbanceFigures) -> str:
    """How much was handed over at the hardest steps."""
    outside = [each for each in (found.levels[0], found.levels[-1]) if each.level != found.none]
    told = [
        f"at {level_text(name, each.level, found)}, {_share(each, 'reviews')} went to a person and "
        f"{_share(each, 'unusable')} had no verdict"
        for each in outside
    ]
    return f"Measured: {'; '.join(told)}."


def _seen(card: ModelCard, name: str, found: DisturbanceFigures) -> None:
    """Draw a rendered casting, as it is and disturbed, each with its verdict."""
    st.markdown("**What a step looks like**")
    if not card.on_public_set:
        st.markdown("The castings that the app renders are not the product of this model, so there is nothing to show.")
        return
    levels = {level_text(name, each.level, found): each.level for each in found.levels}
    casting, level = st.columns(2, gap="large")
    which = casting.selectbox("Rendered casting", list(sample_pictures()), key="casting", bind="query-params")
    steps = list(levels)
    hardest = steps[-1] if levels[steps[-1]] != found.none else steps[0]
    word = level.select_slider("Step", steps, value=hardest, key=f"step-{name}", bind="query-params")
    left, right = st.columns(2, gap="large")
    with left:
        _casting(card, which, name, found.none, "As rendered")
    with right:
        _casting(card, which, name, levels[word], f"{title_of(name)}: {word}")


def _casting(card: ModelCard, which: str, name: str, level: float, title: str) -> None:
    """Draw a rendered casting, disturbed to a level, with its verdict."""
    upload = disturbed_casting(which, name, level)
    inspection = resources.judge(upload, model=card.name).inspection
    wording, p = WORDING[inspection.verdict], inspection.probability
    told = "" if p is None else f", probability of a defect {overlay.percent(p)}"
    st.image(
        upload.data,
        width="stretch",
        caption=f"{title}. Rendered by this app: no photograph of a real part.",
        alt=f"The casting {which}, {title}: {wording.word}{told}.",
    )
    st.markdown(f":{wording.colour}[:material/{wording.icon}: **{wording.word}**]{told}")
    st.caption(inspection.reason or advice(inspection))


@st.cache_data(max_entries=200, show_spinner=False)
def disturbed_casting(which: str, name: str, level: float) -> Upload:
    """Disturb a rendered casting to a level, and give the PNG file that it would be uploaded as."""
    sample = sample_pictures()[which].upload
    pixels = decode(sample.data).pixels
    if name in CORRUPTIONS and level != CORRUPTIONS[name].none:
        part = find_part(pixels) if name == "occlusion" else None
        pixels = CORRUPTIONS[name].apply(pixels, level, list(CORRUPTIONS).index(name), part=part)
    return Upload.of(f"{which}.png", encoded(Image.fromarray(np.ascontiguousarray(pixels)), "PNG"))


def to_csv(measured: RobustnessFigures) -> bytes:
    """Write one row a disturbance and level, with `COLUMNS`; shares in [0, 1]."""
    lines = []
    for name, found in measured.disturbances.items():
        for each in found.levels:
            holds = ("yes" if held else "no" for held in (each.holds, each.errors_hold))
            figures = (getattr(each.share(key), part, None) for key in FIGURES for part in ("value", "low", "high"))
            lines.append((name, each.level, found.unit, *holds, *figures))
    return tables.to_csv(COLUMNS, lines)
