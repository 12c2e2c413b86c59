"""Rhythm against beats whose rate, spread, drift and pauses are known exactly."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.model import Side, Stroke
from trainer.rhythm import interval_curve, live_rate, live_tempo, rhythm_of
from trainer.strokes.techniques import load_techniques

TABLE = load_techniques()


def stroke(times: list[float], technique: str = "friction", sides: list[Side] | None = None) -> Stroke:
    who: tuple[Side, ...] = tuple(sides) if sides else ("right",) * len(times)
    end = times[-1] if times else 1.0
    return Stroke(technique, times[0] if times else 0.0, end, ("right",), 1.0, tuple(times), who)


@settings(max_examples=40)
@given(rate=st.floats(6, 300), count=st.integers(3, 60), start=st.floats(0, 1000))
def test_an_even_beat_has_its_rate_and_no_spread(rate: float, count: int, start: float) -> None:
    times = [start + 60 / rate * i for i in range(count)]
    r = rhythm_of([stroke(times)], TABLE["friction"])
    assert r.cycles == count
    assert r.rate_per_min == pytest.approx(rate, rel=1e-6)
    assert r.interval_cv == pytest.approx(0, abs=1e-6)
    assert r.pauses == 0
    low, high = TABLE["friction"].rate_range or (0, 0)
    if not (abs(rate - low) < 1e-6 or abs(rate - high) < 1e-6):
        assert r.in_range_share == float(low <= rate <= high)


def test_spread_is_the_coefficient_of_variation() -> None:
    gaps = [0.9, 1.1] * 10
    times = list(np.concatenate([[0.0], np.cumsum(gaps)]))
    assert rhythm_of([stroke(times)], TABLE["friction"]).interval_cv == pytest.approx(0.1, rel=0.03)


def test_two_hands_stamped_at_once_have_one_beat() -> None:
    times = sorted([0.8 * i for i in range(10)] * 2)
    sides: list[Side] = ["left", "right"] * 10
    r = rhythm_of([stroke(times, "wringing", sides)], TABLE["wringing"])
    assert r.rate_per_min == pytest.approx(75)
    assert r.interval_cv == pytest.approx(0, abs=1e-9) and r.pauses == 0


STAMPS = st.lists(st.tuples(st.floats(0, 20), st.sampled_from(["left", "right"])), max_size=30)


@given(STAMPS, st.sampled_from([*TABLE]))
def test_no_stamps_break_it(stamps: list[tuple[float, Side]], technique: str) -> None:
    s = stroke([t for t, _ in stamps], technique, [side for _, side in stamps])
    r = rhythm_of([s], TABLE[technique])
    assert isnan(r.rate_per_min) or 0 < r.rate_per_min < 5000
    when, rates = interval_curve(s, TABLE[technique])
    assert len(when) == len(rates) and (np.diff(when) >= 0).all()


def test_two_thumbs_not_quite_opposite_are_steady_and_both_count() -> None:
    left = [1.0 * i for i in range(10)]
    right = [1.0 * i + 0.35 for i in range(10)]
    pairs: list[tuple[float, Side]] = sorted([(t, "left") for t in left] + [(t, "right") for t in right])
    s = stroke([t for t, _ in pairs], "kneading", [side for _, side in pairs])
    r = rhythm_of([s], TABLE["kneading"])
    assert r.rate_per_min == pytest.approx(120)
    assert r.interval_cv == pytest.approx(0, abs=1e-9)
    assert r.left_right_balance == 0.5
    assert r.in_range_share == 1.0


def test_a_thumb_that_is_seldom_seen_does_not_slow_the_rate() -> None:
    left = [1.0 * i for i in range(12)]
    right = [0.5, 1.5, 2.5]
    pairs: list[tuple[float, Side]] = sorted([(t, "left") for t in left] + [(t, "right") for t in right])
    seldom = stroke([t for t, _ in pairs], "kneading", [side for _, side in pairs])
    assert rhythm_of([seldom], TABLE["kneading"]).rate_per_min == pytest.approx(120)
    alone = Stroke("kneading", 0.0, 12.0, ("left", "right"), 1.0, tuple(left), ("left",) * 12)
    assert rhythm_of([alone], TABLE["kneading"]).rate_per_min == pytest.approx(120), "the other works, too, unseen"
    one_hand = Stroke("kneading", 0.0, 12.0, ("left",), 1.0, tuple(left), ("left",) * 12)
    assert rhythm_of([one_hand], TABLE["kneading"]).rate_per_min == pytest.approx(60)


def test_a_pause_is_counted_and_left_out() -> None:
    times = [0.0, 1, 2, 3, 4, 9, 10, 11, 12]
    r = rhythm_of([stroke(times)], TABLE["friction"])
    assert r.pauses == 1
    assert r.rate_per_min == pytest.approx(60)
    assert r.interval_cv == pytest.approx(0, abs=1e-9)


def test_breaks_between_strokes_are_no_intervals() -> None:
    r = rhythm_of([stroke([0.0, 1, 2, 3]), stroke([100.0, 101, 102])], TABLE["friction"])
    assert r.rate_per_min == pytest.approx(60)
    assert r.pauses == 0


@pytest.mark.parametrize("per_minute", [-20.0, 10.0, 30.0])
def test_drift_is_per_cent_per_minute(per_minute: float) -> None:
    times, t = [], 0.0
    while t < 40:
        times.append(t)
        t += 1.0 / np.exp(np.log1p(per_minute / 100) * t / 60)
    r = rhythm_of([stroke(times)], TABLE["friction"])
    assert r.drift_pct_per_min == pytest.approx(100 * np.log1p(per_minute / 100), abs=1.0)


def test_a_missed_beat_does_not_move_the_drift() -> None:
    times = [float(i) for i in range(30) if i != 25]
    assert rhythm_of([stroke(times)], TABLE["friction"]).drift_pct_per_min == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("times", [[], [1.0], [1.0, 2.0]])
def test_too_few_cycles_tell_nothing(times: list[float]) -> None:
    r = rhythm_of([stroke(times)], TABLE["friction"])
    assert r.cycles == len(times)
    assert isnan(r.rate_per_min)
    assert isnan(r.interval_cv)
    assert isnan(r.drift_pct_per_min)


def test_other_techniques_are_passed_over() -> None:
    r = rhythm_of([stroke([0.0, 1, 2, 3], "kneading")], TABLE["friction"])
    assert r.cycles == 0
    assert isnan(r.left_right_balance)


def test_holds_are_in_range_by_how_long_they_last() -> None:
    s = Stroke("press_hold", 0.0, 20.0, ("left",), 1.0, (0.0, 10.0, 12.0), ("left",) * 3)
    assert rhythm_of([s], TABLE["press_hold"]).in_range_share == pytest.approx(2 / 3)


def test_the_curve_is_nan_in_a_pause() -> None:
    when, rates = interval_curve(stroke([0.0, 1, 2, 7, 8, 9]), TABLE["friction"])
    assert list(when) == [1, 2, 7, 8, 9]
    assert np.isnan(rates[2])
    assert rates[0] == pytest.approx(60)


@settings(max_examples=40)
@given(rate=st.floats(20, 300))
def test_live_rate_of_an_even_beat(rate: float) -> None:
    times = np.arange(0, 30, 60 / rate)
    assert live_rate(list(times), float(times[-1]) + 0.01) == pytest.approx(rate, rel=1e-6)


def test_live_rate_forgets_and_stops() -> None:
    early = [float(i) for i in range(10)]
    late = [10 + 0.5 * i for i in range(20)]
    assert live_rate(early + late, 19.6) == pytest.approx(120)
    assert isnan(live_rate(late, 25.0)), "the work has stopped"
    assert isnan(live_rate([], 1.0))
    assert live_rate([0.0, 7.0, 14.0], 15.0) == pytest.approx(60 / 7), "a slow glide has a rate too"


def test_of_two_hands_in_turn_one_that_is_not_seen_does_as_many() -> None:
    kneading, friction = load_techniques()["kneading"], load_techniques()["friction"]
    left = [(k * 1.2, "left") for k in range(10)]
    both = sorted(left + [(k * 1.2 + 0.6, "right") for k in range(10)])
    hands = ("left", "right")
    assert live_tempo(both, kneading, hands, 11.5) == pytest.approx(100.0, abs=1.0)
    assert live_tempo(left, kneading, hands, 11.5) == pytest.approx(100.0, abs=1.0)
    assert live_tempo(left, kneading, ("left",), 11.5) == pytest.approx(50.0, abs=1.0)
    assert live_tempo(left, friction, hands, 11.5) == pytest.approx(50.0, abs=1.0)
    assert isnan(live_tempo([], kneading, hands, 11.5)) and isnan(live_tempo(left, None, (), 30.0))


def test_a_working_hand_that_was_hardly_stamped_counts_and_a_stray_stamp_does_not() -> None:
    kneading = load_techniques()["kneading"]
    times = tuple(0.5 + 1.2 * k for k in range(10))
    one = Stroke("kneading", 0.0, 12.0, ("left", "right"), 0.9, times, ("left",) * 10)
    assert rhythm_of([one], kneading).rate_per_min == pytest.approx(100.0, abs=1.0)
    stray = replace(one, hands=("left",), cycle_sides=("left",) * 9 + ("right",))
    assert rhythm_of([stray], kneading).rate_per_min == pytest.approx(50.0, abs=4.0)
