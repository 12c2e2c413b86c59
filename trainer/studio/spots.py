"""Where on the foot a stroke works: places on both faces, the middle of a zone, the hand that reaches it.

A `Spot` is (u, w) on a face: u as in the map, w from -1 at the picture's left border of the foot to +1 at its right
(seen from the sole), the same on the top. Points and normals are (3,) mm and unit vectors in the foot frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.spatial import cKDTree

from trainer.foot.atlas import SOLE_ZONES, TOP_ZONES, grid_uv, grid_zones
from trainer.model import View
from trainer.studio.foot_surface import LANDMARKS, FootSurface

FACES = ("sole", "top")
_VIEW: dict[str, View] = {"sole": "plantar", "top": "dorsal"}


@dataclass(frozen=True)
class Spot:
    """The middle of a worked area, and half its size along u and w."""

    face: str
    u: float
    w: float
    half_u: float = 0.0
    half_w: float = 0.0


def face_of_zone(zone: str) -> str:
    return "sole" if zone in SOLE_ZONES else "top"


def zone_spot(foot: FootSurface, zone: str) -> Spot:
    """The middle of a zone of the atlas, and its extent."""
    face = face_of_zone(zone)
    names = SOLE_ZONES if face == "sole" else TOP_ZONES
    view = _VIEW[face]
    cells = grid_uv()[grid_zones(view) == names.index(zone)]
    low, high = np.percentile(cells, (5, 95), axis=0)
    u, v = cells.mean(axis=0)
    if zone in ("ankle_medial", "ankle_lateral"):
        u, v = foot.uv[foot.landmarks[LANDMARKS.index(zone)]]
    half_u, half_v = (high - low) / 2
    return Spot(face, float(u), float((v - 0.5) * 2 * foot.outward), float(half_u), float(2 * half_v))


def sole_place(foot: FootSurface, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
    """Point and outward normal of a place on the sole."""
    return foot.on_sole(u, 0.5 + 0.5 * w * foot.outward)


@lru_cache(maxsize=4)
def _top(foot: FootSurface) -> tuple[np.ndarray, cKDTree]:
    ids = np.flatnonzero(foot.foot & (foot.normals[:, 2] < -0.2))
    return ids, cKDTree(foot.vertices[ids, :2])


def top_place(foot: FootSurface, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
    """Point and outward normal of a place on the top of the foot."""
    ids, tree = _top(foot)
    goal = np.array([middle_x(foot) + 0.5 * w * foot.width_mm, u * foot.length_mm])
    distance, near = tree.query(goal, k=24)
    weight = 1 / (distance + 2.0) ** 2
    weight /= weight.sum()
    normal = weight @ foot.normals[ids[near]]
    point = np.array([*goal, weight @ foot.vertices[ids[near], 2]])
    return on_skin(foot, point), normal / np.linalg.norm(normal)


def place_on(foot: FootSurface, face: str, u: float, w: float) -> tuple[np.ndarray, np.ndarray]:
    """Point and outward normal of a place on a face."""
    return sole_place(foot, u, w) if face == "sole" else top_place(foot, u, w)


def ankle_place(foot: FootSurface, zone: str) -> tuple[np.ndarray, np.ndarray]:
    """Point and outward normal of an ankle bone: zone is `ankle_medial` or `ankle_lateral`."""
    row = foot.landmarks[LANDMARKS.index(zone)]
    return foot.vertices[row], foot.normals[row]


def on_skin(foot: FootSurface, point: np.ndarray) -> np.ndarray:
    """A point (3,) near the skin, moved onto it."""
    for _ in range(2):
        point = point - float(foot.distance(point[None])[0]) * foot.gradient(point[None])[0]
    return np.asarray(point)


def around_point(foot: FootSurface, point: np.ndarray, normal: np.ndarray, right: float, up: float) -> np.ndarray:
    """The skin (3,) `right` and `up` mm from a point on it, in its tangent plane (x to the right, y up)."""
    move = np.array([right, up, 0.0])
    return on_skin(foot, point + move - normal * (move @ normal))


def middle_x(foot: FootSurface) -> float:
    return foot.medial_x + foot.outward * foot.width_mm / 2


def border_w(foot: FootSurface, u: float, right: float) -> float:
    """w of the foot's border at u: on the picture's right for `right` +1, on its left for -1."""
    across = foot.vertices[foot.sole & (abs(foot.uv[:, 0] - u) < 0.03), 0]
    if not len(across):
        return right
    edge = across.max() if right > 0 else across.min()
    return float((edge - middle_x(foot)) / (foot.width_mm / 2))


def reaching_hand(lead: str, w: float, far: float = 0.4) -> str:
    """The leading hand, but the other where the place lies beyond its reach over the foot."""
    sign = -1.0 if lead == "left" else 1.0
    if sign * w >= -far:
        return lead
    return "right" if lead == "left" else "left"
