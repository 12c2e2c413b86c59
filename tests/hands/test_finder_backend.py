"""Finder and landmark network together, in a little world whose truth is known and on real pixels."""

from __future__ import annotations

import numpy as np
import pytest
from kinematic_hands import Mover, circling
from little_world import World, found, found_at, world_of

from trainer.finding import Sighting
from trainer.hands.finder_backend import FIND_EVERY_S
from trainer.hands.shape import hand_distance
from trainer.hands.with_finder import WithFinder
from trainer.model import Data, Frame, Hands, Presence

LEFT = Mover("left", circling(95, 120))
RIGHT = Mover("right", circling(225, 125, phase=1.0))


def close(hands: Hands, left: Mover | None, right: Mover | None, t: float) -> bool:
    """Whether each side that is shown is the hand it should be."""
    return all(
        not hand.seen or (mover is not None and hand_distance(hand.landmarks_px, mover.landmarks(t)) < 0.3)
        for hand, mover in zip(hands, (left, right), strict=True)
    )


class TestWorkingHands:
    @pytest.mark.parametrize("fps", [5.0, 15.0, 30.0, 60.0, 240.0])
    def test_are_shown_within_a_quarter_of_a_second_at_any_rate(self, fps: float) -> None:
        out = world_of([LEFT, RIGHT]).watch(1.5, fps)
        assert all(hand.presence is Presence.MEASURED for t, _, hands in out if t > 0.25 for hand in hands)
        assert all(close(hands, LEFT, RIGHT, t) for t, _, hands in out)

    def test_are_kept_while_the_finder_misses_many(self) -> None:
        rng = np.random.default_rng(1)
        world = World([LEFT, RIGHT], lambda t: [found(m, t) for m in (LEFT, RIGHT) if t < 0.5 or rng.random() > 0.15])
        out = world.watch(10)
        shown = [hand.presence is Presence.MEASURED for t, _, hands in out if t > 0.5 for hand in hands]
        assert np.mean(shown) > 0.98
        assert all(close(hands, LEFT, RIGHT, t) for t, _, hands in out)

    def test_that_the_network_doubts_are_shown_with_a_lower_score(self) -> None:
        world = world_of([RIGHT], presence=lambda t: 0.98 if t < 1.0 else 0.6)
        scores = {t: hands[1].score for t, _, hands in world.watch(2.0) if hands[1].presence is Presence.MEASURED}
        assert max(scores) > 1.95
        assert scores[max(scores)] < 0.75 * max(s for t, s in scores.items() if t < 1.0)

    def test_that_the_network_takes_for_something_else_are_given_up(self) -> None:
        world = world_of([RIGHT], presence=lambda t: 0.98 if t < 1.0 else 0.05)
        assert max(t for t, _, hands in world.watch(2.0) if hands[1].seen) < 1.4

    def test_are_looked_at_from_near_and_mirrored_too(self) -> None:
        world = world_of([LEFT, RIGHT])
        world.watch(2.0)
        assert {(part < 1, mirrored) for part, mirrored in world.looks} == {
            (False, False), (False, True), (True, False), (True, True),
        }  # fmt: skip

    def test_are_calmed_but_not_late(self) -> None:
        out = world_of([RIGHT]).watch(3.0)
        away = [hand_distance(h[1].landmarks_px, RIGHT.landmarks(t)) for t, _, h in out if t > 1.0]
        assert max(away) < 0.05


class TestWhatIsNoHand:
    def test_is_not_shown_for_one_false_finding(self) -> None:
        world = World([], lambda t: [found_at(150, 120)] if 0.95 < t < 1.05 else [])
        assert not any(hand.seen for _, _, hands in world.watch(2.0) for hand in hands)

    def test_is_never_shown_where_the_finder_is_unsure(self) -> None:
        world = World([], lambda t: [found_at(150, 120, score=0.35)])
        assert not any(hand.seen for _, _, hands in world.watch(3.0) for hand in hands)

    def test_is_given_up_soon_where_a_hand_has_left(self) -> None:
        world = World([RIGHT], lambda t: [found(RIGHT, t)] if t < 1.0 else [])
        last = max(t for t, _, hands in world.watch(2.0) if hands[1].seen)
        assert last < 1.25, "the network still sees a hand there, and so does a bridge"

    def test_a_third_hand_is_ignored(self) -> None:
        third = Mover("left", circling(160, 40, 4.0, 0.9), palm_px=26)
        movers = [third, LEFT, RIGHT]
        world = World(movers, lambda t: [found(m, t) for m in movers if m is not third or t > 0.6])
        assert all(close(hands, LEFT, RIGHT, t) for t, _, hands in world.watch(3.0))

    def test_two_findings_on_one_hand_are_one(self) -> None:
        world = World([RIGHT], lambda t: [found(RIGHT, t), found(RIGHT, t, 0.8, right=0.55)])
        out = world.watch(2.0)
        assert not any(hands[0].seen for _, _, hands in out)
        assert all(hands[1].seen for t, _, hands in out if t > 0.25)


