"""The view on data leakage: does the test show photographs that are in the training pictures too."""

import numpy as np
import streamlit as st

from casting_core.charts import leakage as charts
from casting_core.data.provenance.grouping import LINK, Leakage
from casting_core.errors import CastingError
from casting_core.evaluation.comparison.published import STUDY
from casting_core.exploration.leakage import LOWEST, Twin, leakage_at, photographs_at, twins
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card
from pages.shared.tables import grid, panel, show_table
from pages.views.dataset import loaded

STEP = 0.005
VALUES = tuple(round(LOWEST + STEP * place, 3) for place in range(11))  # of the threshold, up to 1
SIDE = 150  # px, of an example; two fit side by side on a phone


def show(table: Table) -> None:
    """Draw the view."""
    st.subheader("Is the test fair?", anchor=False)
    st.markdown(
        "A test is fair if it asks about parts that the model has never seen. Where it shows copies of photographs "
        "that the model learned from, turned, mirrored or stretched, it can be passed by remembering them."
    )
    if not _testable(table):
        return
    _, leak = _curve(table)[0] if _rings(table) else _point(table, LOWEST)
    _headline(table, leak)
    _consequences(table, leak)
    st.subheader("How sure is that?", anchor=False)
    chosen = _threshold(table)
    _examples(table, chosen)


def _testable(table: Table) -> bool:
    """Whether there are both a test and a training split; else the page says what is missing."""
    splits = set(table.rows["split"])
    if {"train", "test"} <= splits:
        return True
    if table.classes is None:
        said = (
            "It is not known yet which classes are defective, and without that no test can be made of a folder that "
            "names none. Say it above."
        )
    elif "train" in splits:
        said = "There are no test pictures, so there is no test that could be unfair, and none that proves anything."
    else:
        said = "There are no training pictures to compare the test with. Choose a folder that holds both."
    st.info(f"{said} A test split is a folder named test beside one named train.", icon=":material/rule:")
    return False


def _rings(table: Table) -> bool:
    """Whether its pictures were compared by their rings, so that there are likenesses to set a threshold to."""
    return table.index is not None and bool((table.index.nearest >= 0).any())


Point = tuple[int, Leakage]  # photographs at a threshold, and what that gives away


def _point(table: Table, threshold: float) -> Point:
    return len(np.unique(photographs_at(table, threshold))), leakage_at(table, threshold)


@st.cache_data(max_entries=6, show_spinner="Counting copies at every threshold…", hash_funcs=loaded.PER_TABLE)
def _curve(table: Table) -> list[Point]:
    return [_point(table, value) for value in VALUES]


def _headline(table: Table, leak: Leakage) -> None:
    """How much of the test is known from train, as one number and one sentence."""
    with st.container(horizontal=True):
        st.metric("Of the test, known from train", f"{100 * leak.share:.1f} %", border=True)
        counted = f"{leak.copied:,} of {leak.tested:,}"
        st.metric("Test pictures of a training photograph", counted, border=True)
        st.metric("Test files that are in train as they are", f"{leak.identical:,}", border=True)
    if leak.copied:
        same = f" {leak.identical:,} of them are even the same file, byte for byte." if leak.identical else ""
        st.markdown(
            f"**{leak.copied:,} of {leak.tested:,} test pictures show a photograph that is in train as well**, turned, "
            f"mirrored, stretched or as it is.{same} Only {leak.tested - leak.copied:,} ask about something new."
        )
    else:
        st.markdown(
            f"**None of the {leak.tested:,} test pictures shows a photograph that is in train.** So it is fair."
        )
    if _dealt_here(table):
        st.info(
            "The folder itself has no split that serves. This one was dealt out here, photograph by photograph, so it "
            "is fair by its making.",
            icon=":material/call_split:",
        )
    if table.index is not None and not _rings(table):
        st.caption(
            "The part was not found on these pictures, so each was compared as a whole, in eight orientations. Copies "
            "at other angles may have been missed: the true share can be higher."
        )


