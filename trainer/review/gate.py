"""Who may ask for what: each address names the roles that it answers."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from trainer.review.asked import ForbiddenError, desk_of
from trainer.review.tickets import COOKIE
from trainer.review.viewer import ALONE, ROLES, Role, Viewer

HEAD: tuple[Role, ...] = ("head",)
STAFF: tuple[Role, ...] = ("head", "instructor")
ALL = ROLES
"""Everybody who is signed in."""
ANYBODY: tuple[Role, ...] = ()
"""Visitors, too."""

ENTER, PASSWORD = "/enter", "/password"


@dataclass(frozen=True)
class Way:
    """An address, what answers it, and for whom."""

    path: str
    answer: Callable[[Request], Any]
    roles: tuple[Role, ...]
    method: str = "GET"


def route(way: Way) -> Route:
    """The way with its gate."""

    async def gate(request: Request) -> Response:
        viewer = await run_in_threadpool(who_asks, request)
        request.state.viewer = viewer
        if way.roles:
            if viewer is None:
                return _elsewhere(request, ENTER, 401, "Expected somebody who is signed in: sign in again.")
            if viewer.fresh and way.path != PASSWORD:
                return _elsewhere(request, PASSWORD, 403, "Expected a password of your own: choose it first.")
            if viewer.role not in way.roles:
                raise ForbiddenError(f"Expected {' or '.join(way.roles)}, but you are signed in as {viewer.role}.")
        answer = way.answer(request) if inspect.iscoroutinefunction(way.answer) else None
        if answer is None:
            told: Response = await run_in_threadpool(way.answer, request)
            return told
        awaited: Response = await answer
        return awaited

    return Route(way.path, gate, methods=[way.method])


def who_asks(request: Request) -> Viewer | None:
    """None where nobody is signed in though one has to be."""
    desk = desk_of(request)
    if desk.tickets is None:
        return ALONE
    ticket = desk.tickets.read(request.cookies.get(COOKIE, ""))
    return desk.accounts.viewer(*ticket) if ticket is not None else None


def _elsewhere(request: Request, path: str, status: int, problem: str) -> Response:
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return RedirectResponse(path, 303)
    return JSONResponse({"problem": problem}, status)
