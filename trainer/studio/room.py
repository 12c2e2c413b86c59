"""The room behind: walls, floor and furniture seen by the clip's camera, painted once and moved with its shake."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.studio import stage, walls
from trainer.studio.camera import Camera
from trainer.studio.complexion import linear
from trainer.studio.recipe import Recipe
from trainer.studio.shade import Lights, tones

_MARGIN = 0.10  # of the picture, painted beyond each border for the shake
_DETAIL = 0.7  # painted pixels per picture pixel: a background is never sharp


class Room:
    """What is seen where no mesh is."""

    def __init__(self, recipe: Recipe, camera: Camera, lights: Lights) -> None:
        self._camera = camera
        self._size = (recipe.width, recipe.height)
        rng = np.random.default_rng([recipe.stage_seed, 73])
        # A wide pinhole camera with the same axes.
        self._scale = _DETAIL
        wide = (1 + 2 * _MARGIN) * _DETAIL
        self._shape = (int(recipe.height * wide), int(recipe.width * wide))
        axes = stage.room_axes(recipe.setting, recipe.side)
        linear_rgb = _cast(rng, recipe, axes @ np.array(camera.eye), self._rays(camera) @ axes.T, lights, axes)
        picture = tones(linear_rgb.reshape(-1, 3), lights.exposure).reshape(linear_rgb.shape)
        soft = 0.6 if rng.random() < 0.35 else float(rng.uniform(0.8, 4.5))
        if recipe.clean:
            soft = 5.0
        blur = soft * recipe.width / 640 * _DETAIL
        self._picture = cv2.GaussianBlur(np.ascontiguousarray(picture[..., ::-1]), (0, 0), blur)
        self._still: np.ndarray | None = None

    def _rays(self, camera: Camera) -> np.ndarray:
        """(h, w, 3) directions of the painting's pixels in the stage frame."""
        height, width = self._shape
        x = (np.arange(width) - width / 2 + 0.5) / _DETAIL / camera.focal_px
        y = (np.arange(height) - height / 2 + 0.5) / _DETAIL / camera.focal_px
        local = np.stack([*np.meshgrid(x, y), np.ones(self._shape)], axis=-1)
        return np.asarray(local @ camera.axes())

    def seen(self, camera: Camera) -> np.ndarray:
        """(H, W, 3) uint8 BGR as `camera` sees it, which differs by a shake from the clip's camera at rest."""
        if camera == self._camera and self._still is not None:
            return self._still
        width, height = self._size
        paint = np.array([[_DETAIL, 0, 0], [0, _DETAIL, 0], [0, 0, 1]]) @ np.diag([self._camera.focal_px] * 2 + [1.0])
        paint[:2, 2] = [self._shape[1] / 2 - 0.5, self._shape[0] / 2 - 0.5]
        pixel = np.diag([camera.focal_px, camera.focal_px, 1.0])
        pixel[:2, 2] = [width / 2 - 0.5, height / 2 - 0.5]
        turn = paint @ self._camera.axes() @ camera.axes().T @ np.linalg.inv(pixel)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        out = cv2.warpPerspective(self._picture, turn, self._size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
        if camera == self._camera:
            self._still = out
        return np.asarray(out)


def _cast(
    rng: np.random.Generator, recipe: Recipe, eye: np.ndarray, rays: np.ndarray, lights: Lights, axes: np.ndarray
) -> np.ndarray:
    """(h, w, 3) linear light that comes along rays (h, w, 3) into an eye (3,), in room axes about the foot."""
    low_y = -{"couch": rng.uniform(600, 850), "stool": rng.uniform(330, 520), "self": rng.uniform(480, 600)}[
        recipe.setting
    ]
    low = np.array([-rng.uniform(1300, 3600), low_y, -rng.uniform(1900, 4200)])
    high = np.array([rng.uniform(1300, 3600), low_y + rng.uniform(2300, 2700), rng.uniform(1500, 3000)])
    low[[0, 2]] = np.minimum(low[[0, 2]], eye[[0, 2]] - 350)
    high = np.maximum(high, eye + 350)
    size = high - low
    busy = 0.25 if recipe.clean else float(rng.choice([0.1, 0.7, 1.6], p=[0.25, 0.45, 0.3]))
    base = walls.WALLS[int(rng.integers(len(walls.WALLS)))]
    glow = float(rng.uniform(1.2, 4.0)) / lights.exposure
    normals = np.eye(3)
    rays = rays.astype(np.float32)
    best = np.full(rays.shape[:2], np.inf, np.float32)
    out = np.zeros(rays.shape, np.float32)
    with np.errstate(divide="ignore", invalid="ignore"):
        inverse = 1 / rays
        for axis in range(3):
            for sign, plane in ((1, low[axis]), (-1, high[axis])):
                if axis == 1:
                    art = (
                        walls.floor(rng, size[0], size[2])
                        if sign > 0
                        else walls.Painting(size[0], size[2], (230, 228, 224))
                    )
                else:
                    art = walls.wall(rng, size[2 - axis], size[1], base, busy)
                far = (plane - eye[axis]) * inverse[..., axis]
                hit = (far > 0) & (far < best)
                best = np.where(hit, far, best)
                place = (eye + far[..., None] * rays - low).astype(np.float32)
                across = place[..., 0] if axis else place[..., 2]
                # The picture's x runs to the viewer's right inside the room.
                if (axis == 0 and sign > 0) or (axis == 2 and sign < 0):
                    across = (size[0] if axis else size[2]) - across
                rise = place[..., 1] if axis != 1 else place[..., 2]
                maps = (across / walls.MM_PER_PX, art.height - rise / walls.MM_PER_PX)
                out = np.where(
                    hit[..., None], _seen(art, maps, _daylight(axes, lights, sign * normals[axis]), glow), out
                )
        for _ in range(int(rng.poisson(2.2 * busy))):
            _block(rng, out, best, eye, rays, inverse, low, high, lights, axes)
    # Corners are darker and one end of the room is brighter.
    depth = np.clip(best * np.linalg.norm(rays, axis=-1) / 3000, 0, 2)
    return np.asarray(out * (1 - 0.18 * depth)[..., None])


def _seen(art: walls.Painting, maps: tuple[np.ndarray, np.ndarray], light: np.ndarray, glow: float) -> np.ndarray:
    x, y = (np.nan_to_num(m, nan=0, posinf=0, neginf=0).astype(np.float32) for m in maps)
    albedo = cv2.remap(art.albedo, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    out = linear(albedo) * light
    if art.glow.any():
        small = cv2.resize(art.glow, None, fx=1 / 8, fy=1 / 8, interpolation=cv2.INTER_AREA)
        halo = cv2.resize(cv2.GaussianBlur(small, (0, 0), 7.0), (art.width, art.height))
        shine = cv2.addWeighted(art.glow, 0.8, halo, 0.2, 0)
        lamp = cv2.remap(shine, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE) * np.float32(glow / 200)
        out = out + linear(albedo) * lamp[..., None]
    return np.asarray(out, np.float32)


def _daylight(axes: np.ndarray, lights: Lights, normal: np.ndarray) -> np.ndarray:
    """(3,) the light on a wall with this normal in room axes: half of the key's, for nothing is as lit as the foot."""
    direct = max(float(normal @ (axes @ lights.key)), 0.0) * 0.45 + 0.12
    up = 0.5 + 0.5 * normal[1]
    return np.asarray(
        direct * lights.key_rgb + up * lights.sky_rgb + (1 - up) * lights.ground_rgb + 0.3 * lights.fill_rgb
    )


def _block(
    rng: np.random.Generator, out: np.ndarray, best: np.ndarray, eye: np.ndarray, rays: np.ndarray,
    inverse: np.ndarray, low: np.ndarray, high: np.ndarray, lights: Lights, axes: np.ndarray,
) -> None:  # fmt: skip
    """A piece of furniture on the floor somewhere in the room (into `out` and `best`), not near the foot or the eye."""
    size = rng.uniform([300, 350, 300], [1300, 1000, 1000])
    centre = rng.uniform(low, high)
    near = np.array([700.0, 700.0])
    if (abs(centre[[0, 2]]) < near + size[[0, 2]] / 2).all() or (abs(centre - eye)[[0, 2]] < near).all():
        return
    colour = walls.tone(rng, (*walls.CLOTHS, *walls.WOODS)[int(rng.integers(len(walls.CLOTHS) + len(walls.WOODS)))])
    a, b = centre - size / 2, centre + size / 2
    a[1], b[1] = low[1], low[1] + size[1]
    one, two = (a - eye).astype(np.float32) * inverse, (b - eye).astype(np.float32) * inverse
    enters, leaves = np.minimum(one, two), np.maximum(one, two)
    far = enters.max(-1)
    hit = (far > 0) & (far < leaves.min(-1)) & (far < best)
    which = enters.argmax(-1)
    for axis in range(3):
        part = hit & (which == axis)
        for sign in (-1, 1):
            side = part & (np.sign(rays[..., axis]) == -sign)
            out[side] = linear(colour) * _daylight(axes, lights, sign * np.eye(3)[axis])
    best[hit] = far[hit]