def _dealt_here(table: Table) -> bool:
    if table.index is None or table.public:
        return False
    filed = table.index.splits
    moved = any(was in ("train", "test") and was != now for was, now in zip(filed, table.rows["split"], strict=True))
    return moved or not {"test", "val"} & set(filed)


def _consequences(table: Table, leak: Leakage) -> None:
    """Say what the share means for figures on this test."""
    if not leak.copied:
        return
    told = []
    if table.classes is not None:
        right = looked_up(table)
        told.append(
            "**What memory alone is worth.** Somebody who finds the photograph in train, and repeats how it is filed "
            f"there, is right on **{right:,} of {leak.tested:,}** test pictures ({100 * right / leak.tested:.1f} %), "
            "without once looking for a defect."
        )
    if table.public:
        best = max(STUDY, key=lambda study: study.accuracy)
        count = "" if best.right is None else f", {best.right[0]} of {best.right[1]} pictures"
        told.append(
            "**Published accuracies measure memory as well.** The best of the original study, "
            f"{100 * best.accuracy:.2f} %{count}, was counted on these pictures. It does not tell how the model does "
            "on the next casting."
        )
        told += _own_figures()
    told.append(
        "**What to look at instead:** figures *by source photograph*, where all copies of a photograph are on one "
        "side. Those are the ones that this app puts first."
    )
    st.markdown("\n".join(f"- {each}" for each in told))


def _own_figures() -> list[str]:
    """How far the shipped model falls from known photographs to new ones; nothing where its card does not say."""
    try:
        card = read_card(folder_of(DEFAULT, MODELS))
    except CastingError:
        return []
    splits = (card.metrics.official_test, card.metrics.by_source)
    known, new = (None if split is None else split.as_filed.wrong for split in splits)
    if known is None or new is None:
        return []
    return [
        f"**The same holds for the model of this app.** {card.name} is wrong on {known.count:,} of "
        f"{known.of:,} pictures of this test, and on {new.count:,} of {new.of:,} "
        f"({100 * new.value:.1f} %) where no copy of the casting was in its training."
    ]


def looked_up(table: Table) -> int:
    """Test pictures whose label is the one under which most training pictures of their photograph are filed."""
    rows = table.rows
    train, test = rows[rows["split"] == "train"], rows[rows["split"] == "test"]
    mostly = train.groupby("source")["label"].agg(lambda told: told.value_counts().idxmax())
    return int((test["source"].map(mostly) == test["label"]).sum())


def _threshold(table: Table) -> float:
    """Let the visitor move the threshold, and show what hangs on it."""
    rings = _rings(table)
    st.markdown(
        "Of each picture the ring of metal around the opening is compared with that of every other one, at every "
        f"angle. Two are held to show one photograph if their likeness is {LOWEST} or more **and** their fine detail "
        "agrees. A higher threshold asks for more likeness, so fewer copies are counted. "
        "Move it, and see how much hangs on it."
    )
    chosen = st.slider(
        "Threshold of likeness",
        VALUES[0],
        VALUES[-1],
        VALUES[0],
        STEP,
        format="%.3f",
        key="threshold",
        bind="query-params",
        disabled=not rings,
    )
    if table.index is None:
        why = "the pictures are not on this computer, and only the photographs that were found are known."
    elif not rings:
        why = "the part was not found on these pictures, so they have no rings to compare."
    else:
        _what_it_decides(table, table.index.histogram, chosen)
        return chosen
    st.caption(f"The threshold cannot be moved here: {why}")
    return VALUES[0]


