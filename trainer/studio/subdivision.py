"""Catmull-Clark subdivision as a sparse matrix, so that a posed coarse mesh is refined by one product."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse


@dataclass(frozen=True)
class Refinement:
    """A fine mesh as a linear function of a coarse one.

    matrix: (fine, coarse) sparse; fine vertices = matrix @ coarse vertices.
    triangles: (F, 3) int, faces of the fine mesh.
    last: (fine, previous level) sparse; the previous level's vertices are the first rows of the fine mesh.
    previous_quads: (P, 4) int, faces of the previous level.
    """

    matrix: sparse.csr_matrix
    triangles: np.ndarray
    last: sparse.csr_matrix
    previous_quads: np.ndarray

    def previous_level(self, fine: np.ndarray) -> np.ndarray:
        """The fine vertices that are the previous level's."""
        return fine[: self.last.shape[1]]

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Values at the previous level's vertices, smoothly to all fine vertices."""
        return np.asarray(self.last @ values)


def refine(vertex_count: int, quads: np.ndarray, levels: int) -> Refinement:
    """Subdivide `levels` times; open borders keep the cubic-spline border rule."""
    total = last = sparse.identity(vertex_count, format="csr")
    previous = quads
    for _ in range(levels):
        step, finer = _once(total.shape[0], quads)
        total = (step @ total).tocsr()
        previous, quads, last = quads, finer, step
    if levels < 2:
        # Coarse enough already: what is asked at the previous level is asked everywhere.
        last, previous = sparse.identity(total.shape[0], format="csr"), quads
    return Refinement(total.astype(np.float32), triangles(quads), last.astype(np.float32), previous)


