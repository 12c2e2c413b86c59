"""The known truth of a clip: ``NAME.truth.json`` (facts) and ``NAME.truth.npz`` (per frame) beside
``NAME.mp4``."""

from __future__ import annotations

import json
import math
import zipfile
import zlib
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.model import SIDES, VIEWS, Data, Floats, Side, View
from trainer.score.contact_tally import TrueContact

FORMAT = 1
_ENDINGS = (".truth.json", ".truth.npz")
_JOINTS = "hand_joints_visible"
_CONTACT = ("hand_touches", "contact_uv", "contact_face", "contact_top_seconds", "foot_landmarks_mm")
"""Arrays that not all truth has; of contact it has all or none."""


@dataclass(frozen=True)
class TrueSegment:
    """A true stretch of one technique. ``rate_per_min`` is NaN where a rate makes no sense."""

    technique: str
    start_s: float
    end_s: float
    hands: tuple[Side, ...]
    rate_per_min: float
    cycles_s: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class Truth:
    """What is true of a clip of T frames.

    ``time_s`` (T,) presentation times; ``hand_px`` (T, 2, 21, 2) true joints in pixels, axis 1 (left,
    right), NaN out of frame; ``hand_visible`` (T, 2) share of the hand not hidden; ``joints_visible`` (T, 2, 21)
    which joints nothing hides, None where the truth doesn't tell; ``foot_px`` (T, 14, 2), also where hidden;
    ``foot_visible`` (T, 14); ``contact_seconds`` (64, 32) on the sole's map, all NaN when the sole isn't worked,
    ``contact_top_seconds`` on the top's, and ``contact`` by frame, None where the truth doesn't tell. ``segments``
    don't overlap; the gaps are rest.
    """

    name: str
    origin: str
    width: int
    height: int
    side: Side
    view: View
    length_mm: float
    segments: tuple[TrueSegment, ...]
    zone_seconds: dict[str, float]
    time_s: Floats
    hand_px: Floats
    hand_visible: Floats
    foot_px: Floats
    foot_visible: NDArray[np.bool_]
    contact_seconds: Floats
    joints_visible: NDArray[np.bool_] | None = None
    contact_top_seconds: Floats | None = None
    contact: TrueContact | None = None

    def at(self, times: Floats) -> Truth:
        """The same truth told of fewer frames: those nearest to ``times``."""
        after = np.clip(np.searchsorted(self.time_s, times), 1, len(self.time_s) - 1)
        row = after - (times - self.time_s[after - 1] < self.time_s[after] - times)
        contact = self.contact
        if contact is not None:
            contact = replace(contact, touches=contact.touches[row], uv=contact.uv[row], face=contact.face[row])
        joints = None if self.joints_visible is None else self.joints_visible[row]
        return replace(
            self, time_s=self.time_s[row], hand_px=self.hand_px[row], hand_visible=self.hand_visible[row],
            foot_px=self.foot_px[row], foot_visible=self.foot_visible[row], joints_visible=joints, contact=contact,
        )  # fmt: skip

    @property
    def duration_s(self) -> float:
        """From the first frame to the end of the last, which is taken to last as long as the median one."""
        if len(self.time_s) < 2:
            return 0.0
        return float(self.time_s[-1] - self.time_s[0] + np.median(np.diff(self.time_s)))


def truth_files(clip: Path | str) -> tuple[Path, Path]:
    """(json, npz) paths of the truth of ``clip``, which may be the video or either sidecar."""
    clip = Path(clip)
    name = clip.name
    for ending in _ENDINGS:
        name = name.removesuffix(ending)
    stem = name if name != clip.name else clip.stem
    return clip.with_name(stem + _ENDINGS[0]), clip.with_name(stem + _ENDINGS[1])


