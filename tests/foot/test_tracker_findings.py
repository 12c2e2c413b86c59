"""The tracker fed by findings: believing, following, ending, and what a person said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from tests.foot.findings import NONE, FakeFinder, Faults, TrueFoot
from tests.foot.scenes import NO_HANDS, SIZE, DrawnFoot, background, draw_hand, frame, hand, hand_joints, place
from trainer.foot import atlas
from trainer.foot.geometry import to_px
from trainer.foot.given import GivenFoot
from trainer.foot.hidden import share_of_hands
from trainer.foot.tracker import FootTracker
from trainer.model import Floats, Foot, Hands, Image, Presence, Side, View

CLOTH = background()
SOLE, TOP = DrawnFoot(seed=3), DrawnFoot("dorsal", seed=8)
HERE = place("left")
ELSEWHERE = background(77, (150, 160, 150))
FPS = 10.0


def true(px_from_uv: Floats = HERE, side: Side = "left", view: View = "plantar") -> TrueFoot:
    return TrueFoot(side, view, to_px(px_from_uv, atlas.landmarks_uv(view)))


@dataclass(frozen=True, eq=False)
class Shown:
    """What is before the camera at one instant, and which feet the finder is shown."""

    image: Image
    feet: tuple[TrueFoot, ...] = ()
    hands: Hands = field(default=NO_HANDS)


def play(
    scene: Callable[[float], Shown], stop_s: float, tracker: FootTracker | None = None, faults: Faults = NONE,
    start_s: float = 0.0, every_s: float = 0.1, seed: int = 0,
) -> list[Foot]:  # fmt: skip
    tracker, finder = tracker or FootTracker(), FakeFinder(faults, seed, every_s)
    feet = []
    for i in range(round((stop_s - start_s) * FPS)):
        t = start_s + i / FPS
        shown = scene(t)
        finding = finder.find(t, SIZE, shown.feet, shown.hands)
        feet.append(tracker.update(frame(shown.image, t, i, seed=i), shown.hands, finding))
    return feet


def off(foot: Foot, truth: TrueFoot, length: float = 300.0) -> float:
    """Median landmark error as a share of the foot's length."""
    return float(np.nanmedian(np.linalg.norm(foot.landmarks_px - truth.landmarks_px, axis=1))) / length


def still(t: float) -> Shown:
    return Shown(SOLE.draw(CLOTH, HERE), (true(),))


def given(px_from_uv: Floats = HERE) -> GivenFoot:
    return GivenFoot.from_points(true(px_from_uv).landmarks_px, "left", "plantar", size=SIZE)


def first_seen(feet: Sequence[Foot]) -> int:
    return next(i for i, foot in enumerate(feet) if foot.seen)


def test_a_foot_that_findings_agree_on_is_found_soon() -> None:
    feet = play(still, 1.0)
    assert 1 <= first_seen(feet) <= 3
    assert feet[-1].presence is Presence.MEASURED and (feet[-1].side, feet[-1].view) == ("left", "plantar")
    assert off(feet[-1], true()) < 0.01
    np.testing.assert_allclose(to_px(feet[-1].px_from_uv, (0.5, 0.5)), to_px(HERE, (0.5, 0.5)), atol=2)


def test_without_findings_and_without_a_given_foot_none_is_announced() -> None:
    assert not any(foot.seen for foot in play(still, 1.0, every_s=99.0))


@pytest.mark.parametrize("seed", [0, 1])
def test_noise_of_findings_is_averaged_and_a_still_foot_stands_still(seed: int) -> None:
    feet = play(still, 4.0, faults=Faults(), seed=seed)
    seen = feet[first_seen(feet) :]
    assert all(foot.presence is Presence.MEASURED for foot in seen)
    assert {(foot.side, foot.view) for foot in seen} == {("left", "plantar")}
    assert max(off(foot, true()) for foot in seen) < 0.03 and off(feet[-1], true()) < 0.01
    late = np.array([foot.landmarks_px for foot in feet[25:]])
    assert np.nanmedian(np.linalg.norm(np.diff(late, axis=0), axis=2)) < 0.3
    corners = np.array([to_px(foot.px_from_uv, atlas.outline("plantar")) for foot in feet[25:]])
    assert np.median(np.linalg.norm(np.diff(corners, axis=0), axis=2)) < 0.3


