"""The view on new castings: how good a model is on those that it has never seen, and which figures can say so."""

from collections.abc import Mapping, Sequence

import streamlit as st

from casting_core.charts import unseen as charts
from casting_core.charts.overlay import percent
from casting_core.charts.style import listed
from casting_core.charts.unseen import figure_text
from casting_core.data.provenance.grouping import Leakage, leakage
from casting_core.data.samples import read_provenance
from casting_core.evaluation.reporting.figures_by_set import NEW, OFFICIAL, SECOND, UNSEEN, SetFigures, set_figures
from casting_core.evaluation.statistics.intervals import clopper_pearson
from casting_core.networks.card import ModelCard
from casting_core.networks.registry import BASELINE
from pages.shared import resources
from pages.shared.tables import grid, panel, show_table
from pages.shared.wording import as_it_is

TITLES = {
    OFFICIAL: "Official test",
    UNSEEN: "Castings never seen",
    SECOND: "Second camera",
    NEW: "Second camera, never seen",
}
SHOWN = {  # figure → title, what to see
    "missed": ("Missed defects", "Of the defective parts, those that pass as sound. **Further left is better.**"),
    "false_alarms": ("False alarms", "Of the sound parts, those that are rejected. **Further left is better.**"),
    "reviews": ("Sent to a person", "Of all parts, those where the model asks. **Further left is less work.**"),
    "accuracy": (
        "Accuracy",
        "Of all parts, those on the right side of a probability of 50 %. **Further right is better.**",
    ),
    "roc_auc": (
        "ROC-AUC",
        "How often a defective part gets a higher probability than a sound one: 1 is always, 0.5 is a coin. It does "
        "not depend on thresholds. **Further right is better.**",
    ),
}
Measured = Mapping[str, Mapping[str, SetFigures | None]]  # by model and set


def show() -> None:
    """Draw the view."""
    st.subheader("How good is it on castings that it has never seen?", anchor=False)
    as_filed = st.toggle(
        "Doubted labels as filed",
        key="filed",
        bind="query-params",
        help="Some pictures are filed under a label that is doubted. They were named before any figure was made, and "
        "are left out unless you switch this on. The second camera has none.",
    )
    cards = [resources.card(name) for name in sorted(resources.models(), key=lambda name: name == BASELINE)]
    ours = [card for card in cards if card.on_public_set]
    measured = {card.name: {name: set_figures(card, name, as_filed=as_filed) for name in TITLES} for card in ours}
    if not any(found for by_set in measured.values() for found in by_set.values()):
        st.info("No model has been measured on castings yet.", icon=":material/pending:")
    else:
        _all(ours, measured, as_filed)
    _others([card for card in cards if not card.on_public_set], as_filed)


def _all(cards: Sequence[ModelCard], measured: Measured, as_filed: bool) -> None:
    first = next(card for card in cards if any(measured[card.name].values()))
    leaked = _leakage()
    _opening(first, measured[first.name], leaked, as_filed)
    _charts(measured)
    st.subheader("What each number can say, and what it cannot", anchor=False)
    for name in TITLES:
        on_set = {model: by_set[name] for model, by_set in measured.items()}
        found = next((found for found in on_set.values() if found is not None), None)
        with st.container(border=True):
            st.markdown(f"**{TITLES[name]}**")
            if found is None:
                st.markdown("Not measured for any model.")
                continue
            st.caption(_counts(found))
            st.markdown(sentence(name, found, leaked))
            without = [model for model, found in on_set.items() if found is None]
            if without:
                st.caption(f"Not measured for: {_names(without)}.")
    st.subheader("All figures", anchor=False)
    _table(measured)
    _seeds(cards)
    with st.expander(f"What the card of {first.name} says of its limits", icon=":material/rule:"):
        st.markdown("\n".join(f"- {as_it_is(limit)}" for limit in first.limits) or "The card names none.")


@st.cache_data(show_spinner=False)
def _leakage() -> Leakage:
    return leakage(read_provenance())


