"""Writing files so that nobody ever reads half of one, and tables of records that somebody may have cut or altered."""

import csv
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace, UnionType
from typing import Any, TypeVar, get_type_hints

from casting_core.errors import DataError

Record = TypeVar("Record")
_SEPARATORS = re.compile("([,;\t\r\n])")  # of cells and rows, somewhere
FOLDERS_OPEN = os.open in os.supports_dir_fd  # not on Windows


def make_folder(folder: Path, *, within: Path) -> None:
    """Make `folder` and those above it where they are missing; below `within`, which may be a link, none is followed.

    A link in a folder that others made may lead anywhere. Raises `DataError` where one is in the way, and `OSError`
    where the folder cannot be made.
    """
    within.mkdir(parents=True, exist_ok=True)
    for part in folder.relative_to(within).parts:
        within /= part
        if part == os.pardir or within.is_symlink():
            raise DataError(
                f"{within} leads out of {within.parent}, and nothing is written through a link. Put a folder in its "
                "place, or name another one to write to."
            )
        within.mkdir(exist_ok=True)


def write_atomically(file: Path, content: bytes | memoryview, *, within: Path | None = None) -> None:
    """Write `content` to a temporary name beside `file`, then put it in its place.

    A link in the place of `file` is replaced, and none is followed between it and `within`, the folder that it belongs
    to: its own where None. Raises `DataError` where one is in the way, and `OSError` where the folder cannot be written
    or the disk is full; `file` is then as it was.
    """
    within = within or file.parent
    make_folder(file.parent, within=within)
    with _held(file.parent, within) as (place, at):
        temporary = place / f".{file.name}.{token_hex(4)}"
        try:
            with open(temporary, "xb", opener=partial(os.open, mode=0o666, dir_fd=at)) as stream:
                stream.write(content)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, place / file.name, src_dir_fd=at, dst_dir_fd=at)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=at)
            raise


@contextmanager
def _held(folder: Path, within: Path) -> Iterator[tuple[Path, int | None]]:
    """Hold a folder fast, so that nobody puts a link in its place: where names in it begin, and its descriptor.

    Where a system opens no folders, that is the folder's own path, and None.
    """
    if not FOLDERS_OPEN:
        yield folder, None
        return
    with ExitStack() as opened:
        at = os.open(within, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, at)
        for part in folder.relative_to(within).parts:
            at = os.open(part, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            opened.callback(os.close, at)
        yield Path(), at


def neutral(value: Any) -> Any:
    """Put an apostrophe before whatever a spreadsheet takes for a formula in a text; leave other values as they are.

    That is what begins the text, and what follows a comma, semicolon, tab or end of line in it: in a country where
    that separates cells, a new one begins there, whatever quotes stand around. What cannot be seen before a formula,
    and quotes, do not hide it. After OWASP, "CSV Injection", https://owasp.org/www-community/attacks/CSV_Injection.
    """
    if not isinstance(value, str):
        return value
    text = "".join(f"'{part}" if _is_formula(part) else part for part in _SEPARATORS.split(value))
    return f"'{text}" if text[:1] in ("\t", "\r") else text


def _is_formula(text: str) -> bool:
    return next((c for c in text if c.isprintable() and not c.isspace() and c != '"'), "") in tuple("=+-@＝＋－＠")


def csv_text(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV, each ended by a line feed; a cell with either sign of a new line is quoted.

    Python's writer leaves a carriage return unquoted where lines do not end with one; its reader ends the row there.
    """
    lines: list[str] = []
    csv.writer(SimpleNamespace(write=lambda line: lines.append(line.removesuffix("\r\n") + "\n"))).writerows(rows)
    return "".join(lines)


def format_records(
    cls: type, records: Iterable[object], *, columns: Sequence[str] = (), digits: int = 9, header: bool = True
) -> str:
    """Return records as CSV, one a line, for `parse_records`.

    Parameters
    ----------
    cls : their dataclass; fields are texts, whole numbers, floats, truth values, enumerations, times or None.
    columns : names of fields and properties, in order; the fields when empty.
    digits : significant digits of floats.
    header : whether a line with the names comes first.
    """
    names = tuple(columns or get_type_hints(cls))
    rows = [[_cell(getattr(record, name), digits) for name in names] for record in records]
    return csv_text([names, *rows] if header else rows)


def parse_records(text: str, cls: type[Record], *, columns: Sequence[str] = ()) -> list[Record]:
    """Return records of the dataclass `cls` from what `format_records` made of them.

    Raises
    ------
    ValueError
        With the line: another header, a line of another length or cut short, a cell that is not of its field's type,
        a value that the class refuses, or a property that contradicts the fields.
    """
    parsers = {name: _parser(kind) for name, kind in get_type_hints(cls).items()}
    names = list(columns or parsers)
    computed = [name for name in names if name not in parsers]
    records = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        if (header := next(reader, [])) != names:
            raise ValueError(f"expected the columns {','.join(names)}, got {','.join(header)[:80]!r}")
        for row in reader:
            if len(row) != len(names):
                raise ValueError(f"expected {len(names)} cells, got {len(row)}")
            cells = dict(zip(names, row, strict=True))
            record = cls(**{name: parse(cells[name]) for name, parse in parsers.items()})
            for name in computed:
                if cells[name] != _cell(getattr(record, name), 9):
                    raise ValueError(f"{name} is {cells[name][:80]!r}, which contradicts the rest of the line")
            records.append(record)
        if not text.endswith("\n"):
            raise ValueError("the file ends within this line")
    except (csv.Error, ValueError, OverflowError, DataError) as error:
        raise ValueError(f"line {reader.line_num}: {str(error)[:200]}") from error
    return records


def write_records(
    file: Path, cls: type, records: Iterable[object], *, columns: Sequence[str] = (), digits: int = 9
) -> None:
    """Write `format_records` of some records to a file, atomically."""
    write_atomically(file, format_records(cls, records, columns=columns, digits=digits).encode())


def read_records(file: Path, cls: type[Record], *, what: str, remedy: str, columns: Sequence[str] = ()) -> list[Record]:
    """Read what `write_records` wrote.

    Raises `DataError` where the file cannot be read, or not as `what`, with the line, the reason and the `remedy`.
    """
    try:
        return parse_records(file.read_bytes().decode("utf-8-sig"), cls, columns=columns)
    except (OSError, ValueError) as error:
        raise DataError(f"{file} cannot be read as {what} ({error}); {remedy}") from error


def _cell(value: object, digits: int) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(int(value))
        case float():
            return f"{value:.{digits}g}"
        case datetime():
            return f"{value.astimezone(UTC).replace(tzinfo=None).isoformat()}Z"
        case _:
            return str(value)


def _parser(kind: Any) -> Callable[[str], Any]:
    if isinstance(kind, UnionType):  # of something and None
        known = _parser(kind.__args__[0])
        return lambda text: known(text) if text else None
    return {bool: _truth, datetime: datetime.fromisoformat}.get(kind, kind)


def _truth(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(f"expected 0 or 1, got {text!r}")
    return text == "1"
