"""One training as curves are drawn from it, whatever tool logged it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from casting_core.errors import DataError
from casting_core.training.logs.columns import EPOCH

NONE = np.empty(0)


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """One training: its curves, where they come from, and what was guessed or left out on the way.

    Attributes
    ----------
    name : what it is called.
    source : the file or folder it was read from.
    origin : what tells it from the others of that source: run, fold, seed, restart, in words, by kind.
    unit : what `epochs` are: epochs, counted from 1 (parts of one where the tool wrote such), or steps.
    epochs : float64 (E,), finite and rising.
    columns : float64 (E,) by one of our names (`columns.CURVES`, `SECONDS`, `LEARNING_RATE`); NaN for no number.
    present : bool (E,) by name, whether anything was logged there, so that a loss that became NaN can be told from one
        that was not taken; everything where it is left out.
    read_as : the column of the source by our name, and by `unit` the one that counts.
    guesses : sentences on what was guessed, which a `splitting.Correction` can set right.
    notes : sentences on what was changed or left out.
    shipped : the epoch whose weights ship; None where none do.

    Raises
    ------
    DataError
        The lengths differ, or the epochs do not rise. The arrays cannot be written to.
    """

    name: str
    epochs: np.ndarray = field(default_factory=lambda: NONE)
    columns: Mapping[str, np.ndarray] = field(default_factory=dict)
    source: str = ""
    origin: Mapping[str, str] = field(default_factory=dict)
    unit: str = EPOCH
    present: Mapping[str, np.ndarray] = field(default_factory=dict)
    read_as: Mapping[str, str] = field(default_factory=dict)
    guesses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    shipped: float | None = None

    def __post_init__(self) -> None:
        epochs = _frozen(self.epochs, np.float64)
        columns = {name: _frozen(values, np.float64) for name, values in self.columns.items()}
        every = np.ones(epochs.shape, bool)
        present = {name: _frozen(self.present.get(name, every), bool) for name in columns}
        shapes = {each.shape for each in (epochs, *columns.values(), *present.values())}
        if shapes != {(epochs.size,)} or not np.isfinite(epochs).all() or (np.diff(epochs) <= 0).any():
            raise DataError(
                f"The epochs of {self.name} must be finite and rise, and each column have a value for each."
            )
        for name, value in (("epochs", epochs), ("columns", columns), ("present", present)):
            object.__setattr__(self, name, value)

    def series(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Epochs and values, float64 (N,) both, where something was written; empty where there is no such column."""
        if column not in self.columns:
            return NONE, NONE
        at = self.present[column]
        return self.epochs[at], self.columns[column][at]


def _frozen(values: np.ndarray, dtype: type) -> np.ndarray:
    copy: np.ndarray = np.array(values, dtype)
    copy.flags.writeable = False
    return copy
