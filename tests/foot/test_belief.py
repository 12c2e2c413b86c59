from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.foot.scenes import place
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.foot import atlas
from trainer.foot.belief import FootBelief
from trainer.foot.geometry import to_px
from trainer.foot.kind import KINDS, Kind

SOLE: Kind = ("left", "plantar")


def found(
    x: float = 320, *, kind: Kind = SOLE, score: float = 0.9, worked: float = 0.9, degrees: float = -90
) -> FoundFoot:
    landmarks = to_px(place(*kind, centre=(x, 240), degrees=degrees), atlas.landmarks_uv(kind[1]))
    return FoundFoot(*kind, score, worked, 0.85, 0.8, landmarks, np.full(14, 0.9))


def look(belief: FootBelief, time_s: float, feet: list[FoundFoot], hands: tuple[FoundHand, ...] = ()) -> None:
    belief.update(time_s, Finding(hands, tuple(feet), np.zeros((48, 64), np.uint8)), (640, 480))


def test_two_or_three_findings_that_agree_are_believed() -> None:
    belief = FootBelief()
    look(belief, 0.0, [found()])
    assert belief.worked is None
    look(belief, 0.1, [found(323)])
    look(belief, 0.2, [found(321)])
    assert belief.worked is not None and belief.worked.kind == SOLE
    placed = belief.worked.placed()
    assert placed is not None
    np.testing.assert_allclose(placed[0], belief.worked.last.landmarks_px)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-500, 1500), st.sampled_from(KINDS), st.floats(0, 360)), min_size=20, max_size=20))
def test_findings_that_jump_about_are_never_believed(jumps: list[tuple[float, Kind, float]]) -> None:
    belief = FootBelief()
    for i, (x, kind, degrees) in enumerate(jumps):
        # Every finding lies far from the few before it.
        look(belief, i * 0.1, [found(x / 50 + 700 * (i % 5), kind=kind, degrees=degrees)])
        assert belief.worked is None


@settings(max_examples=40)
@given(st.lists(st.floats(0.3, 0.55), min_size=30, max_size=30))
def test_feet_that_the_finder_doubts_are_never_believed(scores: list[float]) -> None:
    belief = FootBelief()
    for i, score in enumerate(scores):
        look(belief, i * 0.1, [found(score=score)])
        assert belief.worked is None


def test_one_missed_finding_is_no_end_but_several_are() -> None:
    belief = FootBelief()
    for i in range(20):
        look(belief, i * 0.1, [] if i in (8, 14) else [found()])
        assert (belief.worked is not None) == (i >= 1)
    for i in range(20, 30):
        look(belief, i * 0.1, [])
    assert belief.worked is None
    look(belief, 3.0, [found()])
    assert belief.worked is None, "a foot that comes back has to be agreed on again"


def test_a_foot_that_moved_quickly_is_not_taken_for_another_kind_at_the_first_wrong_look() -> None:
    belief = FootBelief()
    for i in range(15):
        look(belief, i * 0.1, [found()])
    for i in range(15, 25):
        look(belief, i * 0.1, [found(520, kind=("left", "medial") if i < 18 else SOLE)])
        assert belief.worked is None or belief.worked.kind == SOLE
    assert belief.worked is not None and belief.worked.last.landmarks_px[0, 0] > 400


def test_the_worked_foot_is_chosen_and_kept_until_the_other_is_clearly_worked() -> None:
    belief = FootBelief()
    for i in range(10):
        look(belief, i * 0.1, [found(200, worked=0.8), found(480, kind=("right", "plantar"), worked=0.3)])
    assert belief.worked is not None and belief.worked.kind == SOLE
    switched = None
    for i in range(10, 50):
        look(belief, i * 0.1, [found(480, kind=("right", "plantar"), worked=0.9), found(200, worked=0.2)])
        if switched is None and belief.worked is not None and belief.worked.kind == ("right", "plantar"):
            switched = i * 0.1
    assert switched is not None and 1.9 < switched < 3.5


@pytest.mark.parametrize("on", [200, 480])
def test_of_two_feet_that_look_worked_it_is_the_one_with_hands_on_it(on: float) -> None:
    belief = FootBelief()
    hand = FoundHand("left", 0.8, 0.1, Crop(on + 20, 250, 130, 0.0), 0.7)
    for i in range(5):
        look(belief, i * 0.1, [found(200, worked=0.95), found(480, kind=("right", "plantar"), worked=0.97)], (hand,))
    assert belief.worked is not None and abs(belief.worked.last.landmarks_px[:12, 0].mean() - on) < 60


@pytest.mark.parametrize("score", [0.8, 0.95])
def test_of_two_bare_feet_it_is_the_one_that_is_whole_in_the_picture(score: float) -> None:
    belief = FootBelief()
    for i in range(5):
        look(
            belief,
            i * 0.1,
            [found(20, kind=("right", "plantar"), score=score, worked=0.99), found(380, score=0.82, worked=0.98)],
        )
    assert belief.worked is not None and belief.worked.kind == SOLE


def test_a_place_is_given_only_by_landmarks_that_suit_the_kind() -> None:
    belief = FootBelief()
    for i in range(5):
        look(belief, i * 0.1, [found()])
    flipped = replace(found(), landmarks_px=found().landmarks_px * [-1, 1] + [640, 0])
    look(belief, 0.5, [flipped])
    assert belief.worked is not None and belief.worked.kind == SOLE and belief.worked.placed() is None


def test_another_scene_is_begun_anew() -> None:
    belief = FootBelief()
    for i in range(5):
        look(belief, i * 0.1, [found()])
    belief.forget()
    assert belief.worked is None
    look(belief, 0.5, [found()])
    assert belief.worked is None
