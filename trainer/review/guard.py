"""What keeps the review room to itself: only this machine's own pages may ask, and no page may ask elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from trainer.review.limits import Limit

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST = 25 * 1024 * 1024
"""Bytes of one request's body, but for uploads, which have a limit of their own."""


PER_S, BURST = 40.0, 200.0
"""Requests that one client may make, in the long run and at once: scrubbing through a video asks for many parts."""
AT_ONCE = 12
"""So many of one client's are answered at a time: two browsers' worth. Others then still get their turn."""


class Guard:
    """Middleware. ``hosts`` are the names by which the room may be called: another site's name that was made to point
    at this machine ("DNS rebinding") is none of them. Changes must come from the room's own pages (their ``scheme``),
    which no other site's can pretend to be: that is what keeps requests from being forged. Who asks too often has to
    wait."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], scheme: str = "http", limit: Limit | None = None) -> None:
        self._app = app
        self._hosts = frozenset(hosts)
        self._origins = frozenset(f"{scheme}://{name}" for name in self._hosts)
        self._limit = limit or Limit(PER_S, BURST, monotonic)
        self._open: dict[str, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        client = scope["client"][0] if scope.get("client") else ""
        if self._open.get(client, 0) < AT_ONCE and self._limit.takes(client):
            refusal = self._refusal(scope["method"], host, headers, scope["path"].startswith("/uploads/"))
        else:
            refusal = "Too much was asked at once: wait a moment.", 429

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out.setdefault("Content-Security-Policy", POLICY)
                out["X-Content-Type-Options"] = "nosniff"
                # Not "no-referrer": browsers then hide from us where a form came from, too.
                out["Referrer-Policy"] = "same-origin"
                if refusal is not None and refusal[1] == 429:
                    out["Retry-After"] = "1"
                out["Cross-Origin-Resource-Policy"] = "same-origin"
                out["Cross-Origin-Opener-Policy"] = "same-origin"
                out.setdefault("Cache-Control", "no-store")
            await send(message)

        if refusal is not None:
            await PlainTextResponse(*refusal)(scope, receive, guarded)
            return
        self._open[client] = self._open.get(client, 0) + 1
        try:
            await self._app(scope, receive, guarded)
        finally:
            self._open[client] -= 1
            if not self._open[client]:
                del self._open[client]

    def _refusal(self, method: str, host: str, headers: Headers, upload: bool) -> tuple[str, int] | None:
        if host not in self._hosts:
            return "This address isn't the review room's.", 421
        if method in ("GET", "HEAD"):
            return None
        if headers.get("origin") not in self._origins:
            return "Changes must come from the review room's own pages.", 403
        length = headers.get("content-length", "")
        if not length.isdigit() or (int(length) > LARGEST and not upload):
            return f"Expected a request of {LARGEST // 2**20} MB at most that tells its length.", 413
        return None
