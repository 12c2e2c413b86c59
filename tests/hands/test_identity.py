"""Sides from labels over time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.hands.identity import LIMIT, Claim, add_label, first_evidence, settle
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
