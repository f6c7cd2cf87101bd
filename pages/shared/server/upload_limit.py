"""How much of a visitor's files the server keeps, counted as they come in.

Streamlit keeps every file that is put to a session in memory until the session ends, whether a page wants it or not,
and however many they are. So they are counted at the door, before they are read, by the size that is announced. What
the pages are done with (`release`) goes as soon as its room is needed.
"""

import re
from collections import deque
from collections.abc import Iterable, MutableMapping

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BYTES = 256 * 2**20  # of all files of a visitor together
LEAST = 4096  # bytes that each file counts for at least, as keeping it takes memory too
SESSIONS = 1000  # that are counted; those that put nothing for longest are forgotten, and have ended long ago

_ADDRESS = re.compile(r"(?P<before>.*/_stcore/upload_file/(?P<session>[^/]+)/)(?P<file>[^/]+)")
_released: deque[str] = deque(maxlen=100_000)


def release(files: Iterable[str]) -> None:
    """Say that no page needs these uploaded files any more, by their `file_id`; safe to call from any thread."""
    _released.extend(files)


class UploadLimit:
    """ASGI middleware around the app that turns away what is too much, with status 413."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._kept: dict[str, MutableMapping[object, int]] = {}  # bytes by session, and by file or upload under way

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count a file that is put or deleted; let all else pass."""
        address = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if address is None or scope["method"] not in ("PUT", "DELETE"):
            await self.app(scope, receive, send)
        elif scope["method"] == "PUT":
            await self._put(address, scope, receive, send)
        elif await self._succeeds(scope, receive, send):
            self._kept.get(address["session"], {}).pop(address["file"], None)

    async def _put(self, address: re.Match[str], scope: Scope, receive: Receive, send: Send) -> None:
        length = Headers(scope=scope).get("content-length", "")
        if not length.isdecimal():
            return await PlainTextResponse("Say how large the file is.", 411)(scope, receive, send)
        size, session, upload = max(int(length), LEAST), address["session"], object()
        kept = self._kept[session] = self._kept.pop(session, {})  # the last one to be forgotten
        await self._make_room(size, kept, address["before"], scope)
        if sum(kept.values()) + size > MAX_BYTES:
            most = f"All files together may have {MAX_BYTES // 2**20} MiB. Remove some, or load the page again."
            await PlainTextResponse(most, 413)(scope, receive, send)
        else:
            kept[upload] = size
            try:
                if await self._succeeds(scope, receive, send):
                    kept[address["file"]] = size
            finally:
                del kept[upload]
        if not kept:
            self._kept.pop(session, None)
        while len(self._kept) > SESSIONS:
            del self._kept[next(iter(self._kept))]

    async def _make_room(self, size: int, kept: MutableMapping[object, int], before: str, scope: Scope) -> None:
        """Delete files that were released, as the browser would, until there is room or none is left."""
        if sum(kept.values()) + size <= MAX_BYTES:
            return
        released = set(_released)
        for file in [each for each in kept if each in released]:
            path = f"{before}{file}"
            asked = {**scope, "method": "DELETE", "path": path, "raw_path": path.encode()}
            if await self._succeeds(asked, _nothing, _ignored):
                kept.pop(file, None)
            if sum(kept.values()) + size <= MAX_BYTES:
                return

    async def _succeeds(self, scope: Scope, receive: Receive, send: Send) -> bool:
        done = False

        async def answer(message: Message) -> None:
            nonlocal done
            done |= message["type"] == "http.response.start" and message["status"] < 300
            await send(message)

        await self.app(scope, receive, answer)
        return done


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _ignored(message: Message) -> None:
    """Nobody asked."""
