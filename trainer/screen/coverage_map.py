"""The small flat map of the foot: worked (brighter the longer), not worked, could not be seen (hatched)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S, unseen_cells
from trainer.foot import atlas
from trainer.model import Coverage, Floats, Image, Side, View
from trainer.screen.foot_layer import smooth_outline, tint_strength
from trainer.screen.foot_lines import inner_borders
from trainer.screen.sprite import Sprite
from trainer.screen.theme import Colour, Theme

_FINE = 4
_LEVELS = 24


@dataclass(frozen=True)
class MapShape:
    """Which map is drawn where: the soles and tops stand upright (toes up), the sides lie (sole down).

    ``flip`` says that the medial border (upright) or the toes (lying) are to the right.
    """

    view: View
    flip: bool
    width: int
    height: int

    @property
    def upright(self) -> bool:
        return self.view in ("plantar", "dorsal")

    def to_pixels(self, uv: Floats) -> Floats:
        """(N, 2) map places to pixels of the drawn map."""
        u, v = uv[:, 0], uv[:, 1]
        across, up = (v, u) if self.upright else (1 - u, v)
        top = 1.0 if self.upright else 1.12
        across = 1 - across if self.flip else across
        pad = 1.5
        x = pad + across * (self.width - 1 - 2 * pad)
        y = pad + (1 - up / top) * (self.height - 1 - 2 * pad)
        return np.column_stack([x, y])


def map_shape(view: View, side: Side, mirror: bool, room: tuple[int, int]) -> MapShape:
    """The largest map for ``room`` (width, height) pixels, turned as the camera sees that foot."""
    if view in ("plantar", "dorsal"):
        medial_right = (side == "left") == (view == "dorsal")
        height = min(room[1], int(room[0] / atlas.aspect(view)))
        return MapShape(view, medial_right != mirror, int(height * atlas.aspect(view)), height)
    toes_right = (side == "right") == (view == "lateral")
    tall = atlas.aspect(view) * 1.12
    width = min(room[0], int(room[1] / tall))
    return MapShape(view, toes_right != mirror, width, int(width * tall))


class CoverageMap:
    """Draws the map; keeps the last one, because it changes far less often than the picture."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._key: tuple[MapShape, bytes] | None = None
        self._sprite: Sprite | None = None

    def sprite(self, coverage: Coverage, shape: MapShape) -> Sprite:
        """The map as a sprite of the shape's size."""
        levels, unseen = _states(coverage)
        key = (shape, levels.tobytes() + unseen.tobytes())
        if self._sprite is None or key != self._key:
            self._sprite, self._key = _drawn(levels, unseen, shape, self._theme), key
        return self._sprite


def _states(coverage: Coverage) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """(64, 32) brightness step of each cell, 0 = not worked; (64, 32) bool, could not be seen."""
    strength = tint_strength(coverage)
    with np.errstate(invalid="ignore"):
        worked = coverage.grid_seconds >= WORKED_S
    levels = np.where(worked, np.clip(np.ceil(strength * _LEVELS), 1, _LEVELS), 0).astype(np.uint8)
    return levels, unseen_cells(coverage)


def _drawn(levels: NDArray[np.uint8], unseen: NDArray[np.bool_], shape: MapShape, theme: Theme) -> Sprite:
    stencil = _stencil(shape, theme)
    warp, size = _cells_to(shape), (shape.width, shape.height)

    def spread(cells: NDArray[Any]) -> NDArray[np.float32]:
        field = cv2.GaussianBlur(cells.astype(np.float32), (0, 0), 0.6)
        drawn = cv2.warpAffine(field, warp, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(drawn, np.float32)

    # A cell is a few pixels wide; this slope makes its blurred edge about one pixel wide.
    worked = np.clip((spread(levels > 0) - 0.5) * 4 + 0.5, 0, 1)
    # 0.35 of the way for the shortest touch: worked and not worked must differ at a glance.
    shade = (worked * (0.35 * 255 + 0.65 * 255 / _LEVELS * spread(levels))).astype(np.uint8)
    picture = cv2.LUT(cv2.merge([shade] * 3), stencil.palette)
    if unseen.any():
        cv2.copyTo(stencil.hatched, (spread(unseen) > 0.5).astype(np.uint8), picture)
    light = cv2.add(cv2.multiply(picture, stencil.share, scale=1 / 255), stencil.borders)
    return Sprite(np.asarray(light, np.uint8), stencil.keep)


def hatch(width: int, height: int, period: int) -> NDArray[np.bool_]:
    """(height, width) bool: diagonal stripes, a third of each period wide."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    stripes: NDArray[np.bool_] = (x + y) % period < period / 3
    return stripes


@lru_cache(maxsize=16)
def swatch(size: int, colour: Colour, theme: Theme, hatched: bool) -> Sprite:
    """A small square for the map's legend."""
    picture = np.empty((size, size, 3), np.uint8)
    picture[:] = theme.back if hatched else colour
    if hatched:
        picture[hatch(size, size, max(3, size // 3))] = colour
    return Sprite(picture, np.zeros_like(picture))


def _cells_to(shape: MapShape) -> Floats:
    """(2, 3) affine matrix from cells (column = v, row = u) to the drawn map's pixels."""
    corners = shape.to_pixels(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]))
    origin, along_u, along_v = corners[0], corners[1] - corners[0], corners[2] - corners[0]
    per_row, per_column = along_u / atlas.GRID[0], along_v / atlas.GRID[1]
    first = origin + 0.5 * per_row + 0.5 * per_column
    return np.column_stack([per_column, per_row, first])


@dataclass(frozen=True, eq=False)
class _Stencil:
    """What doesn't change on a map, all uint8: the colour table (1, 256, 3) by shade; and (h, w, 3) the hatching, the
    share of the shades that shows, the light of the zones' borders, and what stays of the ground."""

    palette: Image
    hatched: Image
    share: Image
    borders: Image
    keep: Image


@lru_cache(maxsize=16)
def _stencil(shape: MapShape, theme: Theme) -> _Stencil:
    big = MapShape(shape.view, shape.flip, shape.width * _FINE, shape.height * _FINE)
    foot = np.zeros((big.height, big.width), np.uint8)
    cv2.fillPoly(foot, [np.rint(big.to_pixels(smooth_outline(big.view, 4))).astype(np.int32)], 255)
    borders = np.zeros_like(foot)
    points, ends = inner_borders(big.view)
    paths = np.split(np.rint(big.to_pixels(points)).astype(np.int32), ends)
    cv2.polylines(borders, paths, False, 200, max(2, big.height // 150))
    stripes = hatch(big.width, big.height, max(8, big.height // 22)).astype(np.uint8) * 255

    def small(mask: NDArray[np.uint8]) -> NDArray[np.float64]:
        reduced = cv2.resize(mask, (shape.width, shape.height), interpolation=cv2.INTER_AREA)
        return np.repeat(reduced[:, :, None].astype(float) / 255, 3, axis=2)

    def shown(picture: NDArray[np.float64]) -> Image:
        return np.rint(np.clip(picture, 0, 255)).astype(np.uint8)

    area, line, stripe = small(foot), small(borders), small(stripes)
    back, soft, unworked, work = (np.asarray(c, float) for c in (theme.back, theme.soft, theme.unworked, theme.work))
    steps = np.linspace(0, 1, 256)[:, None]
    return _Stencil(
        palette=shown(unworked * (1 - steps) + work * steps)[None],
        hatched=shown(back * (1 - stripe) + soft * stripe),
        share=shown(255 * area * (1 - line)),
        borders=shown(back * area * line),
        keep=shown(255 * (1 - area)),
    )
