"""Explanations wait for verdicts, but not for ever."""

import threading
import time

from pages.shared.verdict_priority import Line, Precedence


def test_who_gives_way_goes_on_when_the_last_verdict_is_there():
    order: list[str] = []
    precedence, inside, release = Precedence(), threading.Event(), threading.Event()

    def verdict() -> None:
        with precedence.first():
            inside.set()
            release.wait(10)
            order.append("verdict")

    def explanation() -> None:
        assert precedence.wait(10)
        order.append("explanation")

    threads = [threading.Thread(target=verdict), threading.Thread(target=explanation)]
    threads[0].start()
    inside.wait(10)
    threads[1].start()
    release.set()
    for thread in threads:
        thread.join(10)
    assert order == ["verdict", "explanation"]


def test_patience_ends_and_a_failed_verdict_frees_the_way():
    precedence = Precedence()
    with precedence.first():
        assert not precedence.wait(0.01)
    try:
        with precedence.first():
            raise ValueError
    except ValueError:
        pass
    assert precedence.wait(0.01)


def test_a_line_is_served_in_the_order_of_coming_and_one_at_a_time():
    line, order, busy = Line(), list[int](), threading.Lock()

    def come(number: int) -> None:
        with line:
            assert busy.acquire(blocking=False)
            order.append(number)
            busy.release()

    threads = [threading.Thread(target=come, args=(number,)) for number in range(8)]
    with line:
        for thread in threads:
            thread.start()
            time.sleep(0.02)  # so that they come in this order
        assert not order
    for thread in threads:
        thread.join(10)
    assert order == list(range(8))


def test_who_asks_again_and_again_keeps_nobody_from_their_turn():
    line, served, stop = Line(), threading.Event(), threading.Event()

    def greedy() -> None:
        while not stop.is_set():
            with line:
                time.sleep(0.001)

    thread = threading.Thread(target=greedy)
    thread.start()
    time.sleep(0.02)
    with line:
        served.set()
    stop.set()
    thread.join(10)
    assert served.is_set()
