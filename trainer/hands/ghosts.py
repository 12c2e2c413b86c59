"""Where a landmarker sees hands that aren't there, and how such a report looks.

Two signs, both about one report at one instant. It lies on the foot as a whole, with its wrist; or it lies where an
inert report has lain for long before (`Ghosts` remembers those, fixed to the foot where the foot is known). Neither
proves anything by itself, since a real hand may pass through such a pose; so they only decide where a track would
have to jump, or where nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from trainer.hands.shape import KNUCKLES, hand_distance
from trainer.model import FOOT_LANDMARKS, Floats, Foot

LIKE = 0.3
"""Mean landmark distance, in hand sizes, below which two reports count as the same."""
_ANKLES = FOOT_LANDMARKS.index("ankle_medial")
_WRIST_IN = 0.02
"""How far inside the foot's border a wrist must lie to count, in foot lengths (and other points may lie outside)."""
_MOST_IN = 0.9
_TIPS = [8, 12, 16, 20]
_TOES = [i for i, name in enumerate(FOOT_LANDMARKS) if name.endswith("_tip")]
_ON_TOE = 0.06
_MANY = 3
"""As many finger tips that lie on a toe each, so near in foot lengths, are toes."""
_WRIST_OFF = 0.05
_SOME = 3
_NEAR = 0.4
_TOWARDS = 0.5
"""Of a hand that reaches for the foot: how far off its wrist lies at least, how many landmarks lie on the foot; or else
how near the nearest one is, and how much of the way from wrist to knuckles leads there (cosine)."""
_ANKLE_U, _LEG_WIDE, _SHIN_U = 0.15, 1.2, 0.6
"""Where a leg begins seen from above, and how far askew it may be, in foot widths; where it ends seen from the side."""
_RIM = 0.05
_PROFILE_HEIGHT = 0.32
"""Height of the instep over the sole, in foot lengths: unit of ``v`` in the side views."""
_MOST = 8
_REMEMBER_S = 60.0


@dataclass(eq=False)
class _Ghost:
    points: Floats
    on_foot: bool
    time_s: float


class Ghosts:
    """Poses of inert reports, newest first; those on a known foot are kept in its (u, v) map."""

    def __init__(self) -> None:
        self._known: list[_Ghost] = []

    def learn(self, points: Floats, foot: Foot | None, time_s: float) -> None:
        """Remembers landmarks (21, 2) px that have been lying still without proof."""
        self._known = [g for g in self._known if time_s - g.time_s < _REMEMBER_S]
        for ghost in self._known:
            place = _place(ghost, foot)
            if place is not None and hand_distance(place, points) < 0.5 * LIKE:
                ghost.time_s = time_s
                return
        fixed = (
            None if foot is None or not foot.seen else _map(np.asarray(np.linalg.inv(foot.px_from_uv), float), points)
        )
        new = _Ghost(points if fixed is None else fixed, fixed is not None, time_s)
        self._known = [new, *self._known][:_MOST]

    def unlearn(self, points: Floats, foot: Foot | None) -> None:
        """Forgets what lay where a report has now been proven to be a hand."""
        self._known = [g for g in self._known if not _alike(_place(g, foot), points)]

    def like(self, points: Floats, foot: Foot | None) -> bool:
        """Whether landmarks (21, 2) px lie as a remembered ghost does."""
        return any(_alike(_place(g, foot), points) for g in self._known)


def reaches(points: Floats, foot: Foot | None) -> bool:
    """Whether landmarks (21, 2) px reach for the foot from beside: the wrist clearly off it, and fingers on it (but not
    one on each toe) or near it and pointing there.

    A report on the other foot does neither, since that one lies beside this one and points as it does. A wrist where
    the client's leg goes on from the foot may be the leg.
    """
    if foot is None or not foot.seen:
        return False
    depth = _depth(points, foot)
    if not np.isfinite(depth).all() or depth[0] > -_WRIST_OFF:
        return False
    if _fingers_are_toes(points, foot) or _on_leg(points[0], foot):
        return False
    ahead = float(depth[KNUCKLES].mean() - depth[0]) * _length(foot)
    towards = ahead > _TOWARDS * float(np.linalg.norm(points[KNUCKLES].mean(axis=0) - points[0]))
    return bool((towards and depth.max() > -_NEAR) or np.count_nonzero(depth > 0.0) >= _SOME)


