"""What decoding takes, measured; and who waits for whom where it would take too much."""

import io
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from casting_core.data.image_memory import ALONE, SHARED, Budget, needed
from casting_core.data.images import DEFAULT_LIMITS, decode, decode_rgb, decode_shown
from casting_core.errors import ImageError
from tests.data.pictures import png16, saved, webp_bomb

PATIENCE = 20  # s
MIB = 2**20


class Work:
    """Pieces of work that take memory, each in its own thread, until they are told to end."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.pool = ThreadPoolExecutor(8)

    def begin(self, count: int) -> tuple[threading.Event, Callable[[], None]]:
        begun, end = threading.Event(), threading.Event()

        def work() -> None:
            with self.budget.taking(count):
                begun.set()
                assert end.wait(PATIENCE)

        done = self.pool.submit(work)
        return begun, lambda: (end.set(), done.result(PATIENCE))


def test_large_ones_go_one_at_a_time_and_small_ones_pass_them() -> None:
    work = Work(Budget(shared=100, alone=50))
    large, end_large = work.begin(51)
    assert large.wait(PATIENCE)
    second, end_second = work.begin(1000)
    small, end_small = work.begin(50)
    assert small.wait(PATIENCE)
    assert not second.wait(0.05)
    end_large()
    assert second.wait(PATIENCE)
    end_second()
    end_small()


def test_small_ones_wait_only_where_they_would_take_too_much_together() -> None:
    work = Work(Budget(shared=100, alone=50))
    (first, end_first), (second, end_second) = work.begin(50), work.begin(40)
    assert first.wait(PATIENCE)
    assert second.wait(PATIENCE)
    third, end_third = work.begin(11)
    assert not third.wait(0.05)
    end_second()
    assert third.wait(PATIENCE)
    end_first()
    end_third()


@pytest.mark.parametrize("count", [1, 1000])
def test_what_fails_gives_back_what_it_took(count: int) -> None:
    budget = Budget(shared=1, alone=1)
    for _ in range(2):
        with pytest.raises(ImageError), budget.taking(count):
            raise ImageError


def test_the_largest_of_the_small_ones_finds_room() -> None:
    assert 2 * ALONE < SHARED


def resident(key: str) -> int:
    """Bytes of memory of this process: `VmRSS` now, `VmHWM` at most."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(key))


def taken(work: Callable[[], object]) -> int:
    """Bytes by which this process grows at most while something is done."""
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    work()
    return resident("VmHWM") - before


MEASURED = pytest.mark.skipif(sys.platform != "linux", reason="measured as Linux tells it")
SIDE = 3000
FLAT = np.zeros((SIDE, SIDE), np.uint16)
KINDS: dict[str, Callable[[], bytes]] = {
    "WebP": lambda: webp_bomb(SIDE, SIDE),
    "PNG with alpha": lambda: saved(Image.new("RGBA", (SIDE, SIDE)), "PNG"),
    "PNG of 16 bits": lambda: png16(FLAT),
    "PNG of 1 bit": lambda: saved(Image.new("1", (SIDE, SIDE)), "PNG"),
    "palette with transparency": lambda: saved(Image.new("P", (SIDE, SIDE)), "PNG", transparency=0),
    "JPEG": lambda: saved(Image.new("RGB", (SIDE, SIDE)), "JPEG"),
    "JPEG with scans": lambda: saved(Image.new("CMYK", (SIDE, SIDE)), "JPEG", progressive=True),
    "BMP": lambda: saved(Image.new("RGB", (SIDE, SIDE)), "BMP"),
    "TIFF": lambda: saved(Image.new("LAB", (SIDE, SIDE)), "TIFF", compression="tiff_deflate"),
    "TIFF of one strip": lambda: saved(
        Image.new("RGBA", (SIDE, SIDE)), "TIFF", compression="tiff_deflate", tiffinfo={278: SIDE}
    ),
    "TIFF of floats": lambda: saved(Image.new("F", (SIDE, SIDE)), "TIFF", compression="tiff_deflate"),
}


@MEASURED
@pytest.mark.parametrize("kind", KINDS)
def test_no_picture_takes_more_than_it_is_counted_for(kind: str) -> None:
    data = KINDS[kind]()
    for channels, work in ((1, decode), (3, decode_rgb)):
        image = Image.open(io.BytesIO(data))
        assert taken(partial(work, data)) < needed(image, image.size, channels=channels) + 8 * MIB


@MEASURED
def test_four_visitors_with_a_picture_of_fifty_megapixels_in_forty_bytes() -> None:
    """Each takes 800 MB, whether it is judged or shown."""
    bomb = webp_bomb(8165, 6123)
    assert len(bomb) < 40
    assert 0.999 < 8165 * 6123 / DEFAULT_LIMITS.max_pixels <= 1

    def all_at_once() -> None:
        with ThreadPoolExecutor(4) as pool:
            shown = [pool.submit(decode_shown, bomb, (640, 1024)) for _ in range(2)]
            decoded = [pool.submit(decode, bomb) for _ in range(2)]
            assert {each.result().shape for each in shown} == {(768, 1024, 3)}
            assert {each.result().pixels.shape for each in decoded} == {(6123, 8165)}

    assert taken(all_at_once) < 1000 * MIB
