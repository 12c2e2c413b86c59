"""Coverage: seconds of plausible contact on the foot's map, fixed to the foot.

What paints the map is the technique's contact part (thumb pad, palm, knuckles …): each of its landmarks touches a
round patch, and where the part is a whole palm, the hull of its landmarks. A place has three states: worked (with
seconds), not worked, and *could not be seen*.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.model import Coverage, Floats, Judgement, Presence, Touch, View
from trainer.strokes.techniques import REST, Techniques

PAD_RADIUS_MM = 10.0
"""Radius of the patch under a finger or thumb pad: pressed adult pads measure about 15–25 mm across."""
PAD_BEHIND_TIP = 0.3
"""The middle of a pad lies this share of the end phalanx behind the tip's landmark."""
_TIPS = (4, 8, 12, 16, 20)
LOST_RADIUS_MM = 60.0
"""A hand lost over the foot may be working anywhere this near to where it was last seen: about a thumb's reach."""
LOST_AFTER_S = 5.0
"""A hand lost over the foot counts as unseen work for this long; then it is taken to have left."""
FLAT_VIEWS: frozenset[View] = frozenset({"plantar", "dorsal"})
"""The views that have a map; the side views have zones only."""
WORKED_S = 0.25
"""A cell counts as worked from this many seconds on: a patch that only passes by doesn't."""


def patch(
    points_mm: Floats, view: View, length_mm: float, *, radius_mm: float = PAD_RADIUS_MM, hull: bool = False
) -> NDArray[np.bool_]:
    """(64, 32) bool: the map's cells within ``radius_mm`` of any of the (N, 2) points, or of their hull.

    Points are millimetres in the foot's plane (x along u, y along v); NaN points touch nothing.
    """
    points = points_mm[np.isfinite(points_mm).all(axis=1)]
    if len(points) == 0:
        return np.zeros(atlas.GRID, dtype=bool)
    cells = atlas.grid_uv() * atlas.mm_from_uv(view, length_mm)
    gaps = np.linalg.norm(cells[:, :, None, :] - points, axis=-1).min(axis=-1)
    touched: NDArray[np.bool_] = gaps <= radius_mm
    if hull and len(points) >= 3:
        unit = atlas.mm_from_uv(view, length_mm)
        # In a picture of the map, x is the v axis and y the u axis; 16 sub-steps a cell keep the hull's edge true.
        corners = (points / unit * np.array(atlas.GRID) - 0.5)[:, ::-1]
        filled = np.zeros(atlas.GRID, np.uint8)
        polygon = cv2.convexHull(np.round(corners * 16).astype(np.int32))
        cv2.fillConvexPoly(filled, polygon, 1, shift=4)
        touched = touched | (filled > 0)
    return touched & atlas.grid_on_foot(view)


def contact_points(landmarks_mm: Floats) -> Floats:
    """(21, 2): the (21, 2) landmarks, finger and thumb tips moved back to the middle of their pads."""
    points = landmarks_mm.copy()
    for tip in _TIPS:
        points[tip] += PAD_BEHIND_TIP * (landmarks_mm[tip - 1] - landmarks_mm[tip])
    return points


