"""What the foot lies on: a couch with a towel or sheet, a padded stool, the own thigh; and what covers the knees."""

from __future__ import annotations

import cv2
import numpy as np

from trainer.studio import stage
from trainer.studio.complexion import linear
from trainer.studio.recipe import Recipe
from trainer.studio.solids import Mesh, Prop, capsule, cushion, grid_triangles
from trainer.studio.stance import THIGH_FROM_MM, THIGH_RADIUS_MM, THIGH_TO_MM, THIGH_X_MM, THIGH_Z_MM, block

CLOTHS = (
    (226, 222, 214), (236, 234, 230), (92, 128, 150), (150, 168, 140), (176, 120, 110), (70, 74, 84), (214, 196, 168),
    (120, 104, 140), (58, 92, 84), (196, 150, 60), (150, 54, 58), (36, 40, 48), (200, 168, 140), (110, 84, 66),
)  # fmt: skip


def support(recipe: Recipe, trousers: np.ndarray, legs: list[np.ndarray]) -> list[Prop]:
    """The meshes under and around the leg, what carries it first.

    trousers (3,): linear RGB of what the client wears over the thigh; legs: the vertices (N, 3) of one or both, the
    worked one first.
    """
    rng = np.random.default_rng([recipe.stage_seed, 61])
    out = stage.outward(recipe.side)
    if recipe.setting == "self":
        return _own_lap(rng, out, trousers)
    place = block(recipe.setting)
    assert place is not None
    top, edge = place
    if recipe.setting == "stool":
        padded = _pad(rng, top, edge - 10, rng.uniform(130, 200), rng.uniform(260, 330), "stool")
        return [padded, *_seated(rng, out, trousers)]
    wide = rng.uniform(310, 380) if rng.random() < 0.6 else rng.uniform(500, 900)
    parts = [_pad(rng, top, rng.uniform(14, 26), wide, 2100.0, "couch")]
    knees = [np.array([-out * 50, 84, -480.0])] + ([np.array([-out * 260, 84, -500.0])] if len(legs) > 1 else [])
    for knee in knees:
        parts.append(_clothed(rng, capsule(knee, knee + np.array([-out * 25, 10, -460.0]), 74, 98, 40), trousers))
    if rng.random() < 0.55:
        covered = np.concatenate([*legs, *(p.points for p in parts[1:])])
        parts.append(_blanket(rng, covered, out, top, -rng.uniform(270, 470), wide))
    return parts


def _pad(rng: np.random.Generator, top: float, edge: float, wide: float, deep: float, kind: str) -> Prop:
    """A couch, bed or stool, half `wide` (x), with a cover that hangs over its edges; sometimes smooth upholstery."""
    hang = 420.0 if kind == "couch" else rng.uniform(70, 130)
    near = min(310.0, wide - 5)
    inner = np.linspace(-near, near, 56)
    sides = [np.linspace(near + 8, wide, max(int((wide - near) / 50), 2)), np.linspace(wide + 6, wide + hang, 8)]
    outer = np.concatenate(sides)
    x = np.concatenate([-outer[::-1], inner, outer])
    back = edge - deep
    behind = np.linspace(back - hang, back - 6, 10) if kind == "stool" else np.zeros(0)
    middle = max(-420.0, back)
    far = np.linspace(back, middle - 14, 18) if middle > back else np.zeros(0)
    z = np.concatenate([behind, far, np.linspace(middle, edge + 60, 54), np.linspace(edge + 80, edge + hang, 8)])
    gx, gz = np.meshgrid(x, z, indexing="ij")
    upholstery = rng.random() < (0.25 if kind == "couch" else 0.55)
    height = _wrinkles(rng, gx, gz, 0.12 if upholstery else float(rng.choice([0.5, 1.0, 1.0, 1.6])))
    # The heel and the leg press a hollow into the cloth.
    height *= 1 - 0.8 * np.exp(-((gx / 60) ** 2)) * (gz < 30)
    height -= (3.0 if kind == "couch" else 5.0) + 4 * np.exp(-((gx / 45) ** 2) - ((gz + 45) / 60) ** 2) * upholstery
    curve = 12.0 if kind == "couch" else 26.0
    past_z, past_x = np.maximum(0, gz - edge), np.maximum(0, abs(gx) - wide)
    past_back = np.maximum(0, back - gz) if kind == "stool" else np.zeros_like(gz)
    bends = [curve * (1 - np.exp(-p / curve)) for p in (past_z, past_x, past_back)]
    drop = past_z - bends[0] + past_x - bends[1] + past_back - bends[2]
    points = np.stack(
        [
            gx - np.sign(gx) * (past_x - bends[1]),
            top + 2 + height - drop,
            gz - past_z + bends[0] + past_back - bends[2],
        ],
        axis=-1,
    ).reshape(-1, 3)
    pattern = "plain" if upholstery else str(rng.choice(["plain", "plain", "stripes", "border", "checks", "print"]))
    colour = _fabric(rng, np.stack([gx, 0 * gx, gz], -1).reshape(-1, 3), pattern, 0.0 if upholstery else 1.0)
    return Prop(points, grid_triangles(*gx.shape), colour, 0.16 if upholstery else 0.02, closed=False)


