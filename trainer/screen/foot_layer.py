"""The foot on the picture: worked places as a soft tint, zones and outline in perspective, fixed to the foot."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S
from trainer.foot import atlas
from trainer.model import Coverage, Floats, Foot, Image, Presence, View
from trainer.screen.lines import SHIFT, dashes, fixed, lines
from trainer.screen.place import Place, projected
from trainer.screen.theme import Theme

STRONG_S = 12.0
"""The tint approaches its full strength over about this many seconds of contact."""
_DEEPEST = 0.62
_TOUCHED = 1.0 - np.exp(-0.9 * WORKED_S / (STRONG_S / 3))
_LOW_RES = 176
"""Longer side in pixels at which coverage is warped; it is smooth, so enlarging it loses nothing."""


def draw_foot(
    image: Image, foot: Foot, coverage: Coverage, place: Place, theme: Theme, unit: float, zones: bool
) -> None:
    """Draw the foot in place. A bridged foot's outline is dashed; an unknown one isn't drawn."""
    matrix = place.matrix() @ foot.px_from_uv
    if not foot.seen or not np.isfinite(matrix).all():
        return
    outline = projected(matrix, smooth_outline(foot.view))
    if not _plausible(outline, image):
        return
    if coverage.view == foot.view:
        _tint(image, matrix, outline, tint_strength(coverage), theme)
    bridged = foot.presence is Presence.BRIDGED
    if zones:
        points, ends = inner_borders(foot.view)
        lines(image, np.split(projected(matrix, points), ends), theme.foot, max(1, round(0.16 * unit)))
    path, closed = [outline], True
    if bridged:
        path, closed = dashes(outline, 2.4 * unit, 1.6 * unit, closed=True), False
    thick = max(2, round(0.36 * unit))
    lines(image, path, theme.casing, thick + max(2, round(0.3 * unit)), closed)
    lines(image, path, theme.foot, thick, closed)


def tint_strength(coverage: Coverage) -> NDArray[np.float32]:
    """(64, 32) float32: 0 where not worked, rising towards 1 with the seconds of contact.

    The side views have no map of cells; their zones are filled evenly.
    """
    seconds = coverage.grid_seconds
    if not np.isfinite(seconds).any():
        index = atlas.grid_zones(coverage.view)
        per_zone = np.array([coverage.zone_seconds.get(n, 0.0) for n in atlas.zones(coverage.view)] + [0.0])
        seconds = per_zone[index]
    return np.asarray(1.0 - np.exp(-np.nan_to_num(seconds) / (STRONG_S / 3)), np.float32)


@cache
def smooth_outline(view: View, steps: int = 2) -> Floats:
    """(N, 2) the atlas's outline in (u, v), rounded by a closed Catmull–Rom spline."""
    p = atlas.outline(view)
    before, after, beyond = np.roll(p, 1, 0), np.roll(p, -1, 0), np.roll(p, -2, 0)
    curve = []
    for t in np.arange(steps) / steps:
        curve.append(
            0.5 * (2 * p + (after - before) * t + (2 * before - 5 * p + 4 * after - beyond) * t**2
                   + (3 * p - before - 3 * after + beyond) * t**3)
        )  # fmt: skip
    return np.stack(curve, axis=1).reshape(-1, 2)


@cache
def inner_borders(view: View) -> tuple[Floats, list[int]]:
    """Borders between zones as polylines in (u, v), each once: all points stacked, and where to split them."""
    scale = np.array([1.0, atlas.aspect(view)])
    # Depth inside a contour, in shares of the foot's length; what is nearer than this to a border lies on it.
    on_it = 0.006
    known = [(atlas.outline(view) * scale).astype(np.float32)]
    pieces: list[Floats] = []
    for polygon in atlas.zone_polygons(view).values():
        closed = np.vstack([polygon, polygon[:1]]) * scale
        dense = np.vstack([_filled_in(a, b) for a, b in pairwise(closed)])
        new = np.array([all(abs(_depth(contour, p)) > on_it for contour in known) for p in dense])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], new.astype(np.int64), [0]])))
        for first, last in edges.reshape(-1, 2):
            if last - first > 3:
                thin = cv2.approxPolyDP(dense[first:last].astype(np.float32)[:, None], 0.004, False)
                pieces.append(thin[:, 0].astype(float) / scale)
        known.append((polygon * scale).astype(np.float32))
    return np.vstack(pieces), np.cumsum([len(p) for p in pieces])[:-1].tolist()


def _filled_in(a: Floats, b: Floats) -> Floats:
    return np.linspace(a, b, max(2, int(np.linalg.norm(b - a) / 0.01) + 1))


def _depth(contour: NDArray[np.float32], point: Floats) -> float:
    return cv2.pointPolygonTest(contour, (float(point[0]), float(point[1])), True)


def _plausible(outline: Floats, image: Image) -> bool:
    """False when the map has gone wild (points behind the camera, or a foot many times the picture)."""
    if not np.isfinite(outline).all():
        return False
    extent = outline.max(axis=0) - outline.min(axis=0)
    return bool(extent.max() < 6 * max(image.shape[:2]))


def _tint(image: Image, matrix: Floats, outline: Floats, strength: NDArray[np.float32], theme: Theme) -> None:
    low = np.maximum(np.floor(outline.min(axis=0)), 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0)) + 1, image.shape[1::-1]).astype(int)
    width, height = (int(n) for n in high - low)
    if width < 2 or height < 2 or strength.max() <= 0.02:
        return
    k = min(1.0, _LOW_RES / max(width, height))
    small = max(2, round(width * k)), max(2, round(height * k))
    kx, ky = small[0] / width, small[1] / height
    cells_u, cells_v = atlas.GRID
    uv_from_cell = np.array([[0, 1 / cells_u, 0.5 / cells_u], [1 / cells_v, 0, 0.5 / cells_v], [0, 0, 1]])
    to_small = np.array([[kx, 0, -kx * low[0]], [0, ky, -ky * low[1]], [0, 0, 1]])
    # Soft borders, and a step at the first touch: worked and not worked must differ at a glance.
    shade = cv2.GaussianBlur(np.where(strength > _TOUCHED, 0.35 + 0.65 * strength, 0.0), (0, 0), 0.8)
    alpha = np.clip(shade * (_DEEPEST * 255), 0, 255).astype(np.uint8)
    warped = cv2.warpPerspective(
        alpha, to_small @ matrix @ uv_from_cell, small, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    inside = np.zeros_like(warped)
    cv2.fillPoly(inside, [fixed((outline - low) * (kx, ky))], 255, cv2.LINE_AA, SHIFT)
    warped = cv2.min(warped, inside)
    opacity = cv2.resize(warped, (width, height), interpolation=cv2.INTER_LINEAR)
    ground = image[low[1] : high[1], low[0] : high[0]]
    cv2.multiply(ground, cv2.merge([cv2.bitwise_not(opacity)] * 3), dst=ground, scale=1 / 255)
    cv2.add(ground, cv2.merge([cv2.LUT(opacity, _ramp(level)) for level in theme.work]), dst=ground)


@cache
def _ramp(level: int) -> NDArray[np.uint8]:
    """(256,) look-up table: opacity times a colour's level."""
    return np.round(np.arange(256) * (level / 255)).astype(np.uint8)
