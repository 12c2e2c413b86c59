"""Cameras as people set them up: over a shoulder, on a tripod beside, above, or a phone in a hand."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trainer.studio import stage
from trainer.studio.recipe import Recipe
from trainer.studio.timing import Wander, wander

FACING_LIMIT = np.cos(np.radians(64))


@dataclass(frozen=True)
class Camera:
    """A pinhole camera in the stage frame: eye and target (3,) mm, up (3,), vertical angle in degrees, pixels."""

    eye: tuple[float, float, float]
    target: tuple[float, float, float]
    up: tuple[float, float, float]
    angle: float
    width: int
    height: int

    def axes(self) -> np.ndarray:
        """(3, 3) rows: right, down, forward."""
        forward = np.subtract(self.target, self.eye, dtype=float)
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, self.up)
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(forward, right), forward])

    @property
    def focal_px(self) -> float:
        return float(self.height / 2 / np.tan(np.radians(self.angle) / 2))

    def project(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(..., 3) mm to pixels (..., 2) and depth (...,) mm along the view axis. Pixel centres are at integers."""
        local = (points - np.array(self.eye)) @ self.axes().T
        depth = local[..., 2]
        centre = np.array([self.width / 2 - 0.5, self.height / 2 - 0.5])
        return local[..., :2] / np.maximum(depth, 1e-6)[..., None] * self.focal_px + centre, depth

    def inside(self, pixels: np.ndarray, depth: np.ndarray) -> np.ndarray:
        """(...,) bool: in front of the camera and within the picture."""
        x, y = pixels[..., 0], pixels[..., 1]
        return (depth > 0) & (x >= 0) & (x <= self.width - 1) & (y >= 0) & (y <= self.height - 1)


@dataclass(frozen=True)
class Mount:
    """How a kind of camera is used. Degrees, mm; share: how much of the picture the foot takes, at its widest.

    azimuth: how far it stands from the middle of the face; roll: deviation of a slight tilt; held: how often it is in
    somebody's hand; turned: how often it lies on its side or upside down.
    """

    azimuth: tuple[float, float]
    elevation: tuple[float, float]
    distance: tuple[float, float]
    angle: tuple[float, float]
    share: tuple[float, float]
    roll: float
    held: float
    turned: float


MOUNTS = {
    "shoulder": Mount((0, 24), (6, 36), (520, 1200), (20, 50), (0.34, 0.92), 4, 0.15, 0.04),
    "side": Mount((22, 60), (2, 30), (550, 1700), (20, 58), (0.25, 0.85), 3, 0.05, 0.04),
    "above": Mount((0, 45), (34, 62), (480, 1300), (22, 60), (0.32, 0.95), 9, 0.25, 0.15),
    "phone": Mount((0, 42), (2, 46), (330, 680), (44, 70), (0.45, 1.06), 13, 0.6, 0.36),
}
# Where the face can't be seen from those heights: the elevations instead.
_DORSAL = {"shoulder": (66, 88), "side": (26, 56), "above": (50, 88), "phone": (35, 84)}
_SELF = {"shoulder": (32, 66), "side": (2, 36), "above": (45, 80), "phone": (10, 66)}


def camera(recipe: Recipe, foot_mm: float) -> Camera:
    """The camera of a recipe at rest: the named face of the foot looks at it and most of the foot is in the picture."""
    rng = np.random.default_rng([recipe.camera_seed, 31])
    mount = MOUNTS[recipe.camera]
    direction = _direction(rng, recipe, mount)
    up = stage.upwards(recipe.setting, recipe.side)
    share = rng.uniform(*mount.share)
    distance = rng.uniform(*mount.distance)
    roll = np.radians(rng.normal(0, mount.roll))
    turned, which = rng.random() < mount.turned, rng.random()
    shift = np.clip(rng.normal(0, 0.5, 2), -1, 1)
    if recipe.clean:
        share, distance, roll, turned, shift = 0.66, float(np.mean(mount.distance)), 0.0, False, np.zeros(2)
    if turned:
        roll += np.pi if which < 0.3 else np.pi / 2 * (1 if which < 0.65 else -1)
    forward = -direction
    right = np.cross(forward, up)
    right /= np.linalg.norm(right)
    upright = np.cos(roll) * np.cross(right, forward) + np.sin(roll) * right
    foot = stage.outline(foot_mm)
    centre = (foot.min(0) + foot.max(0)) / 2
    angle = float(np.mean(mount.angle))
    out = Camera(_three(centre), _three(centre), _three(upright), angle, recipe.width, recipe.height)
    for _ in range(4):
        # The focal length makes the foot as large as wanted; where the lens can't, the camera walks.
        out = replace(out, eye=_three(np.add(out.target, distance * direction)), angle=angle)
        low, high = _extent(out, foot)
        grow = share / float(((high - low) / [out.width, out.height]).max())
        wanted = np.degrees(2 * np.arctan(np.tan(np.radians(angle) / 2) / grow))
        angle = float(np.clip(wanted, *mount.angle))
        distance *= np.tan(np.radians(wanted) / 2) / np.tan(np.radians(angle) / 2)
        distance = max(distance, mount.distance[0])
        low, high = _extent(out, foot)
        room = np.maximum((np.array([out.width, out.height]) - (high - low) * min(grow, 1.0)) / 2, 4)
        offset = ((low + high) / 2 - [out.width / 2, out.height / 2] - shift * room * 0.9) / out.focal_px * distance
        axes = out.axes()
        out = replace(out, target=_three(np.add(out.target, offset @ axes[:2])))
    return replace(out, eye=_three(np.add(out.target, distance * direction)), angle=angle)


