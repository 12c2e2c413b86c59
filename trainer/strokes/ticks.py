"""An even clock out of an uneven one: observations at 20 ticks a second, whatever the camera's rate.

A tick lies at a whole multiple of 1/20 s of presentation time. It is read between the two observations about it, as
soon as the later one has come; so the same observations give the same ticks, fed one by one or all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import floor

import numpy as np

from trainer.model import Floats

TICKS_HZ = 20.0
JOINED_S = 0.25
"""Observations further apart than this aren't joined: between them nothing is known."""
LOST_S = 2.0
"""After so long without any observation everything begins anew."""


@dataclass(frozen=True, eq=False)
class Tick:
    """hands (2, HAND), seen (2,), foot (FOOT,) as `observation.observe` gives them."""

    time_s: float
    hands: Floats
    seen: Floats
    foot: Floats


class Ticks:
    """Feed it observations in order of time; it gives the ticks that have become known."""

    def __init__(self) -> None:
        self._last: tuple[float, Floats, Floats, Floats] | None = None

    def feed(self, time_s: float, hands: Floats, seen: Floats, foot: Floats) -> Iterator[Tick]:
        """The ticks since the observation before, up to ``time_s``."""
        before, self._last = self._last, (time_s, hands, seen, foot)
        now = floor(time_s * TICKS_HZ + 1e-6)
        if before is None or time_s - before[0] > LOST_S:
            return
        then = floor(before[0] * TICKS_HZ + 1e-6)
        for number in range(then + 1, now + 1):
            yield _between(number / TICKS_HZ, before, self._last)


def _between(
    at_s: float, before: tuple[float, Floats, Floats, Floats], after: tuple[float, Floats, Floats, Floats]
) -> Tick:
    gap = after[0] - before[0]
    share = min(max((at_s - before[0]) / gap, 0.0), 1.0)
    near = before if share < 0.5 else after
    joined = gap <= JOINED_S
    known = joined or abs(at_s - near[0]) <= 0.6 / TICKS_HZ
    hands = near[1].copy() if known else np.full_like(near[1], np.nan)
    seen = near[2].copy() if known else np.zeros_like(near[2])
    foot = near[3].copy() if known else np.full_like(near[3], np.nan)
    if joined:
        both = (before[2] > 0) & (after[2] > 0)
        hands[both] = before[1][both] + share * (after[1][both] - before[1][both])
        seen[both] = np.minimum(before[2][both], after[2][both])
        # A bend that is known at one end only is known there only.
        hands[both] = np.where(np.isfinite(hands[both]), hands[both], near[1][both])
        if np.isfinite(before[3]).all() and np.isfinite(after[3]).all():
            foot = before[3] + share * (after[3] - before[3])
    return Tick(at_s, hands, seen, foot)