def read_truth(clip: Path | str) -> Truth:
    """The truth of ``clip``. Raises FormatError (file, key, what was expected)."""
    facts_path, frames_path = truth_files(clip)
    facts = _Facts(_read_json(facts_path), facts_path)
    if facts.take("format", int) != FORMAT:
        raise facts.wrong("format", f"{FORMAT}")
    frames = facts.take("frames", int)
    if frames < 2:
        raise facts.wrong("frames", "more than one frame")
    foot = facts.inside("foot")
    segments = tuple(_segment(_Facts(item, facts_path, f"segments[{i}].")) for i, item in facts.items("segments"))
    for before, after in pairwise(segments):
        if after.start_s < before.end_s - 1e-6:
            raise facts.wrong("segments", f"segments that don't overlap, but one begins at {after.start_s} s,", False)
    zones = facts.inside("zone_seconds")
    arrays = _read_arrays(frames_path, frames)
    return Truth(
        name=facts_path.name.removesuffix(_ENDINGS[0]),
        origin=facts.choice("origin", ("rendered", "filmed")),
        width=facts.take("width", int),
        height=facts.take("height", int),
        side=foot.choice("side", SIDES),
        view=foot.choice("view", VIEWS),
        length_mm=foot.length("length_mm"),
        segments=segments,
        zone_seconds={zone: zones.number(zone) for zone in zones.data},
        time_s=arrays["time_s"],
        hand_px=arrays["hand_landmarks_px"],
        hand_visible=arrays["hand_visible"],
        foot_px=arrays["foot_landmarks_px"],
        foot_visible=arrays["foot_landmarks_visible"].astype(bool),
        contact_seconds=arrays["contact_seconds"],
        joints_visible=arrays[_JOINTS].astype(bool) if _JOINTS in arrays else None,
        contact_top_seconds=arrays.get("contact_top_seconds"),
        contact=_contact(arrays),
    )


def _contact(arrays: dict[str, NDArray[Any]]) -> TrueContact | None:
    if not set(_CONTACT) <= set(arrays):
        return None
    touches, uv, face, _, mm = (arrays[name] for name in _CONTACT)
    return TrueContact(touches.astype(bool), uv, face, mm)


def check_pictures(clip: Path, truth: Truth, time_s: Floats, size: tuple[int, int]) -> None:
    """Raises FormatError where a video's pictures, at ``time_s`` (T,) and of ``size`` (perhaps scaled), aren't those
    that the truth tells of."""
    width, height = size
    if abs(width * truth.height - height * truth.width) > max(truth.width, truth.height) + max(size):
        raise FormatError(
            f"Expected pictures of {truth.width}x{truth.height} in '{clip}' as in its truth, but got {width}x{height}: "
            "the truth is another clip's."
        )
    if len(time_s) != len(truth.time_s):
        raise FormatError(
            f"Expected {len(truth.time_s)} pictures in '{clip}' as in its truth, but got {len(time_s)}: "
            "the video is cut off, or the truth another clip's."
        )
    late_s = float(np.abs(time_s - truth.time_s + truth.time_s[0]).max())
    if late_s > 0.5 * truth.duration_s / len(time_s):
        raise FormatError(
            f"Expected the pictures of '{clip}' at the times of its truth, but they are up to {late_s:.3f} s off: "
            "the truth is another clip's."
        )


class _Facts:
    """A JSON object whose values are asked for by kind; what doesn't fit is a FormatError that names file
    and key.
    """

    def __init__(self, data: Any, path: Path, prefix: str = "") -> None:
        self.path, self._prefix = path, prefix
        if not isinstance(data, dict):
            where = f"at '{prefix.removesuffix('.')}' in '{path}'" if prefix else f"in '{path}'"
            raise FormatError(f"Expected an object {where}, but got {data!r:.60}.")
        self.data: Data = data

    def wrong(self, key: str, wanted: str, show: bool = True) -> FormatError:
        if key not in self.data:
            return FormatError(f"Expected '{self._prefix}{key}' in '{self.path}', but it is missing.")
        got = f", but got {self.data[key]!r:.60}." if show else " which is not so."
        return FormatError(f"Expected {wanted} at '{self._prefix}{key}' in '{self.path}'{got}")

    def take(self, key: str, kind: type[int]) -> int:
        value = self.data.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) or value < 1:
            raise self.wrong(key, "a whole number above 0")
        return value

    def number(self, key: str, *, missing: bool = False) -> float:
        value = self.data.get(key)
        if missing and value is None:
            return math.nan
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not (missing or math.isfinite(value)):
            raise self.wrong(key, "a number")
        return float(value)

    def length(self, key: str) -> float:
        value = self.number(key)
        if not value > 0:
            raise self.wrong(key, "a length above 0")
        return value

    def choice(self, key: str, allowed: tuple[Any, ...]) -> Any:
        if self.data.get(key) not in allowed:
            raise self.wrong(key, f"one of {', '.join(map(str, allowed))}")
        return self.data[key]

    def inside(self, key: str) -> _Facts:
        if key not in self.data:
            raise self.wrong(key, "an object")
        return _Facts(self.data[key], self.path, f"{self._prefix}{key}.")

    def items(self, key: str) -> list[tuple[int, Any]]:
        if not isinstance(self.data.get(key), list):
            raise self.wrong(key, "a list")
        return list(enumerate(self.data[key]))


