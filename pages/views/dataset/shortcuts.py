"""The view on spurious cues: does something plain, such as brightness, give the label away."""

import io
from collections.abc import Mapping, Sequence
from contextlib import suppress

import numpy as np
import streamlit as st
from PIL import Image

from casting_core.charts import dataset as charts
from casting_core.charts.style import WORDS, listed
from casting_core.data.part.measures import TITLES
from casting_core.errors import CastingError
from casting_core.exploration.index_file import Index
from casting_core.exploration.issues.shortcuts import STRONG, Shortcut, find_shortcuts, warning
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card
from casting_core.networks.registry import BASELINE
from pages.shared.drawing import draw
from pages.shared.tables import show_table
from pages.views.dataset import loaded
from pages.views.dataset.overview import group_looks, groups

WHOLE = "whole"
NAMES = {  # measure → its name, as it stands in a sentence, and beside the chart
    WHOLE: ("brightness of the whole picture", "Whole picture"),
    "brightness": ("brightness of the part", "Part’s brightness"),
    "contrast": ("contrast of the part", "Part’s contrast"),
    "background": ("brightness of the background", "Background"),
    "sharpness": ("sharpness", "Sharpness"),
    "x": ("position across", "Position across"),
    "y": ("position down", "Position down"),
    "diameter": ("diameter of the part", "Diameter"),
    "size": ("size of the file", "File size"),
    "width": ("width of the picture", "Width"),
    "height": ("height of the picture", "Height"),
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
    overall: list[Shortcut] = []
    if table.index is None:
        st.info("This is measured on the pictures, and they are not on this computer.", icon=":material/hide_image:")
    elif table.classes is None:
        st.info(
            "It is not known which classes are defective, so there is no label that could be given away. Say it above.",
            icon=":material/help:",
        )
    else:
        with st.spinner("Measuring how far each gets…"):
            measures, rows = _found(table)
        overall = [row for row in rows if row.split is None and row.auc is not None]
        if overall:
            _answer(overall)
            _chart(rows, overall)
            _one(table, measures, overall)
        else:
            st.info("Nothing can be told apart here.", icon=":material/rule:")
            st.text("\n".join(sorted({row.reason or "" for row in rows})))
    if table.public:
        _floor(overall)


@st.cache_data(max_entries=6, show_spinner=False, hash_funcs=loaded.PER_TABLE)
def _found(table: Table) -> tuple[dict[str, np.ndarray], tuple[Shortcut, ...]]:
    """Measure, float (N,) each, and find how well each tells the label, without what means nothing here."""
    assert table.index is not None
    rows = table.rows
    measures = {WHOLE: whole_picture(table.index)}
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


def _area(row: Shortcut) -> float:
    return row.auc or 0.0


def _answer(overall: Sequence[Shortcut]) -> None:
    """In words: which measures tell the label, and what that asks for."""
    warned = sorted((row for row in overall if row.level), key=_area, reverse=True)
    if not warned:
        _none(overall)
        return
    first, *others = warned
    st.warning(warning(first, NAMES[first.measure][0]), icon=":material/lightbulb:")
    if others:
        each = [f"{NAMES[row.measure][0]} in {100 * _area(row):.0f} of 100 pairs" for row in others]
        st.markdown(f"Likewise, though less: {listed(each)}.")
    by_measure = {row.measure: row for row in overall}
    background, part = by_measure.get("background"), by_measure.get("brightness")
    if background and part and background.level and not part.level:
        st.markdown(
            "**It is the background, not the metal.** What lies around the part tells the label, while the part’s own "
            f"brightness hardly does ({background.auc:.2f} against {part.auc:.2f}, where 0.50 is chance). A defect can "
            "hardly change the background, so it seems that sound and defective parts were photographed differently. "
            "Judge a model by where its evidence lies, and by pictures in other light."
        )


def _none(overall: Sequence[Shortcut]) -> None:
    """No measure is shown to tell the label: because none does, or because there are too few photographs to say."""
    highest, best = max(overall, key=lambda row: row.high or 0), max(overall, key=_area)
    if highest.high is not None and highest.high > STRONG:
        st.info(
            "No plain measure is shown to tell the label, but there are too few photographs to rule it out: for "
            f"{NAMES[highest.measure][0]} the area may lie anywhere from {highest.low:.2f} to {highest.high:.2f}, "
            "where 0.50 is chance and 1.00 gives the label away.",
            icon=":material/help:",
        )
        return
    st.success(
        f"No plain measure tells the label well. The best, {NAMES[best.measure][0]}, has the area {best.auc:.2f}, "
        "where 0.50 is chance and 1.00 gives the label away.",
        icon=":material/check_circle:",
    )


def _chart(rows: Sequence[Shortcut], overall: Sequence[Shortcut]) -> None:
    names = {row.measure: NAMES[row.measure][1] for row in sorted(overall, key=_area)}
    st.markdown("**How far each measure gets alone**")
    caption = (
        "A measure with an area of 0.80 puts 80 of 100 pairs of a sound and a defective picture in the right order. "
        "The bars are 95 % intervals over source photographs; a measure whose bar reaches down to 0.5 may tell nothing."
    )
    draw(charts.shortcuts(rows, names), caption, "shortcuts areas")
    with st.expander("The same in numbers", icon=":material/table_rows:"):
        _numbers(rows)


def _numbers(rows: Sequence[Shortcut]) -> None:
    number = st.column_config.NumberColumn
    show_table(
        [
            (
                NAMES[row.measure][0].capitalize(),
                charts.WHOLE if row.split is None else row.split,
                *(row.auc, row.low, row.high),
                "" if row.higher is None else WORDS[row.higher],
                *(sum(row.pictures.values()), sum(row.photographs.values())),
                row.reason or (f"not known of {row.unknown:,} pictures" if row.unknown else ""),
            )
            for row in rows
        ],
        {
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
        "For each measure and split: area under the ROC curve with its interval, which label has the higher "
        "values, pictures and photographs.",
        placeholder="–",
    )


def _one(table: Table, measures: Mapping[str, np.ndarray], overall: Sequence[Shortcut]) -> None:
    """Draw the distribution of one measure within each label, the one that tells most at first."""
    st.markdown("**Look at one measure**")
    order = sorted(overall, key=_area, reverse=True)
    titles = {NAMES[row.measure][0].capitalize(): row.measure for row in order}
    chosen = titles[st.selectbox("Measure", list(titles), key="measure", bind="query-params", width=360)]
    apart = {name: measures[chosen][mine] for name, mine in groups(table).items()}
    caption = "Dotted lines are the medians. The less the curves overlap, the more this measure gives away."
    draw(charts.distribution(apart, group_looks(table), title=UNITS[chosen]), caption, "shortcuts one")


def _floor(overall: Sequence[Shortcut]) -> None:
    """Say what follows on the public set: the model that sees brightness alone is the floor for all others.

    `overall`: empty where the pictures are not at hand.
    """
    st.subheader("What follows for this set", anchor=False)
    whole = next((row for row in overall if row.measure == WHOLE), None)
    try:
        floor, model = (read_card(folder_of(name, MODELS)) for name in (BASELINE, DEFAULT))
        test, *unseen = floor.metrics.official_test, floor.metrics.by_source, model.metrics.by_source
        area = None if test is None else test.as_filed.roc_auc
        low, high = (None if split is None else split.without_suspects.accuracy for split in unseen)
    except CastingError:
        area = low = high = None
    told = "The mean brightness of a picture tells much of the label here"
    if whole is not None:
        told += f": it puts {100 * _area(whole):.0f} of 100 pairs of a sound and a defective picture in the right order"
    elif area is not None:
        pairs = f"{100 * area.value:.0f} of 100 pairs of the test"
        told += f": the model that sees nothing else puts {pairs} in the right order"
    st.markdown(
        f"**{told}. So any model must be shown to do more than see how bright a picture is.** The model *{BASELINE}* "
        "ships with this app as that floor: it knows one number of a picture, and others have to be read beside it."
    )
    if low is not None and high is not None:
        left, right, _ = st.columns(3)
        left.metric(f"*{BASELINE}*: right on castings never seen", f"{100 * low.value:.1f} %", border=True)
        right.metric(f"*{DEFAULT}*: right on castings never seen", f"{100 * high.value:.1f} %", border=True)
        st.caption(
            "At a probability of 50 %, without the pictures whose label is doubted. Doing better than the floor does "
            "not prove that a model uses no brightness. What speaks for it is that its evidence lies on the defect, "
            "and that it keeps its verdict in other light."
        )
