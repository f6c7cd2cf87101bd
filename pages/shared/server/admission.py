"""How many may use a hosted copy at once: memory and processors are shared, so one more would slow down all.

A place is a live connection: it is free as soon as the connection is gone. Nobody takes all of them: an address has
half at most, and who sends nothing for long gives theirs to the next who comes. Who finds no place is given a page that
asks again by itself.
"""

import asyncio
import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

from pages.shared import visitors

MOST = 60  # connections at once
PER_ADDRESS = 30  # of them from one address
IDLE = 600.0  # s without a message, after which a place is given to who comes
AGAIN = 5  # s, after which who waits asks again
FULL = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Casting Inspector is full</title>
<meta name="viewport" content="width=device-width"><meta http-equiv="refresh" content="{AGAIN}">
<style>:root {{ color-scheme: light dark; font: 1.1rem/1.5 system-ui, sans-serif }}
main {{ max-width: 34rem; margin: 15vh auto; padding: 0 1rem }}</style></head>
<body><main><h1>All places are taken</h1><p>As many people are using this copy of Casting Inspector as it serves well:
{MOST} in all, and {PER_ADDRESS} from one network. This page lets you in by itself as soon as somebody leaves.</p>
<p>You can also run your own copy: it needs no internet.</p></main></body></html>"""


class Place:
    """A live connection: where it comes from, when it was last heard of (s), and how long it may stay."""

    def __init__(self, address: str, now: float) -> None:
        self.address, self.heard = address, now
        self.limit = asyncio.timeout(None)


class Places:
    """Who is in. Asked in the event loop only. `now`: seconds of its clock."""

    def __init__(self) -> None:
        self._taken: list[Place] = []

    def room(self, address: str, now: float) -> bool:
        """Whether there is a place for somebody from there: a free one, or that of one who has been idle."""
        crowd = self._in_the_way(address)
        return not crowd or now - min(place.heard for place in crowd) > IDLE

    @contextmanager
    def take(self, address: str, now: float) -> Iterator[Place]:
        """Take the place that there is `room` for, until the end of the block."""
        if crowd := self._in_the_way(address):
            idle = min(crowd, key=lambda place: place.heard)
            self._taken.remove(idle)
            idle.limit.reschedule(now)
        place = Place(address, now)
        self._taken.append(place)
        try:
            yield place
        finally:
            with suppress(ValueError):  # given to another meanwhile
                self._taken.remove(place)

    def _in_the_way(self, address: str) -> list[Place]:
        """Return the places of which one would have to be given up; none where one is free."""
        own = [place for place in self._taken if place.address == address]
        if len(own) >= PER_ADDRESS:
            return own
        return self._taken if len(self._taken) >= MOST else []


class Admission:
    """ASGI middleware that gives out the places of a hosted copy."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.places = app, Places()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a connection in where there is room; give who asks for a page the one to wait on where there is none."""
        if scope["type"] == "lifespan" or not visitors.strangers():
            return await self.app(scope, receive, send)
        address, now = network(scope), asyncio.get_running_loop().time()
        if not self.places.room(address, now):
            if scope["type"] == "websocket":
                return await WebSocketClose(1013, "All places are taken.")(scope, receive, send)
            if "text/html" in Headers(scope=scope).get("accept", ""):
                wait = {"Retry-After": str(AGAIN), "Cache-Control": "no-store"}
                return await HTMLResponse(FULL, 503, wait)(scope, receive, send)
        if scope["type"] == "websocket":
            with self.places.take(address, now) as place:
                return await self._serve(place, scope, receive, send)
        return await self.app(scope, receive, send)

    async def _serve(self, place: Place, scope: Scope, receive: Receive, send: Send) -> None:
        async def hear() -> Message:
            message = await receive()
            place.heard = asyncio.get_running_loop().time()
            return message

        try:
            async with place.limit:
                await self.app(scope, hear, send)
        except TimeoutError:
            if place.limit.expired():
                await send({"type": "websocket.close", "code": 1013, "reason": "The place was given to another."})
            else:
                raise


def network(scope: Scope) -> str:
    """Return from where a request comes: an IPv4 address, or the network of 64 bits that one customer has of IPv6."""
    host = (scope.get("client") or ("",))[0]
    with suppress(ValueError):
        address = ipaddress.ip_address(host)
        if address.version == 6:
            return str(address.ipv4_mapped or ipaddress.ip_network((int(address), 64), strict=False))
    return host
