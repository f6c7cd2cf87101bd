"""Workers: their own number of threads, and nobody else's; one caller at a time beside."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch

from casting_core.networks.threads import SideWorker, workers


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_each_worker_has_its_threads_and_others_keep_theirs() -> None:
    meeting = threading.Barrier(3)

    def threads() -> int:
        meeting.wait(10)  # so that each worker takes one
        return torch.get_num_threads()

    with workers(3, threads=1, name="test") as pool, ThreadPoolExecutor(1) as other:
        assert [future.result() for future in [pool.submit(threads) for _ in range(3)]] == [1, 1, 1]
        assert (torch.get_num_threads(), other.submit(torch.get_num_threads).result()) == (2, 2)


def test_beside_serves_one_at_a_time() -> None:
    beside, go = SideWorker(), threading.Event()
    first = beside.submit(go.wait, 10)
    assert first is not None
    assert beside.submit(int) is None
    go.set()
    assert first.result()
    for _ in range(100):  # free again as soon as its thread is
        second = beside.submit(torch.get_num_threads)
        if second is not None:
            assert second.result() == 1
            return
        threading.Event().wait(0.01)
    pytest.fail("nobody was free again")


def test_what_fails_beside_is_raised_and_frees_the_thread() -> None:
    beside = SideWorker()
    failing = beside.submit(int, "no number")
    assert failing is not None
    with pytest.raises(ValueError, match="no number"):
        failing.result()
    for _ in range(100):
        if beside.submit(int) is not None:
            return
        threading.Event().wait(0.01)
    pytest.fail("nobody was free again")


def test_one_thread_stays_one() -> None:
    torch.set_num_threads(1)
    assert SideWorker().submit(int) is None
