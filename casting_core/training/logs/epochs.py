"""From the points of one run to one row an epoch, in our units.

What counts the rows, where the count begins anew, and what of several values of one epoch is kept, is decided here;
whatever is changed is said in a sentence. Points are lines of a data frame: `row`, `name`, `value`, later `place`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from casting_core.errors import DataError
from casting_core.training.logs import columns
from casting_core.training.logs.columns import EPOCH, SECONDS, STEP
from casting_core.training.logs.run import Run
from casting_core.training.logs.table import some

LAST = (columns.VALIDATION_LOSS, columns.VALIDATION_ACCURACY)  # of which an epoch's last value counts, not the mean
ROW_NUMBERS = ("(no name)", "Unnamed: 0")  # of a table that was saved with them
MILLISECONDS = 1e11  # times since 1970 beyond it are none of seconds
SHOWN = 10  # names in a sentence


def of_rows(points: pd.DataFrame, headings: Sequence[str], given: Mapping[str, str], about: Run) -> Iterator[Run]:
    """Yield the runs of rows that nothing but their order can tell apart, with what is known `about` them.

    Parameters
    ----------
    points : by row.
    headings : the names of all columns.
    given : the column by our name, or by `EPOCH` or `STEP` for what counts, where that is known better.

    Raises
    ------
    DataError
        Nothing counts the rows.
    """
    counts = {unit: name for unit, name in given.items() if unit in (EPOCH, STEP)}
    unit, column = _counter(points, headings, counts)
    names = list(points["name"].unique())
    chosen, guesses = columns.recognise(name for name in names if name not in (*given.values(), column))
    chosen = {own: name for own, name in {**chosen, **given}.items() if name in names and own not in (EPOCH, STEP)}
    said, notes = [guess for own, guess in guesses.items() if own not in given], list(about.notes)
    if not column:
        said.append("Nothing counts the rows; each is taken for an epoch, in their order.")
    points, odd = _placed(points, column)
    if odd:
        rows = "row is" if odd == 1 else "rows are"
        notes.append(f"{odd} {rows} left out, because {column} is no number there.")
    rest = [name for name in names if name not in (*chosen.values(), column) and not columns.serves(name)]
    if rest:
        notes.append(f"Further figures, not drawn: {some(rest, SHOWN)}.")
    points["own"] = points["name"].map({name: own for own, name in chosen.items()})
    if unit == STEP and _are_epochs(points):
        unit = EPOCH
        said.append(f"{column} is taken for the epoch, because it rises by one and each was validated.")
    if unit == EPOCH and points["place"].min() == 0 and (points["place"] % 1 == 0).all():
        points["place"] += 1
        notes.append("Epochs counted from 0 in the file; they count from 1 here.")
    if points.empty:
        notes.append("No epoch has been finished yet.")
    elif unit == STEP:
        notes.append("The file counts steps, not epochs.")
    drawn = points[points["own"].isin(columns.CURVES)]
    again = restarts(drawn).groupby(drawn["row"]).max()
    part = points["row"].map(again).fillna(0).cummax()
    if part.any():
        notes.append("The count of epochs falls back: a restart, or a new fold. Each part is a curve of its own.")
    read_as = chosen | ({unit: column} if column else {})
    about = replace(about, unit=unit, read_as=read_as, guesses=tuple(said), notes=tuple(notes))
    for number, own in points.groupby(part) if part.any() else [(0, points)]:
        told, name = {"part": f"{number + 1:.0f}"}, f"{about.name}, part {number + 1:.0f}"
        yield _by_epoch(own, replace(about, name=name, origin={**about.origin, **told}) if part.any() else about)


def restarts(points: pd.DataFrame) -> pd.Series:
    """How often the place of each point, float (N,), fell back to one that was logged of its name before.

    Values in no order, but of each name one a place, were never logged before.
    """
    block = (points["place"].diff() < 0).cumsum()
    again = block.groupby([points["name"], points["place"]]).rank("dense") - 1
    return again.fillna(0).groupby(points["name"]).cummax()


def by_step(points: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put into one row what was logged at one step or epoch, which `column` counts, each figure in a row of its own."""
    points = points.assign(place=points["row"].map(_by_row(points, column))).sort_values(["name", "row"])
    row = points.groupby([restarts(points), "place"], dropna=False).ngroup()
    return points.assign(row=row).drop(columns="place").sort_values("row", kind="stable")


def _by_row(points: pd.DataFrame, name: str) -> pd.Series:
    return points[points["name"] == name].groupby("row")["value"].last()


