"""What hands do between strokes: hover, lie still, move on, adjust the foot, spread oil, leave the picture.

A rest is a list of places (`ways.Node`) for each hand, from where the last stroke left it to where the next begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from trainer.studio import grips, stance
from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import SIDES
from trainer.studio.client import Put
from trainer.studio.palm_grips import flat_hand
from trainer.studio.reach import Goal, HandPose, Reach, bulk, carried, root_of
from trainer.studio.spots import middle_x
from trainer.studio.ways import Node, Room, Way, moved, natural_s, shortened, ways

# Shorter rests than these are only a way from one place to the next.
LEAST_S = {"hover": 1.0, "still": 1.3, "move": 0.0, "adjust": 1.9, "oil": 2.0, "leave": 1.9}
_LIFTS_MM = (32.0, 46.0, 62.0, 80.0, 100.0)
_TOUCH_MM = 8.0
_FEW = 3
_NEAR_MM, _NEAR_RADIANS = 75.0, 0.7
_HURRY = 0.8  # a way may take this share of its natural time


@dataclass(frozen=True, eq=False)
class Rest:
    """A rest on the clock. put: how the foot is put elsewhere in it."""

    kind: str
    start_s: float
    end_s: float
    put: Put | None = None

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


@dataclass(frozen=True, eq=False)
class Around:
    """Who rests where: the hands, their solvers, the room and the setting."""

    bodies: dict[str, Anatomy]
    reaches: dict[str, Reach]
    room: Room
    setting: str

    def away(self, side: str) -> Node:
        """Out of the picture."""
        pose = _hand(self.bodies[side], side, stance.away(self.setting, side), 0.0)
        return Node(pose, self.elbow(side))

    def elbow(self, side: str, wanted: np.ndarray | None = None) -> np.ndarray:
        outward = self.room.foot.outward
        return stance.elbow(self.setting, side, outward, grips.elbow(side) if wanted is None else wanted)

    def solve(self, side: str, goal: Goal, start: HandPose, iterations: int, beside: np.ndarray | None = None) -> Node:
        """A node on the skin; beside (M, 4): the other hand's spheres."""
        goal = self.placed(side, goal, beside)
        return Node(self.reaches[side].solve(goal, start, iterations), goal.elbow, touch=True)

    def placed(self, side: str, goal: Goal, beside: np.ndarray | None = None) -> Goal:
        """A grip's goal in this setting."""
        spheres = [s for s in (goal.obstacles, self.room.spheres, beside) if s is not None and len(s)]
        around = np.concatenate(spheres) if spheres else None
        return replace(goal, elbow=self.elbow(side, goal.elbow), obstacles=around)


def draw_put(rng: np.random.Generator, start_s: float, end_s: float, at: float = 0.42) -> Put:
    """How the hands reposition the foot from `at` of a rest on: some degrees, some millimetres."""
    axis = rng.normal(size=3) * (1.0, 0.5, 0.9)
    turn = np.radians(rng.uniform(2.5, 6.0)) * axis / np.linalg.norm(axis)
    shift = rng.uniform((-9, 0, -6), (9, 4, 6))
    long = end_s - start_s
    return Put(start_s + at * long, start_s + (at + 0.24) * long, turn, shift)


def rest_ways(
    around: Around, rest: Rest, first: dict[str, Node] | None, last: dict[str, Node] | None, rng: np.random.Generator
) -> dict[str, Way]:
    """Both hands' ways through a rest.

    first, last: where the hands come from and go to; None at the clip's ends, where they are in the rest's own place,
    or out of the picture for `leave` and `move`.
    """
    if first is None or last is None:
        kind = "leave" if rest.kind == "move" else rest.kind
    else:
        kind = rest.kind if rest.seconds >= LEAST_S[rest.kind] else "move"
    first, last = _felt(around, first), _felt(around, last)
    places = _PLACES[kind](around, rng, rest.seconds)
    keeping = str(rng.choice((*SIDES, "none")))
    nodes = {}
    for s in SIDES:
        start, end = (first or {}).get(s), (last or {}).get(s)
        # A hand that goes on where it is may stay on the foot, so that touch isn't lost.
        can = start is not None and end is not None and _near(start, end)
        keeps = can and (kind == "move" or (kind in ("hover", "oil") and s == keeping and len(places[s]) < 3))
        nodes[s] = _listed(around, s, start, [] if keeps else places[s], end, rest.seconds)
    return ways(around.room, around.reaches, nodes, rest.start_s, rest.seconds, rng)


