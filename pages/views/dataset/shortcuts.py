"""Does something plain, such as brightness, give the label away?"""

import io
from collections.abc import Mapping
from contextlib import suppress

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.charts import dataset as charts
from casting_core.charts.style import WORDS, listed
from casting_core.data.part.measures import TITLES
from casting_core.errors import CastingError
from casting_core.evaluation.reporting import headline
from casting_core.exploration.index_file import Index
from casting_core.exploration.issues.shortcuts import STRONG, Shortcut, find_shortcuts, warning
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT, MODELS, ModelCard, folder_of, read_card
from casting_core.networks.registry import BASELINE
from pages.shared.drawing import draw
from pages.views.dataset.overview import group_looks, groups

WHOLE = "whole"
NAMES = {  # measure → its name, as it stands in a sentence
    WHOLE: "brightness of the whole picture",
    "brightness": "brightness of the part",
    "contrast": "contrast of the part",
    "background": "brightness of the background",
    "sharpness": "sharpness",
    "x": "position across",
    "y": "position down",
    "diameter": "diameter of the part",
    "size": "size of the file",
    "width": "width of the picture",
    "height": "height of the picture",
}
UNITS = TITLES | {
    WHOLE: "Brightness of the whole picture (grey level)",
    "size": "Size of the file (bytes)",
    "width": "Width of the picture (px)",
    "height": "Height of the picture (px)",
}


def show(table: Table) -> None:
    """Draw the view."""
    st.subheader("Does something plain give the label away?", anchor=False)
    st.markdown(
        "A model learns whatever tells sound from defective, and that need not be the defect. If sound parts were "
        "photographed in brighter light, brightness alone will do, until the light changes. So each plain measure is "
        "asked: how far does it get, all by itself?"
    )
    rows: tuple[Shortcut, ...] = ()
    if table.index is None:
        st.info("This is measured on the pictures, and they are not on this computer.", icon=":material/hide_image:")
    elif table.classes is None:
        st.info(
            "It is not known which classes are defective, so there is no label that could be given away. Say it above.",
            icon=":material/help:",
        )
    else:
        with st.spinner("Measuring how far each gets…"):
            measures, rows = _found(_key(table), table)
        if all(row.auc is None for row in rows):
            st.info("Nothing can be told apart here.", icon=":material/rule:")
            st.text("\n".join(sorted({row.reason or "" for row in rows})))
        else:
            _answer(table, rows)
            _chart(rows)
            _one(table, measures, rows)
    if table.public:
        _floor(rows)


def _key(table: Table) -> tuple[str, ...]:
    assert table.index is not None
    return (table.index.key, *(f"{name}: {label}" for name, label in sorted((table.classes or {}).items())))


@st.cache_data(max_entries=6, show_spinner=False)
def _found(key: tuple[str, ...], _table: Table) -> tuple[dict[str, np.ndarray], tuple[Shortcut, ...]]:
    """The measures, float (N,) each, and how well each tells the label, without those that mean nothing here."""
    assert _table.index is not None
    rows = _table.rows
    measures = {WHOLE: whole_picture(_table.index)}
    measures |= {name: rows[name].to_numpy(float) for name in NAMES if name != WHOLE}
    if rows["diameter"].isna().all():  # no part was found: what is said of it is of the whole picture
        for name in ("brightness", "x", "y", "diameter"):
            del measures[name]
    for name in ("width", "height"):
        if len(np.unique(measures[name])) == 1:
            del measures[name]
    return measures, find_shortcuts(
        measures, (rows["label"] == "defective").to_numpy(), rows["source"].to_numpy(), rows["split"].to_numpy()
    )


def whole_picture(index: Index) -> np.ndarray:
    """Mean gray level of every picture as a whole, float (N,), to within one level; NaN without a thumbnail.

    From the thumbnails, of which only the means of small blocks are decoded: half a second for 7,000.
    """
    means = np.full(len(index), np.nan)
    for place in range(len(index)):
        with suppress(OSError):
            small = Image.open(io.BytesIO(index.thumbnail(place)), formats=("JPEG",))
            small.draft("L", (16, 16))
            means[place] = np.asarray(small).mean()
    return means


def _answer(table: Table, rows: tuple[Shortcut, ...]) -> None:
    """In words: which measures tell the label, and what that asks for."""
    overall = {row.measure: row for row in rows if row.split is None}
    warned = sorted((row for row in overall.values() if row.level), key=lambda row: -(row.auc or 0))
    if not warned:
        _none(list(overall.values()))
        return
    first, *others = warned
    st.warning(warning(first, NAMES[first.measure]), icon=":material/lightbulb:")
    if others:
        each = [f"{NAMES[row.measure]} in {100 * (row.auc or 0):.0f} of 100 pairs" for row in others]
        st.markdown(f"Likewise, though less: {listed(each)}.")
    background, part = overall["background"], overall.get("brightness")
    if part is not None and background.level and not part.level:
        st.markdown(
            "**It is the background, not the metal.** What lies around the part tells the label, while the part’s own "
            f"brightness hardly does ({background.auc:.2f} against {part.auc:.2f}, where 0.50 is chance). A defect can "
            "hardly change the background, so it seems that sound and defective parts were photographed differently. "
            "Judge a model by where its evidence lies, and by pictures in other light."
        )


