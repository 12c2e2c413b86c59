"""Inverse kinematics: a hand pose that puts the wanted places of the hand on the wanted places of the foot.

Damped least squares over the wrist's pose (6) and the joint angles, with the foot's signed distance keeping the hand
outside. All lengths are mm in the foot frame; angles are weighted as if one radian were `RADIAN_MM` mm.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial.transform import Rotation

from trainer.studio.anatomy import ANGLES, LIMITS, Anatomy
from trainer.studio.bodies import rodrigues
from trainer.studio.foot_surface import FootSurface
from trainer.studio.stance import COUCH_EDGE_MM, COUCH_TOP_MM

RADIAN_MM = 14.0
# How far a wrist bends to the palm or the back, and to either side, and where it begins to be uncomfortable.
WRIST_BEND, WRIST_LEAN = np.radians(50), np.radians(25)
_EASY_BEND, _EASY_LEAN = np.radians(42), np.radians(18)
# How fast a finger's joint and the wrist turn at most from frame to frame, radians per second.
FINGER_SPEED, WRIST_SPEED = np.radians(300), np.radians(260)


@dataclass(frozen=True, eq=False)
class HandPose:
    """turn (3, 3) and wrist (3,) mm: where the wrist is in the foot frame; angles (A,): see `anatomy.ANGLES`."""

    turn: np.ndarray
    wrist: np.ndarray
    angles: np.ndarray


@dataclass(frozen=True, eq=False)
class Pin:
    """A spot of the hand wanted at `target` (3,) mm, its normal wanted against `normal` (3,)."""

    spot: str
    target: np.ndarray
    weight: float = 1.0
    normal: np.ndarray | None = None
    normal_weight: float = 0.5


@dataclass(frozen=True, eq=False)
class Goal:
    """What a hand should do at one instant.

    pins: places wanted; touching: spots wanted on the skin, anywhere (name -> weight); posture: the pose that is
    preferred; angle_weight (A,), wrist_weight, turn_weight: how strongly; elbow: (3,) where the elbow is;
    obstacles: (M, 4) spheres to keep clear of, centres and radii (the other hand).
    """

    posture: HandPose
    pins: tuple[Pin, ...] = ()
    touching: dict[str, float] = field(default_factory=dict)
    angle_weight: np.ndarray = field(default_factory=lambda: np.full(len(ANGLES), 0.25))
    wrist_weight: float = 0.05
    turn_weight: float = 0.15
    elbow: np.ndarray = field(default_factory=lambda: np.array([0.0, -250.0, 350.0]))
    elbow_weight: float = 0.12
    avoid_weight: float = 2.0
    obstacles: np.ndarray | None = None


def wrist_angles(body: Anatomy, turn: np.ndarray, to_elbow: np.ndarray) -> np.ndarray:
    """(..., 2) bend to the palm and lean to the thumb, radians, of a wrist whose elbow is along `to_elbow` (..., 3)."""
    local = np.einsum("...kl,...k->...l", turn, to_elbow)
    radial, _, palm = body.frame.T
    along = local @ body.forearm
    return np.stack(
        [np.arctan2(local @ palm - along * (body.forearm @ palm), along),
         np.arctan2(local @ radial - along * (body.forearm @ radial), along)],
        axis=-1,
    )  # fmt: skip


def forearm_turn(body: Anatomy, pose: HandPose, elbow: np.ndarray) -> np.ndarray:
    """The rotation vector (3,), in rest axes, that swings the forearm to the elbow as far as a wrist bends."""
    want = pose.turn.T @ (elbow - pose.wrist)
    want /= np.linalg.norm(want)
    axis = np.cross(body.forearm, want)
    sine = np.linalg.norm(axis)
    angle = float(np.arctan2(sine, body.forearm @ want))
    vector = axis / max(sine, 1e-9) * angle
    radial, _, palm = body.frame.T
    # A turn about the radial axis bends the wrist, one about the palm's axis leans it sideways.
    bend, lean = vector @ radial / WRIST_BEND, vector @ palm / WRIST_LEAN
    size = float(np.hypot(bend, lean))
    return np.asarray(vector * np.tanh(size) / max(size, 1e-9))


def root_of(body: Anatomy, turn: np.ndarray, wrist: np.ndarray) -> np.ndarray:
    """(…, 3, 3) and (…, 3) to root matrices (…, 3, 4) that carry the rest wrist to `wrist`."""
    shift = wrist - turn @ body.wrist
    return np.concatenate([turn, shift[..., None]], axis=-1)


def transforms(body: Anatomy, pose: HandPose, elbow: np.ndarray) -> np.ndarray:
    """Joint matrices (J, 3, 4) of a posed hand with its forearm."""
    rotations = body.rotations(pose.angles[None])
    rotations[0, body.limb.index("lowerarm02")] = forearm_turn(body, pose, elbow)
    return np.asarray(body.limb.transforms(rotations, root_of(body, pose.turn, pose.wrist)[None])[0])


def carried(matrices: np.ndarray, joint: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Rest points (S, 3) on joints (S,) under matrices (..., J, 3, 4), to (..., S, 3)."""
    m = matrices[..., joint, :, :]
    return np.asarray(np.einsum("...skl,sl->...sk", m[..., :3], points) + m[..., 3])