def _seated(rng: np.random.Generator, out: float, trousers: np.ndarray) -> list[Prop]:
    """The thighs of somebody who sits, the other shank, and the chair."""
    parts = []
    knee, hip = np.array([-out * 50, 84, -480.0]), np.array([-out * 70, 60, -900.0])
    other_knee = np.array([-out * rng.uniform(230, 330), 70, -560.0])
    other_hip = np.array([-out * 250, 60, -920.0])
    down = -stage.upwards("stool", "left")
    ankle = other_knee + 400 * down + np.array([0, 0, rng.uniform(-60, 160)])
    for a, b, ra, rb in ((knee, hip, 74, 92), (other_knee, other_hip, 74, 92), (other_knee, ankle, 68, 52)):
        parts.append(_clothed(rng, capsule(a, b, ra, rb, 44), trousers))
    points, triangles = cushion(np.array([330.0, 60, 300]), 0.3, 40)
    colour = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
    parts.append(
        Prop(points + np.array([-out * 150, -95, -960]), triangles, np.broadcast_to(colour, points.shape).copy())
    )
    shirt = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
    belly = np.array([-out * 160, 60, -960.0])
    parts.append(_clothed(rng, capsule(belly, belly - 480 * down + np.array([0, 0, -120]), 150, 140, 40), shirt))
    return parts


def _blanket(
    rng: np.random.Generator, covered: np.ndarray, out: float, top: float, begins: float, wide: float
) -> Prop:
    """A cover over both legs of somebody who lies, from z = `begins` backwards, above the points `covered`."""
    half = min(wide + 140, 560)
    x, z = np.linspace(-half, half, 81), np.concatenate([np.linspace(begins, -700, 42), np.linspace(-730, -2000, 20)])
    gx, gz = np.meshgrid(x, z, indexing="ij")
    far = np.clip((-gz - 80) / 400, 0, 1.2)
    height = np.zeros(gx.shape)
    for centre in (-8 - 42 * far * out, -out * (262 - 10 * far)):
        hill = (120 + 58 * far) * np.exp(-((abs(gx - centre) / (92 + 10 * far)) ** 3.0))
        height = np.maximum(height, hill)
    row = np.searchsorted(x, covered[:, 0]).clip(0, len(x) - 1)
    column = (len(z) - np.searchsorted(z[::-1], covered[:, 2])).clip(0, len(z) - 1)
    np.maximum.at(height, (row, column), covered[:, 1] - top)
    height = cv2.dilate(height, np.ones((9, 5), np.uint8))
    # The wrinkles of the sheet below must not come through.
    height = cv2.GaussianBlur(height, (0, 0), 1.8) + 17 + 1.3 * _wrinkles(rng, gx, gz, 1.0)
    past = np.maximum(0, abs(gx) - wide)
    height = np.where(past > 0, 18 + 12 * (1 - np.exp(-past / 12)) - past, height)
    points = np.stack(
        [gx - np.sign(gx) * past * 0.92, top + height, gz + 14 * np.sin(gx / 90 + rng.uniform(0, 6))], axis=-1
    )
    colour = _fabric(
        rng, np.stack([gx, 0 * gx, gz], -1).reshape(-1, 3), str(rng.choice(["plain", "plain", "checks", "stripes"]))
    )
    return Prop(points.reshape(-1, 3), grid_triangles(*gx.shape)[:, ::-1], colour, 0.01, closed=False)