def _segment(facts: _Facts) -> TrueSegment:
    technique = facts.data.get("technique")
    if not isinstance(technique, str):
        raise facts.wrong("technique", "a technique's id")
    start_s, end_s = facts.number("start_s"), facts.number("end_s")
    if end_s <= start_s:
        raise facts.wrong("end_s", f"more than start_s ({start_s})")
    hands = tuple(hand for _, hand in facts.items("hands"))
    if not set(hands) <= set(SIDES):
        raise facts.wrong("hands", "a list of left, right")
    cycles = tuple(cycle for _, cycle in facts.items("cycles_s"))
    if not all(isinstance(cycle, (int, float)) and math.isfinite(cycle) for cycle in cycles):
        raise facts.wrong("cycles_s", "a list of seconds")
    return TrueSegment(technique, start_s, end_s, hands, facts.number("rate_per_min", missing=True), cycles)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        hint = "only clips with known truth can be evaluated"
        raise FormatError(f"Expected the clip's truth at '{path}', but there is none: {hint}.") from None
    except OSError as error:
        told = error.strerror
        raise FormatError(f"Expected the clip's truth at '{path}', but it can't be read: {told}.") from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"Expected the clip's truth (JSON) in '{path}', but it isn't JSON: {error}.") from None


def _read_arrays(path: Path, frames: int) -> dict[str, NDArray[Any]]:
    shapes: dict[str, tuple[int, ...]] = {
        "time_s": (frames,),
        "hand_landmarks_px": (frames, 2, 21, 2),
        "hand_visible": (frames, 2),
        "foot_landmarks_px": (frames, 14, 2),
        "foot_landmarks_visible": (frames, 14),
        "contact_seconds": atlas.GRID,
    }
    try:
        with path.open("rb") as stream:
            file = np.load(stream)
            if not isinstance(file, np.lib.npyio.NpzFile):
                raise ValueError("it is one array, not an archive of several")
            with file:
                if _JOINTS in file.files:
                    shapes[_JOINTS] = (frames, 2, 21)
                if set(_CONTACT) <= set(file.files):
                    contact = (frames, 2), (frames, 2, 2), (frames, 2), atlas.GRID, (14, 3)
                    shapes |= dict(zip(_CONTACT, contact, strict=True))
                arrays = {name: _numbers(file, name, shape, path) for name, shape in shapes.items()}
    except FileNotFoundError:
        raise FormatError(f"Expected the clip's truth per frame at '{path}', but there is none.") from None
    except (OSError, ValueError, EOFError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        reason = " ".join(str(error).split())[:120]
        raise FormatError(f"Expected NumPy arrays in '{path}', but they can't be read: {reason}.") from None
    time_s, visible = arrays["time_s"], arrays["hand_visible"]
    if not (np.isfinite(time_s).all() and (np.diff(time_s) > 0).all()):
        raise FormatError(f"Expected 'time_s' to rise in '{path}', but it doesn't.")
    if not ((visible >= 0) & (visible <= 1)).all():
        raise FormatError(f"Expected shares from 0 to 1 as 'hand_visible' in '{path}', but there are others.")
    for name in ("hand_landmarks_px", "foot_landmarks_px"):
        if np.isinf(arrays[name]).any():
            raise FormatError(f"Expected pixels (NaN: unknown) as '{name}' in '{path}', but some are infinite.")
    return arrays


def _numbers(file: Any, name: str, shape: tuple[int, ...], path: Path) -> NDArray[Any]:
    if name not in file.files:
        raise FormatError(f"Expected the array '{name}' in '{path}', but it is missing.")
    array: NDArray[Any] = file[name]
    if array.shape != shape or array.dtype.kind not in "fiub":
        got = f"{array.dtype} {array.shape}"
        raise FormatError(f"Expected numbers of shape {shape} as '{name}' in '{path}', but got {got}.")
    return array if array.dtype.kind == "b" else array.astype(float)
