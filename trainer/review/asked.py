"""What every answer of the review room begins and ends with: who asks, for what, and in which page it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from trainer.errors import FormatError, TrainerError
from trainer.html import templates_of
from trainer.review.desk import Desk, Seen
from trainer.review.room import NoSuchSessionError
from trainer.review.viewer import Viewer
from trainer.score.figures.axis import clock, share
from trainer.words.words import LANGUAGES, Words

LANGUAGE = "language"
"""The cookie that keeps the language wished for."""


class ForbiddenError(TrainerError):
    """Something that isn't this viewer's to do."""


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def viewer_of(request: Request) -> Viewer:
    """Who asks; the gate has found it out. Only where visitors may ask, too, there may be none: see ``guest_of``."""
    viewer = guest_of(request)
    assert viewer is not None
    return viewer


def guest_of(request: Request) -> Viewer | None:
    viewer: Viewer | None = getattr(request.state, "viewer", None)
    return viewer


def seen_in(request: Request) -> Seen:
    """The session that is asked for, if it is theirs to look at. Raises NoSuchSessionError."""
    return desk_of(request).find(viewer_of(request), request.path_params["session"])


def owned_in(request: Request) -> Seen:
    """The same, where it isn't only shown to them as an example. Raises ForbiddenError."""
    seen = seen_in(request)
    if not viewer_of(request).sees(seen.owner):
        raise ForbiddenError("Expected a session of your own, but this one is only shown to you as an example.")
    return seen


def language_of(request: Request) -> str:
    """What was chosen, else the first of the browser's languages that there is, else the room's."""
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in LANGUAGES:
        return chosen
    if desk_of(request).language != "en":
        return desk_of(request).language
    wished = [part.split(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")]
    return next((language for language in wished if language in LANGUAGES), "en")


def words_of(request: Request) -> Words:
    return desk_of(request).words(language_of(request))


async def body_of(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise FormatError("Expected JSON, but got something else.") from None
    if not isinstance(body, dict):
        raise FormatError("Expected a JSON object.")
    if not all(map(_is_text, _texts_in(body))):
        raise FormatError("Expected texts of whole letters, but one holds something else.")
    return body


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from (key, *_texts_in(item))
    elif isinstance(value, list):
        for item in value:
            yield from _texts_in(item)


def _is_text(text: str) -> bool:
    """Whether a database can keep it: halves of letters can't be written, and NUL ends a text in some."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def told(request: Request, error: Exception) -> Response:
    """An error of the program's own as the page or the script that asked can show it."""
    status = 503
    for kind, code in ((NoSuchSessionError, 404), (ForbiddenError, 403), (FormatError, 422)):
        if isinstance(error, kind):
            status = code
            break
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return page(request, "problem.html.j2", status, problem=str(error))
    return JSONResponse({"problem": str(error)}, status)


def page(request: Request, template: str, status: int = 200, /, **values: Any) -> HTMLResponse:
    """A page in the viewer's language."""
    words = words_of(request)
    live = json.dumps(dict(words.tables["review_live"]), ensure_ascii=False).replace("<", "\\u003c")
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    known: dict[str, Any] = {
        "viewer": guest_of(request), "signs_in": desk_of(request).tickets is not None, "language": words.language,
        "languages": LANGUAGES, "live": Markup(live), "back": back if request.method == "GET" else "/",
        "w": lambda key, **filled: words.say("review", key, **filled),
    }  # fmt: skip
    return HTMLResponse(_templates().get_template(template).render(**known, **values), status)


@cache
def _templates() -> Environment:
    return templates_of("trainer.review", share=share, clock=clock)


def two_in(request: Request) -> tuple[Seen, Seen]:
    desk, viewer = desk_of(request), viewer_of(request)
    first, second = (desk.find(viewer, request.query_params.get(key, "")) for key in ("a", "b"))
    return first, second
