"""The plain data, videos and files that the pages of the review room ask for."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.review.align import anchors
from trainer.review.asked import desk_of, shown_in, two_in
from trainer.review.drawn import drawn_part
from trainer.review.exchange import text_of
from trainer.review.lanes import page_data
from trainer.review.room import NoSuchSessionError, Shown
from trainer.score.scorecard import strokes_of

_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
_KINDS = {".eaf": "application/xml", ".vtt": "text/vtt", ".csv": "text/csv"}


def data(request: Request) -> Response:
    desk, shown = desk_of(request), shown_in(request)
    zone_names = {zone: desk.words.named("zones", zone) for zone in atlas.ALL_ZONES}
    return JSONResponse(page_data(shown.card(), desk.techniques, zone_names) | {"names": desk.names})


def times(request: Request) -> Response:
    """The frames' times as 64-bit floats, little-endian: the page steps from one to the next."""
    shown = shown_in(request)
    times = shown.tracks().time_s if shown.has_tracks else np.zeros(0)
    return Response(times.astype("<f8").tobytes(), media_type="application/octet-stream")


def drawn(request: Request) -> Response:
    shown = shown_in(request)
    try:
        ends = [float(request.query_params[key]) for key in ("from", "to")]
    except (KeyError, ValueError):
        raise FormatError("Expected from and to in seconds.") from None
    return JSONResponse(drawn_part(shown.tracks(), *ends) if shown.has_tracks else {})


def video(request: Request) -> Response:
    video = shown_in(request).video
    if video is None:
        raise NoSuchSessionError("Expected a session with a video, but none was kept of this one.")
    return FileResponse(video, media_type="video/mp4", content_disposition_type="inline")


def report(request: Request) -> Response:
    path = shown_in(request).folder / "report.html"
    if not path.is_file():
        raise NoSuchSessionError("Expected a session with a report, but this one has none.")
    return FileResponse(path, media_type="text/html", headers={"Content-Security-Policy": _REPORT_POLICY},
                        content_disposition_type="inline")  # fmt: skip


def state(request: Request) -> Response:
    return JSONResponse(desk_of(request).state(shown_in(request)))


def export(request: Request) -> Response:
    desk, shown = desk_of(request), shown_in(request)
    ending = Path(request.path_params["name"]).suffix.lower()
    card, labels = shown.card(), desk.labels_of(shown)
    if ending == ".json":
        return JSONResponse({"scorecard": card, **desk.state(shown)}, headers=_attached(shown, ending))
    text = text_of(ending, card, labels, desk.names)
    if text is None:
        raise NoSuchSessionError(f"Expected one of {', '.join((*_KINDS, '.json'))}, but got '{ending}'.")
    return Response(text, media_type=_KINDS[ending], headers=_attached(shown, ending))


def _attached(shown: Shown, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="session-{shown.when:%Y%m%d-%H%M}{ending}"'}


def alignment(request: Request) -> Response:
    cards = [shown.card() for shown in two_in(request)]
    first, second = (strokes_of(card) for card in cards)
    return JSONResponse(anchors(first, second, (cards[0]["duration_s"], cards[1]["duration_s"])))


def uploads(request: Request) -> Response:
    uploads = desk_of(request).uploads
    return JSONResponse([asdict(upload) for upload in uploads.pending()] if uploads is not None else [])
