"""Made-up massage with exact truth: jointed 3-D hands over a foot, seen by a pinhole camera, noise and gaps included.

Frame: x heel→toe, y medial→lateral, z out of the worked side towards the camera, all mm. Points above the skin are
projected on the foot's plane as a camera at ``eye`` would see them, so heights leak into x and y as in real footage.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from trainer.foot import atlas
from trainer.model import Foot, HandTouch, Label, Presence, Side, Touch, View

Array = NDArray[np.float64]
LENGTH = 250.0
WIDTH = LENGTH * 0.39
_MCP = np.array([(90, 25), (92, 5), (86, -13), (78, -30)], float)
_BONES = np.array([(42, 25, 20), (46, 29, 21), (42, 27, 21), (33, 19, 18)], float)


@dataclass
class Pose:
    """One hand's posture: ``along`` wrist→fingers, ``palm`` palm's normal, both unit-ish; angles in degrees."""

    along: Array
    palm: Array
    curl: Array = field(default_factory=lambda: np.array([30.0, 30, 20]))
    index_curl: Array | None = None
    abduct: float = 45.0
    oppose: float = 25.0
    mcp_flex: float = 15.0
    ip_flex: float = 10.0
    size: float = 1.0


def joints(pose: Pose, side: Side) -> Array:
    """(21, 3) joints around a wrist at the origin."""
    a = pose.along / np.linalg.norm(pose.along)
    c = pose.palm - a * (pose.palm @ a)
    c /= np.linalg.norm(c)
    b = np.cross(a, c) if side == "right" else np.cross(c, a)
    out = np.zeros((21, 3))
    al, op = np.radians([pose.abduct, pose.oppose])
    d = np.cos(al) * np.cos(op) * a + np.sin(al) * np.cos(op) * b + np.sin(op) * c
    f = 0.8 * c - 0.5 * b
    f -= d * (f @ d)
    f /= np.linalg.norm(f)
    p = 25 * a + 24 * b + 8 * c
    out[1] = p
    angle = 0.0
    for k, (length, bend) in enumerate([(42, 0.0), (32, pose.mcp_flex), (27, pose.ip_flex)]):
        angle += np.radians(bend)
        p = p + length * (np.cos(angle) * d + np.sin(angle) * f)
        out[2 + k] = p
    for n in range(4):
        p = _MCP[n, 0] * a + _MCP[n, 1] * b
        out[5 + 4 * n] = p
        curl = pose.index_curl if n == 0 and pose.index_curl is not None else pose.curl
        angle = 0.0
        for k in range(3):
            angle += np.radians(curl[k])
            p = p + _BONES[n, k] * (np.cos(angle) * a + np.sin(angle) * c)
            out[6 + 4 * n + k] = p
    return out * pose.size


def grasp(side: Side, rng: np.random.Generator, lean: float = 0.0) -> Pose:
    """Fingers behind the foot, thumb on the near side. Sides are those of a right foot seen toes up."""
    sx = -1.0 if side == "right" else 1.0  # +y is the image's left on a right foot
    along = np.array([0.35 + 0.25 * rng.normal() * 0.5 + lean, 0.25 * sx * rng.uniform(0, 1), -0.9])
    palm = np.array([0.1, -sx, 0.15 * rng.normal()])
    return Pose(
        along, palm, np.array([35, 40, 25]) * rng.uniform(0.7, 1.3), None,
        rng.uniform(35, 60), rng.uniform(20, 40), rng.uniform(5, 25), rng.uniform(0, 20), rng.uniform(0.85, 1.1),
    )  # fmt: skip


def flat(side: Side, rng: np.random.Generator, heading: float = 0.0) -> Pose:
    """Palm flat on the foot, fingers towards the toes turned by ``heading`` degrees."""
    h = np.radians(heading)
    return Pose(
        np.array([np.cos(h), np.sin(h), -0.15]), np.array([0.0, 0.0, -1.0]),
        np.array([8.0, 10, 6]) * rng.uniform(0.5, 2), None, rng.uniform(25, 50), rng.uniform(0, 15), 10, 10,
        rng.uniform(0.85, 1.1),
    )  # fmt: skip


class Phase:
    """A cycle count φ(t) whose intervals vary a little; events where φ crosses ``offset`` + whole numbers."""

    def __init__(
        self, rate_per_min: float, seconds: float, rng: np.random.Generator, cv: float, offset: float
    ) -> None:
        mean = 60.0 / rate_per_min
        steps = mean * np.clip(1 + cv * rng.normal(size=int(seconds / mean * 1.6) + 8), 0.5, 1.8)
        self.knots = np.concatenate([[-mean * rng.uniform(0.0, 1.0)], np.cumsum(steps)])
        self.knots[1:] += self.knots[0]
        self.seconds, self.offset = seconds, offset

    def __call__(self, t: float) -> float:
        return float(np.interp(t, self.knots, np.arange(len(self.knots))))

    def events(self) -> list[float]:
        at = np.interp(np.arange(len(self.knots) - 1) + self.offset, np.arange(len(self.knots)), self.knots)
        return [float(x) for x in at if 0 <= x <= self.seconds]


Mover = Callable[[float], "tuple[Array | None, Array | None, Array]"]
"""Seconds into the stretch → (left joints, right joints, foot's (rotation rad, stretch, dx, dy))."""


@dataclass
class Act:
    move: Mover
    hands: tuple[Side, ...]
    cycles: list[float]
    rate: float


_STILL = np.zeros(4)


def _anchored(pose: Pose, side: Side, tip: int | Sequence[int], at: Array) -> Array:
    hand = joints(pose, side)
    return hand + at - np.mean(hand[np.atleast_1d(np.asarray(tip))], axis=0)


def _thumb_moves(hand: Array, by: Array, share: float) -> Array:
    moved = hand + (1 - share) * by
    for k, w in ((2, 0.15), (3, 0.55), (4, 1.0)):
        moved[k] += share * w * by
    return moved


def _ellipse(phase: float, radius: float, flat_: float, turn: float, sense: float) -> Array:
    p = 2 * np.pi * phase * sense
    x, y = radius * np.cos(p), radius * flat_ * np.sin(p)
    return np.array([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), 0.0])


