"""Carrying a hand over a short gap by its own motion."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.model import Floats

BRIDGE_S = 0.3
"""Gaps up to this long are bridged; a hand that turns back within a cycle would be misplaced by longer
ones."""
_COAST_S = 0.08
"""The velocity dies away with this time constant: hands at work turn round, they don't fly on."""
_BLEND_S = 0.07


@dataclass(frozen=True, eq=False)
class Course:
    """Where a hand was last seen and how it moved as a whole: ``points`` (21, 2) px at ``time_s``,
    ``velocity`` (2,) px/s."""

    points: Floats
    velocity: Floats
    time_s: float

    def at(self, time_s: float) -> Floats:
        """(21, 2) px: the hand carried on to ``time_s`` with a damped velocity."""
        gap = max(0.0, time_s - self.time_s)
        return np.asarray(self.points + self.velocity * (_COAST_S * (1.0 - np.exp(-gap / _COAST_S))), float)

    def seen_at(self, points: Floats, time_s: float) -> Course:
        """The course after the hand has been seen again."""
        dt = time_s - self.time_s
        if not dt > 0:
            raise ValueError(f"Expected a time after {self.time_s} s, but got {time_s} s")
        shift = np.median(points - self.points, axis=0) / dt
        weight = 1.0 - np.exp(-dt / _BLEND_S)
        return Course(points, self.velocity + weight * (shift - self.velocity), time_s)


def new_course(points: Floats, time_s: float) -> Course:
    return Course(points, np.zeros(2), time_s)
