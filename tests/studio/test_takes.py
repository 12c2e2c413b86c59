"""What the recogniser is told is true at each tick."""

from __future__ import annotations

import numpy as np
import pytest

from trainer.strokes.vocabulary import NUMBER
from trainer.studio.training.takes import SLOW_S, Stretch, own_cycles, phase_at, truth_at

KNEADING = Stretch(
    NUMBER["kneading"], 2.0, 6.0, (True, True), np.array([2.3, 3.3, 4.3, 5.3]), np.array([[1, 0], [0, 1]] * 2, bool)
)
ONE_HAND = Stretch(NUMBER["kneading"], 2.0, 6.0, (False, True), KNEADING.cycles_s)
HOLD = Stretch(NUMBER["press_hold"], 8.0, 18.0, (False, True), np.array([8.4]))
TIMES = np.arange(0, 20, 0.05)


def test_rest_lies_between() -> None:
    technique, working = truth_at(TIMES, [KNEADING, HOLD], 19.0)
    at = {t: (int(technique[i]), working[i].tolist()) for i, t in enumerate(TIMES.round(2))}
    assert at[1.0] == (NUMBER["rest"], [False, False])
    assert at[3.0] == (NUMBER["kneading"], [True, True])
    assert at[12.0] == (NUMBER["press_hold"], [False, True])
    assert at[19.5][0] == -1, "what is after the end isn't told"


def test_the_phase_is_nought_at_each_repetition_and_even_between() -> None:
    phase, counts = phase_at(TIMES, [ONE_HAND, HOLD], 19.0, 1)
    angle, length = np.arctan2(phase[:, 1], phase[:, 0]), np.hypot(*phase.T)
    for cycle in KNEADING.cycles_s:
        k = int(np.argmin(np.abs(TIMES - cycle)))
        assert length[k] == pytest.approx(1.0) and abs(angle[k]) < 0.2
    k = int(np.argmin(np.abs(TIMES - 3.8)))
    assert phase[k, 0] == pytest.approx(-1.0, abs=0.1), "halfway"
    rising = angle[(TIMES > 2.85) & (TIMES < 3.75)]
    assert (np.diff(rising) > 0).all() and np.ptp(np.diff(rising)) < 1e-6
    assert counts[TIMES <= 19.0].all() and not counts[TIMES > 19.0].any()


def test_what_stands_alone_fades_and_rest_has_no_phase() -> None:
    phase, _ = phase_at(TIMES, [ONE_HAND, HOLD], 19.0, 1)
    length = np.hypot(*phase.T)
    assert length[np.argmin(np.abs(TIMES - 8.4))] == pytest.approx(1.0)
    assert (length[(TIMES > 8.4 + SLOW_S / 2 + 0.1) & (TIMES < 18)] == 0).all()
    assert (length[(TIMES > 6.5) & (TIMES < 7.5)] == 0).all() and (length[TIMES < 1.5] == 0).all()


def test_a_repetition_is_of_the_hand_that_does_it() -> None:
    assert own_cycles(KNEADING, 0) == pytest.approx([2.3, 4.3]) and own_cycles(KNEADING, 1) == pytest.approx([3.3, 5.3])
    assert len(own_cycles(HOLD, 0)) == 0 and own_cycles(HOLD, 1) == pytest.approx([8.4])  # type: ignore[arg-type]
    both = (True, True)
    together = Stretch(NUMBER["wringing"], 2.0, 6.0, both, KNEADING.cycles_s)
    assert own_cycles(together, 0) is not None
    in_turn = Stretch(NUMBER["kneading"], 2.0, 6.0, both, KNEADING.cycles_s)
    assert own_cycles(in_turn, 0) is None, "whose each is isn't known"
    phase, counts = phase_at(TIMES, [HOLD], 19.0, 0)
    assert not phase.any() and counts[TIMES <= 19.0].all(), "a hand that repeats nothing is known to"
