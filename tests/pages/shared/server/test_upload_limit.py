"""Files at the door: how much a visitor may put there, and what goes to make room."""

import asyncio
from collections import defaultdict

import pytest
from starlette.types import Message, Receive, Scope, Send

from pages.shared.server import upload_limit
from pages.shared.server.upload_limit import LEAST, MAX_BYTES, UploadLimit, release
from tests.pages.shared.server.requests import run

KNOWN = "known"  # to the server
MIB = 2**20
LARGEST = 32 * MIB


class Server:
    """Keeps files as Streamlit does; `held`: bytes by session and file. It waits while `closed`."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, int]] = defaultdict(dict)
        self.calls = 0
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.calls += 1
        *_, session, file = scope["path"].split("/")
        await self.open.wait()
        known = session.startswith(KNOWN)
        if known and scope["method"] == "PUT":
            self.held[session][file] = int(dict(scope["headers"])[b"content-length"])
        elif scope["method"] == "DELETE":
            self.held[session].pop(file, None)
        await send({"type": "http.response.start", "status": 204 if known else 400, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def total(self, session: str = KNOWN) -> int:
        return sum(self.held[session].values())


async def ask(
    door: UploadLimit,
    file: str,
    size: int | str = LARGEST,
    *,
    session: str = KNOWN,
    method: str = "PUT",
    base: str = "",
) -> int:
    """Status of the answer."""
    answers: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        answers.append(message)

    headers = [(b"content-length", str(size).encode())] if size != "" else []
    path = f"{base}/_stcore/upload_file/{session}/{file}"
    await door({"type": "http", "method": method, "path": path, "headers": headers}, receive, send)
    return answers[0]["status"]


async def fill(door: UploadLimit, prefix: str = "", **more: str) -> list[int]:
    """Put as many of the largest files as there is room for, and one more."""
    return [await ask(door, f"{prefix}{number}", **more) for number in range(MAX_BYTES // LARGEST + 1)]


@pytest.mark.parametrize("base", ["", "/castings"])
def test_a_visitor_has_256_mib_however_they_are_put(base: str) -> None:
    async def attack() -> None:
        server = Server()
        door = UploadLimit(server)
        assert (await fill(door, base=base)) == [204] * 8 + [413]
        assert (await fill(door, "invented-", base=base)) == [413] * 9
        assert server.total() == MAX_BYTES
        assert (await fill(door, session=f"{KNOWN}-2", base=base)) == [204] * 8 + [413]

    run(attack)


def test_what_the_browser_deletes_makes_room() -> None:
    async def use() -> None:
        door = UploadLimit(Server())
        await fill(door)
        assert await ask(door, "3", method="DELETE") == 204
        assert [await ask(door, "new"), await ask(door, "newer")] == [204, 413]

    run(use)


def test_what_pages_are_done_with_goes_where_room_is_needed() -> None:
    async def use() -> None:
        server = Server()
        door = UploadLimit(server)
        await fill(door, "old-")
        release(["old-0", "old-1", "of another visitor"])
        assert server.total() == MAX_BYTES
        assert [await ask(door, f"new-{number}") for number in range(3)] == [204, 204, 413]
        assert server.total() == MAX_BYTES
        assert not {"old-0", "old-1"} & server.held[KNOWN].keys()

    run(use)


def test_all_at_once_is_as_much_as_one_after_the_other() -> None:
    async def attack() -> None:
        server = Server()
        door = UploadLimit(server)
        server.open.clear()
        under_way = [asyncio.create_task(ask(door, "the same")) for _ in range(50)]
        await asyncio.sleep(0)
        assert server.calls == MAX_BYTES // LARGEST
        server.open.set()
        assert sorted(await asyncio.gather(*under_way)) == [204] * 8 + [413] * 42
        assert [await ask(door, f"{number}") for number in range(8)] == [204] * 7 + [413]

    run(attack)


def test_small_files_count_for_what_it_takes_to_keep_them() -> None:
    async def attack() -> None:
        server = Server()
        door = UploadLimit(server)
        door._kept[KNOWN] = {"before": MAX_BYTES - 2 * LEAST}
        assert [await ask(door, f"{number}", 1) for number in range(4)] == [204, 204, 413, 413]

    run(attack)


@pytest.mark.parametrize("size", ["", "many", "-1"])
def test_a_file_of_unknown_size_is_not_read(size: str) -> None:
    async def attack() -> None:
        server = Server()
        assert await ask(UploadLimit(server), "0", size) == 411
        assert not server.calls

    run(attack)


def test_what_the_server_refuses_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_limit, "SESSIONS", 3)

    async def attack() -> None:
        door = UploadLimit(Server())
        assert [await ask(door, "0", session=f"invented-{number}") for number in range(20)] == [400] * 20
        assert not door._kept
        for number in range(20):
            assert await ask(door, "0", session=f"{KNOWN}-{number}") == 204
        assert len(door._kept) == 3

    run(attack)
