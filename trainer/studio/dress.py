"""What people wear: sleeves, gloves, watches and rings; trousers, leggings or bare legs.

A layer covers a share of each vertex of a limb with its own colour, and stands off the skin by some millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainer.studio.complexion import linear, noise
from trainer.studio.foot_shape import smooth
from trainer.studio.people import Person

if TYPE_CHECKING:
    from trainer.studio.bodies import Limb

CLOTH_COLOURS = (
    (244, 243, 240), (28, 30, 34), (38, 52, 84), (96, 104, 112), (70, 110, 120), (128, 52, 58), (206, 188, 164),
    (92, 112, 82), (164, 176, 196), (184, 140, 152), (58, 44, 78), (226, 206, 120), (150, 92, 60), (62, 96, 150),
)  # fmt: skip
GLOVE_COLOURS = ((62, 108, 190), (24, 25, 28), (232, 232, 228), (120, 84, 160), (226, 208, 168))
# The underside of a hem reaches this far down: its edge is cloth all the way to the skin.
HEM_MM = 2.2
CUFF_MM = 58.0  # a glove covers the wrist up to here
METALS = ((212, 176, 104), (196, 198, 202), (210, 160, 140))


@dataclass(frozen=True)
class Outfit:
    """sleeve_mm: from the wrist to the sleeve's hem; trouser_mm: from the ankle to the hem, or None for a bare
    leg; loose: how far cloth stands off, mm; glove, watch, ring: sRGB colours or None; ring_finger: 2 to 5."""

    sleeve_mm: float
    sleeve_loose: float
    trouser_mm: float | None
    trouser_loose: float
    glove: tuple[int, int, int] | None
    watch: tuple[int, int, int] | None
    watch_side: str
    bracelet: bool
    ring: tuple[int, int, int] | None
    ring_side: str
    ring_finger: int


@dataclass(frozen=True, eq=False)
class Layer:
    """share (N,) 0..1 covered; colour (N, 3) linear; shine 0..1 as of wet skin; height (N,) mm of its folds."""

    share: np.ndarray
    colour: np.ndarray
    shine: float
    height: np.ndarray


def outfit(who: Person) -> Outfit:
    """What somebody wears today."""
    rng = who.luck(211)
    kinds = {"cap": 410.0, "short": 330.0, "elbow": 235.0, "three-quarter": 150.0, "long": 48.0, "pushed": 95.0}
    kind = str(rng.choice(list(kinds), p=[0.10, 0.40, 0.14, 0.16, 0.10, 0.10]))
    hem = kinds[kind] + rng.uniform(-22, 30)
    legs = {"bare": None, "calf": 215.0, "ankle": 120.0, "leggings": 150.0}
    leg = str(rng.choice(list(legs), p=[0.22, 0.34, 0.24, 0.20]))
    trousers = legs[leg]
    glove = GLOVE_COLOURS[int(rng.integers(len(GLOVE_COLOURS)))] if rng.random() < 0.08 else None
    metal = METALS[int(rng.choice(3, p=[0.5, 0.38, 0.12]))]
    watch = [None, (30, 30, 32), (120, 74, 46), (178, 180, 184)][int(rng.choice(4, p=[0.86, 0.07, 0.03, 0.04]))]
    covered = glove is not None or hem < 80
    return Outfit(
        sleeve_mm=hem,
        sleeve_loose=float(rng.uniform(2.5, 9.0)),
        trouser_mm=None if trousers is None else trousers + rng.uniform(-25, 40),
        trouser_loose=float(rng.uniform(0.8, 1.6) if leg == "leggings" else rng.uniform(5, 14)),
        glove=glove,
        watch=None if covered else watch,
        watch_side="left" if rng.random() < 0.8 else "right",
        bracelet=bool(not covered and rng.random() < 0.09),
        ring=metal if glove is None and rng.random() < 0.2 else None,
        ring_side="left" if rng.random() < 0.6 else "right",
        ring_finger=int(rng.choice([2, 3, 4, 5], p=[0.14, 0.14, 0.62, 0.10])),
    )


def up_the_arm(limb: Limb) -> np.ndarray:
    """(N,) mm from the wrist towards the shoulder, along the bones; negative in the hand."""
    points = np.asarray(limb.fine.matrix @ limb.rest)
    wrist, elbow = limb.heads[limb.index("wrist")], limb.heads[limb.index("upperarm02")]
    length = np.linalg.norm(elbow - wrist)
    fore = (points - wrist) @ (elbow - wrist) / length
    upper = limb.fine_weights[:, limb.index("upperarm02")]
    shoulder = (points[upper > 0.9] - elbow).mean(0)
    beyond = length + (points - elbow) @ shoulder / np.linalg.norm(shoulder)
    return np.asarray(fore * (1 - upper) + beyond * upper)


def up_the_leg(limb: Limb) -> np.ndarray:
    """(N,) mm from the ankle towards the knee."""
    points = np.asarray(limb.fine.matrix @ limb.rest)
    ankle, knee = limb.heads[limb.index("lowerleg02")], limb.heads[limb.index("lowerleg01")]
    return np.asarray((points - ankle) @ (knee - ankle) / np.linalg.norm(knee - ankle))


def _folds(along: np.ndarray, points: np.ndarray, who: Person, number: int, loose: float) -> np.ndarray:
    """(N,) mm: rings of gathered cloth, irregular."""
    bend = 9 * noise(points, 60, who.seed + number)
    rings = np.sin((along + bend) / 7.5) + 0.6 * np.sin((along - bend) / 4.1 + 1.0)
    return np.asarray(0.16 * min(loose, 7.0) * rings * (0.6 + 0.4 * noise(points, 35, who.seed + number + 1)))


def sleeve_offset(limb: Limb, who: Person) -> np.ndarray:
    """(N,) mm by which sleeve, glove, watch and rings stand off the skin of a hand and its arm."""
    wears, points = outfit(who), limb.surface
    along = up_the_arm(limb)
    out = np.zeros(len(points))
    past = along - wears.sleeve_mm
    if past.max() > 0:
        cloth = 1.2 + wears.sleeve_loose * (0.75 + 0.25 * smooth(60, 0, past)) + _folds(along, points, who, 31, 6.0)
        out = np.where(past > 0, cloth, out)
    if wears.glove is not None:
        out = np.maximum(out, np.where(along < CUFF_MM, 0.5 + 1.4 * (along > CUFF_MM - 5), 0))
    return np.asarray((out + _band_height(limb, points, along, wears)).astype(np.float32))


def _band_height(limb: Limb, points: np.ndarray, along: np.ndarray, wears: Outfit) -> np.ndarray:
    band, face, bracelet, ring = _jewels(limb, points, along, wears)
    return np.asarray(2.2 * band + 4.5 * face + 1.8 * bracelet + 0.9 * ring)


def _jewels(limb: Limb, points: np.ndarray, along: np.ndarray, wears: Outfit) -> tuple[np.ndarray, ...]:
    """(N,) 0 or 1 each: on the watch's band, its face, a bracelet, a ring."""
    none = np.zeros(len(points))
    band = face = bracelet = ring = none
    if wears.watch is not None and limb.side == wears.watch_side:
        band = (abs(along - 30) < 9).astype(float)
        wrist = limb.heads[limb.index("wrist")]
        knuckle = limb.heads[limb.index("finger3-1")]
        aside = limb.heads[limb.index("finger2-1")] - limb.heads[limb.index("finger5-1")]
        curl = limb.tails[limb.index("finger3-3")] - knuckle
        back = np.cross(knuckle - wrist, aside)
        back *= -np.sign(back @ curl) / np.linalg.norm(back)
        arm = limb.heads[limb.index("upperarm02")] - wrist
        middle = wrist + 30 * arm / np.linalg.norm(arm) + 24 * back
        face = (np.linalg.norm(points - middle, axis=1) < 19) * band.clip(abs(along - 30) < 17, 1)
    elif wears.bracelet and limb.side != wears.watch_side:
        bracelet = (abs(along - 24) < 2.6).astype(float)
    if wears.ring is not None and limb.side == wears.ring_side:
        j = limb.index(f"finger{wears.ring_finger}-1")
        a, b = limb.heads[j], limb.tails[j]
        t = (points - a) @ (b - a) / np.linalg.norm(b - a) - 0.62 * np.linalg.norm(b - a)
        ring = (abs(t) < 2.2) * (limb.fine_weights[:, j] > 0.5).astype(float)
    return band, face, bracelet, ring


