"""The review room's web application: pages, and the plain data that they ask for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from trainer.errors import FormatError, TrainerError
from trainer.files import write_text
from trainer.foot import atlas
from trainer.model import Data, Label
from trainer.review.agreement import agreement
from trainer.review.align import anchors, differences
from trainer.review.drawn import drawn_part
from trainer.review.eaf import read_eaf, write_eaf
from trainer.review.edits import ConflictError, Mark, edit_of
from trainer.review.exchange import labels_in, subtitles_of, tiers_of, write_labels, write_vtt
from trainer.review.guard import Guard
from trainer.review.lanes import page_data
from trainer.review.marks import Marks
from trainer.review.room import NoSuchSessionError, Room, Shown
from trainer.review.uploads import Uploads
from trainer.score.figures.axis import clock, share
from trainer.score.labels import NAME, parse_labels, read_labels
from trainer.score.metrics import Segment
from trainer.score.scorecard import strokes_of, to_plain
from trainer.strokes.techniques import REST, Techniques
from trainer.words.words import Words

MOST_EDITS = 500
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
_KINDS = {".eaf": "application/xml", ".vtt": "text/vtt", ".csv": "text/csv", ".json": "application/json"}


@dataclass(frozen=True)
class Desk:
    """What all pages need."""

    room: Room
    marks: Marks
    techniques: Techniques
    words: Words
    uploads: Uploads | None = None

    @property
    def names(self) -> dict[str, str]:
        """Technique id → name for people."""
        return {t.id: self.words.named("techniques", t.id, t.name) for t in self.techniques.values()}

    def marks_of(self, shown: Shown) -> dict[str, Mark]:
        """A session's labels; those in a file beside it are taken over where nobody has labelled here yet."""
        marks, beside = self.marks.labels(shown.id), shown.folder / NAME
        if not marks and beside.is_file() and not self.marks.log(shown.id):
            marks = self.marks.replace(shown.id, read_labels(beside))
        return marks

    def labels_of(self, shown: Shown) -> list[Label]:
        return [mark.label() for mark in self.marks_of(shown).values()]

    def state(self, shown: Shown, marks: dict[str, Mark] | None = None) -> Data:
        """Labels, comments and agreement, as the page shows them."""
        marks = self.marks_of(shown) if marks is None else marks
        card, labels = shown.card(), [mark.label() for mark in marks.values()]
        strokes = [Segment(s["technique"], s["start_s"], s["end_s"]) for s in card["segments"]]
        agreed = agreement(
            labels, [s for s in strokes if s.technique != REST], [(s["start_s"], s["end_s"]) for s in card["not_sure"]]
        )
        plain: Data = to_plain({
            "labels": [
                {"id": m.id, "technique": m.technique, "start_s": m.start_ms / 1000, "end_s": m.end_ms / 1000,
                 "hands": m.hands, "version": m.version} for m in marks.values()
            ],
            "comments": [
                {"id": c.id, "time_s": c.time_ms / 1000, "text": c.text, "zone": c.zone}
                for c in self.marks.comments(shown.id)
            ],
            "agreement": asdict(agreed),
        })  # fmt: skip
        return plain

    def changed(self, shown: Shown, marks: dict[str, Mark]) -> Data:
        """The state after a change; the labels also go where `trainer train --labels` reads them."""
        write_text(shown.folder / NAME, write_labels([mark.label() for mark in marks.values()]))
        return self.state(shown, marks)


def create_app(desk: Desk, hosts: Iterable[str]) -> Starlette:
    """The application. ``hosts``: the names (with port) by which it is called."""
    app = Starlette(
        routes=[
            Route("/", _overview),
            Route("/uploads.json", _uploads),
            Route("/uploads/{name}", _upload, methods=["POST"]),
            Route("/uploads/{name}", _forget_upload, methods=["DELETE"]),
            Route("/compare", _compare),
            Route("/compare/anchors.json", _anchors),
            Route("/sessions/{session}", _session),
            Route("/sessions/{session}/data.json", _data),
            Route("/sessions/{session}/times.bin", _times),
            Route("/sessions/{session}/drawn.json", _drawn),
            Route("/sessions/{session}/video", _video),
            Route("/sessions/{session}/report", _report),
            Route("/sessions/{session}/state.json", _state),
            Route("/sessions/{session}/edits", _edits, methods=["POST"]),
            Route("/sessions/{session}/comments", _comment, methods=["POST"]),
            Route("/sessions/{session}/comments/{comment}", _uncomment, methods=["DELETE"]),
            Route("/sessions/{session}/import/{name}", _import, methods=["POST"]),
            Route("/sessions/{session}/export/{name}", _export),
            Mount("/static", StaticFiles(directory=str(resources.files(__package__).joinpath("static")))),
        ],
        middleware=[Middleware(Guard, hosts=tuple(hosts))],
        exception_handlers={TrainerError: _told},
    )
    app.state.desk = desk
    return app


