"""The foot's maps: outline, landmarks and zones in (u, v), for each view.

``u`` runs 0 at the back of the heel to 1 at the tip of the longest toe, ``v`` 0 at the medial border to 1 at the
lateral border, at the foot's greatest width. On the side views ``v`` is the height: 0 at the sole, 1 at the top of
the instep in front of the ankle. The same numbers serve left and right feet: mirroring is the homography's business.

Proportions follow foot anthropometry as commonly published: width 0.39 of the length, 1st metatarsal head
at 72–73 % and 5th at 63–64 % of the length, heel 0.64 of the greatest width; zones follow plantar-pressure masks
(rear foot about 30 %, forefoot from about 60 % of the length, rays 1 / 2–3 / 4–5).
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.model import FOOT_LANDMARKS, Floats, View

GRID = (64, 32)
"""Cells of a map: axis 0 = u heel→toe, axis 1 = v medial→lateral."""

SOLE_ZONES = (
    "hallux", "lesser_toes", "ball_medial", "ball_central", "ball_lateral",
    "arch_medial", "midfoot_central", "midfoot_lateral", "heel_medial", "heel_lateral",
)  # fmt: skip
TOP_ZONES = ("toes_top", "forefoot_top", "instep", "ankle_medial", "ankle_lateral")
ALL_ZONES = (*SOLE_ZONES, *TOP_ZONES)
_MEDIAL_ZONES = ("hallux", "ball_medial", "forefoot_top", "arch_medial", "instep", "heel_medial", "ankle_medial")
_LATERAL_ZONES = (
    "lesser_toes", "ball_lateral", "forefoot_top", "midfoot_lateral", "instep", "heel_lateral", "ankle_lateral",
)  # fmt: skip
_ZONES: dict[View, tuple[str, ...]] = {
    "plantar": SOLE_ZONES, "dorsal": TOP_ZONES, "medial": _MEDIAL_ZONES, "lateral": _LATERAL_ZONES,
}  # fmt: skip

_ASPECT: dict[View, float] = {"plantar": 0.39, "dorsal": 0.39, "medial": 0.32, "lateral": 0.32}

_OUTLINE_FLAT = np.array(
    [
        (0.000, 0.48), (0.012, 0.34), (0.045, 0.24), (0.10, 0.185), (0.17, 0.18), (0.26, 0.205), (0.36, 0.22),
        (0.46, 0.20), (0.56, 0.12), (0.65, 0.03), (0.72, 0.00), (0.78, 0.02), (0.85, 0.045), (0.92, 0.055),
        (0.965, 0.085), (0.992, 0.14), (1.000, 0.21), (0.992, 0.275), (0.965, 0.325), (0.985, 0.37), (0.990, 0.43),
        (0.975, 0.49), (0.952, 0.53), (0.962, 0.58), (0.955, 0.63), (0.935, 0.67), (0.915, 0.70), (0.918, 0.75),
        (0.900, 0.80), (0.872, 0.835), (0.868, 0.88), (0.840, 0.93), (0.790, 0.965), (0.72, 0.992), (0.64, 1.00),
        (0.55, 0.985), (0.46, 0.955), (0.37, 0.93), (0.28, 0.885), (0.19, 0.83), (0.11, 0.79), (0.05, 0.72),
        (0.012, 0.61),
    ]
)  # fmt: skip
_OUTLINE_SIDE = np.array(
    [
        (0.000, 0.22), (0.010, 0.10), (0.04, 0.02), (0.14, 0.00), (0.26, 0.03), (0.40, 0.10), (0.54, 0.07),
        (0.66, 0.01), (0.76, 0.00), (0.86, 0.03), (0.95, 0.02), (0.995, 0.08), (1.000, 0.16), (0.975, 0.25),
        (0.90, 0.30), (0.80, 0.36), (0.66, 0.52), (0.52, 0.74), (0.41, 0.96), (0.37, 1.10), (0.10, 1.10),
        (0.055, 0.85), (0.03, 0.55), (0.008, 0.36),
    ]
)  # fmt: skip

_LANDMARKS_FLAT = {
    "heel_back": (0.00, 0.48), "heel_medial": (0.13, 0.18), "heel_lateral": (0.13, 0.80), "arch_medial": (0.42, 0.21),
    "tuberosity_lateral": (0.37, 0.93), "ball_medial": (0.725, 0.00), "ball_lateral": (0.635, 1.00),
    "hallux_tip": (1.00, 0.21), "toe2_tip": (0.99, 0.43), "toe3_tip": (0.96, 0.60), "toe4_tip": (0.915, 0.765),
    "toe5_tip": (0.855, 0.905),
}  # fmt: skip
_LANDMARKS_TOP = _LANDMARKS_FLAT | {"ankle_medial": (0.24, 0.14), "ankle_lateral": (0.20, 0.86)}
_LANDMARKS_MEDIAL = {
    "heel_back": (0.00, 0.22), "heel_medial": (0.13, 0.14), "arch_medial": (0.42, 0.16), "ball_medial": (0.725, 0.14),
    "hallux_tip": (1.00, 0.16), "ankle_medial": (0.24, 0.92),
}  # fmt: skip
_LANDMARKS_LATERAL = {
    "heel_back": (0.00, 0.22), "heel_lateral": (0.13, 0.14), "tuberosity_lateral": (0.37, 0.14),
    "ball_lateral": (0.635, 0.10), "toe5_tip": (0.855, 0.10), "toe2_tip": (0.99, 0.16), "ankle_lateral": (0.20, 0.80),
}  # fmt: skip
_LANDMARKS: dict[View, dict[str, tuple[float, float]]] = {
    "plantar": _LANDMARKS_FLAT, "dorsal": _LANDMARKS_TOP, "medial": _LANDMARKS_MEDIAL, "lateral": _LANDMARKS_LATERAL,
}  # fmt: skip


def zones(view: View) -> tuple[str, ...]:
    """The zone ids that a view can show, in the order that ``zone_at`` numbers them."""
    return _ZONES[view]


def aspect(view: View) -> float:
    """Length of the v axis (v = 0 to 1) as a share of the foot's length."""
    return _ASPECT[view]


