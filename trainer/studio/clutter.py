"""Things that lie about: bottles, bowls, rolled towels, cushions, a phone, knees; and the client's other foot."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainer.studio import stage
from trainer.studio.bodies import leg, rodrigues
from trainer.studio.camera import Camera
from trainer.studio.complexion import linear
from trainer.studio.foot_surface import foot_surface
from trainer.studio.people import Person
from trainer.studio.recipe import Recipe
from trainer.studio.skin import foot_skin
from trainer.studio.solids import Prop, capsule, cushion, turned
from trainer.studio.stance import block
from trainer.studio.support import CLOTHS

_CLEAR_MM = 135.0  # hands need this much room on both sides of the foot's middle


def clutter(recipe: Recipe, camera: Camera, taken: list[Prop]) -> list[Prop]:
    """Up to four things beside the foot and `taken`, none before it, and sometimes the practitioner's knees."""
    place = block(recipe.setting)
    if recipe.clean or place is None:
        return []
    rng = np.random.default_rng([recipe.stage_seed, 83])
    top, edge = place
    reach = 330.0 if recipe.setting == "couch" else 175.0
    parts: list[Prop] = []
    for _ in range(int(rng.choice([0, 1, 2, 4], p=[0.4, 0.28, 0.2, 0.12]))):
        made = _THINGS[int(rng.integers(len(_THINGS)))](rng)
        wide = float(abs(made.points[:, [0, 2]]).max())
        x = rng.choice([-1.0, 1.0]) * rng.uniform(_CLEAR_MM + wide, max(reach, _CLEAR_MM + wide + 1))
        z = rng.uniform(-260, edge - 40 - wide)
        points = made.points @ rodrigues(np.array([0.0, rng.uniform(0, 6.3), 0.0])).T
        points = points + np.array([x, top - made.points[:, 1].min() - 1, z])
        if not hides(points, camera) and not any(_overlaps(points, p.points) for p in (*parts, *taken)):
            parts.append(Prop(points, made.triangles, made.colour, made.gloss))
    if recipe.camera in ("shoulder", "above") and rng.random() < 0.4:
        cloth = linear(CLOTHS[int(rng.integers(len(CLOTHS)))])
        for s in (-1.0, 1.0):
            knee = np.array([s * rng.uniform(150, 260), top - rng.uniform(170, 300), rng.uniform(190, 300)])
            points, triangles = capsule(knee + np.array([-s * 40, -20.0, 480]), knee, 95, 68)
            parts.append(_painted(rng, (points, triangles), cloth, 0.0, 0.06))
    return parts


def other_foot(recipe: Recipe, client: Person) -> Prop | None:
    """The client's other foot beside the worked one, in a quarter of the couch scenes that show both from the front.

    Its marks are the foot's landmarks.
    """
    rng = np.random.default_rng([recipe.stage_seed, 89])
    if recipe.setting != "couch" or recipe.clean or recipe.view not in ("plantar", "dorsal") or rng.random() > 0.28:
        return None
    out = stage.outward(recipe.side)
    surface = foot_surface(leg(client, "right" if recipe.side == "left" else "left"))
    skin = foot_skin(surface, client)
    ankle = surface.limb.heads[surface.limb.index("foot")]
    lean = np.radians([rng.uniform(-22, 8), -out * rng.uniform(-4, 14), out * rng.uniform(2, 24)])
    limb = surface.limb
    rotations = np.zeros((1, len(limb.names), 3))
    turn = rodrigues(lean)
    rotations[0, limb.index("lowerleg02")] = -0.9 * lean
    root = np.c_[turn, ankle - turn @ ankle][None]
    points = np.asarray(limb.skin(limb.transforms(rotations, root)[0]), float)
    points += np.array([-out * rng.uniform(195, 265), 0.0, rng.uniform(-60, 5)])
    points[:, 1] += 4 - points[surface.foot, 1].min()
    gloss = float(np.median(skin.gloss))
    return Prop(points, limb.triangles, skin.colour, gloss, marks=points[surface.landmarks])


def hides(points: np.ndarray, camera: Camera) -> bool:
    """Whether a thing is so near the camera that it covers much, or covers the foot."""
    pixels, depth = camera.project(points)
    foot, far = camera.project(stage.outline(250.0))
    low, high = foot.min(0) - 6, foot.max(0) + 6
    before = (depth < far.mean() - 20) & (pixels > low).all(-1) & (pixels < high).all(-1)
    return bool(before.any() or depth.min() < 0.55 * far.mean())


def _overlaps(one: np.ndarray, two: np.ndarray) -> bool:
    return bool(((one.min(0) < two.max(0) + 5) & (two.min(0) < one.max(0) + 5)).all())


