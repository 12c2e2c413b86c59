"""What the pipeline holds true, told as what is seen."""

from __future__ import annotations

import numpy as np

from tests.look.eyes import foot, hand_at
from trainer.look.seen import seen_in
from trainer.model import Foot, Hand, Presence


class Moment:
    def __init__(self, hands: tuple[Hand, Hand], foot: Foot) -> None:
        self.hands, self.foot = hands, foot


def test_hands_and_foot_of_a_moment() -> None:
    world = np.zeros((21, 3))
    px = foot().landmarks_px
    px[3] = np.nan
    confidence = np.full(14, 0.5)
    confidence[3] = np.nan
    worked = Foot("right", "dorsal", Presence.BRIDGED, px, confidence, np.eye(3), np.zeros(2))
    left = Hand("left", Presence.BRIDGED, hand_at(10, 10), world, 0.7)
    seen = seen_in(Moment((left, Hand.unknown("right")), worked))  # type: ignore[arg-type]
    (hand,), (told,) = seen.hands, seen.feet
    assert (hand.side, hand.score, hand.bridged) == ("left", 0.7, True) and np.isnan(hand.visible)
    assert (told.side, told.view, told.score, told.worked, told.bridged) == ("right", "dorsal", 0.5, True, True)


def test_nothing_of_a_moment() -> None:
    seen = seen_in(Moment((Hand.unknown("left"), Hand.unknown("right")), Foot.unknown()))  # type: ignore[arg-type]
    assert seen.hands == () and seen.feet == ()
