"""Sides from labels over time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from kinematic_hands import Mover

from trainer.hands.identity import (
    LIMIT,
    Claim,
    add_bearing,
    add_label,
    bearing,
    first_evidence,
    right_of,
    settle,
)
from trainer.model import Side


def after(labels: list[Side], fps: float, score: float = 0.95) -> float:
    evidence = first_evidence(labels[0], score)
    for label in labels[1:]:
        evidence = add_label(evidence, label, score, 1 / fps)
    return evidence


@pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 240.0])
def test_evidence_is_a_matter_of_seconds_not_frames(fps: float) -> None:
    assert after(["right"] * round(0.3 * fps), fps) == pytest.approx(after(["right"] * 9, 30), abs=0.7)


def test_scattered_flips_change_nothing() -> None:
    labels: list[Side] = ["left"] * 20
    for i in (4, 9, 10, 15):
        labels[i] = "right"
    evidence = after(labels, 30)
    assert settle([Claim(evidence, "left", 10.0)]) == ("left",)


def test_a_wrong_start_is_mended_within_a_second_and_a_half() -> None:
    labels: list[Side] = ["left"] * 6 + ["right"] * 45
    assert settle([Claim(after(labels, 30), "left", 10.0)]) == ("right",)


def test_two_left_hands_become_a_pair() -> None:
    assert settle([Claim(-3.5, None, 10.0), Claim(-0.5, None, 90.0)]) == ("left", "right")
    assert settle([Claim(-0.5, None, 10.0), Claim(-3.5, None, 90.0)]) == ("right", "left")


def test_sides_given_are_kept_in_doubt() -> None:
    assert settle([Claim(0.5, "left", 10.0), Claim(-0.4, "right", 90.0)]) == ("left", "right")


def test_the_usual_layout_decides_only_what_is_open() -> None:
    open_pair = [Claim(-0.3, None, 10.0), Claim(-0.3, None, 90.0)]
    assert settle(open_pair, layout=1.0) == ("left", "right")
    assert settle(open_pair, layout=-1.0) == ("right", "left")
    clear_pair = [Claim(3.0, None, 10.0), Claim(-3.0, None, 90.0)]
    assert settle(clear_pair, layout=1.0) == ("right", "left")


def test_three_claims_are_refused() -> None:
    with pytest.raises(ValueError, match="at most two"):
        settle([Claim(0, None, 0)] * 3)


claims = st.builds(Claim, st.floats(-LIMIT, LIMIT), st.sampled_from(["left", "right", None]), st.floats(-100, 5000))


@given(st.lists(claims, max_size=2), st.floats(-1, 1))
def test_never_the_same_side_twice(these: list[Claim], layout: float) -> None:
    sides = settle(these, layout)
    assert len(sides) == len(these) == len(set(sides))


@given(st.floats(-LIMIT, LIMIT), st.sampled_from(["left", "right"]), st.floats(0, 1), st.floats(0, 10))
def test_evidence_is_bounded_and_goes_the_labels_way(e: float, label: Side, score: float, dt: float) -> None:
    new = add_label(e, label, score, dt)
    assert -LIMIT <= new <= LIMIT
    assert new >= e if label == "right" else new <= e


@pytest.mark.parametrize("turn", [0.0, 1.0, 3.1, -2.0])
def test_arms_tell_the_sides_whichever_way_up_the_picture_is(turn: float) -> None:
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    left = Mover("left", lambda t: (60, 120), angle=lambda t: 0.6).landmarks(0) @ spin.T
    right = Mover("right", lambda t: (260, 120), angle=lambda t: -0.6).landmarks(0) @ spin.T
    foot = spin @ np.array([160.0, 110.0])
    assert bearing(left, foot) < -0.5 and bearing(right, foot) > 0.5
    assert right_of(right, left) == 1.0 and right_of(left, right) == -1.0


def test_a_hand_that_points_at_the_foot_is_told_by_where_the_body_is() -> None:
    def pointing(angle: float) -> tuple[float, float]:
        """(along, across): bearings on a foot straight ahead, of a hand turned clockwise from upwards."""
        hand = Mover("left", lambda t: (160, 120), angle=lambda t: angle).landmarks(0)
        ahead = hand[[5, 9, 13, 17]].mean(axis=0) - hand[0]
        return bearing(hand, hand[0] + 3 * ahead), ahead[0]

    assert abs(pointing(0.0)[0]) < 0.3, "from below, nothing"
    assert pointing(np.pi / 2)[0] == -1.0, "from the left comes the left hand"
    assert pointing(-np.pi / 2)[0] == 1.0


def test_where_hands_stand_outweighs_labels_that_are_wrong_for_long() -> None:
    evidence = first_evidence("left", 0.9)
    for _ in range(150):
        evidence = add_label(evidence, "right", 0.9, 1 / 30)
        evidence = add_bearing(evidence, -1.0, True, 1 / 30)
    assert settle([Claim(evidence, "left", 10.0)]) == ("left",)