def _painted(
    rng: np.random.Generator, mesh: tuple[np.ndarray, np.ndarray], colour: np.ndarray, gloss: float, weave: float = 0.03
) -> Prop:
    points, triangles = mesh
    grain = 1 + weave * rng.normal(size=len(points))
    return Prop(points, triangles, np.clip(colour * grain[:, None], 0.004, 0.92), gloss)


def _any_cloth(rng: np.random.Generator) -> np.ndarray:
    return np.asarray(linear(CLOTHS[int(rng.integers(len(CLOTHS)))]) * rng.uniform(0.8, 1.15))


def _bottle(rng: np.random.Generator) -> Prop:
    r, h = rng.uniform(18, 30), rng.uniform(95, 170)
    rows = [(0, 0), (r, 1), *((r, y) for y in np.linspace(4, 0.68 * h, 9)), (0.45 * r, 0.8 * h), (0.4 * r, h), (0, h)]
    out = _painted(rng, turned(np.array(rows, float)), np.array([0.35, 0.16, 0.04]) * rng.uniform(0.3, 1.6), 0.9)
    y = out.points[:, 1]
    out.colour[(y > 0.25 * h) & (y < 0.6 * h)] = _any_cloth(rng)
    out.colour[y > 0.79 * h] = _any_cloth(rng)
    return out


def _bowl(rng: np.random.Generator) -> Prop:
    r, h = rng.uniform(45, 80), rng.uniform(30, 60)
    t = np.linspace(0, 1, 9)
    outer = np.c_[r * (0.45 + 0.55 * t**0.6), h * t]
    inner = np.c_[r * (0.42 + 0.52 * t[::-1] ** 0.6), h * (0.15 + 0.85 * t[::-1])]
    return _painted(rng, turned(np.concatenate([[(0, 0)], outer, inner, [(0, 0.14 * h)]])), _any_cloth(rng), 0.4)


def _rolled_towel(rng: np.random.Generator) -> Prop:
    r, half = rng.uniform(32, 55), rng.uniform(90, 160)
    points, triangles = capsule(np.array([-half, 0.0, 0]), np.array([half, 0.0, 0]), r, r * rng.uniform(0.9, 1.05), 40)
    ends = abs(points[:, 0]) > half
    points[ends, 0] = np.sign(points[ends, 0]) * half
    points[:, 1:] *= 1 + 0.03 * np.sin(points[:, :1] / 9) + 0.05 * np.sin(3 * np.arctan2(points[:, 2:], points[:, 1:2]))
    out = _painted(rng, (points, triangles), _any_cloth(rng), 0.0, 0.08)
    if rng.random() < 0.3:  # as brown or pink as a limb
        out.colour[:] = linear(((222, 172, 142), (160, 108, 78), (118, 76, 54))[int(rng.integers(3))])
    return out


def _folded_towel(rng: np.random.Generator) -> Prop:
    return _painted(rng, cushion(np.array([95.0, rng.uniform(14, 40), 70]), 0.25), _any_cloth(rng), 0.0, 0.09)


def _pillow(rng: np.random.Generator) -> Prop:
    return _painted(rng, cushion(np.array([rng.uniform(90, 150), rng.uniform(40, 70), 80]), 0.6), _any_cloth(rng), 0.02)


def _phone(rng: np.random.Generator) -> Prop:
    out = _painted(rng, cushion(np.array([37.0, 4, 76]), 0.12), np.full(3, 0.012), 1.2)
    if rng.random() < 0.4:
        out.colour[out.points[:, 1] > 3] = rng.uniform(0.1, 0.8, 3)
    return out


def _candle(rng: np.random.Generator) -> Prop:
    r, h = rng.uniform(25, 40), rng.uniform(40, 110)
    mesh = turned(np.array([(0, 0), (r, 0), (r, h / 2), (r, h), (r - 6, h), (0, h - 4)], float))
    return _painted(rng, mesh, np.array([0.75, 0.66, 0.5]) * rng.uniform(0.5, 1.1, 3), 0.2)


def _roller(rng: np.random.Generator) -> Prop:
    """A wooden foot roller: spindle-shaped, as long as a forearm is wide."""
    x = np.linspace(-1, 1, 40)
    r = 17 + 6 * np.sin(x * 9) ** 2
    points, triangles = turned(np.concatenate([[(0, -90)], np.c_[r, 90 * x], [(0, 90)]]))
    return _painted(rng, (points[:, [1, 0, 2]] * [1, -1, 1], triangles), np.array([0.42, 0.24, 0.1]), 0.2, 0.08)


_THINGS: tuple[Callable[[np.random.Generator], Prop], ...] = (
    _bottle, _bowl, _rolled_towel, _rolled_towel, _folded_towel, _pillow, _phone, _candle, _roller,
)  # fmt: skip
