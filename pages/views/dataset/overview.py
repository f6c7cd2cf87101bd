"""The view at a glance: what is in a data set, how even it is, and what is odd about it."""

from collections import Counter
from collections.abc import Iterator

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from casting_core.charts import dataset as charts
from casting_core.charts.style import LABELS, SERIES, WORDS, Look, listed, looks
from casting_core.data.part.measures import TITLES
from casting_core.exploration.table import Table
from casting_core.labels import Label
from pages.shared.tables import grid, panel, show_table

NO_SPLIT = "no split"
CHECK = ":material/check:"
EVEN, UNEVEN = 1.05, 5.0  # times as many pictures of one label as of the other, at most and from which on
BOTH = "filed under both labels"
UNKNOWN = "label not known"
KINDS = {WORDS[label]: LABELS[label] for label in Label} | {
    BOTH: SERIES[0],
    UNKNOWN: SERIES[1],
}  # of photographs → look
SPREAD = {  # measure → what to see in its distribution
    "brightness": "Where the curves stand apart, brightness alone tells the classes apart; see *Shortcuts*.",
    "sharpness": "Further left is more blurred. A tail to the left is of pictures that are out of focus.",
}


def show(table: Table) -> None:
    """Draw the view."""
    st.subheader("What is in this data set?", anchor=False)
    if not len(table):
        st.info("There is no picture in this data set.", icon=":material/folder_off:")
        return
    kinds = _kinds(table)
    _numbers(table, kinds)
    left, right = st.columns(2, gap="large")
    _counts(left, table)
    _photographs(right, kinds)
    _measures(table)
    st.subheader("What is odd about it?", anchor=False)
    for line in _oddities(table):
        st.markdown(line)
    _lists(table)
    if table.notes:
        st.markdown("**Notes that were made while it was read**")
        st.text("\n".join(f"• {note}" for note in table.notes))


def groups(table: Table) -> dict[str, np.ndarray]:
    """Divide pictures to be set side by side, bool (N,) each: by label, or by class where labels are not known."""
    rows = table.rows
    if table.classes is None:
        return {name: (rows["name"] == name).to_numpy() for name in sorted(rows["name"].unique())}
    found = {WORDS[label]: (rows["label"] == str(label)).to_numpy() for label in Label}
    return {name: mine for name, mine in found.items() if mine.any()}


def group_looks(table: Table) -> dict[str, Look]:
    """How the groups are drawn."""
    return looks(list(groups(table)), None if table.classes is None else {WORDS[label]: label for label in Label})


def _kinds(table: Table) -> pd.DataFrame:
    """One line a source photograph: `pictures`, and the `kind` that it is filed as."""
    told = table.rows.groupby("source")["label"].agg(["size", "min", "max"])
    words = {str(label): word for label, word in WORDS.items()} | {"": UNKNOWN}
    kind = told["min"].map(words).where(told["min"] == told["max"], BOTH)
    return pd.DataFrame({"pictures": told["size"], "kind": kind})


def _numbers(table: Table, kinds: pd.DataFrame) -> None:
    """How many pictures of each label, and how many photographs stand behind them, each in one sentence."""
    counts = {"Pictures": len(table), "Source photographs": len(kinds)}
    if table.classes is not None:
        counts |= {name.capitalize(): int(mine.sum()) for name, mine in groups(table).items()}
    with st.container(horizontal=True):
        for title, count in counts.items():
            st.metric(title, f"{count:,}", border=True)
    st.markdown(_balance(table))
    st.markdown(_copies(table, kinds))


def _balance(table: Table) -> str:
    if table.classes is None:
        return (
            "Nobody has said yet which of these classes are defective, so pictures are told apart by their class only. "
            "Name the defective ones above."
        )
    counts = {name: int(mine.sum()) for name, mine in groups(table).items()}
    more, less = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if len(counts) == 1:
        return f"**All pictures are {more}**, so there is nothing to be told apart."
    ratio = counts[more] / counts[less]
    told = f"**Balance: {ratio:.1f} {more} pictures for each {less} one.**"
    if ratio < EVEN:
        told = "**Balance: about as many sound as defective pictures.**"
    if ratio >= UNEVEN:
        return (
            f"{told} That is uneven: a model that calls everything {more} would be right on "
            f"{100 * counts[more] / len(table):.0f} % of them, so accuracy alone says little here."
        )
    return f"{told} Neither label is rare, which is unlike a foundry, where most parts are sound."


def _copies(table: Table, kinds: pd.DataFrame) -> str:
    if len(kinds) == len(table):
        return "Each picture is a photograph of its own: no two of them are turned, mirrored or stretched copies."
    counted = kinds["kind"].value_counts()
    each = listed([f"{counted[kind]:,} {kind}" for kind in KINDS if kind in counted])
    behind = f" ({each})" if table.classes is not None else ""
    return (
        f"Behind the {len(table):,} pictures are **only {len(kinds):,} different photographs**{behind}: the others are "
        f"turned, mirrored or stretched copies. The most copied one alone gives {kinds['pictures'].max():,} pictures. "
        "What a model can learn, and what a figure is worth, depends on the number of photographs, not of pictures."
    )


