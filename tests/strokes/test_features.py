"""Windows and features against movements whose radius, rate and drift are known exactly."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.strokes import kinematics
from trainer.model import Foot, HandTouch, Presence, Touch
from trainer.strokes.features import Path, hand_features, pair_features, thumbs_phase
from trainer.strokes.turning import arrivals, turning_points
from trainer.strokes.window import Grid, Window, flexions, settled

Array = kinematics.Array


def touch(time_s: float, thumb: Array | None, other: Array | None = None, foot: Foot | None = None) -> Touch:
    """Open hands around their thumb tips; None is a hand that isn't seen."""
    hands = []
    for side, tip in (("left", other), ("right", thumb)):
        mm = np.full((21, 2), np.nan)
        if tip is not None:
            mm = np.array([120.0, 50.0]) + np.arange(42).reshape(21, 2) * 2.0
            mm[4] = tip
        presence = Presence.UNKNOWN if tip is None else Presence.MEASURED
        hands.append(HandTouch(side, presence, mm, mm / [250, 97.5], np.full(21, tip is not None)))  # type: ignore[arg-type]
    nan = np.full((21, 3), np.nan)
    return Touch(time_s, (hands[0], hands[1]), foot or Foot.unknown(), (nan, nan))


def circle(t: float, radius: float, rate_hz: float, drift: float = 0.0, phase: float = 0.0) -> Array:
    a = 2 * np.pi * rate_hz * t + phase
    return np.array([100 + drift * t + radius * np.cos(a), 50 + radius * np.sin(a)])


def thumb_path(times: Array, radius: float, rate_hz: float, drift: float = 0.0) -> Path:
    window = Window(3.0)
    for t in times:
        window.add(touch(float(t), circle(float(t), radius, rate_hz, drift)))
    return hand_features(window.grid(float(times[-1])).hands[1]).thumb


@pytest.mark.parametrize("fps", [15, 24, 30, 60, 120])
def test_a_circle_is_measured_alike_at_any_frame_rate(fps: int) -> None:
    p = thumb_path(np.arange(0, 3.01, 1 / fps), 12.0, 1.0)
    assert p.radius == pytest.approx(12, rel=0.1)
    assert p.rate_hz == pytest.approx(1.0, rel=0.07)
    assert p.round > 0.8
    assert p.turning > 0.9
    assert p.seen == 1.0


def test_uneven_frames_change_nothing() -> None:
    rng = np.random.default_rng(0)
    times = np.cumsum(rng.uniform(0.01, 0.07, 80))
    p = thumb_path(times, 12.0, 1.0)
    assert p.radius == pytest.approx(12, rel=0.12)
    assert p.rate_hz == pytest.approx(1.0, rel=0.1)


@pytest.mark.parametrize("drift", [-8.0, 5.0])
def test_creep_is_the_drift_and_not_the_radius(drift: float) -> None:
    p = thumb_path(np.arange(0, 3.01, 1 / 30), 0.0, 1.0, drift)
    assert p.drift_x == pytest.approx(drift, rel=0.01)
    assert p.radius == pytest.approx(0, abs=0.05)
    assert p.monotony == pytest.approx(1.0, abs=0.01)
    assert p.flow == pytest.approx(abs(drift), rel=0.02)


def test_to_and_fro_is_a_line_that_does_not_turn() -> None:
    window = Window(3.0)
    times = np.arange(0, 3.01, 1 / 30)
    for t in times:
        window.add(touch(float(t), np.array([100.0, 50 + 10 * np.sin(2 * np.pi * 2 * t)])))
    p = hand_features(window.grid(float(times[-1])).hands[1]).thumb
    assert p.round < 0.1
    assert p.turning < 0.1
    assert p.rate_hz == pytest.approx(2.0, rel=0.07)


def test_a_gap_stays_unknown_and_a_short_one_is_joined() -> None:
    window = Window(3.0)
    for i in range(90):
        t = i / 30
        hidden = 1.0 < t < 1.6 or 2.0 < t < 2.15
        window.add(touch(t, None if hidden else circle(t, 12, 1.0)))
    grid = window.grid(89 / 30)
    known = np.isfinite(grid.hands[1].mm[:, 4, 0])
    assert not known[(grid.time_s > 1.08) & (grid.time_s < 1.55)].any()
    assert known[(grid.time_s > 2.0) & (grid.time_s < 2.15)].all()
    assert hand_features(grid.hands[1]).thumb.radius == pytest.approx(12, rel=0.12)


