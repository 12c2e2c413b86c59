"""The way of two hands through a rest: from place to place at a hand's pace, clear of the foot and each other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicHermiteSpline
from scipy.ndimage import gaussian_filter1d
from scipy.spatial.transform import Rotation

from trainer.studio.anatomy import ANGLES, Anatomy
from trainer.studio.foot_surface import FootSurface
from trainer.studio.reach import Goal, HandPose, Reach, carried, root_of
from trainer.studio.timing import wander

RATE_HZ = 60.0
CLEAR_MM, PRESSED_MM = 3.0, -2.5
_REACH_S, _MM_PER_S = 0.42, 800.0  # a reach takes this long, and longer the further it goes
_SMOOTH_S = 0.05
_SWAY_MM = 2.5
_CURLS = np.array([[a.endswith(("mcp", "pip")) and a[0] != "t" for a in ANGLES], [a[0] == "t" for a in ANGLES]], float)
_ROUNDS = 10
_EVERY = 4  # of the rows in which a finger gives way, so many are solved
_RADIAN_MM = 70.0  # how far a turn of the hand counts as a way
_WRIST, _TURN, _ANGLES = slice(0, 3), slice(3, 7), slice(7, 7 + len(ANGLES))
_ELBOW = slice(7 + len(ANGLES), 10 + len(ANGLES))


@dataclass(frozen=True, eq=False)
class Node:
    """A pose on the way, with its elbow (3,).

    stop: the hand comes to rest there; dwell: its share of the time that is left over; touch: it lies on the skin
    there; clear_mm: how far it keeps off everything there; slow_s: seconds that the way to it takes on top of a reach.
    """

    pose: HandPose
    elbow: np.ndarray
    stop: bool = True
    dwell: float = 0.0
    touch: bool = False
    slow_s: float = 0.0
    clear_mm: float = CLEAR_MM


@dataclass(frozen=True, eq=False)
class Way:
    """table (N, D): wrist, turn as a quaternion, angles and elbow, `RATE_HZ` rows a second from `start_s`."""

    start_s: float
    table: np.ndarray

    def at(self, time_s: float) -> tuple[HandPose, np.ndarray]:
        """The pose and the elbow (3,) at a time."""
        at = float(np.clip((time_s - self.start_s) * RATE_HZ, 0, len(self.table) - 1.001))
        k = int(at)
        row = self.table[k] + (at - k) * (self.table[k + 1] - self.table[k])
        turn = Rotation.from_quat(row[_TURN]).as_matrix()
        return HandPose(turn, row[_WRIST], row[_ANGLES]), row[_ELBOW]


@dataclass(frozen=True, eq=False)
class Room:
    """What the hands move among: the foot, a block (top y, edge z) or None, and spheres (M, 4)."""

    foot: FootSurface
    block: tuple[float, float] | None
    spheres: np.ndarray


def natural_s(nodes: list[Node]) -> float:
    """Seconds that an unhurried hand takes for a way, without dwelling."""
    return float(sum(_lasts(length) for length, _ in _stretches(nodes)) + sum(n.slow_s for n in nodes))


def shortened(nodes: list[Node], seconds: float) -> float:
    """The share of a way that an unhurried hand manages in some seconds, 0.02 to 1."""
    length = sum(step for step, _ in _stretches(nodes))
    return float(np.clip((seconds - _REACH_S) * _MM_PER_S / max(length, 1.0), 0.02, 1.0))


def _lasts(length: float) -> float:
    return _REACH_S + length / _MM_PER_S


def ways(
    room: Room,
    reaches: dict[str, Reach],
    nodes: dict[str, list[Node]],
    start_s: float,
    seconds: float,
    rng: np.random.Generator,
) -> dict[str, Way]:
    """Both hands' ways: timed, rounded, never quite still, then bent until nothing goes through anything."""
    tables, margins, windows = {}, {}, {}
    for side, listed in nodes.items():
        tables[side], margins[side] = _sampled(listed, seconds)
        t = np.arange(len(tables[side])) / RATE_HZ
        windows[side] = _ease(np.minimum(t, seconds - t) / 0.15)[:, None]
        free = np.clip((margins[side] - PRESSED_MM) / (CLEAR_MM - PRESSED_MM), 0, 1)
        size = _ease(np.minimum(t, seconds - t) / 0.5) * (0.1 + 0.9 * free)
        signal = wander(rng, 5, 0.12, 0.7)
        sway = size[:, None] * np.array([signal.at(x) for x in t])
        tables[side][:, _WRIST] += _SWAY_MM * sway[:, :3]
        tables[side][:, _ANGLES] += np.radians(2.5) * sway[:, 3:] @ _CURLS
    bodies = {side: reach.body for side, reach in reaches.items()}
    for side, table in tables.items():
        _yielded(room, reaches[side], table, margins[side], windows[side])
    offsets = {side: np.zeros((len(table), 3)) for side, table in tables.items()}
    for _ in range(_ROUNDS):
        balls = {s: _balls(bodies[s], tables[s], offsets[s]) for s in tables}
        worst = 0.0
        for side in tables:
            other = next((s for s in tables if s != side), None)
            push = _push(room, bodies[side], balls[side], margins[side])
            if other is not None:
                apart = np.minimum(margins[side], margins[other])
                push += 0.5 * _apart(balls[side], bodies[side], balls[other], bodies[other], apart)
            worst = max(worst, float(np.linalg.norm(push, axis=1).max()))
            wider = offsets[side] + 1.2 * push
            offsets[side] = windows[side] * gaussian_filter1d(wider, 0.07 * RATE_HZ, axis=0, mode="nearest")
        if worst < 0.4:
            break
    out = {}
    for side, table in tables.items():
        table[:, _WRIST] += offsets[side]
        out[side] = Way(start_s, table)
    return out