def _counts(cell: DeltaGenerator, table: Table) -> None:
    rows, classes = table.rows, table.classes
    names = sorted(rows["name"].unique())
    titles, labels = {name: name for name in names}, None
    if classes is not None:
        names.sort(key=lambda name: classes[name].positive)
        titles = {name: f"{name} ({WORDS[classes[name]]})" for name in names}
        labels = {titles[name]: classes[name] for name in names}
    number = Counter(zip(rows["name"], rows["split"], strict=True))
    splits = sorted(rows["split"].unique())
    told = {title: {split or NO_SPLIT: number[name, split] for split in splits} for name, title in titles.items()}
    caption = "The models learn from *train* and are tried on *test*. Both should hold every class."
    if splits == [""]:
        caption = "The folder is not divided into train and test."
    chart = charts.counts(told, looks(list(told), labels))
    panel(cell, "Pictures by split and class", chart, caption, "glance counts")


def _photographs(cell: DeltaGenerator, kinds: pd.DataFrame) -> None:
    if (kinds["pictures"] == 1).all():
        return
    told = {kind: mine["pictures"].tolist() for kind in KINDS if len(mine := kinds[kinds["kind"] == kind])}
    steep = kinds["pictures"].max() >= charts.STEEP
    scale = ", on a scale on which each line is ten times the one below" if steep else ""
    caption = f"One bar a photograph{scale}. The higher the bars on the left, the more a model sees of a few castings."
    panel(cell, "Pictures of each source photograph", charts.photographs(told, KINDS), caption, "glance photographs")


def _measures(table: Table) -> None:
    if table.index is None:
        st.info(
            "Picture sizes, brightness and sharpness, and files that cannot be read, are known where the pictures are "
            "on this computer. Here only the facts that ship with the app are.",
            icon=":material/hide_image:",
        )
        return
    rows = table.rows
    sizes = Counter(zip(rows["width"].tolist(), rows["height"].tolist(), strict=True))
    if len(sizes) == 1:
        ((width, height),) = sizes
        st.markdown(f"All pictures are **{width} × {height} px**.")
    else:
        caption = "Pictures are scaled before a model sees them, so fine marks on small ones are lost sooner."
        panel(st.container(), "Sizes of the pictures", charts.sizes(sizes), caption, "glance sizes")
    where = "of the part" if rows["diameter"].notna().all() else "of the part, or of the picture where none was found"
    for cell, (measure, caption) in grid(list(SPREAD.items()), 2, gap="large"):
        values = rows[measure].to_numpy(float)
        apart = {name: values[mine] for name, mine in groups(table).items()}
        chart = charts.distribution(apart, group_looks(table), title=TITLES[measure])
        title = f"{measure.capitalize()} {where}"
        panel(cell, title, chart, f"Dotted lines are the medians. {caption}", f"glance {measure}")


def _oddities(table: Table) -> Iterator[str]:
    """Identical files, copies across splits, doubted labels and unreadable files, a line of Markdown each."""
    rows = table.rows
    same = rows[rows["sha256"].duplicated(keep=False)]
    yield f":material/content_copy: {_same_files(same)}" if len(same) else f"{CHECK} No two files are the same."
    shared = int((rows.groupby("source")["split"].transform("nunique") > 1).sum())
    if shared:
        yield (
            f":material/sync_alt: **{shared:,} pictures show a photograph that is in another split too**, turned, "
            "mirrored or stretched. What that means for a test: see *Is the test fair?*"
        )
    elif rows["split"].nunique() > 1:
        yield f"{CHECK} No photograph is in more than one split."
    suspects = rows[rows["suspect"]]
    if len(suspects):
        pictures, photographs = _count(len(suspects), "picture"), _count(suspects["source"].nunique(), "photograph")
        yield (
            f":material/help: **{pictures} of {photographs} may be filed under the wrong label.** They are listed "
            "below. "
            + (
                "Every figure of the models that ship is given with and without them."
                if table.public
                else "Models do not learn from them."
            )
        )
    elif table.classes is not None:
        yield f"{CHECK} No label is in doubt by what its own photograph says."
    if table.index is not None:
        left = len(table.index.unreadable)
        was = "was" if left == 1 else "were"
        yield (
            f":material/broken_image: **{_count(left, 'file')} cannot be read** and {was} left out."
            if left
            else f"{CHECK} All files can be read."
        )


def _same_files(rows: pd.DataFrame) -> str:
    """`rows`: of the files that are the same as another one."""
    alike = rows.groupby("sha256")
    across, clash = (int((alike[column].nunique() > 1).sum()) for column in ("split", "name"))
    all_or_some = "all" if across == alike.ngroups else f"{across:,}"
    return (
        f"**{len(rows):,} files are byte for byte the same as another one.** They show {alike.ngroups:,} different "
        "pictures"
        + (f", {all_or_some} of which are in more than one split" if across else "")
        + (f". {clash:,} of them are filed under more than one class, of which one must be wrong" if clash else "")
        + "."
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _lists(table: Table) -> None:
    """List the doubted labels and the files that cannot be read, by name."""
    doubted = table.rows.loc[table.rows["suspect"], ["path", "name", "source"]]
    if len(doubted):
        with st.expander(f"Labels in doubt ({len(doubted):,})", icon=":material/help:"):
            st.caption(
                "A photograph that is filed under both labels cannot be both; its rarer label is doubted. Others were "
                "doubted by eye, before any figure was made."
            )
            show_table(
                doubted.itertuples(index=False),
                {"picture": "Picture", "filed as": "Filed as", "photograph": "Source photograph"},
                "Pictures whose label is doubted, what each is filed as, and its source photograph.",
            )
    unreadable = () if table.index is None else table.index.unreadable
    if unreadable:
        with st.expander(f"Files that cannot be read ({len(unreadable):,})", icon=":material/broken_image:"):
            columns = {"file": "File", "reason": st.column_config.TextColumn("Reason", width="large")}
            show_table(unreadable, columns, "Files that cannot be read, and why.")