class CoverageMap:
    """Accumulates coverage over a session; feed it each touch with the judgement of the same instant.

    A causal recogniser names a stroke a little after it began. So that neither the first moments of a stroke are
    lost nor the moments after its end are painted, the judgement of ``time_s`` is applied to the touch of
    ``time_s - latency_s``. Each side of the foot that comes into view has a map of its own.
    """

    def __init__(self, techniques: Techniques, *, latency_s: float = 0.0) -> None:
        self._techniques = techniques
        self._latency_s = latency_s
        self._waiting: deque[_Instant] = deque()
        self._previous_s: float | None = None
        self._judgement: Judgement | None = None
        self._lost_hands = _LostHands()
        self._maps: dict[View, _SideMap] = {}
        self._view: View = "plantar"
        self._hand_lost = False

    @property
    def hand_lost(self) -> bool:
        """Whether a hand that was over the foot can't be seen now: it may be working unseen."""
        return self._hand_lost

    def reset(self) -> None:
        """Forget what was painted; what is known of where the hands are stays."""
        self._maps = {}

    def update(self, touch: Touch, judgement: Judgement) -> None:
        """Add one instant. Its duration is the time since the previous one (0 for the first)."""
        duration = 0.0 if self._previous_s is None else touch.time_s - self._previous_s
        self._previous_s = touch.time_s
        self._judgement = judgement
        lost = self._lost_hands.update(touch)
        self._hand_lost = bool(lost.any())
        self._waiting.append(_Instant(touch, duration, lost))
        while self._waiting and self._waiting[0].touch.time_s <= touch.time_s - self._latency_s + 1e-9:
            self._paint(self._waiting.popleft(), judgement)

    def finish(self) -> None:
        """Paint what still waits, under the last judgement: at a session's end none follows to correct it."""
        while self._waiting and self._judgement is not None:
            self._paint(self._waiting.popleft(), self._judgement)

    def coverage(self) -> Coverage:
        """What has been painted until now of the side that is in view (or was last), as arrays of their own."""
        view = self._view
        painted = self._maps.get(view) or _SideMap()
        shown = atlas.grid_on_foot(view) & (view in FLAT_VIEWS)
        return Coverage(
            view=view,
            grid_seconds=np.where(shown, painted.seconds, np.nan),
            grid_unseen_s=np.where(shown, painted.unseen, np.nan),
            zone_seconds={zone: painted.zones.get(zone, 0.0) for zone in atlas.zones(view)},
            watched_s=painted.watched_s,
            unseen_s=painted.unseen_s,
        )

    def _paint(self, instant: _Instant, judgement: Judgement) -> None:
        touch, duration = instant.touch, instant.duration_s
        foot = touch.foot
        if foot.seen:
            self._view = foot.view
        painted = self._maps.setdefault(self._view, _SideMap())
        if not foot.seen or instant.lost.any():
            painted.unseen_s += duration
            painted.unseen[instant.lost if foot.seen else ...] += duration
        else:
            painted.watched_s += duration
        technique = self._techniques.get(judgement.technique or REST)
        if technique is None or technique.id == REST or not foot.seen:
            return
        touched = np.zeros(atlas.GRID, dtype=bool)
        part = np.array(technique.landmarks)
        for hand in touch.hands:
            if hand.presence is not Presence.UNKNOWN and hand.side in judgement.hands:
                points = np.where(hand.near[part, None], contact_points(hand.mm)[part], np.nan)
                touched |= patch(points, foot.view, foot.length_mm, hull="palm" in technique.parts)
        painted.seconds[touched] += duration
        names = atlas.zones(foot.view)
        for index in np.unique(atlas.grid_zones(foot.view)[touched]):
            painted.zones[names[index]] = painted.zones.get(names[index], 0.0) + duration


@dataclass(frozen=True, eq=False)
class _Instant:
    touch: Touch
    duration_s: float
    lost: NDArray[np.bool_]


@dataclass
class _SideMap:
    seconds: Floats = field(default_factory=lambda: np.zeros(atlas.GRID))
    unseen: Floats = field(default_factory=lambda: np.zeros(atlas.GRID))
    zones: dict[str, float] = field(default_factory=dict)
    watched_s: float = 0.0
    unseen_s: float = 0.0


class _LostHands:
    """Remembers where hands were last seen over the foot."""

    def __init__(self) -> None:
        self._since: list[float | None] = [None, None]
        self._last_mm = [np.full((21, 2), np.nan), np.full((21, 2), np.nan)]

    def update(self, touch: Touch) -> NDArray[np.bool_]:
        """(64, 32) bool: the cells at which a hand that can't be seen now may be working."""
        lost = np.zeros(atlas.GRID, dtype=bool)
        for i, hand in enumerate(touch.hands):
            if hand.presence is not Presence.UNKNOWN:
                self._since[i] = None
                self._last_mm[i] = np.where(hand.near[:, None], hand.mm, np.nan)
            elif np.isfinite(self._last_mm[i]).any():
                since = self._since[i]
                if since is None:
                    since = self._since[i] = touch.time_s
                if touch.time_s - since > LOST_AFTER_S:
                    self._last_mm[i] = np.full((21, 2), np.nan)
                foot = touch.foot
                lost |= patch(self._last_mm[i], foot.view, foot.length_mm, radius_mm=LOST_RADIUS_MM)
        return lost


def worked_share(coverage: Coverage) -> float:
    """Share of the foot's cells that were worked, 0–1; NaN where the view has no map."""
    cells = coverage.grid_seconds[np.isfinite(coverage.grid_seconds)]
    return float((cells >= WORKED_S).mean()) if len(cells) else float("nan")


def unseen_cells(coverage: Coverage) -> NDArray[np.bool_]:
    """(64, 32) bool: cells not known to be worked that could not be watched for at least half of the session."""
    total = coverage.watched_s + coverage.unseen_s
    with np.errstate(invalid="ignore"):
        unwatched: NDArray[np.bool_] = coverage.grid_unseen_s >= max(0.5 * total, 1e-9)
        return unwatched & ~(coverage.grid_seconds >= WORKED_S)


def unseen_share(coverage: Coverage) -> float:
    """Share of the foot's cells whose state could not be seen, 0–1; NaN where the view has no map."""
    on_map = np.isfinite(coverage.grid_seconds)
    return float(unseen_cells(coverage)[on_map].mean()) if on_map.any() else float("nan")