def mm_from_uv(view: View, length_mm: float) -> Floats:
    """(2,) millimetres per unit of u and of v."""
    return np.array([length_mm, length_mm * _ASPECT[view]])


@cache
def outline(view: View) -> Floats:
    """(N, 2) closed outline of the foot in (u, v), without the repeated last point."""
    points = _OUTLINE_FLAT if view in ("plantar", "dorsal") else _OUTLINE_SIDE
    points = points.copy()
    points.setflags(write=False)
    return points


@cache
def landmarks_uv(view: View) -> Floats:
    """(14, 2) place of each foot landmark in (u, v), NaN for those that the view doesn't show."""
    known = _LANDMARKS[view]
    points = np.array([known.get(name, (np.nan, np.nan)) for name in FOOT_LANDMARKS])
    points.setflags(write=False)
    return points


def zone_at(view: View, u: ArrayLike, v: ArrayLike) -> NDArray[np.int64]:
    """Index into ``zones(view)`` of the zone at each (u, v); -1 where NaN or off the foot's length or width.

    ``u`` and ``v`` broadcast. Points within 0.06 of the map's rim count to the nearest place on it, because a real
    foot is never quite the atlas's shape.
    """
    u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
    slack = 0.06
    inside = (u > -slack) & (u < 1 + slack) & (v > -slack) & (v < 1 + slack)
    with np.errstate(invalid="ignore"):
        index = _sort_into_zones(view, np.clip(u, 0, 1), np.clip(v, 0, 1))
    return np.where(inside, index, -1)


