"""From judgements to strokes, as they come: live and scoring feed the same builder, so they agree.

A judgement is made on the last second or two, so a label begins and ends late by about the same ``lag_s``; a stroke's
bounds are moved back by that much. The same technique taken up again after a short break is one stroke; specks
are dropped.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from trainer.model import SIDES, Judgement, Side, Stroke
from trainer.strokes.techniques import REST

JOIN_S = 1.0
"""A break shorter than this, in the same technique, is no break."""
LEAST_S = 1.0
"""A stretch shorter than this is a speck."""
LAG_S = 0.5
"""How late labels change, where the recogniser doesn't tell."""
LINGER_S = 1.0
"""The most by which a stroke is cut back to its last beats."""


@dataclass
class _Run:
    """A stretch being gathered; ``end_s`` is the last instant at which its technique was named."""

    technique: str
    start_s: float
    end_s: float
    weight: float = 0.0
    sum_confidence: float = 0.0
    hand_s: dict[Side, float] = field(default_factory=lambda: {"left": 0.0, "right": 0.0})
    cycles: list[tuple[float, Side]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s


class StrokeBuilder:
    """Gathers judgements in order of time into strokes. ``strokes`` are final; ``so_far()`` adds the open one."""

    def __init__(self, *, join_s: float = JOIN_S, least_s: float = LEAST_S, lag_s: float = LAG_S) -> None:
        self._join_s, self._least_s, self._lag_s = join_s, least_s, lag_s
        self._closed: list[Stroke] = []
        self._run: _Run | None = None
        self._rival: _Run | None = None
        self._before: Judgement | None = None

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        return tuple(self._closed)

    def so_far(self) -> tuple[Stroke, ...]:
        """All strokes, the open one as if it ended with the last judgement."""
        if self._run is None or self._before is None:
            return self.strokes
        last = self._stroke(self._run, ended=False)
        return (*self._closed, last) if last is not None else self.strokes

    def add(self, judgement: Judgement) -> None:
        """Takes in the next judgement."""
        step = judgement.time_s - self._before.time_s if self._before is not None else 0.0
        self._before = judgement
        name = judgement.technique
        now = judgement.time_s
        run = self._run
        if name is not None and name != REST:
            if run is not None and run.technique == name and now - run.end_s <= self._join_s + step:
                # Whatever flickered in between was a speck.
                self._rival = None
                _extend(run, judgement, step)
            elif run is None:
                self._run = _extend(_Run(name, now, now), judgement, 0.0)
            else:
                self._compete(judgement, step)
        self._expire(now)

    def finish(self) -> tuple[Stroke, ...]:
        """No more will come: closes what is open and gives all strokes."""
        now = self._before.time_s if self._before is not None else 0.0
        for run in (self._run, self._rival):
            if run is not None:
                # A stretch still going on at the end of the video ends with it.
                self._close(run, ended=now - run.end_s > 0.2)
        self._run = self._rival = None
        return self.strokes

    def _compete(self, judgement: Judgement, step: float) -> None:
        """Another technique is named while a run may still be taken up again."""
        rival = self._rival
        assert judgement.technique is not None
        if rival is None or rival.technique != judgement.technique:
            self._rival = _extend(
                _Run(judgement.technique, judgement.time_s, judgement.time_s), judgement, 0.0
            )
        else:
            _extend(rival, judgement, step)

    def _expire(self, now: float) -> None:
        """Closes the run once it can't be taken up any more, and lets the rival take its place."""
        run = self._run
        if run is None or now - run.end_s <= self._join_s:
            return
        self._close(run, ended=True)
        self._run, self._rival = self._rival, None
        self._expire(now)

    def _close(self, run: _Run, ended: bool) -> None:
        stroke = self._stroke(run, ended)
        if stroke is not None:
            self._closed.append(stroke)

    def _stroke(self, run: _Run, ended: bool) -> Stroke | None:
        if run.seconds < self._least_s:
            return None
        floor_s = self._closed[-1].end_s if self._closed else 0.0
        cycles = sorted((t, s) for t, s in run.cycles if t >= floor_s)
        start = max(floor_s, run.start_s - self._lag_s)
        end = run.end_s - (self._lag_s if ended else 0.0)
        if cycles:
            start, end = min(start, cycles[0][0]), max(end, cycles[-1][0])
        if ended and len(cycles) >= 4:
            # What kept a beat and misses two has stopped, though the label may linger.
            beat = (cycles[-1][0] - cycles[0][0]) / (len(cycles) - 1)
            end = min(end, max(cycles[-1][0] + 1.5 * beat, end - LINGER_S))
        end = max(end, start + 0.5 * self._least_s)
        return Stroke(
            run.technique, start, end, _hands(run), run.sum_confidence / max(run.weight, 1e-9),
            tuple(t for t, _ in cycles), tuple(s for _, s in cycles),
        )  # fmt: skip


def _extend(run: _Run, judgement: Judgement, step: float) -> _Run:
    weight = max(step, 1e-6)
    run.end_s = judgement.time_s
    run.weight += weight
    run.sum_confidence += weight * judgement.confidence
    for side in judgement.hands:
        run.hand_s[side] += weight
    run.cycles.extend(judgement.new_cycles_s)
    return run


def _hands(run: _Run) -> tuple[Side, ...]:
    most = max(run.hand_s.values())
    return tuple(s for s in SIDES if most > 0 and run.hand_s[s] >= 0.4 * most)


def strokes_from(judgements: Iterable[Judgement]) -> tuple[Stroke, ...]:
    """All strokes in judgements given in order of time, without overlap."""
    builder = StrokeBuilder()
    for judgement in judgements:
        builder.add(judgement)
    return builder.finish()
