"""Cycles: human jitter, the wanted rate, drift, pauses, a phase that counts them."""

import numpy as np
import pytest

from trainer.studio.timing import PAUSE_S, cycles, effort, smooth, wander


@pytest.mark.parametrize("rate", [16.0, 78.0, 130.0])
@pytest.mark.parametrize("cv", [0.02, 0.05, 0.15])
def test_intervals_vary_as_much_as_asked(rate, cv):
    beat = cycles(np.random.default_rng(4), 2.0, 2.0 + 400 * 60 / rate, rate, cv)
    gaps = np.diff(beat.instants)
    assert beat.rate_per_min == pytest.approx(rate, rel=0.02)
    assert gaps.std() / gaps.mean() == pytest.approx(cv, rel=0.1)
    assert 0.1 < np.corrcoef(gaps[1:], gaps[:-1])[0, 1] < 0.4


def test_a_short_stretch_is_as_steady_as_asked_too():
    found = []
    for seed in range(20):
        gaps = np.diff(cycles(np.random.default_rng(seed), 0, 14, 90, 0.06).instants)
        found.append(gaps.std() / gaps.mean())
    assert found == pytest.approx([0.06] * 20, rel=0.25)


@pytest.mark.parametrize("drift", [-12.0, 10.0])
def test_the_tempo_drifts(drift):
    beat = cycles(np.random.default_rng(2), 0.0, 180.0, 90, 0.03, drift=drift)
    middle = (beat.instants[1:] + beat.instants[:-1]) / 2
    slope, _ = np.polyfit(middle / 60, 60 / np.diff(beat.instants), 1)
    assert slope / 90 * 100 == pytest.approx(drift, abs=2.0)
    assert beat.rate_per_min == pytest.approx(90, rel=0.02)


def test_instants_lie_inside_and_phase_counts_them():
    beat = cycles(np.random.default_rng(1), 3.0, 13.0, 90, 0.05)
    assert beat.instants[0] > 3.0
    assert beat.instants[-1] < 13.0
    assert [beat.phase(t) for t in beat.instants] == pytest.approx(range(len(beat.instants)))
    phases = [beat.phase(t) for t in np.linspace(2, 14, 400)]
    assert np.all(np.diff(phases) > 0)


@pytest.mark.parametrize("rate", [10.0, 90.0, 240.0])
def test_the_phase_stands_still_in_pauses_and_the_rate_is_that_of_the_work(rate):
    beat = cycles(np.random.default_rng(3), 1.0, 61.0, rate, 0.05, pauses=3)
    assert len(beat.pauses) == 3
    for start, end in beat.pauses:
        assert PAUSE_S[0] - 1e-9 <= end - start <= PAUSE_S[1] + 1e-9
        assert beat.phase(start) == pytest.approx(beat.phase(end))
        assert not np.any((beat.instants >= start) & (beat.instants <= end))
        assert beat.instants[0] < start < end < beat.instants[-1]
    assert [beat.phase(t) for t in beat.instants] == pytest.approx(range(len(beat.instants)))
    assert np.all(np.diff([beat.phase(t) for t in np.linspace(0, 62, 3000)]) >= -1e-12)
    assert len(beat.intervals) == len(beat.instants) - 4
    assert beat.rate_per_min == pytest.approx(rate, rel=0.03)


def test_one_instant_has_the_wanted_rate():
    beat = cycles(np.random.default_rng(1), 0.0, 1.0, 60, 0.02, pauses=2)
    assert len(beat.instants) == 1
    assert beat.rate_per_min == 60


def test_same_seed_same_time():
    first, second = (cycles(np.random.default_rng(9), 0, 10, 70, 0.06, pauses=1).instants for _ in range(2))
    assert np.array_equal(first, second)


def test_effort_changes_within_bounds_and_tires():
    given = np.array([[effort(np.random.default_rng(s), 5.0)(t) for t in np.linspace(5, 125, 60)] for s in range(60)])
    assert 0.6 <= given.min() < given.max() <= 1.3
    assert given.std(1).min() > 0.01
    assert given[:, :8].mean() == pytest.approx(1, abs=0.03)
    assert given[:, -8:].mean() < 0.95


def test_smooth_and_wander_are_bounded():
    assert (smooth(-1), smooth(0.5), smooth(2)) == (0, 0.5, 1)
    signal = wander(np.random.default_rng(0), 3, 3, 7)
    values = np.array([signal.at(t) for t in np.linspace(0, 20, 500)])
    assert values.shape == (500, 3)
    assert abs(values).max() < 6
