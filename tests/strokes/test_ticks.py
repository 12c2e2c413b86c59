"""The even clock: the same movement gives the same ticks, however often the camera looked."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.strokes.ticks import JOINED_S, LOST_S, TICKS_HZ, Tick, Ticks

Row = tuple[float, np.ndarray, np.ndarray, np.ndarray]


def at(time_s: float, seen: float = 1.0) -> Row:
    """A hand and a foot that move evenly."""
    known = np.nan if seen == 0 else 1.0
    return time_s, np.full((2, 3), time_s) * known, np.full(2, seen), np.full(2, 10 * time_s)


def fed(times: list[float], hidden: tuple[float, float] = (9e9, 9e9)) -> list[Tick]:
    ticks = Ticks()
    return [tick for t in times for tick in ticks.feed(*at(t, 0.0 if hidden[0] <= t < hidden[1] else 1.0))]


@given(st.lists(st.floats(1 / 60, 1 / 12), min_size=10, max_size=60), st.floats(0, 100))
def test_any_rate_gives_the_movement_itself(steps: list[float], begin: float) -> None:
    times = [begin, *(begin + np.cumsum(steps))]
    ticks = fed(times)
    assert [round(t.time_s * TICKS_HZ) for t in ticks] == list(
        range(int(np.floor(begin * TICKS_HZ + 1e-6)) + 1, int(np.floor(times[-1] * TICKS_HZ + 1e-6)) + 1)
    )
    for tick in ticks:
        np.testing.assert_allclose(tick.hands, tick.time_s, atol=1e-6)
        np.testing.assert_allclose(tick.foot, 10 * tick.time_s, atol=1e-5)


@pytest.mark.parametrize("fps", [15.0, 24.0, 60.0])
def test_a_tick_is_told_as_soon_as_what_follows_it_is_seen(fps: float) -> None:
    ticks, told = Ticks(), []
    for n in range(60):
        for tick in ticks.feed(*at(n / fps)):
            told.append(n / fps - tick.time_s)
    assert min(told) >= 0 and max(told) < 1 / fps + 1e-6


def test_a_hand_unseen_is_unknown_and_nothing_is_joined_across_a_gap() -> None:
    ticks = fed([n / 30 for n in range(60)], hidden=(0.5, 1.0))
    for tick in ticks:
        inside = 0.56 < tick.time_s < 0.94
        if inside:
            assert tick.seen[0] == 0 and np.isnan(tick.hands).all()
        if tick.time_s < 0.45 or tick.time_s > 1.05:
            assert tick.seen[0] == 1 and np.isfinite(tick.hands).all()
    gap = JOINED_S + 0.3
    ticks = fed([0.0, 0.05, 0.05 + gap, 0.1 + gap])
    unknown = [t.time_s for t in ticks if t.seen[0] == 0]
    assert unknown and all(0.05 < t < 0.05 + gap for t in unknown)


def test_a_long_silence_ends_all() -> None:
    ticks = Ticks()
    assert list(ticks.feed(*at(0.0))) == []
    assert list(ticks.feed(*at(LOST_S + 0.1))) == []
    assert len(list(ticks.feed(*at(LOST_S + 0.2)))) == 2
