"""Explanations wait for verdicts, but not for ever."""

import threading

from pages.shared.verdict_priority import Precedence


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
