"""Sketched strokes of thumbs and finger tips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from trainer.model import SIDES
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
from trainer.studio.training.sketched_hands import Array, Pose, anchored, ellipse, flat, grasp, thumb_moves


def kneading(rng: np.random.Generator, T: float) -> Act:
    """Thumbs in turn, together, or one alone."""
    way = str(rng.choice(["turn", "together", "one"], p=[0.6, 0.2, 0.2]))
    rate, r = rng.uniform(60, 140), rng.uniform(10, 20)
    phase = Phase(rate / 2 if way == "turn" else rate, T, rng, rng.uniform(0.03, 0.12), 0.0)
    start, creep = spot(rng), np.array([rng.uniform(-3, 3), 0, 0])
    gap, ratio, share = rng.uniform(15, 25), rng.uniform(0.55, 1), rng.uniform(0.3, 0.9)
    turn = rng.uniform(0, 3) if way == "turn" else 0.0
    offset = rng.normal(0.5, 0.06) if way == "turn" else 0.0
    poses = {s: grasp(s, rng) for s in SIDES}
    alone = any_side(rng) if way == "one" else None
    other = holder(alone, rng) if alone is not None else None

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        out: list[Array | None] = []
        for s, dy, ph in zip(SIDES, (gap, -gap), (phase(t), phase(t) + offset), strict=True):
            if alone is not None and s != alone:
                out.append(other)
                continue
            sense = 1.0 if s == "left" else -1.0
            base = anchored(poses[s], s, 4, start + creep * t + np.array([0, dy, 0]))
            by = ellipse(ph, r, ratio, turn, sense) + np.array([0, 0, 3 - 3 * np.cos(2 * np.pi * ph)])
            out.append(thumb_moves(base, by, share))
        return out[0], out[1], STILL

    if way != "turn":
        return Act(move, SIDES if alone is None else (alone,), phase.events(), rate)
    tops = [highest(r, ratio, turn, 1.0), (highest(r, ratio, turn, -1.0) - offset) % 1.0]
    both = sorted(e for top in tops for e in instants(phase, top) if 0 <= e <= T)
    return Act(move, SIDES, both, rate)


def friction(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(50, 80), rng.uniform(4, 8)
    phase = Phase(rate, T, rng, 0.06, 0.0)
    start, side = spot(rng), any_side(rng)
    pose, other = grasp(side, rng), holder(side, rng)
    share, ratio, turn = rng.uniform(0.2, 0.8), rng.uniform(0.7, 1), rng.uniform(0, 3)
    with_finger = rng.random() < 0.3
    if with_finger:
        pose = flat(side, rng, rng.uniform(-40, 40))
        pose.curl, pose.index_curl = np.array([50.0, 60, 30]), np.array([35.0, 25, 15])

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        by = ellipse(phase(t), r, ratio, turn, 1.0)
        if with_finger:
            hand = anchored(pose, side, 8, start) + by
        else:
            hand = thumb_moves(anchored(pose, side, 4, start), by, share)
        return *pair(other, hand, side), STILL

    phase.offset = highest(r, ratio, turn, 1.0)
    return Act(move, (side,), phase.events(), rate)


def thumb_walking(rng: np.random.Generator, T: float) -> Act:
    return _walking(rng, T, "thumb")


def finger_walking(rng: np.random.Generator, T: float) -> Act:
    return _walking(rng, T, "index")


def _walking(rng: np.random.Generator, T: float, part: str) -> Act:
    rate, bite = rng.uniform(60, 120), rng.uniform(2, 5)
    phase = Phase(rate, T, rng, rng.uniform(0.03, 0.12), 0.75)
    side = any_side(rng)
    pose, other = (
        (grasp(side, rng, 0.2) if part == "thumb" else flat(side, rng, rng.uniform(-40, 40))),
        holder(side, rng),
    )
    if part == "index":
        pose.curl = np.array([55.0, 60, 30])
        pose.along[2] = -0.5
    a, heading = spot(rng, (0.15, 0.4)), rng.uniform(-0.6, 0.6)
    ahead = np.array([np.cos(heading), np.sin(heading), 0.0])
    reach = rng.uniform(60, 110)
    low, high, with_hand = rng.uniform(5, 20), rng.uniform(45, 75), rng.uniform(0.2, 0.9)
    tip = 4 if part == "thumb" else 8
    bent_mean = 0.5 * (low + high)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        ph = phase(t)
        n, x = int(np.floor(ph)), ph % 1.0
        bend = 0.5 - 0.5 * np.cos(2 * np.pi * x)  # bent most at x = 0.5, unbends after
        step = np.clip((x - 0.55) / 0.35, 0, 1)
        s = (n + step) * bite
        along = s % reach
        at = a + ahead * along
        flex = low + (high - low) * bend

        def posed(angle: float) -> Pose:
            if part == "thumb":
                return replace(pose, ip_flex=angle)
            bends = np.array([35.0 - 0.2 * angle, angle, 0.5 * angle])
            return replace(pose, index_curl=bends)

        whole = anchored(posed(flex), side, tip, at)
        level = anchored(posed(bent_mean), side, tip, at)
        shift = with_hand * (whole[0] - level[0])
        hand = level + shift
        chain = (2, 3, 4) if part == "thumb" else (6, 7, 8)
        for k, w in zip(chain, (0.4, 1.0, 1.0) if part == "thumb" else (1.0, 1.0, 1.0), strict=True):
            hand[k] = (1 - w) * hand[k] + w * whole[k]
        return *pair(other, hand, side), STILL

    return Act(move, (side,), phase.events(), rate)


def press_hold(rng: np.random.Generator, T: float) -> Act:
    side, two = any_side(rng), rng.random() < 0.25
    pose, other = grasp(side, rng), holder(side, rng)
    beside = grasp(opposite(side), rng)
    holds, t = [], 0.0
    while t < T - 1.5:
        holds.append((t, spot(rng)))
        t += rng.uniform(4, 9)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        k = max(i for i, (s, _) in enumerate(holds) if s <= t)
        s, at = holds[k]
        before = holds[k - 1][1] if k else at
        w = np.clip((t - s) / 0.4, 0, 1)
        lift = np.array([0, 0, 15 * np.sin(np.pi * w)]) if k else np.zeros(3)
        sway = np.array([0.8 * np.sin(1.7 * t), 0.8 * np.cos(1.1 * t), 0])
        place = before + (at - before) * w + lift + sway
        if two:
            apart = np.array([0.0, 24.0 if side == "left" else -24.0, 0.0])
            second = anchored(beside, opposite(side), 4, place - apart / 2)
            return *pair(second, anchored(pose, side, 4, place + apart / 2), side), STILL
        return *pair(other, anchored(pose, side, 4, place), side), STILL

    return Act(move, SIDES if two else (side,), [s + 0.4 for s, _ in holds], 60 * len(holds) / T)
