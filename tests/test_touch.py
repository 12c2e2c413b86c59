"""Touch: hands in the foot's own coordinates."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shapes import PX_PER_MM, flat_foot, hand_at, over, posed_foot
from trainer.foot.geometry import to_px
from trainer.model import SIDES, VIEWS, Foot, Hand, Side, View
from trainer.touch import touch_of


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("view", VIEWS)
def test_a_thumb_on_a_known_place_is_there_in_uv(side: Side, view: View) -> None:
    foot = flat_foot(side, view)
    (place,) = to_px(foot.px_from_uv, [(0.7, 0.3)])
    touch = touch_of(1.0, (Hand.unknown("left"), hand_at("right", {4: tuple(place)})), foot)
    assert touch.hands[1].uv[4] == pytest.approx([0.7, 0.3], abs=1e-6)
    assert touch.hands[1].near[4]


def test_millimetres_are_true_on_a_foot_of_known_length() -> None:
    foot = flat_foot()
    a, b = (200.0, 300.0), (200.0 + 30 * PX_PER_MM, 300.0)
    hand = hand_at("left", {4: a, 8: b})
    mm = touch_of(0.0, (hand, Hand.unknown("right")), foot).hands[0].mm
    assert np.linalg.norm(mm[8] - mm[4]) == pytest.approx(30.0, rel=0.02)


def test_what_is_not_seen_is_nan_and_never_near() -> None:
    hand = hand_at("left", {4: (200.0, 300.0)})
    without_foot = touch_of(0.0, (hand, Hand.unknown("right")), Foot.unknown())
    without_hand = touch_of(0.0, (Hand.unknown("left"), Hand.unknown("right")), flat_foot())
    for touch in (without_foot, without_hand):
        for one in touch.hands:
            assert np.isnan(one.mm).all()
            assert np.isnan(one.uv).all()
            assert not one.near.any()


def test_a_hand_beside_the_foot_is_not_near() -> None:
    touch = touch_of(0.0, (hand_at("left", {}), Hand.unknown("right")), flat_foot())
    assert not touch.hands[0].near.any()


@pytest.mark.parametrize("side", SIDES)
def test_the_skin_beneath_a_thumb_is_told(side: Side) -> None:
    foot = posed_foot(side)
    touch = touch_of(0.0, (Hand.unknown("left"), hand_at("right", {4: over(foot, 0.7, 0.3)})), foot)
    skin = touch.hands[1].skin
    assert skin is not None and touch.hands[0].skin is None
    assert skin.uv[4] == pytest.approx([0.7, 0.3], abs=0.03) and skin.face[4] == 0
    assert touch.hands[1].near[4] and not touch.hands[1].near[0]
