"""The bytes of a picture: from every kind of source, up to a limit, and what is no source."""

import io
import os

import numpy as np
import pytest

from casting_core.data.images import ImageLimits, decode
from casting_core.errors import ImageError
from tests.data.pictures import GRAY, saved


def test_missing_folder_and_other_paths(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    paths = {"none.jpg": "no file", "": "folder", "x" * 5000: "cannot be read", "fifo": "no regular file"}
    for path, told in [*((tmp_path / name, told) for name, told in paths.items()), ("a\0b.jpg", "cannot be read")]:
        with pytest.raises(ImageError, match=told):
            decode(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_permission(tmp_path):
    path = tmp_path / "part.png"
    path.write_bytes(saved(GRAY, "PNG"))
    path.chmod(0)
    with pytest.raises(ImageError, match="permission"):
        decode(path)


def test_permission_denied_by_the_system(tmp_path, monkeypatch):
    path = tmp_path / "part.png"
    path.write_bytes(saved(GRAY, "PNG"))

    def denied(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", denied)
    with pytest.raises(ImageError, match="permission"):
        decode(path)


def test_what_is_no_source():
    for source in (None, 7, [1, 2], {"path": "x"}):
        with pytest.raises(ImageError, match=type(source).__name__):
            decode(source)
    with pytest.raises(ImageError, match="binary mode"):
        decode(io.StringIO("text"))
    closed = io.BytesIO(b"x")
    closed.close()
    with pytest.raises(ImageError, match="file object"):
        decode(closed)


def test_what_went_wrong_is_for_programs_and_what_to_do_for_people():
    class Torn(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("the tape is torn")

    with pytest.raises(ImageError, match="Copy it again") as told:
        decode(Torn())
    assert str(told.value.__cause__) == "the tape is torn"
    assert "tape" not in str(told.value)


def test_a_stream_that_gives_little_at_a_time_and_cannot_seek():
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.rest = saved(GRAY, "PNG")

        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            part, self.rest = self.rest[:7], self.rest[7:]
            return part

    assert np.array_equal(decode(Pipe()).pixels, GRAY)


def test_limit_of_bytes(tmp_path):
    data = saved(GRAY, "PNG")
    path = tmp_path / "part.png"
    path.write_bytes(data)
    exact, less = ImageLimits(max_bytes=len(data)), ImageLimits(max_bytes=len(data) - 1)
    for source in (data, bytearray(data), memoryview(data), path):
        assert decode(source, limits=exact).width == 3
        with pytest.raises(ImageError, match="larger than the limit"):
            decode(source, limits=less)
    assert decode(io.BytesIO(data), limits=exact).width == 3
    with pytest.raises(ImageError, match="larger than the limit"):
        decode(io.BytesIO(data), limits=less)


def test_an_endless_stream_is_read_up_to_the_limit():
    class Endless:
        count = reads = 0

        def seekable(self) -> bool:
            return False

        def read(self, size: int) -> bytes:
            self.count += size
            self.reads += 1
            return b"\xff" * size

    stream = Endless()
    with pytest.raises(ImageError, match=r"larger than the limit of 2\.86 MiB"):
        decode(stream, limits=ImageLimits(max_bytes=3_000_000))
    assert stream.count == 3_000_001
    assert stream.reads == 3  # a MiB at a time
