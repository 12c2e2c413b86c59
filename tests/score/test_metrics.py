from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from true_clip import joints

from trainer.score import hand_metrics as seen
from trainer.score import metrics as told
from trainer.score.metrics import Segment

SEGMENTS = [Segment("kneading", 0, 10), Segment("friction", 12, 20), Segment("kneading", 20, 30)]


def test_labels_at() -> None:
    labels = told.labels_at([0, 9.9, 10, 11, 12, 30], SEGMENTS, "rest", [(10.5, 13)])
    assert labels == ["kneading", "kneading", "rest", None, "friction", "rest"]


def test_frame_accuracy() -> None:
    true = ["a", "a", "b", "rest"]
    assert told.frame_accuracy(true, true) == 1
    assert told.frame_accuracy([None, "a", "a", "rest"], true) == 0.5
    assert told.sure_accuracy([None, "a", "a", "rest"], true) == pytest.approx(2 / 3)
    assert told.abstained_share([None, "a"]) == 0.5
    assert np.isnan(told.frame_accuracy([], []))
    assert np.isnan(told.sure_accuracy([None], ["a"]))
    with pytest.raises(ValueError, match="as many"):
        told.frame_accuracy(["a"], [])


def test_segmental_f1() -> None:
    assert told.segmental_f1(SEGMENTS, SEGMENTS, 0.5) == 1
    assert told.segmental_f1([], SEGMENTS, 0.1) == 0
    assert told.segmental_f1(SEGMENTS, [], 0.1) == 0
    assert np.isnan(told.segmental_f1([], [], 0.1))
    shifted = [Segment("kneading", 2.5, 12.5)]
    assert told.segmental_f1(shifted, SEGMENTS[:1], 0.5) == 1, "7.5 of 12.5 s shared"
    assert told.segmental_f1([Segment("kneading", 6, 16)], SEGMENTS[:1], 0.5) == 0
    assert told.segmental_f1([Segment("kneading", 6, 16)], SEGMENTS[:1], 0.25) == 1
    assert told.segmental_f1([Segment("friction", 0, 10)], SEGMENTS[:1], 0.1) == 0
    split = [Segment("kneading", 0, 5), Segment("kneading", 5, 10)]
    assert told.segmental_f1(split, SEGMENTS[:1], 0.25) == pytest.approx(2 / 3), "over-segmentation is punished"


def test_edit_score() -> None:
    assert told.edit_score("abc", "abc") == 1
    assert told.edit_score("", "abc") == 0
    assert told.edit_score("abc", "") == 0
    assert np.isnan(told.edit_score("", ""))
    assert told.edit_score("axc", "abc") == pytest.approx(2 / 3)
    assert told.edit_score("ababab", "ab") == pytest.approx(1 / 3)


def test_event_scores() -> None:
    true = [1.0, 2.0, 3.0, 4.0]
    assert told.event_scores(true, true) == (1, 1, 1)
    assert told.event_scores([], true) == (0, 0, 0)
    assert told.event_scores(true, []) == (0, 0, 0)
    assert np.isnan(told.event_scores([], [])).all()
    assert told.event_scores([1.1, 2.11], true) == (0.5, 0.25, pytest.approx(1 / 3)), "100 ms is still right"
    assert told.event_scores([0.95, 1.0, 1.05], [1.0]) == (pytest.approx(1 / 3), 1, 0.5), "one to one"
    assert told.event_scores([4.0, 1.0, 3.0, 2.0], true).f == 1, "order doesn't matter"


times = st.lists(st.integers(0, 12).map(lambda k: k * 0.07), max_size=5).map(sorted)


@given(times, times)
def test_events_are_matched_as_well_as_can_be(predicted: list[float], true: list[float]) -> None:
    pairs = told.match_events(predicted, true)
    assert all(abs(predicted[i] - true[j]) <= 0.1 + 1e-9 for i, j in pairs)
    assert len({i for i, _ in pairs}) == len({j for _, j in pairs}) == len(pairs)
    possible = 0
    for size in range(min(len(predicted), len(true)), 0, -1):
        if any(
            all(abs(p - t) <= 0.1 + 1e-9 for p, t in zip(chosen, order, strict=True))
            for chosen in combinations(predicted, size)
            for order in permutations(true, size)
        ):
            possible = size
            break
    assert len(pairs) == possible


def test_event_offset() -> None:
    true = np.array([1.0, 2.0, 3.0])
    assert told.event_offset(true + 0.15, true) == pytest.approx(0.15)
    assert told.event_offset(true - 0.15, true) == pytest.approx(-0.15)
    assert np.isnan(told.event_offset([], true)) and np.isnan(told.event_offset([1.5], true))


def test_relative_error() -> None:
    assert told.relative_error(90, 100) == pytest.approx(0.1)
    assert np.isnan(told.relative_error(90, 0)) and np.isnan(told.relative_error(np.nan, 100))


def test_zones() -> None:
    true = {"a": 2.0, "b": 2.0, "c": 0.0}
    assert told.zone_seconds_error(true, true) == 0
    assert told.zone_seconds_error({}, true) == 1
    assert told.zone_seconds_error({"a": 1.0, "b": 2.0, "d": 1.0}, true) == 0.5
    assert np.isnan(told.zone_seconds_error({"a": 1.0}, {}))
    assert told.zone_errors({"a": 3.0}, true) == {"a": 0.5, "b": 1.0}