def test_a_hand_never_seen_has_no_features() -> None:
    window = Window(2.0)
    for i in range(40):
        window.add(touch(i / 30, circle(i / 30, 10, 1)))
    f = hand_features(window.grid(39 / 30).hands[0])
    assert f.seen == 0
    assert np.isnan(f.thumb.radius)
    assert np.isnan(f.flat)


@pytest.mark.parametrize(("apart", "low", "high"), [(0.0, 0.0, 0.1), (0.5, 0.9, 1.0), (0.25, 0.4, 0.6)])
def test_alternation_of_the_thumbs(apart: float, low: float, high: float) -> None:
    window = Window(3.0)
    for i in range(91):
        t = i / 30
        window.add(touch(t, circle(t, 12, 1.0), circle(t, 12, 1.0, phase=2 * np.pi * apart)))
    assert low <= thumbs_phase(window.grid(3.0)) <= high


def test_the_window_stays_small_and_drops_what_is_old() -> None:
    window = Window(2.0)
    for i in range(3000):
        window.add(touch(i / 240, circle(i / 240, 10, 1)))
    assert window.span_s() <= 2.2
    assert len(window.grid(2999 / 240).time_s) <= 62


def test_how_a_hand_came_is_not_part_of_what_it_does() -> None:
    window = Window(4.0)
    for i in range(91):
        t = i / 30
        away = max(0.0, 1.5 - t) * 150
        moved = touch(t, circle(t, 8, 1.0))
        hand = moved.hands[1]
        moved = replace(moved, hands=(moved.hands[0], replace(hand, mm=hand.mm + np.array([0, away]))))
        window.add(moved)
    hand_grid, age = settled(window.grid(3.0).hands[1])
    assert age == pytest.approx(1.5, abs=0.3)
    assert np.isnan(hand_grid.mm[:40]).all()
    assert np.isfinite(hand_grid.mm[-30:]).all()


def test_a_foot_that_circles_is_told_from_one_that_shifts() -> None:
    def swing(turn: float, shift: float) -> float:
        acts = Window(4.0)
        for i in range(121):
            t = i / 30
            a = turn * np.sin(2 * np.pi * 0.4 * t)
            c, s = 500 * np.cos(a), 500 * np.sin(a)
            h = np.array([[c, -s * 0.39, 100 + shift * t], [s, c * 0.39, 100], [0, 0, 1.0]])
            foot = replace(Foot.unknown(), presence=Presence.MEASURED, px_from_uv=h)
            acts.add(touch(t, circle(t, 1, 1), foot=foot))
        grid: Grid = acts.grid(4.0)
        return pair_features(grid).foot_swing

    assert swing(0.2, 0.0) > 12
    assert swing(0.0, 50.0) < 0.5


def test_joint_angles_of_a_known_hand() -> None:
    rng = np.random.default_rng(1)
    for ip in (10.0, 60.0):
        pose = replace(kinematics.flat("right", rng), ip_flex=ip)
        assert flexions(kinematics.joints(pose, "right") / 1000)[0] == pytest.approx(ip, abs=0.5)
    straight = replace(kinematics.flat("left", rng), curl=np.zeros(3))
    fist = replace(straight, curl=np.array([80.0, 95, 55]))
    assert flexions(kinematics.joints(straight, "left"))[2] < 40
    assert flexions(kinematics.joints(fist, "left"))[2] > 140
    assert np.isnan(flexions(np.full((21, 3), np.nan))).all()


def test_turning_points_of_a_known_course() -> None:
    t = np.arange(0, 8.3, 1 / 30)
    turns = turning_points(t, 60 * np.cos(2 * np.pi * t / 3), 25.0)
    assert [top for _, top in turns] == [False, True, False, True, False]
    assert [when for when, _ in turns] == pytest.approx([1.5, 3.0, 4.5, 6.0, 7.5], abs=0.05)
    assert turning_points(t, np.full(len(t), np.nan), 25.0) == []


def test_nothing_is_joined_across_a_long_gap() -> None:
    t = np.arange(0, 4, 1 / 30)
    y = np.where(t < 2, 0.0, 100.0)
    y[(t > 1.6) & (t < 2.4)] = np.nan
    assert turning_points(t, y, 25.0) == []


def test_arrivals_at_new_places_only() -> None:
    t = np.arange(0, 7, 1 / 30)
    x = np.interp(t, [0, 2, 2.3, 4.5, 4.8, 7], [0, 0, 40, 40, 80, 80])
    found = arrivals(t, np.stack([x, np.zeros_like(x)], axis=1))
    assert found == pytest.approx([2.3, 4.8], abs=0.15)
