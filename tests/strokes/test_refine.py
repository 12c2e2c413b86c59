"""Looking back: the likeliest path through what the network said late."""

from __future__ import annotations

import numpy as np

from trainer.strokes.refine import refined_strokes
from trainer.strokes.ticks import TICKS_HZ

NAMES = ("kneading", "friction", "rest")


def spoken(*parts: tuple[str, float], noise: float = 2.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rows = [
        [3.0 if name == n else 0.0 for n in NAMES] for name, seconds in parts for _ in range(round(seconds * TICKS_HZ))
    ]
    odds = np.array(rows) + np.random.default_rng(seed).normal(0, noise, (len(rows), 3))
    return np.arange(len(rows)) / TICKS_HZ, odds


def test_bounds_are_found_through_noise() -> None:
    times, odds = spoken(("rest", 3), ("kneading", 6), ("rest", 2), ("friction", 5))
    strokes = refined_strokes(times, odds, NAMES, 1.0)
    assert [s.technique for s in strokes] == ["kneading", "friction"]
    for stroke, (start_s, end_s) in zip(strokes, [(3, 9), (11, 16)], strict=True):
        assert abs(stroke.start_s - start_s) < 0.3 and abs(stroke.end_s - end_s) < 0.3
        assert stroke.hands == () and stroke.cycles_s == ()


def test_specks_and_silence_are_nothing() -> None:
    times, odds = spoken(("rest", 3), ("kneading", 0.4), ("rest", 3), noise=0.0)
    assert refined_strokes(times, odds, NAMES, 1.0) == []
    assert refined_strokes(np.zeros(0), np.zeros((0, 3)), NAMES, 1.0) == []


def test_a_gap_in_time_parts_strokes() -> None:
    times, odds = spoken(("kneading", 6), noise=0.0)
    times[60:] += 5.0
    assert len(refined_strokes(times, odds, NAMES, 1.0)) == 2
