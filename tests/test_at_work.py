"""Which hands work: those that move, beside those that hold."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import flat_foot, hand_at
from trainer.at_work import HandsAtWork
from trainer.model import Hand, Judgement, Side
from trainer.strokes.techniques import load_techniques
from trainer.touch import touch_of

TECHNIQUES = load_techniques()
RNG = np.random.default_rng(4)


def judged(
    technique: str, named: tuple[Side, ...], left_px: float, right_px: float, right_seen: bool = True
) -> tuple[Side, ...]:
    """The hands after two seconds in which their thumbs circle with so many pixels' radius."""
    at_work, foot = HandsAtWork(), flat_foot()
    hands: tuple[Side, ...] = ()
    for k in range(60):
        turn = np.array([np.cos(k / 5), np.sin(k / 5)])
        left = np.array([220.0, 200.0]) + left_px * turn + RNG.normal(0, 0.3, 2)
        right = np.array([260.0, 250.0]) + right_px * turn + RNG.normal(0, 0.3, 2)
        seen = hand_at("right", {3: tuple(right), 4: tuple(right)}) if right_seen else Hand.unknown("right")
        touch = touch_of(k / 30, (hand_at("left", {3: tuple(left), 4: tuple(left)}), seen), foot)
        told = at_work.update(touch, Judgement(k / 30, technique, 0.9, named), TECHNIQUES[technique])
        hands = told.hands
    return hands


def test_two_that_move_both_work() -> None:
    assert judged("kneading", ("left", "right"), 15.0, 13.0) == ("left", "right")


def test_one_that_holds_does_not() -> None:
    assert judged("kneading", ("left", "right"), 2.0, 15.0) == ("right",)
    assert judged("kneading", ("left",), 2.0, 15.0) == ("right",), "the wrong one was named"


def test_hands_that_lie_still_do_nothing() -> None:
    assert judged("kneading", ("left", "right"), 0.0, 0.0) == ()


@pytest.mark.parametrize("technique", ["press_hold", "wringing", "ankle_rotation"])
def test_holds_and_what_takes_both_hands_are_left_as_they_are(technique: str) -> None:
    assert judged(technique, ("left", "right"), 0.0, 15.0) == ("left", "right")


def test_beside_a_hand_that_is_not_seen_nothing_is_known() -> None:
    assert judged("kneading", ("left", "right"), 15.0, 15.0, right_seen=False) == ("left", "right")


def test_rest_and_not_sure_stay() -> None:
    touch = touch_of(0.0, (Hand.unknown("left"), Hand.unknown("right")), flat_foot())
    judgement = Judgement(0.0, None, 0.3, ())
    assert HandsAtWork().update(touch, judgement, None) is judgement
