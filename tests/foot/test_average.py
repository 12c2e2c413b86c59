from __future__ import annotations

import math

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from trainer.foot.average import LandmarkAverage, fit_similarity, spread_px, typical_miss
from trainer.model import Floats

PLACES = np.random.default_rng(5).uniform(0, 100, (14, 2))
SURE = np.full(14, 0.9)
SEED = st.integers(0, 2**31)


def noisy(rng: np.random.Generator, noise: float = 2.5, wild: float = 0.05) -> Floats:
    off = noise / math.sqrt(2) * rng.normal(size=(14, 2))
    off[rng.random(14) < wild] += 20.0
    return PLACES + off


@settings(max_examples=30)
@given(SEED)
def test_noise_falls_with_time_and_the_place_stands_still(seed: int) -> None:
    rng, average = np.random.default_rng(seed), LandmarkAverage(100.0)
    path = []
    for _ in range(80):
        average.add(noisy(rng), SURE, 0.1)
        path.append(average.places)
    assert np.median(np.linalg.norm(average.places - PLACES, axis=1)) < 0.8
    steps = np.linalg.norm(np.diff(path[40:], axis=0), axis=2)
    assert np.median(steps) < 0.12


@settings(max_examples=30)
@given(SEED, st.floats(0, 2 * math.pi))
@example(68048371, 0.0)  # noise had just given one landmark a trend that way
def test_one_wild_finding_hardly_shows(seed: int, direction: float) -> None:
    rng, average = np.random.default_rng(seed), LandmarkAverage(100.0)
    for _ in range(30):
        average.add(noisy(rng, wild=0.0), SURE, 0.1)
    before = average.places
    average.add(PLACES + 40 * np.array([math.cos(direction), math.sin(direction)]), SURE, 0.1)
    assert np.linalg.norm(average.places - before, axis=1).max() < 0.3


def test_a_landmark_that_moved_is_followed_within_a_second() -> None:
    rng, average = np.random.default_rng(1), LandmarkAverage(100.0)
    for _ in range(60):
        average.add(noisy(rng), SURE, 0.1)
    moved = np.zeros((14, 2))
    moved[3] = [0.0, 9.0]
    for _ in range(12):
        average.add(noisy(rng) + moved, SURE, 0.1)
    off = np.linalg.norm(average.places - PLACES - moved, axis=1)
    assert off[3] < 3.0 and np.median(off) < 1.0


def test_sure_findings_count_for_more() -> None:
    average = LandmarkAverage(100.0)
    for k in range(40):
        unsure = k % 2 == 0
        average.add(PLACES + (3.0 if unsure else 0.0), np.full(14, 0.1 if unsure else 0.9), 0.1)
    assert np.abs(average.places - PLACES).max() < 0.8
    np.testing.assert_allclose(average.sure, 0.5, atol=0.05)


def test_what_was_never_found_is_missing() -> None:
    average = LandmarkAverage(100.0)
    partly = PLACES.copy()
    partly[4] = np.nan
    for _ in range(3):
        average.add(partly, np.where(np.arange(14) == 9, 0.0, SURE), 0.1)
    assert np.isnan(average.places[4]).all() and np.isfinite(np.delete(average.places, 4, axis=0)).all()
    assert average.sure[4] == average.sure[9] == 0 and average.weight[4] == 0
    average.add(np.full((14, 2), np.nan), SURE, 0.1)
    np.testing.assert_allclose(np.delete(average.places, 4, axis=0), np.delete(PLACES, 4, axis=0))


@settings(max_examples=20)
@given(st.floats(0.3, 3), st.floats(-math.pi, math.pi), SEED)
def test_an_average_goes_on_in_other_coordinates_as_if_nothing_were(scale: float, turn: float, seed: int) -> None:
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    affine = np.array([[c, -s, 30.0], [s, c, -7.0], [0.0, 0.0, 1.0]])

    def there(places: Floats) -> Floats:
        return np.asarray(places @ affine[:2, :2].T + affine[:2, 2])

    rng, here = np.random.default_rng(seed), LandmarkAverage(100.0)
    for _ in range(5):
        here.add(noisy(rng), SURE, 0.1)
    carried = here.carried(affine)
    for _ in range(5):
        found = noisy(rng)
        here.add(found, SURE, 0.1)
        carried.add(there(found), SURE, 0.1)
    np.testing.assert_allclose(carried.places, there(here.places), atol=1e-6)
    np.testing.assert_allclose(carried.weight, here.weight)


@settings(max_examples=60)
@given(st.floats(0.3, 3), st.floats(-math.pi, math.pi), SEED)
def test_a_similarity_is_found_though_some_points_are_wrong(scale: float, turn: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    c, s = scale * math.cos(turn), scale * math.sin(turn)
    linear, shift = np.array([[c, -s], [s, c]]), rng.uniform(-300, 300, 2)
    now = PLACES @ linear.T + shift
    now[rng.choice(14, 3, replace=False)] += rng.uniform(20, 40) * scale
    fit = fit_similarity(PLACES, now, SURE)
    assert fit is not None
    off = np.linalg.norm(PLACES @ fit[:, :2].T + fit[:, 2] - (PLACES @ linear.T + shift), axis=1)
    assert off.max() < 1.0 * scale


def test_points_that_fix_no_similarity_give_none() -> None:
    few = PLACES.copy()
    few[2:] = np.nan
    assert fit_similarity(few, PLACES, SURE) is None
    assert fit_similarity(np.ones((14, 2)), PLACES, SURE) is None
    assert fit_similarity(PLACES, np.ones((14, 2)), SURE) is None
    assert fit_similarity(PLACES, PLACES, np.zeros(14)) is None


def test_misses_are_in_foot_lengths_and_infinite_when_unknown() -> None:
    nothing = np.full((14, 2), np.nan)
    assert typical_miss(PLACES + np.array([3.0, 4.0]), PLACES, 100.0) == 0.05
    assert math.isinf(typical_miss(nothing, PLACES, 100.0))
    assert math.isnan(spread_px(nothing))