def _what_it_decides(table: Table, histogram: np.ndarray, chosen: float) -> None:
    curve = _curve(table)
    number, leak = curve[min(range(len(VALUES)), key=lambda place: abs(VALUES[place] - chosen))]
    st.markdown(
        f"At **{chosen:.3f}** there are **{number:,} photographs**, and **{leak.copied:,} of {leak.tested:,}** test "
        f"pictures ({100 * leak.share:.1f} %) have a copy in train."
    )
    left, right = st.columns(2, gap="large")
    similarity, seen = charts.similarity(histogram, chosen), _seen(charts.valley(histogram))
    panel(left, "How alike pairs of pictures are", similarity, seen, "fairness similarity")
    counted, copied = [photographs for photographs, _ in curve], [leaked.copied for _, leaked in curve]
    chart = charts.thresholds(VALUES, counted, copied, tested=leak.tested, chosen=chosen)
    caption = "Where the lines are flat, the answer does not hang on the threshold."
    panel(right, "What the threshold decides", chart, caption, "fairness thresholds")
    with st.expander("The same in numbers", icon=":material/table_rows:"):
        number_column = st.column_config.NumberColumn
        show_table(
            [(value, n, leaked.copied, 100 * leaked.share) for value, (n, leaked) in zip(VALUES, curve, strict=True)],
            {
                "threshold": number_column("Threshold", format="%.3f"),
                "photographs": "Source photographs",
                "copied": "Test pictures with a copy in train",
                "share": number_column("Share of the test (%)", format="%.1f"),
            },
            "For each threshold: photographs, test pictures with a copy in train, and their share.",
        )


def _seen(low: float | None) -> str:
    """Say what to see in the chart of pairs; `low`: where it is lowest between two hills."""
    scale = "All pairs of pictures, on a scale on which each line is ten times the one below. "
    if low is None:
        return (
            f"{scale}There is one hill, that of different photographs: hardly any two pictures are copies of each "
            "other."
        )
    return (
        f"{scale}The hill on the left is of different photographs, the one on the right of copies; between them, at "
        f"{low:.3f}, hardly any pair lies. Copies left of it are told by their fine detail."
    )


def _examples(table: Table, threshold: float) -> None:
    """Test pictures beside their twins in train."""
    source = photographs_at(table, threshold)
    found = twins(table, source)
    if not found:
        return
    st.subheader("See for yourself", anchor=False)
    if table.index is None:
        st.caption("The pictures are not on this computer; these are the names of some pairs.")
        _names(table, found)
        return
    st.caption(
        "Left, a picture of the test; right, one from train, turned so that both lie alike. The fine detail of the "
        f"same pixels agrees to 1; from {LINK} on, two pictures are held to show one photograph."
    )
    with st.spinner("Laying the pictures onto each other…"):
        for cell, twin in grid(found, 3):
            with cell.container(border=True):
                _pair(table, twin)


def _names(table: Table, found: list[Twin]) -> None:
    paths, sha256, source = (table.rows[name].to_numpy() for name in ("path", "sha256", "source"))
    show_table(
        [
            (paths[test], paths[train], int(source[test]), "yes" if sha256[test] == sha256[train] else "no")
            for test, train in ((twin.test, twin.train) for twin in found)
        ],
        {"test": "Test picture", "train": "Training picture", "photograph": "Source photograph", "same": "Same file"},
        "Pairs of a test picture and a training picture of one photograph.",
    )


def _pair(table: Table, twin: Twin) -> None:
    one, other = (table.rows.iloc[place] for place in (twin.test, twin.train))
    same = bool(one["sha256"] == other["sha256"])
    laid = _laid(table, twin.test, twin.train)
    if laid is None:
        st.caption("One of these pictures is no longer in its folder, or has changed.")
    else:
        pixels, aligned = laid
        turned = f"{'mirrored and ' if aligned.mirrored else ''}turned by {aligned.angle % 360:.0f}°"
        how = "as it is" if same else turned
        with st.container(horizontal=True):
            st.image(pixels, width=SIDE, caption="Test", alt=f"Test picture, filed as {one['name']}.")
            alt = f"Training picture of the same photograph, {how}, filed as {other['name']}."
            st.image(aligned.pixels, width=SIDE, caption="Train", alt=alt)
        alike = "" if aligned.similarity is None else f" Fine detail agrees to {aligned.similarity:.2f}."
        st.markdown("**Byte for byte the same file.**" if same else f"{turned.capitalize()}.{alike}")
    st.text(f"{one['path']}\n{other['path']}")


_laid = st.cache_data(max_entries=48, show_spinner=False, hash_funcs=loaded.PER_TABLE)(loaded.laid)
