"""Which place of the foot's skin lies where in a picture, for a foot whose pose is known. Pure.

A hand's joints lie inside the hand: the skin that a finger touches is as far beneath its joint as the finger is thick.
So the skin is looked up lifted by that much; seen at a slant, the place beneath a joint is not the place behind it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot.atlas import GRID
from trainer.foot.pose import mirror, project
from trainer.foot.surface import BORDER, FootModel, foot_model
from trainer.model import FOOT_LANDMARKS, Floats, Foot, FootPose, Side, SkinPlaces

LIFT_MM = 8.0
"""A joint's depth inside a finger or a thumb: half of what they are thick."""
_NEIGHBOURS, _AROUND = 9, 16
_FLAT = 0.05
"""How much a plane through neighbours is kept from tilting, as a share of their spread: they may lie in a row."""
_NEAREST, _FAR_OUT = 0.05, 1e6
_VAGUE = 0.07
"""Landmarks that are expected to be so far off, in foot lengths, are off by a zone."""
_CUBE = 0.016
"""Edge of such a cube, in foot lengths: about a cell of the map."""
_ONE_TREE = 4
"""FLANN's name of its exact index (KDTREE_SINGLE)."""
_ABOUT, _BEFORE = 0.02, 0.06
"""What lies so far behind its neighbours in the picture (foot lengths) is hidden by them."""
_OUTLINE_PX, _ROUND = 150, 4
"""The silhouette is traced at this size, in px, over gaps of twice so many between vertices."""
_MEDIAL, _LATERAL = FOOT_LANDMARKS.index("ball_medial"), FOOT_LANDMARKS.index("ball_lateral")


@dataclass(frozen=True, eq=False)
class OnMap:
    """N places of a map on the skin: on the mean foot (N, 3), how feet differ there (K, N, 3), across it (N, 3)."""

    vertices: Floats
    modes: Floats
    normals: Floats


