"""The filter's response, measured on sines and on noise."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.hands.one_euro import OneEuro, OneEuroSettings

PALM_PX = 60.0


def filtered(signal: NDArray[np.float64], fps: float) -> NDArray[np.float64]:
    """A fingertip that moves along x by ``signal`` (in palms), after the filter."""
    one = OneEuro()
    out = [one(np.array([[100 + PALM_PX * v, 50.0]]), i / fps, PALM_PX)[0, 0] for i, v in enumerate(signal)]
    return (np.array(out) - 100) / PALM_PX


def response(hz: float, amplitude: float, fps: float) -> tuple[float, float]:
    """(gain, lag in seconds) of a sine, by least squares after the filter has settled."""
    t = np.arange(0, 4, 1 / fps)
    out = filtered(amplitude * np.sin(2 * np.pi * hz * t), fps)
    late = t > 1
    basis = np.c_[np.sin(2 * np.pi * hz * t), np.cos(2 * np.pi * hz * t)][late]
    (a, b), *_ = np.linalg.lstsq(basis, out[late], rcond=None)
    return float(np.hypot(a, b) / amplitude), float(np.arctan2(-b, a) / (2 * np.pi * hz))


@pytest.mark.parametrize("fps", [30.0, 60.0, 240.0])
@pytest.mark.parametrize("amplitude", [0.08, 0.15, 0.3])
def test_five_hertz_lives(fps: float, amplitude: float) -> None:
    gain, lag = response(5.0, amplitude, fps)
    assert 0.80 <= gain <= 1.1
    assert -1e-3 <= lag <= 1 / 30


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 240.0])
def test_kneading_keeps_its_radius(fps: float) -> None:
    gain, lag = response(1.5, 0.15, fps)
    assert 0.9 <= gain <= 1.05
    assert lag <= 1 / 30


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 240.0])
def test_stillness_is_calmed(fps: float) -> None:
    noise = np.random.default_rng(3).normal(0, 0.008, round(8 * fps))
    assert filtered(noise, fps)[round(fps) :].std() < 0.65 * 0.008


def test_scale_makes_no_difference() -> None:
    path = np.cumsum(np.random.default_rng(1).normal(0, 1, (60, 21, 2)), axis=0)
    one, other = OneEuro(), OneEuro()
    for i, points in enumerate(path):
        np.testing.assert_allclose(
            one(points, i / 30, 40.0) * 3.0, other(points * 3.0, i / 30, 120.0), rtol=1e-9, atol=1e-9
        )


def test_a_still_point_stays_exactly() -> None:
    one = OneEuro(OneEuroSettings())
    points = np.arange(8.0).reshape(4, 2)
    for i in range(5):
        np.testing.assert_array_equal(one(points, i * 0.04, 10.0), points)


def test_unknown_points_come_back_unknown_and_start_anew() -> None:
    one = OneEuro()
    one(np.zeros((2, 3)), 0.0, 1.0)
    assert np.isnan(one(np.full((2, 3), np.nan), 0.1, 1.0)).all()
    np.testing.assert_array_equal(one(np.ones((2, 3)), 0.2, 1.0), np.ones((2, 3)))


def test_time_must_rise_and_arguments_are_kept() -> None:
    one = OneEuro()
    points = np.array([[1.0, 2.0]])
    out = one(points, 0.0, 1.0)
    out += 5
    np.testing.assert_array_equal(points, [[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"after 0\.0 s"):
        one(points, 0.0, 1.0)
