"""One cue at a time, the most useful one, and only outside a tolerance ("bandwidth" feedback; STROKES.md § 4).

The policy is a short list of rules in order of importance. A rule proposes; the coach lets one speak, holds it long
enough to be read, leaves quiet in between, and doesn't repeat itself within seconds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.coach.wish import MOST_UNWATCHED, unwatched_share
from trainer.coach.wording import Wording, load_wording
from trainer.foot import atlas
from trainer.model import Coverage, Cue, Foot, PostureFinding
from trainer.strokes.techniques import Technique

HOLD_S = 4.0
"""A cue stays this long: a short sentence is read at arm's length in about two seconds, by eyes that were elsewhere."""
QUIET_S = 3.0
"""Silence after a cue, in which the learner can act on it."""
REPEAT_S = 15.0
"""The same kind of cue comes back no sooner."""
PERSIST_S = 3.0
"""A fault must last this long before it is worth a word."""
TEMPO_TOLERANCE = 0.10
"""Rates up to this share outside the preset pass."""
CV_LIMIT = 0.25
"""Intervals that scatter more than this are uneven; trained hands keep under 0.1."""
COVERAGE_AFTER_S = 30.0
"""Untouched zones are not mentioned before this much work: nobody starts everywhere at once."""
ONCE = frozenset({"care"})


@dataclass(frozen=True, eq=False)
class Situation:
    """What the coach judges by, at one instant."""

    time_s: float
    foot: Foot
    technique: Technique | None
    rate_per_min: float
    recent_cycles_s: Sequence[float]
    coverage: Coverage
    posture: Sequence[PostureFinding]
    hand_lost: bool
    next_zone: str | None = None


class Coach:
    """Feed it every instant; it answers with the cue to show, or None."""

    def __init__(self, wording: Wording | None = None) -> None:
        self._wording = wording or load_wording()
        self._since: dict[str, float] = {}
        self._said: dict[str, float] = {}
        self._current: Cue | None = None
        self._worked_s = 0.0
        self._previous_s: float | None = None
        self.cues: list[Cue] = []

    def update(self, now: Situation) -> Cue | None:
        if self._previous_s is not None and now.technique is not None:
            self._worked_s += now.time_s - self._previous_s
        self._previous_s = now.time_s
        proposals = list(self._proposals(now))
        kinds = {kind for kind, _, _ in proposals}
        self._since = {kind: self._since.get(kind, now.time_s) for kind in kinds}
        if self._current is not None:
            age = now.time_s - self._current.time_s
            if age < HOLD_S:
                return self._current
            if age < HOLD_S + QUIET_S:
                return None
        for kind, text, persist_s in proposals:
            if now.time_s - self._since[kind] >= persist_s and self._may_repeat(kind, now.time_s):
                self._current = Cue(now.time_s, kind, text)
                self._said[kind] = now.time_s
                self.cues.append(self._current)
                return self._current
        return None

    def _may_repeat(self, kind: str, time_s: float) -> bool:
        return kind not in self._said or (kind not in ONCE and time_s - self._said[kind] >= REPEAT_S)

    def _proposals(self, now: Situation) -> Iterator[tuple[str, str, float]]:
        """(kind, text, seconds it must last), the most useful first."""
        say = self._wording.say
        if not now.foot.seen:
            yield "foot_unseen", say("foot_unseen"), PERSIST_S
            return
        if now.hand_lost:
            yield "hand_unseen", say("hand_unseen"), 2 * PERSIST_S
        for finding in now.posture:
            yield finding.kind, say(finding.kind, hand=self._wording.hands[finding.hand]), 0.0
        yield "care", say("care"), 1.0
        if now.technique is None:
            return
        yield from self._tempo(now, now.technique)
        yield from self._untouched(now)

    def _tempo(self, now: Situation, technique: Technique) -> Iterator[tuple[str, str, float]]:
        if technique.rate_range is None:
            return
        low, high = technique.rate_range
        rate = now.rate_per_min
        if rate > high * (1 + TEMPO_TOLERANCE):
            yield "slower", self._wording.say("slower", rate=_round(high)), PERSIST_S
        elif rate < low * (1 - TEMPO_TOLERANCE):
            yield "faster", self._wording.say("faster", rate=_round(low)), PERSIST_S
        intervals = np.diff(np.asarray(now.recent_cycles_s, float)[-9:])
        if len(intervals) < 5:
            return
        scatter = float(np.std(intervals) / np.mean(intervals))
        if scatter > CV_LIMIT:
            yield "steadier", self._wording.say("steadier"), PERSIST_S
        elif scatter < CV_LIMIT / 2 and low <= rate <= high:
            yield "good_rhythm", self._wording.say("good_rhythm"), 4 * PERSIST_S

    def _untouched(self, now: Situation) -> Iterator[tuple[str, str, float]]:
        if self._worked_s < COVERAGE_AFTER_S:
            return
        untouched = untouched_zones(now.coverage)
        if untouched and len(untouched) < len(now.coverage.zone_seconds):
            # What the screen shows as next is what is asked for.
            zone = now.next_zone if now.next_zone in untouched else untouched[0]
            name = self._wording.zones[zone]
            yield "zone_untouched", self._wording.say("zone_untouched", zone=name), PERSIST_S


def untouched_zones(coverage: Coverage) -> tuple[str, ...]:
    """Zones that were watched and not worked, largest first; a zone that couldn't be seen is not among them."""
    grid = atlas.grid_zones(coverage.view)
    found = [
        (int((grid == index).sum()), name)
        for index, name in enumerate(atlas.zones(coverage.view))
        if coverage.zone_seconds.get(name, 0.0) < 0.5 and unwatched_share(coverage, name) < MOST_UNWATCHED
    ]
    return tuple(name for _, name in sorted(found, reverse=True))


def _round(rate: float) -> int:
    """A tempo people can keep in mind: to the nearest 5 a minute from 30 up."""
    return int(5 * round(rate / 5)) if rate >= 30 else round(rate)