def test_a_moving_foot_is_followed_between_rare_findings() -> None:
    def at(t: float) -> Floats:
        return place("left", degrees=-90 + 8 * np.sin(2 * t), centre=(320 + 30 * np.sin(3 * t), 240))

    feet = play(lambda t: Shown(SOLE.draw(CLOTH, at(t)), (true(at(t)),)), 3.0, every_s=0.5)
    errors = [off(foot, true(at(i / FPS))) for i, foot in enumerate(feet) if foot.seen]
    assert len(errors) > 20 and max(errors) < 0.02


def test_a_foot_that_the_finder_no_longer_sees_ends_in_about_a_second() -> None:
    feet = play(lambda t: Shown(SOLE.draw(CLOTH, HERE), (true(),) if t < 1 else ()), 3.0)
    assert feet[9].seen
    ended = next(i for i in range(10, 30) if not feet[i].seen)
    assert 15 <= ended <= 24 and not any(foot.seen for foot in feet[ended:])


@pytest.mark.parametrize("hidden", [True, False])
def test_a_finder_that_misses_a_foot_ends_it_unless_hands_hide_it(hidden: bool) -> None:
    image = SOLE.draw(CLOTH, HERE)
    left, right = hand_joints((330, 150), 160, 5), hand_joints((330, 330 if hidden else 150), 160, 185)
    hands: Hands = (hand("left", left), hand("right", right))
    shown = FakeFinder().find(0.0, SIZE, (true(),), hands)
    assert shown is not None
    share = share_of_hands(shown.mask, to_px(HERE, atlas.outline("plantar")), SIZE)
    assert (share > 0.8) == hidden and share > 0.3
    feet = play(lambda t: Shown(image, (true(),) if t < 1 else (), NO_HANDS if t < 1 else hands), 2.8)
    assert feet[9].seen and feet[-1].seen == hidden


def test_a_covered_foot_goes_where_findings_have_it() -> None:
    """Nothing of the foot is recognised any more, but findings see it move under what covers it."""

    def at(t: float) -> Floats:
        return place("left", centre=(320 + 40 * max(t - 1.5, 0.0), 240))

    def scene(t: float) -> Shown:
        image = SOLE.draw(CLOTH, at(t))
        if t < 1.5:
            return Shown(image, (true(at(t)),))
        joints = [hand_joints((330, 170), 150, 5), hand_joints((330, 310), 150, 185)]
        for one in joints:
            image = draw_hand(image, one)
        return Shown(image, (true(at(t)),), (hand("left", joints[0]), hand("right", joints[1])))

    feet = play(scene, 3.0)
    assert all(foot.seen for foot in feet[17:])
    assert max(off(foot, true(at(i / FPS))) for i, foot in enumerate(feet) if i > 16) < 0.05


def test_findings_win_over_a_follower_that_sits_in_the_wrong_place() -> None:
    """A foot is taken away from a picture of itself."""
    there = place("left", centre=(200, 240), length=220)
    both = SOLE.draw(SOLE.draw(CLOTH, place("left", centre=(450, 240), length=220)), there)
    stays = place("left", centre=(450, 240), length=220)
    feet = play(lambda t: Shown(both, (true(stays if t < 1.5 else there),)), 3.5)
    assert off(feet[14], true(stays), 220) < 0.01 and off(feet[-1], true(there), 220) < 0.01


def test_another_foot_after_a_cut_is_begun_anew() -> None:
    there = place("right", centre=(220, 250), degrees=-60)
    after = DrawnFoot(colour=(80, 110, 160), seed=9).draw(ELSEWHERE, there)

    def scene(t: float) -> Shown:
        return still(t) if t < 1.5 else Shown(after, (true(there, "right"),))

    feet = play(scene, 3.0)
    assert not feet[15].seen and feet[20].seen
    assert feet[-1].side == "right" and off(feet[-1], true(there, "right")) < 0.01
    assert all(off(foot, true(there, "right")) < 0.05 for foot in feet[15:] if foot.seen)


