"""Plays recorded time at the pace of the clock."""

from __future__ import annotations

import threading
from collections.abc import Callable

LATE_S = 0.25
"""Further behind than this (a pause, a slow machine), the pace goes on from here and doesn't race."""


class Pace:
    """Holds frames back until their time has come. ``closed`` ends the waiting at once."""

    def __init__(self, closed: threading.Event, clock: Callable[[], float]) -> None:
        self._closed = closed
        self._clock = clock
        self._start: float | None = None

    def wait_for(self, time_s: float) -> None:
        """Returns once ``time_s`` seconds have passed on the clock since the first frame, never before."""
        now = self._clock()
        if self._start is None:
            self._start = now - time_s
        while (early := self._start + time_s - now) > 0 and not self._closed.is_set():
            self._closed.wait(early)
            now = self._clock()
        if now - (self._start + time_s) > LATE_S:
            self._start = now - time_s
