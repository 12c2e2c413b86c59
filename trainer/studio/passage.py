"""From one place to the next: a hand lifts off, goes around the foot and is set down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from trainer.studio import grips, stance
from trainer.studio.anatomy import Anatomy
from trainer.studio.reach import Goal, HandPose, Reach, bulk, carried, root_of
from trainer.studio.ways import Node, Room, moved

_LIFTS_MM = (32.0, 46.0, 62.0, 80.0, 100.0)
_NEAR_MM, _NEAR_RADIANS = 75.0, 0.7


@dataclass(frozen=True, eq=False)
class Around:
    """Who rests where: the hands, their solvers, the room and the setting."""

    bodies: dict[str, Anatomy]
    reaches: dict[str, Reach]
    room: Room
    setting: str

    def away(self, side: str) -> Node:
        """Out of the picture."""
        pose = relaxed(self.bodies[side], side, stance.away(self.setting, side), 0.0)
        return Node(pose, self.elbow(side))

    def elbow(self, side: str, wanted: np.ndarray | None = None) -> np.ndarray:
        outward = self.room.foot.outward
        return stance.elbow(self.setting, side, outward, grips.elbow(side) if wanted is None else wanted)

    def solve(
        self,
        side: str,
        goal: Goal,
        start: HandPose,
        iterations: int,
        beside: np.ndarray | None = None,
        step_s: float | None = None,
    ) -> Node:
        """A node on the skin; beside (M, 4): the other hand's spheres."""
        goal = self.placed(side, goal, beside)
        return Node(self.reaches[side].solve(goal, start, iterations, step_s), goal.elbow, touch=True)

    def placed(self, side: str, goal: Goal, beside: np.ndarray | None = None) -> Goal:
        """A grip's goal in this setting."""
        spheres = [s for s in (goal.obstacles, self.room.spheres, beside) if s is not None and len(s)]
        around = np.concatenate(spheres) if spheres else None
        return replace(goal, elbow=self.elbow(side, goal.elbow), obstacles=around)


def between(around: Around, side: str, a: Node, b: Node) -> list[Node]:
    """What comes after `a` to reach `b`: along the skin to a neighbouring place, else lifted off and set down."""
    if near(a, b) and clear(around, side, [a, b]) > -4:
        return [b]
    up = lifted(around, side, a) if a.touch else []
    down = lifted(around, side, b)[::-1] if b.touch else []
    over = _around_foot(around, side, up[-1] if up else a, down[0] if down else b)
    return [*up, *over, *down, b]


def _around_foot(around: Around, side: str, a: Node, b: Node) -> list[Node]:
    """A place to pass through where the foot is in the straight way from `a` to `b`."""
    if clear(around, side, [a, b]) > -3:
        return []
    loose = replace(a, stop=False, touch=False, dwell=0.0, slow_s=0.0)
    aside = np.array([[grips.sign(side), 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, -1.0]])
    shifts = [size * d for size in (40.0, 80.0, 130.0) for d in (*aside, aside[0] + aside[1], aside[0] + aside[2])]
    best, clearest = [loose], -np.inf
    for share in (0.2, 0.5, 0.8):
        middle = replace(loose, pose=mix(a.pose, b.pose, share))
        for shift in shifts:
            node = moved(middle, shift)
            apart = min(clear(around, side, [a, node, b]), 4.0) - 0.03 * float(np.linalg.norm(shift))
            if apart > clearest:
                best, clearest = [node], apart
    return best


def clear(around: Around, side: str, nodes: list[Node]) -> float:
    """The least gap, mm, between hand and foot on the straight ways between nodes, their ends apart."""
    poses = [mix(a.pose, b.pose, x) for a, b in pairwise(nodes) for x in (0.17, 0.33, 0.5, 0.67, 0.83)]
    poses += [n.pose for n in nodes[1:-1]]
    return float(gaps(around, side, poses).min())


