"""The foot's pose: landmarks of a known pose give it back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shapes import SIZE, pose_towards, true_landmarks
from trainer.foot.pose import as_feet_are, carried, fit_pose, focal_of, mirror, project
from trainer.foot.surface import foot_model
from trainer.model import SIDES, VIEWS, FootPose, Side, View

MODEL = foot_model()
SURE = np.ones(14)
SIGN = st.sampled_from([-1.0, 1.0])


def off(pose: FootPose, true: FootPose, side: Side) -> float:
    """The largest distance in the picture between the skin of a pose and of the true one, in foot lengths."""
    here, there = (
        project(p, (MODEL.vertices + np.einsum("k,knc->nc", p.shape, MODEL.modes)) * mirror(side))[0]
        for p in (pose, true)
    )
    length = np.linalg.norm(np.ptp(there, axis=0))
    return float(np.linalg.norm(here - there, axis=1).max() / length)


@settings(max_examples=60)
@given(
    st.sampled_from(SIDES), st.sampled_from(VIEWS), st.tuples(*[st.floats(-0.4, 0.4)] * 3),
    st.tuples(*[st.floats(-1.0, 1.0)] * 3), st.floats(550, 950), st.floats(1.8, 3.5),
)  # fmt: skip
def test_a_pose_is_found_again(
    side: Side, view: View, turn: tuple[float, float, float], shape: tuple[float, ...], focal: float, away: float
) -> None:
    true = pose_towards(view, side, turn=turn, shape=shape, focal_px=focal, away=away)
    pose = fit_pose(true_landmarks(true, side), SURE, side, view, MODEL, SIZE)
    assert pose is not None
    # What is usual among feet and lenses pulls a little: the farthest of 4,201 places of the skin stays this near.
    assert off(pose, true, side) < 0.06


def test_noise_is_smoothed_by_the_shape_of_feet() -> None:
    rng = np.random.default_rng(3)
    true = pose_towards(turn=(0.3, -0.2, 0.1))
    clean = true_landmarks(true, "left")
    length = np.linalg.norm(clean[7] - clean[0])
    fitted, given_px = [], []
    for _ in range(20):
        noisy = clean + rng.normal(0, 0.03 * length, (14, 2))
        pose = fit_pose(noisy, SURE, "left", "plantar", MODEL, SIZE)
        assert pose is not None
        fitted.append(np.linalg.norm(true_landmarks(pose, "left") - clean, axis=1).mean())
        given_px.append(np.linalg.norm(noisy - clean, axis=1).mean())
    assert np.mean(fitted) < 0.8 * np.mean(given_px)


@pytest.mark.parametrize("wrong", [0, 5, 9])
def test_one_landmark_gone_astray_hardly_shows(wrong: int) -> None:
    true = pose_towards(turn=(0.2, 0.1, 0.0))
    px = true_landmarks(true, "left")
    px[wrong] += (90.0, -60.0)
    pose = fit_pose(px, SURE, "left", "plantar", MODEL, SIZE)
    assert pose is not None and off(pose, true, "left") < 0.05


def test_from_frame_to_frame_it_follows() -> None:
    pose: FootPose | None = None
    for k in range(30):
        true = pose_towards(turn=(0.02 * k, -0.01 * k, 0.015 * k), shape=(0.5, -0.3))
        pose = fit_pose(true_landmarks(true, "left"), SURE, "left", "plantar", MODEL, SIZE, pose)
        assert pose is not None and off(pose, true, "left") < 0.03


@pytest.mark.parametrize("tilt", [-0.9, -0.6, 0.0, 0.6, 0.9])
@pytest.mark.parametrize("side", SIDES)
def test_a_foot_tilted_to_or_from_the_camera_is_not_taken_for_the_other(side: Side, tilt: float) -> None:
    true = pose_towards("plantar", side, turn=(tilt, 0.0, 0.0), away=2.2)
    pose = fit_pose(true_landmarks(true, side), SURE, side, "plantar", MODEL, SIZE)
    assert pose is not None
    assert off(pose, true, side) < 0.06
    between = np.arccos(np.clip((np.trace(pose.rotation.T @ true.rotation) - 1) / 2, -1, 1))
    assert between < 0.35


def test_a_pose_taken_the_wrong_way_is_put_right() -> None:
    true = pose_towards(turn=(0.6, 0.0, 0.0))
    wrong = pose_towards(turn=(-0.6, 0.0, 0.0))
    pose = fit_pose(true_landmarks(true, "left"), SURE, "left", "plantar", MODEL, SIZE, wrong)
    assert pose is not None and off(pose, true, "left") < 0.06


def test_in_minutes_of_noise_neither_foot_nor_lens_drifts() -> None:
    rng = np.random.default_rng(11)
    true = pose_towards(turn=(0.3, 0.1, 0.0), shape=(0.7, -0.7))
    clean = true_landmarks(true, "left")
    length = np.linalg.norm(clean[7] - clean[0])
    bias = rng.normal(0, 0.04 * length, (14, 2))
    pose = None
    for _ in range(600):
        noisy = clean + bias + rng.normal(0, 0.02 * length, (14, 2))
        pose = fit_pose(noisy, SURE, "left", "plantar", MODEL, SIZE, pose)
        assert pose is not None
        assert abs(pose.shape).max() < 3.5 and 350 < pose.focal_px < 1500


def test_carried_along_it_shows_what_a_moved_picture_shows() -> None:
    pose = pose_towards(turn=(0.3, -0.2, 0.4))
    c, s = 1.2 * np.cos(0.3), 1.2 * np.sin(0.3)
    step = np.array([[c, -s, 30.0], [s, c, -12.0], [0.0, 0.0, 1.0]])
    before = true_landmarks(pose, "left")
    moved = carried(pose, step, before)
    assert moved is not None
    assert true_landmarks(moved, "left") == pytest.approx(before @ step[:2, :2].T + step[:2, 2], abs=1e-6)
    assert carried(None, step, before) is None


def test_a_given_focal_length_is_kept() -> None:
    true = pose_towards(focal_px=900.0)
    pose = fit_pose(true_landmarks(true, "left"), SURE, "left", "plantar", MODEL, SIZE, focal_px=900.0)
    assert pose is not None and pose.focal_px == pytest.approx(900.0, rel=1e-3)
    assert pose.shift[2] == pytest.approx(true.shift[2], rel=0.03)


def test_a_field_of_view_is_a_focal_length() -> None:
    assert focal_of(90.0, (640, 480)) == pytest.approx(320.0)
    assert focal_of(53.13, (480, 640)) == pytest.approx(640.0, rel=1e-3)


def test_what_is_less_sure_spreads_more() -> None:
    px = true_landmarks(pose_towards(), "left")
    sure = fit_pose(px, SURE, "left", "plantar", MODEL, SIZE)
    doubtful = fit_pose(px, 0.2 * SURE, "left", "plantar", MODEL, SIZE)
    assert sure is not None and doubtful is not None
    assert (doubtful.spread > 1.5 * sure.spread).all()


@pytest.mark.parametrize("known", [0, 1, 3])
def test_too_few_landmarks_tell_no_pose(known: int) -> None:
    px = true_landmarks(pose_towards(), "left")
    px[known:] = np.nan
    assert fit_pose(px, SURE, "left", "plantar", MODEL, SIZE) is None


def test_points_that_are_no_foot_tell_no_pose_or_one_that_is_not_sure() -> None:
    rng = np.random.default_rng(1)
    for _ in range(10):
        pose = fit_pose(rng.uniform(0, 480, (14, 2)), SURE, "left", "plantar", MODEL, SIZE)
        assert pose is None or pose.spread.min() > 0.06
    assert fit_pose(np.full((14, 2), 200.0), SURE, "left", "plantar", MODEL, SIZE) is None


def test_doubtful_landmarks_go_where_feet_have_them_and_sure_ones_hardly_move() -> None:
    true = true_landmarks(pose_towards(turn=(0.2, -0.1, 0.3)), "left")
    sure = np.ones(14)
    found = true.copy()
    found[[0, 12]] += (40.0, 30.0)
    sure[[0, 12]] = 0.1
    pose = fit_pose(found, sure, "left", "plantar", MODEL, SIZE)
    settled = as_feet_are(found, sure, "left", pose, MODEL)
    off = np.linalg.norm(settled - true, axis=1)
    assert off[[0, 12]].max() < 15 and np.delete(off, [0, 12]).max() < 5


def test_a_foot_like_no_other_is_left_as_it_was_found() -> None:
    rng = np.random.default_rng(5)
    found = true_landmarks(pose_towards(), "left") + rng.normal(0, 22.0, (14, 2))
    pose = fit_pose(found, SURE, "left", "plantar", MODEL, SIZE)
    settled = as_feet_are(found, SURE, "left", pose, MODEL)
    assert np.linalg.norm(settled - found, axis=1).mean() < 5
    assert as_feet_are(found, SURE, "left", None, MODEL) is found


def test_what_was_not_found_stays_unknown() -> None:
    found = true_landmarks(pose_towards(), "left")
    found[12:] = np.nan
    pose = fit_pose(found, SURE, "left", "plantar", MODEL, SIZE)
    assert pose is not None and np.isnan(as_feet_are(found, SURE, "left", pose, MODEL)[12:]).all()