def trouser_offset(limb: Limb, who: Person) -> np.ndarray:
    """(N,) mm by which trousers stand off the leg."""
    wears, points = outfit(who), limb.surface
    if wears.trouser_mm is None:
        return np.zeros(len(points))
    along = up_the_leg(limb)
    past = along - wears.trouser_mm
    loose = wears.trouser_loose
    cloth = 1.0 + loose * (0.7 + 0.3 * smooth(40, 0, past)) + _folds(along, points, who, 41, loose)
    return np.where(past > 0, np.maximum(cloth, 0.8), 0.0)


def _cloth(points: np.ndarray, along: np.ndarray, who: Person, number: int) -> np.ndarray:
    """(N, 3) linear colour of a cloth: plain, heather or with broad stripes around the limb."""
    rng = who.luck(number)
    base, other = (linear(CLOTH_COLOURS[i]) * rng.uniform(0.75, 1.05) for i in rng.integers(len(CLOTH_COLOURS), size=2))
    kind = str(rng.choice(["plain", "heather", "rings"], p=[0.66, 0.2, 0.14]))
    share = {
        "plain": np.zeros(len(points)),
        "heather": 0.07 * noise(points, 40, who.seed + number).clip(0, 2),
        # Broader than the mesh is coarse, with a soft edge.
        "rings": smooth(-0.1, 0.5, np.sin(along / rng.uniform(48, 95) * 2 * np.pi)),
    }[kind]
    colour = base + (other - base) * share[:, None]
    weave = 1 + 0.05 * noise(points, 7.0, who.seed + number + 1)
    return np.asarray(np.clip(colour * weave[:, None], 0.006, 0.85))


