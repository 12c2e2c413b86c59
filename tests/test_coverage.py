"""Coverage: seconds where the working part of the hand was, three states, nothing invented."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import SIZE, flat_foot, hand_at, over, posed_foot
from trainer import coverage as places
from trainer.coverage import CoverageMap
from trainer.foot import atlas
from trainer.model import Foot, Hand, Judgement, Side, Touch, View
from trainer.strokes.techniques import load_techniques
from trainer.touch import touch_of

TECHNIQUES = load_techniques()
FPS = 30


def thumb_at(side: Side, px: tuple[float, float]) -> Hand:
    """A thumb that is seen end on: all of its pad lies at one pixel."""
    return hand_at(side, {3: px, 4: px})


def thumb_on(u: float, v: float, time_s: float, side: Side = "left", view: View = "plantar") -> Touch:
    foot = posed_foot(side, view)
    return touch_of(time_s, (Hand.unknown("left"), thumb_at("right", over(foot, u, v, view))), foot)


def judged(technique: str | None, time_s: float) -> Judgement:
    return Judgement(time_s, technique, 0.9, ("right",))


def held(u: float, v: float, seconds: float, technique: str | None = "friction", latency_s: float = 0.0) -> CoverageMap:
    painted = CoverageMap(TECHNIQUES, latency_s=latency_s)
    for k in range(round(seconds * FPS) + 1):
        painted.update(thumb_on(u, v, k / FPS), judged(technique, k / FPS), SIZE)
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
        painted.update(thumb_on(0.7, 0.5, time_s), judged("friction", time_s), SIZE)
    assert painted.coverage().zone_seconds["ball_central"] == pytest.approx(2.0)


@pytest.mark.parametrize("technique", ["rest", None])
def test_rest_and_not_sure_paint_nothing(technique: str | None) -> None:
    coverage = held(0.7, 0.5, 2.0, technique).coverage()
    assert np.nansum(coverage.grid_seconds) == 0
    assert set(coverage.zone_seconds.values()) == {0.0}


def test_the_hand_that_only_holds_paints_nothing() -> None:
    foot = posed_foot()
    hands = (hand_at("left", {4: over(foot, 0.2, 0.5)}), hand_at("right", {4: over(foot, 0.8, 0.5)}))
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        touch = touch_of(k / FPS, hands, foot)
        painted.update(touch, judged("thumb_walking", k / FPS), SIZE)
    zones = painted.coverage().zone_seconds
    assert zones["heel_medial"] == zones["heel_lateral"] == 0
    assert zones["lesser_toes"] + zones["ball_central"] > 0.9


def test_judgements_that_come_late_paint_where_the_hand_was_then() -> None:
    painted = CoverageMap(TECHNIQUES, latency_s=0.5)
    for k in range(61):
        time_s = k / FPS
        u = 0.15 if time_s < 1.0 else 0.9
        named = "friction" if 0.5 <= time_s < 1.5 else "rest"
        painted.update(thumb_on(u, 0.25, time_s), judged(named, time_s), SIZE)
    painted.finish()
    zones = painted.coverage().zone_seconds
    assert zones["heel_medial"] == pytest.approx(1.0, abs=0.05)
    assert zones["hallux"] == 0


def test_without_the_foot_time_is_unseen_everywhere() -> None:
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        hands = (hand_at("left", {}), Hand.unknown("right"))
        painted.update(touch_of(k / FPS, hands, Foot.unknown()), judged("friction", k / FPS), SIZE)
    coverage = painted.coverage()
    assert coverage.unseen_s == pytest.approx(1.0)
    assert coverage.watched_s == 0
    assert places.unseen_share(coverage) == 1.0
    assert places.worked_share(coverage) == 0.0


def test_a_hand_lost_over_the_foot_leaves_its_surroundings_unseen_for_a_while() -> None:
    painted = CoverageMap(TECHNIQUES)
    nobody = (Hand.unknown("left"), Hand.unknown("right"))
    painted.update(thumb_on(0.15, 0.3, 0.0), judged("friction", 0.0), SIZE)
    for k in range(1, 20 * FPS):
        painted.update(touch_of(k / FPS, nobody, posed_foot()), judged("friction", k / FPS), SIZE)
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
    gone = (Hand.unknown("left"), Hand.unknown("right"))
    painted.update(touch_of(0.0, away, posed_foot()), judged("rest", 0.0), SIZE)
    painted.update(touch_of(0.1, gone, posed_foot()), judged("rest", 0.1), SIZE)
    assert not painted.hand_lost


def test_each_face_of_the_foot_keeps_its_own_map() -> None:
    painted = held(0.7, 0.5, 1.0)
    painted.update(thumb_on(0.6, 0.5, 1.1, view="dorsal"), judged("rest", 1.1), SIZE)
    assert set(painted.coverage().zone_seconds) == set(atlas.TOP_ZONES)
    for k in range(31):
        painted.update(thumb_on(0.65, 0.5, 1.2 + k / FPS, view="dorsal"), judged("kneading", 1.2 + k / FPS), SIZE)
    top, sole = painted.coverages()
    assert (top.view, sole.view) == ("dorsal", "plantar")
    assert top.zone_seconds["forefoot_top"] == pytest.approx(1.0, abs=0.15)
    assert sole.zone_seconds["ball_central"] == pytest.approx(1.0, abs=0.05)


def test_both_feet_of_a_session_have_maps_of_their_own() -> None:
    painted = held(0.7, 0.5, 1.0)
    for k in range(31):
        touch = thumb_on(0.15, 0.3, 1.1 + k / FPS, side="right")
        painted.update(touch, judged("friction", 1.1 + k / FPS), SIZE)
    right, left = painted.coverages()
    assert (right.side, left.side) == ("right", "left")
    assert right.zone_seconds["heel_medial"] == pytest.approx(1.0, abs=0.15) and right.zone_seconds["ball_central"] == 0
    assert left.zone_seconds["ball_central"] == pytest.approx(1.0, abs=0.05) and left.zone_seconds["heel_medial"] == 0


def test_the_face_that_looks_away_could_not_be_seen() -> None:
    painted = held(0.7, 0.5, 2.0)
    painted.update(thumb_on(0.7, 0.5, 2.01, view="dorsal"), judged("rest", 2.01), SIZE)
    assert places.unseen_share(painted.coverage()) > 0.9


def test_passes_and_visits_are_counted_anew_after_a_pause() -> None:
    painted = CoverageMap(TECHNIQUES)
    for k in range(6 * FPS):
        time_s = k / FPS
        on_ball = time_s < 1 or 2 <= time_s < 3 or time_s >= 5
        touch = thumb_on(0.68 if on_ball else 0.15, 0.5, time_s)
        painted.update(touch, judged("friction" if time_s < 3 or time_s >= 5 else "rest", time_s), SIZE)
    coverage = painted.coverage()
    assert coverage.grid_passes[int(0.68 * 64), 16] == 3
    assert np.nanmin(coverage.grid_passes) == 0
    order = [zone for zone, _, _ in coverage.visits if zone.startswith(("ball", "heel"))]
    assert order.count("ball_central") == 3
    first = next(visit for visit in coverage.visits if visit[0] == "ball_central")
    assert first[1:] == pytest.approx((0.0, 1.0), abs=0.1)
    assert coverage.technique_zone_seconds == {"friction": {z: s for z, s in coverage.zone_seconds.items() if s}}


def test_reset_forgets_what_was_painted() -> None:
    painted = held(0.7, 0.5, 1.0)
    painted.reset()
    assert np.nansum(painted.coverage().grid_seconds) == 0


@pytest.mark.parametrize("view", ["medial", "lateral"])
def test_from_the_side_the_sole_and_the_top_are_painted_where_they_are_seen(view: View) -> None:
    foot = posed_foot("left", view)
    place = over(foot, 0.5, 0.3 if view == "medial" else 0.95, "dorsal")
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        touch = touch_of(k / FPS, (hand_at("left", {4: place}), Hand.unknown("right")), foot)
        painted.update(touch, Judgement(k / FPS, "friction", 0.9, ("left",)), SIZE)
    coverage = painted.coverage()
    assert coverage.view in ("plantar", "dorsal")
    assert sum(coverage.zone_seconds.values()) > 0.9


def test_without_a_pose_nothing_is_painted_and_all_is_unseen() -> None:
    painted = CoverageMap(TECHNIQUES)
    for k in range(31):
        hands = (thumb_at("left", (200.0, 300.0)), Hand.unknown("right"))
        painted.update(touch_of(k / FPS, hands, flat_foot()), Judgement(k / FPS, "friction", 0.9, ("left",)), SIZE)
    coverage = painted.coverage()
    assert np.nansum(coverage.grid_seconds) == 0
    assert places.unseen_share(coverage) == 1.0
