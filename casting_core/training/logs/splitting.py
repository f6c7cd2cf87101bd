"""From the rows of a log to its runs: the one place that tells runs, folds, phases and restarts apart.

1. A table with one figure a row (`key`, `value`) is turned into one with a column for each figure.
2. Rows with a `phase` or `split` count for the images that it names.
3. Rows that differ in `run`, `fold`, `seed` and the like, and columns such as `brisk-fox-3 - val_loss` (Weights &
   Biases) or `fold1_val_loss`, belong to different runs.
4. Rows are counted by a column called epoch, else step, else by unnamed row numbers. A row without a count, as
   Lightning writes learning rates, belongs to the next one that has one, or else to the last before it.
5. Where the count falls back to an epoch that was logged already, a further part begins: a restart, or a new fold.
6. Several rows of one epoch that follow each other become one: figures of single batches by their mean, else the last.

What is a guess is said, and `Correction` sets it right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs.columns import (
    CURVES,
    EPOCH,
    LEARNING_RATE,
    RUN_FILLING,
    SECONDS,
    STEP,
    counter,
    is_images,
    is_wall_time,
    makes_curve,
    on_images,
    recognise,
    tells_images,
    tells_runs,
    words,
)
from casting_core.training.logs.epochs import Count, by_epoch, count_rows, parts
from casting_core.training.logs.log import COLUMNS
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Figures, Table, check_size

MAX_RUNS = 50  # in one log
KEYS, VALUES = ({"key"}, {"metric"}, {"metric", "name"}, {"tag"}, {"variant"}), ({"value"}, {"metric", "value"})
OF_RUN = re.compile(r"(?P<run>.+) - (?P<name>.+)|(?P<fold>fold[ _-]?\d+)[ _/.-]+(?P<rest>.+)", re.IGNORECASE)
BOUNDS = ("__MIN", "__MAX")  # beside each column that Weights & Biases exports
SHOWN = 10  # names in a sentence


@dataclass(frozen=True, kw_only=True)
class Correction:
    """What somebody knows better than the names in a log.

    Attributes
    ----------
    name : what the log is called; "" as it is.
    columns : the column by our name, or by `EPOCH` or `STEP` for the one that counts; "" for none.
    training, held_out : values of the column that names the images of a row.
    """

    name: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    training: frozenset[str] = frozenset()
    held_out: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, eq=False)
class Log:
    """What was read of one log: its table, its runs in the order of the file, and how the names were corrected.

    Raises `DataError` where nothing counts epochs or steps, or there are more than `MAX_RUNS` runs. A log without rows
    has one run without epochs.
    """

    table: Table
    correction: Correction = Correction()
    runs: tuple[Run, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "runs", tuple(_split(self.table, self.correction)))

    @property
    def images(self) -> list[str]:
        """Values of the column that names the images of a row; none where there is no such column."""
        column = _image_column(self.table)
        return [] if column is None else sorted({value for value in _values(self.table, column) if value})

    @property
    def columns(self) -> list[str]:
        """Names of the columns that a curve can be made of, sorted."""
        parts = (part for _, part in _parts(_by_images(_wide(self.table), self.correction)))
        return sorted({name for part in parts for name in part.figures if not _serves(name)})


def _split(table: Table, correction: Correction) -> Iterator[Run]:
    table = replace(table, name=correction.name or table.name)
    count = 0
    for origin, part in _parts(_by_images(_wide(table), correction)):
        for run in _runs(part, origin, correction):
            if (count := count + 1) > MAX_RUNS:
                raise DataError(f"{table.source} holds more than {MAX_RUNS} runs; keep those that are to be compared.")
            yield run


def _image_column(table: Table) -> str | None:
    return next(filter(tells_images, (*table.texts, *table.figures)), None)


def _values(table: Table, column: str) -> np.ndarray:
    """Return what stands in a column of text or numbers, object (R,) of str."""
    if column in table.texts:
        return table.texts[column]
    return np.array(["" if np.isnan(value) else f"{value:g}" for value in table.figures[column].values], object)


def _wide(table: Table) -> Table:
    """Give each figure of a table that has one a row a column of its own."""
    keys = [name for name in table.texts if set(words(name)) in KEYS]
    value = next((name for name in table.figures if set(words(name)) in VALUES), None)
    place = next((name for kind in (EPOCH, STEP) if (name := counter(table.figures, kind))), None)
    if not keys or value is None or place is None:
        return table
    names = pd.Series(table.texts[keys[0]]).str.cat([table.texts[key] for key in keys[1:]], sep="/")
    series, different = pd.factorize(names)
    runs = [pd.Series(_values(table, name)) for name in (*table.texts, *table.figures) if tells_runs(name)]
    places, part = table.figures[place].values, pd.Series(np.zeros(table.rows, int))
    for rows in part.groupby([series, *runs]).indices.values():
        part.iloc[rows] = parts(places[rows], [table.figures[value].take(rows)])
    order = np.lexsort((places, part))
    held = pd.MultiIndex.from_arrays([*runs, part, places])[order]
    codes, kept = pd.factorize(held)
    check_size(table.source, len(kept), len(different))
    first = order[np.unique(codes, return_index=True)[1]]
    row = np.empty(table.rows, int)
    row[order] = codes
    wide = replace(table, texts={name: each for name, each in table.texts.items() if name not in keys}).take(first)
    figures = {name: each for name, each in wide.figures.items() if name != value}
    for code, name in enumerate(different):
        at = np.flatnonzero(series == code)
        own = Figures(values=np.full(len(kept), np.nan), written=np.zeros(len(kept), bool))
        own.values[row[at]], own.written[row[at]] = table.figures[value].values[at], table.figures[value].written[at]
        figures[name] = own
    return replace(wide, figures=figures)


def _by_images(table: Table, correction: Correction) -> Table:
    """Give loss and accuracy a column for the images that each row names."""
    column = _image_column(table)
    if column is None:
        return table
    values = _values(table, column)
    images = {value: value for value in dict.fromkeys(values)}
    images |= dict.fromkeys(correction.training, "train") | dict.fromkeys(correction.held_out, "val")
    figures = {name: each for name, each in table.figures.items() if name != column}
    bare = [name for name in figures if makes_curve(name) and not on_images(name)]
    check_size(table.source, table.rows, len(figures) + len(bare) * len(images))
    for name in bare:
        own = figures.pop(name)
        for kind in dict.fromkeys(images.values()):
            rows = pd.Series(values).map(images).to_numpy(object) == kind
            figures[f"{kind}/{name}"] = own.where(rows)
    return replace(table, figures=figures)


def _parts(table: Table) -> Iterator[tuple[dict[str, str], Table]]:
    """Yield the runs that columns tell apart, with what tells each from the others."""
    telling = {name: _values(table, name) for name in (*table.texts, *table.figures) if tells_runs(name)}
    telling = {name: values for name, values in telling.items() if len(set(values)) > 1}
    kinds = [next((word for word in words(name) if word not in RUN_FILLING), "run") for name in telling]
    rest = replace(table, figures={name: each for name, each in table.figures.items() if name not in telling})
    codes, different = np.zeros(table.rows, int), [()]
    if telling:
        codes, different = pd.factorize(pd.MultiIndex.from_arrays(list(telling.values())))
    if len(different) > MAX_RUNS:
        raise DataError(f"{table.source} holds {len(different):,} runs; keep at most {MAX_RUNS} of them.")
    for code, told in enumerate(different):
        origin: dict[str, str] = dict(zip(kinds, told, strict=True))
        for run, part in _by_columns(rest.take(codes == code) if telling else rest):
            yield origin | ({"run": run} if run else {}), part


def _by_columns(table: Table) -> Iterator[tuple[str, Table]]:
    """Yield the runs that the names of columns tell apart: those of Weights & Biases, and folds."""
    figures = {name: each for name, each in table.figures.items() if not name.endswith(BOUNDS)}
    found = {name: match for name in figures if (match := OF_RUN.fullmatch(name)) and not is_images(match["run"] or "")}
    for run in dict.fromkeys(match["run"] or match["fold"] for match in found.values()) or [""]:
        own = {name: m["name"] or m["rest"] for name, m in found.items() if (m["run"] or m["fold"]) == run}
        mine = {own.get(name, name): each for name, each in figures.items() if name in own or name not in found}
        yield run, replace(table, figures=mine)


def _runs(table: Table, origin: Mapping[str, str], correction: Correction) -> Iterator[Run]:
    """Yield the runs of rows that nothing but their order can tell apart."""
    count = count_rows(table, {kind: name for kind, name in correction.columns.items() if kind in (EPOCH, STEP)})
    table = table.take(count.used)
    chosen, guesses = _read_as(table, count, correction)
    figures = {own: table.figures[name] for own, name in chosen.items()}
    drawn = {own: each for own, each in figures.items() if own in CURVES}
    notes = [*table.notes, *count.notes]
    rest = [name for name in table.figures if name not in (*chosen.values(), count.column) and not _serves(name)]
    if rest:
        more = f" and {len(rest) - SHOWN} more" if len(rest) > SHOWN else ""
        notes.append(f"Further figures, not drawn: {', '.join(rest[:SHOWN])}{more}.")
    begun = parts(count.places, drawn.values())
    if begun.max(initial=0) >= MAX_RUNS:
        raise DataError(
            f"The count of epochs in {table.source} falls back too often; sort its rows, or name their runs."
        )
    if begun.any():
        notes.append("The count of epochs falls back: a restart, or a new fold. Each part is a curve of its own.")
    for part in range(int(begun.max(initial=0)) + 1):
        rows = begun == part
        told = {**origin, "part": str(part + 1)} if begun.any() else dict(origin)
        name = [table.name, *(value if kind == "run" else f"{kind} {value}" for kind, value in told.items())]
        about = {"name": ", ".join(name), "source": table.source, "origin": told, "read_as": chosen}
        run = by_epoch(count.take(rows), {own: each.take(rows) for own, each in figures.items()}, **about)
        yield replace(run, guesses=(*guesses, *run.guesses), notes=(*notes, *run.notes))


def _read_as(table: Table, count: Count, correction: Correction) -> tuple[dict[str, str], list[str]]:
    """Find the column by our name, as the names say or a correction does, and what of it is guessed."""
    names = [name for name in table.figures if name != count.column]
    given = {own: name for own, name in correction.columns.items() if own not in (EPOCH, STEP)}
    chosen, guesses = recognise(name for name in names if name not in given.values())
    read_as = {own: name for own, name in (chosen | given).items() if name in names}
    return read_as, [guess for own, guess in guesses.items() if own not in given]


def _serves(name: str) -> bool:
    """Whether a column is known, though it makes no curve."""
    known = is_wall_time(name) or tells_images(name) or any(counter([name], kind) for kind in (EPOCH, STEP))
    return known or not {LEARNING_RATE, SECONDS}.isdisjoint(recognise([name])[0]) or name == COLUMNS[-1]