def _overview(request: Request) -> Response:
    desk = _desk(request)
    rows, counts = [], desk.marks.counts()
    for shown in desk.room.sessions():
        measures = shown.measures()
        labels, comments = counts.get(shown.id, (0, 0))
        rows.append({
            "id": shown.id, "title": shown.title, "when": f"{shown.when:%Y-%m-%d %H:%M}", "mode": shown.mode,
            "length": clock(measures.duration_s), "in_range": measures.in_range_share,
            "worked": measures.worked_share, "unseen": measures.unseen_share, "cues": measures.cues,
            "labels": labels, "comments": comments,
            "video": shown.video is not None,
        })  # fmt: skip
    return _page("overview.html.j2", rows=rows, takes_uploads=desk.uploads is not None)


def _session(request: Request) -> Response:
    desk, shown = _desk(request), _shown(request)
    card = shown.card()
    facts = {"title": shown.title, "when": f"{shown.when:%Y-%m-%d %H:%M}", "id": shown.id}
    others = [(s.id, f"{s.title}, {s.when:%Y-%m-%d %H:%M}") for s in desk.room.sessions() if s.id != shown.id]
    return _page(
        "session.html.j2", session=facts, has_video=shown.video is not None, foot=card["foot"],
        techniques=[(t, name) for t, name in desk.names.items()], has_report=(shown.folder / "report.html").is_file(),
        size=(card["video"]["width"], card["video"]["height"]), others=others,
    )  # fmt: skip


def _uploads(request: Request) -> Response:
    uploads = _desk(request).uploads
    return JSONResponse([asdict(upload) for upload in uploads.pending()] if uploads is not None else [])


async def _upload(request: Request) -> Response:
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


def _forget_upload(request: Request) -> Response:
    uploads = _taking(request)
    uploads.remove(request.path_params["name"])
    return JSONResponse([asdict(upload) for upload in uploads.pending()])


def _taking(request: Request) -> Uploads:
    uploads = _desk(request).uploads
    if uploads is None:
        raise NoSuchSessionError("Expected a room that takes uploads, but this one doesn't.")
    return uploads


def _compare(request: Request) -> Response:
    desk = _desk(request)
    pair = _two(request)
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
    return _page("compare.html.j2", sides=sides, tempo=tempo, zones=zones)


def _anchors(request: Request) -> Response:
    cards = [shown.card() for shown in _two(request)]
    first, second = (strokes_of(card) for card in cards)
    return JSONResponse(anchors(first, second, (cards[0]["duration_s"], cards[1]["duration_s"])))


def _two(request: Request) -> tuple[Shown, Shown]:
    room = _desk(request).room
    return room.find(request.query_params.get("a", "")), room.find(request.query_params.get("b", ""))


def _data(request: Request) -> Response:
    desk, shown = _desk(request), _shown(request)
    zone_names = {zone: desk.words.named("zones", zone) for zone in atlas.ALL_ZONES}
    return JSONResponse(page_data(shown.card(), desk.techniques, zone_names) | {"names": desk.names})


def _times(request: Request) -> Response:
    """The frames' times as 64-bit floats, little-endian: the page steps from one to the next."""
    shown = _shown(request)
    times = shown.tracks().time_s if shown.has_tracks else np.zeros(0)
    return Response(times.astype("<f8").tobytes(), media_type="application/octet-stream")


def _drawn(request: Request) -> Response:
    shown = _shown(request)
    try:
        ends = [float(request.query_params[key]) for key in ("from", "to")]
    except (KeyError, ValueError):
        raise FormatError("Expected from and to in seconds.") from None
    return JSONResponse(drawn_part(shown.tracks(), *ends) if shown.has_tracks else {})


