"""The tracker in a little world whose truth is known: identity, gaps, and what must never be taken for a hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinematic_hands import SIZE, Mover, circling, frames, picture

from trainer.foot import atlas
from trainer.hands.shape import hand_distance
from trainer.hands.tracker import HandTracker
from trainer.model import Detection, Foot, Frame, Hands, Presence, Side

JITTER_PX = 0.7
UV = atlas.landmarks_uv("plantar")
Says = Callable[[float, int], Sequence[Detection]]


def run(
    movers: Sequence[Mover], seconds: float, fps: float, says: Says | None = None, jitter_px: float = JITTER_PX
) -> list[tuple[float, Hands]]:
    """The hands of each frame; ``says`` replaces what a landmarker that sees every mover would say."""
    tracker = HandTracker()
    rng = np.random.default_rng(5)
    out = []
    for frame in frames(movers, seconds, fps):
        if says is None:
            found: Sequence[Detection] = [
                m.detection(frame.time_s, jitter=rng.normal(0, jitter_px, (21, 2))) for m in movers
            ]
        else:
            found = says(frame.time_s, frame.index)
        out.append((frame.time_s, tracker.update(frame, found)))
    return out


def close(hands: Hands, left: Mover | None, right: Mover | None, t: float) -> bool:
    """Whether each side that is shown is the hand it should be."""
    return all(
        not hand.seen or (mover is not None and hand_distance(hand.landmarks_px, mover.landmarks(t)) < 0.3)
        for hand, mover in zip(hands, (left, right), strict=True)
    )


def pair() -> tuple[Mover, Mover]:
    return (
        Mover("left", circling(95, 120), seed=3),
        Mover("right", circling(225, 125, phase=1.0), seed=4),
    )


class TestWorkingHands:
    @pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 240.0])
    def test_are_shown_within_the_first_second_at_any_rate(self, fps: float) -> None:
        left, right = pair()
        out = run([left, right], 1.6 if fps > 100 else 3.0, fps)
        late = [(t, hands) for t, hands in out if t > 0.75]
        assert all(hand.presence is Presence.MEASURED for _, hands in late for hand in hands)
        assert all(close(hands, left, right, t) for t, hands in out)

    def test_are_kept_while_they_press_and_hold(self) -> None:
        def arrive(t: float) -> tuple[float, float]:
            share = min(t / 0.8, 1.0)
            return 40 + 110 * share, 60 + 60 * share

        hand = Mover("right", arrive, seed=4)
        out = run([hand], 32, 15)
        assert all(hands[1].presence is Presence.MEASURED for t, hands in out if t > 1.0)
        assert not any(hands[0].seen for _, hands in out)

    def test_come_back_quickly_after_being_lost(self) -> None:
        _, right = pair()

        def says(t: float, i: int) -> list[Detection]:
            return [] if 1.5 < t < 2.3 else [right.detection(t)]

        out = run([right], 4, 30, says)
        assert not any(hands[1].seen for t, hands in out if 1.9 < t < 2.29)
        assert all(hands[1].presence is Presence.MEASURED for t, hands in out if t > 2.65)

    def test_are_smoothed_but_not_late(self) -> None:
        _, right = pair()
        out = run([right], 4, 30, jitter_px=1.2)
        still = Mover("right", lambda t: (160, 120))
        raw = np.random.default_rng(5).normal(0, 1.2, (200, 21, 2)).std()
        wrong = np.concatenate([h[1].landmarks_px - right.landmarks(t) for t, h in out if t > 1])
        assert wrong.std() < 1.05 * raw
        assert still is not None


class TestSides:
    def test_survive_flipped_labels(self) -> None:
        left, right = pair()

        def says(t: float, i: int) -> list[Detection]:
            flip = i % 4 == 0
            return [left.detection(t, "right" if flip else "left"), right.detection(t, "left" if flip else "right")]

        out = run([left, right], 3, 30, says)
        assert all(close(hands, left, right, t) for t, hands in out)
        assert all(hand.seen for t, hands in out for hand in hands if t > 0.9)

    def test_of_two_lefts_are_one_left_and_one_right(self) -> None:
        left, right = pair()

        def says(t: float, i: int) -> list[Detection]:
            doubtful = right.detection(t, "left", 0.6) if t > 1 else right.detection(t)
            return [left.detection(t), doubtful]

        out = run([left, right], 3, 30, says)
        assert all(close(hands, left, right, t) for t, hands in out)
        assert all(hand.seen for t, hands in out for hand in hands if t > 0.9)

    def test_do_not_swap_where_paths_cross(self) -> None:
        left = Mover("left", lambda t: (70 + 60 * t, 95 + 3 * np.sin(9 * t)), palm_px=28, seed=3)
        right = Mover("right", lambda t: (250 - 60 * t, 165 + 3 * np.cos(9 * t)), palm_px=28, seed=4)

        def says(t: float, i: int) -> list[Detection]:
            # Where they pass each other the landmarker calls both of them left.
            muddle = 1.2 < t < 1.8
            return [right.detection(t, "left" if muddle else "right", 0.7), left.detection(t)]

        out = run([left, right], 3, 30, says)
        assert all(close(hands, left, right, t) for t, hands in out)
        assert all(hand.seen for t, hands in out for hand in hands if t > 0.9)

    def test_wrong_at_first_are_put_right(self) -> None:
        _, right = pair()
        out = run([right], 3, 30, lambda t, i: [right.detection(t, "left" if t < 0.2 else "right")])
        assert all(close(hands, None, right, t) and hands[1].seen for t, hands in out if t > 1.5)


class TestDuplicates:
    def test_on_one_hand_are_one_hand(self) -> None:
        _, right = pair()
        rng = np.random.default_rng(0)

        def says(t: float, i: int) -> list[Detection]:
            return [
                right.detection(t, "left", 0.99, rng.normal(0, 2, (21, 2))),
                right.detection(t, "right", 0.9, rng.normal(0, 2, (21, 2))),
            ]

        out = run([right], 3, 30, says)
        assert all(sum(hand.seen for hand in hands) <= 1 for _, hands in out)
        sides = {hand.side for t, hands in out for hand in hands if hand.seen and t > 1}
        assert len(sides) == 1

    def test_a_third_hand_is_left_out(self) -> None:
        left, right = pair()
        third = Mover("left", circling(160, 40, 4.0, 0.9), palm_px=26, seed=9)

        def says(t: float, i: int) -> list[Detection]:
            return [m.detection(t) for m in ((left, right, third) if t > 1.2 else (left, right))]

        out = run([left, right, third], 3, 30, says)
        assert all(close(hands, left, right, t) for t, hands in out)


class TestGaps:
    def test_short_ones_are_bridged_and_marked(self) -> None:
        _, right = pair()
        gap = (1.50, 1.74)
        out = run([right], 3, 30, lambda t, i: [] if gap[0] < t < gap[1] else [right.detection(t)])
        inside = [(t, hands[1]) for t, hands in out if gap[0] < t < gap[1]]
        assert inside and all(hand.presence is Presence.BRIDGED for _, hand in inside)
        assert all(hand_distance(hand.landmarks_px, right.landmarks(t)) < 0.45 for t, hand in inside)
        assert all(hands[1].presence is Presence.MEASURED for t, hands in out if t >= gap[1])

    @pytest.mark.parametrize("fps", [15.0, 30.0, 120.0])
    def test_long_ones_become_unknown_after_three_tenths_of_a_second(self, fps: float) -> None:
        _, right = pair()
        out = run([right], 2.5, fps, lambda t, i: [] if t > 1.5 else [right.detection(t)])
        last = max(t for t, hands in out if hands[1].presence is Presence.MEASURED)
        bridged = [t - last for t, hands in out if hands[1].presence is Presence.BRIDGED]
        unknown = [t - last for t, hands in out if t > last and not hands[1].seen]
        assert max(bridged) <= 0.3 + 1e-9 and min(unknown) > 0.3 - 1e-9
        assert all(np.isnan(hands[1].landmarks_px).all() for t, hands in out if t > last + 0.31)


class TestPhantoms:
    """A landmarker's hand where no hand is: on a still or moving foot, under a real hand, after one has left."""

    @pytest.mark.parametrize("jitter_px", [0.0, 0.7, 3.0])
    def test_on_a_still_scene(self, jitter_px: float) -> None:
        phantom = Mover("left", lambda t: (160, 120), drawn=False)
        out = run([phantom], 4, 30, jitter_px=jitter_px)
        assert not any(hand.seen for _, hands in out for hand in hands)

    def test_that_wanders_over_a_still_scene(self) -> None:
        phantom = Mover("left", circling(160, 120, 15, 0.8), drawn=False)
        assert not any(hand.seen for _, hands in run([phantom], 4, 30) for hand in hands)

    def test_under_a_camera_held_in_the_hand(self) -> None:
        tracker = HandTracker()
        rng = np.random.default_rng(2)
        for i in range(120):
            t = i / 30
            sway = np.array([8 * np.sin(2.1 * t) + 2 * np.sin(17 * t), 6 * np.sin(1.7 * t + 1)])
            phantom = Mover("right", lambda t, s=sway: tuple(np.array([150.0, 120.0]) + s), drawn=False)
            frame = Frame(picture([], t, camera=tuple(sway)), t, i)
            hands = tracker.update(frame, [phantom.detection(t, jitter=rng.normal(0, JITTER_PX, (21, 2)))])
            assert not any(hand.seen for hand in hands)

    def test_on_a_foot_that_is_moved(self) -> None:
        tracker = HandTracker()
        known: Foot | None = None
        for i in range(120):
            t = i / 30
            at = circling(160, 120, 12, 0.4)(t)
            # The foot is whatever is drawn there; its pixels move and the report with them.
            thing = Mover("right", lambda t, at=at: at, seed=8)
            hands = tracker.update(Frame(picture([thing], t), t, i), [thing.detection(t)], known)
            assert not any(hand.seen for hand in hands)
            h = np.array([[150.0, 0, at[0] - 75], [0, 60.0, at[1] - 30], [0, 0, 1]])
            known = Foot("left", "plantar", Presence.MEASURED, np.zeros((14, 2)), np.ones(14), h, np.zeros(2))

    def test_while_a_real_hand_works_across_it(self) -> None:
        phantom = Mover("left", lambda t: (150, 110), drawn=False, palm_px=40)
        real = Mover("right", lambda t: (150 + 55 * np.sin(2 * np.pi * 0.5 * t), 140), seed=4)
        out = run([phantom, real], 6, 30)
        assert not any(hands[0].seen for _, hands in out)
        assert np.mean([hands[1].seen for t, hands in out if t > 1]) > 0.9

    @pytest.mark.parametrize("speed_px", [40.0, 120.0])
    def test_that_stays_behind_when_the_hand_leaves(self, speed_px: float) -> None:
        def path(t: float) -> tuple[float, float]:
            x, y = circling(130, 120)(min(t, 2.0))
            return x + max(0.0, t - 2.0) * speed_px, y

        hand = Mover("right", path, seed=4)
        out = run([hand], 6, 30, lambda t, i: [hand.detection(min(t, 2.0))])
        assert all(hands[1].seen for t, hands in out if 1 < t < 2)
        assert not any(one.seen for t, hands in out if t > 3.2 for one in hands)


