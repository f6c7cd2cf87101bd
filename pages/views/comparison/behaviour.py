"""How models behave: how well they rank, what their probabilities mean, on which pictures they go wrong."""

from collections.abc import Sequence

import streamlit as st

from casting_core.charts import behaviour as charts
from casting_core.charts.style import WORDS, looks
from casting_core.errors import CastingError
from casting_core.evaluation.comparison.behaviour import card_intervals
from casting_core.evaluation.metrics.reliability import BINS
from casting_core.labels import Label, Verdict
from casting_core.networks import card, registry
from pages.shared import drawing, inputs, resources, tables
from pages.views.comparison import agreement, model_results, pictures
from pages.views.comparison.model_results import SelectedResults

UNSEEN, OFFICIAL = "Castings never seen", "Official test"
BESIDE = next(  # the model that the default one is shown beside at first
    name for name, each in registry.ARCHITECTURES.items() if each.comparison_only and not each.baseline
)
CELL = "cell"  # in the link: whose pictures are listed, as `defective-ok`
DONE = {Verdict.OK: "passed", Verdict.REVIEW: "to a person", Verdict.DEFECTIVE: "rejected"}
MARKS = {True: "✓", False: "✕", None: "?"}  # right, wrong, neither
NAMES = {"roc_auc": "Area under ROC", "pr_auc": "Area under precision–recall"}


def show() -> None:
    """Draw the view."""
    st.subheader("How do the models behave?", anchor=False)
    st.markdown(
        "A model gives every part a **probability of a defect**. Below a *pass threshold* the part passes, from a "
        "*reject threshold* on it is rejected, and in between a person decides. Here you see what comes of it, on "
        "pictures whose label is known."
    )
    chosen, unseen, as_filed = _choose()
    if not chosen:
        return
    _ground(chosen, unseen)
    _ranking(chosen, unseen, as_filed)
    one = _closely(chosen)
    _probabilities(one, unseen, as_filed)
    _verdicts(one)
    if len(chosen) > 1:
        agreement.show(chosen, unseen=unseen, as_filed=as_filed)
    pictures.dialog(chosen)


def _choose() -> tuple[list[SelectedResults], bool, bool]:
    """Ask for models and pictures; tells whether these are castings never seen, and with the doubted ones."""
    models = resources.models()
    first = [name for name in (card.DEFAULT, BESIDE) if name in models] or models[:1]
    names = inputs.several("Models, one or several", models, "models", default=first)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        judged = inputs.one_of("Pictures", (UNSEEN, OFFICIAL), "judged-on")
        as_filed = st.toggle(
            "With the doubted labels",
            key="as-filed",
            bind="query-params",
            help="A few pictures whose label is doubtful were named before any figure was made. They are left out "
            "unless you ask for them; then they count as they were filed.",
        )
    if not names:
        st.info("Choose at least one model.", icon=":material/touch_app:")
    chosen = []
    for model in model_results.usable(names):
        try:
            chosen.append(model_results.shown(model, unseen=judged == UNSEEN, as_filed=as_filed))
        except CastingError as error:
            model_results.complain(model.name, error)
    return chosen, judged == UNSEEN, as_filed


def _ground(chosen: Sequence[SelectedResults], unseen: bool) -> None:
    """Return what the figures rest on."""
    counts = sorted({(each.found.pictures, each.found.photographs) for each in chosen})
    told = " or ".join(f"{pictures:,} pictures of {photographs} photographs" for pictures, photographs in counts)
    if unseen:
        st.caption(
            f"Counted on {told}. Each picture was judged by a copy of the model that was trained without that "
            "photograph and all its turned copies, and with thresholds that were chosen without them."
        )
    elif any(each.known.card.on_public_set for each in chosen):
        st.caption(
            f"Counted on {told}. **Nearly all of these are turned copies of pictures that the models were trained on: "
            "this shows what they remember.** How they do on a new casting shows under *Castings never seen*."
        )
    else:
        st.caption(f"Counted on {told}, the test pictures of the set that the model was trained on.")


