"""What the page of a session changes: labels, comments, grades, whose it is, what of it is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from trainer.errors import FormatError
from trainer.review.asked import ForbiddenError, body_of, desk_of, owned_in, viewer_of
from trainer.review.comments import said_in
from trainer.review.desk import Seen
from trainer.review.edits import ConflictError, edit_of
from trainer.review.exchange import labels_from
from trainer.review.keeping import Keeping
from trainer.review.rubric import Grader
from trainer.review.viewer import ALONE, Viewer

MOST_EDITS = 500


async def _changed(request: Request, change: Callable[[dict[str, Any]], Response]) -> Response:
    """The answer of a change of what the body says, made beside the loop."""
    return await run_in_threadpool(change, await body_of(request))


async def edits(request: Request) -> Response:
    def change(body: dict[str, Any]) -> Response:
        desk, viewer, shown = desk_of(request), viewer_of(request), owned_in(request).shown
        edits = body.get("edits")
        if not isinstance(edits, list) or len(edits) > MOST_EDITS:
            raise FormatError(f"Expected up to {MOST_EDITS} edits, but got {type(edits).__name__}.")
        wanted = [edit_of(each, desk.techniques, shown.card()["duration_s"]) for each in edits]
        desk.marks_of(shown)
        try:
            marks = desk.marks.edit(shown.id, wanted, viewer.name)
        except ConflictError as error:
            return JSONResponse({"problem": str(error), "state": desk.state(viewer, shown)}, 409)
        return JSONResponse(desk.changed(viewer, shown, marks))

    return await _changed(request, change)


async def import_file(request: Request) -> Response:
    data = await request.body()

    def change() -> Response:
        desk, viewer, shown = desk_of(request), viewer_of(request), owned_in(request).shown
        where, duration_s = "the file", shown.card()["duration_s"]
        names = desk.names(desk.words("en"))
        labels = labels_from(request.path_params["name"], data, names, duration_s, where)
        strange = sorted({x.technique for x in labels} - set(desk.techniques))
        if strange:
            raise FormatError(f"Expected known techniques in {where}, but it has {', '.join(strange)}.")
        return JSONResponse(desk.changed(viewer, shown, desk.marks.replace(shown.id, labels, viewer.name)))

    return await run_in_threadpool(change)


async def comment(request: Request) -> Response:
    def change(body: dict[str, Any]) -> Response:
        desk, viewer, shown = desk_of(request), viewer_of(request), owned_in(request).shown
        said = said_in(body, shown.card()["coverage"]["view"])
        desk.comments.add(shown.id, said, viewer.name, viewer.account)
        return JSONResponse(desk.state(viewer, shown))

    return await _changed(request, change)


def uncomment(request: Request) -> Response:
    desk, viewer, shown = desk_of(request), viewer_of(request), owned_in(request).shown
    found = desk.comments.find(shown.id, request.path_params["comment"])
    if found is not None and not viewer.teaches and found.author_id != viewer.account:
        raise ForbiddenError("Expected a comment of your own, but this one is somebody else's.")
    desk.comments.remove(shown.id, request.path_params["comment"], viewer.name)
    return JSONResponse(desk.state(viewer, shown))


async def grade(request: Request) -> Response:
    def change(body: dict[str, Any]) -> Response:
        grader, criterion, level = (body.get(key) for key in ("grader", "criterion", "level"))
        if not isinstance(grader, str) or not isinstance(criterion, str):
            raise FormatError("Expected grader and criterion as texts.")
        if level is not None and (isinstance(level, bool) or not isinstance(level, int)):
            raise FormatError(f"Expected a level as a whole number, or null, but got {level!r:.20}.")
        desk, viewer, seen = desk_of(request), viewer_of(request), owned_in(request)
        desk.grades.check(grader, criterion, level)
        if grader not in graders_of(viewer, seen):
            raise ForbiddenError("Expected grades of your own: students and instructors grade apart.")
        desk.grades.grade(seen.shown.id, grader, criterion, level, viewer.name)
        return JSONResponse(desk.state(viewer, seen.shown))

    return await _changed(request, change)


def graders_of(viewer: Viewer, seen: Seen) -> tuple[Grader, ...]:
    """As whom a viewer may grade a session: whose own it is as the student, who teaches as the instructor."""
    if viewer == ALONE:
        return ("student", "instructor")
    if seen.owner is not None and seen.owner.id == viewer.person:
        return ("student",)
    return ("instructor",) if viewer.teaches and viewer.sees(seen.owner) else ()


async def give(request: Request) -> Response:
    def change(body: dict[str, Any]) -> Response:
        student = body.get("student")
        if not isinstance(student, str):
            raise FormatError("Expected a student's id, or an empty text for nobody.")
        desk, viewer, seen = desk_of(request), viewer_of(request), owned_in(request)
        person = desk.people.find(student)
        # Else it would be out of their own sight, or in that of somebody whom they don't teach.
        if student and person is not None and not viewer.sees(person):
            raise ForbiddenError("Expected a student of yours.")
        if not student and viewer.role != "head":
            raise ForbiddenError("Expected a student of yours: only a head may make a session nobody's.")
        desk.people.give(seen.shown.id, student, viewer.name)
        return JSONResponse({"student": student})

    return await _changed(request, change)


async def keep(request: Request) -> Response:
    def change(body: dict[str, Any]) -> Response:
        video, until, example = body.get("video"), body.get("until"), body.get("example")
        if not isinstance(video, bool) or not isinstance(example, bool):
            raise FormatError("Expected video and example as true or false.")
        desk, viewer, seen = desk_of(request), viewer_of(request), owned_in(request)
        if example != seen.keeping.example and not viewer.teaches:
            raise ForbiddenError("Expected somebody who teaches: only they show sessions to all.")
        desk.agree(seen, Keeping(video, day_in(until), example), viewer.name)
        return JSONResponse({"video": video, "until": until, "example": example})

    return await _changed(request, change)


def day_in(value: Any) -> date | None:
    """A day out of plain data. Raises FormatError."""
    if value is None or value == "":
        return None
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise FormatError(f"Expected a day as YYYY-MM-DD, but got {value!r:.20}.") from None
    if day < date.today():
        raise FormatError(f"Expected a day from today on, but got {day}: to delete it now, delete the session.")
    return day


def delete(request: Request) -> Response:
    desk_of(request).delete(owned_in(request).shown, viewer_of(request).name)
    return JSONResponse({})
