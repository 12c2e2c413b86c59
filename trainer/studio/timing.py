"""Human time: cycle instants with jitter, drift and pauses, a phase that counts them, effort, tremor."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator

LAG_1 = 0.25  # neighbouring intervals are a little alike
_LEFT_OUT = 1.75  # a gap of so many median intervals holds a cycle that the hands left out
PAUSE_S = (0.6, 1.6)
_BEYOND_S = 1.5  # the phase is known this long before the first and after the last instant of a stretch


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


@dataclass(frozen=True, eq=False)
class Effort:
    """How much somebody gives from `start_s` on: about 1, changing slowly, less late in a long stretch."""

    start_s: float
    change: float
    tired: float
    signal: Wander

    def __call__(self, time_s: float) -> float:
        """A factor from 0.6 to 1.3 for amplitudes and depths."""
        changing = 1 + self.change * float(self.signal.at(time_s)[0])
        return float(np.clip(changing * (1 - self.tired * smooth((time_s - self.start_s - 15) / 60)), 0.6, 1.3))


def effort(rng: np.random.Generator, start_s: float) -> Effort:
    """Somebody's effort in a stretch."""
    return Effort(start_s, float(rng.uniform(0.03, 0.11)), float(rng.uniform(0, 0.2)), wander(rng, 1, 0.03, 0.25))


def even(time_s: float) -> float:
    """An effort that never changes."""
    return 1.0


@dataclass(frozen=True, eq=False)
class Cycles:
    """instants (N,) seconds, strictly rising; the k-th is where `phase` is k.

    pauses (P, 2): start and end, seconds, of the times in which the phase stands still between two instants.
    """

    instants: np.ndarray
    wanted_per_min: float
    _phase: PchipInterpolator
    pauses: np.ndarray = field(default_factory=lambda: np.zeros((0, 2)))

    def phase(self, time_s: float) -> float:
        """Cycles done at a time; a whole number at each instant, negative before the first, still in a pause."""
        return float(self._phase(time_s))

    @property
    def intervals(self) -> np.ndarray:
        """(K,) seconds between neighbouring instants, without those that hold a pause or a way to the next place."""
        gaps = np.diff(self.instants)
        if not len(gaps):
            return gaps
        paused = np.searchsorted(self.instants, self.pauses[:, 0]) - 1
        known = np.delete(gaps, paused[(paused >= 0) & (paused < len(gaps))])
        return known[known < _LEFT_OUT * np.median(known)] if len(known) else known

    @property
    def rate_per_min(self) -> float:
        """Rate while the hands work: from the mean of `intervals`; where there are none, the rate that was wanted."""
        return float(60 / self.intervals.mean()) if len(self.intervals) else self.wanted_per_min


def cycles(
    rng: np.random.Generator,
    start_s: float,
    end_s: float,
    rate_per_min: float,
    cv: float,
    lead: float = 0.5,
    drift: float = 0.0,
    pauses: int = 0,
    stand: float = 0.12,
) -> Cycles:
    """Instants from `start_s` to `end_s`, the first `lead` of an interval after the start.

    cv: coefficient of variation of the intervals; drift: change of the rate in per cent per minute, about its middle,
    so that `rate_per_min` stays the mean; pauses: how often the phase stands still, at `stand` after a whole number.
    """
    mean = 60 / rate_per_min
    seconds = end_s - start_s
    count = int(seconds / mean * 1.7 + 2 * _BEYOND_S / mean) + 8
    noise = _alike(rng, count, int(seconds / mean))
    lengths = mean * np.clip(1 + cv * noise, 0.4, 1.9)
    first = lead * lengths[0]
    centre = first + np.concatenate([[0], np.cumsum(lengths[1:])]) - seconds / 2
    lengths = lengths / np.clip(1 + drift / 100 * centre / 60, 0.5, 2.0)

    begins = start_s + lead * lengths[0]
    every = begins + np.concatenate([[0], np.cumsum(lengths[1:])])
    rests = rng.uniform(*PAUSE_S, pauses)
    halted, slack = _halted(rng, int(np.sum(every < end_s - 0.15 * mean - rests.sum())), pauses), []
    for k, rest in zip(halted, rests, strict=False):
        brake, restart = stand * lengths[k + 1], 0.1 * lengths[k + 1]
        every[k + 1 :] += rest + brake + restart
        slack.append((every[k] + 2 * brake, every[k] + 2 * brake + rest))
    inside = every[every < end_s - 0.15 * mean]
    stops = np.array(slack).reshape(-1, 2)
    early = int(_BEYOND_S / mean) + 2
    times = np.concatenate([every[0] - mean * np.arange(early, 0, -1), every, stops.ravel()])
    phases = np.concatenate([np.arange(-early, 0), np.arange(count), np.repeat(halted[: len(stops)] + stand, 2)])
    order = np.argsort(times)
    return Cycles(inside, rate_per_min, PchipInterpolator(times[order], phases[order]), stops)


def _alike(rng: np.random.Generator, count: int, used: int) -> np.ndarray:
    """(count,) noise with lag-1 correlation; what is used of it has mean 0 and size 1, if it isn't too little."""
    noise = rng.standard_normal(count)
    for i in range(1, count):
        noise[i] = LAG_1 * noise[i - 1] + np.sqrt(1 - LAG_1**2) * noise[i]
    if used >= 8:
        noise = (noise - noise[1:used].mean()) / noise[1:used].std()
    return noise


def _halted(rng: np.random.Generator, inside: int, pauses: int) -> np.ndarray:
    """(P,) sorted numbers of the instants after which the hands stop: neither the first nor the last two."""
    possible = np.arange(1, inside - 2)
    if not pauses or not len(possible):
        return np.zeros(0, int)
    return np.sort(rng.choice(possible, min(pauses, len(possible)), replace=False))