def on_map(uv: Floats, face: int) -> OnMap:
    """Where places (N, 2) of the map of a face (its number in FACES) lie on every foot."""
    model = foot_model()
    count = GRID[0] * GRID[1]
    own = np.flatnonzero(model.cells // count == face)
    centres = np.stack(np.unravel_index(model.cells[own] % count, GRID), axis=1) + 0.5
    away = ((uv[:, None] * GRID - centres) ** 2).sum(axis=-1)
    near = np.argpartition(away, _AROUND, axis=1)[:, :_AROUND]
    # A bell of about a cell: lines between cells come out smooth.
    weight = np.exp(-np.take_along_axis(away, near, axis=1) / 2.0) + 1e-9
    weight /= weight.sum(axis=1, keepdims=True)

    def mixed(values: Floats) -> Floats:
        return np.asarray(np.einsum("nk,...nkc->...nc", weight, values[..., own[near], :]))

    return OnMap(mixed(model.cell_vertices), mixed(model.cell_modes), mixed(model.cell_normals))


class Skin:
    """The skin of a foot of ``side`` and ``length_mm`` in ``pose``, lifted by ``lift_mm``."""

    def __init__(self, pose: FootPose, side: Side, length_mm: float, lift_mm: float = LIFT_MM) -> None:
        model = skin_model()
        flip = mirror(side)
        self._lift = lift_mm / length_mm
        self._length_mm = length_mm
        self._pose, self._model, self._flip = pose, model, flip
        shaped = model.vertices + np.tensordot(pose.shape, model.modes, 1)
        marks = model.landmarks + np.einsum("k,knc->nc", pose.shape, model.landmark_modes)
        medial, width = marks[_MEDIAL, 0], marks[_LATERAL, 0] - marks[_MEDIAL, 0]
        uv = np.stack([shaped[:, 1], (shaped[:, 0] - medial) / width], axis=1)
        lifted = (shaped + self._lift * model.normals) * flip
        px, depth = _before_camera(*project(pose, lifted))
        self._px, self._depth, self._lifted, self._shaped = px, depth, lifted, shaped
        self._places = np.concatenate([shaped, uv], axis=1)
        self._px_per_length = pose.focal_px / max(pose.shift[2], 1e-6)

    @cached_property
    def _facing(self) -> NDArray[np.bool_]:
        """(N,) which vertices face the camera."""
        return self._faces(self._lifted, self._model.normals * self._flip) & (self._depth > 0)

    @cached_property
    def _front(self) -> NDArray[np.int64]:
        return np.flatnonzero(self._facing)

    def _faces(self, points: Floats, normals: Floats) -> NDArray[np.bool_]:
        rays = points @ self._pose.rotation.T + self._pose.shift
        return np.asarray(np.einsum("nc,nc->n", rays, normals @ self._pose.rotation.T) < 0)

    def at(self, px: Floats) -> SkinPlaces:
        """The places of the skin beneath pixels (N, 2)."""
        count = len(px)
        known = np.isfinite(px).all(axis=1)
        out = SkinPlaces(
            px, np.full((count, 3), np.nan), np.full((count, 2), np.nan), np.full(count, BORDER),
            np.full(count, np.nan),
        )  # fmt: skip
        if not known.any() or len(self._front) < _NEIGHBOURS:
            return out
        at = px[known]
        nearest = self._front[self._nearest(at)]
        near = _neighbours()[nearest]
        squared = ((at[:, None] - self._px[near]) ** 2).sum(axis=-1)
        depth = np.where(self._facing[near], self._depth[near], np.inf)
        weight = (depth < depth.min(axis=1, keepdims=True) + _BEFORE) / (squared + 1.0)
        weight /= weight.sum(axis=1, keepdims=True)
        first = near[np.arange(len(near)), np.argmax(weight, axis=1)]
        values = _at_plane(self._px[near], self._places[near], weight, at)
        out.xyz[known], out.uv[known] = values[:, :3], values[:, 3:]
        out.face[known] = self._model.face[first]
        out.off[known] = np.sqrt(np.where(weight > 0, squared, np.inf).min(axis=1)) / self._px_per_length
        return out

    def _nearest(self, at: Floats) -> NDArray[np.int64]:
        """(N,) which of the vertices that face the camera lies nearest to pixels (N, 2), with nothing before it."""
        away, depth = _squared(at, self._px[self._front]), self._depth[self._front]
        about = away < (_ABOUT * self._px_per_length) ** 2
        first = np.where(about, depth, np.inf).min(axis=1)
        return np.asarray(np.where(depth > first[:, None] + _BEFORE, np.inf, away).argmin(axis=1))

    def cells_near(self, xyz: Floats, radius_mm: float) -> NDArray[np.bool_]:
        """(2, 64, 32) bool: cells of sole and top within a radius of any of the places (N, 3) on the skin."""
        out = np.zeros((2, *GRID), bool)
        xyz = xyz[np.isfinite(xyz).all(axis=1)]
        if len(xyz):
            radius = radius_mm / self._length_mm
            # Only cells about the places can be so near: few of them, mostly.
            low, high = xyz.min(axis=0) - radius, xyz.max(axis=0) + radius
            about = np.flatnonzero(((self._cells >= low) & (self._cells <= high)).all(axis=1))
            gaps = _squared(xyz, self._cells[about]).min(axis=0)
            out.reshape(-1)[self._model.cells[about[gaps <= radius**2]]] = True
        return out

    def cells_inside(self, polygon_px: Floats) -> NDArray[np.bool_]:
        """(2, 64, 32) bool: cells that face the camera and lie beneath a convex polygon (N, 2) px, N ≥ 3."""
        out = np.zeros((2, *GRID), bool)
        px, facing = self._cells_in_picture
        inside = facing.copy()
        start, end = polygon_px, np.roll(polygon_px, -1, axis=0)
        along = end - start
        area = float(np.sum(start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]))
        for a, way in zip(start, along, strict=True):
            inside &= ((px[:, 1] - a[1]) * way[0] - (px[:, 0] - a[0]) * way[1]) * np.sign(area) >= 0
        out.reshape(-1)[self._model.cells[inside]] = True
        return out

    def cells_seen(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """(2, 64, 32) bool: cells that face the camera and lie in the picture of ``size``."""
        out = np.zeros((2, *GRID), bool)
        px, facing = self._cells_in_picture
        inside = ((px >= 0) & (px <= np.array(size) - 1)).all(axis=1)
        out.reshape(-1)[self._model.cells[inside & facing]] = True
        return out

    def cells_shown(self, face: int) -> tuple[NDArray[np.int64], Floats]:
        """The cells of a face that face the camera, as flat indexes (M,) of its map, and where they are, (M, 2) px."""
        count = GRID[0] * GRID[1]
        model = self._model
        px, facing = self._cells_in_picture
        shown = facing & (model.cells // count == face)
        return model.cells[shown] % count, px[shown]

    def placed(self, places: OnMap) -> tuple[Floats, NDArray[np.bool_]]:
        """(N, 2) px of places on the map, and (N,) whether they face the camera."""
        shaped = places.vertices + np.tensordot(self._pose.shape, places.modes, 1)
        return self._seen(shaped, places.normals)

    def outline_px(self) -> Floats:
        """(N, 2) the foot's silhouette, with the ankles; (0, 2) where it can't be told."""
        px, depth = project(self._pose, self._shaped * self._flip)
        if depth.min() <= 0 or not np.isfinite(px).all():
            return np.zeros((0, 2))
        low, high = px.min(axis=0), px.max(axis=0)
        scale = _OUTLINE_PX / max(float((high - low).max()), 1e-6)
        at = np.rint((px - low) * scale).astype(int) + _ROUND
        mask = np.zeros(at.max(axis=0)[::-1] + 1 + _ROUND, np.uint8)
        mask[at[:, 1], at[:, 0]] = 255
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _ROUND + 1, 2 * _ROUND + 1))
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
        borders, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        ring = max(borders, key=len)[:, 0].astype(float)
        return np.asarray((_smoothed(ring) - _ROUND) / scale + low)

    def _seen(self, places: Floats, across: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """(N, 2) px and (N,) whether they face the camera, of places and normals (N, 3) as of a left foot."""
        xyz = (places + self._lift * across) * self._flip
        px, depth = _before_camera(*project(self._pose, xyz))
        return px, self._faces(xyz, across * self._flip) & (depth > 0)

    @cached_property
    def _cells_in_picture(self) -> tuple[Floats, NDArray[np.bool_]]:
        """(M, 2) px of the cells, and (M,) whether they face the camera."""
        return self._seen(self._cells, self._model.cell_normals)

    @cached_property
    def _cells(self) -> Floats:
        """(M, 3) places of the cells, as of a left foot."""
        model = self._model
        return np.asarray(model.cell_vertices + np.tensordot(self._pose.shape, model.cell_modes, 1))


@cache
def skin_model() -> FootModel:
    """The foot's model with no more vertices than places on the skin need: one in each cube of a grid."""
    model = foot_model()
    _, first = np.unique(np.floor(model.vertices / _CUBE).astype(np.int64), axis=0, return_index=True)
    return replace(
        model, vertices=model.vertices[first], normals=model.normals[first], modes=model.modes[:, first],
        uv=model.uv[first], face=model.face[first], triangles=np.zeros((0, 3), np.int64),
    )  # fmt: skip


@cache
def _neighbours() -> NDArray[np.int64]:
    """(N, k) for each vertex of the skin those nearest to it, itself the first."""
    vertices = skin_model().vertices.astype(np.float32)
    tree = cv2.flann.Index(vertices, {"algorithm": _ONE_TREE})
    return np.asarray(tree.knnSearch(vertices, _NEIGHBOURS)[0], np.int64)


def _before_camera(px: Floats, depth: Floats) -> tuple[Floats, Floats]:
    """(N, 2) px and (N,) depths, far out of the picture and 0 where a foot so near reaches behind the camera."""
    there = depth > _NEAREST
    return np.where(there[:, None], px, _FAR_OUT), np.where(there, depth, 0.0)


def _squared(a: Floats, b: Floats) -> Floats:
    """(N, M) squared distances of places (N, D) from (M, D)."""
    squared = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.asarray(np.maximum(squared, 0.0))


def _at_plane(px: Floats, values: Floats, weight: Floats, at: Floats) -> Floats:
    """(N, C) the values (N, k, C) of k neighbours at (N, k, 2) px, continued as a plane to ``at`` (N, 2) px: their mean
    would draw what lies on a border inwards."""
    middle, mean = (np.einsum("nk,nkc->nc", weight, one) for one in (px, values))
    spread, step = px - middle[:, None], at - middle
    inner = np.einsum("nk,nkc,nkd->ncd", weight, spread, spread)
    size = inner[:, 0, 0] + inner[:, 1, 1]
    inner += (_FLAT * size + 1e-6)[:, None, None] * np.eye(2)
    # Not farther than the neighbours lie: beyond them nothing is known.
    step *= np.minimum(1.0, np.sqrt(size) / np.maximum(np.linalg.norm(step, axis=1), 1e-9))[:, None]
    slope = np.einsum("nk,nkc,nkv->ncv", weight, spread, values - mean[:, None])
    return np.asarray(mean + np.einsum("nc,ncv->nv", np.linalg.solve(inner, step[..., None])[..., 0], slope))


def _smoothed(ring: Floats) -> Floats:
    """A closed path of pixels (N, 2) without its steps: a running mean, every third point."""
    half = 3
    longer = np.vstack([ring[-half:], ring, ring[:half]])
    sums = np.cumsum(np.vstack([np.zeros(2), longer]), axis=0)
    return np.asarray((sums[2 * half + 1 :] - sums[: -2 * half - 1])[::3] / (2 * half + 1))


def skin_of(foot: Foot, lift_mm: float = LIFT_MM) -> Skin | None:
    """The skin of a foot; None where its pose isn't known, or so vaguely that nothing can be placed on it."""
    if foot.pose is None or np.median(foot.pose.spread) > _VAGUE:
        return None
    return _skin(foot.pose, foot.side, foot.length_mm, lift_mm)


# Several stages ask for the same frame's skin.
_skin = lru_cache(maxsize=4)(Skin)
