"""The pages of the review room."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from trainer.errors import TrainerError
from trainer.library.measures import Measures
from trainer.model import Data
from trainer.review.accounts import Account
from trainer.review.align import differences
from trainer.review.asked import desk_of, language_of, page, seen_in, two_in, viewer_of, words_of
from trainer.review.changes import graders_of
from trainer.review.desk import Seen, visible
from trainer.review.people import Person
from trainer.review.progress import TRENDS, progress_of
from trainer.review.room import Shown
from trainer.score.figures.axis import clock, share
from trainer.words.words import Words

PER_PAGE = 60
_LOGGED = 500
_SHARES = ("in_range_share", "worked_share", "unseen_share")


def overview(request: Request) -> Response:
    desk, viewer, words = desk_of(request), viewer_of(request), words_of(request)
    people = visible(viewer, desk.people.all())
    student = next((person for person in people if person.id == request.query_params.get("student", "-")), None)
    sought = " ".join(request.query_params.get("q", "").split())[:80]
    nobodys = request.query_params.get("student") == "nobody" and viewer.role == "head"
    seen = [s for s in desk.sessions(viewer) if (student is None or s.owner == student) and _fits(s, sought)]
    if nobodys:
        seen = [s for s in seen if s.owner is None]
    last = max((len(seen) - 1) // PER_PAGE, 0)
    number = min(_whole(request.query_params.get("page", "")), last)
    labels, comments = desk.marks.counts(), desk.comments.counts()
    rows = [
        _row(s, words) | {"labels": labels.get(s.shown.id, 0), "comments": comments.get(s.shown.id, 0)}
        for s in seen[number * PER_PAGE : (number + 1) * PER_PAGE]
    ]
    return page(
        request, "overview.html.j2", rows=rows, count=len(seen), takes_uploads=desk.uploads is not None,
        student=student, nobodys=nobodys, sought=sought, number=number, last=last,
        people=_class(people, desk.accounts.all()) if viewer.teaches else [],
    )  # fmt: skip


def _fits(seen: Seen, sought: str) -> bool:
    told = f"{seen.shown.title} {seen.shown.when:%Y-%m-%d} {seen.owner.name if seen.owner is not None else ''}"
    return all(part in told.casefold() for part in sought.casefold().split())


def _whole(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _row(seen: Seen, words: Words) -> Data:
    shown, measures = seen.shown, _measures(seen.shown)
    figures: Data = {"mode": words.say("review", "damaged"), "length": "–"} | dict.fromkeys(_SHARES)
    if measures is not None:
        figures = {"mode": mode_of(shown, words), "length": clock(measures.duration_s)}
        figures |= {name: getattr(measures, name) for name in _SHARES}
    return figures | {
        "id": shown.id, "title": shown.title, "when": when_of(shown), "video": seen.video is not None,
        "student": seen.owner.name if seen.owner is not None else "", "example": seen.keeping.example,
    }  # fmt: skip


def _measures(shown: Shown) -> Measures | None:
    """None where its scorecard can't be read: the other sessions are still to be seen."""
    try:
        return shown.measures()
    except TrainerError:
        return None


def when_of(shown: Shown) -> str:
    return f"{shown.when:%Y-%m-%d %H:%M}"


def mode_of(shown: Shown, words: Words) -> str:
    return words.named("review_modes", shown.mode)


def _class(people: Sequence[Person], accounts: Sequence[Account]) -> list[Person]:
    """The students among them: those who teach have accounts of their own."""
    staff = {account.person for account in accounts if account.role != "student"}
    return [person for person in people if person.id not in staff]