def _ranking(chosen: Sequence[SelectedResults], unseen: bool, as_filed: bool) -> None:
    """Both curves, and the areas under them."""
    st.subheader("Do they tell defective parts from sound ones?", anchor=False)
    st.markdown(
        "Each line shows what a model would do at every threshold there is; the mark on it is its own reject "
        "threshold. **The nearer a line comes to its corner, the better:** upper left in the first chart, upper right "
        "in the second."
    )
    zoom = st.toggle("Zoom on the corner that matters", key="zoom", bind="query-params")
    found, look = {each.name: each.found for each in chosen}, looks(resources.models())
    of = (zoom, unseen, as_filed, tuple((each.known.key, look[each.name]) for each in chosen))
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Defects found, over sound parts lost** (ROC)")
        drawing.draw_kept("roc", of, lambda: charts.roc(found, look, zoom=zoom))
    with right:
        st.markdown("**Right when it says defective, over defects found** (precision–recall)")
        drawing.draw_kept("precision-recall", of, lambda: charts.precision_recall(found, look, zoom=zoom))
    if zoom:
        st.caption("A model whose line is not here does not come near enough to the corner.")
    rows = []
    for each in chosen:
        ends = card_intervals(each.known.card, each.found, unseen=unseen, as_filed=as_filed)
        figures = each.found.figures
        told = {title: _figure(figures[name], ends.get(name)) for name, title in NAMES.items()}
        rows.append({"Model": each.title, **told})
    st.table(rows, hide_index=True, alt="For each model: the areas under both curves, with 95 % intervals.")
    st.caption(
        "An area under ROC of 1 means that every defective part got a higher probability than every sound one; tossing "
        "a coin gives 0.5. In brackets: where the true value lies in 95 of 100 such studies, counted over photographs. "
        "An area says nothing about where the thresholds stand: a model may rank all parts rightly and still reject "
        "sound ones."
    )


def _closely(chosen: Sequence[SelectedResults]) -> SelectedResults:
    """Return the model that the rest of the view looks at."""
    if len(chosen) == 1:
        return chosen[0]
    names = [each.name for each in chosen]
    st.subheader("One model more closely", anchor=False)
    name = inputs.one_of("Model", names, "close", wrap=True)
    return next((each for each in chosen if each.name == name), chosen[0])


def _probabilities(one: SelectedResults, unseen: bool, as_filed: bool) -> None:
    """Return what a probability is worth, and how they are spread."""
    found, look = one.found, looks(resources.models())[one.name]
    of = (one.known.key, unseen, as_filed)
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(f"**Does {one.title} mean what it says?** (reliability)")
        drawing.draw_kept("reliability", (of, look), lambda: charts.reliability(one.name, found, look))
        ends = card_intervals(one.known.card, found, unseen=unseen, as_filed=as_filed).get("expected_calibration_error")
        between = f" ({100 * ends[0]:.1f} to {100 * ends[1]:.1f})" if ends else ""
        st.caption(
            "Of the parts that were given a probability of 80 %, 80 of 100 should be defective: then the points lie on "
            "the thin line. The bars through them show what chance allows; below, how many pictures stand behind "
            f"each of the {BINS} points (each line is ten times the one below). On average the model is off by "
            f"**{100 * found.calibration_error:.1f} points**{between}, the expected calibration error."
        )
    with right:
        st.markdown(f"**Which probabilities does {one.title} give?**")
        drawing.draw_kept("spread", of, lambda: charts.spread(one.name, found))
        own = "Castings were judged in groups, each at thresholds that were chosen without it; hence the bands."
        st.caption(
            "Each line is ten times the one below, so that the few that matter can be seen: defective parts left of "
            "*pass* are missed, sound ones right of *reject* are false alarms, the rest between goes to a person."
            + (f" {own}" if unseen else "")
        )


def _verdicts(one: SelectedResults) -> None:
    """Label by verdict; each number opens its pictures."""
    st.markdown(f"**What became of the parts, by {one.title}.** Press a number to see its pictures.")
    opened = []
    for label in reversed(Label):
        total = sum(len(paths) for (mine, _), paths in one.found.cells.items() if mine is label)
        st.caption(f"{total:,} {WORDS[label]} parts")
        with st.grid(3, min_column_width=100, wrap=False, gap="xsmall"):
            for verdict in DONE:
                right = None if verdict is Verdict.REVIEW else verdict.value == label.value
                told = f"{MARKS[right]} **{len(one.found.cells[label, verdict]):,}** {WORDS[label]} {DONE[verdict]}"
                if tables.opener(CELL, f"{label}-{verdict}", told):
                    opened.append((label, verdict))
    errors = {(Label.DEFECTIVE, Verdict.OK): "are missed", (Label.OK, Verdict.DEFECTIVE): "are rejected"}
    rates = [
        f"{1000 * share:.0f} of 1,000 {WORDS[label]} parts {word}"
        for (label, verdict), word in errors.items()
        if (share := one.found.share(label, verdict)) is not None
    ]
    st.caption(
        f"✓ right, ✕ wrong, ? a person decides. {'; '.join(rates)}. "
        f"At a probability of 50 %, without a person, {one.found.wrong:,} of {one.found.pictures:,} would be wrong."
    )
    for label, verdict in opened:
        title = f"{WORDS[label].capitalize()} parts, {DONE[verdict]}"
        pictures.browse(one.found.cells[label, verdict], [one], key=f"{label}-{verdict}", title=title)


def _figure(value: float | None, ends: tuple[float, float] | None) -> str:
    if value is None:
        return "–"
    return f"{value:.4f}" + (f" ({ends[0]:.3f} to {ends[1]:.3f})" if ends else "")
