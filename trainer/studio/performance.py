"""A script played by two hands: for every frame a pose of each hand, with believable ways between the strokes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from trainer.studio import stance
from trainer.studio.anatomy import Anatomy
from trainer.studio.bodies import SIDES
from trainer.studio.client import Client, FootMotion
from trainer.studio.foot_surface import FootSurface
from trainer.studio.movement import Movement, Place
from trainer.studio.movements import FACES, MOVEMENTS, TEMPO, drawn_style
from trainer.studio.passage import Around, mix
from trainer.studio.reach import HandPose, Reach, bulk
from trainer.studio.recipe import REST, Step
from trainer.studio.rests import Rest, draw_put, rest_ways
from trainer.studio.timing import effort, smooth
from trainer.studio.ways import Node, Room, Way

_FADE_S = 0.4
_THROUGH_S = 0.25  # a stroke dies away this long after its end, and gathers pace before its start
# How a performer passes from one stroke to the next when the script doesn't say: kind, its odds, its seconds.
_PASSING = (
    ("move", 0.40, (0.8, 1.7)), ("hover", 0.26, (1.2, 2.2)), ("still", 0.13, (1.7, 2.5)),
    ("adjust", 0.12, (2.1, 2.5)), ("oil", 0.05, (2.2, 2.5)), ("leave", 0.04, (2.2, 2.5)),
)  # fmt: skip
_GOING_S = 1.2
_AWAY = 0.2  # how often the hand that doesn't work is out of the picture


@dataclass(frozen=True, eq=False)
class Played:
    """A stroke as played, with its exact cycle instants (seconds). away: the hand that is out of the picture."""

    technique: str
    start_s: float
    end_s: float
    movement: Movement
    away: str | None = None


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


Hands = dict[str, Node]


@dataclass(frozen=True, eq=False)
class Performance:
    """All strokes and rests of a clip on one foot by one pair of hands; together they fill the clip."""

    foot: FootSurface
    bodies: dict[str, Anatomy]
    strokes: tuple[Played, ...]
    seconds: float
    rests: tuple[Rest, ...] = ()
    seed: int = 0
    setting: str = "couch"
    calm: bool = False

    def moments(self, fps: float) -> Iterator[Moment]:
        """Every frame in order."""
        puts = tuple(r.put for r in self.rests if r.put is not None)
        client = Client(self.seed, self.seconds, puts, self.calm)
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
        block = stance.block(self.setting)
        room = Room(self.foot, block, stance.obstacles(self.setting, self.foot.outward))
        reaches = {s: Reach(self.bodies[s], self.foot, block) for s in SIDES}
        around = Around(self.bodies, reaches, room, self.setting)
        parts: list[Played | Rest] = sorted([*self.strokes, *self.rests], key=lambda part: part.start_s)
        ready: tuple[Hands, Hands] | None = None  # the next stroke's hands as it gathers pace, and at its start
        left: Hands | None = None
        frame, frames = 0, round(self.seconds * fps)
        for k, part in enumerate(parts):
            end = frames if k == len(parts) - 1 else min(frames, int(np.ceil(part.end_s * fps - 1e-9)))
            times = np.arange(frame, end) / fps
            frame = max(frame, end)
            if isinstance(part, Played):
                now = ready[1] if ready is not None else _entry(around, part, part.start_s)[1]
                for t in times:
                    now = _worked(around, part, float(t), now, 4, 1 / fps)
                    yield _moment(float(t), now, part)
                left, ready = now, None
                continue
            before = parts[k - 1] if k else None
            after = parts[k + 1] if k + 1 < len(parts) else None
            lead = min(_THROUGH_S, part.seconds / 2)
            if isinstance(after, Played):
                ready = _entry(around, after, after.start_s - lead)
            rng = np.random.default_rng([self.seed, 19, k])
            ways = rest_ways(around, part, left, ready[1] if ready is not None else None, rng)
            fading = left
            gathering = ready[0] if ready is not None else None
            for t in map(float, times):
                now = {s: _on(ways[s], t) for s in SIDES}
                if isinstance(before, Played) and fading is not None and t - part.start_s < lead:
                    fading = _worked(around, before, t, fading, 3, 1 / fps)
                    now = _blend(fading, now, smooth((t - part.start_s) / lead))
                if isinstance(after, Played) and gathering is not None and part.end_s - t < lead:
                    gathering = _worked(around, after, t, gathering, 3, 1 / fps)
                    now = _blend(now, gathering, 1 - smooth((part.end_s - t) / lead))
                    ready = (gathering, gathering)
                yield _moment(t, now, None)
            left = {s: _on(ways[s], part.end_s) for s in SIDES}


def _on(way: Way, time_s: float) -> Node:
    return Node(*way.at(time_s))


def _moment(time_s: float, hands: Hands, stroke: Played | None) -> Moment:
    return Moment(time_s, {s: n.pose for s, n in hands.items()}, {s: n.elbow for s, n in hands.items()}, stroke)


def _blend(a: Hands, b: Hands, share: float) -> Hands:
    return {s: Node(mix(a[s].pose, b[s].pose, share), a[s].elbow + share * (b[s].elbow - a[s].elbow)) for s in a}


def _entry(around: Around, stroke: Played, early_s: float) -> tuple[Hands, Hands]:
    """The hands at `early_s` and at the stroke's start: solved at rest, then run in, so that nothing settles later."""
    goals = stroke.movement.goals(stroke.start_s)
    hands = {s: Node(g.posture, g.elbow) for s, g in goals.items()}
    hands = _worked(around, stroke, stroke.start_s, hands, 45)
    ahead = np.linspace(0, min(1.2, stroke.end_s - stroke.start_s), 9)
    for after in (*ahead, *ahead[::-1]):
        hands = _worked(around, stroke, stroke.start_s + float(after), hands, 3)
    early = hands
    for share in (0.25, 0.5, 0.75, 1.0):
        early = _worked(around, stroke, stroke.start_s + share * (early_s - stroke.start_s), early, 4)
    return early, hands


