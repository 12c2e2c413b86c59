"""Where it is filmed: the towel, the wall, the lights and the camera, all drawn from seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.studio.shade import Lights
from trainer.studio.skin import linear

CLOTHS = (
    (226, 222, 214),
    (92, 128, 150),
    (150, 168, 140),
    (176, 120, 110),
    (70, 74, 84),
    (214, 196, 168),
    (120, 104, 140),
)
WALLS = ((196, 190, 178), (120, 132, 138), (86, 78, 72), (208, 202, 196), (142, 126, 104), (58, 66, 70))


@dataclass(frozen=True, eq=False)
class Cloth:
    """A sheet: points, normals (N, 3) mm; triangles (F, 3); colour (N, 3) linear RGB."""

    points: np.ndarray
    triangles: np.ndarray
    colour: np.ndarray


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


def camera(seed: int, view: str, side: str, foot_mm: float, width: int, height: int) -> Camera:
    """A camera over the practitioner's shoulder for the sole, from above for the top, from the side otherwise."""
    rng = np.random.default_rng([seed, 31])
    angle = rng.uniform(24, 34)
    span = foot_mm * rng.uniform(1.26, 1.45)
    distance = span / 2 / np.tan(np.radians(angle) / 2)
    elevation = np.radians(rng.uniform(4, 22))
    yaw = np.radians(rng.uniform(-16, 16))
    target = np.array([rng.uniform(-15, 15), foot_mm * rng.uniform(0.40, 0.47), -25.0])
    if view == "dorsal":
        elevation = np.radians(rng.uniform(126, 146))
        target = np.array([rng.uniform(-12, 12), foot_mm * 0.55, -45.0])
        distance *= 1.05
    elif view in ("medial", "lateral"):
        yaw = np.radians(rng.uniform(72, 86)) * (1 if (view == "lateral") == (side == "left") else -1)
        target = np.array([0.0, foot_mm * 0.45, -60.0])
        distance *= 1.1
    direction = np.array([np.sin(yaw) * np.cos(elevation), np.sin(elevation), np.cos(yaw) * np.cos(elevation)])
    roll = np.radians(rng.uniform(-7, 7))
    up = np.array([np.sin(roll), np.cos(roll), 0.0])
    eye = target + distance * direction
    return Camera(tuple(eye), tuple(target), tuple(up), float(angle), width, height)


def lights(seed: int) -> Lights:
    """A lamp from above, somewhere left or right, warm or cool."""
    rng = np.random.default_rng([seed, 47])
    side = rng.choice([-1.0, 1.0]) * rng.uniform(0.25, 0.75)
    key = np.array([side, rng.uniform(0.55, 0.95), rng.uniform(0.5, 0.9)])
    fill = np.array([-side, 0.1, 0.8])
    warm = rng.uniform(-0.1, 0.1)
    tint = np.array([1 + warm, 1.0, 1 - warm])
    return Lights(
        key=key / np.linalg.norm(key),
        key_rgb=tint * rng.uniform(1.25, 1.6),
        fill=fill / np.linalg.norm(fill),
        fill_rgb=np.array([0.95, 1.0, 1.06]) * rng.uniform(0.10, 0.2),
        sky_rgb=np.array([0.96, 1.0, 1.05]) * rng.uniform(0.22, 0.34),
        ground_rgb=np.array([1.05, 0.98, 0.92]) * rng.uniform(0.12, 0.2),
        exposure=float(rng.uniform(1.0, 1.2)),
    )


def towel(seed: int, floor: float) -> Cloth:
    """A wrinkled sheet under the heel and leg at height `floor` mm, with a woven pattern and sometimes stripes."""
    rng = np.random.default_rng([seed, 61])
    x = np.concatenate([np.linspace(-900, -320, 16), np.linspace(-310, 310, 78), np.linspace(320, 900, 16)])
    z = np.concatenate([np.linspace(-1600, -420, 24), np.linspace(-410, 110, 75), np.linspace(130, 700, 12)])
    gx, gz = np.meshgrid(x, z, indexing="ij")
    height = np.zeros_like(gx)
    for _ in range(9):
        d = rng.normal(size=2)
        d /= np.linalg.norm(d)
        wave = (gx * d[0] + gz * d[1]) / rng.uniform(35, 190)
        bend = 0.6 * np.sin((gx * d[1] - gz * d[0]) / rng.uniform(120, 300) + rng.uniform(0, 6))
        height += rng.uniform(1.0, 3.2) * (1 - abs(np.sin(wave + bend + rng.uniform(0, 6)))) ** 2
    # The heel and the leg press a hollow into the sheet.
    height *= 1 - 0.8 * np.exp(-((gx / 60) ** 2)) * (gz < 30)
    # The couch ends in front of the foot; the sheet hangs down there and the practitioner's arms come from below.
    past = np.maximum(0, gz - rng.uniform(14, 26))
    bend = 12 * (1 - np.exp(-past / 12))
    points = np.stack([gx, floor - 3 + height - (past - bend), gz - past + bend], axis=-1).reshape(-1, 3)
    base = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
    weave = 1 + 0.05 * rng.normal(size=gx.size)
    colour = base[None] * weave[:, None]
    if rng.random() < 0.5:
        stripe = (np.sin(points[:, 0] / rng.uniform(14, 40)) > 0.75)[:, None]
        colour = np.where(stripe, colour * rng.uniform(0.6, 0.85), colour)
    n, m = gx.shape
    ids = np.arange(n * m).reshape(n, m)
    a, b, c, d2 = ids[:-1, :-1].ravel(), ids[1:, :-1].ravel(), ids[1:, 1:].ravel(), ids[:-1, 1:].ravel()
    triangles = np.concatenate([np.stack([a, c, b], 1), np.stack([a, d2, c], 1)])
    return Cloth(points, triangles, np.clip(colour, 0.01, 0.9))


def wall(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """sRGB colours (3,) uint8 of the far wall, bottom and top of the picture."""
    rng = np.random.default_rng([seed, 73])
    base = np.array(WALLS[int(rng.integers(len(WALLS)))], float) * rng.uniform(0.85, 1.05)
    return np.clip(base * 0.72, 0, 255), np.clip(base * 1.04, 0, 255)