def test_a_foot_that_is_turned_from_sole_to_top_is_known_to_be_so_in_about_a_second() -> None:
    top = place("left", "dorsal")

    def scene(t: float) -> Shown:
        return still(t) if t < 2 else Shown(TOP.draw(CLOTH, top), (true(top, "left", "dorsal"),))

    feet = play(scene, 5.0, faults=Faults())
    assert {foot.view for foot in feet[5:20]} == {"plantar"}
    changed = next(i for i, foot in enumerate(feet) if foot.seen and foot.view == "dorsal")
    assert 21 <= changed <= 32 and all(foot.view == "dorsal" and foot.seen for foot in feet[changed + 2 :])
    assert off(feet[-1], true(top, "left", "dorsal")) < 0.02


def test_a_given_foot_is_never_moved_by_findings_while_it_is_followed() -> None:
    biased = TrueFoot("left", "plantar", true().landmarks_px + np.array([9.0, -6.0]))
    feet = play(lambda t: Shown(SOLE.draw(CLOTH, HERE), (biased,)), 3.0, FootTracker(given=given()), Faults())
    assert max(off(foot, true()) for foot in feet) < 0.003
    assert all(foot.presence is Presence.MEASURED for foot in feet)


@pytest.mark.parametrize("wrong", ["far", "other", "none"])
def test_a_given_foot_outlives_wrong_findings(wrong: str) -> None:
    shown = {"far": (true(place("left", centre=(480, 300))),), "other": (true(HERE, "right", "dorsal"),), "none": ()}
    feet = play(lambda t: Shown(SOLE.draw(CLOTH, HERE), shown[wrong]), 3.0, FootTracker(given=given()))
    assert all(foot.seen and (foot.side, foot.view) == ("left", "plantar") for foot in feet)
    assert max(off(foot, true()) for foot in feet) < 0.005


def test_a_given_foot_comes_back_where_findings_have_it_as_the_person_placed_it() -> None:
    """The findings have their own idea of the landmarks; only where the foot went is taken from them."""
    there = place("left", centre=(215, 205), degrees=-50, length=275)
    before, after = SOLE.draw(CLOTH, HERE), SOLE.draw(CLOTH, there)
    shift = 12.0 * np.random.default_rng(1).normal(size=(14, 2))

    def scene(t: float) -> Shown:
        if t < 1.5:
            return Shown(before, (TrueFoot("left", "plantar", true().landmarks_px + shift),))
        if t < 2.5:
            return Shown(ELSEWHERE)
        turn = np.array([[np.cos(0.698), -np.sin(0.698)], [np.sin(0.698), np.cos(0.698)]])
        return Shown(after, (TrueFoot("left", "plantar", true(there).landmarks_px + 275 / 300 * shift @ turn.T),))

    feet = play(scene, 4.0, FootTracker(given=given()))
    assert not any(foot.seen for foot in feet[15:25])
    assert feet[30].seen and off(feet[-1], true(there), 275) < 0.01


def test_what_the_user_told_narrows_the_findings() -> None:
    both = (true(place("right", centre=(200, 240), length=220), "right"), TrueFoot(
        "left", "plantar", true(place("left", centre=(450, 240), length=220)).landmarks_px, worked=0.2))  # fmt: skip
    image = SOLE.draw(SOLE.draw(CLOTH, place("right", centre=(200, 240), length=220)),
                      place("left", centre=(450, 240), length=220))  # fmt: skip
    told = play(lambda t: Shown(image, both), 1.5, FootTracker(side="left"))[-1]
    assert told.side == "left" and off(told, both[1], 220) < 0.01
    untold = play(lambda t: Shown(image, both), 1.5)[-1]
    assert untold.side == "right" and off(untold, both[0], 220) < 0.01


def test_findings_of_nothing_and_a_changed_frame_size_are_no_trouble() -> None:
    tracker = FootTracker()
    play(still, 0.5, tracker)
    small = frame(np.zeros((30, 40, 3), np.uint8), 0.6, 6)
    finding = FakeFinder().find(0.6, (40, 30), (), NO_HANDS)
    assert not tracker.update(small, NO_HANDS, finding).seen
