"""Ten thousand files at once: most are refused, each with its reason, without being read; nothing stops."""

from dataclasses import dataclass, field
from pathlib import Path

from streamlit.testing.v1 import AppTest

from casting_core.commands.inspect import find_pictures
from pages.shared import downloads
from pages.shared.uploads import KEPT, MAX_BYTES, MAX_FILES, Upload, take
from tests import ROOT
from tests.factories import sample_png

MANY = 10_000


@dataclass
class File:
    """A file of a browser that notes whether it is read."""

    name: str
    content: bytes = b"x"
    reads: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return len(self.content)

    def getvalue(self) -> bytes:
        self.reads.append(self.name)
        return self.content


def test_a_drop_is_taken_up_to_its_limit_and_the_rest_is_refused_unread() -> None:
    read: list[str] = []
    uploads = take(File(f"{number}.png", reads=read) for number in range(MANY))
    assert [upload.name for upload in uploads] == [f"{number}.png" for number in range(MANY)]
    assert len(downloads.to_csv([(each, None) for each in uploads]).splitlines()) == MANY + 1
    assert read == [f"{number}.png" for number in range(MAX_FILES)]
    assert all(upload.data for upload in uploads[:MAX_FILES])
    refused = uploads[MAX_FILES:]
    assert {upload.refusal for upload in refused} == {
        f"Only {MAX_FILES} files are judged at a time. Clear the list, then add this one."
    }
    assert not any(upload.data for upload in refused)


def test_large_files_are_taken_up_to_their_limit_and_no_more_is_read() -> None:
    read: list[str] = []
    large = bytes(2 * 2**20)
    uploads = take(File(f"{number}.png", large, read) for number in range(100))
    assert len(read) <= MAX_BYTES // len(large)
    assert sum(len(each.data) for each in uploads) <= MAX_BYTES
    assert all(each.refusal for each in uploads if not each.data)


def test_the_page_shows_a_line_for_each() -> None:
    contents = [sample_png(0), sample_png(0), b"", *[b"no picture"] * (MANY - 3)]
    uploads: tuple[Upload, ...] = take(File(f"{number}.png", each) for number, each in enumerate(contents))
    app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    app.switch_page("pages/inspection.py")
    app.session_state[KEPT] = ("Files", uploads)
    for _ in range(3):
        app.run()
    assert len(app.dataframe[0].value) == MANY
    told = " ".join(each.value for each in app.markdown) + " ".join(each.value for each in app.caption)
    assert f"{MANY:,}" in told


def test_a_folder_of_as_many_is_searched_in_order(tmp_path: Path) -> None:
    for number in range(MANY):
        (tmp_path / f"{number:05d}.png").touch()
    found = find_pictures([str(tmp_path)])
    assert [each.path.name for each in found] == [f"{number:05d}.png" for number in range(MANY)]