def _felt(around: Around, hands: dict[str, Node] | None) -> dict[str, Node] | None:
    """The same hands, those that are off the skin marked so."""
    if hands is None:
        return None
    return {s: replace(n, touch=bool(_gaps(around, s, [n.pose])[0] < _TOUCH_MM)) for s, n in hands.items()}


def _listed(
    around: Around, side: str, start: Node | None, places: list[Node], end: Node | None, seconds: float
) -> list[Node]:
    """From `start` over `places` to `end`, lifting off and setting down, as far as the time allows."""
    out = around.away(side)
    if start is None or end is None:
        here = places or [replace(out, dwell=1.0)]
        if start is None and end is None:
            return [*here, here[-1]]
        known = start if start is not None else end
        assert known is not None
        path = [*here, *_between(around, side, here[-1], known)]
        if start is not None:
            path = path[::-1]
        return _cut(path, seconds, start is not None)
    path = [start]
    for place in [*places, end]:
        path += _between(around, side, path[-1], place)
    if places and natural_s(path) * _HURRY > seconds:
        if start.touch and places[0].touch and len(places) == 1:
            # Not enough time to go anywhere: the hand lies where it is.
            return [replace(start, dwell=1.0), *_between(around, side, start, end)]
        if not (start.touch and end.touch):
            return [start, *_between(around, side, start, end)]
        # Not enough time for all of it: the hands go only as far as they come.
        if len(places) > _FEW:
            return _listed(around, side, start, [*places[: _FEW - 1], places[-1]], end, seconds)
        up = _lifted(around, side, start)
        share = shortened([up[-1], places[0], end], seconds / _HURRY)
        middle = replace(up[-1], pose=mix(up[-1].pose, places[0].pose, share))
        path = [start, *up, middle, *_between(around, side, middle, end)]
    return path


def _cut(path: list[Node], seconds: float, going: bool) -> list[Node]:
    """Leave out the far part of a way in or out that there's no time for."""
    if natural_s(path) * _HURRY <= seconds:
        return path
    near, far = (path[0], path[1:]) if going else (path[-1], path[-2::-1])
    lifted, goal = far[min(1, len(far) - 1)], far[-1]
    share = shortened([near, lifted, goal], seconds / _HURRY)
    short = mix(near.pose, mix(lifted.pose, goal.pose, share), min(1.0, 3 * share))
    over = far[:2] if share > 0.35 and len(far) > 2 else []
    cut = [near, *over, replace(goal, pose=short, touch=False, stop=True)]
    return cut if going else cut[::-1]


def _between(around: Around, side: str, a: Node, b: Node) -> list[Node]:
    """What comes after `a` to reach `b`: along the skin to a neighbouring place, else lifted off and set down."""
    if _near(a, b) and _clear(around, side, [a, b]) > -4:
        return [b]
    up = _lifted(around, side, a) if a.touch else []
    down = _lifted(around, side, b)[::-1] if b.touch else []
    over = _around_foot(around, side, up[-1] if up else a, down[0] if down else b)
    return [*up, *over, *down, b]


def _around_foot(around: Around, side: str, a: Node, b: Node) -> list[Node]:
    """A place to pass through where the foot is in the straight way from `a` to `b`."""
    if _clear(around, side, [a, b]) > -3:
        return []
    loose = replace(a, stop=False, touch=False, dwell=0.0, slow_s=0.0)
    aside = np.array([[grips.sign(side), 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0, 0, -1.0]])
    shifts = [size * d for size in (40.0, 80.0, 130.0) for d in (*aside, aside[0] + aside[1], aside[0] + aside[2])]
    best, clearest = [loose], -np.inf
    for share in (0.2, 0.5, 0.8):
        middle = replace(loose, pose=mix(a.pose, b.pose, share))
        for shift in shifts:
            node = moved(middle, shift)
            clear = min(_clear(around, side, [a, node, b]), 4.0) - 0.03 * float(np.linalg.norm(shift))
            if clear > clearest:
                best, clearest = [node], clear
    return best


def _clear(around: Around, side: str, nodes: list[Node]) -> float:
    """The least gap, mm, between hand and foot on the straight ways between nodes, their ends apart."""
    poses = [mix(a.pose, b.pose, x) for a, b in pairwise(nodes) for x in (0.17, 0.33, 0.5, 0.67, 0.83)]
    poses += [n.pose for n in nodes[1:-1]]
    return float(_gaps(around, side, poses).min())


