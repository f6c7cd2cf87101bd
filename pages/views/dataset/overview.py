"""What is in this data set, how even is it, and what is odd about it?"""

from collections import Counter

import numpy as np
import pandas as pd
import streamlit as st

from casting_core.charts import dataset as charts
from casting_core.charts.style import LABELS, SERIES, WORDS, listed, looks
from casting_core.data.part.measures import TITLES
from casting_core.exploration.table import Table
from casting_core.labels import Label
from pages.shared.downloads import neutral
from pages.shared.drawing import draw

NO_SPLIT = "no split"
EVEN, UNEVEN = 1.05, 5.0  # times as many pictures of one label as of the other, at most and from which on
BOTH = "filed under both labels"
UNKNOWN = "label not known"
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
    with left:
        _counts(table)
    with right:
        _photographs(kinds)
    _measures(table)
    st.subheader("What is odd about it?", anchor=False)
    _oddities(table)
    _lists(table)
    if table.notes:
        st.markdown("**Notes that were made while it was read**")
        st.text("\n".join(f"• {note}" for note in table.notes))


def groups(table: Table) -> dict[str, np.ndarray]:
    """The pictures that are set side by side, bool (N,) each: by label, or by class where labels are not known."""
    rows = table.rows
    if table.classes is None:
        return {name: (rows["name"] == name).to_numpy() for name in sorted(rows["name"].unique())}
    found = {WORDS[label]: (rows["label"] == str(label)).to_numpy() for label in Label}
    return {name: mine for name, mine in found.items() if mine.any()}


def group_looks(table: Table) -> dict:
    """How the groups are drawn."""
    return looks(list(groups(table)), None if table.classes is None else {WORDS[label]: label for label in Label})


def _kinds(table: Table) -> pd.DataFrame:
    """One line a source photograph: `pictures`, and the `kind` that it is filed as."""
    told = table.rows.groupby("source")["label"].agg(["size", "min", "max"])
    words = {**{str(label): word for label, word in WORDS.items()}, "": UNKNOWN}
    kind = told["min"].map(words).where(told["min"] == told["max"], BOTH)
    return pd.DataFrame({"pictures": told["size"], "kind": kind})


def _numbers(table: Table, kinds: pd.DataFrame) -> None:
    """How many pictures of each label, and how many photographs stand behind them, each in one sentence."""
    with st.container(horizontal=True):
        st.metric("Pictures", f"{len(table):,}", border=True)
        st.metric("Source photographs", f"{len(kinds):,}", border=True)
        if table.classes is not None:
            for name, mine in groups(table).items():
                st.metric(name.capitalize(), f"{int(mine.sum()):,}", border=True)
    st.markdown(_balance(table))
    st.markdown(_copies(table, kinds))


def _balance(table: Table) -> str:
    if table.classes is None:
        return (
            "Nobody has said yet which of these classes are defective, so pictures are told apart by their class only. "
            "Name the defective ones above."
        )
    number = {label: int((table.rows["label"] == str(label)).sum()) for label in Label}
    sound, defective = number[Label.OK], number[Label.DEFECTIVE]
    if not sound or not defective:
        only = WORDS[Label.DEFECTIVE if defective else Label.OK]
        return f"**All pictures are {only}**, so there is nothing to be told apart."
    more, less = max(number, key=lambda label: number[label]), min(number, key=lambda label: number[label])
    ratio = number[more] / number[less]
    told = f"**Balance: {ratio:.1f} {WORDS[more]} pictures for each {WORDS[less]} one.**"
    if ratio < EVEN:
        told = "**Balance: about as many sound as defective pictures.**"
    if ratio >= UNEVEN:
        return (
            f"{told} That is uneven: a model that calls everything {WORDS[more]} would be right on "
            f"{100 * number[more] / len(table):.0f} % of them, so accuracy alone says little here."
        )
    return f"{told} Neither label is rare, which is unlike a foundry, where most parts are sound."


def _copies(table: Table, kinds: pd.DataFrame) -> str:
    most = int(kinds["pictures"].max())
    if len(kinds) == len(table):
        return "Each picture is a photograph of its own: no two of them are turned, mirrored or stretched copies."
    counted = kinds["kind"].value_counts()
    each = listed([f"{counted[kind]:,} {kind}" for kind in _order(counted.index)])
    behind = f" ({each})" if table.classes is not None else ""
    return (
        f"Behind the {len(table):,} pictures are **only {len(kinds):,} different photographs**{behind}: the others are "
        f"turned, mirrored or stretched copies. The most copied one alone gives {most:,} pictures. What a model can "
        "learn, and what a figure is worth, depends on the number of photographs, not of pictures."
    )


def _order(kinds) -> list[str]:
    known = [WORDS[Label.OK], WORDS[Label.DEFECTIVE], BOTH, UNKNOWN]
    return [kind for kind in known if kind in set(kinds)]


def _counts(table: Table) -> None:
    rows = table.rows
    titles = _titles(table)
    number = Counter(zip(rows["name"], rows["split"], strict=True))
    splits = sorted(rows["split"].unique())
    told = {title: {split or NO_SPLIT: number[name, split] for split in splits} for name, title in titles.items()}
    labels = None if table.classes is None else {titles[name]: table.classes[name] for name in titles}
    st.markdown("**Pictures by split and class**")
    caption = "The models learn from *train* and are tried on *test*. Both should hold every class."
    if splits == [""]:
        caption = "The folder is not divided into train and test."
    draw(charts.counts(told, looks(list(told), labels)), caption, "glance counts")