class TestBesideAFootThatIsKnown:
    """A foot of 120 px, toes up, in the middle of the picture."""

    @staticmethod
    def foot() -> Foot:
        h = np.array([[0.0, 46.8, 136.6], [-120, 0, 180], [0, 0, 1]])
        marks = np.array([(u * h[0, 0] + v * h[0, 1] + h[0, 2], u * h[1, 0] + h[1, 2]) for u, v in UV])
        return Foot("left", "plantar", Presence.MEASURED, marks, np.ones(14), h, np.zeros(2))

    def watch(self, mover: Mover, seconds: float, drawn: Sequence[Mover] = ()) -> list[tuple[float, Hands]]:
        tracker = HandTracker()
        rng = np.random.default_rng(5)
        return [
            (f.time_s, tracker.update(f, [mover.detection(f.time_s, jitter=rng.normal(0, 0.7, (21, 2)))], self.foot()))
            for f in frames([mover, *drawn], seconds, 30)
        ]

    def test_a_hand_that_reaches_for_it_is_shown_at_once(self) -> None:
        hand = Mover("right", circling(212, 125), angle=lambda t: -1.2, seed=4)
        assert all(hands[1].presence is Presence.MEASURED for _, hands in self.watch(hand, 1.0))

    def test_but_not_for_ever_when_it_never_moves(self) -> None:
        thing = Mover("right", lambda t: (212.0, 125.0), angle=lambda t: -1.2, drawn=False)
        out = self.watch(thing, 10.0)
        assert all(hands[1].seen for t, hands in out if t < 7.5), "it may press and hold"
        assert not any(hand.seen for t, hands in out if t > 8.5 for hand in hands)

    def test_the_other_foot_is_never_a_hand(self) -> None:
        thing = Mover("right", lambda t: (250.0, 125.0), drawn=False)
        assert not any(hand.seen for _, hands in self.watch(thing, 3.0) for hand in hands)

    def test_a_hand_that_comes_is_shown_within_two_frames(self) -> None:
        hand = Mover("right", lambda t: (275.0, 190.0 - 60 * t), seed=4)
        assert all(hands[1].seen for t, hands in self.watch(hand, 0.5) if t > 0.05)

    def test_a_label_that_is_wrong_at_first_swaps_nobody(self) -> None:
        hand = Mover("right", circling(212, 125), angle=lambda t: -1.2, seed=4)
        tracker = HandTracker()
        for f in frames([hand], 1.5, 30):
            found = hand.detection(f.time_s, "left" if f.time_s < 0.1 else "right", 0.75)
            hands = tracker.update(f, [found], self.foot())
            assert (hands[0].seen, hands[1].seen) == (False, True)


