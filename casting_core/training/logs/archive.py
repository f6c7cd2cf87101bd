"""ZIP archives among files that are dropped: unpacked in memory, bounded in number, size, ratio and depth.

Nothing is written to disk, so a path that climbs out of the archive is a name like any other.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from casting_core.errors import DataError
from casting_core.training.logs.table import MAX_BYTES

MAX_FILES = 2_000  # of a drop, those refused among them
MAX_RATIO = 200  # to which a member may unfold; event files and CSV stay below 30
MAGIC, MEMBER = b"PK\x03\x04", b"PK\x01\x02"
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)
OTHERS = {"xl/workbook.xml": "an Excel workbook; save it as CSV", "/data.pkl": "a file of weights, no archive of logs"}


class Files:
    """Files as they are dropped, archives unpacked, with why others of them are left out.

    Iterating yields path and bytes. `refused` fills meanwhile: path and reason. Once `MAX_FILES` or `MAX_BYTES` have
    been looked at, read or refused, the rest is refused.
    """

    def __init__(self, files: Iterable[tuple[str, bytes]]) -> None:
        self.files = files
        self.refused: list[tuple[str, str]] = []
        self.count = self.size = 0

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        for path, content in self.files:
            path = path.replace("\\", "/")
            with self._refusing(path):
                self._count(len(content))
                if not content.startswith(MAGIC):
                    yield path, content
                    continue
                if content.count(MEMBER) > MAX_FILES:  # before their names are collected
                    raise DataError(f"holds more than {MAX_FILES:,} files; pack only the logs.")
                archive = zipfile.ZipFile(io.BytesIO(content))
                for mark, what in OTHERS.items():
                    if any(name.endswith(mark) for name in archive.namelist()):
                        raise DataError(f"is {what}.")
                for member in filter(lambda member: not member.is_dir(), archive.infolist()):
                    whole = f"{path.rpartition('.')[0] or path}/{member.filename}"
                    with self._refusing(whole):
                        yield whole, self._unpacked(archive, member)

    @contextmanager
    def _refusing(self, path: str) -> Iterator[None]:
        try:
            yield
        except DataError as error:
            self.refused.append((path, str(error)))
        except BROKEN as error:
            self.refused.append((path, f"cannot be unpacked ({error}); pack the archive anew, without a password."))

    def _count(self, size: int) -> None:
        self.count, self.size = self.count + 1, self.size + size
        if self.count > MAX_FILES or self.size > MAX_BYTES:
            most = f"{MAX_FILES:,} files and {MAX_BYTES // 2**20} MiB"
            raise DataError(f"is beyond the {most} that are looked at together; bring fewer.")

    def _unpacked(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
        most = min(max(0, MAX_BYTES - self.size), MAX_RATIO * max(member.compress_size, 1024))
        with archive.open(member) as stream:
            content = stream.read(most + 1)
        self._count(len(content))
        if len(content) > most:
            raise DataError(f"unfolds to more than {MAX_RATIO} times its size, which no log does.")
        if content.startswith(MAGIC):
            raise DataError("is an archive in an archive; unpack it first.")
        return content
