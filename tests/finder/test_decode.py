"""Maps made by hand, read back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.finder import layout
from trainer.finder.decode import decode

SHAPE = (256, 192)
SIZE = (640, 480)
SCALE = layout.input_scale(SIZE, SHAPE)


def nothing() -> tuple[np.ndarray, np.ndarray]:
    s, f = layout.COARSE_STRIDE, layout.FINE_STRIDE
    coarse = np.zeros((layout.COARSE_CHANNELS, SHAPE[1] // s, SHAPE[0] // s), np.float32)
    coarse[:2] = coarse[layout.FOOT_HEAT] = -9.0
    fine = np.zeros((layout.FINE_CHANNELS, SHAPE[1] // f, SHAPE[0] // f), np.float32)
    fine[layout.HEATS_AT :] = -9.0
    fine[0] = 5.0
    return coarse, fine


def to_input(points: np.ndarray) -> np.ndarray:
    return (np.asarray(points, float) + 0.5) * SCALE - 0.5


def put_hand(coarse: np.ndarray, k: int, centre: tuple[float, float], size: float, angle: float) -> None:
    goal = to_input(np.array(centre))
    at = layout.cell_centres(coarse.shape[2], coarse.shape[1], layout.COARSE_STRIDE)
    away = np.linalg.norm(at - goal, axis=-1)
    coarse[k] = np.maximum(coarse[k], 4.0 - away / 3.0)
    facts = coarse[layout.HAND_FACTS + 6 * k : layout.HAND_FACTS + 6 * k + 6]
    facts[:2] = ((goal - at) / layout.UNIT_PX).transpose(2, 0, 1)
    facts[2] = np.log(size * SCALE / layout.UNIT_PX)
    facts[3], facts[4], facts[5] = np.sin(angle), np.cos(angle), 1.0


def put_foot(coarse: np.ndarray, points: np.ndarray, *, right: bool, view: int, worked: float) -> None:
    goal = to_input(points)
    at = layout.cell_centres(coarse.shape[2], coarse.shape[1], layout.COARSE_STRIDE)
    bump = 4.0 - np.linalg.norm(at - goal.mean(axis=0), axis=-1) / 3.0
    own = bump > coarse[layout.FOOT_HEAT]
    coarse[layout.FOOT_HEAT] = np.maximum(coarse[layout.FOOT_HEAT], bump)
    values = np.zeros((layout.COARSE_CHANNELS - layout.WORKED, *own.shape))
    values[0], values[1], values[2 + view] = worked, 5.0 if right else -5.0, 6.0
    values[6:] = ((goal[:, None, None] - at) / layout.UNIT_PX).transpose(0, 3, 1, 2).reshape(28, *own.shape)
    coarse[layout.WORKED :] = np.where(own, values, coarse[layout.WORKED :])


def foot_at(x: float, y: float) -> np.ndarray:
    rng = np.random.default_rng(3)
    return np.array([x, y]) + rng.uniform(-60, 60, (14, 2))


def test_nothing_there() -> None:
    found = decode(*nothing(), SIZE, SHAPE)
    assert found.hands == () and found.feet == ()
    assert found.mask.shape == (48, 64) and not found.mask.any()


@settings(max_examples=60)
@given(
    st.integers(0, 1), st.floats(60, 580), st.floats(60, 420), st.floats(60, 400), st.floats(-3.1, 3.1)
)  # fmt: skip
def test_a_hand_is_where_it_was_put(k: int, x: float, y: float, size: float, angle: float) -> None:
    coarse, fine = nothing()
    put_hand(coarse, k, (x, y), size, angle)
    (hand,) = decode(coarse, fine, SIZE, SHAPE).hands
    assert hand.side == ("left", "right")[k]
    assert (hand.crop.x, hand.crop.y) == (pytest.approx(x, abs=0.5), pytest.approx(y, abs=0.5))
    assert hand.crop.size == pytest.approx(size, rel=1e-3)
    assert np.cos(hand.crop.angle - angle) > 0.9999
    assert (hand.right > 0.5) == (k == 1)


def test_one_hand_that_could_be_either_is_one_and_says_so() -> None:
    coarse, fine = nothing()
    for k in range(2):
        put_hand(coarse, k, (300, 200), 150, 0.0)
        coarse[k] -= coarse[k].max() + 0.4
    (hand,) = decode(coarse, fine, SIZE, SHAPE).hands
    assert hand.right == pytest.approx(0.5, abs=0.01) and 0.5 < hand.score <= 1.0


def test_hands_that_lie_on_each_other_are_two() -> None:
    coarse, fine = nothing()
    for k in range(2):
        put_hand(coarse, k, (300, 200), 150, 0.0)
    assert [h.side for h in decode(coarse, fine, SIZE, SHAPE).hands] == ["left", "right"]


def test_the_worked_foot_comes_first() -> None:
    coarse, fine = nothing()
    put_foot(coarse, foot_at(150, 200), right=True, view=1, worked=-3.0)
    put_foot(coarse, foot_at(450, 260), right=False, view=0, worked=3.0)
    worked, other = decode(coarse, fine, SIZE, SHAPE).feet
    assert (worked.side, worked.view, other.side, other.view) == ("left", "plantar", "right", "dorsal")
    assert np.abs(worked.landmarks_px - foot_at(450, 260)).max() < 1.0
    assert np.abs(other.landmarks_px - foot_at(150, 200)).max() < 1.0
    assert worked.worked > 0.9 > 0.1 > other.worked


def test_a_landmarks_own_heat_corrects_its_place() -> None:
    coarse, fine = nothing()
    points = foot_at(320, 240)
    put_foot(coarse, points, right=False, view=0, worked=3.0)
    truth = to_input(points[4]) + np.array([7.0, -5.0])
    at = layout.cell_centres(fine.shape[2], fine.shape[1], layout.FINE_STRIDE)
    fine[layout.HEATS_AT + 4] = 5.0 - np.linalg.norm(at - truth, axis=-1)
    (foot,) = decode(coarse, fine, SIZE, SHAPE).feet
    assert np.linalg.norm(to_input(foot.landmarks_px[4]) - truth) < 1.5
    assert foot.confidence[4] > 0.9 > 0.1 > foot.confidence[5]


@given(st.integers(1, 5000), st.integers(1, 5000))
def test_any_picture_fits_into_the_input(width: int, height: int) -> None:
    shape = layout.input_shape(width, height)
    assert all(side % layout.MULTIPLE == 0 and side > 0 for side in shape)
    assert 0.6 * layout.AREA < shape[0] * shape[1] < 1.5 * layout.AREA


@pytest.mark.parametrize("size", [(640, 480), (1280, 720), (480, 640), (31, 300), (7, 7)])
def test_the_input_holds_the_whole_picture(size: tuple[int, int]) -> None:
    image = np.full((size[1], size[0], 3), (10, 20, 30), np.uint8)
    shape = layout.input_shape(*size)
    blob = layout.network_input(image, shape)
    assert blob.shape == (1, 3, shape[1], shape[0]) and blob.dtype == np.float32
    assert blob[0, :, 0, 0] == pytest.approx(np.array([30, 20, 10]) / 255)
