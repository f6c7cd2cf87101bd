"""The door: what is asked of every request, and what every answer carries, before Streamlit hears of it.

1. The request is meant for this server: its `Host` is one of `server.allowedHosts`. A page elsewhere whose name was
   rebound to this address is turned away. Streamlit asks that of WebSockets only.
2. It comes from a page of this server, or from no page: its `Origin` is its `Host`. Left to itself, Streamlit would
   ask a service on the internet for the address of this computer whenever it meets another one.
3. No page may be framed, nor load anything from elsewhere or send anything there.

Sources: https://developer.mozilla.org/docs/Web/HTTP/Guides/CSP,
https://cheatsheetseries.owasp.org/cheatsheets/HTTP_Headers_Cheat_Sheet.html
"""

from fnmatch import fnmatchcase
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocketClose

HEALTH = "/_stcore/health"  # asked by address, by whoever watches over a container
POLICY = {  # Streamlit and Plotly make styles, workers and functions while they run
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
    "style-src": "'self' 'unsafe-inline' blob: data:",
    "img-src": "'self' blob: data:",
    "media-src": "'self' blob: data:",
    "font-src": "'self' data:",
    "worker-src": "'self' blob:",
    "connect-src": "'self' blob: data:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {sources}" for name, sources in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",  # for browsers that know no frame-ancestors
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=()",
}


class Door:
    """ASGI middleware around the app."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or say why not."""

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = None if scope["type"] == "lifespan" else refuse(scope)
        if refusal is None:
            await self.app(scope, receive, answer)
        elif scope["type"] == "websocket":
            await WebSocketClose(1008, refusal)(scope, receive, send)
        else:
            await PlainTextResponse(refusal, 403)(scope, receive, answer)


def refuse(scope: Scope) -> str | None:
    """Say why a request is turned away; None for one that is let in."""
    headers = Headers(scope=scope)
    host, origin = headers.get("host", ""), headers.get("origin")
    if scope["path"].rstrip("/").endswith(HEALTH):
        return None
    allowed = st.get_option("server.allowedHosts")
    if allowed and not any(fnmatchcase(_name(host), name.strip().lower()) for name in allowed):
        return (
            f"This copy of Casting Inspector answers to {', '.join(allowed)} only. To reach it by another name, start "
            "it with --server.allowedHosts=NAME."
        )
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return (
            "This request comes from a page of another site. Behind a proxy, let it hand on the header Host as the "
            "browser sent it."
        )
    return None


def _name(host: str) -> str:
    """Return the name in a header `Host`, without its port; empty where it is none."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""
