"""One picture looked at: what is believed, and where the joints' own crop leads."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.look.eyes import Finder, Joints, eyes, foot, found, hand_at
from trainer.hands.crop import crop_of
from trainer.look.still import BELIEVE_FOOT, BELIEVE_HAND, look_at

IMAGE = np.zeros((400, 600, 3), np.uint8)


@pytest.fixture(autouse=True)
def one_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """The finder's several looks have tests of their own; here its word is what it says."""
    monkeypatch.setattr("trainer.look.still.look_carefully", lambda finder, image: finder.find(image))


LEFT, RIGHT = hand_at(50, 100), hand_at(350, 120)


def test_hands_and_feet_come_with_what_is_known_of_them() -> None:
    finder = Finder((found("right", RIGHT, 0.8), found("left", LEFT, 0.9)), (foot(), foot(worked=0.1)))
    joints = Joints([RIGHT, RIGHT, LEFT])
    seen = look_at(IMAGE, eyes(finder, joints))
    assert [(h.side, h.score, h.visible) for h in seen.hands] == [("left", 0.9, 0.7), ("right", 0.8, 0.7)]
    assert np.array_equal(seen.hands[0].landmarks_px, LEFT) and np.array_equal(seen.hands[1].landmarks_px, RIGHT)
    assert [f.worked for f in seen.feet] == [True, False]
    assert not any(h.bridged for h in seen.hands)


def test_of_two_feet_one_is_massaged() -> None:
    feet = look_at(IMAGE, eyes(Finder((), (foot(worked=0.9), foot(worked=0.8))), Joints([LEFT]))).feet
    assert [f.worked for f in feet] == [True, False]
    assert not look_at(IMAGE, eyes(Finder((), (foot(worked=0.3),)), Joints([LEFT]))).feet[0].worked


def test_joints_are_asked_once_more_on_their_own_crop() -> None:
    rough = replace(crop_of(LEFT), size=crop_of(LEFT).size * 1.3)
    joints = Joints([LEFT + 6.0, LEFT])
    seen = look_at(IMAGE, eyes(Finder((replace(found("left", LEFT), crop=rough),)), joints))
    assert joints.asked == [rough, crop_of(LEFT + 6.0)]
    assert np.array_equal(seen.hands[0].landmarks_px, LEFT)


@pytest.mark.parametrize("slipped", [LEFT + 300.0, (LEFT - LEFT.mean(0)) * 4 + LEFT.mean(0), LEFT * np.nan])
def test_joints_that_slip_away_lead_nowhere(slipped: np.ndarray) -> None:
    joints = Joints([slipped, RIGHT])
    seen = look_at(IMAGE, eyes(Finder((found("left", LEFT),)), joints))
    assert len(joints.asked) == 1
    assert np.array_equal(seen.hands[0].landmarks_px, slipped, equal_nan=True)


def test_what_is_not_sure_enough_is_not_told() -> None:
    finder = Finder((found("left", LEFT, BELIEVE_HAND - 0.01), replace(found("right", RIGHT, BELIEVE_HAND), right=0.9)),
                    (foot(BELIEVE_FOOT), foot(BELIEVE_FOOT - 0.01)))  # fmt: skip
    seen = look_at(IMAGE, eyes(finder, Joints([RIGHT])))
    assert [h.side for h in seen.hands] == ["right"] and len(seen.feet) == 1


def test_one_hand_reported_as_left_and_right_is_the_surer_one() -> None:
    finder = Finder((found("left", LEFT, BELIEVE_HAND), found("right", LEFT + 5.0, 0.8)))
    seen = look_at(IMAGE, eyes(finder, Joints([LEFT])))
    assert [h.side for h in seen.hands] == ["right"]
    crossing = Finder((found("left", LEFT, BELIEVE_HAND), found("right", LEFT + 60.0, 0.8)))
    assert len(look_at(IMAGE, eyes(crossing, Joints([LEFT, LEFT, LEFT + 60.0]))).hands) == 2


def test_the_landmark_network_may_say_that_it_is_no_hand() -> None:
    finder = Finder((found("left", LEFT, 0.9),))
    assert look_at(IMAGE, eyes(finder, Joints([LEFT], presence=0.9))).hands[0].score == pytest.approx(0.81)
    assert look_at(IMAGE, eyes(finder, Joints([LEFT], presence=0.3))).hands == ()


def test_both_networks_say_which_side_it_is_and_no_side_comes_twice() -> None:
    doubtful = replace(found("left", LEFT, 0.9), right=0.4)
    assert [h.side for h in look_at(IMAGE, eyes(Finder((doubtful,)), Joints([LEFT], right=0.9))).hands] == ["right"]
    both = Finder((replace(found("left", LEFT, 0.9), right=0.3), replace(found("left", RIGHT, 0.8), right=0.4)))
    seen = look_at(IMAGE, eyes(both, Joints([LEFT, LEFT, RIGHT])))
    assert [(h.side, h.landmarks_px[0, 0]) for h in seen.hands] == [("left", LEFT[0, 0]), ("right", RIGHT[0, 0])]


def test_a_third_hand_is_ignored() -> None:
    third = hand_at(200, 10)
    finder = Finder((found("left", LEFT, 0.9), found("right", RIGHT, 0.8), found("right", third, 0.7)))
    seen = look_at(IMAGE, eyes(finder, Joints([LEFT, LEFT, RIGHT, RIGHT, third])))
    assert [h.score for h in seen.hands] == [0.9, 0.8]


def test_nothing_is_nothing() -> None:
    seen = look_at(IMAGE, eyes(Finder(), Joints([LEFT])))
    assert seen.hands == () and seen.feet == ()
