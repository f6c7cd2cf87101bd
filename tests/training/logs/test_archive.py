"""Archives that are dropped: read in memory, bounded in every way, and what is refused counts too."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from casting_core.training.logs import archive
from casting_core.training.logs.archive import Files
from casting_core.training.logs.reading import read_files
from tests.faults.mutants import archives

LOG = b"epoch,val_loss\n1,0.5\n2,0.4\n"


def packed(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return stream.getvalue()


def refusals(content: bytes) -> str:
    return str(read_files([("logs.zip", content)]).refused)


def test_an_archive_is_read_as_its_folder() -> None:
    content = packed({"a/log.csv": LOG, "../../b/log.csv": LOG, "a/weights.pt": b"x", "a/notes.md": b"# x"})
    found = read_files([("logs.zip", content)])
    assert [(log.table.name, len(log.runs[0].epochs)) for log in found.logs] == [("a", 2), ("b", 2)]
    why = "is no log by its name: a log ends in .csv, .json and the like."
    assert found.refused == (("logs/a/weights.pt and 1 more", why),)


def hurt(content: bytes) -> bytes:
    return content[:38] + bytes(10) + content[48:]  # in the packed bytes


def encrypted(content: bytes) -> bytes:
    at = content.find(b"PK\x01\x02") + 8
    return content[:6] + b"\1" + content[7:at] + b"\1" + content[at + 1 :]


ONE = packed({"a.csv": LOG})
REFUSED = {  # why → what
    "('logs.zip', 'is an Excel workbook; save it as CSV.')": packed({"xl/workbook.xml": b"x"}),
    "('logs.zip', 'is a file of weights, no archive of logs.')": packed({"archive/data.pkl": b"x"}),
    "('logs.zip', 'cannot be unpacked (File is not a zip file)": ONE[:-30],
    "('logs.zip', 'holds more than 2,000 files": packed({f"{n}.csv": b"" for n in range(2001)}),
    "cannot be unpacked (Bad CRC-32": hurt(ONE),
    "is encrypted, password required": encrypted(ONE),
    "('logs/a.csv', 'unfolds to more than 200 times its size": packed({"a.csv": bytes(30_000_000)}),
    "('logs/b.zip', 'is an archive in an archive": packed({"b.zip": ONE}),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_is_refused_and_why(why: str) -> None:
    assert why in refusals(REFUSED[why])


@pytest.mark.parametrize("name", ["bomb.zip", "nested.zip", "link.zip", "climbs.zip", "pictures.zip", "a.7z", "a.pdf"])
def test_archives_of_other_things_are_refused(name: str) -> None:
    found = read_files([(name, archives()[name])])
    assert not found.logs
    assert found.refused


def test_refused_files_count_towards_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 1_500)
    said = refusals(packed({f"{n}.csv": b"1" * 999 for n in range(3)}))
    assert said.count("is beyond the 2,000 files and 0 MiB that are looked at together") == 2
    monkeypatch.undo()
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    files = Files((f"{n}.zip", archive.MAGIC) for n in range(6))  # each of them damaged
    assert list(files) == []
    assert ["is beyond the 3 files" in why for _, why in files.refused] == [False] * 3 + [True] * 3
