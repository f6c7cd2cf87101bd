"""ZIP archives among files that are dropped: unpacked in memory, bounded in number, size, ratio and depth.

Nothing is written to disk, so a path that climbs out of the archive is a name like any other.
"""

import io
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator

from casting_core.errors import DataError
from casting_core.training.logs.table import MAX_BYTES, short_path

MAX_FILES = 2_000  # of a drop, those refused among them
MAX_RATIO = 200  # to which a member may unfold; event files and CSV stay below 30
MAGIC, MEMBER = b"PK\x03\x04", b"PK\x01\x02"
BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, NotImplementedError, ValueError)


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
            try:
                self._count(len(content))
                if content.startswith(MAGIC):
                    yield from self._members(path, content)
                else:
                    yield path, content
            except DataError as error:
                self.refused.append((path, str(error)))

    def _count(self, size: int) -> None:
        self.count, self.size = self.count + 1, self.size + size
        if self.count > MAX_FILES or self.size > MAX_BYTES:
            raise DataError(
                f"At most {MAX_FILES:,} files and {MAX_BYTES // 2**20} MiB are looked at together; bring fewer."
            )

    def _members(self, path: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        if content.count(MEMBER) > MAX_FILES:  # before their names are collected
            raise DataError(f"{short_path(path)} holds more than {MAX_FILES:,} files; pack only the logs.")
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
            names = archive.namelist()
        except BROKEN as error:
            raise DataError(f"{short_path(path)} is a damaged ZIP archive ({error}); pack it anew.") from error
        for kind, mark in (
            ("an Excel workbook; save it as CSV", "xl/workbook.xml"),
            ("a file of weights", "/data.pkl"),
        ):
            if any(name.endswith(mark) for name in names):
                raise DataError(f"{short_path(path)} is {kind}, no archive of logs.")
        for member in archive.infolist():
            if not member.is_dir():
                whole = f"{path.rpartition('.')[0] or path}/{member.filename}"
                try:
                    yield whole, self._unpacked(archive, member)
                except DataError as error:
                    self.refused.append((whole, str(error)))

    def _unpacked(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
        if member.flag_bits & 1:
            raise DataError("It is encrypted; unpack the archive first.")
        most = min(max(0, MAX_BYTES - self.size), MAX_RATIO * max(member.compress_size, 1024))
        try:
            with archive.open(member) as stream:
                content = stream.read(most + 1)
        except BROKEN as error:
            raise DataError(f"It is damaged in the archive ({error}); pack it anew.") from error
        self._count(len(content))
        if len(content) > most:
            raise DataError(f"It unfolds to more than {MAX_RATIO} times its size, which no log does.")
        if content.startswith(MAGIC):
            raise DataError("It is an archive in an archive; unpack it first.")
        return content
