"""What was seen, as JSON in normalised coordinates (docs/look.md; ``look.schema.json`` is the schema).

x and y are shares of the picture's width and height from its left and top edge: 0 to 1 in the picture, beyond that
where a landmark lies outside. Numbers that are not known are null, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import FOOT_LANDMARKS, HAND_LANDMARKS, Data, Floats

FORMAT = 1
SCHEMA_PATH = Path(__file__).with_name("look.schema.json")
_DIGITS = 5
_HAND_MARGIN, _FOOT_MARGIN = 0.08, 0.04
"""Skin goes on beyond the outermost landmarks by about these shares of the limb's larger extent."""

Size = tuple[int, int]
"""(width, height) of a picture in pixels."""


def document(pictures: Iterable[str], provenance: Data) -> Iterator[str]:
    """The pieces of the one JSON document about several pictures, each already JSON."""
    head = {
        "format": FORMAT, "provenance": provenance, "hand_landmarks": HAND_LANDMARKS, "foot_landmarks": FOOT_LANDMARKS
    }  # fmt: skip
    yield _json(head)[:-1] + ',"pictures":['
    for number, picture in enumerate(pictures):
        yield (",\n" if number else "\n") + picture
    yield "\n]}\n"


def of_image(file: str, size: Size, seen: Seen, drawn: str | None) -> str:
    """A photograph. ``drawn``: the file of the picture with it drawn, None when there is none."""
    return _json({**_head(file, "image", size, drawn), **_seen(seen, size)})


def of_frame(time_s: float, size: Size, seen: Seen) -> str:
    """One frame of a video."""
    return _json({"time_s": round(time_s, 6), **_seen(seen, size)})


def of_video(file: str, size: Size, frames: Iterable[str], drawn: str | None) -> str:
    """A video of frames that are JSON already."""
    return _json(_head(file, "video", size, drawn))[:-1] + ',"frames":[\n' + ",\n".join(frames) + "\n]}"


def of_failure(file: str, reason: str) -> str:
    """A file that couldn't be looked at."""
    return _json({"file": file, "error": reason})


def _head(file: str, kind: str, size: Size, drawn: str | None) -> Data:
    return {"file": file, "kind": kind, "width": size[0], "height": size[1], "drawn": drawn}


def _seen(seen: Seen, size: Size) -> Data:
    return {"hands": [_hand(h, size) for h in seen.hands], "feet": [_foot(f, size) for f in seen.feet]}


def _hand(hand: SeenHand, size: Size) -> Data:
    points = _normalised(hand.landmarks_px, size)
    return {
        "side": hand.side, "score": _number(hand.score), "visible": _number(hand.visible), "bridged": hand.bridged,
        "box": _box(hand.landmarks_px, _HAND_MARGIN, size), "landmarks": _points(points),
    }  # fmt: skip


def _foot(foot: SeenFoot, size: Size) -> Data:
    points = _normalised(foot.landmarks_px, size)
    return {
        "side": foot.side, "side_score": _number(foot.side_score), "view": foot.view,
        "view_score": _number(foot.view_score), "score": _number(foot.score), "worked": foot.worked,
        "bridged": foot.bridged, "box": _box(foot.landmarks_px, _FOOT_MARGIN, size), "landmarks": _points(points),
        "confidence": [_number(c) for c in foot.confidence],
    }  # fmt: skip


def _box(landmarks_px: Floats, margin: float, size: Size) -> Data | None:
    known = landmarks_px[np.isfinite(landmarks_px).all(axis=1)]
    if not len(known):
        return None
    low, high = known.min(axis=0), known.max(axis=0)
    more = margin * float((high - low).max())
    edges = np.clip(_normalised(np.stack([low - more, high + more]), size), 0.0, 1.0)
    (left, top), (right, bottom) = edges.round(_DIGITS).tolist()
    return {"left": left, "top": top, "right": right, "bottom": bottom}


def _normalised(px: Floats, size: Size) -> Floats:
    # Pixels count from the centre of the first one, shares from the picture's edge.
    return np.asarray((px + 0.5) / np.array(size, float), float)


def _points(points: Floats) -> list[list[float] | None]:
    return [p if np.isfinite(p).all() else None for p in points.round(_DIGITS).tolist()]


def _number(value: float) -> float | None:
    return round(float(value), 4) if np.isfinite(value) else None


def _json(data: Data) -> str:
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
