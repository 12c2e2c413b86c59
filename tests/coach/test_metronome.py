"""The beat as it sounds: every click at its sample, however the device asks for them."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.coach.clicks import RATE, Clicks, click
from trainer.coach.metronome import Clicker
from trainer.coach.tempo import Beat


def onsets(sound: np.ndarray) -> np.ndarray:
    """Seconds at which it begins to sound after silence."""
    loud = np.abs(sound) > 0.02
    quiet_before = np.convolve(loud, np.ones(960))[: len(loud)] - loud == 0
    return np.flatnonzero(loud & quiet_before) / RATE


def test_a_click_is_short_and_no_louder_than_allowed() -> None:
    for accented in (True, False):
        sound = click(accented)
        assert 0.3 < np.abs(sound).max() <= 1.0
        assert np.abs(sound[-100:]).max() < 0.02
    assert np.abs(click(True)).max() > np.abs(click(False)).max()


@pytest.mark.parametrize("per_min", [40.0, 92.0, 240.0])
def test_every_beat_sounds_at_its_sample(per_min: float) -> None:
    rng = np.random.default_rng(1)
    beat, clicks, parts, at = Beat(per_min, 0.31), Clicks(), [], 0
    while at < 10 * RATE:
        n = int(rng.integers(64, 2048))
        parts.append(clicks.render(n, at / RATE, beat.times(at / RATE, (at + n) / RATE)))
        at += n
    found = onsets(np.concatenate(parts))
    true = np.array([t for t, _ in beat.times(0.0, at / RATE - 0.01)])
    assert len(found) == len(true)
    assert np.abs(found - true - (found - true).mean()).max() < 1e-3


def test_a_trembling_clock_does_not_make_the_beat_tremble() -> None:
    rng = np.random.default_rng(2)
    clicker, parts, true_s = Clicker(1.0), [], 100.0
    clicker.lead(Beat(120.0, 0.0), 99.0)
    for _ in range(1200):
        parts.append(clicker.fill(480, true_s + rng.normal(0, 0.003)))
        true_s += 480 / RATE
    gaps = np.diff(onsets(np.concatenate(parts)))
    assert len(gaps) > 20
    assert np.percentile(np.abs(gaps - 0.5), 95) < 0.005 and np.abs(gaps - 0.5).mean() < 0.002


def test_a_device_that_skips_is_followed() -> None:
    clicker = Clicker(1.0)
    clicker.lead(Beat(60.0, 0.0), 0.0)
    clicker.fill(4800, 10.0)
    sound = np.concatenate([clicker.fill(4800, 20.5 + k * 0.1) for k in range(10)])
    assert onsets(sound) == pytest.approx([0.5], abs=0.002)


def test_muted_and_without_a_beat_it_is_silent() -> None:
    clicker = Clicker(1.0)
    assert not clicker.fill(48_000, 1.0).any()
    clicker.lead(Beat(60.0, 0.0), 0.0)
    clicker.muted = True
    assert not clicker.fill(48_000, 2.0).any()
    clicker.muted, clicker.volume = False, 0.2
    assert 0.05 < np.abs(clicker.fill(48_000, 3.0)).max() <= 0.2