def _yielded(room: Room, reach: Reach, table: np.ndarray, margin: np.ndarray, window: np.ndarray) -> None:
    """Where fingers would go through the foot they give way, as the solver finds it (in place)."""
    body, before, worst = reach.body, table.copy(), np.inf
    for _ in range(2):
        balls = _balls(body, table, np.zeros((len(table), 3)))
        depth = (body.ball_radius + np.minimum(margin, 0)[:, None] - room.foot.distance(balls)).max(1)
        if depth.max() > worst:
            table[:] = before
            return
        worst, before, deep = depth.max(), table.copy(), depth > 1.0
        rows = np.flatnonzero(deep)[::_EVERY]
        if not len(rows):
            return
        change = np.zeros((len(table), 6 + len(ANGLES)))
        known = np.unique(np.concatenate([np.flatnonzero(~deep), rows]))
        for k in rows:
            turn = Rotation.from_quat(table[k, _TURN])
            pose = HandPose(turn.as_matrix(), table[k, _WRIST], table[k, _ANGLES])
            goal = Goal(
                posture=pose, angle_weight=np.full(len(ANGLES), 0.6), wrist_weight=0.7, turn_weight=1.5,
                elbow_weight=0.0, avoid_weight=3.0, obstacles=room.spheres,
            )  # fmt: skip
            better = reach.solve(goal, pose, 4)
            spun = (Rotation.from_matrix(better.turn) * turn.inv()).as_rotvec()
            change[k] = np.concatenate([better.wrist - pose.wrist, spun, better.angles - pose.angles])
        t = np.arange(len(table))
        change = np.stack([np.interp(t, known, column[known]) for column in change.T], axis=1)
        change = window * gaussian_filter1d(change, 0.06 * RATE_HZ, axis=0, mode="nearest")
        table[:, _WRIST] += change[:, :3]
        turned = Rotation.from_rotvec(change[:, 3:6]) * Rotation.from_quat(table[:, _TURN])
        table[:, _TURN] = _aligned(turned.as_quat())
        table[:, _ANGLES] += change[:, 6:]


def _aligned(quats: np.ndarray) -> np.ndarray:
    """Quaternions (N, 4) with signs so that neighbours are alike."""
    flips = np.cumprod(np.r_[1.0, np.sign((quats[1:] * quats[:-1]).sum(1))])
    return np.asarray(quats * flips[:, None])


def _stretches(nodes: list[Node]) -> list[tuple[float, list[float]]]:
    """From stop to stop: the whole length and the length of each leg, mm."""
    out: list[tuple[float, list[float]]] = []
    legs: list[float] = []
    for a, b in pairwise(nodes):
        turned = Rotation.from_matrix(a.pose.turn.T @ b.pose.turn).magnitude()
        bent = abs(a.pose.angles - b.pose.angles).max()
        legs.append(float(np.linalg.norm(a.pose.wrist - b.pose.wrist) + _RADIAN_MM * turned + 20 * bent))
        if b.stop:
            out.append((sum(legs), legs))
            legs = []
    return out


def _times(nodes: list[Node], seconds: float) -> tuple[np.ndarray, list[Node]]:
    """Arrival times; a node that dwells comes twice."""
    natural = natural_s(nodes)
    left = max(0.0, seconds - natural)
    weight = sum(n.dwell for n in nodes)
    pace = seconds / natural if natural > seconds or not weight else 1.0
    times, listed, clock, k = [], [], 0.0, 0
    stretches = _stretches(nodes)

    def arrive(node: Node) -> None:
        nonlocal clock
        times.append(clock)
        listed.append(node)
        if node.dwell and left > 0:
            clock += left * node.dwell / weight
            times.append(clock)
            listed.append(node)

    arrive(nodes[0])
    for length, legs in stretches:
        for leg in legs:
            k += 1
            share = leg / length if length > 1e-6 else 1 / len(legs)
            clock += pace * (_lasts(length) * share + nodes[k].slow_s)
            arrive(nodes[k])
    return np.array(times), listed


