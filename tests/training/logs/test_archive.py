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


def refusals(content: bytes, name: str = "logs.zip") -> dict[str, str]:
    return dict(read_files([(name, content)]).refused)


def test_an_archive_is_read_as_its_folder() -> None:
    content = packed({"a/log.csv": LOG, "../../b/log.csv": LOG, "a/weights.pt": b"x", "a/notes.md": b"# x"})
    found = read_files([("logs.zip", content)])
    assert [(log.table.name, len(log.runs[0].epochs)) for log in found.logs] == [("a", 2), ("b", 2)]
    assert found.refused == (
        ("logs/a/weights.pt and 1 more", "No log by its name: a log ends in .csv, .json and the like."),
    )


@pytest.mark.parametrize("name", ["bomb.zip", "nested.zip", "link.zip", "climbs.zip", "pictures.zip", "a.7z", "a.pdf"])
def test_archives_of_other_things_are_refused(name: str) -> None:
    found = read_files([(name, archives()[name])])
    assert not found.logs
    assert found.refused


def test_bombs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unfolds to more than 200 times" in refusals(packed({"a.csv": bytes(30_000_000)}))["logs/a.csv"]
    assert "archive in an archive" in refusals(packed({"b.zip": packed({"a.csv": LOG})}))["logs/b.zip"]
    many = packed({f"{n}.csv": b"" for n in range(2001)})
    assert "more than 2,000 files" in refusals(many)["logs.zip"]
    monkeypatch.setattr(archive, "MAX_BYTES", 1_500)
    said = refusals(packed({f"{n}.csv": b"1" * 999 for n in range(3)}))
    assert all(said[f"logs/{n}.csv"].startswith("At most 2,000 files") for n in (1, 2))


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"xl/workbook.xml": b"x"}, "an Excel workbook; save it as CSV"),
        ({"archive/data.pkl": b"x"}, "a file of weights"),
    ],
)
def test_what_is_an_archive_by_its_form_alone(files: dict[str, bytes], why: str) -> None:
    assert why in refusals(packed(files))["logs.zip"]


def test_damaged_and_encrypted_archives() -> None:
    content = packed({"a.csv": LOG})
    assert "damaged ZIP archive" in refusals(content[:-30])["logs.zip"]
    hurt = bytearray(content)
    hurt[38:48] = bytes(10)  # in the packed bytes
    assert "damaged in the archive" in refusals(bytes(hurt))["logs/a.csv"]
    encrypted = bytearray(content)
    encrypted[6] |= 1
    encrypted[content.find(b"PK\x01\x02") + 8] |= 1
    assert "encrypted" in refusals(bytes(encrypted))["logs/a.csv"]


def test_refused_files_count_towards_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "MAX_FILES", 3)
    looked: list[int] = []
    files = Files((f"{n}.zip", looked.append(n) or archive.MAGIC) for n in range(6))  # each of them damaged
    assert list(files) == []
    assert ["At most 3 files" in why for _, why in files.refused] == [False] * 3 + [True] * 3