def _gaps(around: Around, side: str, poses: list[HandPose]) -> np.ndarray:
    """(N,) mm between a hand and the foot or what it lies on, negative inside, for each of N poses."""
    body, block = around.bodies[side], around.room.block
    turn, wrist = np.stack([p.turn for p in poses]), np.stack([p.wrist for p in poses])
    matrices = body.limb.transforms(body.rotations(np.stack([p.angles for p in poses])), root_of(body, turn, wrist))
    balls = carried(matrices, body.ball_joint, body.ball_point)
    far = around.room.foot.distance(balls)
    if block is not None:
        far = np.minimum(far, np.maximum(balls[..., 1] - block[0], balls[..., 2] - block[1]))
    return np.asarray((far - body.ball_radius).min(1))


def _near(a: Node, b: Node) -> bool:
    apart = float(np.linalg.norm(a.pose.wrist - b.pose.wrist))
    turned = Rotation.from_matrix(a.pose.turn.T @ b.pose.turn).magnitude()
    return a.touch and b.touch and apart < _NEAR_MM and turned < _NEAR_RADIANS


def _lifted(around: Around, side: str, node: Node) -> list[Node]:
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
        gaps = _gaps(around, side, [n.pose for n in tries])
        return tries[int(np.argmax(np.minimum(gaps, enough)))]

    return [best((0.6, 0.35, 0.15), (7.0, 14.0), 0.0), best((0.75, 0.45), _LIFTS_MM, 4.0)]


def _opened(pose: HandPose, share: float) -> HandPose:
    open_hand = grips.angles(mcp=6, pip=10, dip=6, thumb_ip=10, thumb_flex=-15)
    return replace(pose, angles=pose.angles + share * (open_hand - pose.angles))


def _hand(body: Anatomy, side: str, wrist: np.ndarray, beside: float) -> HandPose:
    """A relaxed hand, the fingers up and towards the foot; beside: 0 before the sole to 1 at the foot's side."""
    s = grips.sign(side)
    fingers = np.array([-s * (0.25 + 0.1 * beside), 0.75, -0.35 - 0.3 * beside])
    palm = np.array([-s * (0.3 + 0.5 * beside), -0.3, -0.85 + 0.4 * beside])
    angles = grips.angles(
        mcp=22, pip=28, dip=14, thumb_ip=14, thumb_mcp=10, index_mcp=16, index_pip=22, little_mcp=27, little_pip=33
    )
    return HandPose(body.facing(fingers, palm), np.asarray(wrist, float), angles)


def _station(around: Around, side: str, u: float, beside: float) -> Node:
    """Near the foot, off the skin, on the hand's own side."""
    foot, s = around.room.foot, grips.sign(side)
    out = foot.width_mm * 0.5 + 22 + 45 * beside
    wrist = [middle_x(foot) + s * out, u * foot.length_mm - 70, 92 - 34 * beside]
    return Node(_hand(around.bodies[side], side, np.array(wrist), beside), around.elbow(side))


