"""Repetitions out of a phase."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.score.metrics import event_scores
from trainer.strokes.beats import Beat, Beats
from trainer.strokes.ticks import TICKS_HZ


def arrows(phase: np.ndarray, length: np.ndarray | float = 0.8) -> np.ndarray:
    return np.stack([np.cos(phase), np.sin(phase)], axis=1) * np.reshape(length, (-1, 1))


def heard(left: np.ndarray, right: np.ndarray | None = None) -> list[Beat]:
    beats = Beats()
    right = np.zeros_like(left) if right is None else right
    return [b for k, each in enumerate(zip(left, right, strict=True)) for b in beats.update(k / TICKS_HZ, each)]


def stamped(phase: np.ndarray, length: np.ndarray | float = 0.8) -> list[float]:
    return [beat.time_s for beat in heard(arrows(phase, length))]


@settings(max_examples=40, deadline=None)
@given(st.floats(12, 240), st.integers(0, 10_000), st.floats(0.0, 0.3))
def test_every_repetition_once_at_its_time(per_min: float, seed: int, noise: float) -> None:
    rng = np.random.default_rng(seed)
    period = 60 / per_min
    true = np.cumsum(period * np.clip(1 + 0.1 * rng.normal(size=int(20 / period) + 2), 0.7, 1.3))
    times = np.arange(int(min(true[-1], 20.0) * TICKS_HZ)) / TICKS_HZ
    phase = 2 * np.pi * np.interp(times, true, np.arange(len(true)), left=-0.4)
    found = stamped(phase + noise * 0.3 * rng.normal(size=len(phase)))
    scores = event_scores(found, [t for t in true if t <= times[-1] - 0.05], 0.1 + 0.1 * period)
    assert scores.f > 0.85 or len(true) < 4


def test_weak_evidence_of_an_even_beat_adds_up_and_noise_does_not() -> None:
    rng = np.random.default_rng(2)
    n = 400
    true = np.arange(1, n / TICKS_HZ, 0.7)
    weak = arrows(2 * np.pi * np.arange(n) / TICKS_HZ / 0.7 - 2 * np.pi / 0.7, 0.3) + 0.3 * rng.normal(size=(n, 2))
    scores = event_scores([b.time_s for b in heard(weak)], true.tolist(), 0.12)
    assert scores.f > 0.8
    nothing = 0.05 * rng.normal(size=(n, 2))
    assert len(heard(nothing)) < 4


def test_the_first_repetitions_are_found_by_going_back() -> None:
    silent, period = 40, 0.6
    phase = 2 * np.pi * (np.arange(200) / TICKS_HZ - silent / TICKS_HZ - 0.3) / period
    length = np.where(np.arange(200) < silent, 0.0, 0.5)
    found = stamped(phase, length)
    first = silent / TICKS_HZ + 0.3
    assert found[0] == pytest.approx(first, abs=0.08)
    assert np.diff(found) == pytest.approx(period, abs=0.12)


def test_each_hand_has_its_own() -> None:
    turn = 2 * np.pi * np.arange(160) / TICKS_HZ
    sides = [b.side for b in heard(arrows(turn), arrows(turn + np.pi)) if b.time_s > 2]
    assert sides[:4] in (["left", "right"] * 2, ["right", "left"] * 2)
    assert {b.side for b in heard(np.zeros((160, 2)), arrows(turn))} == {"right"}


def test_it_forgets_when_told_to() -> None:
    beats = Beats()
    told = np.stack([arrows(2 * np.pi * np.arange(60) / TICKS_HZ), np.zeros((60, 2))], axis=1)
    first = [beats.update(k / TICKS_HZ, row) for k, row in enumerate(told)]
    beats.reset()
    assert [beats.update(k / TICKS_HZ, row) for k, row in enumerate(told)] == first
    assert sum(map(len, first)) >= 2


def test_running_back_and_forth_over_nought_is_not_many_repetitions() -> None:
    phase = 0.3 * np.sin(2 * np.pi * 2 * np.arange(100) / TICKS_HZ)
    assert len(stamped(phase)) <= 3