def gaps(around: Around, side: str, poses: list[HandPose]) -> np.ndarray:
    """(N,) mm between a hand and the foot or what it lies on, negative inside, for each of N poses."""
    body, block = around.bodies[side], around.room.block
    turn, wrist = np.stack([p.turn for p in poses]), np.stack([p.wrist for p in poses])
    matrices = body.limb.transforms(body.rotations(np.stack([p.angles for p in poses])), root_of(body, turn, wrist))
    balls = carried(matrices, body.ball_joint, body.ball_point)
    far = around.room.foot.distance(balls)
    if block is not None:
        far = np.minimum(far, np.maximum(balls[..., 1] - block[0], balls[..., 2] - block[1]))
    return np.asarray((far - body.ball_radius).min(1))


def near(a: Node, b: Node) -> bool:
    apart = float(np.linalg.norm(a.pose.wrist - b.pose.wrist))
    turned = Rotation.from_matrix(a.pose.turn.T @ b.pose.turn).magnitude()
    return a.touch and b.touch and apart < _NEAR_MM and turned < _NEAR_RADIANS


def lifted(around: Around, side: str, node: Node) -> list[Node]:
    """The same hand opened, then drawn off the skin the way its parts look away from it."""
    foot, body = around.room.foot, around.bodies[side]
    balls = bulk(body, node.pose)
    far = foot.distance(balls[:, :3]) - balls[:, 3]
    weight = np.exp(-np.clip(far, 0, None) / 6)
    off = weight @ foot.gradient(balls[:, :3]) / max(weight.sum(), 1e-6)
    off = off + 0.5 * foot.gradient(node.pose.wrist[None])[0] + np.array([0.0, 0.0, 0.25])
    off /= max(float(np.linalg.norm(off)), 1e-6)
    free = replace(node, stop=False, touch=False, dwell=0.0, slow_s=0.0)

    def best(opening: tuple[float, ...], way: tuple[float, ...], enough: float) -> Node:
        """Opened as much and moved as little as makes the hand clear of the foot."""
        tries = [moved(replace(free, pose=_opened(node.pose, o)), w * off) for w in way for o in opening]
        apart = gaps(around, side, [n.pose for n in tries])
        return tries[int(np.argmax(np.minimum(apart, enough)))]

    return [best((0.6, 0.35, 0.15), (7.0, 14.0), 0.0), best((0.75, 0.45), _LIFTS_MM, 4.0)]


def _opened(pose: HandPose, share: float) -> HandPose:
    open_hand = grips.angles(mcp=6, pip=10, dip=6, thumb_ip=10, thumb_flex=-15)
    return replace(pose, angles=pose.angles + share * (open_hand - pose.angles))


def relaxed(body: Anatomy, side: str, wrist: np.ndarray, beside: float) -> HandPose:
    """A relaxed hand, the fingers up and towards the foot; beside: 0 before the sole to 1 at the foot's side."""
    s = grips.sign(side)
    fingers = np.array([-s * (0.25 + 0.1 * beside), 0.75, -0.35 - 0.3 * beside])
    palm = np.array([-s * (0.3 + 0.5 * beside), -0.3, -0.85 + 0.4 * beside])
    angles = grips.angles(
        mcp=17, pip=24, dip=11, thumb_ip=13, thumb_mcp=10, thumb_flex=9, index_mcp=11, index_pip=18, little_mcp=22,
        little_pip=28,
    )  # fmt: skip
    return HandPose(body.facing(fingers, palm), np.asarray(wrist, float), angles)


def mix(a: HandPose, b: HandPose, share: float) -> HandPose:
    """A pose between two."""
    turn = Slerp([0, 1], Rotation.from_matrix(np.stack([a.turn, b.turn])))(share).as_matrix()
    return HandPose(turn, a.wrist + share * (b.wrist - a.wrist), a.angles + share * (b.angles - a.angles))