def _opening(card: ModelCard, found: Mapping[str, SetFigures | None], leaked: Leakage, as_filed: bool) -> None:
    """Say the one thing to take home."""
    told = []
    for name, words in (
        (OFFICIAL, "of the official test"),
        (UNSEEN, "of castings that it had never seen"),
        (SECOND, "taken by a second camera"),
    ):
        on = found[name]
        right = on and on.figures["accuracy"]
        if right:
            text = f"{percent(right.value)} of the pictures {words}"
            told.append(f"**{text}**" if name == UNSEEN else text)
    if told:
        counted = "With the doubted labels as filed" if as_filed else "Without the pictures whose label is doubted"
        st.markdown(f"{counted}, {card.name} is right on {listed(told)}, at a probability of 50 %.")
    if leaked.copied:
        st.markdown(
            f"**{100 * leaked.share:.1f} % of the official test ({leaked.copied:,} of {leaked.tested:,} pictures) are "
            "turned, mirrored or stretched copies of pictures that every model was trained on**, and "
            f"{leaked.identical:,} are the very same file. That test measures memory. What counts for a foundry are "
            "the castings never seen."
        )


def _charts(measured: Measured) -> None:
    titles = list(TITLES.values())
    *cells, last = (cell for cell, _ in grid([*SHOWN, "how to read"], 2, gap="large"))
    for cell, (key, (title, caption)) in zip(cells, SHOWN.items(), strict=True):
        values = {
            model: {TITLES[name]: None if found is None else found.figures[key] for name, found in by_set.items()}
            for model, by_set in measured.items()
        }
        chart = charts.side_by_side(values, titles, title=title, share=key != "roc_auc")
        panel(cell, title, chart, caption + _gaps(values), f"unseen {key}")
    last.markdown("**How to read the lines**")
    last.markdown(
        "The dot is what was counted. The line is its 95 % range: where the figure may well lie on other castings of "
        "this product, as far as chance goes. It is worked out over **different castings**, not over their copies, so "
        "it is wide wherever few castings stand behind many pictures. A dot without a line has no range in the card. "
        "`brightness` sees nothing but the mean brightness of a picture: what is no better than it has learned nothing "
        "about defects."
    )


def _gaps(values: Mapping[str, Mapping[str, object | None]]) -> str:
    """Say what is missing from a chart."""
    gaps: dict[tuple[str, ...], list[str]] = {}  # models → sets that they were not measured on
    for name in TITLES.values():
        without = tuple(model for model, by_set in values.items() if by_set[name] is None)
        if without:
            gaps.setdefault(without, []).append(f"*{name}*")
    told = [
        f"{'any model' if len(models) == len(values) else _names(models)} on {listed(sets)}"
        for models, sets in gaps.items()
    ]
    return f" Not measured: {'; '.join(told)}." if told else ""


def _names(models: Sequence[str]) -> str:
    return listed([f"*{model}*" for model in models])


def _counts(found: SetFigures) -> str:
    """Say what stands behind the figures of a set."""
    counts = f"{found.pictures:,} pictures of {found.photographs:,} castings: "
    if found.sound_photographs is None:
        return (
            f"{counts}{found.defective_pictures:,} pictures of defective parts, {found.sound_pictures:,} of sound ones."
        )
    return (
        f"{counts}{found.defective_photographs:,} defective ({found.defective_pictures:,} pictures), "
        f"{found.sound_photographs:,} sound ({found.sound_pictures:,} pictures)."
    )


def sentence(name: str, found: SetFigures, leaked: Leakage) -> str:
    """Say in one sentence what the figures of a set can say, and what they cannot."""
    sound, pictures = found.sound_photographs, found.sound_pictures
    told = {
        OFFICIAL: "It says how well castings are recognised that were photographed before; it cannot say how well new "
        f"ones are judged, as {leaked.copied:,} of its {leaked.tested:,} pictures have a copy among the training "
        f"pictures and its sound side is {sound} castings only: {_even_none(sound)}.",
        UNSEEN: "It says how well new castings of this product are judged under the same camera and light, each by a "
        "training of the same design that had left that casting out; it cannot speak for another camera, and little "
        f"for sound parts, as their {pictures:,} pictures show no more than {sound} different castings: "
        f"{_even_none(sound)}.",
        SECOND: "It says whether the model still works when camera and light change; it cannot say so for new "
        f"castings, as {_known(found)} show castings that are in the public set too, and it flatters somewhat, as the "
        "design of the model was chosen while looking at it (nothing was fitted on it).",
        NEW: "It is the nearest thing to a new camera in a new foundry, castings found nowhere in the training set; "
        f"but it is {found.pictures} pictures of {found.photographs} castings, so one sound picture more or less moves "
        f"the false alarms by {100 / max(pictures, 1):.1f} points.",
    }
    return told[name]


