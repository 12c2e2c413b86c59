"""Fine bumps of the skin: heights on a mesh that tilt its normals, whatever its pose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Relief:
    """The slope of a height (mm) at every vertex, along its edges to two neighbours.

    neighbours: (N, 2) vertices; slope: (N, 2): the gradient is slope[0] * edge 0 + slope[1] * edge 1.
    """

    neighbours: np.ndarray
    slope: np.ndarray

    def bend(self, points: np.ndarray, normals: np.ndarray, rows: np.ndarray | slice = slice(None)) -> np.ndarray:
        """Unit normals (R, 3) of some rows, tilted by the heights, of a posed mesh (N, 3) with its normals (N, 3)."""
        points, near, slope = np.asarray(points, np.float32), self.neighbours[rows], self.slope[rows]
        here = points[rows]
        first, second = points[near[:, 0]] - here, points[near[:, 1]] - here
        out = np.asarray(normals, np.float32)[rows] - slope[:, :1] * first - slope[:, 1:] * second
        out /= np.sqrt(np.einsum("ij,ij->i", out, out))[:, None]
        return np.asarray(out)


def relief(points: np.ndarray, triangles: np.ndarray, height: np.ndarray, steepest: float = 0.8) -> Relief:
    """The relief of heights (N,) mm over a mesh at rest; slopes are limited to `steepest`."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    p, q = b - a, c - a
    pp, qq, pq = (np.einsum("ij,ij->i", x, y) for x, y in ((p, p), (q, q), (p, q)))
    rise = height[triangles]
    det = np.maximum(pp * qq - pq * pq, 1e-9)
    up, uq = rise[:, 1] - rise[:, 0], rise[:, 2] - rise[:, 0]
    gradient = ((qq * up - pq * uq) / det)[:, None] * p + ((pp * uq - pq * up) / det)[:, None] * q
    area = np.sqrt(det)
    n, flat = len(points), triangles.ravel()
    total = np.maximum(np.bincount(flat, np.repeat(area, 3), n), 1e-9)
    mean = np.stack([np.bincount(flat, np.repeat(gradient[:, k] * area, 3), n) / total for k in range(3)], axis=1)
    mean *= np.minimum(1, steepest / np.maximum(np.linalg.norm(mean, axis=1), 1e-9))[:, None]
    # Of the triangles at a vertex, the one with the widest sine there gives the steadiest pair of edges.
    corner = np.concatenate([triangles, np.roll(triangles, -1, 1), np.roll(triangles, -2, 1)])
    e, f = points[corner[:, 1]] - points[corner[:, 0]], points[corner[:, 2]] - points[corner[:, 0]]
    sine = np.linalg.norm(np.cross(e, f), axis=1) / np.maximum(
        np.linalg.norm(e, axis=1) * np.linalg.norm(f, axis=1), 1e-9
    )
    pair = np.tile(np.arange(n)[:, None], (1, 2))
    order = np.argsort(sine, kind="stable")
    pair[corner[order, 0]] = corner[order, 1:]
    e, f = points[pair[:, 0]] - points, points[pair[:, 1]] - points
    ee, ff, ef = (np.einsum("ij,ij->i", x, y) for x, y in ((e, e), (f, f), (e, f)))
    ge, gf = np.einsum("ij,ij->i", mean, e), np.einsum("ij,ij->i", mean, f)
    det = np.maximum(ee * ff - ef * ef, 1e-9)
    slope = np.stack([(ff * ge - ef * gf) / det, (ee * gf - ef * ge) / det], axis=1)
    return Relief(pair, slope.astype(np.float32))
