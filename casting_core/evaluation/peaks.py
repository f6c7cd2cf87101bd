"""`peaks.csv`: the strongest evidence in the map of every held-out picture, from which the map is calibrated."""

from collections.abc import Mapping
from pathlib import Path

from casting_core.data.files import csv_text, read_rows, write_atomically
from casting_core.errors import DataError

COLUMNS = ("path", "peak")


def write_peaks(file: Path, peaks: Mapping[str, float]) -> None:
    """Write one row a picture: its path, and the raw logit of its strongest place, 9 significant digits; atomically."""
    rows = ((path, f"{peak:.9g}") for path, peak in peaks.items())
    write_atomically(file, csv_text([COLUMNS, *rows]).encode())


def read_peaks(file: Path) -> dict[str, float]:
    """Peaks by path, in the order of the file. Raises `DataError` where it is missing or of another form."""
    try:
        return {row["path"]: float(row["peak"]) for row in read_rows(file, COLUMNS)}
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise DataError(f"{file} cannot be read as peaks of evidence ({error}); train that run anew.") from error
