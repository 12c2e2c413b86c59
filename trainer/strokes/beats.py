"""Stamping each repetition of each hand, by a filter over phase and tempo that listens to what the network tells.

Hidden is where in a repetition a hand is, and how long one takes: the bar pointer of music (Whiteley, Cemgil, Godsill
2006, "Bayesian modelling of temporal structure in musical audio"), which needs little evidence of each tick. It stamps
when the pointer's mean direction goes through nought and is sure enough. When a hand falls in, the filter is run
backwards over the ticks before, so that its first repetitions aren't lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trainer.model import SIDES, Floats, Side
from trainer.strokes.ticks import TICKS_HZ

_SHORTEST_S, _LONGEST_S, _TEMPI = 0.16, 6.0, 22
_PHASES = 32
_TEMPO_CHANGES = 0.05
"""How probably the tempo is a step (a fifth) faster, or slower, at the next tick."""
_BLUR = 0.35
"""Of a step of the phase: how unevenly it runs from tick to tick."""
_ANEW = 0.01
"""How probably everything begins anew at a tick."""
_BACK_S = 2.5
"""So far back repetitions are looked for when a hand falls in."""
_TOO_CLOSE = 0.45
"""Of the time that a repetition takes: nobody repeats so much faster all of a sudden."""
_FASTEST_S = 0.12

_ANGLES = (np.arange(_PHASES) + 0.5) / _PHASES * 2 * np.pi
_AXES = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)])
_PERIODS_S = np.geomspace(_SHORTEST_S, _LONGEST_S, _TEMPI)


def _run() -> np.ndarray:
    """(TEMPI, PHASES // 2 + 1) what a tick does to the phases of each tempo, in their spectrum."""
    waves = np.arange(_PHASES // 2 + 1)
    turn = 2 * np.pi / (_PERIODS_S * TICKS_HZ)
    return np.asarray(np.exp(-1j * turn[:, None] * waves - 0.5 * (_BLUR * 2 * np.pi / _PHASES * waves) ** 2))


def _tempo_changes() -> Floats:
    near = _TEMPO_CHANGES * (np.eye(_TEMPI, k=1) + np.eye(_TEMPI, k=-1))
    return np.asarray(near + np.diag(1 - near.sum(axis=0)))


_RUN, _CHANGE = _run(), _tempo_changes()


@dataclass(frozen=True)
class Beat:
    """One repetition, and the hand that did it."""

    time_s: float
    side: Side


class Beats:
    """Feed it the phases of every tick, in order. gain: how strongly a tick counts; sure: how much of one mind the
    pointer must be (0 not at all, 1 wholly)."""

    def __init__(self, gain: float = 7.0, sure: float = 0.7) -> None:
        self._gain, self._sure = gain, sure
        self.reset()

    def reset(self) -> None:
        """Forget everything before."""
        self._hands = (_Pointer(self._gain), _Pointer(self._gain))
        self._heard: deque[tuple[float, Floats]] = deque(maxlen=round(_BACK_S * TICKS_HZ))
        self._last_s = [-np.inf, -np.inf]
        self._sure_of = [False, False]

    def update(self, time_s: float, phases: ArrayLike) -> list[Beat]:
        """The repetitions found since the tick before, in order of time. phases: (2, 2) cosine and sine of the left and
        the right hand, shorter the less sure."""
        phase = np.asarray(phases, float)
        out = []
        for k, pointer in enumerate(self._hands):
            crossed = pointer.hear(phase[k])
            if not self._sure_of[k] and pointer.length >= self._sure:
                out += self._before(k, time_s)
                self._sure_of[k] = True
            elif pointer.length < 0.6 * self._sure:
                self._sure_of[k] = False
            if crossed is not None and pointer.length >= self._sure:
                out += self._stamp(k, time_s - crossed / TICKS_HZ, pointer.period_s)
        self._heard.append((time_s, phase))
        return sorted(out, key=lambda beat: beat.time_s)

    def _before(self, k: int, now_s: float) -> list[Beat]:
        """The repetitions before the pointer was sure, found by going back from where it is."""
        back = self._hands[k].backwards()
        times = []
        after_s = now_s
        for time_s, phase in reversed(self._heard):
            if after_s - time_s > 2.5 / TICKS_HZ or time_s <= self._last_s[k]:
                break
            crossed = back.hear(phase[k] * (1, -1))
            if back.length < 0.6 * self._sure:
                break
            if crossed is not None and back.length >= self._sure:
                times.append(time_s + crossed / TICKS_HZ)
            after_s = time_s
        return [beat for at in reversed(times) for beat in self._stamp(k, at, back.period_s)]

    def _stamp(self, k: int, at_s: float, period_s: float) -> list[Beat]:
        if at_s - self._last_s[k] < max(_FASTEST_S, _TOO_CLOSE * min(period_s, _BACK_S)):
            return []
        self._last_s[k] = at_s
        return [Beat(at_s, SIDES[k])]


class _Pointer:
    """The filter of one hand."""

    def __init__(self, gain: float) -> None:
        self._gain = gain
        self._share: Floats = np.full((_TEMPI, _PHASES), 1.0 / (_TEMPI * _PHASES))
        self._mean = np.zeros(2)

    def backwards(self) -> _Pointer:
        """One that goes on from here back in time, in which phases run the same way when they are mirrored."""
        other = _Pointer(self._gain)
        other._share, other._mean = self._share[:, ::-1].copy(), self._mean * (1, -1)
        return other

    @property
    def length(self) -> float:
        """How much of one mind it is about the phase, 0-1."""
        return float(np.hypot(*self._mean))

    @property
    def period_s(self) -> float:
        """How long a repetition takes, the geometric mean of what is believed."""
        return float(np.exp(self._share.sum(axis=1) @ np.log(_PERIODS_S)))

    def hear(self, phase: Floats) -> float | None:
        """One tick on; how many ticks ago the mean direction went through nought, if it did in this one."""
        moved = np.fft.irfft(np.fft.rfft(self._share, axis=1) * _RUN, _PHASES, axis=1)
        share = np.maximum(_CHANGE @ moved, 0.0)
        share = (1 - _ANEW) * share / share.sum() + _ANEW / share.size
        share *= np.exp(self._gain * (phase @ _AXES))
        self._share = share / share.sum()
        (x0, y0), self._mean = self._mean, _AXES @ self._share.sum(axis=0)
        x1, y1 = self._mean
        return float(y1 / (y1 - y0)) if y0 < 0 <= y1 and x0 + x1 > 0 else None
