"""What becomes of a stock landmarker's detections, and of hands that need no doubt."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinematic_hands import Mover, circling
from little_world import NO_MASK, found

from trainer.finding import Finding, FoundHand, Sighting
from trainer.hands.shape import hand_distance
from trainer.hands.stock import StockHands
from trainer.hands.trusted import TrustedHands
from trainer.model import Detection, Hands, Presence, Side

LEFT = Mover("left", circling(95, 120))
RIGHT = Mover("right", circling(225, 125, phase=1.0))
Says = Callable[[float], Sequence[Detection]]


def run(
    says: Says, seconds: float = 3.0, fps: float = 30.0, finds: Callable[[float], Sequence[FoundHand]] | None = None
) -> list[tuple[float, Hands]]:
    """The hands of each frame; ``finds`` is what a finder says in every third frame (None: there is none)."""
    tracker, out = StockHands(), []
    for i in range(round(seconds * fps)):
        t = i / fps
        finding = Finding(tuple(finds(t)), (), NO_MASK) if finds is not None and i % 3 == 0 else None
        out.append((t, tracker.update(t, Sighting(tuple(says(t)), finding))))
    return out


def close(hands: Hands, left: Mover | None, right: Mover | None, t: float) -> bool:
    """Whether each side that is shown is the hand it should be."""
    return all(
        not hand.seen or (mover is not None and hand_distance(hand.landmarks_px, mover.landmarks(t)) < 0.3)
        for hand, mover in zip(hands, (left, right), strict=True)
    )


class TestStockHands:
    def test_survive_flipped_labels(self) -> None:
        def says(t: float) -> list[Detection]:
            flip = round(t * 30) % 4 == 3
            return [LEFT.detection(t, "right" if flip else "left"), RIGHT.detection(t, "left" if flip else "right")]

        out = run(says)
        assert all(close(hands, LEFT, RIGHT, t) and all(hand.seen for hand in hands) for t, hands in out)

    def test_of_two_lefts_are_one_left_and_one_right(self) -> None:
        out = run(lambda t: [LEFT.detection(t), RIGHT.detection(t, "left" if t > 1 else "right", 0.6)])
        assert all(close(hands, LEFT, RIGHT, t) and all(hand.seen for hand in hands) for t, hands in out)

    def test_seen_twice_are_one(self) -> None:
        rng = np.random.default_rng(0)

        def says(t: float) -> list[Detection]:
            return [RIGHT.detection(t, "left", 0.9, rng.normal(0, 2, (21, 2))), RIGHT.detection(t, jitter=1.0)]

        assert all(sum(hand.seen for hand in hands) == 1 for _, hands in run(says))

    def test_short_gaps_are_bridged_and_marked(self) -> None:
        out = run(lambda t: [] if 1.50 < t < 1.74 else [RIGHT.detection(t)])
        inside = [(t, hands[1]) for t, hands in out if 1.50 < t < 1.74]
        assert inside and all(hand.presence is Presence.BRIDGED for _, hand in inside)
        assert all(hand_distance(hand.landmarks_px, RIGHT.landmarks(t)) < 0.45 for t, hand in inside)

    @pytest.mark.parametrize("fps", [15.0, 30.0, 120.0])
    def test_long_ones_become_unknown_after_three_tenths_of_a_second(self, fps: float) -> None:
        out = run(lambda t: [] if t > 1.5 else [RIGHT.detection(t)], 2.5, fps)
        last = max(t for t, hands in out if hands[1].presence is Presence.MEASURED)
        bridged = [t - last for t, hands in out if hands[1].presence is Presence.BRIDGED]
        unknown = [t - last for t, hands in out if t > last and not hands[1].seen]
        assert max(bridged) <= 0.3 + 1e-9 and min(unknown) > 0.3 - 1e-9

    def test_what_the_finder_does_not_see_is_not_shown(self) -> None:
        foot = Mover("left", lambda t: (160, 40))
        out = run(lambda t: [foot.detection(t), RIGHT.detection(t)], finds=lambda t: [found(RIGHT, t)])
        assert not any(hands[0].seen for _, hands in out)
        assert all(hands[1].seen for t, hands in out if t > 0.25)


class TestTrustedHands:
    def test_are_taken_as_they_are(self) -> None:
        tracker = TrustedHands()
        for i in range(10):
            t = i / 30
            hands = (RIGHT.detection(t), LEFT.detection(t)) if i not in (5, 6) else ()
            left, right = tracker.update(t, Sighting(hands))
            expected = Presence.MEASURED if hands else Presence.BRIDGED
            assert (left.presence, right.presence) == (expected, expected)
            if hands:
                np.testing.assert_array_equal(left.landmarks_px, LEFT.landmarks(t))
                np.testing.assert_array_equal(right.landmarks_px, RIGHT.landmarks(t))

    def test_are_not_bridged_where_the_finder_sees_none(self) -> None:
        tracker = TrustedHands()
        tracker.update(0.0, Sighting((LEFT.detection(0), RIGHT.detection(0))))
        left, right = tracker.update(0.05, Sighting((), Finding((found(RIGHT, 0.05),), (), NO_MASK)))
        assert (left.presence, right.presence) == (Presence.UNKNOWN, Presence.BRIDGED)


@st.composite
def a_detection(draw: st.DrawFn) -> Detection:
    side: Side = draw(st.sampled_from(["left", "right"]))
    x, y = draw(st.floats(-50, 370)), draw(st.floats(-50, 290))
    palm, angle = draw(st.floats(0.0, 120.0)), draw(st.floats(-4, 4))
    broken = draw(st.sampled_from([1.0, 1.0, 1.0, float("nan"), 0.0]))
    one = Mover(side, lambda t: (x, y), palm_px=palm, angle=lambda t: angle).detection(0.0, score=draw(st.floats(0, 1)))
    return Detection(side, one.score, one.landmarks_px * broken, one.world_m)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.floats(0.001, 1.0), st.lists(a_detection(), max_size=4), st.booleans()), min_size=1, max_size=12
    ),
    st.sampled_from([StockHands, TrustedHands]),
)
def test_whatever_is_reported_two_sides_come_out(
    script: list[tuple[float, list[Detection], bool]], tracker_of: type[StockHands] | type[TrustedHands]
) -> None:
    tracker, t = tracker_of(), 0.0
    for step, said, finds in script:
        t += step
        before = [d.landmarks_px.copy() for d in said]
        hands = tracker.update(t, Sighting(tuple(said), Finding((found(LEFT, 0.0),), (), NO_MASK) if finds else None))
        assert [hand.side for hand in hands] == ["left", "right"]
        for hand in hands:
            assert hand.landmarks_px.shape == (21, 2) and hand.world_m.shape == (21, 3)
            assert np.isnan(hand.landmarks_px).all() == (hand.presence is Presence.UNKNOWN)
            assert np.isfinite(hand.landmarks_px).all() == hand.seen
            if hand.presence is Presence.MEASURED:
                assert said
        for d, b in zip(said, before, strict=True):
            np.testing.assert_array_equal(d.landmarks_px, b)