def _worked(
    around: Around, stroke: Played, time_s: float, hands: Hands, iterations: int, step_s: float | None = None
) -> Hands:
    """The stroke's hands at a time, improved from where they are: the working hand first, the other clear of it."""
    goals = stroke.movement.goals(time_s)
    first = stroke.movement.hands[0]
    second = "right" if first == "left" else "left"
    lead = around.solve(first, goals[first], hands[first].pose, iterations, step_s=step_s)
    if stroke.away == second:
        return {first: lead, second: around.away(second)}
    beside = bulk(around.bodies[first], lead.pose)
    return {first: lead, second: around.solve(second, goals[second], hands[second].pose, iterations, beside, step_s)}


def perform(
    foot: FootSurface,
    bodies: dict[str, Anatomy],
    script: tuple[Step, ...],
    seed: int,
    setting: str = "couch",
    bare_seconds: float = 0.0,
    calm: bool = False,
) -> Performance:
    """Lay a script on the clock. Between two strokes there must be a rest; one is drawn where it is missing.

    bare_seconds: how long a clip without a script is; calm: the client's foot isn't restless.
    """
    if not script:
        return Performance(foot, {}, (), bare_seconds, (), seed, setting, calm)
    strokes: list[Played] = []
    rests: list[Rest] = []
    clock = 0.0
    steps = _with_rests(script, seed)
    for number, step in enumerate(steps):
        end = clock + step.seconds
        if step.technique == REST:
            rng = np.random.default_rng([seed, 11, number])
            at = 0.15 if number == 0 else 0.55 if number == len(steps) - 1 else 0.42
            put = draw_put(rng, clock, end, at) if step.rest == "adjust" else None
            rests.append(Rest(step.rest, clock, end, put))
        else:
            # A hand that is out of the picture needs time to go there and to come back.
            beside = [s.seconds for s in steps[max(number - 1, 0) : number + 2] if s.technique == REST]
            slow = min(beside, default=0.0) >= _GOING_S
            strokes.append(_played(foot, bodies, step, clock, [seed, 13, len(strokes)], slow))
        clock = end
    return Performance(foot, bodies, tuple(strokes), clock, tuple(rests), seed, setting, calm)


def _with_rests(script: tuple[Step, ...], seed: int) -> list[Step]:
    """The script with a rest wherever two strokes would meet, and neighbouring rests kept apart as they are."""
    rng = np.random.default_rng([seed, 12])
    out: list[Step] = []
    for step in script:
        if out and out[-1].technique != REST and step.technique != REST:
            kinds, odds, spans = zip(*_PASSING, strict=True)
            k = int(rng.choice(len(kinds), p=odds))
            out.append(Step(REST, float(rng.uniform(*spans[k])), rest=kinds[k]))
        out.append(step)
    return out


def _played(
    foot: FootSurface, bodies: dict[str, Anatomy], step: Step, start_s: float, seed: list[int], may_go: bool
) -> Played:
    """A stroke with what the step leaves open drawn: tempo, hand, style, steadiness, drift, and the other hand."""
    rng = np.random.default_rng(seed)
    tempo = float(rng.uniform(*TEMPO[step.technique]))
    lead = str(rng.choice(SIDES))
    # Left to itself a technique works on the sole, if that can be.
    free = step.style is None and step.zone is None and "sole" in FACES[step.technique]
    style = drawn_style(step.technique, rng, step.style, step.zone, "sole" if free else None)
    # Mostly steady, now and then unsteady.
    cv = float(rng.uniform(0.03, 0.08) if rng.random() < 0.75 else rng.uniform(0.02, 0.15))
    # Somebody who works long on one place rather slows down.
    drift = float(np.clip(rng.uniform(-12, 12) - min(step.seconds / 20, 5), -12, 12))
    away = rng.random() < _AWAY and may_go
    place = Place(
        foot=foot,
        bodies=bodies,
        start_s=start_s,
        end_s=start_s + step.seconds,
        rate_per_min=step.tempo or tempo,
        cv=cv if step.cv is None else step.cv,
        lead_hand=step.hand or lead,
        rng=rng,
        style=style,
        zone=step.zone,
        drift=drift if step.drift is None else step.drift,
        pauses=step.pauses,
        effort=effort(rng, start_s),
    )
    movement = MOVEMENTS[step.technique](place)
    idle = [s for s in SIDES if s not in movement.hands]
    return Played(step.technique, start_s, place.end_s, movement, idle[0] if idle and away else None)