def _both(left: Array | None, right: Array | None, side: Side) -> tuple[Array | None, Array | None]:
    return (left, right) if side == "right" else (right, left)


def _top(radius: float, ratio: float, turn: float, sense: float) -> float:
    """Phase (0–1) at which an ellipse is furthest towards +x."""
    p = np.linspace(0, 1, 721)[:-1]
    return float(p[int(np.argmax([_ellipse(q, radius, ratio, turn, sense)[0] for q in p]))])


def _place(rng: np.random.Generator, u: tuple[float, float] = (0.2, 0.75)) -> Array:
    return np.array([LENGTH * rng.uniform(*u), WIDTH * rng.uniform(0.3, 0.7), 0.0])


def kneading(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(60, 140), rng.uniform(10, 20)
    phase = Phase(rate / 2, T, rng, rng.uniform(0.03, 0.12), 0.0)
    start, creep = _place(rng), np.array([rng.uniform(-3, 3), 0, 0])
    gap, ratio, turn, share = (
        rng.uniform(15, 25),
        rng.uniform(0.55, 1),
        rng.uniform(0, 3),
        rng.uniform(0.3, 0.9),
    )
    offset = rng.normal(0.5, 0.06)
    poses = {s: grasp(s, rng) for s in ("left", "right")}

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        out = []
        for s, dy, ph in (("left", gap, phase(t)), ("right", -gap, phase(t) + offset)):
            sense = 1.0 if s == "left" else -1.0
            base = _anchored(poses[s], s, 4, start + creep * t + np.array([0, dy, 0]))
            by = _ellipse(ph, r, ratio, turn, sense) + np.array([0, 0, 3 - 3 * np.cos(2 * np.pi * ph)])
            out.append(_thumb_moves(base, by, share))
        return out[0], out[1], _STILL

    tops = [_top(r, ratio, turn, 1.0), (_top(r, ratio, turn, -1.0) - offset) % 1.0]
    both = sorted(e for top in tops for e in _at(phase, top) if 0 <= e <= T)
    return Act(move, ("left", "right"), both, rate)


def _at(phase: Phase, part: float) -> list[float]:
    """Instants at which the phase is ``part`` past a whole number."""
    n = np.arange(len(phase.knots))
    return [float(x) for x in np.interp(n[:-1] + part, n, phase.knots)]


def friction(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(50, 80), rng.uniform(4, 8)
    phase = Phase(rate, T, rng, 0.06, 0.0)
    start, side = _place(rng), _side(rng)
    pose, other = grasp(side, rng), _holder(side, rng)
    share, ratio, turn = rng.uniform(0.2, 0.8), rng.uniform(0.7, 1), rng.uniform(0, 3)
    with_finger = rng.random() < 0.3
    if with_finger:
        pose = flat(side, rng, rng.uniform(-40, 40))
        pose.curl, pose.index_curl = np.array([50.0, 60, 30]), np.array([35.0, 25, 15])

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        by = _ellipse(phase(t), r, ratio, turn, 1.0)
        if with_finger:
            hand = _anchored(pose, side, 8, start) + by
        else:
            hand = _thumb_moves(_anchored(pose, side, 4, start), by, share)
        return *_both(other, hand, side), _STILL

    phase.offset = _top(r, ratio, turn, 1.0)
    return Act(move, (side,), phase.events(), rate)


def thumb_walking(rng: np.random.Generator, T: float) -> Act:
    return _walking(rng, T, "thumb")


def finger_walking(rng: np.random.Generator, T: float) -> Act:
    return _walking(rng, T, "index")


def _walking(rng: np.random.Generator, T: float, part: str) -> Act:
    rate, bite = rng.uniform(60, 120), rng.uniform(2, 5)
    phase = Phase(rate, T, rng, rng.uniform(0.03, 0.12), 0.75)
    side = _side(rng)
    pose, other = (
        (grasp(side, rng, 0.2) if part == "thumb" else flat(side, rng, rng.uniform(-40, 40))),
        _holder(side, rng),
    )
    if part == "index":
        pose.curl = np.array([55.0, 60, 30])
        pose.along[2] = -0.5
    a, heading = _place(rng, (0.15, 0.4)), rng.uniform(-0.6, 0.6)
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

        whole = _anchored(posed(flex), side, tip, at)
        level = _anchored(posed(bent_mean), side, tip, at)
        shift = with_hand * (whole[0] - level[0])
        hand = level + shift
        chain = (2, 3, 4) if part == "thumb" else (6, 7, 8)
        for k, w in zip(chain, (0.4, 1.0, 1.0) if part == "thumb" else (1.0, 1.0, 1.0), strict=True):
            hand[k] = (1 - w) * hand[k] + w * whole[k]
        return *_both(other, hand, side), _STILL

    return Act(move, (side,), phase.events(), rate)


def effleurage(rng: np.random.Generator, T: float) -> Act:
    slow = rng.random() < 0.6
    rate = rng.uniform(8, 20) if slow else rng.uniform(25, 48)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    sides: tuple[Side, ...] = ("left", "right") if rng.random() < 0.5 else (_side(rng),)
    poses = {s: flat(s, rng, rng.uniform(-30, 30)) for s in ("left", "right")}
    lo, hi, work = rng.uniform(0.05, 0.2), rng.uniform(0.75, 0.95), rng.uniform(0.5, 0.75)
    lift, wide = rng.uniform(5, 35), rng.uniform(0, 18)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        x = phase(t) % 1.0
        if x < work:
            s, z = 0.5 - 0.5 * np.cos(np.pi * x / work), 0.0
        else:
            q = (x - work) / (1 - work)
            s, z = 0.5 + 0.5 * np.cos(np.pi * q), lift * np.sin(np.pi * q)
        hands: dict[str, Array | None] = {"left": None, "right": None}
        for s_ in sides:
            dy = (wide + 15 if s_ == "left" else -wide - 15) if len(sides) == 2 else 0.0
            at = np.array([LENGTH * (lo + (hi - lo) * s), WIDTH / 2 + dy + 6 * np.sin(2 * np.pi * x), z + 12])
            hands[s_] = _anchored(poses[s_], s_, (0, 5, 9, 13, 17, 12), at)
        return hands["left"], hands["right"], _STILL

    return Act(move, sides, phase.events(), rate)


def knuckling(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(20, 60), rng.uniform(12, 30)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side, start = _side(rng), _place(rng, (0.3, 0.7))
    pose, other = flat(side, rng, rng.uniform(-50, 50)), _holder(side, rng)
    pose.curl, pose.abduct, pose.oppose, pose.ip_flex = (
        np.array([80.0, 95, 55]) * rng.uniform(0.85, 1.1),
        20,
        40,
        40,
    )
    roll, turn, ratio = rng.uniform(5, 25), rng.uniform(0, 3), rng.uniform(0.2, 1.0)
    tilt = pose.along[2]

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        ph = phase(t)
        along = pose.along.copy()
        along[2] = tilt - 0.35 + np.radians(roll) * np.sin(2 * np.pi * ph)
        p = replace(pose, along=along)
        return *_both(
            other, _anchored(p, side, (6, 10, 14, 18), start + _ellipse(ph, r, ratio, turn, 1.0)), side
        ), _STILL

    phase.offset = _top(r, ratio, turn, 1.0)
    return Act(move, (side,), phase.events(), rate)


def tapotement(rng: np.random.Generator, T: float) -> Act:
    rate = rng.uniform(150, 290)
    two = rng.random() < 0.7
    phase = Phase(rate / (2 if two else 1), T, rng, 0.06, 0.0)
    poses = {s: flat(s, rng, rng.uniform(-50, 50)) for s in ("left", "right")}
    for p in poses.values():
        p.curl, p.along[2] = np.array([35.0, 35, 20]), -0.35
    start, height, side = _place(rng), rng.uniform(20, 50), _side(rng)
    drift = rng.uniform(-8, 8)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        hands: dict[str, Array | None] = {"left": None, "right": None}
        for s, dy, off in (("left", 22.0, 0.0), ("right", -22.0, 0.5)):
            if not two and s != side:
                continue
            x = (phase(t) + off) % 1.0
            h = height * np.sin(np.pi * x) ** 1.3
            swing = 0.5 * h / 80
            p = poses[s]
            along = p.along + np.array([0, 0, swing])
            q = replace(p, along=along)
            base = _anchored(q, s, 0, np.zeros(3))
            rest_ = _anchored(p, s, (8, 12, 16), start + np.array([drift * t, dy, 0]))
            hands[s] = base + rest_[0] + np.array([0, 0, 0.6 * h])
        return hands["left"], hands["right"], _STILL

    cycles = phase.events() + ([e for e in _at(phase, 0.5) if 0 <= e <= T] if two else [])
    return Act(move, ("left", "right") if two else (side,), sorted(cycles), rate)


def press_hold(rng: np.random.Generator, T: float) -> Act:
    side = _side(rng)
    pose, other = grasp(side, rng), _holder(side, rng)
    holds, t = [], 0.0
    while t < T - 1.5:
        holds.append((t, _place(rng)))
        t += rng.uniform(4, 9)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        k = max(i for i, (s, _) in enumerate(holds) if s <= t)
        s, at = holds[k]
        before = holds[k - 1][1] if k else at
        w = np.clip((t - s) / 0.4, 0, 1)
        lift = np.array([0, 0, 15 * np.sin(np.pi * w)]) if k else np.zeros(3)
        sway = np.array([0.8 * np.sin(1.7 * t), 0.8 * np.cos(1.1 * t), 0])
        return *_both(other, _anchored(pose, side, 4, before + (at - before) * w + lift + sway), side), _STILL

    return Act(move, (side,), [s + 0.4 for s, _ in holds], 60 * len(holds) / T)


def wringing(rng: np.random.Generator, T: float) -> Act:
    rate, swing = rng.uniform(30, 80), rng.uniform(12, 30)
    phase = Phase(rate / 2, T, rng, 0.07, 0.0)
    poses = {s: grasp(s, rng, 0.1) for s in ("left", "right")}
    centre, gap = LENGTH * rng.uniform(0.4, 0.6), rng.uniform(20, 35)
    together = rng.random() < 0.5

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        d = np.cos(2 * np.pi * phase(t))
        out = []
        for s, sx in (("left", 1.0), ("right", -1.0)):
            y = WIDTH / 2 + sx * (30 if not together else 12)
            at = np.array([centre + sx * gap, y + sx * swing * d, 15.0 + 10 * d * sx])
            out.append(_anchored(poses[s], s, (5, 9, 4), at))
        return out[0], out[1], np.array([0.01 * d, 0, 0, 0.5 * d])

    n = np.arange(len(phase.knots) * 2) / 2
    ev = np.interp(n, np.arange(len(phase.knots)), phase.knots)
    return Act(move, ("left", "right"), [float(e) for e in ev if 0 <= e <= T and e < phase.knots[-1]], rate)


def _toe(rng: np.random.Generator) -> Array:
    return np.array([0.9 * LENGTH, WIDTH * rng.choice([0.2, 0.45, 0.6, 0.77]), 0.0])


def _pinch(side: Side, rng: np.random.Generator) -> Pose:
    sx = -1.0 if side == "right" else 1.0
    return Pose(
        np.array([-0.6, -0.4 * sx, -0.4 + 0.2 * rng.normal()]), np.array([-0.2, -0.9 * sx, 0.1]),
        np.array([55.0, 45, 30]), np.array([50.0, 35, 20]), 30, 45, 20, 15,
    )  # fmt: skip


def _pinching(pose: Pose, side: Side, at: Array) -> Array:
    """Thumb in front of the toe, index finger behind it, their middle at ``at``."""
    hand = joints(pose, side)
    hand[8] = hand[4] + np.array([2.0, 4.0, -16.0])
    hand[7] = 0.6 * hand[8] + 0.4 * hand[6] + np.array([0.0, 0, -4])
    return hand + at - 0.5 * (hand[4] + hand[8])


def toe_rotation(rng: np.random.Generator, T: float) -> Act:
    rate, r = rng.uniform(20, 60), rng.uniform(7, 15)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side, at = _side(rng), _toe(rng)
    pose, other, tilt = _pinch(side, rng), _holder(side, rng), rng.uniform(0, 1.1)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        e = _ellipse(phase(t), r, 1.0, 0, 1.0)
        by = np.array([e[0] * np.cos(tilt), e[1], e[0] * np.sin(tilt)])
        return *_both(other, _pinching(pose, side, at + by), side), _STILL

    return Act(move, (side,), phase.events(), rate)


def toe_pull(rng: np.random.Generator, T: float) -> Act:
    rate, reach = rng.uniform(10, 30), rng.uniform(22, 45)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side, at = _side(rng), _toe(rng) - np.array([15.0, 0, 0])
    pose, other, work = _pinch(side, rng), _holder(side, rng), rng.uniform(0.55, 0.75)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        x = phase(t) % 1.0
        s = x / work if x < work else 1 - (x - work) / (1 - work)
        z = 0.0 if x < work else 12 * np.sin(np.pi * (x - work) / (1 - work))
        s = 0.5 - 0.5 * np.cos(np.pi * s)
        return *_both(other, _pinching(pose, side, at + np.array([reach * s, 0, z])), side), _STILL

    return Act(move, (side,), phase.events(), rate)


def ankle_rotation(rng: np.random.Generator, T: float) -> Act:
    rate, swing = rng.uniform(10, 30), rng.uniform(0.12, 0.35)
    phase = Phase(rate, T, rng, 0.08, 0.0)
    side = _side(rng)
    fore = _anchored(grasp(side, rng), side, 4, np.array([0.7 * LENGTH, WIDTH / 2, 0]))
    heel = _anchored(
        grasp(_other(side), rng), _other(side), (5, 9), np.array([0.08 * LENGTH, WIDTH / 2, -10])
    )
    squash = rng.uniform(0.5, 1.0)

    def move(t: float) -> tuple[Array | None, Array | None, Array]:
        p = 2 * np.pi * phase(t)
        slip = np.array([2 * np.cos(p), 2 * np.sin(p), 0])
        return *_both(heel, fore + slip, side), np.array(
            [swing * np.cos(p), squash * swing * np.sin(p), 0, 0]
        )

    return Act(move, ("left", "right"), phase.events(), rate)


def rest(rng: np.random.Generator, T: float, kind: int | None = None) -> Act:
    kind = int(rng.integers(0, 4)) if kind is None else kind
    poses = {s: flat(s, rng, rng.uniform(-60, 60)) for s in ("left", "right")}
    if kind == 0:  # out of the picture
        return Act(lambda t: (None, None, _STILL), (), [], np.nan)
    away = {s: np.array([LENGTH * rng.uniform(-0.2, 0.4), WIDTH / 2 + sy * rng.uniform(120, 180), -20.0])
            for s, sy in (("left", 1.0), ("right", -1.0))}  # fmt: skip
    over = {s: _place(rng) + np.array([0, 20.0 * sy, 12.0]) for s, sy in (("left", 1.0), ("right", -1.0))}

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
            out.append(_anchored(poses[s], s, (0, 5, 9, 13, 17), at))
        return out[0], out[1], _STILL

    return Act(move, (), [], np.nan)


def _side(rng: np.random.Generator) -> Side:
    return "left" if rng.random() < 0.4 else "right"


def _other(side: Side) -> Side:
    return "right" if side == "left" else "left"


def _holder(worker: Side, rng: np.random.Generator) -> Array | None:
    """The other hand, holding the foot's heel or edge, or not there at all."""
    if rng.random() < 0.3:
        return None
    side = _other(worker)
    sy = 1.0 if side == "left" else -1.0
    at = np.array([LENGTH * rng.uniform(0.1, 0.7), WIDTH * (0.5 + 0.5 * sy), -15.0])
    return _anchored(grasp(side, rng), side, (5, 9), at)


MAKERS: dict[str, Callable[[np.random.Generator, float], Act]] = {
    "effleurage": effleurage, "kneading": kneading, "knuckling": knuckling, "thumb_walking": thumb_walking,
    "finger_walking": finger_walking, "friction": friction, "tapotement": tapotement, "press_hold": press_hold,
    "wringing": wringing, "toe_rotation": toe_rotation, "toe_pull": toe_pull, "ankle_rotation": ankle_rotation,
    "rest": rest,
}  # fmt: skip


@dataclass(frozen=True)
class Session:
    touches: tuple[Touch, ...]
    labels: tuple[Label, ...]
    rates: tuple[float, ...]


@dataclass(frozen=True)
class Sight:
    """How well it is seen. ``jitter_mm`` white, ``wander_mm`` slow landmark error, ``seen`` share of frames."""

    fps: float = 30.0
    vfr: float = 0.0
    jitter_mm: float = 1.0
    wander_mm: float = 2.5
    seen: float = 0.85
    gap_s: float = 0.3
    smooth_s: float = 0.04
    world: bool = True
    world_noise: float = 0.002
    foot_noise_px: float = 0.4


CLEAR = Sight(jitter_mm=0.0, wander_mm=0.0, seen=1.0, smooth_s=0.0, world_noise=0.0, foot_noise_px=0.0)


def session(
    plan: Sequence[tuple[str, float]], seed: int = 0, sight: Sight = Sight(), side: Side = "right",
    view: View = "plantar",
) -> Session:  # fmt: skip
    """Touches of a plan of (technique, seconds); between techniques the hands travel for about half a second."""
    rng = np.random.default_rng(seed)
    acts = [MAKERS[name](rng, seconds) for name, seconds in plan]
    starts = np.concatenate([[0.0], np.cumsum([s for _, s in plan])])
    step = 1.0 / sight.fps
    n = int(starts[-1] / step)
    gaps = step * (1 + sight.vfr * rng.uniform(-1, 1, n))
    times = np.concatenate([[0.0], np.cumsum(gaps)])[:-1]
    times = times[times < starts[-1]]
    seer = _Seer(sight, rng, side, view)
    touches = []
    for t in times:
        k = int(np.searchsorted(starts, t, side="right") - 1)
        left, right, foot = acts[k].move(float(t - starts[k]))
        since = t - starts[k]
        if k and since < 0.5:
            w = 0.5 - 0.5 * np.cos(np.pi * since / 0.5)
            old = acts[k - 1].move(plan[k - 1][1])
            left, right = _travel(old[0], left, w), _travel(old[1], right, w)
            foot = old[2] * (1 - w) + foot * w
        touches.append(seer.see(float(t), (left, right), foot))
    labels = tuple(
        Label(name, float(starts[i]), float(starts[i + 1]), acts[i].hands,
              tuple(float(c + starts[i]) for c in acts[i].cycles))
        for i, (name, _) in enumerate(plan)
    )  # fmt: skip
    return Session(tuple(touches), labels, tuple(a.rate for a in acts))


def _travel(old: Array | None, new: Array | None, w: float) -> Array | None:
    if old is None or new is None:
        return new
    return old * (1 - w) + new * w + np.array([0, 0, 25 * np.sin(np.pi * w)])


class _Seer:
    def __init__(self, sight: Sight, rng: np.random.Generator, side: Side, view: View) -> None:
        self.sight, self.rng, self.side, self.view = sight, rng, side, view
        self.eye = np.array(
            [LENGTH * rng.uniform(0.1, 0.7), WIDTH / 2 + rng.uniform(-200, 200), rng.uniform(600, 900)]
        )
        self.scale = rng.uniform(1.2, 2.2)
        self.turn = rng.uniform(-0.5, 0.5)
        self.slow = np.zeros((2, 21, 2))
        self.kept: list[Array | None] = [None, None]
        self.hidden_until = [0.0, 0.0]
        self.bridge_from = [0.0, 0.0]
        self.last: tuple[float, Array] | None = None

    def see(self, t: float, hands: tuple[Array | None, Array | None], foot_move: Array) -> Touch:
        foot = self._foot(t, foot_move)
        touched, worlds = [], []
        for i, hand in enumerate(hands):
            touch, world = self._hand(t, i, hand)
            touched.append(touch)
            worlds.append(world)
        return Touch(t, (touched[0], touched[1]), foot, (worlds[0], worlds[1]))

    def _hand(self, t: float, i: int, hand: Array | None) -> tuple[HandTouch, Array]:
        s, rng = self.sight, self.rng
        side: Side = ("left", "right")[i]  # type: ignore[assignment]
        nothing = HandTouch(
            side, Presence.UNKNOWN, np.full((21, 2), np.nan), np.full((21, 2), np.nan), np.zeros(21, bool)
        )
        dt = 1.0 / s.fps
        if t >= self.hidden_until[i] and s.seen < 1:
            per_s = (1 - s.seen) / s.seen / s.gap_s
            if rng.random() < per_s * dt:
                self.hidden_until[i] = t + rng.exponential(s.gap_s)
                self.bridge_from[i] = t
        hidden = t < self.hidden_until[i]
        if hand is None or (hidden and t - self.bridge_from[i] > 0.2):
            self.kept[i] = None
            return nothing, np.full((21, 3), np.nan)
        if hidden and self.kept[i] is not None:
            mm = self.kept[i]
            return self._touch(side, mm, Presence.BRIDGED), np.full((21, 3), np.nan)
        hand = hand.copy()
        if self.side == "left":
            pass  # a left foot is the mirror image; mm are in the foot's own axes either way
        mm = self._project(hand)
        tau = 0.35
        self.slow[i] += -self.slow[i] * dt / tau + s.wander_mm * np.sqrt(2 * dt / tau) * rng.normal(
            size=(21, 2)
        )
        mm = mm + self.slow[i] + s.jitter_mm * rng.normal(size=(21, 2))
        if self.kept[i] is not None and s.smooth_s > 0:
            k = dt / (dt + s.smooth_s)
            mm = self.kept[i] * (1 - k) + mm * k
        self.kept[i] = mm
        world = np.full((21, 3), np.nan)
        if s.world:
            world = (hand - hand.mean(axis=0)) / 1000 + s.world_noise * rng.normal(size=(21, 3))
        return self._touch(side, mm, Presence.MEASURED), world

    def _touch(self, side: Side, mm: Array, presence: Presence) -> HandTouch:
        uv = mm / np.array([LENGTH, WIDTH])
        return HandTouch(side, presence, mm, uv, atlas.inside_outline(self.view, uv, 0.03))

    def _project(self, p: Array) -> Array:
        w = self.eye[2] / (self.eye[2] - p[:, 2])
        return np.asarray(self.eye[:2] + (p[:, :2] - self.eye[:2]) * w[:, None])

    def _foot(self, t: float, move: Array) -> Foot:
        s = self.scale
        mirror = -1.0 if self.side == "right" else 1.0
        a = -np.pi / 2 + self.turn + move[0]
        length, width = LENGTH * s * (1 + move[1]), WIDTH * s
        c, n = np.cos(a), np.sin(a)
        h = np.array(
            [
                [c * length, -n * width * mirror, 320 + move[2] * s],
                [n * length, c * width * mirror, 460 + move[3] * s],
                [0, 0, 1],
            ]
        )
        h[:2, 2] += self.sight.foot_noise_px * self.rng.normal(size=2)
        uv = atlas.landmarks_uv(self.view)
        px = uv @ h[:2, :2].T + h[:2, 2]
        centre = np.nanmean(px, axis=0)
        motion = np.zeros(2) if self.last is None else centre - self.last[1]
        self.last = (t, centre)
        return Foot(
            self.side,
            self.view,
            Presence.MEASURED,
            px,
            np.where(np.isfinite(px[:, 0]), 1.0, np.nan),
            h,
            motion,
            LENGTH,
            True,
        )
