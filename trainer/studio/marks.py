"""What marks skin: creases, folds, callus, tendons, spots and nails, as shares (N,) of a limb's vertices."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import Limb
from trainer.studio.complexion import Complexion, linear, mix, noise
from trainer.studio.foot_shape import smooth
from trainer.studio.foot_surface import FootSurface
from trainer.studio.people import Person

POLISHES = ((170, 20, 36), (206, 60, 84), (232, 170, 170), (120, 22, 48), (40, 34, 60), (238, 232, 226), (60, 110, 130))


def line_share(plane: np.ndarray, path: np.ndarray, width: float) -> np.ndarray:
    """(N,) 0..1 near a path (P, 2) on a plane (N, 2), all in mm."""
    out = np.zeros(len(plane))
    near = np.flatnonzero(((plane > path.min(0) - 3 * width) & (plane < path.max(0) + 3 * width)).all(1))
    best = np.full(len(near), 1e9)
    for a, b in itertools.pairwise(path):
        d = b - a
        t = np.clip((plane[near] - a) @ d / (d @ d), 0, 1)
        best = np.minimum(best, ((plane[near] - a - t[:, None] * d) ** 2).sum(1))
    out[near] = np.exp(-best / width**2)
    return out


def thenar(body: Anatomy) -> np.ndarray:
    """(2,) mm: the middle of the thumb's ball on the plane of the palm (radial, fingers)."""
    limb = body.limb
    ball = 0.5 * (limb.heads[limb.index("finger1-1")] + limb.heads[limb.index("finger1-2")]) - body.wrist
    return np.array([ball @ body.frame[:, 0], ball @ body.frame[:, 1]])


def palm_lines(body: Anatomy, plane: np.ndarray, who: Person) -> np.ndarray:
    """(N,) 0..1 on the palm's three great creases and some lesser ones."""
    limb, rng = body.limb, who.luck(311)
    index, little = (limb.heads[limb.index(n)] - body.wrist for n in ("finger2-1", "finger5-1"))
    r1, r0 = index @ body.frame[:, 0] + 9, little @ body.frame[:, 0] - 9
    top = 0.5 * (index + little) @ body.frame[:, 1]

    def path(*points: tuple[float, float]) -> np.ndarray:
        moved = np.array(points) + rng.normal(0, 0.02, (len(points), 2))
        fine = np.linspace(0, len(points) - 1, 14)
        moved = np.stack([np.interp(fine, np.arange(len(points)), moved[:, k]) for k in (0, 1)], axis=1)
        moved[1:-1] = 0.25 * moved[:-2] + 0.5 * moved[1:-1] + 0.25 * moved[2:]
        return np.stack([r0 + (r1 - r0) * moved[:, 0], top * moved[:, 1]], axis=1)

    heart = path((0.0, 0.80), (0.3, 0.80), (0.55, 0.88), (0.72, 1.02))
    head = path((1.0, 0.76), (0.7, 0.74), (0.4, 0.64), (0.12, 0.52))
    life = path((1.0, 0.74), (0.78, 0.64), (0.60, 0.42), (0.56, 0.2), (0.62, 0.03))
    out = line_share(plane, heart, 1.1) + line_share(plane, head, 1.1) + 1.1 * line_share(plane, life, 1.2)
    for _ in range(5):
        a = rng.uniform([0.15, 0.15], [0.8, 0.8])
        b = a + rng.normal(0, 0.16, 2)
        out += rng.uniform(0.2, 0.5) * line_share(plane, path(tuple(a), tuple(b)), 0.9)
    return np.asarray(np.clip(out, 0, 1.1))


