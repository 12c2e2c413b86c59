from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foot.scenes import place, similarity
from trainer.foot import atlas
from trainer.foot.geometry import (
    chirality,
    contradicts_side,
    fit_px_from_uv,
    foot_length_px,
    foot_mask,
    make_foot,
    metric_from_uv,
    outline_px,
    to_px,
    to_uv,
    zone_polygons_px,
)
from trainer.model import FOOT_LANDMARKS, SIDES, VIEWS, Foot, Presence, Side, View

sides = st.sampled_from(SIDES)
views = st.sampled_from(VIEWS)
lengths = st.floats(60, 900)
angles = st.floats(-180, 180)


def landmarks(px_from_uv: np.ndarray, view: View) -> np.ndarray:
    return to_px(px_from_uv, atlas.landmarks_uv(view))


def only(points: np.ndarray, names: list[str]) -> np.ndarray:
    keep = np.array([n in names for n in FOOT_LANDMARKS])
    return np.where(keep[:, None], points, np.nan)


@given(sides, views, lengths, angles)
@settings(max_examples=60)
def test_all_landmarks_of_a_flat_foot_give_its_map_back(side: Side, view: View, length: float, angle: float) -> None:
    truth = place(side, view, length=length, degrees=angle)
    fit = fit_px_from_uv(landmarks(truth, view), side, view)
    assert fit is not None
    grid = atlas.grid_uv()
    np.testing.assert_allclose(to_px(fit, grid), to_px(truth, grid), atol=1e-3 * length)
    np.testing.assert_allclose(to_uv(fit, to_px(fit, grid)), grid, atol=1e-9)


@given(sides, st.sampled_from(("plantar", "dorsal")), lengths, angles, st.integers(0, 11), st.integers(0, 11))
@settings(max_examples=60)
def test_two_landmarks_give_an_exact_similarity(
    side: Side, view: View, length: float, angle: float, first: int, second: int
) -> None:
    places = to_px(metric_from_uv(side, view), atlas.landmarks_uv(view))
    truth = place(side, view, length=length, degrees=angle)
    points = np.full((14, 2), np.nan)
    points[[first, second]] = landmarks(truth, view)[[first, second]]
    fit = fit_px_from_uv(points, side, view)
    if np.linalg.norm(places[first] - places[second]) < 0.12:
        assert fit is None
        return
    assert fit is not None
    np.testing.assert_allclose(to_px(fit, atlas.outline(view)), to_px(truth, atlas.outline(view)), atol=1e-6 * length)


@given(sides, st.floats(-0.2, 0.2), st.floats(-0.2, 0.2), st.floats(0.6, 1.0), angles)
@settings(max_examples=60)
def test_a_tilted_foot_seen_in_perspective_is_fitted_closely(
    side: Side, gx: float, gy: float, squeeze: float, angle: float
) -> None:
    tilt = np.array([[1.0, 0, 0], [0, squeeze, 0], [gx, gy, 1]])
    truth = similarity(300, angle, (320, 240)) @ tilt @ metric_from_uv(side, "plantar")
    fit = fit_px_from_uv(landmarks(truth, "plantar"), side, "plantar")
    assert fit is not None
    off = np.linalg.norm(to_px(fit, atlas.outline("plantar")) - to_px(truth, atlas.outline("plantar")), axis=1)
    assert off.max() < 0.03 * 300


def test_perspective_is_recovered_better_than_an_affine_map_could() -> None:
    tilt = np.array([[1.0, 0, 0], [0, 1, 0], [0.25, 0, 1]])
    truth = similarity(300, 20, (320, 240)) @ tilt @ metric_from_uv("left", "plantar")
    points = landmarks(truth, "plantar")
    fit = fit_px_from_uv(points, "left", "plantar")
    assert fit is not None
    off = np.linalg.norm(to_px(fit, atlas.outline("plantar")) - to_px(truth, atlas.outline("plantar")), axis=1)
    flat = cv_affine(atlas.landmarks_uv("plantar")[:12], points[:12])
    affine_off = np.linalg.norm(
        atlas.outline("plantar") @ flat[:2] + flat[2] - to_px(truth, atlas.outline("plantar")), axis=1
    )
    assert off.max() < 0.5 * affine_off.max()


