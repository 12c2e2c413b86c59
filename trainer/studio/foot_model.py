"""The mean foot and its shape modes, from made-up people of the split train."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from trainer.files import write_atomically
from trainer.foot.atlas import GRID, grid_uv
from trainer.foot.surface import BORDER, MODES, SOLE, TOP, normals
from trainer.studio.bodies import leg
from trainer.studio.draw import FIRST_SEED
from trainer.studio.foot_surface import FootSurface, foot_surface
from trainer.studio.people import person
from trainer.studio.truth import top_skin

_LEG_Z = -0.32
"""The leg above the ankle is cut off here, in foot lengths."""
_NEAREST = 6
"""Vertices that a cell lies between."""
_REACH = 0.035
"""A cell without a vertex of its face so near, in foot lengths on the map, isn't on the foot."""


def feet(count: int) -> Iterator[FootSurface]:
    """Left feet of people of the split train."""
    for number in range(count):
        yield foot_surface(leg(person(FIRST_SEED["train"] + 2 * number + 1), "left"))


def write_model(surfaces: list[FootSurface], path: Path) -> None:
    """Means and principal components over feet, all in their own length, to an `.npz` file."""
    count = surfaces[0].limb.fine.last.shape[1]
    shapes = np.stack([s.vertices[:count] / s.length_mm for s in surfaces])
    marks = np.stack([s.vertices[s.landmarks] / s.length_mm for s in surfaces])
    kept = shapes.mean(axis=0)[:, 2] > _LEG_Z
    triangles = surfaces[0].limb.previous_triangles
    triangles = triangles[kept[triangles].all(axis=1)]
    used, flat = np.unique(triangles, return_inverse=True)
    triangles = flat.reshape(triangles.shape)
    both = np.concatenate([shapes[:, used], marks], axis=1)
    middle = both.mean(axis=0)
    _, spread, ways = np.linalg.svd((both - middle).reshape(len(both), -1), full_matrices=False)
    modes = (ways[:MODES] * spread[:MODES, None] / np.sqrt(len(both) - 1)).reshape(MODES, -1, 3)
    n = len(used)
    sole = np.mean([s.sole[:count][used] for s in surfaces], axis=0) > 0.5
    top = np.mean([top_skin(s)[:count][used] for s in surfaces], axis=0) > 0.5
    face = np.where(sole, SOLE, np.where(top, TOP, BORDER))
    uv = np.mean([s.uv[:count][used] for s in surfaces], axis=0)
    vertices, across = middle[:n], normals(middle[:n], triangles)
    cells, weights, near = _cells(uv, face, vertices)
    small = {
        "vertices": vertices, "normals": across, "modes": modes[:, :n], "uv": uv, "landmarks": middle[n:],
        "landmark_modes": modes[:, n:], "cell_vertices": _mixed(weights, vertices[near]),
        "cell_normals": _unit(_mixed(weights, across[near])), "cell_modes": _mixed(weights, modes[:, :n][:, near]),
    }  # fmt: skip
    with write_atomically(path) as temporary:
        np.savez_compressed(
            temporary, face=face.astype(np.int8), cells=cells.astype(np.int16), triangles=triangles.astype(np.int16),
            **{name: value.astype(np.float32) for name, value in small.items()},
        )  # fmt: skip


def _cells(uv: np.ndarray, face: np.ndarray, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(M,) flat index of every cell on the foot, and the vertices (M, k) that it lies between, with weights."""
    stretch = np.array([1.0, 0.39])
    goal = grid_uv().reshape(-1, 2)
    indexes, weights, nears = [], [], []
    for k, which in enumerate((SOLE, TOP)):
        ids = np.flatnonzero(face == which)
        away, near = cKDTree(uv[ids] * stretch).query(goal * stretch, k=_NEAREST)
        on_foot = away[:, 0] < _REACH
        weight = 1 / (away[on_foot] + 0.004) ** 2
        indexes.append(np.flatnonzero(on_foot) + k * GRID[0] * GRID[1])
        weights.append(weight / weight.sum(axis=1, keepdims=True))
        nears.append(ids[near[on_foot]])
    return np.concatenate(indexes), np.concatenate(weights), np.concatenate(nears)


def _mixed(weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.asarray(np.einsum("mk,...mkc->...mc", weights, values))


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12))
