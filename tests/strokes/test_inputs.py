"""The network's inputs: places, ways and flags of what was seen."""

from __future__ import annotations

import numpy as np

from tests.strokes.scenes import foot_at, hand_px, mirrored, touch
from trainer.strokes.inputs import GROUPS, OWN, SHARED, WIDTH, inputs_of


def circles(seconds: float, fps: float, radius: float = 10.0, shown: float = 9e9) -> list:
    foot, left, right = foot_at(), hand_px(1), hand_px(2, (300, 260))
    out = []
    for t in np.arange(int(seconds * fps)) / fps:
        way = radius * np.array([np.cos(6 * t), np.sin(6 * t)])
        out.append(touch(float(t), foot, left + way, right if t < shown else None))
    return out


def test_shape_and_bounds() -> None:
    times, inputs = inputs_of(circles(3.0, 30.0))
    assert inputs.shape == (len(times), 2, WIDTH) == (59, 2, 2 * OWN + SHARED)
    assert np.isfinite(inputs).all() and np.abs(inputs).max() <= 6.0
    none, nothing = inputs_of([])
    assert none.shape == (0,) and nothing.shape == (0, 2, WIDTH)


def test_each_stream_sees_its_own_hand_first() -> None:
    _, inputs = inputs_of(circles(2.0, 30.0))
    np.testing.assert_array_equal(inputs[:, 0, :OWN], inputs[:, 1, OWN : 2 * OWN])
    np.testing.assert_array_equal(inputs[:, 0, 2 * OWN :], inputs[:, 1, 2 * OWN :])
    moved, still = (np.abs(inputs[20:, k, GROUPS["moved"]]).mean() for k in range(2))
    assert moved > 0.5 > 0.01 > still


def test_the_camera_s_rate_hardly_counts() -> None:
    _, slow = inputs_of(circles(3.0, 15.0))
    _, fast = inputs_of(circles(3.0, 60.0))
    n = min(len(slow), len(fast))
    assert np.abs(slow[:n] - fast[:n]).mean() < 0.02


def test_a_hand_that_goes_is_nought_beside_its_flags() -> None:
    _, inputs = inputs_of(circles(3.0, 30.0, shown=1.5))
    gone = inputs[-10:, 1, :OWN]
    assert (gone[:, :-5] == 0).all()
    assert (gone[:, -3] == 1).all() and (np.diff(gone[:, -2]) >= 0).all() and gone[-1, -2] > 1.0


def test_a_mirrored_scene_exchanges_the_streams() -> None:
    foot, twin = foot_at("left"), foot_at("right", turn=np.pi + 1.4, middle=(639 - 320, 240))
    left, right = hand_px(1), hand_px(2, (300, 260))
    ways = [8 * np.array([np.cos(5 * t), 0.5 * np.sin(5 * t)]) for t in np.arange(60) / 30]
    _, one = inputs_of([touch(k / 30, foot, left + w, right - w) for k, w in enumerate(ways)])
    _, two = inputs_of([touch(k / 30, twin, mirrored(right - w), mirrored(left + w)) for k, w in enumerate(ways)])
    np.testing.assert_allclose(two, one[:, ::-1], atol=1e-5)
