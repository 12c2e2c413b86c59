"""Hands that move on known paths, and what a landmarker says of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.model import Detection, Floats, Side

_FINGERS = [(-0.42, 0.86), (-0.14, 1.0), (0.12, 0.95), (0.36, 0.82)]
_MIDDLE = np.array([0.0, 0.7])
"""From the middle of the hand to its wrist, in palms."""
_THUMB = [(-0.32, 0.22), (-0.56, 0.45), (-0.75, 0.68), (-0.88, 0.88)]


def open_hand(side: Side = "right") -> Floats:
    """(21, 2) an open hand seen from its back, fingers up (y grows downwards), wrist at 0, palm length 1."""
    points = [(0.0, 0.0), *_THUMB]
    for x, y in _FINGERS:
        points += [(x * (1 + 0.25 * k), y + 0.3 * k) for k in range(4)]
    shape = np.array(points) * [1.0, -1.0]
    return shape if side == "right" else shape * [-1.0, 1.0]


@dataclass(frozen=True)
class Mover:
    """A hand on a path. ``centre``: seconds → (x, y) px of the middle of the palm."""

    side: Side
    centre: Callable[[float], tuple[float, float]]
    palm_px: float = 36.0
    angle: Callable[[float], float] = lambda t: 0.0

    def landmarks(self, t: float) -> Floats:
        a = self.angle(t)
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        return (open_hand(self.side) + _MIDDLE) * self.palm_px @ turn.T + np.array(self.centre(t))

    def detection(
        self, t: float, side: Side | None = None, score: float = 0.95, jitter: Floats | float = 0.0
    ) -> Detection:
        return Detection(side or self.side, score, self.landmarks(t) + jitter, np.full((21, 3), np.nan))


def circling(
    x: float, y: float, radius: float = 6.0, hz: float = 1.2, phase: float = 0.0
) -> Callable[[float], tuple[float, float]]:
    return lambda t: (x + radius * np.cos(2 * np.pi * hz * t + phase), y + radius * np.sin(2 * np.pi * hz * t + phase))
