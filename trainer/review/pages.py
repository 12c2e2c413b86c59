"""The pages of the review room."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from trainer.foot import atlas
from trainer.model import Data
from trainer.review.align import differences
from trainer.review.asked import desk_of, page, shown_in, two_in
from trainer.review.progress import progress_of
from trainer.review.room import Shown
from trainer.review.rubric import GRADERS
from trainer.score.figures.axis import clock, share

_NEEDS = {
    "": "", "never": "hasn't practised yet", "rests": "no practice this week", "tempo": "often outside the preset",
    "reach": "leaves parts of the foot out", "falls": "was steadier in the preset before",
}  # fmt: skip


def overview(request: Request) -> Response:
    desk = desk_of(request)
    rows, counts = [], desk.marks.counts()
    owners, people = desk.people.owners(), {person.id: person for person in desk.people.all()}
    student = people.get(request.query_params.get("student", ""))
    for shown in desk.room.sessions():
        owner = people.get(owners.get(shown.id, ""))
        if student is not None and owner != student:
            continue
        measures = shown.measures()
        labels, comments = counts.get(shown.id, (0, 0))
        rows.append({
            "id": shown.id, "title": shown.title, "when": f"{shown.when:%Y-%m-%d %H:%M}", "mode": shown.mode,
            "length": clock(measures.duration_s), "in_range": measures.in_range_share,
            "worked": measures.worked_share, "unseen": measures.unseen_share, "cues": measures.cues,
            "labels": labels, "comments": comments, "student": owner.name if owner is not None else "",
            "video": shown.video is not None,
        })  # fmt: skip
    return page("overview.html.j2", rows=rows, takes_uploads=desk.uploads is not None, student=student)


def students(request: Request) -> Response:
    desk = desk_of(request)
    owners, now = desk.people.owners(), datetime.now(UTC)
    sessions: dict[str, list[Shown]] = {}
    for shown in reversed(desk.room.sessions()):
        sessions.setdefault(owners.get(shown.id, ""), []).append(shown)
    groups: dict[str, list[Data]] = {}
    for person in desk.people.all():
        told = progress_of([(s.when, s.measures()) for s in sessions.get(person.id, [])], now)
        groups.setdefault(person.group, []).append({
            "id": person.id, "name": person.name, "sessions": told.sessions,
            "last": f"{told.last:%Y-%m-%d}" if told.last is not None else "–", "week": clock(told.week_s),
            "in_range": told.in_range, "worked": told.worked, "needs": _NEEDS[told.needs],
            "line": _line(told.trend), "spoken": ", ".join(share(value) for value in told.trend),
        })  # fmt: skip
    return page("students.html.j2", groups=list(groups.items()))


def _line(trend: Sequence[float]) -> str:
    """A polyline in a box of 100 by 30, one share a session; "" for fewer than two."""
    if len(trend) < 2:
        return ""
    step = 100 / (len(trend) - 1)
    return " ".join(f"{k * step:.1f},{28 - 26 * value:.1f}" for k, value in enumerate(trend))


def session(request: Request) -> Response:
    desk, shown = desk_of(request), shown_in(request)
    card = shown.card()
    facts = {"title": shown.title, "when": f"{shown.when:%Y-%m-%d %H:%M}", "id": shown.id}
    others = [(s.id, f"{s.title}, {s.when:%Y-%m-%d %H:%M}") for s in desk.room.sessions() if s.id != shown.id]
    return page(
        "session.html.j2", session=facts, has_video=shown.video is not None, foot=card["foot"],
        techniques=[(t, name) for t, name in desk.names.items()], has_report=(shown.folder / "report.html").is_file(),
        size=(card["video"]["width"], card["video"]["height"]), others=others,
        rubric=desk.grades.rubric, graders=GRADERS,
        people=[(p.id, p.name, p.group) for p in desk.people.all()], owner=desk.people.owners().get(shown.id, ""),
    )  # fmt: skip


def compare(request: Request) -> Response:
    desk = desk_of(request)
    pair = two_in(request)
    told = differences(*(shown.card() for shown in pair))
    names, zone_names = desk.names, {zone: desk.words.named("zones", zone) for zone in atlas.ALL_ZONES}
    sides = [
        {"id": s.id, "title": s.title, "when": f"{s.when:%Y-%m-%d %H:%M}", "video": s.video is not None,
         "size": (s.card()["video"]["width"], s.card()["video"]["height"])} for s in pair
    ]  # fmt: skip
    tempo = [
        {"name": names.get(t["technique"], t["technique"]), "rates": t["rates_per_min"], "seconds": t["seconds"]}
        for t in told["tempo"]
    ]
    zones = [
        {"id": zone, "name": zone_names.get(zone, zone), "shares": shares,
         "more": (shares[1] or 0.0) - (shares[0] or 0.0)} for zone, shares in told["zones"].items()
    ]  # fmt: skip
    return page("compare.html.j2", sides=sides, tempo=tempo, zones=zones)