def on_arm(limb: Limb, points: np.ndarray, who: Person) -> list[Layer]:
    """The layers over a hand and its arm, inner ones first."""
    wears = outfit(who)
    along = up_the_arm(limb)
    layers: list[Layer] = []
    flat = np.zeros(len(points))
    if wears.glove is not None:
        edge = 1 - 0.25 * ((along > CUFF_MM - 8) & (along < CUFF_MM - 5))
        colour = linear(wears.glove) * (edge * (1 + 0.04 * noise(points, 6, who.seed + 51)))[:, None]
        wrinkles = 0.12 * abs(noise(points, 5, who.seed + 52)) + 0.15 * noise(points, 11, who.seed + 53)
        layers.append(Layer((along < CUFF_MM + 1).astype(float), colour, 0.45, wrinkles))
    band, face, bracelet, ring = _jewels(limb, points, along, wears)
    if wears.watch is not None:
        layers.append(Layer(band, np.tile(linear(wears.watch), (len(points), 1)), 0.3, flat))
        layers.append(Layer(face, np.tile(linear((22, 24, 28)), (len(points), 1)), 1.0, flat))
    if bracelet.any() or ring.any():
        metal = linear(wears.ring if wears.ring is not None else METALS[0])
        layers.append(Layer(np.maximum(bracelet, ring), np.tile(metal, (len(points), 1)), 1.0, flat))
    past = along - wears.sleeve_mm
    hem = 1 - 0.22 * ((past > 12) & (past < 15)) - 0.35 * (past < 2)
    cloth = _cloth(points, along, who, 61) * hem[:, None]
    layers.append(Layer((past > -HEM_MM).astype(float), cloth, 0.0, 0.25 * noise(points, 8, who.seed + 62)))
    return layers


def on_leg(limb: Limb, points: np.ndarray, who: Person) -> list[Layer]:
    """The layers over a leg."""
    wears = outfit(who)
    if wears.trouser_mm is None:
        return []
    along = up_the_leg(limb)
    past = along - wears.trouser_mm
    hem = 1 - 0.22 * ((past > 14) & (past < 18)) - 0.35 * (past < 3)
    cloth = _cloth(points, along, who, 71) * hem[:, None]
    return [Layer((past > -HEM_MM).astype(float), cloth, 0.0, 0.4 * noise(points, 9, who.seed + 72))]
