"""A session's report for paper: what machine and instructor say of it, with a picture of each comment."""

from __future__ import annotations

import json

from starlette.requests import Request
from starlette.responses import Response

from trainer.errors import FormatError
from trainer.model import Data
from trainer.review.asked import desk_of, language_of, page, seen_in, viewer_of, words_of
from trainer.review.drawn import drawn_part
from trainer.review.pages import mode_of, when_of
from trainer.review.room import NoSuchSessionError, Shown
from trainer.review.rubric import GRADERS
from trainer.score.figures.axis import time_ticks
from trainer.video.one_picture import jpeg_at

_STILL_WIDTH = 960
_LOOK_S = 0.5


def still(request: Request) -> Response:
    """The picture at a time, as a JPEG."""
    video = seen_in(request).video
    if video is None:
        raise NoSuchSessionError("Expected a session with a video, but none was kept of this one.")
    try:
        time_s = float(request.query_params["at"])
    except (KeyError, ValueError):
        raise FormatError("Expected at in seconds.") from None
    if not 0 <= time_s < 1e6:
        raise FormatError("Expected at in seconds.")
    return Response(jpeg_at(video, time_s, _STILL_WIDTH), media_type="image/jpeg")


def print_page(request: Request) -> Response:
    desk, viewer, words, seen = desk_of(request), viewer_of(request), words_of(request), seen_in(request)
    shown, card, state = seen.shown, seen.shown.card(), desk.state(viewer, seen.shown)
    data, measures = json.loads(shown.page_json(desk.techniques, words)), shown.measures()
    names, zone_names = data["names"], words.tables["zones"]
    end_s = max(float(card["duration_s"]), 1e-6)
    lanes = {
        "label": [(x["technique"], x["start_s"], x["end_s"]) for x in state["labels"]],
        "machine": [(x["technique"], x["start_s"], x["end_s"]) for x in data["lanes"]["machine"]],
    }
    return page(
        request, "print.html.j2", session={"title": shown.title, "when": when_of(shown), "id": shown.id},
        mode=mode_of(shown, words), student=seen.owner.name if seen.owner is not None else "", foot=card["foot"],
        measures=measures, end_s=end_s, ticks=time_ticks(0.0, end_s), map=data["map"], cues=card["cues"],
        lanes={
            kind: [{"name": names.get(t, t), "at": 100 * a / end_s, "wide": 100 * (b - a) / end_s} for t, a, b in bars]
            for kind, bars in lanes.items()
        },
        rhythm=[
            {"name": names.get(r["technique"], r["technique"]), "rate": r["rate_per_min"], "share": r["in_range_share"],
             "cycles": r["cycles"], "band": desk.rate_range(r["technique"])} for r in card["rhythm"]
        ],
        comments=[c | {"view": _view(shown, c["time_s"]) if seen.video is None else None} for c in state["comments"]],
        zones=zone_names, has_video=seen.video is not None, agreement=state["agreement"],
        size=(card["video"]["width"], card["video"]["height"]), rubric=desk.rubrics[language_of(request)],
        grades=state["grades"], graders=GRADERS,
    )  # fmt: skip


def _view(shown: Shown, time_s: float) -> Data | None:
    """Hands and foot at a time, where no video was kept."""
    if not shown.has_tracks:
        return None
    between = max(time_s - _LOOK_S, 0.0), time_s + _LOOK_S
    part = drawn_part(shown.tracks(between), *between)
    if not part["times_s"]:
        return None
    k = min(range(len(part["times_s"])), key=lambda i: abs(part["times_s"][i] - time_s))
    return {"hands": part["hands"][k], "foot": part["foot"][k]}
