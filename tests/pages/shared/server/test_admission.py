"""A hosted copy has so many places; each is free as soon as its connection is gone, and nobody takes all."""

import asyncio

import pytest

from pages.shared.server import admission
from pages.shared.server.admission import IDLE, Admission, network
from tests.pages.shared.server.requests import WEB_SOCKET, Connection, run, scope, served


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hosted copy with four places, three of them for one address."""
    monkeypatch.setenv("CASTING_HOSTED", "1")
    monkeypatch.setattr(admission, "MOST", 4)
    monkeypatch.setattr(admission, "PER_ADDRESS", 3)


async def come(app: Admission, *clients: str) -> list[Connection]:
    return [await Connection(app, scope(client, kind=WEB_SOCKET)).settle() for client in clients]


async def page(app: Admission, client: str, accept: str = "text/html,*/*") -> Connection:
    return await Connection(app, scope(client, accept=accept)).settle()


def test_a_place_is_free_as_soon_as_its_connection_is_gone():
    async def act() -> None:
        app = Admission(served)
        crowd = await come(app, "a", "a", "b", "c")
        assert all(each.inside for each in crowd)
        (late,) = await come(app, "d")
        assert not late.inside
        assert late.sent == [{"type": "websocket.close", "code": 1013, "reason": "All places are taken."}]
        for _ in range(100):  # every load of a page is a connection, and none of those that are gone counts
            await crowd.pop().leave()
            crowd += await come(app, "d")
            assert crowd[-1].inside
        for each in crowd:
            await each.leave()
        assert app.places.room("d", 0.0)

    run(act)


def test_one_address_cannot_take_all_places():
    async def act() -> None:
        app = Admission(served)
        crowd = await come(app, *["a"] * 50, "b")
        assert [each.inside for each in crowd] == [True] * 3 + [False] * 47 + [True]
        assert (await page(app, "a")).status == 503

    run(act)


def test_who_finds_no_place_is_given_a_page_that_asks_again():
    async def act() -> None:
        app = Admission(served)
        crowd = await come(app, "a", "a", "b", "c")
        waiting = await page(app, "d")
        assert waiting.status == 503
        assert waiting.headers["retry-after"] == "5"
        assert '<meta http-equiv="refresh" content="5">' in waiting.body
        assert (await page(app, "a", accept="*/*")).status == 200  # a file of a page that somebody is on
        await crowd[0].leave()
        assert (await page(app, "d")).status == 200

    run(act)


def test_who_says_nothing_for_long_gives_the_place_to_who_comes(monkeypatch: pytest.MonkeyPatch):
    async def act() -> None:
        app, loop = Admission(served), asyncio.get_running_loop()
        begun = loop.time()
        crowd = await come(app, "a", "a", "b", "c")
        monkeypatch.setattr(loop, "time", lambda: begun + IDLE + 60)
        for place in (0, 1, 3):
            await crowd[place].say()
        assert (await page(app, "d")).status == 200
        assert all(each.inside for each in crowd)  # who only asks takes nothing
        crowd += await come(app, "d", "e")
        assert [each.inside for each in crowd] == [True, True, False, True, True, False]
        assert crowd[2].sent[-1]["code"] == 1013

    run(act)


def test_a_copy_for_its_owner_has_no_places(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CASTING_HOSTED", "0")

    async def act() -> None:
        assert all(each.inside for each in await come(Admission(served), *["127.0.0.1"] * 50))

    run(act)


def test_an_error_of_the_app_is_not_taken_for_an_idle_visitor():
    async def broken(*_: object) -> None:
        raise TimeoutError

    async def act() -> None:
        app = Admission(broken)
        with pytest.raises(TimeoutError):
            await Connection(app, scope(kind=WEB_SOCKET)).task
        assert app.places.room("192.0.2.1", 0.0)

    run(act)


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_customer_is_one_address_however_many_of_ipv6_they_have(client: str, expected: str):
    assert network(scope(client)) == expected
