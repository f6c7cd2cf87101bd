"""CSV logs of any tool: Keras, PyTorch Lightning, Ultralytics, fastai, timm, exports of W&B and TensorBoard, one's own.

1. Text: UTF-8 with or without mark, UTF-16, else Western European; any line ends.
2. The first line that says something is the header; it tells the delimiter: comma, semicolon, tab, bar or white space.
3. Lines with too few or too many cells are left out and named. A last line without a line break may be half written. In
   our own logs it is left out always. Other tools' files may rightly end so: there it is left out when it has too few
   cells, or its last one ends in a point or is less than half as long as the shortest above it.

The lines are cut by `csv`, as pandas' readers do not say which lines they pad or drop; the cells are read by pandas.
"""

import csv
import re
from collections.abc import Mapping, Sequence

from casting_core.errors import DataError
from casting_core.training.logs.columns import is_images
from casting_core.training.logs.log import COLUMNS
from casting_core.training.logs.table import LONGEST_NAME, Table, check_size, from_cells, some

NAMES = ("log.csv", "metrics.csv", "results.csv", "history.csv", "summary.csv", "training.log")
LONGEST_LINE = 100_000  # characters
DELIMITERS = ",;\t|"
NAMELESS = "(no name)"
OTHERS = {  # how files begin that people take for logs → what they are
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive; unpack it first",
    b"PAR1": "a Parquet file; save it as CSV",
    b"\x89HDF": "an HDF5 file, which holds weights and no log",
    b"\x80": "a Python pickle, which may run code and is never opened; save the log as CSV or JSON",
}
EXPORTED = ["wall time", "step", "value"]  # what TensorBoard calls the columns of a single scalar
EXPORT = re.compile(r"(?:run-)?(?P<run>.*?)-tag-(?P<tag>.*)")  # and the file
SKIPPED = re.compile(r"\s*#(?!\s*epoch)|sep=", re.IGNORECASE)  # comments, and what tells a spreadsheet the delimiter
CONSOLE = re.compile(r"\s*epoch \d+/\d+", re.IGNORECASE)


def decode(content: bytes) -> str:
    """Decode the text of a file, its lines ending in line feeds. Raises `DataError` where it is no text."""
    what = next((OTHERS[start] for start in OTHERS if content.startswith(start)), "no text and no log of a known tool")
    encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    if b"\0" in content[:2]:
        encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if content.startswith(tuple(OTHERS)) or "\0" in text:
        raise DataError(f"is {what}. See the list of formats.")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read(files: Mapping[str, bytes]) -> Table:
    """Read a CSV log of any dialect; no rows where it is empty, or its header is still being written.

    Raises `DataError` where it is no text, or has too many lines, columns or cells.
    """
    ((path, content),) = files.items()
    text = decode(content)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    lines = lines[next((k for k, (_, line) in enumerate(lines) if not SKIPPED.match(line)), 0) :]
    if not lines or ",".join(COLUMNS).startswith(text):
        return from_cells({"epoch": []}, () if lines else ("The file is empty.",))
    header = lines[0][1]
    if CONSOLE.match(header):
        raise DataError("is what a console shows, no table; let the tool write CSV, or save the history.")
    delimiter = max(DELIMITERS, key=header.count) if {*DELIMITERS} & {*header} else ""
    names = _cells(header, delimiter)
    check_size(len(lines) - 1, len(names))
    rows, notes = _rows(lines[1:], names, delimiter, finished=text.endswith("\n"))
    if not rows and len(lines) > 1 and (len(lines) > 2 or text.endswith("\n")):
        raise DataError(f"is no table of epochs: no line has the {len(names)} cells of the first one.")
    cells = {name: [row[k] for row in rows] for k, name in enumerate(_telling(names, path))}
    return from_cells(cells, notes, comma=delimiter != ",")


def _rows(
    lines: Sequence[tuple[int, str]], names: list[str], delimiter: str, *, finished: bool
) -> tuple[list[list[str]], list[str]]:
    """Cells of the numbered lines that fit, and what is left out; `finished`: the last one ends in a line break."""
    notes, odd, rows = list[str](), list[str](), list[list[str]]()
    for number, line in lines:
        cells = _cells(line, delimiter, len(names))
        if cells and not finished and number == lines[-1][0] and _half(cells, names, rows):
            notes.append(f"The last line, {number}, is half written; it is left out.")
        elif len(cells) != len(names):
            odd.append(str(number))
        elif cells != names:  # the header once more, as a tool writes it that goes on with a file
            rows.append(cells)
    if odd:
        lines_are = f"line{'s' * (len(odd) > 1)} {some(odd, 3)}"
        notes.append(f"Left out, because they do not have {len(names)} cells: {lines_are}.")
    return rows, notes


def _half(cells: list[str], names: list[str], rows: list[list[str]]) -> bool:
    """Whether a line without a line break is half written."""
    cut = cells[-1].endswith(".") or (rows and 2 * len(cells[-1]) < min(len(row[-1]) for row in rows))
    return bool(names == [*COLUMNS] or len(cells) < len(names) or cut)


def _cells(line: str, delimiter: str, width: int = 1) -> list[str]:
    """Cut a line into cells, at white space where there is no `delimiter`; without empty ones beyond its `width`."""
    if len(line) > LONGEST_LINE:
        return []
    if not delimiter:
        wide = re.split(r"\s{2,}", line.strip())
        return wide if len(wide) > 1 and width in (1, len(wide)) else line.split()
    cut = csv.reader([line], delimiter=delimiter, skipinitialspace=True) if '"' in line else [line.split(delimiter)]
    cells = [cell.strip() for cell in next(iter(cut))]
    while len(cells) > width and not cells[-1]:
        cells.pop()
    return cells


def _telling(names: Sequence[str], path: str) -> list[str]:
    """Names, each once; the single scalar that TensorBoard exports is named by the file."""
    named = [name[:LONGEST_NAME] or NAMELESS for name in names]
    if [name.lower() for name in names] == EXPORTED:
        stem = path.replace("\\", "/").rpartition("/")[2].removesuffix(".csv")
        if match := EXPORT.fullmatch(stem):
            stem = f"{match['run']}_{match['tag']}" if is_images(match["run"]) else match["tag"]
        named[2] = stem or named[2]
    seen = [named[:k].count(name) for k, name in enumerate(named)]
    return [f"{name} ({before + 1})" if before else name for name, before in zip(named, seen, strict=True)]
