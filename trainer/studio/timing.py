"""Human time: cycle instants with jitter, a phase that passes whole numbers at them, tremor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator


@dataclass(frozen=True, eq=False)
class Cycles:
    """instants (N,) seconds, strictly rising; the k-th is where `phase` is k."""

    instants: np.ndarray
    wanted_per_min: float
    _phase: PchipInterpolator

    def phase(self, time_s: float) -> float:
        """Cycles done at a time; a whole number at each instant, negative before the first."""
        return float(self._phase(time_s))

    @property
    def rate_per_min(self) -> float:
        """Mean rate over the stretch; with fewer than two instants the rate that was wanted."""
        if len(self.instants) < 2:
            return self.wanted_per_min
        return float(60 * (len(self.instants) - 1) / (self.instants[-1] - self.instants[0]))


def cycles(
    rng: np.random.Generator, start_s: float, end_s: float, rate_per_min: float, cv: float, lead: float = 0.5
) -> Cycles:
    """Instants from `start_s` to `end_s`, the first `lead` of an interval after the start.

    cv: coefficient of variation of the intervals; neighbours are a little alike, as in human tapping.
    """
    mean = 60 / rate_per_min
    count = int((end_s - start_s) / mean * 1.3) + 8
    noise = rng.standard_normal(count)
    for i in range(1, count):
        noise[i] = 0.25 * noise[i - 1] + np.sqrt(1 - 0.25**2) * noise[i]
    intervals = mean * np.clip(1 + cv * noise, 0.6, 1.5)
    every = start_s + lead * intervals[0] + np.concatenate([[0], np.cumsum(intervals[1:])])
    inside = every[every < end_s - 0.15 * mean]
    knots = np.concatenate([[every[0] - 2 * mean, every[0] - mean], every[: len(inside) + 3]])
    return Cycles(inside, rate_per_min, PchipInterpolator(knots, np.arange(len(knots)) - 2, extrapolate=True))


@dataclass(frozen=True, eq=False)
class Wander:
    """A smooth random signal (D,) of about unit size: tremor when fast, drift when slow."""

    frequency: np.ndarray
    shift: np.ndarray
    weight: np.ndarray

    def at(self, time_s: float) -> np.ndarray:
        return np.asarray((self.weight * np.sin(2 * np.pi * self.frequency * time_s + self.shift)).sum(0))


def wander(rng: np.random.Generator, dims: int, low_hz: float, high_hz: float) -> Wander:
    """Five sines per dimension between two frequencies."""
    shape = (5, dims)
    return Wander(rng.uniform(low_hz, high_hz, shape), rng.uniform(0, 6.283, shape), rng.normal(0, 0.6, shape))


def smooth(t: float) -> float:
    """0 to 1 with no speed at either end."""
    t = min(max(t, 0.0), 1.0)
    return t * t * (3 - 2 * t)
