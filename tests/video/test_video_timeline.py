"""Timestamps as files have them, and the pace of the clock."""

from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.video.pace import Pace
from trainer.video.timeline import FROZEN_FRAMES, Timeline

stamps = st.one_of(st.none(), st.floats(-1e6, 1e6, allow_nan=False))


def placed(raw: list[float | None], period_s: float = 0.1) -> list[float | None]:
    timeline = Timeline(period_s)
    return [timeline.place(each) for each in raw]


def test_rising_stamps_are_kept_and_the_first_becomes_zero() -> None:
    assert placed([5.0, 5.25, 5.5, 8.0]) == [0.0, 0.25, 0.5, 3.0]


def test_repeated_and_slightly_earlier_stamps_are_left_out() -> None:
    assert placed([0.0, 0.5, 0.5, 0.25, 0.75]) == [0.0, 0.5, None, None, 0.75]


def test_missing_stamps_go_on_by_the_period() -> None:
    assert placed([None, None, None], 0.25) == [0.0, 0.25, 0.5]


def test_a_restart_goes_on_where_the_first_part_ended() -> None:
    assert placed([10.0, 12.0, 0.0, 0.5], 0.25) == [0.0, 2.0, 2.25, 2.75]


def test_a_file_whose_stamps_stand_still_is_not_lost() -> None:
    times = placed([1.0] * 100, 0.1)
    shown = [each for each in times if each is not None]
    assert len(shown) == 100 - FROZEN_FRAMES
    assert shown[-1] == pytest.approx(0.1 * (len(shown) - 1))


@given(st.lists(stamps, max_size=60), st.floats(1e-4, 1.0))
def test_times_always_rise_from_zero(raw: list[float | None], period_s: float) -> None:
    shown = [each for each in placed(raw, period_s) if each is not None]
    assert shown[:1] == ([0.0] if raw else [])
    assert all(later > earlier for earlier, later in pairwise(shown))


@given(st.lists(st.floats(0, 1e4, allow_nan=False), min_size=1, max_size=50, unique=True).map(sorted))
def test_sound_stamps_pass_unchanged(raw: list[float]) -> None:
    assert placed(list(raw)) == [each - raw[0] for each in raw] or len({each - raw[0] for each in raw}) < len(raw)


@pytest.mark.parametrize("period", [None, 0.0, -1.0, 100.0])
def test_a_senseless_period_is_replaced(period: float | None) -> None:
    timeline = Timeline(period)
    timeline.place(None)
    assert timeline.place(None) == pytest.approx(1 / 30)


class Clock:
    """A clock whose time passes only by waiting on it."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class WaitingEvent(threading.Event):
    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self.clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.clock.now += timeout
        return self.is_set()


def test_pace_waits_until_the_time_has_come() -> None:
    clock = Clock()
    pace = Pace(WaitingEvent(clock), clock)
    for time_s in (0.0, 0.5, 0.75, 3.0):
        pace.wait_for(time_s)
        assert clock.now == pytest.approx(100.0 + time_s)


def test_pace_forgives_a_little_lateness_and_shifts_after_much() -> None:
    clock = Clock()
    pace = Pace(WaitingEvent(clock), clock)
    pace.wait_for(0.0)
    clock.now += 0.7
    pace.wait_for(0.5)  # 0.2 s late: catches up
    assert clock.now == pytest.approx(100.7)
    pace.wait_for(1.0)
    assert clock.now == pytest.approx(101.0)
    clock.now += 10
    pace.wait_for(1.5)
    pace.wait_for(2.5)
    assert clock.now == pytest.approx(112.0)