def test_dice() -> None:
    a = np.array([[1, 1, 0, 0]], bool)
    assert told.dice(a, a) == 1
    assert told.dice(~a, a) == 0
    assert told.dice(np.zeros_like(a), a) == 0
    assert np.isnan(told.dice(np.zeros_like(a), np.zeros_like(a)))
    assert told.dice([1, 0, 0, 0], [1, 1, 0, 0]) == pytest.approx(2 / 3)
    assert told.worked_cells(np.array([np.nan, 0.1, 0.3]), 0.25).tolist() == [False, False, True]


def hands(left: tuple[float, float] | None, right: tuple[float, float] | None, frames: int = 1) -> np.ndarray:
    none = np.full((21, 2), np.nan)
    one = np.stack([none if c is None else joints(c) for c in (left, right)])
    return np.repeat(one[None], frames, axis=0)


def test_hand_size_is_the_box_diagonal() -> None:
    sizes = seen.hand_size(hands((100, 100), None))
    assert sizes[0, 0] == pytest.approx(100) and np.isnan(sizes[0, 1])


def test_to_be_found() -> None:
    inside = hands((100, 100), (300, 100))
    size = (640, 480)
    assert seen.to_be_found(inside, np.array([[0.3, 0.29]]), size).tolist() == [[True, False]]
    assert seen.to_be_found(hands((-5, 100), None), np.ones((1, 2)), size).tolist() == [[False, False]]
    assert seen.to_be_found(hands((5, 100), None), np.ones((1, 2)), size).tolist() == [[True, False]]


def test_matching_is_one_to_one_and_prefers_more_then_nearer() -> None:
    true = hands((100, 100), (130, 100))
    both = np.ones((1, 2), bool)
    straight = seen.match_hands(hands((101, 100), (130, 100)), both, true)
    assert straight.partner.tolist() == [[0, 1]]
    assert straight.error[0] == pytest.approx([0.01, 0.0])
    crossed = seen.match_hands(hands((130, 100), (100, 100)), both, true)
    assert crossed.partner.tolist() == [[1, 0]]
    twice = seen.match_hands(hands((100, 100), (100, 102)), both, hands((100, 100), None))
    assert twice.partner.tolist() == [[0, -1]]
    far = seen.match_hands(hands((137, 100), None), np.array([[True, False]]), hands((100, 100), None))
    assert far.partner.tolist() == [[-1, -1]], "its palm is in another place"
    near = seen.match_hands(hands((135, 100), None), np.array([[True, False]]), hands((100, 100), None))
    assert near.partner.tolist() == [[0, -1]] and near.error[0, 0] == pytest.approx(0.35)
    # The left report lies between both hands, the right one reaches only the left hand: crossing keeps both.
    more = seen.match_hands(hands((120, 100), (66, 100)), both, true)
    assert more.partner.tolist() == [[1, 0]]


def test_fingers_may_be_misplaced_but_not_palm_and_wrist() -> None:
    true, one = hands((100, 100), None), np.array([[True, False]])
    fingers, wrist = true.copy(), true.copy()
    fingers[0, 0, [i for i in range(21) if i not in seen.PALM]] += [60.0, 0.0]
    wrist[0, 0, 0] += [40.0, 0.0]
    assert seen.match_hands(fingers, one, true).partner.tolist() == [[0, -1]]
    assert seen.match_hands(wrist, one, true).partner.tolist() == [[-1, -1]], "what lies on the foot beneath a hand"
    unseen = true.copy()
    unseen[0, 0, seen.PALM] = np.nan
    assert seen.match_hands(true, one, unseen).partner.tolist() == [[0, -1]]


def test_a_hand_partly_out_of_the_picture_is_as_large_as_ever() -> None:
    true = hands((100, 100), None, 3)
    true[2, 0, 3:] = np.nan
    assert seen.hand_size(true[2])[0] < 70
    assert seen.hand_sizes(true)[:, 0] == pytest.approx([100, 100, 100])
    off = true + np.array([0.0, 34.0])
    assert seen.match_hands(off, np.ones((3, 2), bool), true).partner.tolist() == [[0, -1]] * 3


def test_swaps_are_told_when_they_happen() -> None:
    true = hands((100, 100), (300, 100), 6)
    reported = true.copy()
    reported[2:4] = reported[2:4, ::-1]
    both = np.ones((6, 2), bool)
    called = np.broadcast_to([0, 1], (6, 2))
    matches = seen.match_hands(reported, both, true)
    assert seen.swap_events(matches, called).tolist() == [0, 0, 2, 0, 2, 0], "two hands change over and back"
    gap = both.copy()
    gap[2:4] = False
    assert seen.swap_events(seen.match_hands(reported, gap, true), called).sum() == 0
    shuffled = np.array([[0, 1], [0, 1], [1, 0], [1, 0], [0, 1], [0, 1]])
    assert seen.swap_events(matches, shuffled).sum() == 0, "slots mean nothing where hands are called by name"


def test_errors_of_joints_belong_to_the_true_hand() -> None:
    true = hands((100, 100), (300, 100), 3)
    true[2, 0, 4] = np.nan
    reported = true[:, ::-1].copy()
    reported[:, 0, 7] += [0.0, 20.0]
    here = np.array([[True, True], [True, False], [True, True]])
    errors = seen.joint_errors(reported, seen.match_hands(reported, here, true), true)
    assert errors[0, 1, 7] == pytest.approx(0.2) and errors[0, 0, 7] == 0
    assert np.isnan(errors[1, 0]).all() and np.isfinite(errors[1, 1]).all(), "the left hand wasn't reported"
    assert np.isnan(errors[2, 0, 4]) and np.isfinite(errors[2, 0, 5])
