"""A script played by two hands: for every frame a pose of each hand, with believable ways between the strokes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from scipy.spatial.transform import Rotation, Slerp

from trainer.studio import grips
from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import SIDES
from trainer.studio.client import Client, FootMotion
from trainer.studio.foot_surface import FootSurface
from trainer.studio.movement import Movement, Place
from trainer.studio.movements import MOVEMENTS, TEMPO
from trainer.studio.reach import Goal, HandPose, Reach, bulk
from trainer.studio.recipe import REST, Step
from trainer.studio.timing import smooth, wander

_FADE_S = 0.4


@dataclass(frozen=True, eq=False)
class Played:
    """A stroke as played, with its exact cycle instants (seconds)."""

    technique: str
    start_s: float
    end_s: float
    movement: Movement


@dataclass(frozen=True, eq=False)
class Moment:
    """One frame: each hand's pose and elbow in the foot frame, and the stroke under way (None in a rest).

    foot_turn (3,) about the ankle, foot_shift (3,) mm, toe_turns (joint of the leg -> (3,) about its head): how the
    foot lies on the stage; rotation vectors in radians. The hands go with it, for they are in its frame.
    """

    time_s: float
    poses: dict[str, HandPose]
    elbows: dict[str, np.ndarray]
    stroke: Played | None
    foot_turn: np.ndarray = field(default_factory=lambda: np.zeros(3))
    foot_shift: np.ndarray = field(default_factory=lambda: np.zeros(3))
    toe_turns: dict[str, np.ndarray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Performance:
    """All strokes of a clip on one foot by one pair of hands."""

    foot: FootSurface
    bodies: dict[str, Anatomy]
    strokes: tuple[Played, ...]
    seconds: float
    rests: tuple[tuple[float, float, float], ...] = field(default=())
    seed: int = 0
    setting: str = "couch"
    calm: bool = False

    def moments(self, fps: float) -> Iterator[Moment]:
        """Every frame in order."""
        client = Client(self.seed, self.seconds, calm=self.calm)
        for moment in self._hands(fps) if self.bodies else self._bare(fps):
            held, foot = self._held(moment.time_s)
            own = client.at(moment.time_s, held)
            toes = own.toes if not foot.toes else foot.toes
            yield replace(moment, foot_turn=own.turn + foot.turn, foot_shift=own.shift, toe_turns=toes)

    def _bare(self, fps: float) -> Iterator[Moment]:
        for frame in range(round(self.seconds * fps)):
            yield Moment(frame / fps, {}, {}, None)

    def _held(self, time_s: float) -> tuple[float, FootMotion]:
        """How firmly a stroke holds the foot, 0 to 1, and how it moves it; fading in and out outside the stroke."""
        held, turn, toes = 0.0, np.zeros(3), {}
        for stroke in self.strokes:
            outside = max(stroke.start_s - time_s, time_s - stroke.end_s)
            share = 1 - smooth(outside / _FADE_S)
            if share <= 0:
                continue
            within = float(np.clip(time_s, stroke.start_s, stroke.end_s - 1e-3))
            held = max(held, share)
            turns = getattr(stroke.movement, "foot_turn", None)
            if turns is not None:
                turn = turn + share * turns(within)
            bends = getattr(stroke.movement, "toe_turns", None)
            if bends is not None:
                toes = {name: share * bend for name, bend in bends(within).items()}
        return held, FootMotion(turn, np.zeros(3), toes)

    def _hands(self, fps: float) -> Iterator[Moment]:
        solvers = {s: Reach(self.bodies[s], self.foot) for s in SIDES}
        entries = [self._entry(solvers, p) for p in self.strokes]
        exits: dict[int, dict[str, HandPose]] = {}
        sway = wander(np.random.default_rng([self.seed, 17]), 6, 0.15, 0.7)
        current = {s: grips.hover(self.bodies[s], self.foot, s, 0.4, 1.0) for s in SIDES}
        for frame in range(round(self.seconds * fps)):
            t = frame / fps
            at = next((i for i, p in enumerate(self.strokes) if p.start_s <= t < p.end_s), None)
            if at is not None:
                stroke = self.strokes[at]
                goals = stroke.movement.goals(t)
                if at not in exits:
                    current = dict(entries[at])
                current = self._solved(solvers, stroke, goals, current, 4)
                exits[at] = current
                yield Moment(t, current, {s: goals[s].elbow for s in SIDES}, stroke)
            else:
                before = max((i for i, p in enumerate(self.strokes) if p.end_s <= t), default=None)
                after = next((i for i, p in enumerate(self.strokes) if p.start_s > t), None)
                current = {
                    s: self._between(solvers[s], s, t, before, after, entries, exits, sway.at(t), current[s])
                    for s in SIDES
                }
                yield Moment(t, current, {s: grips.elbow(s) for s in SIDES}, None)

    def _entry(self, solvers: dict[str, Reach], stroke: Played) -> dict[str, HandPose]:
        """Where the hands are when a stroke begins: solved at rest, then run in, so that nothing settles in view."""
        goals = stroke.movement.goals(stroke.start_s)
        poses = self._solved(solvers, stroke, goals, {s: g.posture for s, g in goals.items()}, 80)
        ahead = np.linspace(0, min(1.6, stroke.end_s - stroke.start_s), 20)
        for after in (*ahead, *ahead[::-1]):
            poses = self._solved(solvers, stroke, stroke.movement.goals(stroke.start_s + float(after)), poses, 4)
        return poses

    def _solved(
        self,
        solvers: dict[str, Reach],
        stroke: Played,
        goals: dict[str, Goal],
        start: dict[str, HandPose],
        iterations: int,
    ) -> dict[str, HandPose]:
        """The working hand first; the other keeps clear of it."""
        first = stroke.movement.hands[0]
        second = "right" if first == "left" else "left"
        lead = solvers[first].solve(goals[first], start[first], iterations)
        beside = replace(goals[second], obstacles=bulk(self.bodies[first], lead))
        return {first: lead, second: solvers[second].solve(beside, start[second], iterations)}

    def _between(
        self,
        solver: Reach,
        side: str,
        t: float,
        before: int | None,
        after: int | None,
        entries: list[dict[str, HandPose]],
        exits: dict[int, dict[str, HandPose]],
        sway: np.ndarray,
        current: HandPose,
    ) -> HandPose:
        """The way through a rest: off the foot, a hover, down to where the next stroke starts."""
        body, foot = self.bodies[side], self.foot
        start = self.strokes[before].end_s if before is not None else 0.0
        end = self.strokes[after].start_s if after is not None else self.seconds
        leave = next((away for a, b, away in self.rests if a <= t < b), 0.0)
        far = grips.hover(body, foot, side, 0.5, 1.0)
        first = exits[before][side] if before is not None and before in exits else far
        last = entries[after][side] if after is not None else far
        if before is None:
            keys = [(0.0, far), (0.62, _lifted(last, side)), (1.0, last)]
        elif after is None:
            keys = [(0.0, first), (0.35, _lifted(first, side)), (1.0, far)]
        else:
            middle = grips.hover(body, foot, side, 0.5, max(leave, 0.08))
            keys = [
                (0.0, first),
                (0.22, _lifted(first, side)),
                (0.5, middle),
                (0.78, _lifted(last, side)),
                (1.0, last),
            ]
        share = min(max((t - start) / max(end - start, 1e-6), 0.0), 1.0)
        k = max(i for i, (at, _) in enumerate(keys[:-1]) if at <= share)
        (a, pose_a), (b, pose_b) = keys[k], keys[k + 1]
        wanted = mix(pose_a, pose_b, smooth((share - a) / (b - a)))
        calm = np.sin(np.pi * share)
        shift = calm * 2.5 * sway[:3] * (1 if side == "left" else -1)
        wanted = HandPose(wanted.turn, wanted.wrist + shift, wanted.angles)
        near = self.foot.distance(wanted.wrist[None])[0] < 220
        if not near:
            return wanted
        goal = Goal(
            posture=wanted, angle_weight=np.full(len(wanted.angles), 1.0), wrist_weight=1.0, turn_weight=1.5,
            elbow_weight=0.0, avoid_weight=2.0,
        )  # fmt: skip
        return solver.solve(goal, wanted, 3)


def _lifted(pose: HandPose, side: str) -> HandPose:
    """The same hand opened and moved off the skin, out to its side and towards the practitioner."""
    s = grips.sign(side)
    open_hand = grips.angles(mcp=12, pip=16, dip=8, thumb_ip=10, thumb_flex=-14)
    return HandPose(
        pose.turn,
        pose.wrist + np.array([s * 42.0, -12.0, 40.0]),
        pose.angles + 0.6 * (open_hand - pose.angles),
    )


def mix(a: HandPose, b: HandPose, share: float) -> HandPose:
    """A pose between two."""
    turn = Slerp([0, 1], Rotation.from_matrix(np.stack([a.turn, b.turn])))(share).as_matrix()
    return HandPose(turn, a.wrist + share * (b.wrist - a.wrist), a.angles + share * (b.angles - a.angles))


def perform(
    foot: FootSurface,
    bodies: dict[str, Anatomy],
    script: tuple[Step, ...],
    seed: int,
    setting: str = "couch",
    bare_seconds: float = 0.0,
    calm: bool = False,
) -> Performance:
    """Lay a script on the clock. Between two strokes there must be a rest; it is added (2 s) where missing.

    bare_seconds: how long a clip without a script is; calm: the client's foot isn't restless.
    """
    if not script:
        return Performance(foot, {}, (), bare_seconds, (), seed, setting, calm)
    rng = np.random.default_rng([seed, 11])
    strokes: list[Played] = []
    rests: list[tuple[float, float, float]] = []
    clock = 0.0
    previous = REST
    for step in script:
        if step.technique == REST:
            rests.append((clock, clock + step.seconds, 0.8 if step.rest == "leave" else 0.0))
            clock += step.seconds
            previous = REST
            continue
        if previous != REST:
            rests.append((clock, clock + 2.0, 0.0))
            clock += 2.0
        low, high = TEMPO[step.technique]
        drawn_tempo, drawn_hand = float(rng.uniform(low, high)), str(rng.choice(SIDES))
        place = Place(
            foot=foot,
            bodies=bodies,
            start_s=clock,
            end_s=clock + step.seconds,
            rate_per_min=step.tempo or drawn_tempo,
            cv=float(rng.uniform(0.02, 0.07)),
            lead_hand=step.hand or drawn_hand,
            rng=np.random.default_rng([seed, 13, len(strokes)]),
        )
        strokes.append(Played(step.technique, clock, clock + step.seconds, MOVEMENTS[step.technique](place)))
        clock += step.seconds
        previous = "stroke"
    return Performance(foot, bodies, tuple(strokes), clock, tuple(rests), seed, setting, calm)
