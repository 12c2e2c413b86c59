"""The beat that a learner follows: it begins at their own tempo and leads them to the one aimed at. Pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, exp, floor, isfinite, log

PATIENCE_S = 5.0
"""So long the beat waits for a learner's own tempo to be known; then it begins at the one aimed at."""
STEP = 0.05
"""The beat moves by this share at a time, which is just noticed (Thomas 2007: 2 to 8 % in music)."""
EVERY_BEATS = 8
WITH_IT = 0.08
"""A learner within this share of the beat goes with it: only then it moves on."""
_WIDEST = 1.6
"""It begins no further from its aim than this factor: what is wholly another tempo isn't led, but asked for."""
ACCENT = 4
"""Every so manieth beat is accented."""


@dataclass(frozen=True)
class Beat:
    """Beats at ``start_s`` + k × 60 / ``per_min`` seconds of presentation time, k = 0, 1, …; ``number`` of them came
    before the first."""

    per_min: float
    start_s: float
    number: int = 0

    @property
    def period_s(self) -> float:
        return 60.0 / self.per_min

    def last(self, now_s: float) -> int:
        """k of the last beat at or before ``now_s``; -1 before the first."""
        return floor((now_s - self.start_s) / self.period_s + 1e-9)

    def phase(self, now_s: float) -> float:
        """How far it is from the last beat to the next, 0–1."""
        turns = (now_s - self.start_s) / self.period_s
        return turns - floor(turns)

    def times(self, begin_s: float, end_s: float) -> list[tuple[float, bool]]:
        """(time_s, accented) of the beats from ``begin_s`` until before ``end_s``."""
        first, end = (ceil((t - self.start_s) / self.period_s - 1e-9) for t in (begin_s, end_s))
        return [
            (self.start_s + k * self.period_s, (self.number + k) % ACCENT == 0) for k in range(max(first, 0), end)
        ]


class TempoTrainer:
    """Feed it every instant of work at one aim; it answers with the beat, None before there is one."""

    def __init__(self, aim_per_min: float) -> None:
        self.aim_per_min = aim_per_min
        self._since_s: float | None = None
        self._beat: Beat | None = None
        self._moved_at = 0

    def update(self, now_s: float, rate_per_min: float) -> Beat | None:
        """``rate_per_min``: the learner's tempo just now, NaN where it isn't known."""
        if self._since_s is None:
            self._since_s = now_s
            if self._beat is not None:
                self._beat, self._moved_at = Beat(self._beat.per_min, now_s), 0
        if self._beat is None:
            if isfinite(rate_per_min):
                self._beat = Beat(self._near(rate_per_min), now_s)
            elif now_s - self._since_s >= PATIENCE_S:
                self._beat = Beat(self.aim_per_min, now_s)
            return self._beat
        k = self._beat.last(now_s)
        with_it = isfinite(rate_per_min) and abs(log(rate_per_min / self._beat.per_min)) <= WITH_IT
        if self._beat.number + k - self._moved_at >= EVERY_BEATS and with_it and self._beat.per_min != self.aim_per_min:
            self._move(k)
        return self._beat

    def pause(self) -> None:
        """The work rests; the beat begins anew with it, at the tempo that it had come to."""
        self._since_s = None

    def _near(self, rate: float) -> float:
        return min(max(rate, self.aim_per_min / _WIDEST), self.aim_per_min * _WIDEST)

    def _move(self, k: int) -> None:
        """The next tempo from the beat after the last one, so that no interval is cut short."""
        assert self._beat is not None
        way = log(self.aim_per_min / self._beat.per_min)
        step = log(1 + STEP)
        faster = self.aim_per_min if abs(way) <= step else self._beat.per_min * exp(step if way > 0 else -step)
        number = self._beat.number + k
        start = self._beat.start_s + k * self._beat.period_s
        self._beat, self._moved_at = Beat(faster, start, number), number
