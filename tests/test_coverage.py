"""Coverage: seconds where the working part of the hand was, three states, nothing invented."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shapes import flat_foot, hand_at
from trainer import coverage as places
from trainer.coverage import CoverageMap, patch
from trainer.foot import atlas
from trainer.foot.geometry import to_px
from trainer.model import Foot, Hand, Judgement, Touch
from trainer.strokes.techniques import load_techniques
from trainer.touch import touch_of

TECHNIQUES = load_techniques()
FPS = 30


def thumb_on(u: float, v: float, time_s: float) -> Touch:
    foot = flat_foot()
    (place,) = to_px(foot.px_from_uv, [(u, v)])
    return touch_of(time_s, (Hand.unknown("left"), hand_at("right", {4: tuple(place)})), foot)


def judged(technique: str | None, time_s: float) -> Judgement:
    return Judgement(time_s, technique, 0.9, ("right",))


def held(u: float, v: float, seconds: float, technique: str | None = "friction", latency_s: float = 0.0) -> CoverageMap:
    painted = CoverageMap(TECHNIQUES, latency_s=latency_s)
    for k in range(round(seconds * FPS) + 1):
        painted.update(thumb_on(u, v, k / FPS), judged(technique, k / FPS))
    painted.finish()
    return painted


@pytest.mark.parametrize(
    ("u", "v", "zone"), [(0.15, 0.3, "heel_medial"), (0.7, 0.5, "ball_central"), (0.9, 0.2, "hallux")]
)
def test_a_thumb_held_on_a_zone_gives_it_just_these_seconds(u: float, v: float, zone: str) -> None:
    coverage = held(u, v, 4.0).coverage()
    assert coverage.zone_seconds[zone] == pytest.approx(4.0, abs=0.01)
    assert coverage.grid_seconds[int(u * 64), int(v * 32)] == pytest.approx(4.0, abs=0.01)
    assert coverage.watched_s == pytest.approx(4.0, abs=0.01)


def test_times_count_and_not_frames() -> None:
    painted = CoverageMap(TECHNIQUES)
    for time_s in (0.0, 0.01, 0.5, 1.75, 2.0):
        painted.update(thumb_on(0.7, 0.5, time_s), judged("friction", time_s))
    assert painted.coverage().zone_seconds["ball_central"] == pytest.approx(2.0)


@pytest.mark.parametrize("technique", ["rest", None])
def test_rest_and_not_sure_paint_nothing(technique: str | None) -> None:
    coverage = held(0.7, 0.5, 2.0, technique).coverage()
    assert np.nansum(coverage.grid_seconds) == 0
    assert set(coverage.zone_seconds.values()) == {0.0}


def test_the_hand_that_only_holds_paints_nothing() -> None:
    foot = flat_foot()
    (a,), (b,) = to_px(foot.px_from_uv, [(0.2, 0.5)]), to_px(foot.px_from_uv, [(0.8, 0.5)])
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        touch = touch_of(k / FPS, (hand_at("left", {4: tuple(a)}), hand_at("right", {4: tuple(b)})), foot)
        painted.update(touch, judged("thumb_walking", k / FPS))
    zones = painted.coverage().zone_seconds
    assert zones["heel_medial"] == zones["heel_lateral"] == 0
    assert zones["lesser_toes"] + zones["ball_central"] > 0.9


def test_judgements_that_come_late_paint_where_the_hand_was_then() -> None:
    painted = CoverageMap(TECHNIQUES, latency_s=0.5)
    for k in range(61):
        time_s = k / FPS
        u = 0.15 if time_s < 1.0 else 0.9
        named = "friction" if 0.5 <= time_s < 1.5 else "rest"
        painted.update(thumb_on(u, 0.25, time_s), judged(named, time_s))
    painted.finish()
    zones = painted.coverage().zone_seconds
    assert zones["heel_medial"] == pytest.approx(1.0, abs=0.05)
    assert zones["hallux"] == 0


def test_without_the_foot_time_is_unseen_everywhere() -> None:
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        hands = (hand_at("left", {}), Hand.unknown("right"))
        painted.update(touch_of(k / FPS, hands, Foot.unknown()), judged("friction", k / FPS))
    coverage = painted.coverage()
    assert coverage.unseen_s == pytest.approx(1.0)
    assert coverage.watched_s == 0
    assert places.unseen_share(coverage) == 1.0
    assert places.worked_share(coverage) == 0.0


def test_a_hand_lost_over_the_foot_leaves_its_surroundings_unseen_for_a_while() -> None:
    painted = CoverageMap(TECHNIQUES)
    nobody = (Hand.unknown("left"), Hand.unknown("right"))
    painted.update(thumb_on(0.15, 0.3, 0.0), judged("friction", 0.0))
    for k in range(1, 20 * FPS):
        painted.update(touch_of(k / FPS, nobody, flat_foot()), judged("friction", k / FPS))
        if k == FPS:
            assert painted.hand_lost
    coverage = painted.coverage()
    assert not painted.hand_lost
    assert coverage.unseen_s == pytest.approx(places.LOST_AFTER_S, abs=0.1)
    assert coverage.grid_unseen_s[int(0.15 * 64), int(0.3 * 32)] == pytest.approx(places.LOST_AFTER_S, abs=0.1)
    assert coverage.grid_unseen_s[int(0.9 * 64), int(0.2 * 32)] == 0


def test_a_hand_that_leaves_beside_the_foot_is_not_lost() -> None:
    painted = CoverageMap(TECHNIQUES)
    away = (hand_at("left", {}), Hand.unknown("right"))
    painted.update(touch_of(0.0, away, flat_foot()), judged("rest", 0.0))
    painted.update(touch_of(0.1, (Hand.unknown("left"), Hand.unknown("right")), flat_foot()), judged("rest", 0.1))
    assert not painted.hand_lost


def test_each_side_of_the_foot_keeps_its_own_map() -> None:
    painted = held(0.7, 0.5, 1.0)
    top = touch_of(1.1, (Hand.unknown("left"), Hand.unknown("right")), flat_foot(view="dorsal"))
    painted.update(top, judged("rest", 1.1))
    assert set(painted.coverage().zone_seconds) == set(atlas.TOP_ZONES)
    painted.update(thumb_on(0.7, 0.5, 1.2), judged("rest", 1.2))
    assert painted.coverage().zone_seconds["ball_central"] == pytest.approx(1.0, abs=0.05)


def test_reset_forgets_what_was_painted() -> None:
    painted = held(0.7, 0.5, 1.0)
    painted.reset()
    assert np.nansum(painted.coverage().grid_seconds) == 0


def test_side_views_have_zones_but_no_map() -> None:
    foot = flat_foot(view="medial")
    (place,) = to_px(foot.px_from_uv, [(0.45, 0.2)])
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        touch = touch_of(k / FPS, (hand_at("left", {4: tuple(place)}), Hand.unknown("right")), foot)
        painted.update(touch, Judgement(k / FPS, "friction", 0.9, ("left",)))
    coverage = painted.coverage()
    assert coverage.zone_seconds["arch_medial"] == pytest.approx(1.0, abs=0.05)
    assert np.isnan(coverage.grid_seconds).all()
    assert np.isnan(places.worked_share(coverage))


@given(st.lists(st.tuples(st.floats(-50, 300), st.floats(-50, 150)), max_size=9), st.booleans())
def test_a_patch_stays_on_the_foot_and_near_its_points(points: list[tuple[float, float]], hull: bool) -> None:
    mm = np.array(points, float).reshape(-1, 2)
    touched = patch(mm, "plantar", 250.0, hull=hull)
    assert not (touched & ~atlas.grid_on_foot("plantar")).any()
    if not hull and touched.any():
        cells = atlas.grid_uv()[touched] * atlas.mm_from_uv("plantar", 250.0)
        gaps = np.linalg.norm(cells[:, None] - mm, axis=-1).min(axis=1)
        assert gaps.max() <= places.PAD_RADIUS_MM + 1e-9


def test_the_pad_lies_a_little_behind_the_tip() -> None:
    landmarks = np.zeros((21, 2))
    landmarks[3], landmarks[4] = [100.0, 50.0], [130.0, 50.0]
    moved = places.contact_points(landmarks)
    assert moved[4] == pytest.approx([121.0, 50.0])
    assert landmarks[4] == pytest.approx([130.0, 50.0])
    assert moved[3] == pytest.approx([100.0, 50.0])


def test_a_palm_covers_what_lies_between_its_landmarks() -> None:
    corners = np.array([[100.0, 30.0], [180.0, 30.0], [180.0, 70.0], [100.0, 70.0]])
    touched = patch(corners, "plantar", 250.0, hull=True)
    u, v = 140 / 250, 50 / (250 * atlas.aspect("plantar"))
    assert touched[int(u * 64), int(v * 32)]
