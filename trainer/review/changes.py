"""What the pages of the review room change: labels, comments, uploads, students."""

from __future__ import annotations

from dataclasses import asdict

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from trainer.errors import FormatError, TrainerError
from trainer.foot import atlas
from trainer.review.asked import body_of, desk_of, shown_in
from trainer.review.edits import ConflictError, edit_of
from trainer.review.exchange import labels_from
from trainer.review.room import NoSuchSessionError
from trainer.review.uploads import Uploads

MOST_EDITS = 500


async def edits(request: Request) -> Response:
    body = await body_of(request)

    def change() -> Response:
        desk, shown = desk_of(request), shown_in(request)
        edits = body.get("edits")
        if not isinstance(edits, list) or len(edits) > MOST_EDITS:
            raise FormatError(f"Expected up to {MOST_EDITS} edits, but got {type(edits).__name__}.")
        wanted = [edit_of(each, desk.names, shown.card()["duration_s"]) for each in edits]
        desk.marks_of(shown)
        try:
            marks = desk.marks.edit(shown.id, wanted)
        except ConflictError as error:
            return JSONResponse({"problem": str(error), "state": desk.state(shown)}, 409)
        return JSONResponse(desk.changed(shown, marks))

    return await run_in_threadpool(change)


async def comment(request: Request) -> Response:
    body = await body_of(request)

    def change() -> Response:
        desk, shown = desk_of(request), shown_in(request)
        time_s, text, zone = body.get("time_s"), body.get("text"), body.get("zone", "")
        if isinstance(time_s, bool) or not isinstance(time_s, (int, float)) or not 0 <= time_s <= 1e6:
            raise FormatError(f"Expected seconds as time_s, but got {time_s!r:.20}.")
        if not isinstance(text, str) or (zone and zone not in atlas.ALL_ZONES):
            raise FormatError("Expected a text, and the id of a zone or none.")
        desk.marks.comment(shown.id, float(time_s), text, zone)
        return JSONResponse(desk.state(shown))

    return await run_in_threadpool(change)


def uncomment(request: Request) -> Response:
    desk, shown = desk_of(request), shown_in(request)
    desk.marks.uncomment(shown.id, request.path_params["comment"])
    return JSONResponse(desk.state(shown))


async def import_file(request: Request) -> Response:
    data = await request.body()

    def change() -> Response:
        desk, shown = desk_of(request), shown_in(request)
        where, duration_s = "the file", shown.card()["duration_s"]
        labels = labels_from(request.path_params["name"], data, desk.names, duration_s, where)
        strange = sorted({x.technique for x in labels} - set(desk.techniques))
        if strange:
            raise FormatError(f"Expected known techniques in {where}, but it has {', '.join(strange)}.")
        return JSONResponse(desk.changed(shown, desk.marks.replace(shown.id, labels)))

    return await run_in_threadpool(change)


async def upload(request: Request) -> Response:
    uploads, name = _taking(request), request.path_params["name"]
    size = int(request.headers["content-length"])
    video = await run_in_threadpool(uploads.place, name, size)
    try:
        with video.open("wb") as file:
            async for part in request.stream():
                await run_in_threadpool(file.write, part)
        if video.stat().st_size != size:
            raise FormatError("Expected the whole video, but only a part came: send it again.")
    except ClientDisconnect:
        uploads.drop(video)
        return Response(status_code=400)
    except OSError as error:
        uploads.drop(video)
        raise TrainerError(f"Expected to keep the video, but it can't be written: {error.strerror}.") from None
    except FormatError:
        uploads.drop(video)
        raise
    return JSONResponse(asdict(await run_in_threadpool(uploads.add, video, name)))


def forget_upload(request: Request) -> Response:
    uploads = _taking(request)
    uploads.remove(request.path_params["name"])
    return JSONResponse([asdict(upload) for upload in uploads.pending()])


def _taking(request: Request) -> Uploads:
    uploads = desk_of(request).uploads
    if uploads is None:
        raise NoSuchSessionError("Expected a room that takes uploads, but this one doesn't.")
    return uploads


async def add_student(request: Request) -> Response:
    body = await body_of(request)
    name, group = body.get("name"), body.get("group", "")
    if not isinstance(name, str) or not isinstance(group, str):
        raise FormatError("Expected a name and a group as texts.")
    person = await run_in_threadpool(desk_of(request).people.add, name, group)
    return JSONResponse(asdict(person))


def remove_student(request: Request) -> Response:
    desk_of(request).people.remove(request.path_params["student"])
    return JSONResponse({})


async def give(request: Request) -> Response:
    body = await body_of(request)
    student = body.get("student")
    if not isinstance(student, str):
        raise FormatError("Expected a student's id, or an empty text for nobody.")
    shown = await run_in_threadpool(shown_in, request)
    await run_in_threadpool(desk_of(request).people.give, shown.id, student)
    return JSONResponse({"student": student})


def delete(request: Request) -> Response:
    desk, shown = desk_of(request), shown_in(request)
    desk.room.delete(shown)
    desk.marks.forget(shown.id)
    desk.grades.forget(shown.id)
    desk.people.give(shown.id, "")
    return JSONResponse({})


async def grade(request: Request) -> Response:
    body = await body_of(request)
    grader, criterion, level = (body.get(key) for key in ("grader", "criterion", "level"))
    if not isinstance(grader, str) or not isinstance(criterion, str):
        raise FormatError("Expected grader and criterion as texts.")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int)):
        raise FormatError(f"Expected a level as a whole number, or null, but got {level!r:.20}.")

    def change() -> Response:
        desk, shown = desk_of(request), shown_in(request)
        desk.grades.grade(shown.id, grader, criterion, level)
        return JSONResponse(desk.state(shown))

    return await run_in_threadpool(change)
