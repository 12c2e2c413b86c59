"""The pair of followed hands, whatever the finder and the network say."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from kinematic_hands import open_hand
from little_world import WORLD, found_at

from trainer.finding import Crop, FoundHand
from trainer.hands.joints import Joints
from trainer.hands.pair import MOST, HandPair
from trainer.model import Detection

FOUND = st.builds(
    found_at, st.floats(-50, 400), st.floats(-50, 300), st.floats(0.3, 1.0), st.floats(0, 1), st.floats(15, 400)
)


def filling(crop: Crop, presence: float = 0.95) -> Joints:
    """A hand that fills its crop."""
    turn = np.array([[np.cos(crop.angle), np.sin(crop.angle)], [-np.sin(crop.angle), np.cos(crop.angle)]])
    shape = (open_hand() + np.array([0.0, 0.8])) * crop.size / 4 @ turn
    return Joints(shape + np.array([crop.x, crop.y]), WORLD, presence, 0.5)


def step(pair: HandPair, found: list[FoundHand], t: float, presence: float = 0.95) -> tuple[Detection, ...]:
    for hand in pair.hands:
        hand.see(filling(hand.crop, presence), t)
    pair.reconcile(found, t, lambda crop: filling(crop, presence))
    return pair.report(t)


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(st.floats(0.001, 1.0), st.lists(FOUND, max_size=4), st.floats(0, 1)), min_size=1, max_size=12
    )
)
def test_at_most_one_left_and_one_right_come_out(script: list[tuple[float, list[FoundHand], float]]) -> None:
    pair, t = HandPair(), 0.0
    for dt, found, presence in script:
        t += dt
        shown = step(pair, found, t, presence)
        assert len(pair.hands) <= MOST
        assert len({d.side for d in shown}) == len(shown)
        assert all(0 <= hand.belief <= 1 and np.isfinite([hand.crop.x, hand.crop.size]).all() for hand in pair.hands)
        for detection in shown:
            assert np.isfinite(detection.landmarks_px).all() and 0 < detection.score <= 1


@settings(max_examples=30)
@given(st.permutations([0, 1]), st.floats(0, 6.2))
def test_the_order_of_findings_is_no_matter(order: list[int], angle: float) -> None:
    away = 60 * np.array([np.cos(angle), np.sin(angle)])
    found = [found_at(160 - away[0], 120 - away[1], right=0.1), found_at(160 + away[0], 120 + away[1], right=0.9)]
    pair = HandPair()
    for i in range(6):
        shown = step(pair, [found[k] for k in order], i / 10)
    places = {d.side: d.landmarks_px.mean(axis=0) for d in shown}
    assert (places["right"] - places["left"]) @ away > 0


def test_hands_side_by_side_keep_their_names_when_the_finder_swaps_them_once() -> None:
    pair = HandPair()
    for i in range(20):
        wrong = i in (8, 13)
        left, right = (found_at(x, 120, right=0.9 if (x > 100) != wrong else 0.1) for x in (80, 120))
        shown = {d.side: d.landmarks_px[:, 0].mean() for d in step(pair, [left, right], i / 10)}
        if i > 2:
            assert shown["left"] < 100 < shown["right"]


def test_two_that_slid_onto_one_hand_are_parted() -> None:
    pair = HandPair()
    left, right = found_at(80, 120, right=0.1), found_at(220, 120)
    for i in range(6):
        step(pair, [left, right], i / 10)
    pair.hands[0].crop = pair.hands[1].crop
    shown = step(pair, [left, right], 0.6)
    np.testing.assert_allclose(sorted(d.landmarks_px[:, 0].mean() for d in shown), [80, 220], atol=20)
    pair.hands[0].crop = pair.hands[1].crop
    assert len(step(pair, [right], 0.7)) == 1