class TestOneHand:
    def test_whose_fingers_are_seen_twice_is_one(self) -> None:
        _, right = pair()

        def says(t: float, i: int) -> list[Detection]:
            spread = right.detection(t)
            folded = right.detection(t, "left")
            folded.landmarks_px[[6, 7, 8, 10, 11, 12, 14, 15, 16, 18, 19, 20]] += [55.0, 40.0]
            return [spread, folded]

        out = run([right], 2, 30, says)
        assert all(not hands[0].seen for t, hands in out)
        assert all(hands[1].seen for t, hands in out if t > 0.75)

    def test_is_not_taken_over_by_the_other_beside_it(self) -> None:
        left = Mover("left", circling(150, 120), seed=3)
        right = Mover("right", circling(172, 122, phase=1.0), seed=4)
        out = run([left, right], 3, 30, lambda t, i: [right.detection(t)] if t < 1.5 else [left.detection(t)])
        assert all(hands[1].seen for t, hands in out if 0.8 < t < 1.5)
        assert not any(hands[1].presence is Presence.MEASURED for t, hands in out if t > 1.6)


class TestContract:
    def test_time_must_rise(self) -> None:
        tracker = HandTracker()
        frame = Frame(np.zeros((60, 80, 3), np.uint8), 1.0, 0)
        tracker.update(frame, [])
        with pytest.raises(ValueError, match=r"after 1\.0 s"):
            tracker.update(frame, [])

    def test_resolution_makes_no_difference(self) -> None:
        _, right = pair()
        seen: list[list[bool]] = []
        for scale in (1.0, 2.5):
            tracker = HandTracker()
            seen.append([])
            for i in range(40):
                t = i / 30
                d = right.detection(t)
                scaled = Detection(d.side, d.score, d.landmarks_px * scale, d.world_m)
                hands = tracker.update(Frame(picture([right], t, scale=scale), t, i), [scaled])
                seen[-1].append(hands[1].seen)
        assert abs(sum(seen[0]) - sum(seen[1])) <= 3 and sum(seen[1]) > 20

    def test_a_picture_that_changes_size_midway(self) -> None:
        tracker = HandTracker()
        for i, size in enumerate([(60, 80), (120, 160), (60, 80), (1, 1), (60, 80)]):
            tracker.update(Frame(np.zeros((*size, 3), np.uint8), i / 30, i), [pair()[0].detection(0)])

    def test_trusted_hands_are_taken_as_they_are(self) -> None:
        left, right = pair()
        tracker = HandTracker(trusted=True)
        for i in range(10):
            t = i / 30
            found = [] if i in (5, 6) else [right.detection(t), left.detection(t)]
            hands = tracker.update(Frame(np.zeros((8, 8, 3), np.uint8), t, i), found)
            expected = Presence.BRIDGED if i in (5, 6) else Presence.MEASURED
            assert [hand.presence for hand in hands] == [expected, expected]
            if found:
                np.testing.assert_array_equal(hands[0].landmarks_px, left.landmarks(t))
                np.testing.assert_array_equal(hands[1].landmarks_px, right.landmarks(t))


