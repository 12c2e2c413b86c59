"""What a recogniser is told of an instant doesn't depend on the camera, and a mirrored scene is its twin."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tests.strokes.scenes import foot_at, hand_px, mirrored, touch
from trainer.foot.geometry import to_px
from trainer.model import Foot
from trainer.strokes.observation import ANGLES, FOOT, HAND, bends, observe


def moved(px: np.ndarray, foot: Foot, other: Foot) -> np.ndarray:
    """The same places on another foot of the picture."""
    return to_px(other.px_from_uv @ np.linalg.inv(foot.px_from_uv), px)


@given(st.floats(80, 900), st.floats(-3.1, 3.1), st.tuples(st.floats(0, 640), st.floats(0, 480)))
def test_neither_distance_nor_roll_nor_place_of_the_camera_counts(
    scale: float, turn: float, middle: tuple[float, float]
) -> None:
    foot, other = foot_at(), foot_at(scale=scale, turn=turn, middle=middle)
    left, right = hand_px(1), hand_px(2, (300, 260))
    first = observe(touch(0.0, foot, left, right))
    second = observe(touch(0.0, other, moved(left, foot, other), moved(right, foot, other)))
    np.testing.assert_allclose(second[0], first[0], atol=1e-5)
    assert second[2][4] / scale == np.float64(0.85) or abs(second[2][4] / scale - 0.85) < 1e-9


def test_the_mirrored_scene_is_the_same_with_the_hands_exchanged() -> None:
    left, right = hand_px(1), hand_px(2, (300, 260))
    foot = foot_at("left")
    twin = foot_at("right", turn=np.pi + 1.4, middle=(639 - 320, 240))
    np.testing.assert_allclose(
        to_px(twin.px_from_uv, [[0.3, 0.7]]), mirrored(to_px(foot.px_from_uv, [[0.3, 0.7]])), atol=1e-6
    )
    first, _, _ = observe(touch(0.0, foot, left, right))
    second, _, _ = observe(touch(0.0, twin, mirrored(right), mirrored(left)))
    np.testing.assert_allclose(second, first[::-1], atol=1e-6)


def test_what_is_not_seen_is_not_told() -> None:
    hands, seen, foot = observe(touch(0.0, foot_at(), hand_px(1), None))
    assert hands.shape == (2, HAND) and foot.shape == (FOOT,)
    assert seen.tolist() == [1.0, 0.0]
    assert np.isnan(hands[1]).all() and np.isfinite(hands[0, : HAND - ANGLES - 3]).all()
    hands, seen, foot = observe(touch(0.0, Foot.unknown(), hand_px(1), hand_px(2)))
    assert np.isnan(hands).all() and np.isnan(foot).all() and seen.tolist() == [0.0, 0.0]


def test_bends_in_degrees() -> None:
    world = np.zeros((21, 3))
    for finger in range(5):
        for k in range(4):
            world[1 + 4 * finger + k] = [0.02 * (k + 2), 0.02 * finger, 0]
    world[4] = world[3] + [0, 0.02, 0]  # the thumb's tip square to the bone before it
    told = bends(world)
    assert told.shape == (ANGLES,)
    assert abs(told[1] - 90) < 1e-6 and abs(told[2]) < 1e-6
    assert np.isnan(bends(np.full((21, 3), np.nan))).all()
