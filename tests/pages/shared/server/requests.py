"""Requests to the app as the server makes them, without a server."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

WEB_SOCKET = {"type": "websocket", "path": "/_stcore/stream", "subprotocols": []}


async def served(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand in for Streamlit: a page, or a WebSocket that lasts until its other end goes."""
    if scope["type"] == "http":
        return await PlainTextResponse("served")(scope, receive, send)
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def scope(client: str = "192.0.2.1", *, kind: dict[str, Any] | None = None, **headers: str) -> Scope:
    """A request for a page, or what `kind` says."""
    named = [(name.encode(), value.encode()) for name, value in {"host": "localhost:8501", **headers}.items()]
    page = {"type": "http", "path": "/", "method": "GET", "headers": named, "client": (client, 5000)}
    return {**page, **(kind or {})}


class Connection:
    """One request: what the app answers; a WebSocket lasts until `leave`."""

    def __init__(self, app: ASGIApp, asked: Scope) -> None:
        self.sent: list[dict[str, Any]] = []
        self._says: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

        async def send(message: Any) -> None:
            self.sent.append(message)

        self.task = asyncio.ensure_future(app(asked, self._says.get, send))

    async def settle(self) -> "Connection":
        """Wait until nothing happens any more."""
        for _ in range(20):
            await asyncio.sleep(0)
        return self

    async def say(self) -> None:
        """Send a message."""
        self._says.put_nowait({"type": "websocket.receive", "bytes": b""})
        await self.settle()

    async def leave(self) -> None:
        """Break off."""
        self._says.put_nowait({"type": "websocket.disconnect"})
        await self.task

    @property
    def inside(self) -> bool:
        """Whether it was let in, and still is."""
        return self.sent[0]["type"] == "websocket.accept" and not self.task.done()

    @property
    def status(self) -> int:
        """Of the answer to a request for a page."""
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> Headers:
        """Of the answer to a request for a page."""
        return Headers(raw=self.sent[0]["headers"])

    @property
    def body(self) -> str:
        """Of the answer to a request for a page."""
        return b"".join(each.get("body", b"") for each in self.sent[1:]).decode()


def run(act: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run something in an event loop and a thread of its own: a browser of another test may have one in this."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, act()).result()
