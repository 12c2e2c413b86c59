"""What sketched strokes are made of: a phase with human intervals, an act, places on the foot, and the other hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.model import Side
from trainer.studio.training.sketched_hands import LENGTH, WIDTH, Array, anchored, ellipse, grasp


class Phase:
    """A cycle count φ(t) whose intervals vary a little; events where φ crosses ``offset`` + whole numbers."""

    def __init__(
        self, rate_per_min: float, seconds: float, rng: np.random.Generator, cv: float, offset: float
    ) -> None:
        mean = 60.0 / rate_per_min
        steps = mean * np.clip(1 + cv * rng.normal(size=int(seconds / mean * 1.6) + 8), 0.5, 1.8)
        self.knots = np.concatenate([[-mean * rng.uniform(0.0, 1.0)], np.cumsum(steps)])
        self.knots[1:] += self.knots[0]
        self.seconds, self.offset = seconds, offset

    def __call__(self, t: float) -> float:
        return float(np.interp(t, self.knots, np.arange(len(self.knots))))

    def events(self) -> list[float]:
        at = np.interp(np.arange(len(self.knots) - 1) + self.offset, np.arange(len(self.knots)), self.knots)
        return [float(x) for x in at if 0 <= x <= self.seconds]


Mover = Callable[[float], "tuple[Array | None, Array | None, Array]"]
"""Seconds into the stretch → (left joints, right joints, foot's (rotation rad, stretch, dx, dy))."""


@dataclass
class Act:
    move: Mover
    hands: tuple[Side, ...]
    cycles: list[float]
    rate: float


STILL = np.zeros(4)


def pair(left: Array | None, right: Array | None, side: Side) -> tuple[Array | None, Array | None]:
    return (left, right) if side == "right" else (right, left)


def highest(radius: float, ratio: float, turn: float, sense: float) -> float:
    """Phase (0–1) at which an ellipse is furthest towards +x."""
    p = np.linspace(0, 1, 721)[:-1]
    return float(p[int(np.argmax([ellipse(q, radius, ratio, turn, sense)[0] for q in p]))])


def spot(rng: np.random.Generator, u: tuple[float, float] = (0.2, 0.75)) -> Array:
    return np.array([LENGTH * rng.uniform(*u), WIDTH * rng.uniform(0.3, 0.7), 0.0])


def instants(phase: Phase, part: float) -> list[float]:
    """Instants at which the phase is ``part`` past a whole number."""
    n = np.arange(len(phase.knots))
    return [float(x) for x in np.interp(n[:-1] + part, n, phase.knots)]


def any_side(rng: np.random.Generator) -> Side:
    return "left" if rng.random() < 0.4 else "right"


def opposite(side: Side) -> Side:
    return "right" if side == "left" else "left"


def holder(worker: Side, rng: np.random.Generator) -> Array | None:
    """The other hand, holding the foot's heel or edge, or not there at all."""
    if rng.random() < 0.3:
        return None
    side = opposite(worker)
    sy = 1.0 if side == "left" else -1.0
    at = np.array([LENGTH * rng.uniform(0.1, 0.7), WIDTH * (0.5 + 0.5 * sy), -15.0])
    return anchored(grasp(side, rng), side, (5, 9), at)
