"""Repetitions out of a phase."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.score.metrics import event_scores
from trainer.strokes.beats import Beats
from trainer.strokes.ticks import TICKS_HZ


def stamped(phase: np.ndarray, length: np.ndarray | float = 0.8, least: float = 0.3) -> list[float]:
    beats = Beats(least)
    told = np.stack([np.cos(phase), np.sin(phase)], axis=1) * np.reshape(length, (-1, 1))
    found = [beats.update(k / TICKS_HZ, row, np.zeros(2)) for k, row in enumerate(told)]
    return [beat.time_s for beat in found if beat is not None]


@settings(max_examples=60)
@given(st.floats(8, 280), st.integers(0, 10_000), st.floats(0.0, 0.3))
def test_every_repetition_once_at_its_time(per_min: float, seed: int, noise: float) -> None:
    rng = np.random.default_rng(seed)
    period = 60 / per_min
    true = np.cumsum(period * np.clip(1 + 0.1 * rng.normal(size=int(20 / period) + 2), 0.7, 1.3))
    times = np.arange(int(min(true[-1], 20.0) * TICKS_HZ)) / TICKS_HZ
    phase = 2 * np.pi * np.interp(times, true, np.arange(len(true)), left=-0.4)
    found = stamped(phase + noise * 0.3 * rng.normal(size=len(phase)))
    scores = event_scores(found, [t for t in true if t <= times[-1] - 0.05], 0.1 + 0.1 * period)
    assert scores.f > 0.9 or len(true) < 4


def test_a_short_arrow_is_not_believed() -> None:
    phase = 2 * np.pi * np.arange(100) / TICKS_HZ
    assert stamped(phase, 0.1) == []
    assert len(stamped(phase, 0.9)) == pytest.approx(5, abs=1)


def test_running_back_and_forth_over_nought_is_one_repetition() -> None:
    phase = 0.3 * np.sin(2 * np.pi * 2 * np.arange(100) / TICKS_HZ)
    assert len(stamped(phase)) <= 1