def bulk(body: Anatomy, pose: HandPose) -> np.ndarray:
    """(M, 4) the spheres of a posed hand: centres and radii, mm."""
    matrices = body.limb.transforms(body.rotations(pose.angles[None]), root_of(body, pose.turn, pose.wrist)[None])[0]
    return np.asarray(np.c_[carried(matrices, body.ball_joint, body.ball_point), body.ball_radius])


class Reach:
    """The solver for one hand over one foot. block: top (y) and edge (z), mm, of what the heel lies on, if anything."""

    def __init__(
        self, body: Anatomy, foot: FootSurface, block: tuple[float, float] | None = (COUCH_TOP_MM, COUCH_EDGE_MM)
    ) -> None:
        self.body, self.foot, self.block = body, foot, block

    def solve(self, goal: Goal, start: HandPose, iterations: int = 4, step_s: float | None = None) -> HandPose:
        """Improve `start` towards `goal`; with `step_s`, seconds from the frame before, no faster than a hand moves."""
        pose = start
        size = 6 + len(ANGLES)
        steps = np.full(size, 2e-3)
        steps[3:6] = 0.2
        damping = 1e-2
        base, error = None, np.inf
        for _ in range(iterations):
            deltas = np.vstack([np.zeros(size), np.diag(steps)])
            rows = self._residuals(goal, pose, deltas)
            base = rows[0]
            error = float(base @ base)
            jacobian = ((rows[1:] - base) / steps[:, None]).T
            scale = np.ones(size)
            scale[3:6] = 1 / RADIAN_MM**2
            normal = jacobian.T @ jacobian
            for _try in range(7):
                move = -np.linalg.solve(normal + damping * 400 * np.diag(scale), jacobian.T @ base)
                limit = np.ones(size) * 0.35
                limit[3:6] = 25.0
                move *= min(1.0, float((limit / np.maximum(abs(move), 1e-9)).min()))
                trial = self._residuals(goal, pose, move[None])[0]
                if trial @ trial < error:
                    pose = self._moved(pose, move)
                    damping = max(damping * 0.4, 1e-4)
                    break
                damping *= 6
            else:
                break
        return pose if step_s is None else _no_faster(start, pose, step_s)

    def _moved(self, pose: HandPose, delta: np.ndarray) -> HandPose:
        u, _, vt = np.linalg.svd(rodrigues(delta[:3]) @ pose.turn)
        angles = np.clip(pose.angles + delta[6:], LIMITS[:, 0] - 0.1, LIMITS[:, 1] + 0.1)
        return replace(pose, turn=u @ vt, wrist=pose.wrist + delta[3:6], angles=angles)

    def _residuals(self, goal: Goal, pose: HandPose, deltas: np.ndarray) -> np.ndarray:
        """Residuals (B, R) of the pose moved by each of deltas (B, 6 + A)."""
        body = self.body
        turn = rodrigues(deltas[:, :3]) @ pose.turn
        wrist = pose.wrist + deltas[:, 3:6]
        angles = pose.angles + deltas[:, 6:]
        matrices = body.limb.transforms(body.rotations(angles), root_of(body, turn, wrist))
        parts = []
        if goal.pins:
            rows = np.array([body.spots[p.spot] for p in goal.pins])
            places = carried(matrices, body.spot_joint[rows], body.spot_point[rows])
            targets = np.array([p.target for p in goal.pins])
            weight = np.array([p.weight for p in goal.pins])
            parts.append((weight[:, None] * (places - targets)).reshape(len(deltas), -1))
            for row, pin in zip(rows, goal.pins, strict=True):
                if pin.normal is not None:
                    spun = matrices[:, body.spot_joint[row], :, :3] @ body.spot_normal[row]
                    parts.append(pin.normal_weight * RADIAN_MM * (spun + pin.normal))
        if goal.touching:
            rows = np.array([body.spots[n] for n in goal.touching])
            places = carried(matrices, body.spot_joint[rows], body.spot_point[rows])
            far = self.foot.distance(places)
            parts.append(np.array(list(goal.touching.values())) * 20 * np.tanh(far / 20))
        if goal.avoid_weight:
            places = carried(matrices, body.ball_joint, body.ball_point)
            inside = np.maximum(0, body.ball_radius - self.foot.distance(places))
            parts.append(goal.avoid_weight * inside)
            if self.block is not None:
                sunk = np.minimum(self.block[0] - places[..., 1], self.block[1] - places[..., 2])
                parts.append(goal.avoid_weight * np.maximum(0, sunk + body.ball_radius))
            if goal.obstacles is not None and len(goal.obstacles):
                ball = goal.obstacles
                gap = np.linalg.norm(places[:, :, None] - ball[:, :3], axis=-1)
                overlap = np.maximum(0, body.ball_radius[:, None] + ball[:, 3] - gap)
                parts.append(0.8 * goal.avoid_weight * overlap.max(-1))
        parts.append(goal.angle_weight * RADIAN_MM * (angles - goal.posture.angles))
        parts.append(4 * RADIAN_MM * np.maximum(0, np.maximum(LIMITS[:, 0] - angles, angles - LIMITS[:, 1])))
        parts.append(goal.wrist_weight * (wrist - goal.posture.wrist))
        parts.append(goal.turn_weight * RADIAN_MM * (turn - goal.posture.turn).reshape(len(deltas), 9))
        if goal.elbow_weight:
            to_elbow = goal.elbow - wrist
            to_elbow /= np.linalg.norm(to_elbow, axis=1, keepdims=True)
            bent = abs(wrist_angles(body, turn, to_elbow)) - np.array([_EASY_BEND, _EASY_LEAN])
            parts.append(goal.elbow_weight * 8 * RADIAN_MM * np.maximum(0, bent))
            parts.append(goal.elbow_weight * 3 * RADIAN_MM * (turn @ body.forearm - to_elbow))
        return np.concatenate(parts, axis=1)


def _no_faster(start: HandPose, pose: HandPose, step_s: float) -> HandPose:
    """`pose`, or as much of the way there as a hand goes in `step_s`."""
    most = FINGER_SPEED * step_s
    angles = start.angles + np.clip(pose.angles - start.angles, -most, most)
    way = Rotation.from_matrix(pose.turn @ start.turn.T).as_rotvec()
    share = min(1.0, WRIST_SPEED * step_s / max(float(np.linalg.norm(way)), 1e-9))
    return replace(pose, angles=angles, turn=rodrigues(share * way) @ start.turn)
