"""How a practice runs: what is asked for now, when it begins, rests and goes on, without touching a key."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import inf, isfinite, nan
from typing import Literal

from trainer.coach.hands_free import HandsFree
from trainer.coach.routine import Step
from trainer.coach.tempo import Beat, TempoTrainer
from trainer.model import Touch

Mode = Literal["free", "drill", "routine", "teacher"]
STILL_S = 1.5
"""Hands that lie still over the foot so long ask to begin."""
COUNT_S = 3.0
AWAY_S = 4.0
"""Without a hand over the foot for so long the practice rests."""
BACK_S = 0.3
_HIDDEN_S = 1.0
"""Hands out of sight for no longer are taken to go on working."""


class Phase(StrEnum):
    """Where a practice stands."""

    READY = "ready"
    """Waiting for hands that lie still over the foot."""
    COUNT = "count"
    WORK = "work"
    AWAY = "away"
    """Resting: the hands have left the foot."""
    DONE = "done"


@dataclass(frozen=True)
class Plan:
    """What is to be practised. Without ``steps`` everything is, from the first moment on. ``blind``: nothing is said or
    shown of how it goes. ``beat``: lead by one where a step has a tempo of its own, or always at ``beat_per_min``."""

    mode: Mode = "free"
    name: str = ""
    steps: tuple[Step, ...] = ()
    blind: bool = False
    beat: bool = True
    beat_per_min: float | None = None


@dataclass(frozen=True)
class Lesson:
    """Where a practice stands at one instant. ``number`` of the step, from 0; ``worked_s`` seconds of work in it;
    ``count`` seconds still to be counted down; ``beat`` the metronome's, None: none just now."""

    plan: Plan
    phase: Phase
    number: int = 0
    worked_s: float = 0.0
    count: int = 0
    beat: Beat | None = None

    @property
    def step(self) -> Step | None:
        """The step at hand."""
        return self.plan.steps[self.number] if self.number < len(self.plan.steps) else None

    @property
    def next_step(self) -> Step | None:
        return self.plan.steps[self.number + 1] if self.number + 1 < len(self.plan.steps) else None

    @property
    def left_s(self) -> float:
        """Seconds of work left in the step; infinite where it ends only when it is left."""
        return max(self.step.seconds - self.worked_s, 0.0) if self.step is not None else inf

    @property
    def working(self) -> bool:
        return self.phase is Phase.WORK


class Practice:
    """Runs a plan; feed it every instant. Time counts while hands are at the foot only."""

    def __init__(self, plan: Plan) -> None:
        self._hands = HandsFree()
        begun = Phase.READY if plan.steps else Phase.WORK
        self.lesson = Lesson(plan, begun)
        self._last_s: float | None = None
        self._count_from_s = 0.0
        self._back_since: float | None = None
        self._skips = 0
        self._tempo: TempoTrainer | None = None

    def skip(self, steps: int = 1) -> None:
        """Go to the next step, or so many back, at the next instant; before the first has begun, forward begins it."""
        self._skips += steps

    def update(self, touch: Touch, rate_per_min: float = nan) -> Lesson:
        """One instant on. rate_per_min: the learner's tempo, NaN where it isn't known."""
        self._run(touch)
        beat = self._led(touch.time_s, rate_per_min)
        if beat != self.lesson.beat:
            self.lesson = replace(self.lesson, beat=beat)
        return self.lesson

    def _led(self, now: float, rate_per_min: float) -> Beat | None:
        """The beat that leads to what the step, or the plan, aims at."""
        aim = self._aim()
        if aim is None or not self.lesson.working:
            self._tempo = self._tempo if aim is not None else None
            if self._tempo is not None:
                self._tempo.pause()
            return None
        if self._tempo is None or self._tempo.aim_per_min != aim:
            self._tempo = TempoTrainer(aim)
        return self._tempo.update(now, rate_per_min)

    def _aim(self) -> float | None:
        plan, step = self.lesson.plan, self.lesson.step
        if plan.blind or not plan.beat:
            return None
        if plan.beat_per_min is not None:
            return plan.beat_per_min
        return sum(step.rate_per_min) / 2 if step is not None and step.rate_per_min is not None else None

    def _run(self, touch: Touch) -> None:
        now = touch.time_s
        step_s = 0.0 if self._last_s is None else max(now - self._last_s, 0.0)
        self._last_s = now
        self._hands.update(touch)
        if not self.lesson.plan.steps:
            return
        self._obey()
        match self.lesson.phase:
            case Phase.READY:
                self._ready(now)
            case Phase.COUNT:
                self._count(now)
            case Phase.WORK:
                self._work(step_s)
            case Phase.AWAY:
                self._away(now)
            case Phase.DONE:
                pass

    def _obey(self) -> None:
        skips, self._skips = self._skips, 0
        if skips > 0 and self.lesson.phase in (Phase.READY, Phase.COUNT):
            self.lesson = replace(self.lesson, phase=Phase.WORK, count=0)
            skips -= 1
        if skips:
            number = min(max(self.lesson.number + skips, 0), len(self.lesson.plan.steps))
            self._go_to(number)

    def _go_to(self, number: int) -> None:
        done = number >= len(self.lesson.plan.steps)
        phase = Phase.DONE if done else Phase.WORK if self.lesson.phase is Phase.DONE else self.lesson.phase
        self.lesson = replace(self.lesson, number=number, worked_s=0.0, phase=phase)

    def _ready(self, now: float) -> None:
        if self._hands.still_s >= STILL_S:
            self._count_from_s = now
            self.lesson = replace(self.lesson, phase=Phase.COUNT, count=round(COUNT_S))

    def _count(self, now: float) -> None:
        left = COUNT_S - (now - self._count_from_s)
        if left <= 0:
            self.lesson = replace(self.lesson, phase=Phase.WORK, count=0)
        elif self._hands.away_s > 1.0:
            self.lesson = replace(self.lesson, phase=Phase.READY, count=0)
        else:
            self.lesson = replace(self.lesson, count=int(left) + 1)

    def _work(self, step_s: float) -> None:
        if self._hands.away_s >= AWAY_S:
            self._back_since = None
            self.lesson = replace(self.lesson, phase=Phase.AWAY)
            return
        if self._hands.away_s > _HIDDEN_S:
            return
        self.lesson = replace(self.lesson, worked_s=self.lesson.worked_s + step_s)
        if isfinite(self.lesson.left_s) and self.lesson.left_s <= 0:
            self._go_to(self.lesson.number + 1)

    def _away(self, now: float) -> None:
        if self._hands.away_s > 0:
            self._back_since = None
        elif self._back_since is None:
            self._back_since = now
        elif now - self._back_since >= BACK_S:
            self.lesson = replace(self.lesson, phase=Phase.WORK)
