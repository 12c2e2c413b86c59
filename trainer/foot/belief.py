"""Which feet are there: findings that agree over time are believed, and one of the feet is taken to be worked."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from copy import copy

import numpy as np

from trainer.finding import Finding, FoundFoot
from trainer.foot.average import spread_px, typical_miss
from trainer.foot.kind import Kind, SettledKind, agrees, evidence
from trainer.foot.worked import claim
from trainer.model import Floats, Side, View

_MEMORY_S = 0.5
_DOUBT = 0.7
"""A single look must be surer than this (log-odds; a score of two thirds) to speak for a foot: where hands lie on
something else it may be half sure in every look."""
_MOST = 1.8
"""One finding's score says at most so much (log-odds) for a foot, less than is needed."""
_BELIEVED = 2.0
_MISSED = 1.2
"""What a finding that doesn't have the foot says against it."""
_SAME = 0.25
"""Findings of a foot within this of each other, in foot lengths (median over the landmarks), are of one foot."""
_GONE_S = 1.0
_WORKED_MEMORY_S = 1.0
_WORKED_LEAD = 0.3
_WORKED_LEAD_S = 1.0
_RECENT = 4
_NEW = 4
"""Findings after which nobody waits for a foot any longer."""


class Candidate:
    """A foot that some findings show."""

    def __init__(self, kind: SettledKind) -> None:
        self._kind = kind
        self._recent: deque[FoundFoot] = deque(maxlen=_RECENT)
        self._for_it = 0.0
        self._looked_s = -math.inf
        self.seen_s = -math.inf
        self._worked = 0.5
        self.times_seen = 0

    def saw(self, time_s: float, found: FoundFoot, worked: float) -> None:
        """A finding has it; ``worked`` is how much speaks for its being the massaged one."""
        since = time_s - self._looked_s
        p = min(max(found.score, 1e-3), 1 - 1e-3)
        says = math.log(p / (1 - p)) - _DOUBT
        self._for_it = self._for_it * math.exp(-since / _MEMORY_S) + min(max(says, -_MOST), _MOST)
        self._kind.add(evidence(found), min(time_s - self.seen_s, _GONE_S))
        share = max(1.0 / (self.times_seen + 1), 1.0 - math.exp(-since / _WORKED_MEMORY_S))
        self._worked += share * (worked - self._worked)
        self._recent.append(found)
        self._looked_s = self.seen_s = time_s
        self.times_seen += 1

    def missed(self, time_s: float) -> None:
        """A finding doesn't have it."""
        self._for_it = self._for_it * math.exp(-(time_s - self._looked_s) / _MEMORY_S) - _MISSED
        self._for_it = max(self._for_it, -_MOST)
        self._looked_s = time_s

    def kind_for_another(self) -> SettledKind:
        """What a foot that turns up when this one is missed may be taken for at first."""
        return copy(self._kind)

    @property
    def kind(self) -> Kind | None:
        return self._kind.kind

    @property
    def worked(self) -> float:
        """How much speaks for its being the massaged one, less when it doesn't look as one was told."""
        return self._worked - self._kind.contradicts

    @property
    def believed(self) -> bool:
        """Whether it is there, of a kind that is clear."""
        return self._for_it >= _BELIEVED and self.kind is not None

    @property
    def promising(self) -> bool:
        """Whether it is new and may soon be believed."""
        return self.times_seen <= _NEW and self._for_it >= _BELIEVED / 2

    @property
    def last(self) -> FoundFoot:
        """As it was last found."""
        return self._recent[-1]

    def placed(self) -> tuple[Floats, Floats] | None:
        """Landmarks (14, 2) px where it was last found, and their confidence (14,): the middle of the last few findings
        that agree with its kind, each moved to the last one's place. None when the last one doesn't agree itself."""
        kind = self.kind
        if kind is None or not agrees(self.last.landmarks_px, kind):
            return None
        shapes = []
        for found in self._recent:
            if agrees(found.landmarks_px, kind):
                shift = np.nanmedian(self.last.landmarks_px - found.landmarks_px, axis=0)
                shapes.append(found.landmarks_px + shift)
        sure = np.mean([found.confidence for found in self._recent], axis=0)
        return np.median(np.stack(shapes), axis=0), sure


class FootBelief:
    """All feet that findings show, and the one that is worked. ``side`` and ``view``, where told, narrow the kinds."""

    def __init__(self, side: Side | None = None, view: View | None = None) -> None:
        self._told = side, view
        self._feet: list[Candidate] = []
        self._chosen: Candidate | None = None
        self._doubted_s = 0.0
        self._before_s = -math.inf

    def forget(self) -> None:
        """The scene is another one."""
        self._feet, self._chosen = [], None

    def update(self, time_s: float, finding: Finding, size: tuple[int, int]) -> None:
        """Take in what was found in a frame of ``size`` (width, height)."""
        self._feet = [foot for foot in self._feet if time_s - foot.seen_s < _GONE_S]
        waiting, new = list(self._feet), []
        for one in finding.feet:
            same = _nearest(one, waiting)
            if same is None:
                new.append(one)
            else:
                waiting.remove(same)
                same.saw(time_s, one, claim(one, finding.hands, size))
        for one in new:
            # One foot gone and one come is most often one that moved quickly.
            kind = waiting[0].kind_for_another() if len(waiting) == 1 else SettledKind(*self._told)
            self._feet.append(Candidate(kind))
            self._feet[-1].saw(time_s, one, claim(one, finding.hands, size))
        for foot in waiting:
            foot.missed(time_s)
        self._choose(min(time_s - self._before_s, 0.5))
        self._before_s = time_s

    def _choose(self, elapsed_s: float) -> None:
        believed = [foot for foot in self._feet if foot.believed]
        if self._chosen not in believed:
            self._chosen = None
        if not believed:
            return
        best = max(believed, key=lambda foot: foot.worked)
        if self._chosen is None:
            if all(best.worked >= foot.worked for foot in self._feet if foot.promising):
                self._chosen, self._doubted_s = best, 0.0
        elif best.worked > self._chosen.worked + _WORKED_LEAD:
            self._doubted_s += elapsed_s
            if self._doubted_s >= _WORKED_LEAD_S:
                self._chosen, self._doubted_s = best, 0.0
        else:
            self._doubted_s = 0.0

    @property
    def worked(self) -> Candidate | None:
        """The foot that is believed to be there and to be the worked one."""
        return self._chosen


def _nearest(found: FoundFoot, feet: Sequence[Candidate]) -> Candidate | None:
    length = spread_px(found.landmarks_px)
    off = [typical_miss(found.landmarks_px, foot.last.landmarks_px, length) for foot in feet]
    return feet[int(np.argmin(off))] if off and min(off) < _SAME else None