def _sort_into_zones(view: View, u: Floats, v: Floats) -> NDArray[np.int64]:
    names = _ZONES[view]
    toe_line = np.interp(v, [0.0, 0.35, 0.6, 1.0], [0.80, 0.82, 0.80, 0.735])
    ball_line = np.interp(v, [0.0, 1.0], [0.63, 0.53])
    if view == "plantar":
        rear = np.where(v < 0.49, names.index("heel_medial"), names.index("heel_lateral"))
        middle = _thirds(v, 0.42, 0.68, names, ("arch_medial", "midfoot_central", "midfoot_lateral"))
        ball = _thirds(v, 0.36, 0.68, names, ("ball_medial", "ball_central", "ball_lateral"))
        toes = np.where(v < 0.345, names.index("hallux"), names.index("lesser_toes"))
        return np.select([u < 0.30, u < ball_line, u < toe_line], [rear, middle, ball], toes)
    if view == "dorsal":
        ankle = np.where(v < 0.5, names.index("ankle_medial"), names.index("ankle_lateral"))
        fore, instep, tips = (names.index(n) for n in ("forefoot_top", "instep", "toes_top"))
        return np.select([u < 0.30, u < ball_line, u < toe_line], [ankle, np.full_like(ankle, instep), fore], tips)
    toe, ball_side, fore, low_mid, upper_mid, heel, ankle_id = range(7)
    rear = np.where(v < 0.45, heel, ankle_id)
    middle = np.where(v < 0.45, low_mid, upper_mid)
    ball = np.where(v < 0.26, ball_side, fore)
    return np.select([u < 0.30, u < 0.60, u < 0.80], [rear, middle, ball], toe)


def _thirds(
    v: Floats, first: float, second: float, names: tuple[str, ...], wanted: tuple[str, str, str]
) -> NDArray[np.int64]:
    a, b, c = (names.index(n) for n in wanted)
    return np.where(v < first, a, np.where(v < second, b, c))


def inside_outline(view: View, uv: Floats, margin: float = 0.0) -> NDArray[np.bool_]:
    """(N,) bool: which of the (N, 2) points lie on the foot, or within ``margin`` (share of foot length) of it."""
    scale = np.array([1.0, _ASPECT[view]])
    contour = (outline(view) * scale).astype(np.float32)
    points = np.asarray(uv, float) * scale
    hits = [
        bool(np.isfinite(p).all()) and cv2.pointPolygonTest(contour, (float(p[0]), float(p[1])), True) >= -margin
        for p in points
    ]
    return np.array(hits, dtype=bool)


@cache
def grid_uv() -> Floats:
    """(64, 32, 2) centre of each cell of a map."""
    u = (np.arange(GRID[0]) + 0.5) / GRID[0]
    v = (np.arange(GRID[1]) + 0.5) / GRID[1]
    cells = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1)
    cells.setflags(write=False)
    return cells


@cache
def grid_on_foot(view: View) -> NDArray[np.bool_]:
    """(64, 32) bool: the cells whose centre lies on the foot."""
    mask = inside_outline(view, grid_uv().reshape(-1, 2)).reshape(GRID)
    mask.setflags(write=False)
    return mask


@cache
def grid_zones(view: View) -> NDArray[np.int64]:
    """(64, 32) zone index of each cell, -1 off the foot's outline."""
    cells = grid_uv()
    index = np.where(grid_on_foot(view), zone_at(view, cells[..., 0], cells[..., 1]), -1)
    index.setflags(write=False)
    return index


@cache
def zone_polygons(view: View) -> dict[str, Floats]:
    """Zone id to its (N, 2) border in (u, v), cut to the foot's outline: for drawing."""
    n = 400
    u, v = np.meshgrid((np.arange(n) + 0.5) / n, (np.arange(n) + 0.5) / n, indexing="ij")
    mask = np.zeros((n, n), np.uint8)
    cv2.fillPoly(mask, [np.round(outline(view)[:, ::-1] * n - 0.5).astype(np.int32)], 1)
    index = np.where(mask > 0, zone_at(view, u, v), -1)
    polygons: dict[str, Floats] = {}
    for i, name in enumerate(zones(view)):
        contours, _ = cv2.findContours((index == i).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        if contours:
            largest = cv2.approxPolyDP(max(contours, key=cv2.contourArea), 1.0, True)
            polygons[name] = (largest[:, 0, ::-1].astype(float) + 0.5) / n
    return polygons
