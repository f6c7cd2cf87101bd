"""Is the test fair, or does it show photographs that are in the training pictures too?"""

import numpy as np
import streamlit as st

from casting_core.charts import dataset as charts
from casting_core.data.provenance.alignment import Aligned, lay_onto
from casting_core.data.provenance.grouping import LINK, Leakage
from casting_core.errors import CastingError
from casting_core.evaluation.comparison.published import STUDY
from casting_core.exploration.leakage import LOWEST, Twin, leakage_at, photographs_at, twins
from casting_core.exploration.table import Table
from casting_core.networks.card import DEFAULT, MODELS, folder_of, read_card
from pages.shared.downloads import neutral
from pages.shared.drawing import draw
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
    found = _curve(_key(table), table)[0] if _rings(table) else _point(table, LOWEST)
    _headline(table, found[1])
    _consequences(table, found[1])
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


def _key(table: Table) -> tuple[str, ...]:
    """What a table's splits and photographs hang on, where it has an index."""
    assert table.index is not None
    return (table.index.key, *(f"{name}: {label}" for name, label in sorted((table.classes or {}).items())))


def _rings(table: Table) -> bool:
    """Whether its pictures were compared by their rings, so that there are likenesses to set a threshold to."""
    return table.index is not None and bool((table.index.nearest >= 0).any())


Point = tuple[int, Leakage]  # photographs at a threshold, and what that gives away


def _point(table: Table, threshold: float) -> Point:
    return len(np.unique(photographs_at(table, threshold))), leakage_at(table, threshold)


@st.cache_data(max_entries=6, show_spinner="Counting copies at every threshold…")
def _curve(key: tuple[str, ...], _table: Table) -> list[Point]:
    return [_point(_table, value) for value in VALUES]


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
    """What the share means for figures on this test."""
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
    known, new = (split and split.as_filed.wrong for split in (card.metrics.official_test, card.metrics.by_source))
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
    if not rings:
        st.caption(
            "The threshold cannot be moved here: "
            + (
                "the pictures are not on this computer, and only the photographs that were found are known."
                if table.index is None
                else "the part was not found on these pictures, so they have no rings to compare."
            )
        )
        return VALUES[0]
    assert table.index is not None
    curve = _curve(_key(table), table)
    number, leak = curve[min(range(len(VALUES)), key=lambda place: abs(VALUES[place] - chosen))]
    st.markdown(
        f"At **{chosen:.3f}** there are **{number:,} photographs**, and **{leak.copied:,} of {leak.tested:,}** test "
        f"pictures ({100 * leak.share:.1f} %) have a copy in train."
    )
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**How alike pairs of pictures are**")
        low = charts.valley(table.index.histogram)
        draw(charts.similarity(table.index.histogram, chosen), _seen(low), "fairness similarity")
    with right:
        copied = [leaked.copied for _, leaked in curve]
        counted = [photographs for photographs, _ in curve]
        chart = charts.thresholds(VALUES, counted, copied, tested=leak.tested, chosen=chosen)
        st.markdown("**What the threshold decides**")
        draw(chart, "Where the lines are flat, the answer does not hang on the threshold.", "fairness thresholds")
    with st.expander("The same in numbers", icon=":material/table_rows:"):
        st.dataframe(
            [
                {"threshold": value, "photographs": photographs, "copied": leaked.copied, "share": 100 * leaked.share}
                for value, (photographs, leaked) in zip(VALUES, curve, strict=True)
            ],
            hide_index=True,
            alt="For each threshold: photographs, test pictures with a copy in train, and their share.",
            column_config={
                "threshold": st.column_config.NumberColumn("Threshold", format="%.3f"),
                "photographs": "Source photographs",
                "copied": "Test pictures with a copy in train",
                "share": st.column_config.NumberColumn("Share of the test (%)", format="%.1f"),
            },
        )
    return chosen


def _seen(low: float | None) -> str:
    if low is None:
        return (
            "All pairs of pictures, on a scale on which each line is ten times the one below. There is one hill, that "
            "of different photographs: hardly any two pictures are copies of each other."
        )
    return (
        "All pairs of pictures, on a scale on which each line is ten times the one below. The hill on the left is of "
        f"different photographs, the one on the right of copies; between them, at {low:.3f}, hardly any pair lies. "
        "Copies left of it are told by their fine detail."
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
        for start in range(0, len(found), 3):
            for column, twin in zip(st.columns(3), found[start : start + 3], strict=False):
                with column:
                    _pair(table, twin)


def _names(table: Table, found: list[Twin]) -> None:
    paths, sha256, source = (table.rows[name].to_numpy() for name in ("path", "sha256", "source"))
    st.dataframe(
        [
            {
                "test": neutral(paths[twin.test]),
                "train": neutral(paths[twin.train]),
                "photograph": int(source[twin.test]),
                "same": "yes" if sha256[twin.test] == sha256[twin.train] else "no",
            }
            for twin in found
        ],
        hide_index=True,
        alt="Pairs of a test picture and a training picture of one photograph.",
        column_config={
            "test": "Test picture",
            "train": "Training picture",
            "photograph": "Source photograph",
            "same": "Same file",
        },
    )


def _pair(table: Table, twin: Twin) -> None:
    index, rows = table.index, table.rows
    assert index is not None
    one, other = rows.iloc[twin.test], rows.iloc[twin.train]
    same = bool(one["sha256"] == other["sha256"])
    laid = _laid(str(index.root), one["path"], other["path"], one["sha256"], other["sha256"])
    with st.container(border=True):
        if laid is None:
            st.caption("One of these pictures is no longer in its folder, or has changed.")
        else:
            pixels, aligned = laid
            with st.container(horizontal=True):
                st.image(pixels, width=SIDE, caption="Test", alt=f"Test picture, filed as {one['name']}.")
                how = "as it is" if same else _turned(aligned)
                alt = f"Training picture of the same photograph, {how}, filed as {other['name']}."
                st.image(aligned.pixels, width=SIDE, caption="Train", alt=alt)
            told = f"{_turned(aligned).capitalize()}.{_alike(aligned)}"
            st.markdown("**Byte for byte the same file.**" if same else told)
        st.text(f"{one['path']}\n{other['path']}")


def _turned(aligned: Aligned) -> str:
    turned = f"turned by {aligned.angle % 360:.0f}°"
    return f"mirrored and {turned}" if aligned.mirrored else turned


def _alike(aligned: Aligned) -> str:
    return "" if aligned.similarity is None else f" Fine detail agrees to {aligned.similarity:.2f}."


@st.cache_data(max_entries=48, show_spinner=False)
def _laid(root: str, first: str, second: str, sha_first: str, sha_second: str) -> tuple[np.ndarray, Aligned] | None:
    """A picture, and another one of its photograph laid onto it; None where one cannot be read any more."""
    one, other = loaded.pixels(root, first, sha_first), loaded.pixels(root, second, sha_second)
    return None if one is None or other is None else (one, lay_onto(one, other))