def hand_tendons(body: Anatomy, plane: np.ndarray) -> np.ndarray:
    """(N,) 0..1 on the tendons from the wrist to the knuckles."""
    limb = body.limb
    out = np.zeros(len(plane))
    for k in range(2, 6):
        knuckle = (limb.heads[limb.index(f"finger{k}-1")] - body.wrist) @ body.frame[:, :2]
        start = 0.22 * knuckle
        t = (plane - start) @ (knuckle - start) / ((knuckle - start) @ (knuckle - start))
        line = line_share(plane, np.stack([start, knuckle]), 2.3)
        out = np.maximum(out, line * smooth(0.0, 0.5, t) * smooth(1.05, 0.9, t))
    return out


def finger_joints(
    limb: Limb, points: np.ndarray, palmar: np.ndarray, who: Person
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Redness, darkness and height (mm), each (N,), of knuckles, folds and fingertips."""
    red, dark, height = np.zeros(len(points)), np.zeros(len(points)), np.zeros(len(points))
    older = 0.6 + 0.5 * float(smooth(30, 75, np.array(who.years)))
    for k in range(1, 6):
        for p in (1, 2, 3):
            j = limb.index(f"finger{k}-{p}")
            a, d = limb.heads[j], limb.tails[j] - limb.heads[j]
            offset = points - a
            along = offset @ (d / np.linalg.norm(d))
            distance = np.linalg.norm(offset, axis=1)
            near = smooth(19, 14, distance)
            red += 0.8 * np.exp(-((distance / 10) ** 2)) * (1 - palmar)
            along = along + 0.5 * noise(points, 9, who.seed + 21)
            lines = np.exp(-((along / 0.9) ** 2)) + 0.7 * np.exp(-(((along - 2.8) / 0.8) ** 2))
            if p > 1 or k == 1:
                dark += near * palmar * lines
                height -= 0.45 * near * palmar * lines
            if p > 1:
                wrinkles = (0.5 + 0.5 * np.cos(along * 2.3)) * np.exp(-((along / 6.0) ** 2))
                dark += 0.5 * older * near * (1 - palmar) * wrinkles
                height -= 0.35 * older * near * (1 - palmar) * wrinkles
        tip = limb.tails[limb.index(f"finger{k}-3")]
        red += 0.9 * np.exp(-((np.linalg.norm(points - tip, axis=1) / 12) ** 2))
    return red, dark, height


def sole_marks(foot: FootSurface, sole: np.ndarray, who: Person) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Redness, darkness and height (mm), each (N,), of a sole: what bears weight is red, what bends is creased."""
    rng = who.luck(5)
    u, v = foot.uv[:, 0], foot.uv[:, 1]
    mm = np.stack([v * foot.width_mm, u * foot.length_mm], axis=1)

    def blob(at_u: float, at_v: float, size: float) -> np.ndarray:
        return np.exp(-(((u - at_u) / size) ** 2) - (((v - at_v) / (size * 2.3)) ** 2))

    red = 1.1 * blob(0.09, 0.47, 0.10) + blob(0.72, 0.18, 0.08) + 0.9 * blob(0.68, 0.6, 0.08)
    red += 0.8 * blob(0.63, 0.9, 0.07) + 0.5 * blob(0.35, 0.9, 0.12) + 0.9 * smooth(0.84, 0.93, u)
    red = 0.75 * red - 0.75 * blob(0.42, 0.3, 0.14)
    dark, height = np.zeros(len(u)), np.zeros(len(u))
    older = float(smooth(30, 75, np.array(who.years)))

    def crease(start: np.ndarray, end: np.ndarray, strength: float, width: float) -> None:
        t = np.linspace(0, 1, 9)[:, None]
        wander = np.cumsum(rng.normal(0, 1.7, (9, 2)), axis=0) * np.sin(np.pi * t)
        path = start + (end - start) * t + wander
        line = strength * line_share(mm, path, width) * sole
        np.add(dark, 0.55 * line, out=dark)
        np.subtract(height, 0.26 * line, out=height)

    size = np.array([foot.width_mm, foot.length_mm])
    # Long folds from the inner arch towards the outer ball, the skin's own lines across the arch, and along its middle.
    for _ in range(int(rng.integers(2, 4))):
        a = np.array([rng.uniform(0.02, 0.2), rng.uniform(0.40, 0.6)])
        crease(
            a * size,
            (a + np.array([rng.uniform(0.35, 0.7), rng.uniform(0.02, 0.14)])) * size,
            rng.uniform(0.45, 0.9),
            1.2,
        )
    for _ in range(int(rng.integers(5, 9) + 6 * older)):
        a = np.array([rng.uniform(0.1, 0.7), rng.uniform(0.22, 0.62)])
        b = a + np.array([rng.uniform(0.12, 0.3), rng.normal(0, 0.02)])
        crease(a * size, b * size, rng.uniform(0.15, 0.45), 0.9)
    for _ in range(int(rng.integers(0, 3))):
        a = np.array([rng.uniform(0.3, 0.6), rng.uniform(0.3, 0.45)])
        crease(
            a * size, (a + np.array([rng.normal(0, 0.06), rng.uniform(0.15, 0.28)])) * size, rng.uniform(0.3, 0.7), 1.1
        )
    edge = smooth(0.6, 0.9, np.hypot((u - 0.10) / 0.10, (v - 0.47) / 0.30))
    cracked = rng.uniform(0, 1.0) ** 2 * (0.35 + 0.65 * older)
    turn = np.arctan2(v - 0.47, (u - 0.13) * 3) * 17 + 1.6 * noise(foot.vertices, 12, who.seed + 31)
    cracks = smooth(0.80, 0.97, np.sin(turn)) * edge * sole * smooth(0.22, 0.15, u) * cracked
    dark += 0.9 * cracks
    height -= 0.5 * cracks + 0.10 * sole * np.exp(-((noise(foot.vertices, 4.5, who.seed + 32) / 0.3) ** 2))
    return sole * np.clip(red, -0.4, 1), dark, height


def callus(foot: FootSurface, sole: np.ndarray, who: Person) -> np.ndarray:
    """(N,) 0..1 yellowish hard skin around the heel, at the great toe and under the ball."""
    u, v = foot.uv[:, 0], foot.uv[:, 1]
    rim = np.exp(-(((np.hypot((u - 0.10) / 0.10, (v - 0.47) / 0.30) - 0.95) / 0.25) ** 2)) * smooth(0.24, 0.15, u)
    spots = np.exp(-(((u - 0.74) / 0.03) ** 2) - ((v - 0.1) / 0.08) ** 2)
    spots += np.exp(-(((u - 0.69) / 0.025) ** 2) - ((v - 0.5) / 0.1) ** 2)
    rough = 0.7 + 0.3 * noise(foot.vertices, 6, who.seed + 33)
    return np.asarray(np.clip(sole * (rim + 0.7 * spots) * rough * who.luck(6).uniform(0.1, 0.9), 0, 1))


def toe_folds(foot: FootSurface) -> np.ndarray:
    """(N,) 0..1 on the folds at the toes' joints."""
    limb, out = foot.limb, np.zeros(len(foot.vertices))
    for k in range(1, 6):
        for p in (2, 3):
            if k == 1 and p == 3:
                continue
            j = limb.index(f"toe{k}-{p}")
            d = limb.tails[j] - limb.heads[j]
            offset = foot.vertices - limb.heads[j]
            along = offset @ (d / np.linalg.norm(d))
            mine = limb.fine_weights[:, [i for i, n in enumerate(limb.names) if n.startswith(f"toe{k}")]].sum(1)
            lines = np.exp(-((along / 1.1) ** 2)) + 0.6 * np.exp(-(((along + 2.9) / 1.0) ** 2))
            out += smooth(0.3, 0.8, mine) * smooth(20, 13, np.linalg.norm(offset, axis=1)) * lines
    return np.clip(out, 0, 1)


def spots(colour: np.ndarray, points: np.ndarray, hairy: np.ndarray, who: Person) -> np.ndarray:
    """The colours with freckles, age spots and moles on hairy skin (N,)."""
    rng = who.luck(321)
    light = 1 - who.tone / 9
    older = float(smooth(45, 80, np.array(who.years)))
    freckles = int(rng.integers(30, 140) * (rng.random() < 0.3 * light))
    aged, moles = int(rng.poisson(26 * older)), int(rng.poisson(2.5))
    kinds = ((freckles, (0.7, 1.4), 0.22), (aged, (1.2, 3.4), 0.34), (moles, (0.7, 1.5), 0.62))
    share, tree = np.zeros(len(points)), cKDTree(points)
    for count, sizes, strength in kinds:
        for _ in range(count):
            middle, size = points[int(rng.integers(len(points)))], rng.uniform(*sizes)
            near = tree.query_ball_point(middle, 2 * size)
            far = ((points[near] - middle) ** 2).sum(1) / size**2
            share[near] = np.maximum(share[near], strength * rng.uniform(0.5, 1) * np.exp(-(far**2)))
    return np.asarray(colour * (1 - (share * hairy)[:, None] * np.array([0.75, 0.95, 1.05])))


@dataclass(frozen=True, eq=False)
class Nails:
    """Shares (N,): the plate, its pale free edge, its half-moon, and the dark groove around it."""

    plate: np.ndarray
    edge: np.ndarray
    moon: np.ndarray
    groove: np.ndarray


def nails(limb: Limb, points: np.ndarray, normals: np.ndarray, ends: list[str], up: dict[str, np.ndarray]) -> Nails:
    """The nails at the bones `ends`, whose plates face `up`."""
    plate, edge, moon, groove = (np.zeros(len(points)) for _ in range(4))
    for end in ends:
        j = limb.index(end)
        a, b = limb.heads[j], limb.tails[j]
        length = np.linalg.norm(b - a)
        d = (b - a) / length
        back = up[end] - d * (up[end] @ d)
        back /= np.linalg.norm(back)
        t = (points - a) @ d / length
        aside = abs(normals @ np.cross(d, back))
        mine = (limb.fine_weights[:, j] > 0.6) * smooth(0.15, 0.35, normals @ back)
        root = 0.47 + 0.10 * aside**2
        inside = mine * smooth(0.80, 0.64, aside) * smooth(root - 0.05, root + 0.06, t)
        plate = np.maximum(plate, inside)
        edge = np.maximum(edge, inside * smooth(0.5, 0.8, normals @ d))
        moon = np.maximum(moon, inside * smooth(root + 0.16, root + 0.08, t) * smooth(0.5, 0.3, aside))
        around = mine * smooth(0.92, 0.80, aside) * smooth(root - 0.10, root - 0.04, t)
        groove = np.maximum(groove, np.clip(around - inside, 0, 1))
    return Nails(plate, edge, moon, groove)


def paint_nails(
    colour: np.ndarray, plates: Nails, who: Person, tones: Complexion, *, foot: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The colours (N, 3) with nails, natural or polished, and their shine (N,)."""
    rng = who.luck(331 if foot else 332)
    polished = rng.random() < ((0.34 if foot else 0.16) if who.female else 0.02)
    older = float(smooth(45, 80, np.array(who.years)))
    colour = colour * (1 - 0.22 * plates.groove)[:, None]
    if polished:
        hue = linear(POLISHES[int(rng.integers(len(POLISHES)))])
        return mix(colour, hue[None], plates.plate), 0.9 * plates.plate
    nail = tones.nail * np.array([1, 1 - 0.05 * older, 1 - 0.22 * older * (1.6 if foot else 1.0)])
    colour = mix(colour, nail[None], 0.85 * plates.plate)
    colour = mix(colour, np.clip(nail * 1.18 + 0.03, 0, 0.8)[None], 0.6 * plates.moon * float(rng.uniform(0.2, 1)))
    white = 0.45 * nail + np.array([0.25, 0.23, 0.19])
    return mix(colour, white[None], 0.7 * plates.edge * float(rng.uniform(0.1, 0.9))), 0.45 * plates.plate
