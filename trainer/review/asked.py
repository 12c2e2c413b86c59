"""What every answer of the review room begins and ends with: who is asked, for what, and in which page it is told."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from trainer.errors import FormatError
from trainer.html import templates_of
from trainer.review.desk import Desk
from trainer.review.room import NoSuchSessionError, Shown
from trainer.score.figures.axis import share


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def shown_in(request: Request) -> Shown:
    return desk_of(request).room.find(request.path_params["session"])


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise FormatError("Expected JSON, but got something else.") from None
    if not isinstance(body, dict):
        raise FormatError("Expected a JSON object.")
    return body


def told(request: Request, error: Exception) -> Response:
    status = 404 if isinstance(error, NoSuchSessionError) else 422 if isinstance(error, FormatError) else 503
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return page("problem.html.j2", status, problem=str(error))
    return JSONResponse({"problem": str(error)}, status)


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(name).render(**values), status)


@cache
def _templates() -> Environment:
    return templates_of("trainer.review", share=share)


def two_in(request: Request) -> tuple[Shown, Shown]:
    room = desk_of(request).room
    return room.find(request.query_params.get("a", "")), room.find(request.query_params.get("b", ""))
