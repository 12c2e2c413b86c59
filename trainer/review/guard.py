"""What keeps the review room to itself: only this machine's own pages may ask, and no page may ask elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LARGEST = 25 * 1024 * 1024
"""Bytes of one request's body, but for uploads, which have a limit of their own."""


class Guard:
    """Middleware. ``hosts`` are the names by which the room may be called: another site's name that was made to point
    at this machine ("DNS rebinding") is none of them. Changes must come from the room's own pages."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        refusal = self._refusal(scope["method"], host, headers, scope["path"].startswith("/uploads/"))

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                out = MutableHeaders(scope=message)
                out.setdefault("Content-Security-Policy", POLICY)
                out["X-Content-Type-Options"] = "nosniff"
                out["Referrer-Policy"] = "no-referrer"
                out["Cross-Origin-Resource-Policy"] = "same-origin"
                out["Cross-Origin-Opener-Policy"] = "same-origin"
                out.setdefault("Cache-Control", "no-store")
            await send(message)

        app = self._app if refusal is None else PlainTextResponse(*refusal)
        await app(scope, receive, guarded)

    def _refusal(self, method: str, host: str, headers: Headers, upload: bool) -> tuple[str, int] | None:
        if host not in self._hosts:
            return "This address isn't the review room's.", 421
        if method in ("GET", "HEAD"):
            return None
        if headers.get("origin") not in {f"http://{name}" for name in self._hosts}:
            return "Changes must come from the review room's own pages.", 403
        length = headers.get("content-length", "")
        if not length.isdigit() or (int(length) > LARGEST and not upload):
            return f"Expected a request of {LARGEST // 2**20} MB at most that tells its length.", 413
        return None
