"""Videos that are sent to the review room: taken in, with whose they are and what of them is kept; and the queue."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from trainer.errors import FormatError, TrainerError
from trainer.files import write_error
from trainer.model import Data
from trainer.review.asked import ForbiddenError, desk_of, viewer_of
from trainer.review.desk import Desk
from trainer.review.keeping import LONGEST_DAYS, Keeping
from trainer.review.room import NoSuchSessionError
from trainer.review.uploads import Upload, Uploads
from trainer.review.viewer import ALONE, Viewer


def queue(request: Request) -> Response:
    desk = desk_of(request)
    return JSONResponse(_queue(desk, viewer_of(request)))


def _queue(desk: Desk, viewer: Viewer) -> list[Data]:
    """Those of theirs that aren't scored yet."""
    if desk.uploads is None:
        return []
    people, owners = {person.id: person for person in desk.people.all()}, desk.people.owners()
    return [asdict(u) for u in desk.uploads.pending() if viewer.sees(people.get(owners.get(u.id, "")))]


async def upload(request: Request) -> Response:
    uploads, name = _taking(request), request.path_params["name"]
    student, keeping = await run_in_threadpool(_wished, request)
    size = int(request.headers["content-length"])
    video = await run_in_threadpool(uploads.place, name, size)
    try:
        with video.open("wb") as file:
            async for part in request.stream():
                await run_in_threadpool(file.write, part)
        if video.stat().st_size != size:
            raise FormatError("Expected the whole video, but only a part came: send it again.")
        return JSONResponse(asdict(await run_in_threadpool(_take, request, video, student, keeping)))
    except ClientDisconnect:
        uploads.drop(video)
        return Response(status_code=400)
    except OSError as error:
        uploads.drop(video)
        raise TrainerError(str(write_error(Path("the video"), error))) from None
    except TrainerError:
        uploads.drop(video)
        raise


def _take(request: Request, video: Path, student: str, keeping: Keeping) -> Upload:
    """Whose it is and what is kept of it is settled before it is in the queue, where others could see it."""
    desk, viewer, uploads = desk_of(request), viewer_of(request), _taking(request)
    uploads.check(video, request.path_params["name"])
    session_id = video.parent.name
    if student:
        desk.people.give(session_id, student, viewer.name)
    desk.keepings.agree(session_id, keeping, viewer.name)
    return uploads.add(video, request.path_params["name"], pictures=keeping.video)


def _wished(request: Request) -> tuple[str, Keeping]:
    """Whose it is to be (a Person's id), and what is kept. Raises FormatError, ForbiddenError."""
    desk, viewer, wished = desk_of(request), viewer_of(request), request.query_params
    keep, days = wished.get("keep", "video"), wished.get("days", "")
    if keep not in ("video", "tracks"):
        raise FormatError(f"Expected video or tracks to keep, but got {keep!r:.20}.")
    if days and not (days.isascii() and days.isdigit() and 1 <= int(days[:9]) <= LONGEST_DAYS):
        raise FormatError(f"Expected 1 to {LONGEST_DAYS} days, or none, but got {days!r:.20}.")
    until = date.today() + timedelta(days=int(days)) if days else None
    student = wished.get("of", "") or viewer.person
    if student and not viewer.sees(desk.people.find(student)):
        raise ForbiddenError("Expected a student of yours.")
    if not student and viewer != ALONE and viewer.role != "head":
        raise ForbiddenError("Expected somebody whose video it is.")
    return student, Keeping(keep == "video", until)


def forget(request: Request) -> Response:
    desk, viewer, uploads = desk_of(request), viewer_of(request), _taking(request)
    name = request.path_params["name"]
    if any(upload["id"] == name for upload in _queue(desk, viewer)) and uploads.remove(name):
        desk.keepings.forget(name, viewer.name)
    return JSONResponse(_queue(desk, viewer))


def _taking(request: Request) -> Uploads:
    uploads = desk_of(request).uploads
    if uploads is None:
        raise NoSuchSessionError("Expected a room that takes uploads, but this one doesn't.")
    return uploads