@st.composite
def a_detection(draw: st.DrawFn) -> Detection:
    side: Side = draw(st.sampled_from(["left", "right"]))
    x, y = draw(st.floats(-50, 370)), draw(st.floats(-50, 290))
    palm = draw(st.floats(0.0, 120.0))
    angle = draw(st.floats(-4, 4))
    mover = Mover(side, lambda t: (x, y), palm_px=palm, angle=lambda t: angle)
    broken = draw(st.sampled_from([1.0, 1.0, 1.0, float("nan"), 0.0]))
    found = mover.detection(0.0, score=draw(st.floats(0, 1)))
    return Detection(side, found.score, found.landmarks_px * broken, found.world_m)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.001, 1.0), st.lists(a_detection(), max_size=4)), min_size=1, max_size=12),
    st.booleans(),
)
def test_whatever_is_reported_two_sides_come_out(script: list[tuple[float, list[Detection]]], trusted: bool) -> None:
    tracker = HandTracker(trusted=trusted)
    t = 0.0
    image = picture([pair()[0]], 0.0)
    kept = image.copy()
    for i, (step, found) in enumerate(script):
        t += step
        before = [d.landmarks_px.copy() for d in found]
        hands = tracker.update(Frame(image, t, i), found)
        assert [hand.side for hand in hands] == ["left", "right"]
        for hand in hands:
            assert hand.landmarks_px.shape == (21, 2) and hand.world_m.shape == (21, 3)
            assert np.isnan(hand.landmarks_px).all() == (hand.presence is Presence.UNKNOWN)
            assert np.isfinite(hand.landmarks_px).all() == hand.seen
            if hand.presence is Presence.MEASURED:
                assert found
        for d, b in zip(found, before, strict=True):
            np.testing.assert_array_equal(d.landmarks_px, b)
    np.testing.assert_array_equal(image, kept)
    assert (image.shape[1], image.shape[0]) == SIZE