def on_foot(points: Floats, foot: Foot | None) -> bool:
    """Whether landmarks (21, 2) px lie on the foot as a whole, the wrist as well.

    A working hand comes to the foot from elsewhere: its fingers lie on the foot, its wrist mostly beside it.
    """
    if foot is None or not foot.seen:
        return False
    depth = _depth(points, foot)
    return bool(depth[0] > _WRIST_IN and np.count_nonzero(depth > -_WRIST_IN) >= _MOST_IN * len(depth))


def _fingers_are_toes(points: Floats, foot: Foot) -> bool:
    """Whether finger tips lie on as many different toes."""
    away = np.linalg.norm(points[_TIPS][:, None] - foot.landmarks_px[_TOES][None], axis=-1)
    near = away < _ON_TOE * _length(foot)
    return len(set(away.argmin(axis=1)[near.any(axis=1)])) >= _MANY


def _on_leg(point: Floats, foot: Foot) -> bool:
    """Whether a point (2,) px lies where the leg goes on: beyond the ankle of a foot seen from above or from the side.

    Behind a sole the leg is hidden, or goes away to any side.
    """
    if foot.view == "plantar" or not np.isfinite(foot.px_from_uv).all():
        return False
    try:
        ((u, v),) = _map(np.asarray(np.linalg.inv(foot.px_from_uv), float), point[None])
    except np.linalg.LinAlgError:
        return False
    if foot.view == "dorsal":
        return bool(u < _ANKLE_U and abs(v - 0.5) < _LEG_WIDE)
    return bool(v > 1.0 and u < _SHIN_U)


def _depth(points: Floats, foot: Foot) -> Floats:
    return _depth_in_profile(points, foot) if foot.view in ("medial", "lateral") else _depth_in_hull(points, foot)


def _marks(foot: Foot) -> Floats:
    marks = foot.landmarks_px[:_ANKLES]
    return np.asarray(marks[np.isfinite(marks).all(axis=1)], float)


def _length(foot: Foot) -> float:
    """The foot's length in px: the largest distance between two of its landmarks; 0 where only a few are known."""
    marks = _marks(foot)
    return float(np.linalg.norm(marks[:, None] - marks[None], axis=-1).max()) if len(marks) > 4 else 0.0


def _depth_in_hull(points: Floats, foot: Foot) -> Floats:
    """(N,) how far inside the hull of the foot's landmarks each point lies, in foot lengths; negative outside."""
    length = _length(foot)
    if not length > 1.0:
        return np.full(len(points), -np.inf)
    hull: Any = cv2.convexHull(_marks(foot).astype(np.float32))
    return np.array([cv2.pointPolygonTest(hull, (x, y), True) / length for x, y in points.tolist()])


def _depth_in_profile(points: Floats, foot: Foot) -> Floats:
    """The same for a side view, whose landmarks lie along the sole: inside the box from heel to toe, sole to instep."""
    try:
        to_uv = np.linalg.inv(foot.px_from_uv)
    except np.linalg.LinAlgError:
        return np.full(len(points), -np.inf)
    u, v = _map(np.asarray(to_uv, float), points).T
    height = _PROFILE_HEIGHT
    return np.asarray(np.minimum.reduce([u + _RIM, 1 + _RIM - u, height * v + _RIM, height * (1 - v) + _RIM]), float)


def _alike(place: Floats | None, points: Floats) -> bool:
    return place is not None and hand_distance(place, points) < LIKE


def _place(ghost: _Ghost, foot: Foot | None) -> Floats | None:
    """(21, 2) px of the ghost now; None when it goes with the foot and that isn't known."""
    if not ghost.on_foot:
        return ghost.points
    return _map(foot.px_from_uv, ghost.points) if foot is not None and foot.seen else None


def _map(h: Floats, points: Floats) -> Floats:
    there = np.c_[points, np.ones(len(points))] @ h.T
    return np.asarray(there[:, :2] / there[:, 2:], float)
