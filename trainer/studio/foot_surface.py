"""The client's foot as a surface: (u, v), normals, signed distance, landmarks.

The foot frame, millimetres: y from the back of the heel (0) to the toes, z out of the sole, x across (lateral is +x for
a left foot, -x for a right one). u = y / foot length; v = 0 at the medial and 1 at the lateral extreme of the foot's
greatest width, both affine, as in the domain's plantar map.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import map_coordinates
from scipy.spatial import cKDTree

from trainer.studio.bodies import Limb, vertex_normals

LANDMARKS = (
    "heel_back", "heel_medial", "heel_lateral", "arch_medial", "tuberosity_lateral", "ball_medial", "ball_lateral",
    "hallux_tip", "toe2_tip", "toe3_tip", "toe4_tip", "toe5_tip", "ankle_medial", "ankle_lateral",
)  # fmt: skip
GRID_MM = 4.0
FAR_MM = 50.0  # distances are not told apart beyond this; no point inside a foot is deeper


@dataclass(frozen=True, eq=False)
class FootSurface:
    """A foot at rest in the foot frame.

    vertices, normals: (N, 3) mm, unit; sole, foot: (N,) bool, skin of the sole, of the foot without the leg.
    uv: (N, 2) map coordinates of every vertex. landmarks: (14,) vertex ids in `LANDMARKS` order.
    grid: signed distance in mm (negative inside) on a lattice of `GRID_MM` from `corner`.
    """

    side: str
    limb: Limb
    vertices: np.ndarray
    normals: np.ndarray
    foot: np.ndarray
    sole: np.ndarray
    uv: np.ndarray
    landmarks: np.ndarray
    length_mm: float
    medial_x: float
    width_mm: float
    grid: np.ndarray
    corner: np.ndarray
    sole_tree: cKDTree
    sole_ids: np.ndarray
    tree: cKDTree

    @property
    def outward(self) -> float:
        """+1 where lateral is +x (a left foot), else -1."""
        return 1.0 if self.side == "left" else -1.0

    def to_uv(self, points: np.ndarray) -> np.ndarray:
        """(..., 3) mm in the foot frame to (..., 2) map coordinates."""
        u = points[..., 1] / self.length_mm
        v = (points[..., 0] - self.medial_x) * self.outward / self.width_mm
        return np.stack([u, v], axis=-1)

    def on_sole(self, u: float, v: float) -> tuple[np.ndarray, np.ndarray]:
        """Map coordinates to a point on the sole (3,) mm and the unit normal there, smoothed over a thumb's width."""
        goal = np.array([self.medial_x + self.outward * v * self.width_mm, u * self.length_mm])
        distance, near = self.sole_tree.query(goal, k=24)
        ids = self.sole_ids[near]
        weight = 1 / (distance + 2.0) ** 2
        weight /= weight.sum()
        normal = weight @ self.normals[ids]
        z = float(weight @ self.vertices[ids, 2])
        return np.array([goal[0], goal[1], z]), normal / np.linalg.norm(normal)

    def nearest(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Nearest skin points of the foot and their normals, each (N, 3), for points (N, 3)."""
        _, ids = self.tree.query(points)
        return self.vertices[ids], self.normals[ids]

    def distance(self, points: np.ndarray) -> np.ndarray:
        """Signed distance (...,) in mm of points (..., 3) to the skin, negative inside."""
        flat = points.reshape(-1, 3)
        inside = (flat - self.corner) / GRID_MM
        values = map_coordinates(self.grid, inside.T, order=1, mode="nearest")
        limit = np.array(self.grid.shape) - 1
        beyond = np.linalg.norm(np.maximum(0, np.maximum(-inside, inside - limit)), axis=1) * GRID_MM
        return np.asarray((values + beyond).reshape(points.shape[:-1]))

    def gradient(self, points: np.ndarray) -> np.ndarray:
        """Unit gradient (N, 3) of the signed distance."""
        step = 2.0
        parts = [self.distance(points + step * axis) - self.distance(points - step * axis) for axis in np.eye(3)]
        out = np.stack(parts, axis=-1)
        return np.asarray(out / np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9))


def foot_surface(limb: Limb) -> FootSurface:
    """Measure a leg's foot in rest pose."""
    vertices = limb.surface
    normals = vertex_normals(vertices, limb.triangles)
    names = list(limb.names)
    in_foot = [i for i, n in enumerate(names) if n.startswith(("foot", "toe"))]
    foot = limb.fine_weights[:, in_foot].sum(1) > 0.5
    length = float(vertices[foot, 1].max())
    outward = 1.0 if limb.side == "left" else -1.0
    across = vertices[:, 0] * outward
    ball = foot & (vertices[:, 1] > 0.55 * length) & (vertices[:, 1] < 0.85 * length)
    medial, lateral = across[ball].min(), across[ball].max()
    uv = np.stack([vertices[:, 1] / length, (across - medial) / (lateral - medial)], axis=1)
    sole = foot & (normals[:, 2] > 0.35) & (vertices[:, 2] > -55)
    sole_ids = np.flatnonzero(sole)

    ankle = limb.heads[names.index("foot")]

    def extreme(region: np.ndarray, value: np.ndarray) -> int:
        ids = np.flatnonzero(region)
        return int(ids[np.argmax(value[ids])])

    def ring(u: float, low_z: float) -> np.ndarray:
        return np.asarray(foot & (abs(uv[:, 0] - u) < 0.02) & (vertices[:, 2] > low_z))

    def toe(k: int) -> np.ndarray:
        ids = [i for i, n in enumerate(names) if n.startswith(f"toe{k}")]
        return np.asarray(limb.fine_weights[:, ids].sum(1) > 0.5)

    ball_1 = limb.heads[names.index("toe1-1"), 1] / length
    ball_5 = limb.heads[names.index("toe5-1"), 1] / length
    malleoli = (abs(vertices[:, 1] - ankle[1]) < 14) & (abs(vertices[:, 2] - ankle[2]) < 14)
    ids = [
        extreme(foot & (vertices[:, 2] > -60), -vertices[:, 1]),
        extreme(ring(0.12, -45), -across),
        extreme(ring(0.12, -45), across),
        extreme(ring(0.45, -40), -across),
        extreme(ring(0.42, -35), across),
        extreme(ring(ball_1, -45), -across),
        extreme(ring(ball_5, -45), across),
        *(extreme(toe(k), vertices[:, 1]) for k in range(1, 6)),
        extreme(malleoli, -across),
        extreme(malleoli, across),
    ]

    low = np.array([vertices[foot, 0].min() - 70, -70, -190.0])
    high = np.array([vertices[foot, 0].max() + 70, length + 70, 70.0])
    counts = np.ceil((high - low) / GRID_MM).astype(int) + 1
    lattice = np.stack(np.meshgrid(*(np.arange(c) for c in counts), indexing="ij"), axis=-1) * GRID_MM + low
    tree = cKDTree(vertices)
    near_distance, near = tree.query(lattice.reshape(-1, 3), distance_upper_bound=FAR_MM)
    near_distance = np.minimum(near_distance, FAR_MM)
    found = near < len(vertices)
    near = np.where(found, near, 0)
    offset = lattice.reshape(-1, 3) - vertices[near]
    side = np.where(found, np.einsum("ij,ij->i", offset, normals[near]), 1.0)
    # Close to the skin the tangent plane is a better distance than the nearest vertex.
    signed = np.where(near_distance < 6, side, np.sign(side) * near_distance)
    return FootSurface(
        side=limb.side,
        limb=limb,
        vertices=vertices,
        normals=normals,
        foot=foot,
        sole=sole,
        uv=uv,
        landmarks=np.array(ids),
        length_mm=length,
        medial_x=float(medial * outward),
        width_mm=float(lateral - medial),
        grid=signed.reshape(tuple(counts)),
        corner=low,
        sole_tree=cKDTree(vertices[sole_ids, :2]),
        sole_ids=sole_ids,
        tree=tree,
    )
