"""The arithmetic of sides and of crops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.finding import Crop
from trainer.hands import sides
from trainer.hands.crop import added, apart, difference
from trainer.model import Side

ODDS = st.floats(-sides.LIMIT, sides.LIMIT)
SIDE = st.sampled_from([None, "left", "right"])
CROPS = st.builds(Crop, st.floats(-500, 2000), st.floats(-500, 2000), st.floats(20, 900), st.floats(-7, 7))


class TestSides:
    @given(ODDS, ODDS, SIDE, SIDE)
    def test_two_are_one_left_and_one_right(self, a: float, b: float, was: Side | None, other: Side | None) -> None:
        assert set(sides.settle([a, b], [was, other])) == {"left", "right"}

    @given(st.floats(0.0, 1.9), st.floats(0.0, 1.9))
    def test_a_weak_doubt_changes_nothing(self, a: float, b: float) -> None:
        assert sides.settle([a / 2, -b / 2], ["left", "right"]) == ("left", "right")
        assert sides.settle([a], ["left"]) == ("left",)

    def test_a_strong_one_does(self) -> None:
        assert sides.settle([4.0, -4.0], ["left", "right"]) == ("right", "left")
        assert sides.settle([4.0], ["left"]) == ("right",)

    @given(ODDS, st.floats(0, 1), st.floats(0, 0.3))
    def test_odds_stay_within_bounds_and_go_where_they_are_told(self, odds: float, right: float, dt: float) -> None:
        for after in (sides.after_finder, sides.after_network):
            new = after(odds, right, dt)
            assert abs(new) <= sides.LIMIT
            assert (new - odds) * (right - 0.5) >= 0

    @given(ODDS)
    def test_the_network_says_little_beside_the_finder(self, odds: float) -> None:
        both = sides.after_network(sides.after_finder(0.0, 0.9, 0.1), 0.01, 0.1)
        assert both > 0

    def test_three_hands(self) -> None:
        with pytest.raises(ValueError, match="at most two"):
            sides.settle([0.0] * 3, [None] * 3)

    def test_none(self) -> None:
        assert sides.settle([], []) == ()


class TestCrops:
    @given(CROPS, CROPS)
    def test_a_difference_added_leads_to_the_other(self, a: Crop, b: Crop) -> None:
        there = added(a, difference(a, b))
        assert (there.x, there.y, there.size) == pytest.approx((b.x, b.y, b.size), rel=1e-6, abs=1e-4)
        assert np.cos(there.angle - b.angle) == pytest.approx(1.0)

    @given(CROPS, CROPS)
    def test_apart_is_mutual_and_nothing_for_oneself(self, a: Crop, b: Crop) -> None:
        assert apart(a, b) == pytest.approx(apart(b, a), abs=1e-9) and apart(a, b) >= 0
        assert apart(a, a) == 0

    def test_apart_turns_the_short_way_round(self) -> None:
        assert apart(Crop(0, 0, 1, np.pi - 0.01), Crop(0, 0, 1, 0.01 - np.pi)) < 1e-4