def students(request: Request) -> Response:
    desk, viewer, words = desk_of(request), viewer_of(request), words_of(request)
    now = datetime.now(UTC)
    sessions: dict[str, list[Shown]] = {}
    for seen in reversed(desk.sessions(viewer)):
        if seen.owner is not None:
            sessions.setdefault(seen.owner.id, []).append(seen.shown)
    groups: dict[str, list[Data]] = {group: [] for group in sorted(viewer.groups)}
    accounts = desk.accounts.all()
    admitted = {account.person for account in accounts}
    for person in _class(visible(viewer, desk.people.all()), accounts):
        known = [(s.when, measures) for s in sessions.get(person.id, []) if (measures := _measures(s)) is not None]
        told = progress_of(known, now)
        groups.setdefault(person.group, []).append({
            "id": person.id, "name": person.name, "sessions": told.sessions, "account": person.id in admitted,
            "last": f"{told.last:%Y-%m-%d}" if told.last is not None else "–", "week": clock(told.week_s),
            "needs": words.say("review", f"needs_{told.needs}") if told.needs else "",
            "measures": [
                {"name": words.say("review", f"measure_{name}"), "mean": told.means[name],
                 "line": _line(told.trends[name]), "spoken": ", ".join(share(v) for v in told.trends[name])}
                for name in TRENDS
            ],
        })  # fmt: skip
    rows = [row for each in groups.values() for row in each]
    practised = sum(row["week"] != "0:00" for row in rows)
    needing = [row for row in rows if row["needs"]]
    return page(
        request, "students.html.j2", groups=list(groups.items()), count=len(rows), practised=practised,
        needing=needing, measures=[words.say("review", f"measure_{name}") for name in TRENDS],
    )  # fmt: skip


def _line(trend: Sequence[float]) -> str:
    """A polyline in a box of 100 by 30, one share a session; "" for fewer than two."""
    if len(trend) < 2:
        return ""
    step = 100 / (len(trend) - 1)
    return " ".join(f"{k * step:.1f},{28 - 26 * value:.1f}" for k, value in enumerate(trend))


def accounts(request: Request) -> Response:
    desk = desk_of(request)
    groups = sorted({person.group for person in desk.people.all() if person.group})
    return page(request, "accounts.html.j2", accounts=desk.accounts.all(), groups=groups)


def log(request: Request) -> Response:
    rows = [
        {"at": f"{change.at.astimezone():%Y-%m-%d %H:%M:%S}", "who": change.who, "session": change.session,
         "what": _plain(change.what)} for change in desk_of(request).log.latest(_LOGGED)
    ]  # fmt: skip
    return page(request, "log.html.j2", rows=rows)


def _plain(what: dict[str, Any]) -> str:
    return ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in what.items())[:400]


def session(request: Request) -> Response:
    desk, viewer, words, seen = desk_of(request), viewer_of(request), words_of(request), seen_in(request)
    shown, own = seen.shown, viewer.sees(seen.owner)
    others = [(s.shown.id, _told(s)) for s in desk.sessions(viewer) if s.shown.id != shown.id]
    today = date.today()
    return page(
        request, "session.html.j2", session={"title": shown.title, "when": when_of(shown), "id": shown.id},
        has_video=seen.video is not None, has_report=(shown.folder / "report.html").is_file(),
        techniques=list(desk.names(words).items()),
        others=others[:200], rubric=desk.rubrics[language_of(request)], own=own, owner=seen.owner,
        graders=graders_of(viewer, seen) if own else (), keeping=seen.keeping, ours=desk.room.is_ours(shown),
        people=_class(visible(viewer, desk.people.all()), desk.accounts.all()) if viewer.teaches else [],
        first_day=today.isoformat(),
    )  # fmt: skip


def _told(seen: Seen) -> str:
    whose = f"{seen.owner.name}: " if seen.owner is not None else ""
    return f"{whose}{seen.shown.title}, {when_of(seen.shown)}"


def compare(request: Request) -> Response:
    desk, words, pair = desk_of(request), words_of(request), two_in(request)
    cards = [seen.shown.card() for seen in pair]
    told, names = differences(*cards), desk.names(words)
    sides = [
        {"id": s.shown.id, "title": s.shown.title, "when": when_of(s.shown), "video": s.video is not None,
         "who": s.owner.name if s.owner is not None else "",
         "size": (card["video"]["width"], card["video"]["height"])} for s, card in zip(pair, cards, strict=True)
    ]  # fmt: skip
    tempo = [
        {"name": names.get(t["technique"], t["technique"]), "rates": t["rates_per_min"],
         "seconds": t["seconds"], "band": desk.rate_range(t["technique"])} for t in told["tempo"]
    ]
    zones = [
        {"id": zone, "name": words.named("zones", zone), "shares": shares,
         "more": (shares[1] or 0.0) - (shares[0] or 0.0)} for zone, shares in told["zones"].items()
    ]  # fmt: skip
    return page(
        request, "compare.html.j2", sides=sides, tempo=tempo, zones=zones,
        top=1.05 * max([1.0, *(x for row in tempo for x in (*row["rates"], *(row["band"] or ())) if x is not None)]),
    )  # fmt: skip