def _hover(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    """Relaxed near the foot; in a long hover they wander to a second place."""
    out = {}
    for s in SIDES:
        beside, u = rng.uniform(0, 1), rng.uniform(0.3, 0.62)
        here = replace(_station(around, s, u, beside), dwell=1.0)
        second = _station(around, s, u + rng.uniform(-0.08, 0.08), float(np.clip(beside + rng.normal(0, 0.2), 0, 1)))
        out[s] = [here, replace(second, dwell=0.7)] if seconds > 2.4 else [here]
    return out


def _on_foot(around: Around, rng: np.random.Generator, goals: dict[str, Goal]) -> dict[str, list[Node]]:
    out: dict[str, list[Node]] = {}
    beside = None
    for s in rng.permutation(SIDES).tolist():
        node = around.solve(s, goals[s], goals[s].posture, 60, beside)
        beside = bulk(around.bodies[s], node.pose)
        out[s] = [replace(node, dwell=1.0)]
    return out


def _still(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    """Both hands lie on the foot without pressing: around it, on the sole, or at the ankle."""
    foot, goals = around.room.foot, {}
    flat = str(rng.choice(("left", "right", "none")))
    for s in SIDES:
        body = around.bodies[s]
        if s == flat:
            goals[s] = flat_hand(body, foot, s, rng.uniform(0.62, 0.8), 0.25 * grips.sign(s), 0.0)
        elif rng.random() < 0.3 or flat != "none":
            goals[s] = grips.cradle(body, foot, s, rng.uniform(0.26, 0.34))
        else:
            goals[s] = grips.hold(body, foot, s, rng.uniform(0.45, 0.66))
    return _on_foot(around, rng, goals)


def _adjust(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    """One hand at the heel, one at the forefoot, or both at the forefoot: they carry the foot."""
    foot = around.room.foot
    low = str(rng.choice((*SIDES, "none")))
    goals = {
        s: grips.cradle(around.bodies[s], foot, s, 0.26) if s == low
        else grips.hold(around.bodies[s], foot, s, rng.uniform(0.52, 0.66))
        for s in SIDES
    }  # fmt: skip
    return _on_foot(around, rng, goals)


def _leave(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    return {s: [replace(around.away(s), dwell=1.0)] for s in SIDES}


def _move(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    """Straight to the next place; time that is left is spent near the foot."""
    if seconds < 1.5:
        return {s: [] for s in SIDES}
    return {s: [replace(_station(around, s, rng.uniform(0.35, 0.55), rng.uniform(0, 1)), dwell=1.0)] for s in SIDES}


def _oil(around: Around, rng: np.random.Generator, seconds: float) -> dict[str, list[Node]]:
    """The palms rub against each other before the foot, or one hand lightly spreads oil once along the sole."""
    if seconds > 3.4 and rng.random() < 0.5:
        return _spread(around, rng)
    foot = around.room.foot
    middle = np.array([middle_x(foot), foot.length_mm * rng.uniform(0.2, 0.4), rng.uniform(105, 125)])
    pace = rng.uniform(0.16, 0.26)
    rubs = max(3, round((seconds - 1.4) / (pace + 0.06)))
    size = rng.uniform(20, 30)
    out: dict[str, list[Node]] = {}
    for s in SIDES:
        body, sign = around.bodies[s], grips.sign(s)
        fingers = np.array([sign * 0.03, 0.8, -0.5])
        turn = body.facing(fingers, np.array([-sign, -0.1, 0.0]))
        palm = body.spot_point[body.spots["palm"]] - body.wrist
        along = fingers / np.linalg.norm(fingers)
        swings = [size * (-1) ** k * sign * (0.7 + 0.3 * float(rng.random())) for k in range(rubs)]
        flat = grips.angles(mcp=-3, pip=4, dip=2, thumb_ip=8, thumb_mcp=4, thumb_flex=-14)
        place = middle + np.array([sign * 5.0, 0, 0]) - turn @ palm
        elbow = around.elbow(s, np.array([sign * 250.0, -170.0, 400.0]))
        out[s] = [
            Node(HandPose(turn, place + w * along, flat), elbow, stop=False, slow_s=pace, clear_mm=-5.0) for w in swings
        ]
        out[s][0] = replace(out[s][0], stop=True, slow_s=0.0)
        out[s][-1] = replace(out[s][-1], stop=True)
    return out


def _spread(around: Around, rng: np.random.Generator) -> dict[str, list[Node]]:
    lead = str(rng.choice(SIDES))
    other = "right" if lead == "left" else "left"
    body, foot = around.bodies[lead], around.room.foot
    nodes: list[Node] = []
    for u in (0.34, 0.56, 0.78, 0.98):
        goal = flat_hand(body, foot, lead, u, 0.0, 2.0)
        node = around.solve(lead, goal, nodes[-1].pose if nodes else goal.posture, 40 if not nodes else 15)
        nodes.append(replace(node, stop=u in (0.34, 0.98), slow_s=0.0 if u == 0.34 else 0.35))
    return {lead: nodes, other: [replace(_station(around, other, 0.4, 1.0), dwell=1.0)]}


_PLACES = {"hover": _hover, "still": _still, "move": _move, "adjust": _adjust, "oil": _oil, "leave": _leave}


def mix(a: HandPose, b: HandPose, share: float) -> HandPose:
    """A pose between two."""
    turn = Slerp([0, 1], Rotation.from_matrix(np.stack([a.turn, b.turn])))(share).as_matrix()
    return HandPose(turn, a.wrist + share * (b.wrist - a.wrist), a.angles + share * (b.angles - a.angles))