def _clothed(rng: np.random.Generator, mesh: Mesh, colour: np.ndarray) -> Prop:
    """A part of a body in creased clothes."""
    points, triangles = mesh
    weave = 1 + 0.05 * rng.normal(size=len(points))
    return Prop(points + _folds(rng, points), triangles, np.clip(colour * weave[:, None], 0.004, 0.9), 0.0)


def _own_lap(rng: np.random.Generator, out: float, trousers: np.ndarray) -> list[Prop]:
    """The other thigh under the ankle, with its knee, the thigh of the worked leg, and the belly."""
    x, z, r = out * THIGH_X_MM, THIGH_Z_MM, THIGH_RADIUS_MM
    knee = np.array([x, THIGH_TO_MM, z])
    hip = np.array([x - out * 10, THIGH_FROM_MM - 130, z - 30])
    down = -stage.upwards("self", "left" if out > 0 else "right")
    limbs = [
        capsule(hip, knee, r + 16, r, 60),
        capsule(knee, knee + 380 * down + np.array([0, -30, 0]), r - 6, r - 20, 40),
        capsule(np.array([-out * 45, 84, -500.0]), hip + np.array([-out * 20, 20, -210]), 70, 96, 50),
    ]
    parts = [_clothed(rng, limb, trousers) for limb in limbs]
    shirt = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
    seat = hip + np.array([0.0, -150, -110])
    parts.append(_clothed(rng, capsule(seat, seat - 420 * down, 150, 135, 40), shirt))
    points, triangles = cushion(np.array([420.0, 90, 330]), 0.4, 30)
    axes = stage.room_axes("self", "left" if out > 0 else "right")
    points = points @ axes + seat + down * 190 + np.array([0, 90, 0])
    colour = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
    parts.append(Prop(points, triangles, np.broadcast_to(colour, points.shape).copy(), 0.05))
    return parts


def _folds(rng: np.random.Generator, points: np.ndarray) -> np.ndarray:
    """(N, 3) mm small creases of clothes."""
    out = np.zeros_like(points)
    for _ in range(6):
        d = rng.normal(size=3)
        wave = points @ (d / np.linalg.norm(d)) / rng.uniform(9, 32)
        out += rng.normal(0, 0.8, 3) * np.sin(wave + rng.uniform(0, 6))[:, None]
    return out


def _wrinkles(rng: np.random.Generator, x: np.ndarray, z: np.ndarray, size: float) -> np.ndarray:
    """Heights in mm, shaped as x, with sharp ridges as of cloth."""
    height = np.zeros_like(x)
    for _ in range(9):
        d = rng.normal(size=2)
        d /= np.linalg.norm(d)
        wave = (x * d[0] + z * d[1]) / rng.uniform(35, 190)
        bend = 0.6 * np.sin((x * d[1] - z * d[0]) / rng.uniform(120, 300) + rng.uniform(0, 6))
        height += size * rng.uniform(1.0, 3.2) * (1 - abs(np.sin(wave + bend + rng.uniform(0, 6)))) ** 2
    return height


def _fabric(rng: np.random.Generator, points: np.ndarray, pattern: str, rough: float = 1.0) -> np.ndarray:
    """(N, 3) linear RGB: one colour, or two in stripes, checks, a border or a print."""
    first, second = (linear(CLOTHS[int(rng.integers(len(CLOTHS)))]) * rng.uniform(0.8, 1.1, 3) for _ in range(2))
    x, z = points[:, 0], points[:, 2]
    size = rng.uniform(16, 60)
    if pattern == "stripes":
        share = (np.sin((x if rng.random() < 0.5 else z) / size) > rng.uniform(0.2, 0.8)) * rng.uniform(0.3, 1)
    elif pattern == "checks":
        share = 0.4 * (np.sin(x / size) > 0.4) + 0.4 * (np.sin(z / size) > 0.4)
    elif pattern == "border":
        share = 1.0 * (np.sin(z / 140 + rng.uniform(0, 6)) > 0.93)
    elif pattern == "print":
        waves = [np.sin(points @ rng.normal(0, 1 / size, 3) + rng.uniform(0, 6)) for _ in range(4)]
        share = 1.0 * (np.sum(waves, axis=0) > 1.6)
    else:
        share = np.zeros(len(points))
    weave = 1 + rough * rng.uniform(0.02, 0.09) * rng.normal(size=len(points))
    return np.clip((first + np.asarray(share)[:, None] * (second - first)) * weave[:, None], 0.006, 0.9)
