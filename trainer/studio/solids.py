"""Simple closed meshes with outward triangles: turned bodies, capsules, boxes, cushions. Lengths are mm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio.bodies import vertex_normals

Mesh = tuple[np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Prop:
    """A thing that doesn't move: points (N, 3) mm, triangles (F, 3), colour (N, 3) linear RGB, gloss of its surface.

    closed: it has an inside, so it casts a shadow on itself. Only its outer side is drawn. marks: (K, 3) named points
    on it, where it is more than a thing.
    """

    points: np.ndarray
    triangles: np.ndarray
    colour: np.ndarray
    gloss: float = 0.03
    closed: bool = True
    marks: np.ndarray | None = None

    @property
    def normals(self) -> np.ndarray:
        return vertex_normals(self.points, self.triangles)


def grid_triangles(rows: int, columns: int) -> np.ndarray:
    """(F, 3) triangles of a grid of points in row-major order, facing up where columns turn left of rows."""
    ids = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = ids[:-1, :-1].ravel(), ids[1:, :-1].ravel(), ids[1:, 1:].ravel(), ids[:-1, 1:].ravel()
    return np.concatenate([np.stack([a, c, b], 1), np.stack([a, d, c], 1)])


def turned(profile: np.ndarray, around: int = 28) -> Mesh:
    """A body turned on the y axis: profile (K, 2) of radius and height, from the bottom to the top."""
    angle = np.linspace(0, 2 * np.pi, around + 1)
    radius, height = profile[:, :1], np.broadcast_to(profile[:, 1:], (len(profile), around + 1))
    points = np.stack([radius * np.cos(angle), height, radius * np.sin(angle)], axis=-1).reshape(-1, 3)
    return points, grid_triangles(len(profile), around + 1)[:, ::-1]


def capsule(start: np.ndarray, end: np.ndarray, radius_start: float, radius_end: float, steps: int = 24) -> Mesh:
    """A rounded limb from one point (3,) to another."""
    length = float(np.linalg.norm(end - start))
    cap = np.linspace(0, np.pi / 2, 7)
    low = np.stack([radius_start * np.sin(cap), -radius_start * np.cos(cap)], 1)
    high = np.stack([radius_end * np.cos(cap), length + radius_end * np.sin(cap)], 1)
    middle = np.linspace(0, 1, steps)[1:-1, None]
    body = np.c_[radius_start + middle * (radius_end - radius_start), middle * length]
    points, triangles = turned(np.concatenate([low, body, high]), 32)
    along = (end - start) / length
    side = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    return points @ np.stack([side, along, np.cross(side, along)]) + start, triangles


def cushion(size: np.ndarray, power: float = 0.5, steps: int = 22) -> Mesh:
    """A superellipsoid about the origin: a ball for power 1, nearly a box for 0.2; size (3,) is its half-axes."""

    def eased(values: np.ndarray, exponent: float) -> np.ndarray:
        return np.asarray(np.sign(values) * abs(values) ** exponent)

    polar, angle = np.meshgrid(
        np.linspace(-np.pi / 2, np.pi / 2, steps), np.linspace(0, 2 * np.pi, 2 * steps), indexing="ij"
    )
    ring = eased(np.cos(polar), power)
    unit = np.stack(
        [ring * eased(np.cos(angle), power), eased(np.sin(polar), power), ring * eased(np.sin(angle), power)], -1
    )
    return (unit * size).reshape(-1, 3), grid_triangles(steps, 2 * steps)[:, ::-1]