def _counter(points: pd.DataFrame, headings: Sequence[str], given: Mapping[str, str]) -> tuple[str, str]:
    """Return unit and name of the column that counts; no name where each row is an epoch."""
    names = list(points["name"].unique()) or headings
    for unit in (EPOCH, STEP):
        column = given.get(unit) if given else columns.counter(names, unit)
        if column in names:
            return unit, str(column)
    rows = points["row"].nunique()
    for name in ROW_NUMBERS:
        if name in names and _by_row(points, name).tolist() == list(range(rows)):
            return EPOCH, name
    if any((points["name"] == name).sum() == rows for name in names if columns.makes_curve(name)):
        return EPOCH, ""
    shown = some(headings, SHOWN) or "none"
    raise DataError(f"has the columns {shown}; none is called `epoch` or `step`. Call the one that counts so.")


def _placed(points: pd.DataFrame, column: str) -> tuple[pd.DataFrame, int]:
    """Give points their `place`, that of the next row or else the last where it has none; and count rows left out."""
    rows = pd.Index(points["row"].unique())
    at = _by_row(points, column) if column else pd.Series(np.arange(1.0, len(rows) + 1), rows)
    known = at[np.isfinite(at)]
    points = points[~points["row"].isin(at.index.difference(known.index))]
    places = points["row"].map(known.reindex(rows).bfill().ffill())
    return points.assign(place=places).dropna(subset="place"), len(at) - len(known)


def _are_epochs(points: pd.DataFrame) -> bool:
    """Whether steps are epochs: they are counted one by one, and every one was validated."""
    steps = np.unique(points["place"])
    if len(steps) < 2 or (np.diff(steps) != 1).any() or steps[0] not in (0, 1):
        return False
    return any(points[points["own"] == own]["place"].nunique() == len(steps) for own in LAST)


def _by_epoch(points: pd.DataFrame, about: Run) -> Run:
    """Make a run with one row an epoch: of figures of batches the mean, else the last value."""
    notes, guesses, places = [*about.notes], [*about.guesses], np.sort(points["place"].unique())
    known = points.dropna(subset="own")
    finite = np.isfinite(known["value"])
    taken = finite | ~finite.groupby([known["own"], known["place"]]).transform("any")
    values = known[taken].groupby(["place", "own"])["value"]  # some tools write nan where they mean nothing
    often, table = values.size().unstack(), values.last().unstack()  # E × columns
    drawn = [own for own in table if own in columns.CURVES]
    averaged = [own for own in drawn if own not in LAST and often[own].median() > 1]
    table[averaged] = values.mean().unstack()[averaged]
    again = [f"{epoch:.10g}" for epoch in often.index[often[drawn].gt(1).any(axis=1)]]
    if again:
        kept = f"of {', '.join(averaged)} the mean, else the last value" if averaged else "the last value"
        notes.append(f"{about.unit.capitalize()} {some(again, 5)} stood there more than once; {kept} counts.")
    table, often = table.reindex(places), often.reindex(places)
    notes += _add_seconds(points, table, often, about)
    percent = [own for own in table if columns.is_accuracy(own) and _are_percent(table[own])]
    table[percent] /= 100
    if percent:
        guesses.append(f"Taken for percent, as it exceeds 1: {', '.join(percent)}.")
    present = {own: count.gt(0).to_numpy() for own, count in often.items()}
    curves = {own: values.to_numpy() for own, values in table.items()}
    return replace(about, epochs=places, columns=curves, present=present, guesses=tuple(guesses), notes=tuple(notes))


def _add_seconds(points: pd.DataFrame, table: pd.DataFrame, often: pd.DataFrame, about: Run) -> list[str]:
    """Turn times of the day, or those since the start, into the seconds of each row, and say so."""
    wall = points[points["name"].map(columns.kind) == columns.WALL_TIME]
    if SECONDS not in table and len(wall):
        seconds = wall["value"].where(wall["value"] <= MILLISECONDS, wall["value"] / 1000)
        passed = seconds.groupby(wall["place"]).max().reindex(table.index).diff()
        passed = passed[passed.between(0, MILLISECONDS)]  # but for the first row, and clocks that were put back
        if len(passed):
            table[SECONDS], often[SECONDS] = passed, passed + 1
            return [f"The seconds of each {about.unit} come from the times at which its values were written."]
    held = {*columns.words(about.read_as.get(SECONDS, ""))}
    if SECONDS in table and held & {"epoch", "time", "elapsed"} in ({"time"}, {"elapsed"}):
        times = table[SECONDS]
        rise = times.diff().fillna(times)
        if len(times) >= 3 and np.isfinite(times).all() and (rise > 0).all() and times.iloc[-1] >= 1.5 * times.iloc[0]:
            table[SECONDS] = rise
            return ["The times counted from the start of the training; they were turned into the seconds of each row."]
    return []


def _are_percent(accuracy: pd.Series) -> bool:
    known = accuracy[np.isfinite(accuracy)]
    return bool(1.5 < known.max() <= 100.5 and known.min() >= 0)
