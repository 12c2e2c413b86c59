"""Cycles: human jitter, the wanted rate, a phase that counts them."""

import numpy as np
import pytest

from trainer.studio.timing import cycles, smooth, wander


@pytest.mark.parametrize("rate", [16.0, 78.0, 130.0])
@pytest.mark.parametrize("cv", [0.02, 0.05, 0.08])
def test_intervals_vary_as_much_as_asked(rate, cv):
    beat = cycles(np.random.default_rng(4), 2.0, 2.0 + 400 * 60 / rate, rate, cv)
    gaps = np.diff(beat.instants)
    assert beat.rate_per_min == pytest.approx(rate, rel=0.03)
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.25)


def test_instants_lie_inside_and_phase_counts_them():
    beat = cycles(np.random.default_rng(1), 3.0, 13.0, 90, 0.05)
    assert beat.instants[0] > 3.0
    assert beat.instants[-1] < 13.0
    assert [beat.phase(t) for t in beat.instants] == pytest.approx(range(len(beat.instants)))
    phases = [beat.phase(t) for t in np.linspace(3, 13, 300)]
    assert np.all(np.diff(phases) > 0)


def test_one_instant_has_the_wanted_rate():
    beat = cycles(np.random.default_rng(1), 0.0, 1.0, 60, 0.02)
    assert len(beat.instants) == 1
    assert beat.rate_per_min == 60


def test_same_seed_same_time():
    first, second = (cycles(np.random.default_rng(9), 0, 10, 70, 0.06).instants for _ in range(2))
    assert np.array_equal(first, second)


def test_smooth_and_wander_are_bounded():
    assert (smooth(-1), smooth(0.5), smooth(2)) == (0, 0.5, 1)
    signal = wander(np.random.default_rng(0), 3, 3, 7)
    values = np.array([signal.at(t) for t in np.linspace(0, 20, 500)])
    assert values.shape == (500, 3)
    assert abs(values).max() < 6
