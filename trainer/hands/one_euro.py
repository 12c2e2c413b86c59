"""The One-Euro filter: still points are calmed, fast ones are left alone.

Casiez, Roussel and Vogel, "1 € Filter: A Simple Speed-based Low-pass Filter for Noisy Input in Interactive
Systems", CHI 2012, doi:10.1145/2207676.2208639. A first-order low-pass whose cutoff rises with the speed.
Two choices differ from the paper's defaults because hands at work swing to and fro: the speed is taken in
hand lengths a second, so that no number depends on the resolution, and it is filtered at a high cutoff,
because a 1 Hz one would average a 5 Hz swing's speed to nothing and the filter would flatten it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.model import Floats


@dataclass(frozen=True)
class OneEuroSettings:
    """``min_cutoff_hz`` rules at rest, ``beta`` is in Hz per (unit / second), ``speed_cutoff_hz`` filters
    the speed, ``still_speed`` (unit / second) is what a landmarker's own jitter makes out of a point at
    rest."""

    min_cutoff_hz: float = 2.0
    beta: float = 10.0
    speed_cutoff_hz: float = 8.0
    still_speed: float = 0.25


class OneEuro:
    """Filters (N, D) points over time. Each point has its own cutoff, from the length of its own velocity."""

    def __init__(self, settings: OneEuroSettings | None = None) -> None:
        self._settings = settings or OneEuroSettings()
        self._time_s = float("nan")
        self._raw: Floats | None = None
        self._value: Floats | None = None
        self._velocity: Floats | None = None

    def __call__(self, points: Floats, time_s: float, unit: float) -> Floats:
        """The filtered points at ``time_s``, a new array.

        ``unit`` is the length (in the points' own unit) that counts as 1 in the settings. Times must rise.
        Points may be NaN: all of them, then NaN comes back and the filter starts anew with the next.
        """
        points = np.asarray(points, float)
        if not np.isfinite(points).all():
            self._value = None
            return np.full_like(points, np.nan)
        if self._value is None or self._raw is None or self._velocity is None:
            self._raw, self._value, self._velocity = points.copy(), points.copy(), np.zeros_like(points)
            self._time_s = time_s
            return points.copy()
        dt = time_s - self._time_s
        if not dt > 0:
            raise ValueError(f"Expected a time after {self._time_s} s, but got {time_s} s")
        s = self._settings
        velocity = (points - self._raw) / (dt * unit)
        self._velocity = self._velocity + _alpha(s.speed_cutoff_hz, dt) * (velocity - self._velocity)
        speed = np.linalg.norm(self._velocity, axis=-1, keepdims=True)
        cutoff = s.min_cutoff_hz + s.beta * np.maximum(speed - s.still_speed, 0.0)
        self._value = self._value + _alpha(cutoff, dt) * (points - self._value)
        self._raw, self._time_s = points.copy(), time_s
        return self._value.copy()


def _alpha(cutoff_hz: Floats | float, dt_s: float) -> Floats:
    # The paper's 1 / (1 + tau / dt).
    rate = 2.0 * np.pi * np.asarray(cutoff_hz, float) * dt_s
    return np.asarray(rate / (rate + 1.0))