def _direction(rng: np.random.Generator, recipe: Recipe, mount: Mount) -> np.ndarray:
    """(3,) unit vector from the foot to the camera."""
    axes = stage.room_axes(recipe.setting, recipe.side)
    face = stage.facing(recipe.view, recipe.side)
    right, _, nearer = axes @ face
    toward = float(np.arctan2(right, nearer))
    elevation = mount.elevation
    if recipe.setting == "self":
        elevation = _SELF[recipe.camera]
        toward *= 0.5 if recipe.camera == "shoulder" else 1.0
    elif recipe.view == "dorsal":
        elevation = _DORSAL[recipe.camera]
        toward *= 0.0 if recipe.camera == "shoulder" else 1.0
    azimuth = mount.azimuth if recipe.view in ("plantar", "dorsal") else (0.0, 26.0)
    best, best_cos = axes[1], -1.0
    for tries in range(60):
        spread = 1.0 if tries < 30 else 2.2
        if recipe.clean and tries == 0:
            turn, rise = 0.6 * float(np.mean(azimuth)), 0.6 * elevation[0] + 0.4 * elevation[1]
        else:
            turn, rise = spread * rng.uniform(*azimuth), rng.uniform(*elevation)
        a, e = toward + np.radians(turn) * rng.choice([-1.0, 1.0]), np.radians(rise)
        direction = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)]) @ axes
        cos = float(direction @ face)
        if cos > best_cos:
            best, best_cos = direction, cos
        if cos > FACING_LIMIT:
            return np.asarray(direction)
    return np.asarray(best)


def _extent(camera: Camera, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    pixels, _ = camera.project(points)
    return pixels.min(0), pixels.max(0)


def _three(values: np.ndarray) -> tuple[float, float, float]:
    x, y, z = (float(v) for v in values)
    return x, y, z


class Shake:
    """How a camera moves: a tripod hardly, a hand drifts slowly and trembles."""

    def __init__(self, recipe: Recipe) -> None:
        rng = np.random.default_rng([recipe.camera_seed, 37])
        held = rng.random() < MOUNTS[recipe.camera].held and not recipe.clean
        self._drift: Wander = wander(rng, 6, 0.05, 0.5)
        self._tremor: Wander = wander(rng, 6, 3.5, 9.0)
        drift, tremor = (rng.uniform(0.5, 1.0), rng.uniform(0.4, 1.0)) if held else (rng.uniform(0, 0.03), 0.02)
        if recipe.clean:
            drift = tremor = 0.0
        # mm of the eye, radians of the view.
        self._eye = np.array([9.0 * drift, 0.35 * tremor])
        self._turn = np.radians([0.8 * drift, 0.05 * tremor])

    def at(self, camera: Camera, time_s: float) -> Camera:
        drift, tremor = self._drift.at(time_s), self._tremor.at(time_s)
        move = self._eye[0] * drift[:3] + self._eye[1] * tremor[:3]
        turn = self._turn[0] * drift[3:] + self._turn[1] * tremor[3:]
        right, down, _ = camera.axes()
        distance = np.linalg.norm(np.subtract(camera.target, camera.eye))
        eye = np.add(camera.eye, move)
        target = np.add(camera.target, move + distance * (turn[0] * right + turn[1] * down))
        return replace(camera, eye=_three(eye), target=_three(target), up=_three(camera.up + turn[2] * right))
