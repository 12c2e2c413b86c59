"""What hands do between strokes: hover, lie still, move on, adjust the foot, spread oil, leave the picture.

A rest is a list of places (`ways.Node`) for each hand, from where the last stroke left it to where the next begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trainer.studio import grips
from trainer.studio.bodies import SIDES
from trainer.studio.client import Put
from trainer.studio.palm_grips import flat_hand
from trainer.studio.passage import Around, between, clear, gaps, lifted, mix, near, relaxed
from trainer.studio.reach import Goal, HandPose, bulk
from trainer.studio.spots import middle_x
from trainer.studio.ways import Node, Way, natural_s, shortened, ways

# Shorter rests than these are only a way from one place to the next.
LEAST_S = {"hover": 1.0, "still": 1.3, "move": 0.0, "adjust": 1.9, "oil": 2.0, "leave": 1.9}
_TOUCH_MM = 8.0
_FEW = 3
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
        can = start is not None and end is not None and near(start, end)
        keeps = can and (kind == "move" or (kind in ("hover", "oil") and s == keeping and len(places[s]) < 3))
        nodes[s] = _listed(around, s, start, [] if keeps else places[s], end, rest.seconds)
    return ways(around.room, around.reaches, nodes, rest.start_s, rest.seconds, rng)


def _felt(around: Around, hands: dict[str, Node] | None) -> dict[str, Node] | None:
    """The same hands, those that are off the skin marked so."""
    if hands is None:
        return None
    return {s: replace(n, touch=bool(gaps(around, s, [n.pose])[0] < _TOUCH_MM)) for s, n in hands.items()}


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
        path = [*here, *between(around, side, here[-1], known)]
        if start is not None:
            path = path[::-1]
        return _cut(path, seconds, start is not None)
    path = [start]
    for place in [*places, end]:
        path += between(around, side, path[-1], place)
    if places and natural_s(path) * _HURRY > seconds:
        if start.touch and places[0].touch and len(places) == 1:
            # Not enough time to go anywhere: the hand lies where it is.
            return [replace(start, dwell=1.0), *between(around, side, start, end)]
        if not (start.touch and end.touch):
            return [start, *between(around, side, start, end)]
        # Not enough time for all of it: the hands go only as far as they come.
        if len(places) > _FEW:
            return _listed(around, side, start, [*places[: _FEW - 1], places[-1]], end, seconds)
        up = lifted(around, side, start)
        share = shortened([up[-1], places[0], end], seconds / _HURRY)
        middle = replace(up[-1], pose=mix(up[-1].pose, places[0].pose, share))
        if clear(around, side, [up[-1], middle]) < -3:
            return [start, *between(around, side, start, end)]
        path = [start, *up, middle, *between(around, side, middle, end)]
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


def _station(around: Around, side: str, u: float, beside: float) -> Node:
    """Near the foot, off the skin, on the hand's own side."""
    foot, s = around.room.foot, grips.sign(side)
    out = foot.width_mm * 0.5 + 22 + 45 * beside
    wrist = [middle_x(foot) + s * out, u * foot.length_mm - 70, 92 - 34 * beside]
    return Node(relaxed(around.bodies[side], side, np.array(wrist), beside), around.elbow(side))


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
