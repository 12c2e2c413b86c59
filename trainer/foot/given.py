"""A foot that a person pointed out: the ``NAME.foot.json`` beside a video, and the memory of each camera's last one.

``{"format": 1, "side": "left", "view": "plantar", "length_mm": 250, "landmarks_px": {"heel_back": [x, y], ...},
"time_s": 0.0, "width": 640, "height": 480}`` – ``length_mm``, ``time_s`` and the frame's size may be left out.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import FormatError, TrainerError
from trainer.foot.geometry import contradicts_side, fit_px_from_uv
from trainer.model import FOOT_LANDMARKS, SIDES, VIEWS, Floats, Side, View

_KEYS = ("format", "side", "view", "length_mm", "landmarks_px", "time_s", "width", "height")
_LENGTHS = (80.0, 400.0)


@dataclass(frozen=True)
class GivenFoot:
    """Landmarks that a person placed. ``landmarks_px`` maps names of FOOT_LANDMARKS to (x, y) pixels of a frame of
    ``width`` × ``height`` (None: the video's own size) at ``time_s``."""

    side: Side
    view: View
    landmarks_px: Mapping[str, tuple[float, float]]
    length_mm: float | None = None
    time_s: float = 0.0
    width: int | None = None
    height: int | None = None

    @property
    def points(self) -> Floats:
        """(14, 2) landmarks in FOOT_LANDMARKS order, NaN where not given."""
        nowhere = (math.nan, math.nan)
        return np.array([self.landmarks_px.get(name, nowhere) for name in FOOT_LANDMARKS], dtype=float)

    @classmethod
    def from_points(
        cls, points: Floats, side: Side, view: View, *, length_mm: float | None = None, time_s: float = 0.0,
        size: tuple[int, int] | None = None,
    ) -> GivenFoot:  # fmt: skip
        """From (14, 2) landmarks, NaN where not known; ``size`` is the frame's (width, height)."""
        known = {n: (float(x), float(y)) for n, (x, y) in zip(FOOT_LANDMARKS, points, strict=True)
                 if math.isfinite(x) and math.isfinite(y)}  # fmt: skip
        width, height = size or (None, None)
        return cls(side, view, known, length_mm, time_s, width, height)

    def scaled_to(self, size: tuple[int, int]) -> GivenFoot:
        """The same foot in a frame of ``size`` (width, height)."""
        if self.width is None or self.height is None or (self.width, self.height) == size:
            return replace(self, width=size[0], height=size[1])
        # Pixel centres are whole numbers, so scaling is about the corner at −0.5.
        sx, sy = size[0] / self.width, size[1] / self.height
        moved = {n: ((x + 0.5) * sx - 0.5, (y + 0.5) * sy - 0.5) for n, (x, y) in self.landmarks_px.items()}
        return replace(self, landmarks_px=moved, width=size[0], height=size[1])


def read_foot_file(path: Path | str) -> GivenFoot:
    """The foot in ``path``. Raises FormatError, one line that names the file, the key and what it may hold."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise FormatError(f"Expected a foot file, but '{path}' can't be read: {reason}.") from error
    except UnicodeDecodeError as error:
        raise FormatError(f"Expected a foot file (JSON in UTF-8), but '{path}' is not text.") from error
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise FormatError(f"Expected a foot file (JSON), but '{path}' is not JSON: {error}.") from error
    return given_from_data(data, str(path))


def given_from_data(data: object, source: str) -> GivenFoot:
    """A GivenFoot from parsed JSON; ``source`` names it in the FormatError."""
    if not isinstance(data, dict):
        raise FormatError(f"Expected an object with {', '.join(_KEYS)} in '{source}', but it holds {_said(data)}.")
    for key in data:
        if key not in _KEYS:
            raise _wrong(source, key, f"one of the keys {', '.join(_KEYS)}", key)
    if data.get("format") != 1 or isinstance(data.get("format"), bool):
        raise _wrong(source, "format", "1", data.get("format"))
    if data.get("side") not in SIDES:
        raise _wrong(source, "side", " or ".join(SIDES), data.get("side"))
    if data.get("view") not in VIEWS:
        raise _wrong(source, "view", f"one of {', '.join(VIEWS)}", data.get("view"))
    side: Side = data["side"]
    view: View = data["view"]
    length = None
    if data.get("length_mm") is not None:
        length = _number(data, "length_mm", source, *_LENGTHS)
    time_s = _number(data, "time_s", source, 0.0, 1e6) if "time_s" in data else 0.0
    width, height = _size(data, source)
    given = GivenFoot(side, view, _landmarks(data, source, width, height), length, time_s, width, height)
    _check_shape(given, source)
    return given


def _landmarks(
    data: dict[str, Any], source: str, width: int | None, height: int | None
) -> dict[str, tuple[float, float]]:
    raw = data.get("landmarks_px")
    if not isinstance(raw, dict):
        raise _wrong(source, "landmarks_px", "an object of name: [x, y]", raw)
    points: dict[str, tuple[float, float]] = {}
    for name, place in raw.items():
        if name not in FOOT_LANDMARKS:
            raise _wrong(source, "landmarks_px", f"names out of {', '.join(FOOT_LANDMARKS)}", name)
        if place is None:
            continue
        if not isinstance(place, list) or len(place) != 2 or not all(_is_number(n) for n in place):
            raise _wrong(source, f"landmarks_px.{name}", "two numbers [x, y]", place)
        x, y = float(place[0]), float(place[1])
        if width is not None and height is not None:
            # A foot may hang over the picture's edge, but not be mostly elsewhere.
            inside = -0.5 * width <= x <= 1.5 * width and -0.5 * height <= y <= 1.5 * height
            if not inside:
                raise _wrong(source, f"landmarks_px.{name}", f"a place in or near the {width}×{height} frame", place)
        points[name] = (x, y)
    if width is not None and height is not None and points:
        in_view = sum(0 <= x < width and 0 <= y < height for x, y in points.values())
        if in_view == 0:
            raise _wrong(source, "landmarks_px", f"points inside the {width}×{height} frame", "all outside it")
    if len(points) < 2:
        raise _wrong(source, "landmarks_px", "at least 2 landmarks (heel_back and hallux_tip, say)", len(points))
    return points


def _check_shape(given: GivenFoot, source: str) -> None:
    if contradicts_side(given.points, given.side, given.view):
        wanted = f"points of a {given.side} foot seen in {given.view} view"
        raise _wrong(source, "landmarks_px", wanted, "their mirror image (is side or view the other one?)")
    if fit_px_from_uv(given.points, given.side, given.view) is None:
        wanted = "landmarks far enough apart, not all on one line, that the view shows"
        raise _wrong(source, "landmarks_px", wanted, "points that fit no foot")


def _size(data: dict[str, Any], source: str) -> tuple[int | None, int | None]:
    sizes: list[int | None] = []
    for key in ("width", "height"):
        if data.get(key) is None:
            sizes.append(None)
            continue
        number = _number(data, key, source, 16, 32768)
        if number != int(number):
            raise _wrong(source, key, "a whole number of pixels", data[key])
        sizes.append(int(number))
    if (sizes[0] is None) != (sizes[1] is None):
        raise _wrong(source, "width", "both width and height, or neither", "only one of them")
    return sizes[0], sizes[1]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(data: dict[str, Any], key: str, source: str, low: float, high: float) -> float:
    value = data.get(key)
    if not _is_number(value) or not low <= float(value) <= high:  # type: ignore[arg-type]
        raise _wrong(source, key, f"a number from {low:g} to {high:g}", value)
    return float(value)  # type: ignore[arg-type]


def _said(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def _wrong(source: str, key: str, allowed: str, got: object) -> FormatError:
    return FormatError(f"Expected {allowed} in '{source}' at key '{key}', but got {_said(got)}.")


def data_of(given: GivenFoot) -> dict[str, Any]:
    """The JSON object of ``given``; what is None is left out."""
    data: dict[str, Any] = {"format": 1, "side": given.side, "view": given.view}
    if given.length_mm is not None:
        data["length_mm"] = given.length_mm
    data["landmarks_px"] = {n: [round(x, 2), round(y, 2)] for n, (x, y) in given.landmarks_px.items()}
    data["time_s"] = given.time_s
    if given.width is not None and given.height is not None:
        data |= {"width": given.width, "height": given.height}
    return data


def write_foot_file(path: Path | str, given: GivenFoot) -> None:
    """Write ``given`` so that the file is either whole or not there. Raises TrainerError when it can't be written."""
    path = Path(path)
    text = json.dumps(data_of(given), indent=1, ensure_ascii=False) + "\n"
    partial: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
        partial = Path(name)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        partial.replace(path)
    except OSError as error:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise TrainerError(
            f"Expected to write the foot file '{path}', but: {reason}. Choose a folder that can be written."
        ) from error


def foot_file_beside(video: Path | str) -> Path | None:
    """``NAME.foot.json`` beside ``NAME.mp4`` (or ``NAME.mp4.foot.json``), None if there is none."""
    video = Path(video)
    for name in (f"{video.stem}.foot.json", f"{video.name}.foot.json"):
        if (beside := video.with_name(name)).is_file():
            return beside
    return None


def remember_foot(camera_key: str, given: GivenFoot, *, folder: Path | None = None) -> None:
    """Keep ``given`` as the last foot of a camera (key: its name or index and the resolution)."""
    path = _memory_file(camera_key, folder)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise TrainerError(f"Expected to keep the foot's place in '{path.parent}', but: {reason}.") from error
    # The instant belongs to the session that is over; the next one holds it from its first frame.
    write_foot_file(path, replace(given, time_s=0.0))


def recall_foot(camera_key: str, *, folder: Path | None = None) -> GivenFoot | None:
    """The last foot of a camera, None where there is none or what was kept can't be used."""
    path = _memory_file(camera_key, folder)
    if not path.is_file():
        return None
    with suppress(FormatError):
        return read_foot_file(path)
    return None


def _memory_file(camera_key: str, folder: Path | None) -> Path:
    if folder is None:
        from platformdirs import user_data_path

        folder = user_data_path("foot-massage-trainer", appauthor=False) / "cameras"
    readable = re.sub(r"[^A-Za-z0-9]+", "-", camera_key).strip("-")[:40] or "camera"
    digest = hashlib.sha256(camera_key.encode("utf-8")).hexdigest()[:10]
    return folder / f"{readable}-{digest}.foot.json"