def _known(found: SetFigures) -> str:
    if found.known_pictures is None:
        return "many of its pictures may"
    return f"{found.known_pictures:,} of its {found.pictures:,} pictures"


def _even_none(sound: int | None) -> str:
    """Say what a few castings leave open, even without any error."""
    if not sound:
        return "nothing can be said of sound parts"
    most = percent(clopper_pearson(0, sound)[1])
    return f"even with none of {sound} rejected, up to {most} of all sound parts might be"


Row = tuple[str, ...]


def _row(title: str, model: str, found: SetFigures | None) -> Row:
    """Write the figures of a model on a set of pictures, as texts for `_draw`."""
    if found is None:
        return (title, model, *[charts.NOT_MEASURED] * (1 + len(SHOWN)))
    figures = (figure_text(found.figures[key], share=key != "roc_auc") for key in SHOWN)
    return (title, model, f"{found.pictures:,} ({found.photographs:,})", *figures)


def _table(measured: Measured) -> None:
    rows = [_row(TITLES[name], model, by_set[name]) for name in TITLES for model, by_set in measured.items()]
    _draw(rows, "Every figure of every model on every set of pictures, with its 95 % range.", "unseen table")
    st.caption(
        "In brackets the 95 % range over different castings. Missed defects, false alarms and reviews are those of the "
        "verdicts, accuracy is at a probability of 50 %. On castings never seen every fold was judged with thresholds "
        "that were chosen without it. On the second camera the whole inspection judged, with its checks of the "
        "picture; how many parts it sent to a person there is not kept in the card."
    )


def _draw(rows: Sequence[Row], alt: str, key: str) -> None:
    column = st.column_config.TextColumn
    columns = {
        "set": column("Pictures of", width=210),
        "model": column("Model", width=150),
        "counted": column("Number (castings)", width=150),
        **{name: column(title, width=310) for name, (title, _) in SHOWN.items()},
    }
    show_table(rows, columns, alt, height="content", key=key)


def _seeds(cards: Sequence[ModelCard]) -> None:
    """Show the same design, begun from other random numbers."""
    st.subheader("Was it luck?", anchor=False)
    st.markdown(
        "Training begins with random numbers. A design that is good by luck alone falls apart when it is trained again "
        "with others. Below, each line is one training, judged on the official test without the doubted labels."
    )
    rows = []
    for card in cards:
        shipped = str(card.training.get("settings", {}).get("seed"))
        for seed, found in (card.metrics.seeds or {}).items():
            rows.append(
                (
                    card.name,
                    f"{seed} (shipped)" if shipped == seed else seed,
                    f"{found.wrong:,} of {found.pictures:,}",
                    *(f"{count:,}" for count in (found.missed_defects, found.false_alarms, found.reviews)),
                    "needs both labels" if found.margin is None else f"{found.margin:.1f}",
                    f"{len(found.wrong_pictures):,}",
                )
            )
    without = [card.name for card in cards if not card.metrics.seeds]
    if rows:
        show_table(
            rows,
            {
                "model": "Model",
                "seed": "Random seed",
                "wrong": "Wrong at 50 %",
                "missed": "Missed defects",
                "false": "False alarms",
                "reviews": "Reviews",
                "margin": "Margin (logits)",
                "filed": "Wrong as filed",
            },
            "Trainings of one design from different random numbers, and their errors on the official test.",
            key="unseen seeds",
        )
        st.caption(
            "Margin: how far the defective part that looks soundest lies above the sound one that looks most "
            "defective; above 0 all parts are told apart. As this test mostly asks for castings that are known, it "
            "shows that training is steady, not that new castings are judged well."
        )
    if without:
        st.caption(f"Trained once only, so not measured: {_names(without)}.")


def _others(cards: Sequence[ModelCard], as_filed: bool) -> None:
    """Models of other products: on pictures of their own, so they do not belong beside the others."""
    if not cards:
        return
    st.subheader("Models of other products", anchor=False)
    st.markdown("They were measured on pictures of their own, so their figures cannot be set beside those above.")
    titles = {OFFICIAL: "Its own test", UNSEEN: TITLES[UNSEEN]}
    rows = [
        _row(title, card.name, set_figures(card, name, as_filed=as_filed))
        for card in cards
        for name, title in titles.items()
    ]
    _draw(rows, "Every figure of models that were trained on other products.", "unseen others")
