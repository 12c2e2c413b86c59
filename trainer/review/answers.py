"""The plain data, videos and files that the pages of the review room ask for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response

from trainer.errors import FormatError
from trainer.review.align import anchors, cell_differences
from trainer.review.asked import desk_of, seen_in, two_in, viewer_of, words_of
from trainer.review.drawn import drawn_part
from trainer.review.exchange import text_of
from trainer.review.lanes import hands_seen
from trainer.review.room import NoSuchSessionError, Shown
from trainer.score.report import render_report
from trainer.score.scorecard import strokes_of

_REPORT_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'"
}
_KINDS = {".eaf": "application/xml", ".vtt": "text/vtt", ".csv": "text/csv"}


def data(request: Request) -> Response:
    desk, words, shown = desk_of(request), words_of(request), seen_in(request).shown
    return Response(shown.page_json(desk.techniques, words), media_type="application/json")


def seen(request: Request) -> Response:
    """When each working hand was seen."""
    shown = seen_in(request).shown
    return JSONResponse(hands_seen(*shown.presence()) if shown.has_tracks else {})


def times(request: Request) -> Response:
    """The frames' times as 64-bit floats, little-endian: the page steps from one to the next."""
    shown = seen_in(request).shown
    times = shown.presence()[0] if shown.has_tracks else np.zeros(0)
    return Response(times.astype("<f8").tobytes(), media_type="application/octet-stream")


def drawn(request: Request) -> Response:
    shown = seen_in(request).shown
    try:
        first, last = (float(request.query_params[key]) for key in ("from", "to"))
    except (KeyError, ValueError):
        raise FormatError("Expected from and to in seconds.") from None
    return JSONResponse(drawn_part(shown.tracks((first, last)), first, last) if shown.has_tracks else {})


def video(request: Request) -> Response:
    video = seen_in(request).video
    if video is None:
        raise NoSuchSessionError("Expected a session with a video, but none was kept of this one.")
    return FileResponse(video, media_type="video/mp4", content_disposition_type="inline")


def report(request: Request) -> Response:
    seen = seen_in(request)
    path = seen.shown.folder / "report.html"
    if not path.is_file():
        raise NoSuchSessionError("Expected a session with a report, but this one has none.")
    if not seen.keeping.video:
        # Its stills may not be shown, even where they couldn't be deleted yet.
        return Response(render_report(seen.shown.card()), headers=_REPORT_HEADERS, media_type="text/html")
    return FileResponse(path, media_type="text/html", headers=_REPORT_HEADERS,
                        content_disposition_type="inline")  # fmt: skip


def state(request: Request) -> Response:
    return JSONResponse(desk_of(request).state(viewer_of(request), seen_in(request).shown))


def export(request: Request) -> Response:
    desk, viewer, shown = desk_of(request), viewer_of(request), seen_in(request).shown
    ending = Path(request.path_params["name"]).suffix.lower()
    card, labels = shown.card(), desk.labels_of(shown)
    if ending == ".json":
        return JSONResponse({"scorecard": card, **desk.state(viewer, shown)}, headers=_attached(shown, ending))
    text = text_of(ending, card, labels, desk.names(words_of(request)))
    if text is None:
        raise NoSuchSessionError(f"Expected one of {', '.join((*_KINDS, '.json'))}, but got '{ending}'.")
    return Response(text, media_type=_KINDS[ending], headers=_attached(shown, ending))


def _attached(shown: Shown, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="session-{shown.when:%Y%m%d-%H%M}{ending}"'}


def cells(request: Request) -> Response:
    """How much more of the contact each cell of the map got in the second session: see ``cell_differences``."""
    first, second = (seen.shown.card() for seen in two_in(request))
    return JSONResponse(cell_differences(first, second))


def alignment(request: Request) -> Response:
    cards = [seen.shown.card() for seen in two_in(request)]
    first, second = (strokes_of(card) for card in cards)
    return JSONResponse(anchors(first, second, (cards[0]["duration_s"], cards[1]["duration_s"])))