def _titles(table: Table) -> dict[str, str]:
    """Class → how it is called in a chart."""
    names = sorted(table.rows["name"].unique())
    if table.classes is None:
        return {name: name for name in names}
    names.sort(key=lambda name: (table.classes[name].positive, name))
    return {name: f"{name} ({WORDS[table.classes[name]]})" for name in names}


def _photographs(kinds: pd.DataFrame) -> None:
    if (kinds["pictures"] == 1).all():
        return
    look = {WORDS[label]: LABELS[label] for label in Label} | {BOTH: SERIES[0], UNKNOWN: SERIES[1]}
    told = {kind: kinds["pictures"][kinds["kind"] == kind].tolist() for kind in _order(kinds["kind"])}
    st.markdown("**Pictures of each source photograph**")
    scale = (
        ", on a scale on which each line is ten times the one below" if kinds["pictures"].max() >= charts.STEEP else ""
    )
    caption = f"One bar a photograph{scale}. The higher the bars on the left, the more a model sees of a few castings."
    draw(charts.photographs(told, look), caption, "glance photographs")


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
        width, height = next(iter(sizes))
        st.markdown(f"All pictures are **{width} × {height} px**.")
    else:
        st.markdown("**Sizes of the pictures**")
        caption = "Pictures are scaled before a model sees them, so fine marks on small ones are lost sooner."
        draw(charts.sizes(sizes), caption, "glance sizes")
    where = "of the part" if rows["diameter"].notna().all() else "of the part, or of the picture where none was found"
    apart, look = groups(table), group_looks(table)
    for column, (measure, caption) in zip(st.columns(2, gap="large"), SPREAD.items(), strict=True):
        values = rows[measure].to_numpy(float)
        with column:
            st.markdown(f"**{measure.capitalize()} {where}**")
            chart = charts.distribution(
                {name: values[mine] for name, mine in apart.items()}, look, title=TITLES[measure]
            )
            draw(chart, f"Dotted lines are the medians. {caption}", f"glance {measure}")


def _oddities(table: Table) -> None:
    """Identical files, copies across splits, doubted labels and unreadable files, one line each."""
    rows = table.rows
    same = rows["sha256"].duplicated(keep=False)
    alike = rows[same].groupby("sha256")
    across = int((alike["split"].nunique() > 1).sum())
    clash = int((alike["name"].nunique() > 1).sum())
    sides = rows.groupby("source")["split"].nunique()
    shared = rows["source"].isin(sides[sides > 1].index)
    suspects = int(rows["suspect"].sum())
    if same.any():
        said = f"**{int(same.sum()):,} files are byte for byte the same as another one.** They show "
        said += f"{alike.ngroups:,} different pictures"
        if across:
            said += f", {'all' if across == alike.ngroups else f'{across:,}'} of which are in more than one split"
        said += f". {clash:,} of them are filed under more than one class, of which one must be wrong" if clash else ""
        said += "."
        _line("content_copy", said)
    else:
        _line("check", "No two files are the same.")
    if shared.any():
        _line(
            "sync_alt",
            f"**{int(shared.sum()):,} pictures show a photograph that is in another split too**, turned, mirrored or "
            "stretched. What that means for a test: see *Is the test fair?*",
        )
    elif rows["split"].nunique() > 1:
        _line("check", "No photograph is in more than one split.")
    if suspects:
        photographs = rows.loc[rows["suspect"], "source"].nunique()
        _line(
            "help",
            f"**{_count(suspects, 'picture')} of {_count(photographs, 'photograph')} may be filed under the wrong "
            "label.** They are listed below. "
            + (
                "Every figure of the models that ship is given with and without them."
                if table.public
                else "Models do not learn from them."
            ),
        )
    elif table.classes is not None:
        _line("check", "No label is in doubt by what its own photograph says.")
    if table.index is not None:
        unreadable = len(table.index.unreadable)
        _line(
            "broken_image" if unreadable else "check",
            f"**{_count(unreadable, 'file')} cannot be read** and was left out."
            if unreadable == 1
            else f"**{unreadable:,} files cannot be read** and were left out."
            if unreadable
            else "All files can be read.",
        )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _line(icon: str, text: str) -> None:
    st.markdown(f":material/{icon}: {text}")


def _lists(table: Table) -> None:
    """The doubted labels and the files that cannot be read, by name."""
    doubted = table.rows[table.rows["suspect"]]
    if len(doubted):
        with st.expander(f"Labels in doubt ({len(doubted):,})", icon=":material/help:"):
            st.caption(
                "A photograph that is filed under both labels cannot be both; its rarer label is doubted. Others were "
                "doubted by eye, before any figure was made."
            )
            st.dataframe(
                [
                    {"picture": neutral(row["path"]), "filed as": neutral(row["name"]), "photograph": row["source"]}
                    for row in doubted.to_dict("records")
                ],
                hide_index=True,
                column_config={"picture": "Picture", "filed as": "Filed as", "photograph": "Source photograph"},
                alt="Pictures whose label is doubted, what each is filed as, and its source photograph.",
            )
    unreadable = () if table.index is None else table.index.unreadable
    if unreadable:
        with st.expander(f"Files that cannot be read ({len(unreadable):,})", icon=":material/broken_image:"):
            st.dataframe(
                [{"file": neutral(path), "reason": reason} for path, reason in unreadable],
                hide_index=True,
                column_config={"file": "File", "reason": st.column_config.TextColumn("Reason", width="large")},
                alt="Files that cannot be read, and why.",
            )
