"""Signing in and out, choosing a password, choosing a language."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from trainer.errors import FormatError
from trainer.review.asked import LANGUAGE, desk_of, guest_of, page, viewer_of, words_of
from trainer.review.gate import ENTER, PASSWORD
from trainer.review.limits import Limit
from trainer.review.tickets import COOKIE, HOURS, Tickets
from trainer.words.words import LANGUAGES

_LONGEST_FORM = 8192
_YEAR_S = 365 * 24 * 3600


@dataclass(frozen=True)
class Door:
    """How often somebody may try: five times at once for each name, then once a minute; from each address twice as
    often."""

    by_name: Limit = field(default_factory=lambda: Limit(1 / 60, 5, monotonic))
    by_address: Limit = field(default_factory=lambda: Limit(1 / 30, 10, monotonic))

    def wait_s(self, name: str, address: str) -> float:
        """Take one try; seconds to wait where there is none left, else 0."""
        name = name.casefold()[:80]
        wait = max(self.by_name.wait_s(name), self.by_address.wait_s(address))
        if wait > 0:
            return wait
        self.by_name.takes(name)
        self.by_address.takes(address)
        return 0.0


async def form_of(request: Request) -> QueryParams:
    """What a page's form sent. Raises FormatError."""
    # Anybody may send one: nothing large is even read.
    if int(request.headers.get("content-length", "0")) > _LONGEST_FORM:
        raise FormatError(f"Expected a form of {_LONGEST_FORM} bytes at most.")
    try:
        return QueryParams((await request.body()).decode("utf-8"))
    except UnicodeDecodeError:
        raise FormatError("Expected a form in UTF-8.") from None


def enter_page(request: Request) -> Response:
    if desk_of(request).tickets is None or guest_of(request) is not None:
        return RedirectResponse("/", 303)
    return page(request, "enter.html.j2", problem="", name="")


async def enter(request: Request) -> Response:
    form, desk, words = await form_of(request), desk_of(request), words_of(request)
    tickets = desk.tickets
    if tickets is None:
        return RedirectResponse("/", 303)
    name, password = form.get("name", ""), form.get("password", "")
    held = _held(request, name, "enter.html.j2", name=name)
    if held is not None:
        return held
    found = await run_in_threadpool(desk.accounts.enter, name, password)
    if found is None:
        return page(request, "enter.html.j2", 401, problem=words.say("review", "enter_wrong"), name=name)
    account, epoch = found
    return _signed_in(tickets, account.id, epoch, PASSWORD if account.fresh else "/")


def _held(request: Request, who: str, template: str, **values: str) -> Response | None:
    """Takes one try; who has none left is told in that page how long to wait."""
    door: Door = request.app.state.door
    wait_s = door.wait_s(who, request.client.host if request.client is not None else "")
    if wait_s <= 0:
        return None
    seconds = round(wait_s) + 1
    problem = words_of(request).say("review", "enter_wait", seconds=seconds)
    answer = page(request, template, 429, problem=problem, **values)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _signed_in(tickets: Tickets, account_id: str, epoch: int, to: str) -> Response:
    answer = RedirectResponse(to, 303)
    answer.set_cookie(
        COOKIE, tickets.ticket(account_id, epoch), max_age=3600 * HOURS, secure=True, httponly=True, samesite="strict"
    )
    return answer


def leave(request: Request) -> Response:
    """Signs out everywhere: what was signed before is void."""
    viewer = guest_of(request)
    if viewer is not None and viewer.account:
        desk_of(request).accounts.leave(viewer.account)
    answer = RedirectResponse(ENTER, 303)
    answer.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    return answer


def password_page(request: Request) -> Response:
    if desk_of(request).tickets is None:
        return RedirectResponse("/", 303)
    return page(request, "password.html.j2", problem="")


async def password(request: Request) -> Response:
    form, desk, viewer, words = await form_of(request), desk_of(request), viewer_of(request), words_of(request)
    tickets = desk.tickets
    if tickets is None:
        return RedirectResponse("/", 303)
    held = _held(request, viewer.name, "password.html.j2")
    if held is not None:
        return held
    old, new = form.get("old", ""), form.get("new", "")
    if new != form.get("again", ""):
        return page(request, "password.html.j2", 422, problem=words.say("review", "password_differs"))
    try:
        epoch = await run_in_threadpool(desk.accounts.choose, viewer.account, old, new)
    except FormatError as error:
        return page(request, "password.html.j2", 422, problem=str(error))
    return _signed_in(tickets, viewer.account, epoch, "/")


async def language(request: Request) -> Response:
    form = await form_of(request)
    chosen, back = form.get("language", ""), form.get("back", "/")
    # Only ever to a page of the room's own.
    answer = RedirectResponse(back if back.startswith("/") and back[1:2] not in ("/", "\\") else "/", 303)
    if chosen in LANGUAGES:
        answer.set_cookie(LANGUAGE, chosen, max_age=_YEAR_S, samesite="strict", httponly=True)
    return answer
