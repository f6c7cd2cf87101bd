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
from casting_core.training.logs.table import LONGEST_NAME, Table, check_size, from_cells, short_path

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


def decode(content: bytes, path: str) -> str:
    """Decode the text of a file, its lines ending in line feeds. Raises `DataError` where it is no text."""
    what = next((what for start, what in OTHERS.items() if content.startswith(start)), None)
    if what is None:
        encoding = "utf-16" if content.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
        if b"\0" in content[:2]:
            encoding = "utf-16-be" if content[:1] == b"\0" else "utf-16-le"
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            text = content.decode("cp1252", errors="replace")
        if "\0" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n")
    raise DataError(f"{short_path(path)} is {what or 'no text and no log of a known tool'}. See the list of formats.")


def read_csv(files: Mapping[str, bytes]) -> list[Table]:
    """Read a CSV log of any dialect; no rows where it is empty, or its header is still being written.

    Raises `DataError` where it is no text, or has too many lines, columns or cells.
    """
    ((path, content),) = files.items()
    text = decode(content, path)
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    start = next((k for k, (_, line) in enumerate(lines) if not re.match(r"\s*#(?!\s*epoch)|sep=", line, re.I)), 0)
    del lines[:start]  # comments, and what tells a spreadsheet the delimiter
    if not lines or ",".join(COLUMNS).startswith(text):
        return [from_cells(path, {"epoch": []}, () if lines else ("The file is empty.",))]
    header = lines[0][1]
    if re.match(r"\s*epoch \d+/\d+", header, re.IGNORECASE):
        raise DataError(
            f"{short_path(path)} is what a console shows, no table; let the tool write a CSV file, or save the history."
        )
    if len(header) > LONGEST_LINE:
        raise DataError(
            f"{short_path(path)} has a first line of {len(header):,} characters; the names of the columns of a log are "
            "expected there. Choose another file."
        )
    delimiter = max(DELIMITERS, key=header.count) if set(DELIMITERS) & set(header) else ""
    names = _cells(header, delimiter)
    while len(names) > 1 and not names[-1]:
        names.pop()  # the header ends in a delimiter
    check_size(path, len(lines) - 1, len(names))
    rows, notes = _rows(lines[1:], names, delimiter, finished=text.endswith("\n"))
    if not rows and len(lines) > 1 and (len(lines) > 2 or text.endswith("\n")):
        raise DataError(
            f"{short_path(path)} is no table: no line has the {len(names)} cells of the first one. A log has one row "
            "an epoch below the names of its columns."
        )
    cells = {name: [row[k] for row in rows] for k, name in enumerate(_telling(names, path))}
    return [from_cells(path, cells, notes, comma=delimiter != ",")]


def _rows(
    lines: Sequence[tuple[int, str]], names: list[str], delimiter: str, *, finished: bool
) -> tuple[list[list[str]], list[str]]:
    """Cells of the numbered lines that fit, and what is left out; `finished`: the last one ends in a line break."""
    width = len(names)
    notes: list[str] = []
    odd: list[int] = []
    rows: list[list[str]] = []
    for number, line in lines:
        cells = _cells(line, delimiter, width) if len(line) <= LONGEST_LINE else []
        while len(cells) > width and not cells[-1]:
            cells.pop()
        if cells and not finished and number == lines[-1][0] and _half(cells, names, rows):
            notes.append(f"The last line, {number}, is half written; it is left out.")
        elif len(cells) != width:
            odd.append(number)
        elif cells != names:  # the header once more, as a tool writes it that goes on with a file
            rows.append(cells)
    if odd:
        shown = ", ".join(map(str, odd[:3])) + (f" and {len(odd) - 3} more" if len(odd) > 3 else "")
        notes.append(f"Left out, because they do not have {width} cells: line{'s' * (len(odd) > 1)} {shown}.")
    return rows, notes


def _half(cells: list[str], names: list[str], rows: list[list[str]]) -> bool:
    """Whether a line without a line break is half written."""
    cut = cells[-1].endswith(".") or (rows and 2 * len(cells[-1]) < min(len(row[-1]) for row in rows))
    return bool(names == list(COLUMNS) or len(cells) < len(names) or cut)


def _cells(line: str, delimiter: str, width: int = 0) -> list[str]:
    """Cut a line into cells, at white space where there is no `delimiter`; of a row, `width` of them."""
    if not delimiter:
        wide = re.split(r"\s{2,}", line.strip())
        narrow = line.split()
        return wide if len(wide) == width or (not width and len(wide) > 1) else narrow
    if '"' not in line:
        return [cell.strip() for cell in line.split(delimiter)]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))]


def _telling(names: Sequence[str], path: str) -> list[str]:
    """Names, each once; the single scalar that TensorBoard exports is named by the file."""
    named = [name[:LONGEST_NAME] or NAMELESS for name in names]
    if [name.lower() for name in names] == EXPORTED:
        stem = path.replace("\\", "/").rpartition("/")[2].removesuffix(".csv")
        if match := EXPORT.fullmatch(stem):
            run, tag = match["run"], match["tag"]
            stem = f"{run}_{tag}" if is_images(run) else tag  # a run called validation says so
        named[2] = stem or named[2]
    seen: dict[str, int] = {}
    for k, name in enumerate(named):
        seen[name] = seen.get(name, 0) + 1
        named[k] = name if seen[name] == 1 else f"{name} ({seen[name]})"
    return named