class TestOneBesideTheOther:
    """The finder sees but one of two hands that work close together."""

    def test_is_kept_for_a_while(self) -> None:
        left, right = Mover("left", lambda t: (140, 120)), Mover("right", lambda t: (190, 120))
        world = World([left, right], lambda t: [found(left, t), *([] if 1.0 < t < 1.25 else [found(right, t)])])
        assert all(hands[1].presence is Presence.MEASURED for t, _, hands in world.watch(2.0) if t > 0.3)

    def test_but_not_for_long(self) -> None:
        left, right = Mover("left", lambda t: (140, 120)), Mover("right", lambda t: (190, 120))
        world = World([left, right], lambda t: [found(left, t), *([found(right, t)] if t < 1.0 else [])])
        assert max(t for t, _, hands in world.watch(2.5) if hands[1].seen) < 1.85


class TestSides:
    def test_do_not_flicker_with_the_finder(self) -> None:
        rng = np.random.default_rng(2)

        def says(t: float) -> list:
            return [found(m, t, right=0.8 if (m is RIGHT) != (rng.random() < 0.25) else 0.2) for m in (LEFT, RIGHT)]

        out = World([LEFT, RIGHT], says).watch(10)
        assert all(close(hands, LEFT, RIGHT, t) for t, _, hands in out if t > 1.0)
        assert all(hand.seen for t, _, hands in out if t > 1.0 for hand in hands)

    def test_wrong_at_first_are_put_right(self) -> None:
        out = World([RIGHT], lambda t: [found(RIGHT, t, right=0.3 if t < 0.25 else 0.9)]).watch(3.0)
        assert all(hands[1].seen and not hands[0].seen for t, _, hands in out if t > 1.2)

    def test_do_not_swap_where_paths_cross(self) -> None:
        left = Mover("left", lambda t: (70 + 60 * t, 95 + 3 * np.sin(9 * t)), palm_px=28)
        right = Mover("right", lambda t: (250 - 60 * t, 165 + 3 * np.cos(9 * t)), palm_px=28)

        def says(t: float) -> list:
            muddle = 1.2 < t < 1.8
            return [found(right, t, right=0.4 if muddle else 0.9), found(left, t)]

        out = World([left, right], says).watch(3.0)
        assert all(close(hands, left, right, t) for t, _, hands in out)
        assert all(hand.seen for t, _, hands in out for hand in hands if t > 0.3)

    def test_outlast_an_overlap_in_which_one_hand_is_seen(self) -> None:
        # The left hand passes over the right one, which is lost and comes back.
        right = Mover("right", lambda t: (180, 120))
        left = Mover("left", lambda t: (60 + 80 * t, 118))

        def says(t: float) -> list:
            hidden = abs(60 + 80 * t - 180) < 24
            return [found(left, t), *([] if hidden else [found(right, t, right=0.6)])]

        out = World([left, right], says).watch(3.2)
        assert all(close(hands, left, right, t) for t, _, hands in out)
        assert all(hand.seen for t, _, hands in out for hand in hands if t > 2.2)


class TestSchedule:
    @pytest.mark.parametrize("fps", [15.0, 30.0, 60.0, 240.0])
    def test_the_finder_looks_ten_times_a_second_of_video(self, fps: float) -> None:
        world = world_of([LEFT, RIGHT])
        out = world.watch(2.0, fps)
        steps = np.diff(world.looked_s)
        assert steps.min() > FIND_EVERY_S - 0.01 and steps.max() < FIND_EVERY_S + 1.01 / fps
        assert [t for t, sighting, _ in out if sighting.finding is not None] == world.looked_s

    def test_and_at_once_when_something_is_lost(self) -> None:
        world = world_of([RIGHT], presence=lambda t: 0.1 if t > 1.03 else 0.98)
        world.watch(1.3)
        after = [t for t in world.looked_s if t > 1.04]
        assert after[0] == pytest.approx(32 / 30)

    def test_the_same_frames_give_the_same_hands(self) -> None:
        first, again = (world_of([LEFT, RIGHT]).watch(1.0) for _ in range(2))
        for (_, _, a), (_, _, b) in zip(first, again, strict=True):
            np.testing.assert_array_equal(a[0].landmarks_px, b[0].landmarks_px)


def test_a_backend_without_a_finder_gets_findings_beside_its_own_hands() -> None:
    class Blind:
        name, trusted, finds, closed = "blind", False, False, 0

        @property
        def provenance(self) -> Data:
            return {"backend": self.name}

        def look(self, frame: Frame) -> Sighting:
            return Sighting(())

        def close(self) -> None:
            self.closed += 1

    world, blind = world_of([RIGHT]), Blind()
    both = WithFinder(blind, world)
    seen = [both.look(world.frame(i / 30, i)).finding for i in range(30)]
    both.close()
    assert [i for i, finding in enumerate(seen) if finding is not None] == list(range(0, 30, 3))
    assert both.provenance == {"backend": "blind", **world.provenance}
    assert blind.closed == 1 and both.name == "blind" and not both.trusted and both.finds
