"""Ten thousand files at once: most are refused, each with its reason, without being read; nothing stops."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from casting_core.commands.inspect import find_pictures
from casting_core.data.synthetic.casting import samples
from casting_core.networks.card import shipped
from pages.shared.uploads import KEPT, MAX_FILES, Upload, take
from tests import ROOT

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
    assert read == [f"{number}.png" for number in range(MAX_FILES)]
    assert all(upload.data for upload in uploads[:MAX_FILES])
    refused = uploads[MAX_FILES:]
    assert {upload.refusal for upload in refused} == {
        f"Only {MAX_FILES} files are judged at a time. Clear the list, then add this one."
    }
    assert not any(upload.data for upload in refused)


@pytest.mark.skipif(not shipped(), reason="needs a shipped model in models/")
def test_the_page_shows_a_line_for_each() -> None:
    stream = io.BytesIO()
    Image.fromarray(samples()[0].render().pixels).save(stream, "PNG")
    uploads: tuple[Upload, ...] = take(
        File(f"{number}.png", stream.getvalue() if number < 2 else b"" if number < 3 else b"no picture")
        for number in range(MANY)
    )
    app = AppTest.from_file(ROOT / "app.py", default_timeout=120)
    app.switch_page("pages/inspection.py")
    app.session_state[KEPT] = ("Files", uploads)
    for _ in range(3):
        app.run()
        assert not app.exception, [each.message for each in app.exception]
    table = app.dataframe[0].value
    assert len(table) == MANY
    told = " ".join(each.value for each in app.markdown) + " ".join(each.value for each in app.caption)
    assert f"{MANY:,}" in told


def test_a_folder_of_as_many_is_searched_in_order(tmp_path: Path) -> None:
    for number in range(MANY):
        (tmp_path / f"{number:05d}.png").touch()
    found = find_pictures([str(tmp_path)])
    assert [each.path.name for each in found] == [f"{number:05d}.png" for number in range(MANY)]