def densify(fine: Refinement, coarse: np.ndarray, limit_mm: np.ndarray) -> Refinement:
    """Halve the edges that are longer than `limit_mm` (fine,) at both their ends, for the coarse vertices (N, 3) given.

    New vertices come last, in the middle of their edge: the surface stays, only its colours and normals get finer.
    """
    faces, points = fine.triangles, np.asarray(fine.matrix @ coarse)
    steps = sparse.identity(len(points), format="csr", dtype=np.float32)
    while True:
        n = len(points)
        sides = np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1)
        codes, edge_of = np.unique(sides[:, 0].astype(np.int64) * n + sides[:, 1], return_inverse=True)
        edges = np.stack([codes // n, codes % n], axis=1)
        span = np.linalg.norm(points[edges[:, 0]] - points[edges[:, 1]], axis=1)
        long = span > limit_mm[edges].max(1)
        if not long.any():
            break
        number = np.where(long, n - 1 + np.cumsum(long), -1)
        half = edges[long]
        rows = np.repeat(np.arange(len(half)), 2)
        middle = sparse.csr_matrix((np.full(len(rows), 0.5, np.float32), (rows, half.ravel())), shape=(len(half), n))
        steps = (sparse.vstack([sparse.identity(n, format="csr", dtype=np.float32), middle]) @ steps).tocsr()
        points = np.concatenate([points, points[half].mean(1)])
        limit_mm = np.concatenate([limit_mm, limit_mm[half].max(1)])
        faces = _split(faces, number[edge_of.reshape(-1, 3)], points)
    return Refinement((steps @ fine.matrix).tocsr(), faces, (steps @ fine.last).tocsr(), fine.previous_quads)


def _split(faces: np.ndarray, middle: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Triangles (F, 3), each cut at the middles (F, 3) of its sides 0-1, 1-2, 2-0 (-1: that side stays whole)."""
    count = (middle >= 0).sum(1)
    out = [faces[count == 0]]
    # Turn every triangle so that its cut sides come first.
    first = np.where(count == 2, (np.argmin(middle, axis=1) + 1) % 3, np.argmax(middle, axis=1))
    turn = (first[:, None] + np.arange(3)) % 3
    faces, middle = np.take_along_axis(faces, turn, 1), np.take_along_axis(middle, turn, 1)
    a, b, c = faces[count == 1].T
    m = middle[count == 1, 0]
    out += [np.stack([a, m, c], 1), np.stack([m, b, c], 1)]
    a, b, c = faces[count == 2].T
    m, k = middle[count == 2, 0], middle[count == 2, 1]
    out.append(np.stack([m, b, k], 1))
    shorter = np.linalg.norm(points[a] - points[k], axis=1) < np.linalg.norm(points[m] - points[c], axis=1)
    out += [
        np.where(shorter[:, None], np.stack([a, m, k], 1), np.stack([a, m, c], 1)),
        np.where(shorter[:, None], np.stack([a, k, c], 1), np.stack([m, k, c], 1)),
    ]
    a, b, c = faces[count == 3].T
    m, k, n = middle[count == 3].T
    out += [np.stack(t, 1) for t in ((a, m, n), (m, b, k), (n, k, c), (m, k, n))]
    return np.concatenate(out)


def triangles(quads: np.ndarray) -> np.ndarray:
    """(F, 4) quads to (2F, 3) triangles."""
    return np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])


def _once(n: int, quads: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """The matrix to the next level, and its quads."""
    f = len(quads)
    start, end = quads, np.roll(quads, -1, axis=1)
    directed = np.sort(np.stack([start, end], axis=-1).reshape(-1, 2), axis=1)
    edges, edge_of = np.unique(directed, axis=0, return_inverse=True)
    edge_of = edge_of.reshape(f, 4)
    e = len(edges)

    face_points = sparse.csr_matrix((np.full(4 * f, 0.25), (np.repeat(np.arange(f), 4), quads.ravel())), shape=(f, n))
    used_by = np.bincount(edge_of.ravel(), minlength=e)
    border = used_by == 1
    midpoints = sparse.csr_matrix((np.full(2 * e, 0.5), (np.repeat(np.arange(e), 2), edges.ravel())), shape=(e, n))
    edge_faces = sparse.csr_matrix((np.repeat(0.5, 4 * f), (edge_of.ravel(), np.repeat(np.arange(f), 4))), shape=(e, f))
    inner = sparse.diags((~border).astype(float))
    edge_points = sparse.diags(np.where(border, 1.0, 0.5)) @ midpoints + 0.5 * inner @ edge_faces @ face_points

    valence = np.maximum(np.bincount(quads.ravel(), minlength=n), 1).astype(float)
    around_faces = sparse.csr_matrix(
        (1 / valence[quads.ravel()], (quads.ravel(), np.repeat(np.arange(f), 4))), shape=(n, f)
    )
    edge_count = np.maximum(np.bincount(edges.ravel(), minlength=n), 1).astype(float)
    around_edges = sparse.csr_matrix(
        (1 / edge_count[edges.ravel()], (edges.ravel(), np.repeat(np.arange(e), 2))), shape=(n, e)
    )
    weight = 1 / valence
    smooth = (
        sparse.diags(weight) @ around_faces @ face_points
        + sparse.diags(2 * weight) @ around_edges @ midpoints
        + sparse.diags(1 - 3 * weight)
    )
    border_vertices = np.zeros(n, bool)
    border_vertices[edges[border].ravel()] = True
    along = sparse.csr_matrix(
        (
            np.full(2 * int(border.sum()), 0.125),
            (edges[border].ravel(), edges[border][:, ::-1].ravel()),
        ),
        shape=(n, n),
    ) + sparse.diags(1 - 0.125 * np.bincount(edges[border].ravel(), minlength=n))
    vertex_points = (
        sparse.diags((~border_vertices).astype(float)) @ smooth + sparse.diags(border_vertices.astype(float)) @ along
    )

    matrix = sparse.vstack([vertex_points, edge_points, face_points]).tocsr()
    corner, mid, centre = quads, n + edge_of, n + e + np.arange(f)
    fine = np.concatenate([np.stack([corner[:, k], mid[:, k], centre, mid[:, k - 1]], axis=1) for k in range(4)])
    return matrix, fine
