"""All models side by side, figure by figure, beside what the original study reported; with what cannot be compared."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from casting_core.charts.style import listed
from casting_core.data.files import neutral
from casting_core.errors import CastingError
from casting_core.evaluation.comparison.columns import COLUMNS, Column
from casting_core.evaluation.comparison.model_rows import ModelRow, Origin, best, differing, model_rows, warnings
from casting_core.evaluation.comparison.model_table import STAR, UNKNOWN, spreadsheet, text, to_markdown
from casting_core.evaluation.reporting.cells import percent
from casting_core.networks.card import MODELS, ModelCard
from pages.shared import inputs, resources, tables, trouble
from pages.views.comparison import timing

SWITCHES = {  # in the link → title, what it does
    "differ": ("Only what differs", "Leaves out columns in which all shown models that have a value have the same."),
    "ranges": (
        "95 % ranges",
        "Where a figure may well lie on other castings, as far as chance goes. Over source photographs, not over their "
        "copies.",
    ),
    "as-filed": (
        "Doubted labels as filed",
        "For castings never seen: with the pictures whose label is doubted, as they were filed, or without them. The "
        "official test is always counted as filed, as the study counted it.",
    ),
}
USUAL = [column.title for column in COLUMNS if column.usual]
BEST = "font-weight: 700; background-color: rgba(0, 158, 115, 0.22)"  # beside the star
NAME = 190  # px, of the column that stays in view; a phone shows another one beside it
WIDEST = {"kind": 172}  # px, of columns that are cut sooner than others


def show() -> None:
    """Draw the view."""
    st.subheader("Which model is better?", anchor=False)
    cards = _cards()
    answer = st.container()
    columns, names, only, as_filed, ranges = _ask([row.name for row in model_rows(cards)])
    asked = [(card.name, card.weights_sha256) for card in cards]
    times = {name: speed.median for name, speed in timing.known(asked).items()}
    every = model_rows(cards, folder=MODELS, as_filed=as_filed, milliseconds=times)
    with answer:
        _answer(every)
    rows = [row for row in every if row.name in names]
    if only:
        columns = differing(rows, columns)
    _draw(rows, columns, ranges)
    with st.container(horizontal=True, vertical_alignment="center"):
        _take_away(rows, columns)
        timing.control([each for each in asked if each[0] in names])
    timing.explain([each for each in asked if each[0] in names])
    _warn(rows)


def _cards() -> list[ModelCard]:
    """Return the cards that can be read; of the others, why not."""
    cards = []
    for name in resources.models():
        try:
            cards.append(resources.card(name))
        except CastingError as error:
            trouble.complain("A model is left out.", error)
    if not cards:
        st.info("No model has been shipped yet; below is what the study reported.", icon=":material/pending:")
    return cards


def _answer(rows: Sequence[ModelRow]) -> None:
    """Return the order of the models on castings never seen, and what the official test says beside it."""
    measured = [row for row in rows if row.origin is Origin.PUBLIC and row.number("unseen_accuracy") is not None]
    ranked = sorted((row for row in measured if not row.floor), key=lambda row: -row.number("unseen_accuracy"))
    if not ranked:
        return
    first, *others = ranked
    told = [f"**{_code(first)} is right on {percent(first.number('unseen_accuracy'))} of the pictures**"]
    told += [f"{_code(row)} on {percent(row.number('unseen_accuracy'))}" for row in others]
    st.markdown(f"On castings never seen, {listed(told)}.{_beside_floor(measured, ranked)}")
    known = [row for row in rows if row.origin is not Origin.OWN and row.number("official_accuracy") is not None]
    known = sorted(known, key=lambda row: -row.number("official_accuracy"))[:3]
    if len(known) > 1:
        each = listed([f"{_code(row)} {percent(row.number('official_accuracy'))}" for row in known])
        apart = 100 * (known[0].number("official_accuracy") - known[-1].number("official_accuracy"))
        st.markdown(
            f"On the official test, doubted labels as filed, the best {'two' if len(known) == 2 else 'three'} lie "
            f"{apart:.2f} points apart: {each}. Nearly all of its pictures are turned copies of training pictures, so "
            "it asks what a model remembers."
        )


def _beside_floor(measured: Sequence[ModelRow], ranked: Sequence[ModelRow]) -> str:
    """How far the mean brightness alone gets, and who gets no further."""
    floor = next((row for row in measured if row.floor), None)
    if floor is None:
        return ""
    level = floor.number("unseen_accuracy")
    told = f" Mean brightness alone, the floor, gets {percent(level)}"
    below = [_code(row) for row in ranked if row.number("unseen_accuracy") <= level]
    if not below:
        return f"{told}."
    return f"{told}: **{listed(below)} {'do' if len(below) > 1 else 'does'} no better than that**."


def _code(row: ModelRow) -> str:
    if row.origin is Origin.REPORTED:
        return f"the study’s {row.values['kind']}"
    return "`" + row.name.replace("`", "'") + "`"


def _ask(names: list[str]) -> tuple[Sequence[Column], list[str], bool, bool, bool]:
    """Columns, rows, whether only what differs, whether as filed, whether with ranges."""
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        with st.popover("Columns", icon=":material/view_column:"):
            every = [column.title for column in COLUMNS]
            titles = inputs.several("Columns that are shown", every, "columns", default=USUAL)
        with st.popover("Rows", icon=":material/table_rows:"):
            chosen = inputs.several("Models that are shown", names, "rows", default=names)
        only, ranges, as_filed = (
            st.toggle(title, key=key, bind="query-params", help=meaning) for key, (title, meaning) in SWITCHES.items()
        )
    return [column for column in COLUMNS if column.title in titles], chosen, only, as_filed, ranges


def _draw(rows: Sequence[ModelRow], columns: Sequence[Column], ranges: bool) -> None:
    if not rows:
        st.info("No model is chosen; choose some under *Rows*.", icon=":material/touch_app:")
        return
    if not columns:
        st.info(
            "There is no column to show: none is chosen under *Columns*, or these models differ in none.",
            icon=":material/touch_app:",
        )
        return
    column = st.column_config
    widths = {each.key: _width(rows, each, ranges) for each in columns}
    st.dataframe(
        styled(rows, columns, ranges),
        hide_index=True,
        key="models-table",
        placeholder=UNKNOWN,
        alt="Models, figure by figure",  # short, as each button of the table says it again
        column_config={
            "model": column.TextColumn("Model", pinned=True, width=NAME),
            **{each.key: column.Column(each.title, help=each.help or None, width=widths[each.key]) for each in columns},
        },
    )
    st.caption(
        f"Press the head of a column to sort by it; {UNKNOWN} was not reported, or not measured. **{STAR} is the best "
        "of its column** among models of the same data; the floor takes no part, as hardly anything is smaller or "
        "quicker. The best number need not be better by more than chance: look at the ranges, and at *Two models on "
        "the same parts* under *Behaviour*. Read missed defects, false alarms and what is sent to a person together: "
        "any one of them alone is easily made small."
    )


def _width(rows: Sequence[ModelRow], column: Column, ranges: bool) -> int:
    """Of a column, in px, so that its title and its texts fit; long texts are cut, and open at a double click."""
    longest = max(len(text(row, column, ranges=ranges)) + len(STAR) + 1 for row in rows)
    return min(int(7.6 * max(len(column.title), longest)) + 22, WIDEST.get(column.key, 330))


def styled(rows: Sequence[ModelRow], columns: Sequence[Column], ranges: bool) -> Styler:
    """Return the table: numbers to sort by, texts to be shown; the best ones stand out."""
    values: dict[str, list[Any]] = {"model": [neutral(row.name) for row in rows]}
    looks = {"model": [""] * len(rows)}
    texts: dict[str, dict[Any, str]] = {}  # by column and value: a table formats by values
    others: list[tuple[int, str, str]] = []  # cells whose value has another text elsewhere in the column
    for column in columns:
        key, winners = column.key, best(rows, column)
        told: dict[Any, str] = {}
        numeric = any(isinstance(row.number(key), int | float) for row in rows)
        values[key] = [row.number(key) if numeric else neutral(row.number(key)) for row in rows]
        looks[key] = [BEST if row.name in winners else "" for row in rows]
        for place, row in enumerate(rows):
            cell = (f"{STAR} " if row.name in winners else "") + text(row, column, ranges=ranges)
            if told.setdefault(values[key][place], cell) != cell:
                others.append((place, key, cell))
        texts[key] = told
    shown = pd.DataFrame(values).style.apply(lambda _: pd.DataFrame(looks), axis=None)
    shown.format({key: lambda value, told=told: told.get(value, UNKNOWN) for key, told in texts.items()})
    for place, key, cell in others:
        shown.format(lambda _, cell=cell: cell, subset=pd.IndexSlice[[place], [key]])
    return shown


def _take_away(rows: Sequence[ModelRow], columns: Sequence[Column]) -> None:
    options = {"disabled": not rows}
    tables.save_button("CSV", "models.csv", lambda: to_csv(rows, columns), key="models-csv", **options)
    tables.save_button("Markdown", "models.md", lambda: to_markdown(rows, columns), key="models-markdown", **options)


def to_csv(rows: Sequence[ModelRow], columns: Sequence[Column]) -> bytes:
    """Return the table for a spreadsheet, UTF-8 with the mark that it looks for; no text acts as a formula."""
    lines = spreadsheet(rows, columns)
    return tables.to_csv(list(lines[0]) if lines else ["model"], (line.values() for line in lines))


def _warn(rows: Sequence[ModelRow]) -> None:
    found = warnings(rows)
    if found:
        st.warning("**Not everything in this table can be compared.**", icon=":material/balance:")
        st.text("\n".join(f"• {each}" for each in found))