def _video(request: Request) -> Response:
    video = _shown(request).video
    if video is None:
        raise NoSuchSessionError("Expected a session with a video, but none was kept of this one.")
    return FileResponse(video, media_type="video/mp4", content_disposition_type="inline")


def _report(request: Request) -> Response:
    path = _shown(request).folder / "report.html"
    if not path.is_file():
        raise NoSuchSessionError("Expected a session with a report, but this one has none.")
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": _REPORT_POLICY},
                        content_disposition_type="inline")  # fmt: skip


def _state(request: Request) -> Response:
    return JSONResponse(_desk(request).state(_shown(request)))


async def _edits(request: Request) -> Response:
    body = await _json(request)

    def change() -> Response:
        desk, shown = _desk(request), _shown(request)
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


async def _comment(request: Request) -> Response:
    body = await _json(request)

    def change() -> Response:
        desk, shown = _desk(request), _shown(request)
        time_s, text, zone = body.get("time_s"), body.get("text"), body.get("zone", "")
        if isinstance(time_s, bool) or not isinstance(time_s, (int, float)) or not 0 <= time_s <= 1e6:
            raise FormatError(f"Expected seconds as time_s, but got {time_s!r:.20}.")
        if not isinstance(text, str) or (zone and zone not in atlas.ALL_ZONES):
            raise FormatError("Expected a text, and the id of a zone or none.")
        desk.marks.comment(shown.id, float(time_s), text, zone)
        return JSONResponse(desk.state(shown))

    return await run_in_threadpool(change)


def _uncomment(request: Request) -> Response:
    desk, shown = _desk(request), _shown(request)
    desk.marks.uncomment(shown.id, request.path_params["comment"])
    return JSONResponse(desk.state(shown))


async def _import(request: Request) -> Response:
    data = await request.body()

    def change() -> Response:
        desk, shown = _desk(request), _shown(request)
        where = "the file"
        match Path(request.path_params["name"]).suffix.lower():
            case ".eaf":
                labels = labels_in(read_eaf(data, where), desk.names, where)
            case ".csv":
                labels = parse_labels(data, where)
            case other:
                raise FormatError(f"Expected labels in an .eaf or .csv file, but got '{other}'.")
        duration_s = shown.card()["duration_s"]
        strange = sorted({x.technique for x in labels} - set(desk.techniques))
        if strange:
            raise FormatError(f"Expected known techniques in {where}, but it has {', '.join(strange)}.")
        if any(x.end_s > duration_s + 1 for x in labels):
            raise FormatError(f"Expected labels within the session's {duration_s:.1f} s: are they of another video?")
        return JSONResponse(desk.changed(shown, desk.marks.replace(shown.id, labels)))

    return await run_in_threadpool(change)


def _export(request: Request) -> Response:
    desk, shown = _desk(request), _shown(request)
    ending = Path(request.path_params["name"]).suffix.lower()
    card, labels = shown.card(), desk.labels_of(shown)
    match ending:
        case ".eaf":
            text = write_eaf(tiers_of(card, labels), card["video"]["name"])
        case ".vtt":
            text = write_vtt(subtitles_of(card, labels, desk.names))
        case ".csv":
            text = write_labels(labels)
        case ".json":
            return JSONResponse({"scorecard": card, **desk.state(shown)}, headers=_attached(shown, ending))
        case _:
            raise NoSuchSessionError(f"Expected one of {', '.join(_KINDS)}, but got '{ending}'.")
    return Response(text, media_type=_KINDS[ending], headers=_attached(shown, ending))


def _attached(shown: Shown, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="session-{shown.when:%Y%m%d-%H%M}{ending}"'}


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _shown(request: Request) -> Shown:
    return _desk(request).room.find(request.path_params["session"])


async def _json(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except (ValueError, RecursionError):
        raise FormatError("Expected JSON, but got something else.") from None
    if not isinstance(body, dict):
        raise FormatError("Expected a JSON object.")
    return body


def _told(request: Request, error: Exception) -> Response:
    status = 404 if isinstance(error, NoSuchSessionError) else 422 if isinstance(error, FormatError) else 503
    if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
        return _page("problem.html.j2", status, problem=str(error))
    return JSONResponse({"problem": str(error)}, status)


def _page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    return HTMLResponse(_templates().get_template(name).render(**values), status)


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("trainer.review"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    templates.globals |= {"share": share}
    return templates


