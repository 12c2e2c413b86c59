"""Stamping each repetition where the phase that the network tells goes through nought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from trainer.model import Floats
from trainer.strokes.ticks import TICKS_HZ

_TOO_CLOSE = 0.45
"""Of the last interval: nobody repeats so much faster all of a sudden."""
_FASTEST_S = 0.12
_FORGET_S = 3.0


@dataclass(frozen=True, eq=False)
class Beat:
    """One repetition; hands (2,) log odds that each hand did it."""

    time_s: float
    hands: Floats


class Beats:
    """Feed it the phase (cosine, sine; shorter the less sure) of every tick, in order; ``least`` is the length of the
    arrow that is believed."""

    def __init__(self, least: float = 0.3) -> None:
        self._least = least
        self.reset()

    def reset(self) -> None:
        self._before: tuple[float, Floats] | None = None
        self._armed = True
        self._last_s = -np.inf
        self._interval_s = np.nan

    def update(self, time_s: float, phase: ArrayLike, hands: ArrayLike) -> Beat | None:
        """The repetition that has just been passed, if one has."""
        before, self._before = self._before, (time_s, np.asarray(phase, float))
        if before is None:
            return None
        (x0, y0), (x1, y1) = before[1], self._before[1]
        if x1 < 0.3 * self._least:
            self._armed = True
        if not (y0 < 0 <= y1 and x0 + x1 > 0 and self._armed):
            return None
        share = -y0 / (y1 - y0)
        if x0 + share * (x1 - x0) < self._least:
            return None
        at = before[0] + share * (time_s - before[0])
        since = at - self._last_s
        usual = self._interval_s if since < _FORGET_S and np.isfinite(self._interval_s) else 0.0
        if since < max(_FASTEST_S, _TOO_CLOSE * usual):
            return None
        self._interval_s = since if since < _FORGET_S else np.nan
        self._last_s, self._armed = at, False
        return Beat(at, np.asarray(hands, float))


assert TICKS_HZ >= 2 / _FASTEST_S
