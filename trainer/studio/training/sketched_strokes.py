"""Sketched strokes: how twelve techniques and rest move sketched hands, with every repetition's instant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from trainer.model import SIDES, Side
from trainer.studio.training.sketched_acts import (
    STILL,
    Act,
    Phase,
    any_side,
    highest,
    holder,
    instants,
    opposite,
    pair,
    spot,
)
from trainer.studio.training.sketched_hands import (
    LENGTH,
    WIDTH,
    Array,
    anchored,
    ellipse,
    flat,
    grasp,
    pinch,
    pinching,
)
from trainer.studio.training.sketched_thumbs import finger_walking, friction, kneading, press_hold, thumb_walking


def effleurage(rng: np.random.Generator, T: float) -> Act:
    """Passes of one hand, of both, or of one after the other; towards the toes or back from them."""
    slow = rng.random() < 0.6
    rate = rng.uniform(8, 20) if slow else rng.uniform(25, 48)
    way = str(rng.choice(["one", "both", "turn"], p=[0.4, 0.35, 0.25]))
    phase = Phase(rate / 2 if way == "turn" else rate, T, rng, 0.08, 0.0)
    alone = any_side(rng)
    poses = {s: flat(s, rng, rng.uniform(-30, 30)) for s in SIDES}
    lo, hi, work = rng.uniform(0.05, 0.2), rng.uniform(0.75, 0.95), rng.uniform(0.5, 0.75)
    if rng.random() < 0.3:
        lo, hi = hi, lo
    lift, wide = rng.uniform(5, 35), rng.uniform(0, 18)
    other = holder(alone, rng) if way == "one" and rng.random() < 0.6 else None

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        hands: dict[str, Array | None] = {"left": None, "right": None}
        for k, s_ in enumerate(SIDES):
            if way == "one" and s_ != alone:
                hands[s_] = other
                continue
            x = (phase(t) + (0.5 * k if way == "turn" else 0.0)) % 1.0
            if x < work:
                s, z = 0.5 - 0.5 * np.cos(np.pi * x / work), 0.0
            else:
                q = (x - work) / (1 - work)
                s, z = 0.5 + 0.5 * np.cos(np.pi * q), lift * np.sin(np.pi * q)
            dy = 0.0 if way == "one" else (wide + 15 if s_ == "left" else -wide - 15)
            at = np.array([LENGTH * (lo + (hi - lo) * s), WIDTH / 2 + dy + 6 * np.sin(2 * np.pi * x), z + 12])
            hands[s_] = anchored(poses[s_], s_, (0, 5, 9, 13, 17, 12), at)
        return hands["left"], hands["right"], STILL

    cycles = phase.events() + ([e for e in instants(phase, 0.5) if 0 <= e <= T] if way == "turn" else [])
    return Act(move, (alone,) if way == "one" else SIDES, sorted(cycles), rate)


def knuckling(rng: np.random.Generator, T: float) -> Act:
    """One fist, or both in turn."""
    two = rng.random() < 0.3
    rate, r = rng.uniform(20, 60), rng.uniform(12, 30) * (0.7 if two else 1.0)
    phase = Phase(rate / 2 if two else rate, T, rng, 0.08, 0.0)
    side, start = any_side(rng), spot(rng, (0.3, 0.7))
    poses = {s: flat(s, rng, rng.uniform(-50, 50)) for s in SIDES}
    for pose in poses.values():
        pose.curl = np.array([80.0, 95, 55]) * rng.uniform(0.85, 1.1)
        pose.abduct, pose.oppose, pose.ip_flex = 20, 40, 40
    other = holder(side, rng)
    roll, turn, ratio = rng.uniform(5, 25), 0.0 if two else rng.uniform(0, 3), rng.uniform(0.2, 1.0)

    def fist(s: Side, ph: float, dy: float) -> Array:
        along = poses[s].along.copy()
        along[2] += -0.35 + np.radians(roll) * np.sin(2 * np.pi * ph)
        at = start + np.array([0, dy, 0]) + ellipse(ph, r, ratio, turn, 1.0)
        return anchored(replace(poses[s], along=along), s, (6, 10, 14, 18), at)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        if two:
            return fist("left", phase(t), 28.0), fist("right", phase(t) + 0.5, -28.0), STILL
        return *pair(other, fist(side, phase(t), 0.0), side), STILL

    phase.offset = highest(r, ratio, turn, 1.0)
    if not two:
        return Act(move, (side,), phase.events(), rate)
    both = phase.events() + [e for e in instants(phase, (phase.offset + 0.5) % 1.0) if 0 <= e <= T]
    return Act(move, SIDES, sorted(both), rate)


def tapotement(rng: np.random.Generator, T: float) -> Act:
    rate = rng.uniform(150, 290)
    two = rng.random() < 0.7
    phase = Phase(rate / (2 if two else 1), T, rng, 0.06, 0.0)
    poses = {s: flat(s, rng, rng.uniform(-50, 50)) for s in SIDES}
    edges = rng.random() < 0.25  # the hands' edges instead of the fingers
    for s, p in poses.items():
        p.curl, p.along[2] = np.array([35.0, 35, 20]) * (0.4 if edges else 1.0), -0.35
        if edges:
            p.palm = np.array([0.0, -0.9 if s == "left" else 0.9, -0.3])
    start, height, side = spot(rng), rng.uniform(20, 50), any_side(rng)
    drift = rng.uniform(-8, 8)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        hands: dict[str, Array | None] = {"left": None, "right": None}
        for s, dy, off in zip(SIDES, (22.0, -22.0), (0.0, 0.5), strict=True):
            if not two and s != side:
                continue
            x = (phase(t) + off) % 1.0
            h = height * np.sin(np.pi * x) ** 1.3
            swing = 0.5 * h / 80
            p = poses[s]
            along = p.along + np.array([0, 0, swing])
            q = replace(p, along=along)
            base = anchored(q, s, 0, np.zeros(3))
            rest_ = anchored(p, s, (17, 18, 20) if edges else (8, 12, 16), start + np.array([drift * t, dy, 0]))
            hands[s] = base + rest_[0] + np.array([0, 0, 0.6 * h])
        return hands["left"], hands["right"], STILL

    cycles = phase.events() + ([e for e in instants(phase, 0.5) if 0 <= e <= T] if two else [])
    return Act(move, ("left", "right") if two else (side,), sorted(cycles), rate)


def wringing(rng: np.random.Generator, T: float) -> Act:
    rate, swing = rng.uniform(30, 80), rng.uniform(12, 30)
    phase = Phase(rate / 2, T, rng, 0.07, 0.0)
    poses = {s: grasp(s, rng, 0.1) for s in SIDES}
    centre, gap = LENGTH * rng.uniform(0.4, 0.6), rng.uniform(20, 35)
    together = rng.random() < 0.5

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        d = np.cos(2 * np.pi * phase(t))
        out = []
        for s, sx in zip(SIDES, (1.0, -1.0), strict=True):
            y = WIDTH / 2 + sx * (30 if not together else 12)
            at = np.array([centre + sx * gap, y + sx * swing * d, 15.0 + 10 * d * sx])
            out.append(anchored(poses[s], s, (5, 9, 4), at))
        return out[0], out[1], np.array([0.01 * d, 0, 0, 0.5 * d])

    n = np.arange(len(phase.knots) * 2) / 2
    ev = np.interp(n, np.arange(len(phase.knots)), phase.knots)
    return Act(move, ("left", "right"), [float(e) for e in ev if 0 <= e <= T and e < phase.knots[-1]], rate)


def _toe(rng: np.random.Generator) -> Array:
    return np.array([0.9 * LENGTH, WIDTH * rng.choice([0.2, 0.45, 0.6, 0.77]), 0.0])


def toe_rotation(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(20, 60), rng.uniform(7, 15)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side, at = any_side(rng), _toe(rng)
    pose, other, tilt = pinch(side, rng), holder(side, rng), rng.uniform(0, 1.1)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        e = ellipse(phase(t), r, 1.0, 0, 1.0)
        by = np.array([e[0] * np.cos(tilt), e[1], e[0] * np.sin(tilt)])
        return *pair(other, pinching(pose, side, at + by), side), STILL

    return Act(move, (side,), phase.events(), rate)


def toe_pull(rng: np.random.Generator, T: float) -> Act:
    rate, reach = rng.uniform(10, 30), rng.uniform(22, 45)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side, at = any_side(rng), _toe(rng) - np.array([15.0, 0, 0])
    pose, other, work = pinch(side, rng), holder(side, rng), rng.uniform(0.55, 0.75)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        x = phase(t) % 1.0
        s = x / work if x < work else 1 - (x - work) / (1 - work)
        z = 0.0 if x < work else 12 * np.sin(np.pi * (x - work) / (1 - work))
        s = 0.5 - 0.5 * np.cos(np.pi * s)
        return *pair(other, pinching(pose, side, at + np.array([reach * s, 0, z])), side), STILL

    return Act(move, (side,), phase.events(), rate)


def ankle_rotation(rng: np.random.Generator, T: float) -> Act:
    rate, swing = rng.uniform(10, 30), rng.uniform(0.12, 0.35)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side = any_side(rng)
    fore = anchored(grasp(side, rng), side, 4, np.array([0.7 * LENGTH, WIDTH / 2, 0]))
    heel = anchored(
        grasp(opposite(side), rng), opposite(side), (5, 9), np.array([0.08 * LENGTH, WIDTH / 2, -10])
    )
    squash = rng.uniform(0.5, 1.0)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        p = 2 * np.pi * phase(t)
        slip = np.array([2 * np.cos(p), 2 * np.sin(p), 0])
        return *pair(heel, fore + slip, side), np.array(
            [swing * np.cos(p), squash * swing * np.sin(p), 0, 0]
        )

    return Act(move, ("left", "right"), phase.events(), rate)


def rest(rng: np.random.Generator, T: float, kind: int | None = None) -> Act:
    kind = int(rng.integers(0, 4)) if kind is None else kind
    poses = {s: flat(s, rng, rng.uniform(-60, 60)) for s in ("left", "right")}
    if kind == 0:  # out of the picture
        return Act(lambda t: (None, None, STILL), (), [], np.nan)
    away = {s: np.array([LENGTH * rng.uniform(-0.2, 0.4), WIDTH / 2 + sy * rng.uniform(120, 180), -20.0])
            for s, sy in (("left", 1.0), ("right", -1.0))}  # fmt: skip
    over = {s: spot(rng) + np.array([0, 20.0 * sy, 12.0]) for s, sy in (("left", 1.0), ("right", -1.0))}

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        out = []
        for s in ("left", "right"):
            if kind == 1:  # beside the foot, idle
                at = away[s] + 6 * np.array([np.sin(0.9 * t), np.cos(0.7 * t), 0])
            elif kind == 2:  # lying flat and still on the foot
                at = over[s] + 0.5 * np.array([np.sin(1.1 * t), np.cos(0.8 * t), 0])
            else:  # leaving, wandering, coming back
                w = 0.5 - 0.5 * np.cos(2 * np.pi * np.clip(t / max(T, 1.0), 0, 1))
                at = over[s] * (1 - w) + (away[s] + np.array([0, 0, 90.0])) * w
            out.append(anchored(poses[s], s, (0, 5, 9, 13, 17), at))
        return out[0], out[1], STILL

    return Act(move, (), [], np.nan)


MAKERS: dict[str, Callable[[np.random.Generator, float], Act]] = {
    "effleurage": effleurage, "kneading": kneading, "knuckling": knuckling, "thumb_walking": thumb_walking,
    "finger_walking": finger_walking, "friction": friction, "tapotement": tapotement, "press_hold": press_hold,
    "wringing": wringing, "toe_rotation": toe_rotation, "toe_pull": toe_pull, "ankle_rotation": ankle_rotation,
    "rest": rest,
}  # fmt: skip