def _sampled(nodes: list[Node], seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """The table (N, D) of a way and the clearance (N,) mm it keeps."""
    times, listed = _times(nodes, seconds)
    rows: list[np.ndarray] = []
    for node in listed:
        quat = Rotation.from_matrix(node.pose.turn).as_quat()
        if rows and rows[-1][_TURN] @ quat < 0:
            quat = -quat
        rows.append(np.concatenate([node.pose.wrist, quat, node.pose.angles, node.elbow]))
    table = np.array(rows)
    keep = np.r_[True, np.diff(times) > 1e-4]
    times, table = times[keep], table[keep]
    stops = np.array([n.stop for n in listed])[keep]
    wanted = np.array([PRESSED_MM if n.touch else n.clear_mm for n in listed])[keep]
    slopes = np.zeros_like(table)
    for k in range(1, len(times) - 1):
        if not stops[k]:
            slopes[k] = (table[k + 1] - table[k - 1]) / (times[k + 1] - times[k - 1])
    t = np.arange(int(np.ceil(seconds * RATE_HZ)) + 2) / RATE_HZ
    inside = np.clip(t, times[0], times[-1])
    dense = CubicHermiteSpline(times, table, slopes)(inside)
    rounded = gaussian_filter1d(dense, _SMOOTH_S * RATE_HZ, axis=0, mode="nearest")
    # Rounding must not move the ends: what it took from them is given back, fading inwards.
    for end, away in ((0, t), (-1, seconds - t)):
        rounded += (dense[end] - rounded[end]) * (1 - _ease(away / 0.3))[:, None]
    rounded[:, _TURN] /= np.linalg.norm(rounded[:, _TURN], axis=1, keepdims=True)
    return rounded, gaussian_filter1d(np.interp(t, times, wanted), 0.06 * RATE_HZ, mode="nearest")


def _ease(share: np.ndarray) -> np.ndarray:
    t = np.clip(share, 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _balls(body: Anatomy, table: np.ndarray, offset: np.ndarray) -> np.ndarray:
    """(N, B, 3) the centres of the hand's spheres along a way."""
    turn = Rotation.from_quat(table[:, _TURN]).as_matrix()
    matrices = body.limb.transforms(body.rotations(table[:, _ANGLES]), root_of(body, turn, table[:, _WRIST] + offset))
    return carried(matrices, body.ball_joint, body.ball_point)


def _push(room: Room, body: Anatomy, balls: np.ndarray, margin: np.ndarray) -> np.ndarray:
    """(N, 3) mm to move each row's hand so that its spheres leave the foot, the block and the room's spheres."""
    need = body.ball_radius + margin[:, None]
    depth = np.maximum(0, need - room.foot.distance(balls))
    push = np.zeros((len(balls), 3))
    rows, which = np.nonzero(depth)
    if len(rows):
        vectors = np.zeros_like(balls)
        vectors[rows, which] = room.foot.gradient(balls[rows, which])
        push += _together(vectors, depth)
    if room.block is not None:
        over, before = balls[..., 1] - room.block[0], balls[..., 2] - room.block[1]
        sunk = np.maximum(0, need + np.minimum(-over, -before))
        push += _together(np.where((over > before)[..., None], [0.0, 1, 0], [0.0, 0, 1]), sunk)
    for sphere in room.spheres:
        offset = balls - sphere[:3]
        far = np.linalg.norm(offset, axis=-1)
        push += _together(offset / far[..., None], np.maximum(0, need + sphere[3] - far))
    return push


def _apart(a: np.ndarray, first: Anatomy, b: np.ndarray, second: Anatomy, margin: np.ndarray) -> np.ndarray:
    """(N, 3) mm to move hand `a` off hand `b`."""
    push = np.zeros((len(a), 3))
    near = np.flatnonzero(np.linalg.norm(a.mean(1) - b.mean(1), axis=1) < 260)
    if len(near):
        offset = a[near, :, None] - b[near, None]
        far = np.linalg.norm(offset, axis=-1)
        depth = np.maximum(0, first.ball_radius[:, None] + second.ball_radius + margin[near, None, None] - far)
        way = offset / np.maximum(far, 1e-6)[..., None]
        push[near] = _together(way.reshape(len(near), -1, 3), depth.reshape(len(near), -1))
    return push


def _together(vectors: np.ndarray, depth: np.ndarray) -> np.ndarray:
    """(N, 3) the deepest depth along the mean of (N, B, 3) unit vectors weighted by their depths (N, B)."""
    mean = (vectors * depth[..., None]).sum(1)
    size = np.linalg.norm(mean, axis=1, keepdims=True)
    return np.asarray(mean / np.maximum(size, 1e-9) * depth.max(1, keepdims=True))


def moved(node: Node, shift: np.ndarray) -> Node:
    """The same node elsewhere."""
    return replace(node, pose=replace(node.pose, wrist=node.pose.wrist + shift))
