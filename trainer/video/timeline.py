"""Presentation timestamps as they are in files, turned into times that start at 0 and only go up."""

from __future__ import annotations

RESTART_S = 1.0
"""A timestamp that falls back this far begins a new recording glued to the old one."""
FROZEN_FRAMES = 10
"""So many frames in a row with a time that doesn't move: the file has no usable timestamps there."""
DEFAULT_PERIOD_S = 1 / 30


class Timeline:
    """Feeds on raw timestamps in decoding order and answers with times.

    The first frame is at 0.0 and times are strictly increasing. A frame that repeats a time or lies a little
    before the last one has no place of its own and gets None. Where timestamps are missing, restart or stand
    still, time goes on by ``period_s``, the file's stated frame period.
    """

    def __init__(self, period_s: float | None = None) -> None:
        self.period_s = period_s if period_s is not None and 0 < period_s < 10 else DEFAULT_PERIOD_S
        self._offset_s: float | None = None
        self._last_s = 0.0
        self._stuck = 0

    def place(self, raw_s: float | None) -> float | None:
        """Time of the frame stamped ``raw_s`` seconds (None: no stamp), or None: leave the frame out."""
        if self._offset_s is None:
            self._offset_s = raw_s if raw_s is not None else 0.0
            self._last_s = 0.0
            return 0.0
        if raw_s is None:
            return self._advance()
        time_s = raw_s - self._offset_s
        if time_s > self._last_s:
            self._last_s, self._stuck = time_s, 0
            return time_s
        self._stuck += 1
        if time_s < self._last_s - RESTART_S:
            time_s = self._advance()
            self._offset_s = raw_s - time_s
            return time_s
        return self._advance() if self._stuck > FROZEN_FRAMES else None

    def _advance(self) -> float:
        self._last_s += self.period_s
        return self._last_s
