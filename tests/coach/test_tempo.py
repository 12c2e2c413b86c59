"""The beat begins where the learner is and leads them to the aim, without a jolt."""

from __future__ import annotations

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.coach.tempo import ACCENT, EVERY_BEATS, PATIENCE_S, STEP, Beat, TempoTrainer


@given(st.floats(10, 300), st.floats(0, 100), st.floats(0, 60), st.floats(0.01, 5))
def test_beats_lie_evenly_and_none_is_lost_between_two_stretches(
    per_min: float, start: float, begin: float, long: float
) -> None:
    beat = Beat(per_min, start)
    middle, end = start + begin + long / 3, start + begin + long
    whole = beat.times(start + begin, end)
    assert whole == beat.times(start + begin, middle) + beat.times(middle, end)
    if len(whole) > 1:
        assert np.diff([t for t, _ in whole]) == pytest.approx(60 / per_min)
    assert [accent for _, accent in beat.times(start, start + 4.5 * 60 / per_min)].count(True) == -(-5 // ACCENT)


def led(trainer: TempoTrainer, seconds: float, rate: float, follow: bool = True) -> list[Beat]:
    out, now = [], 0.0
    for k in range(round(seconds * 20)):
        now = k / 20
        beat = trainer.update(now, (out[-1].per_min if follow and out else rate) if k > 40 else nan)
        if beat is not None:
            out.append(beat)
    return out


@pytest.mark.parametrize(("rate", "aim"), [(60.0, 90.0), (120.0, 80.0)])
def test_it_leads_step_by_step_to_the_aim(rate: float, aim: float) -> None:
    beats = led(TempoTrainer(aim), 120.0, rate)
    tempi = list(dict.fromkeys(b.per_min for b in beats))
    assert tempi[0] == rate and tempi[-1] == aim
    steps = np.abs(np.diff(np.log(tempi)))
    assert steps.max() <= np.log(1 + STEP) + 1e-9
    assert beats[-1].number >= EVERY_BEATS * (len(tempi) - 1)


def test_no_interval_is_cut_short_where_it_changes() -> None:
    trainer = TempoTrainer(100.0)
    heard: list[float] = []
    last, rate = 0.0, nan
    for k in range(1200):
        now = k / 20
        beat = trainer.update(now, 70.0 if k == 20 else rate)
        if beat is not None:
            rate = beat.per_min
            heard += [t for t, _ in beat.times(last, now)]
        last = now
    gaps = np.diff(heard)
    assert gaps.min() > 0.95 * 0.6 and gaps.max() < 1.05 * 60 / 70


def test_who_does_not_follow_is_not_led_on() -> None:
    beats = led(TempoTrainer(90.0), 60.0, 60.0, follow=False)
    assert {b.per_min for b in beats[-200:]} == {60.0 * (1 + STEP) ** 2} or beats[-1].per_min < 70.0


def test_without_a_tempo_it_begins_at_the_aim_after_a_while_and_never_too_far_from_it() -> None:
    trainer = TempoTrainer(80.0)
    assert trainer.update(0.0, nan) is None
    assert trainer.update(PATIENCE_S, nan) == Beat(80.0, PATIENCE_S)
    far = TempoTrainer(80.0).update(0.0, 300.0)
    assert far is not None and far.per_min == pytest.approx(128.0)


def test_after_a_rest_it_begins_anew_at_the_tempo_it_had_come_to_and_leads_on() -> None:
    trainer = TempoTrainer(90.0)
    beats = [trainer.update(k / 20, 60.0) for k in range(400)]
    assert beats[-1] is not None and beats[-1].per_min > 60.0
    came_to = beats[-1].per_min
    trainer.pause()
    assert trainer.update(50.0, came_to) == Beat(came_to, 50.0)
    after = [trainer.update(50.0 + k / 20, came_to) for k in range(20 * EVERY_BEATS)]
    assert after[-1] is not None and after[-1].per_min > came_to
