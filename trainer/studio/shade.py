"""Light on skin and cloth, per vertex: the meshes are finer than two pixels, so vertex colours are the picture.

A key light with soft shadows (a splatted depth map), a fill, sky and ground ambience, occlusion where skin meets skin,
and a red-shifted terminator in place of subsurface scattering.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

SHADOW_CELL_MM = 4.0
_SRGB = (255 * np.linspace(0, 1, 4096) ** (1 / 2.2)).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Lights:
    """Unit directions towards the lights and linear RGB strengths, each (3,).

    up: (3,) against gravity; size: how soft the key's shadows are, 1 for a lamp; edge: (4,) a veil over the key, as
    somebody's shadow: it falls to `edge_low` of its strength where edge[:3] @ point + edge[3] is well below 0.
    """

    key: np.ndarray
    key_rgb: np.ndarray
    fill: np.ndarray
    fill_rgb: np.ndarray
    sky_rgb: np.ndarray
    ground_rgb: np.ndarray
    exposure: float
    up: np.ndarray = field(default_factory=lambda: np.array([0.0, 1.0, 0.0]))
    size: float = 1.0
    edge: np.ndarray | None = None
    edge_low: float = 1.0

    def single(self) -> Lights:
        """The same in single precision."""

        def one(values: np.ndarray) -> np.ndarray:
            return np.asarray(values, np.float32)

        return replace(
            self, key=one(self.key), key_rgb=one(self.key_rgb), fill=one(self.fill), fill_rgb=one(self.fill_rgb),
            sky_rgb=one(self.sky_rgb), ground_rgb=one(self.ground_rgb), up=one(self.up),
        )  # fmt: skip

    def unveiled(self, points: np.ndarray) -> np.ndarray:
        """(N,) share of the key light that passes the veil."""
        if self.edge is None:
            return np.ones(len(points), np.float32)
        past = points @ self.edge[:3].astype(np.float32) + np.float32(self.edge[3])
        return np.asarray(self.edge_low + (1 - self.edge_low) / (1 + np.exp(-4 * np.clip(past, -8, 8))))


class ShadowMap:
    """Depth of the nearest skin as the key light sees it."""

    def __init__(self, points: np.ndarray, towards: np.ndarray) -> None:
        side = np.cross(towards, [0.0, 0.0, 1.0] if abs(towards[2]) < 0.9 else [1.0, 0.0, 0.0])
        side /= np.linalg.norm(side)
        self._axes = np.stack([side, np.cross(towards, side), towards])
        local = points @ self._axes.T
        self._low = local[:, :2].min(0) - 6 * SHADOW_CELL_MM
        size = ((local[:, :2].max(0) - self._low) / SHADOW_CELL_MM).astype(int) + 7
        height = np.full((size[0], size[1]), -1e9, np.float32)
        cell = ((local[:, :2] - self._low) / SHADOW_CELL_MM).astype(int)
        np.maximum.at(height, (cell[:, 0], cell[:, 1]), local[:, 2].astype(np.float32))
        self._height = cv2.morphologyEx(height, cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))

    def lit(self, points: np.ndarray, size: float = 1.0, bias: float = 9.0) -> np.ndarray:
        """(N,) share of the key light that arrives, softened over some millimetres times `size`."""
        local = points @ self._axes.T
        where = (local[:, :2] - self._low) / SHADOW_CELL_MM - 0.5
        total = np.zeros(len(points), np.float32)
        taps = [
            (0.0, 0.0),
            (2, 0),
            (-2, 0),
            (0, 2),
            (0, -2),
            (1.3, 1.3),
            (-1.3, 1.3),
            (1.3, -1.3),
            (-1.3, -1.3),
        ]
        for dx, dy in taps:
            x, y = (where[:, 1] + size * dy).astype(np.float32), (where[:, 0] + size * dx).astype(np.float32)
            column = np.clip(np.rint(x).astype(int), 0, self._height.shape[1] - 1)
            row = np.clip(np.rint(y).astype(int), 0, self._height.shape[0] - 1)
            above = self._height[row, column] - local[:, 2]
            total += np.clip(1 - (above - bias) / (6 * size), 0, 1)
        return total / len(taps)


def shade(
    points: np.ndarray,
    normals: np.ndarray,
    colour: np.ndarray,
    gloss: np.ndarray | float,
    lights: Lights,
    eye: np.ndarray,
    lit: np.ndarray,
    occlusion: np.ndarray,
    soft: np.ndarray | float = 1.0,
    oil: np.ndarray | float = 0.0,
) -> np.ndarray:
    """(N, 3) uint8 sRGB. `occlusion` (N,) is 1 in the open; `soft` 1 for skin, 0 for cloth; `oil` 0..1 a wet film."""
    points, normals, colour = (np.asarray(a, np.float32) for a in (points, normals, colour))
    view = np.asarray(eye, np.float32) - points
    # Skin that is turned away is not seen and stays black; cloth is seen from both sides. (Bumps lean normals.)
    turned = np.einsum("ij,ij->i", normals, view) < -0.4 * np.sqrt(np.einsum("ij,ij->i", view, view))
    front = np.flatnonzero(~turned | (np.asarray(soft) < 0.5))
    out = np.zeros(points.shape, np.uint8)
    out[front] = _shaded(
        points[front], normals[front], colour[front], _of(gloss, front), lights, view[front], lit[front],
        occlusion[front], _of(soft, front), _of(oil, front),
    )  # fmt: skip
    return out


def _of(values: np.ndarray | float, ids: np.ndarray) -> np.ndarray:
    """The chosen ones of (N,) values in single precision, or the one value for all."""
    every = np.asarray(values, np.float32)
    return every[ids] if every.ndim else every


def _shaded(
    points: np.ndarray,
    normals: np.ndarray,
    colour: np.ndarray,
    gloss: np.ndarray,
    lights: Lights,
    view: np.ndarray,
    lit: np.ndarray,
    occlusion: np.ndarray,
    soft: np.ndarray,
    oil: np.ndarray,
) -> np.ndarray:
    """`shade` of what faces the eye; view (N, 3) towards it."""
    lit, occlusion = (np.asarray(a, np.float32) for a in (lit, occlusion))
    inside = soft[..., None] if soft.ndim else soft
    lights = lights.single()
    lit = lit * lights.unveiled(points)
    n_key = normals @ lights.key
    wrap = inside * np.asarray([0.30, 0.12, 0.07], np.float32)
    key = np.clip((n_key[:, None] + wrap) / (1 + wrap), 0, None)
    # Light that bleeds under the skin keeps a shadow's edge red rather than black.
    arrives = lit[:, None] ** (1 - inside * np.asarray([0.28, 0.08, 0], np.float32))
    fill = np.clip(normals @ lights.fill * 0.7 + 0.3, 0, None)
    level = normals @ lights.up
    up = 0.5 + 0.5 * level
    ambient = up[:, None] * lights.sky_rgb + (1 - up)[:, None] * lights.ground_rgb
    bleed = occlusion[:, None] ** (1 - inside * np.asarray([0.3, 0.05, 0], np.float32))
    light = key * arrives * lights.key_rgb + bleed * (ambient + fill[:, None] * lights.fill_rgb)
    view = view / np.sqrt(np.einsum("ij,ij->i", view, view))[:, None]
    facing = np.clip(np.einsum("ij,ij->i", normals, view), 0, 1)
    graze = (1 - facing) ** 4
    wet = (0.3 + 0.7 * graze) * oil
    seen = lit * np.clip(n_key * 3, 0, 1)
    shine = _lobe(normals, view, lights.key)
    dull, sharp = shine**11, shine**70
    spark = seen * (gloss * dull + oil * (0.2 * dull + 1.6 * sharp))
    around = occlusion * (0.5 * graze * soft * 0.1 + 0.07 * wet * np.clip(level + 0.6, 0, None))
    fill_spark = 0.9 * occlusion * oil * _lobe(normals, view, lights.fill) ** 40
    out = colour * light + (spark * 0.38)[:, None] * lights.key_rgb
    out += around[:, None] * (lights.key_rgb * 0.35 + lights.sky_rgb) + fill_spark[:, None] * lights.fill_rgb
    return tones(out, lights.exposure)


def tones(light: np.ndarray, exposure: float) -> np.ndarray:
    """Linear light (N, 3) to uint8 sRGB with a soft shoulder."""
    out = 1 - np.exp(-light * exposure)
    return np.asarray(_SRGB[np.clip(out * 4095, 0, 4095).astype(np.int32)])


def _lobe(normals: np.ndarray, view: np.ndarray, towards: np.ndarray) -> np.ndarray:
    """(N,) squared cosine between the normals and the halfway vectors of eye and light."""
    half = view + towards
    cosine = np.clip(np.einsum("ij,ij->i", normals, half), 0, None)
    return np.asarray(cosine * cosine / np.einsum("ij,ij->i", half, half))