def cv_affine(uv: np.ndarray, px: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(np.column_stack([uv, np.ones(len(uv))]), px, rcond=None)[0]


@given(sides, angles, st.integers(0, 11), angles, st.floats(0.3, 1.5))
@settings(max_examples=60)
def test_one_wrong_click_among_many_is_left_out(side: Side, angle: float, which: int, away: float, by: float) -> None:
    truth = place(side, length=250, degrees=angle)
    points = landmarks(truth, "plantar")
    points[which] += 250 * by * np.array([np.cos(np.deg2rad(away)), np.sin(np.deg2rad(away))])
    fit = fit_px_from_uv(points, side, "plantar")
    assert fit is not None
    off = np.linalg.norm(to_px(fit, atlas.outline("plantar")) - to_px(truth, atlas.outline("plantar")), axis=1)
    assert off.max() < 0.04 * 250


def test_scattered_clicks_scatter_the_map_no_more() -> None:
    rng = np.random.default_rng(0)
    truth = place("right", length=300, degrees=-70)
    for names in (list(FOOT_LANDMARKS[:12]), ["heel_back", "hallux_tip", "ball_medial", "ball_lateral"]):
        offs = []
        for _ in range(50):
            points = only(landmarks(truth, "plantar"), names) + rng.normal(0, 0.015 * 300, (14, 2))
            fit = fit_px_from_uv(points, "right", "plantar")
            assert fit is not None
            ring = atlas.outline("plantar")
            offs.append(np.linalg.norm(to_px(fit, ring) - to_px(truth, ring), axis=1).mean() / 300)
        assert np.mean(offs) < 0.03


@pytest.mark.parametrize(("side", "view"), [("left", "plantar"), ("right", "dorsal")])
def test_with_toes_up_the_big_toe_of_a_left_sole_and_of_a_right_top_is_on_the_left(side: Side, view: View) -> None:
    """Stand before a person lying on the back: the left sole's big toe is on your left. Look down at your own right
    foot: its big toe is on the left."""
    points = np.full((14, 2), np.nan)
    points[FOOT_LANDMARKS.index("heel_back")] = 300, 400
    points[FOOT_LANDMARKS.index("toe2_tip")] = 300, 100
    fit = fit_px_from_uv(points, side, view)
    assert fit is not None
    medial, lateral = to_px(fit, [(0.7, 0.0), (0.7, 1.0)])
    assert medial[0] < 300 < lateral[0]
    other: Side = "right" if side == "left" else "left"
    mirrored = fit_px_from_uv(points, other, view)
    assert mirrored is not None
    assert to_px(mirrored, (0.7, 0.0))[0] > 300 > to_px(mirrored, (0.7, 1.0))[0]


def test_seen_from_the_inner_side_the_toes_of_a_right_foot_standing_point_left() -> None:
    points = np.full((14, 2), np.nan)
    points[FOOT_LANDMARKS.index("heel_back")] = 400, 300
    points[FOOT_LANDMARKS.index("hallux_tip")] = 100, 305
    fit = fit_px_from_uv(points, "right", "medial")
    assert fit is not None
    assert to_px(fit, (0.5, 1.0))[1] < to_px(fit, (0.5, 0.0))[1]
    assert chirality("right", "medial") == -chirality("right", "lateral") == -chirality("left", "medial")


@pytest.mark.parametrize(
    "points",
    [
        {},
        {"heel_back": (10, 10)},
        {"heel_back": (10, 10), "hallux_tip": (10, 10)},
        {"toe2_tip": (10, 10), "toe3_tip": (60, 10)},
        {"ankle_medial": (10, 10), "ankle_lateral": (200, 10)},
        {name: (30.0 * i, 60.0 * i) for i, name in enumerate(FOOT_LANDMARKS)},
        dict.fromkeys(FOOT_LANDMARKS, (100.0, 100.0)),
    ],
)
def test_what_determines_no_foot_gives_none(points: dict[str, tuple[float, float]]) -> None:
    px = np.array([points.get(n, (np.nan, np.nan)) for n in FOOT_LANDMARKS], float)
    assert fit_px_from_uv(px, "left", "plantar") is None
    assert not make_foot(px, "left", "plantar").seen


def test_the_other_foot_is_noticed() -> None:
    points = landmarks(place("left", length=280, degrees=-80), "plantar")
    assert not contradicts_side(points, "left", "plantar")
    assert contradicts_side(points, "right", "plantar")
    assert contradicts_side(points, "left", "dorsal")
    assert not contradicts_side(only(points, ["heel_back", "hallux_tip"]), "right", "plantar")


def test_a_foot_fills_in_what_was_not_given_and_draws_itself() -> None:
    truth = place("left", length=300)
    given_points = only(landmarks(truth, "plantar"), ["heel_back", "hallux_tip", "ball_medial", "ball_lateral"])
    foot = make_foot(given_points, "left", "plantar", length_mm=240, length_given=True, confidence=0.8)
    assert foot.presence is Presence.MEASURED and foot.length_mm == 240 and foot.length_given
    np.testing.assert_allclose(foot.landmarks_px[:12], landmarks(truth, "plantar")[:12], atol=1e-3)
    assert np.isnan(foot.landmarks_px[12:]).all() and np.isnan(foot.confidence[12:]).all()
    assert foot_length_px(foot.px_from_uv) == pytest.approx(300, rel=0.03)
    mask = foot_mask(foot, (640, 480))
    ring = outline_px(foot)
    area = 0.5 * abs(np.sum(ring[:, 0] * np.roll(ring[:, 1], -1) - np.roll(ring[:, 0], -1) * ring[:, 1]))
    assert (mask > 0).sum() == pytest.approx(area, rel=0.03)
    zones = zone_polygons_px(foot)
    assert set(zones) == set(atlas.zones("plantar"))
    assert zones["heel_medial"].mean(axis=0)[1] > zones["hallux"].mean(axis=0)[1]
    assert zones["hallux"].mean(axis=0)[0] < zones["lesser_toes"].mean(axis=0)[0]


def test_an_unknown_foot_draws_nothing() -> None:
    foot = Foot.unknown()
    assert len(outline_px(foot)) == 0 and not zone_polygons_px(foot) and not foot_mask(foot, (64, 48)).any()
    assert np.isnan(to_uv(foot.px_from_uv, [[1.0, 2.0]])).all()


def test_missing_points_stay_missing_through_the_maps() -> None:
    truth = place()
    out = to_uv(truth, np.array([[320.0, 240.0], [np.nan, np.nan]]))
    np.testing.assert_allclose(out[0], [0.5, 0.5], atol=1e-9)
    assert np.isnan(out[1]).all()


@settings(max_examples=30)
@given(st.integers(0, 2**31))
def test_sure_landmarks_weigh_more_and_the_map_moves_evenly_with_them(seed: int) -> None:
    rng = np.random.default_rng(seed)
    uv = atlas.landmarks_uv("plantar")
    true = to_px(metric_from_uv("left", "plantar"), uv) * 300 + 400
    sure = np.full(14, 0.9)
    wrong = true.copy()
    wrong[5] += 60.0
    unsure = sure.copy()
    unsure[5] = 0.01
    off = []
    for confidence in (sure, unsure):
        fit = fit_px_from_uv(wrong, "left", "plantar", confidence)
        assert fit is not None
        off.append(np.nanmax(np.linalg.norm(to_px(fit, uv) - true, axis=1)))
    assert off[1] < 0.2 * off[0]
    step = rng.normal(size=(14, 2))
    before, after = (fit_px_from_uv(wrong + k * step, "left", "plantar", sure) for k in (0.0, 0.1))
    assert before is not None and after is not None
    assert np.abs(to_px(after, atlas.outline("plantar")) - to_px(before, atlas.outline("plantar"))).max() < 0.6