def _none(overall: list[Shortcut]) -> None:
    """No measure is shown to tell the label: because none does, or because there are too few photographs to say."""
    highest = max(overall, key=lambda row: row.high or 0)
    best = max(overall, key=lambda row: row.auc or 0)
    if highest.high is not None and highest.high > STRONG:
        st.info(
            "No plain measure is shown to tell the label, but there are too few photographs to rule it out: for "
            f"{NAMES[highest.measure]} the area may lie anywhere from {highest.low:.2f} to {highest.high:.2f}, where "
            "0.50 is chance and 1.00 gives the label away.",
            icon=":material/help:",
        )
        return
    st.success(
        f"No plain measure tells the label well. The best, {NAMES[best.measure]}, has the area {best.auc:.2f}, where "
        "0.50 is chance and 1.00 gives the label away.",
        icon=":material/check_circle:",
    )


def _chart(rows: tuple[Shortcut, ...]) -> None:
    known = sorted((row for row in rows if row.split is None and row.auc is not None), key=lambda row: row.auc or 0)
    names = {row.measure: NAMES[row.measure].removeprefix("brightness of the ").capitalize() for row in known}
    names |= {name: title for name, title in SHORT.items() if name in names}
    st.markdown("**How far each measure gets alone**")
    caption = (
        "A measure with an area of 0.80 puts 80 of 100 pairs of a sound and a defective picture in the right order. "
        "The bars are 95 % intervals over source photographs; a measure whose bar reaches down to 0.5 may tell nothing."
    )
    draw(charts.shortcuts(rows, names), caption, "shortcuts areas")
    with st.expander("The same in numbers", icon=":material/table_rows:"):
        _numbers(rows)


SHORT = {  # as they stand beside the chart
    WHOLE: "Whole picture",
    "brightness": "Part’s brightness",
    "contrast": "Part’s contrast",
    "background": "Background",
    "diameter": "Diameter",
    "size": "File size",
    "width": "Width",
    "height": "Height",
}


def _numbers(rows: tuple[Shortcut, ...]) -> None:
    number = st.column_config.NumberColumn
    st.dataframe(
        [
            {
                "measure": NAMES[row.measure].capitalize(),
                "split": charts.WHOLE if row.split is None else row.split,
                "area": row.auc,
                "low": row.low,
                "high": row.high,
                "higher": "" if row.higher is None else WORDS[row.higher],
                "pictures": sum(row.pictures.values()),
                "photographs": sum(row.photographs.values()),
                "note": row.reason or (f"not known of {row.unknown:,} pictures" if row.unknown else ""),
            }
            for row in rows
        ],
        hide_index=True,
        placeholder="–",
        alt="For each measure and split: area under the ROC curve with its interval, which label has the higher "
        "values, pictures and photographs.",
        column_config={
            "measure": "Measure",
            "split": "Split",
            "area": number("Area", format="%.3f"),
            "low": number("From", format="%.3f", help="Lower end of the 95 % interval."),
            "high": number("To", format="%.3f", help="Upper end of the 95 % interval."),
            "higher": "Higher in",
            "pictures": "Pictures",
            "photographs": number("Photographs", help="A photograph that is filed under both labels counts for both."),
            "note": "Note",
        },
    )


def _one(table: Table, measures: Mapping[str, np.ndarray], rows: tuple[Shortcut, ...]) -> None:
    """The distribution of one measure within each label, the one that tells most at first."""
    order = sorted((row for row in rows if row.split is None and row.auc is not None), key=lambda row: -(row.auc or 0))
    st.markdown("**Look at one measure**")
    titles = {NAMES[row.measure].capitalize(): row.measure for row in order}
    chosen = titles[st.selectbox("Measure", list(titles), key="measure", bind="query-params", width=360)]
    values = measures[chosen]
    apart = {name: values[mine] for name, mine in groups(table).items()}
    caption = "Dotted lines are the medians. The less the curves overlap, the more this measure gives away."
    draw(charts.distribution(apart, group_looks(table), title=UNITS[chosen]), caption, "shortcuts one")


def _floor(rows: tuple[Shortcut, ...]) -> None:
    """What follows on the public set: the model that sees brightness alone is the floor for all others. `rows`: empty
    where the pictures are not at hand."""
    st.subheader("What follows for this set", anchor=False)
    whole = next((row for row in rows if row.measure == WHOLE and row.split is None), None)
    try:
        floor, model = (read_card(folder_of(name, MODELS)) for name in (BASELINE, DEFAULT))
        area = floor.metrics["official_test"]["as_filed"]["roc_auc"]
        low, high = _right(floor), _right(model)
    except (CastingError, KeyError, TypeError):
        area = low = high = None
    told = "The mean brightness of a picture tells much of the label here"
    if whole is not None and whole.auc is not None:
        told += f": it puts {100 * whole.auc:.0f} of 100 pairs of a sound and a defective picture in the right order"
    elif area is not None:
        told += f": the model that sees nothing else puts {100 * area:.0f} of 100 pairs of the test in the right order"
    st.markdown(
        f"**{told}. So any model must be shown to do more than see how bright a picture is.** The model *{BASELINE}* "
        "ships with this app as that floor: it knows one number of a picture, and others have to be read beside it."
    )
    if low is not None and high is not None:
        left, right, _ = st.columns(3)
        left.metric(f"*{BASELINE}*: right on castings never seen", f"{100 * low:.1f} %", border=True)
        right.metric(f"*{DEFAULT}*: right on castings never seen", f"{100 * high:.1f} %", border=True)
        st.caption(
            "At a probability of 50 %, without the pictures whose label is doubted. Doing better than the floor does "
            "not prove that a model uses no brightness. What speaks for it is that its evidence lies on the defect, "
            "and that it keeps its verdict in other light."
        )


def _right(card: ModelCard) -> float | None:
    found = headline.unseen(card)
    return None if found is None or found.wrong is None else 1 - found.wrong.share
