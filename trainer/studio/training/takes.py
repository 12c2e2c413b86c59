"""What the recogniser learns from: a stretch of time as the program saw it, tick by tick, with what was true."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.model import SIDES, Floats, Touch
from trainer.strokes.inputs import inputs_of
from trainer.strokes.network import BEAT_S, LATE_S
from trainer.strokes.ticks import TICKS_HZ
from trainer.strokes.vocabulary import NUMBER

SLOW_S = 3.0
"""Repetitions further apart than this have no phase between them, only around each."""
UNKNOWN = -1
_TOGETHER = tuple(NUMBER[t] for t in ("wringing", "ankle_rotation", "effleurage", "knuckling", "press_hold"))
"""Where both hands work, each repetition is of both."""


@dataclass(frozen=True, eq=False)
class Stretch:
    """A true stroke, named in `vocabulary`. cycle_hands (N, 2) bool: who does each repetition; None if not known."""

    technique: int
    start_s: float
    end_s: float
    working: tuple[bool, bool]
    cycles_s: Floats
    cycle_hands: np.ndarray | None = None


@dataclass(frozen=True, eq=False)
class Take:
    """N ticks. inputs (N, 2, WIDTH) float16; technique, late (N,) numbers, UNKNOWN where it doesn't count; working
    (N, 2); phase (N, 2, 2) cosine and sine of each hand's own repetitions, and phase_counts (N, 2); time_s (N,)."""

    name: str
    time_s: Floats
    inputs: np.ndarray
    technique: np.ndarray
    late: np.ndarray
    working: np.ndarray
    phase: np.ndarray
    phase_counts: np.ndarray

    def __len__(self) -> int:
        return len(self.time_s)


def take_of(name: str, touches: Iterable[Touch], stretches: Sequence[Stretch], until_s: float) -> Take:
    """The take of touches in order of time. until_s: what is after it isn't told by the stretches."""
    times, inputs = inputs_of(touches)
    technique, working = truth_at(times, stretches, until_s)
    late = truth_at(times - LATE_S, stretches, until_s)[0]
    late[times - LATE_S < times[0] if len(times) else []] = UNKNOWN
    hands = [phase_at(times - BEAT_S, stretches, until_s, hand) for hand in range(len(SIDES))]
    phase, counts = (np.stack(each, axis=1) for each in zip(*hands, strict=True))
    return Take(
        name, times, inputs.astype(np.float16), technique, late, working.astype(np.float32), phase.astype(np.float32),
        counts,
    )  # fmt: skip


def truth_at(times: Floats, stretches: Sequence[Stretch], until_s: float) -> tuple[np.ndarray, np.ndarray]:
    """(technique (N,), working (N, 2)) at times: rest between the stretches."""
    technique = np.full(len(times), NUMBER["rest"])
    working = np.zeros((len(times), 2), bool)
    for s in stretches:
        inside = (times >= s.start_s) & (times < s.end_s)
        technique[inside], working[inside] = s.technique, s.working
    technique[times > until_s] = UNKNOWN
    return technique, working


def own_cycles(stroke: Stretch, hand: int) -> Floats | None:
    """The repetitions that one hand (0 left) does; None where that isn't known."""
    if not len(stroke.cycles_s):
        return None
    if stroke.cycle_hands is not None:
        return np.asarray(stroke.cycles_s[stroke.cycle_hands[:, hand]])
    if not stroke.working[hand]:
        return stroke.cycles_s[:0]
    # Two hands at work may take turns; that they do each repetition together is known of some techniques only.
    return stroke.cycles_s if not all(stroke.working) or stroke.technique in _TOGETHER else None


def phase_at(
    times: Floats, stretches: Sequence[Stretch], until_s: float, hand: int
) -> tuple[Floats, np.ndarray]:
    """((N, 2) cosine and sine of the phase of one hand (0 left), 0 at each repetition of its own; (N,) whether it
    counts).

    Between two repetitions that are near the phase runs evenly; about one that stands alone it runs as if the next were
    `SLOW_S` away, and fades. Where the hand repeats nothing it is (0, 0).
    """
    phase = np.zeros((len(times), 2))
    counts = times <= until_s
    for s in stretches:
        c = own_cycles(s, hand)
        if c is None:
            counts &= ~((times >= s.start_s) & (times < s.end_s))
        if c is None or not len(c):
            continue
        gaps = np.diff(c)
        first = min(gaps[0] if len(gaps) else SLOW_S, SLOW_S)
        last = min(gaps[-1] if len(gaps) else SLOW_S, SLOW_S)
        before = np.concatenate([[c[0] - first], c])  # the gap before and after each repetition, and beyond
        after = np.concatenate([c, [c[-1] + last]])
        inside = (times >= before[0] + first / 2) & (times < after[-1] - last / 2)
        inside &= (times >= s.start_s - 0.2) & (times < s.end_s + 0.2)
        at = times[inside]
        k = np.clip(np.searchsorted(c, at, side="right"), 0, len(c))
        gap = after[k] - before[k]
        near = np.where(at - before[k] < after[k] - at, at - before[k], at - after[k])
        turn = 2 * np.pi * near / np.minimum(gap, SLOW_S)
        strong = np.where(gap <= SLOW_S, 1.0, np.clip(2.0 - np.abs(near) / (SLOW_S / 4), 0.0, 1.0))
        turn = np.clip(turn, -np.pi, np.pi)
        phase[inside] = np.stack([np.cos(turn), np.sin(turn)], axis=1) * strong[:, None]
    return phase, counts


def window_ticks(seconds: float) -> int:
    return round(seconds * TICKS_HZ)
