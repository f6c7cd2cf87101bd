"""From the table of a log to its runs: the one place that tells runs, folds, phases and restarts apart.

1. In a table with one figure a row (`key`, `value`) the key names each.
2. Rows with a `phase` or `split` count for the images that it names.
3. Rows that differ in `run`, `fold`, `seed` and the like, and columns such as `brisk-fox-3 - val_loss` (Weights &
   Biases) or `fold1_val_loss`, belong to different runs.
4. Rows are counted by a column called epoch, else step, else by unnamed row numbers. A row without a count, as
   Lightning writes learning rates, belongs to the next one that has one, or else to the last before it.
5. Where the count falls back to an epoch that was logged already, a further part begins: a restart, or a new fold.
6. Several values of one epoch that follow each other become one: figures of single batches their mean, else the last.

What is a guess is said, and `Correction` sets it right.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs import columns
from casting_core.training.logs.epochs import by_step, of_rows
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import Table

MAX_RUNS, MAX_NAMES = 50, 2_100  # in one log; a reader keeps up to 2,000 tags, beside what counts them
OF_RUN = re.compile(r"(.+)(?: - )(.+)|(fold[ _-]?\d+)[ _/.-]+(.+)", re.IGNORECASE)
BOUNDS = ("__MIN", "__MAX")  # beside each column that Weights & Biases exports


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

    Raises `DataError` where there are no columns, nothing counts epochs or steps, there are more than `MAX_RUNS` runs
    or `MAX_NAMES` names, or numbers but none that a curve can be made of. Without numbers there is one run, without
    epochs.

    Attributes
    ----------
    names : of the columns of numbers, without what tells runs; sorted.
    """

    table: Table
    correction: Correction = Correction()
    names: list[str] = field(init=False)
    runs: tuple[Run, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not self.table.columns:
            raise DataError("holds no course over epochs, single values at most; choose the log of a training.")
        points = _named(self.table, self.correction)
        object.__setattr__(self, "names", sorted({_of_run(name)[1] for name in points["name"].unique()}))
        if len(self.names) > MAX_NAMES:
            raise DataError(f"holds more than {MAX_NAMES:,} kinds of figures; keep those that are to be compared.")
        if self.names and not self.columns:
            raise DataError("has neither a loss nor an accuracy, so there is no curve.")
        runs = tuple(islice(_split(points, self.table, self.correction), MAX_RUNS + 1))
        if len(runs) > MAX_RUNS:
            raise DataError(
                f"holds more than {MAX_RUNS} runs, or its count of epochs falls back too often; sort its rows, or keep "
                "the runs that are to be compared."
            )
        object.__setattr__(self, "runs", runs)

    @property
    def columns(self) -> list[str]:
        """Names of the columns that a curve can be made of."""
        return [name for name in self.names if not columns.serves(name)]

    @property
    def images(self) -> list[str]:
        """Values of the column that names the images of a row; none where there is no such column."""
        column = _image_column(self.table)
        return [] if column is None else sorted({*self.table.texts[column]} - {""})


def _image_column(table: Table) -> str | None:
    return next((name for name in table.texts if columns.kind(name) == columns.IMAGES), None)


def _keys(table: Table) -> tuple[list[str], str | None, str | None]:
    """Of a table with one figure a row the columns that name it, hold it and count it; no names of another."""
    names = table.points["name"].unique()
    value, step = (
        next((n for n in names if columns.kind(n) == columns.VALUE), None),
        columns.counter(names, columns.EPOCH) or columns.counter(names, columns.STEP),
    )
    return [name for name in table.texts if columns.kind(name) == columns.KEY and value and step], value, step


def _named(table: Table, correction: Correction) -> pd.DataFrame:
    """Return the points, each called by what it is, and on which images it was measured."""
    points = table.points[~table.points["name"].str.endswith(BOUNDS)]
    names, rows = points["name"], points["row"]
    keys, value, _ = _keys(table)
    if keys:
        key = table.texts[keys[0]].str.cat(table.texts[keys[1:]], sep="/")
        names = names.where(names != value, rows.map(key))
    if (column := _image_column(table)) is not None:
        known = dict.fromkeys(correction.training, "train") | dict.fromkeys(correction.held_out, "val")
        images = table.texts[column].map(lambda value: known.get(value, value))
        bare = [name for name in names.unique() if columns.makes_curve(name) and not columns.on_images(name)]
        names = names.where(~names.isin(bare), rows.map(images) + "/" + names)
    return points.assign(name=names)


def _of_run(name: str) -> tuple[str, str]:
    """Which run the name of a column tells, "" for none, and what is left of it."""
    match = OF_RUN.fullmatch(name)
    run, rest = [each for each in match.groups() if each] if match else ("", name)
    return ("", name) if columns.is_images(run) else (run, rest)


def _split(points: pd.DataFrame, table: Table, correction: Correction) -> Iterator[Run]:
    telling = [name for name in table.texts if columns.kind(name) == columns.RUN and table.texts[name].nunique() > 1]
    what = [next((word for word in columns.words(name) if word not in columns.RUN_FILLING), "run") for name in telling]
    labels = [points["row"].map(table.texts[name]) for name in telling]
    keys, _, step = _keys(table)
    for values, part in points.groupby(labels, sort=False) if telling else [((), points)]:
        of_run = {name: _of_run(name) for name in part["name"].unique()}
        run, name = (part["name"].map({full: cut[k] for full, cut in of_run.items()}) for k in (0, 1))
        for each in dict.fromkeys(run for run, _ in of_run.values() if run) or [""]:
            own = part.assign(name=name)[run.isin(["", each])]
            origin = dict(zip(what, values, strict=True)) | ({"run": each} if each else {})
            title = [correction.name or table.name, *(v if k == "run" else f"{k} {v}" for k, v in origin.items())]
            about = Run(name=", ".join(title), source=table.source, origin=origin, notes=table.notes)
            own = by_step(own, str(step)) if keys else own
            yield from of_rows(own, table.columns, correction.columns, about)
