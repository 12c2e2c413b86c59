from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.foot.scenes import (
    NO_HANDS,
    SIZE,
    DrawnFoot,
    background,
    draw_hand,
    frame,
    hand,
    hand_joints,
    place,
    similarity,
)
from trainer.finding import PARTS
from trainer.foot import atlas
from trainer.foot.geometry import metric_from_uv, to_px
from trainer.foot.given import GivenFoot
from trainer.foot.hidden import hands_mask, mask_of_hands, share_of_hands
from trainer.foot.tracker import FootTracker
from trainer.model import FOOT_LANDMARKS, Floats, Foot, Frame, Hands, Image, Presence

UV = atlas.landmarks_uv("plantar")
CLOTH = background()
ELSEWHERE = background(77, (150, 160, 150))
FOOT = DrawnFoot(seed=3)
HERE = place("left")
Scene = Callable[[float], tuple[Image, Hands]]


def given(px_from_uv: Floats = HERE, **changes: object) -> GivenFoot:
    base = GivenFoot.from_points(to_px(px_from_uv, UV), "left", "plantar", size=SIZE)
    return replace(base, **changes)  # type: ignore[arg-type]


def play(scene: Scene, times: Sequence[float], tracker: FootTracker | None = None) -> list[Foot]:
    tracker = tracker or FootTracker(given=given())
    feet = []
    for i, t in enumerate(times):
        image, hands = scene(t)
        feet.append(tracker.update(frame(image, t, i, seed=i), hands))
    return feet


def seconds(start: float, stop: float, fps: float = 15.0) -> list[float]:
    return [start + k / fps for k in range(round((stop - start) * fps))]


def off(foot: Foot, px_from_uv: Floats, length: float = 300.0) -> float:
    """Worst landmark error as a share of the foot's length."""
    return float(np.nanmax(np.linalg.norm(foot.landmarks_px - to_px(px_from_uv, UV), axis=1))) / length


def kneading(t: float, foot: Image, detected: bool) -> tuple[Image, Hands]:
    left = hand_joints((255 + 25 * np.cos(8 * t), 230 + 60 * np.sin(0.8 * t) + 25 * np.sin(8 * t)), 75, -20)
    right = hand_joints((390 + 25 * np.cos(8 * t + 3), 290 + 50 * np.sin(0.6 * t) + 25 * np.sin(8 * t + 3)), 75, 200)
    image = draw_hand(draw_hand(foot, left), right)
    return image, (hand("left", left), hand("right", right)) if detected else NO_HANDS


def roaming(t: float) -> Floats:
    return place(
        "left", length=300 * (1 + 0.06 * np.sin(0.7 * t)), degrees=-90 + 12 * np.sin(1.1 * t),
        centre=(320 + 40 * np.sin(1.7 * t), 240 + 25 * np.sin(2.3 * t)),
    )  # fmt: skip


@pytest.mark.parametrize("detected", [True, False])
def test_a_still_foot_does_not_drift_under_kneading_hands(detected: bool) -> None:
    still = FOOT.draw(CLOTH, HERE)
    feet = play(lambda t: kneading(t, still, detected), seconds(0, 10, 10))
    assert all(f.seen for f in feet)
    assert max(off(f, HERE) for f in feet) < 0.03
    assert off(feet[-1], HERE) < 0.005
    assert np.mean([np.linalg.norm(f.motion_px) for f in feet]) < 0.3


@pytest.mark.parametrize("detected", [True, False])
def test_a_moving_foot_is_followed_under_kneading_hands(detected: bool) -> None:
    times = seconds(0, 6, 20)
    tracker = FootTracker(given=given(roaming(0)))
    feet = play(lambda t: kneading(t, FOOT.draw(CLOTH, roaming(t)), detected), times, tracker)
    errors = [off(f, roaming(t)) for f, t in zip(feet, times, strict=True)]
    assert all(f.presence is Presence.MEASURED for f in feet)
    assert max(errors) < 0.04 and np.mean(errors) < 0.01
    centre = [to_px(roaming(t), (0.5, 0.5)) for t in times]
    walked = np.sum([f.motion_px for f in feet], axis=0)
    np.testing.assert_allclose(walked, centre[-1] - centre[0], atol=6)


def test_the_map_follows_with_the_landmarks() -> None:
    times = seconds(0, 1.5)
    feet = play(lambda t: (FOOT.draw(CLOTH, roaming(t)), NO_HANDS), times, FootTracker(given=given(roaming(0))))
    grid = atlas.grid_uv()
    truth = to_px(roaming(times[-1]), grid)
    assert np.abs(to_px(feet[-1].px_from_uv, grid) - truth).max() < 0.015 * 300


def test_a_foot_that_tilts_away_is_followed() -> None:
    def at(t: float) -> Floats:
        squeeze = np.diag([1 - 0.1 * np.clip(t - 1.2, 0, 2.5), 1.0, 1.0])
        return similarity(300, -90, (320, 240)) @ squeeze @ metric_from_uv("left", "plantar")

    times = seconds(0, 4.5)
    feet = play(lambda t: (FOOT.draw(CLOTH, at(t)), NO_HANDS), times)
    assert max(off(f, at(t)) for f, t in zip(feet, times, strict=True)) < 0.025
    assert off(feet[-1], at(times[-1])) < 0.01


@pytest.mark.parametrize("fps", [7.5, 60.0])
def test_the_frame_rate_does_not_matter(fps: float) -> None:
    times = seconds(0, 2, fps)
    feet = play(lambda t: (FOOT.draw(CLOTH, roaming(t)), NO_HANDS), times, FootTracker(given=given(roaming(0))))
    assert max(off(f, roaming(t)) for f, t in zip(feet, times, strict=True)) < 0.02


def test_what_a_hand_covered_at_first_is_learned() -> None:
    """The first frame shows mostly a hand that nobody detected; later the anchor must be the foot."""
    still = FOOT.draw(CLOTH, HERE)
    resting = draw_hand(still, hand_joints((320, 250), 100, 10))

    def scene(t: float) -> tuple[Image, Hands]:
        if t < 1:
            return resting, NO_HANDS
        if t < 4:
            return still, NO_HANDS
        return FOOT.draw(CLOTH, place("left", centre=(320 + 40 * min(1.0, t - 4), 240))), NO_HANDS

    feet = play(scene, seconds(0, 6))
    assert feet[-1].presence is Presence.MEASURED
    assert off(feet[-1], place("left", centre=(360, 240))) < 0.01


@pytest.mark.parametrize("what", ["black", "cut", "gone"])
def test_loss_is_said_and_the_foot_is_found_again_where_it_was(what: str) -> None:
    still = FOOT.draw(CLOTH, HERE)
    between = {"black": np.zeros_like(CLOTH), "cut": ELSEWHERE, "gone": CLOTH}[what]
    times = seconds(0, 4.5)
    feet = play(lambda t: (between if 1 <= t < 3 else still, NO_HANDS), times)
    unknown = [t for t, f in zip(times, feet, strict=True) if f.presence is Presence.UNKNOWN]
    assert all(1 <= t < 3.2 for t in unknown)
    assert all(f.presence is not Presence.MEASURED for t, f in zip(times, feet, strict=True) if 1 <= t < 3)
    # A cut or a black picture is noticed at once; a foot that vanishes may have been covered.
    assert min(unknown) < (2.2 if what == "gone" else 1.01)
    assert off(feet[-1], HERE) < 0.01
    assert np.isnan(feet[times.index(unknown[-1])].landmarks_px).all()


def test_after_a_cut_it_is_found_again_elsewhere_and_turned() -> None:
    there = place("left", centre=(215, 205), degrees=-50, length=275)
    before, after = FOOT.draw(CLOTH, HERE), FOOT.draw(CLOTH, there)
    feet = play(lambda t: (before if t < 1 else ELSEWHERE if t < 2 else after, NO_HANDS), seconds(0, 3.5))
    assert feet[-1].presence is Presence.MEASURED
    assert off(feet[-1], there, 275) < 0.01


def test_a_scene_without_the_foot_never_gets_one() -> None:
    still = FOOT.draw(CLOTH, HERE)
    alone = draw_hand(ELSEWHERE, hand_joints((330, 240), 90, -70))
    feet = play(lambda t: (still if t < 1 else alone, NO_HANDS), seconds(0, 4))
    assert all(f.presence is Presence.UNKNOWN for f in feet[15:])


def test_a_short_cover_is_bridged_in_place() -> None:
    still = FOOT.draw(CLOTH, HERE)
    covered = still.copy()
    cv2.rectangle(covered, (180, 60), (460, 400), (128, 160, 205), -1)
    times = seconds(0, 2.5)
    feet = play(lambda t: (covered if 1 <= t < 1.6 else still, NO_HANDS), times)
    inside = [f for t, f in zip(times, feet, strict=True) if 1 <= t < 1.6]
    assert all(f.presence is Presence.BRIDGED and off(f, HERE) < 0.01 for f in inside)
    assert feet[-1].presence is Presence.MEASURED
    assert np.nanmax(inside[-1].confidence) <= 0.5 * np.nanmax(feet[-1].confidence)


def test_landmarks_under_a_hand_are_surer_in_plain_view() -> None:
    still = FOOT.draw(CLOTH, HERE)
    heel = tuple(to_px(HERE, (0.06, 0.5)))
    joints = hand_joints((heel[0], heel[1]), 80, 20)
    covered = draw_hand(still, joints)
    hands = (hand("left", joints), NO_HANDS[1])
    foot = play(lambda t: (covered, hands) if t >= 0.5 else (still, NO_HANDS), seconds(0, 1))[-1]
    sure = dict(zip(FOOT_LANDMARKS, foot.confidence, strict=True))
    assert sure["heel_back"] == pytest.approx(0.5 * sure["hallux_tip"])
    assert sure["toe3_tip"] == sure["hallux_tip"] > 0.9
    assert np.isnan(sure["ankle_medial"])


def test_given_landmarks_hold_at_their_instant_and_size() -> None:
    still = FOOT.draw(CLOTH, HERE)
    half = given(time_s=0.5).scaled_to((320, 240))
    times = seconds(0, 1)
    feet = play(lambda t: (still, NO_HANDS), times, FootTracker(given=half, length_mm=231))
    assert [f.seen for f in feet] == [t >= 0.5 - 1e-6 for t in times]
    assert off(feet[-1], HERE) < 0.005
    assert feet[-1].length_mm == 231 and feet[-1].length_given and feet[0].length_mm == 231


def test_points_dragged_anew_hold_at_the_next_frame() -> None:
    still = FOOT.draw(CLOTH, HERE)
    tracker = FootTracker(given=given(place("left", centre=(300, 230))))
    play(lambda t: (still, NO_HANDS), seconds(0, 1), tracker)
    tracker.set_given(given(time_s=99.0, length_mm=262.0))
    foot = play(lambda t: (still, NO_HANDS), seconds(1, 2), tracker)[-1]
    assert off(foot, HERE) < 0.005 and foot.length_mm == 262.0


def test_the_same_frames_give_the_same_numbers() -> None:
    def run() -> list[Foot]:
        return play(lambda t: kneading(t, FOOT.draw(CLOTH, roaming(t)), False), seconds(0, 1.2))

    for a, b in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(a.landmarks_px, b.landmarks_px)
        np.testing.assert_array_equal(a.confidence, b.confidence)


@pytest.mark.parametrize("size", [(1920, 1080), (320, 240), (480, 848)])
def test_other_frame_sizes(size: tuple[int, int]) -> None:
    scale = min(size[0] / 640, size[1] / 480)
    there = np.array([[scale, 0, 0], [0, scale, 0], [0, 0, 1]]) @ HERE
    cloth = cv2.resize(CLOTH, size)
    big = GivenFoot.from_points(to_px(there, UV), "left", "plantar", size=size)
    tracker = FootTracker(given=big)
    foot = Foot.unknown()
    for i in range(6):
        moved = np.array([[1, 0, 3 * i * scale], [0, 1, 0], [0, 0, 1]]) @ there
        foot = tracker.update(frame(FOOT.draw(cloth, moved), i / 15, i, seed=i), NO_HANDS)
    assert off(foot, moved, 300 * scale) < 0.01
    np.testing.assert_allclose(foot.motion_px, [3 * scale, 0], atol=0.5 * scale)


@pytest.mark.parametrize("shape", [(1, 1), (20, 30), (480, 640)])
def test_pictures_without_anything_are_no_trouble(shape: tuple[int, int]) -> None:
    for tracker in (FootTracker(), FootTracker(given=given())):
        for i in range(3):
            foot = tracker.update(Frame(np.full((*shape, 3), 90, np.uint8), i / 10, i), NO_HANDS)
        assert foot.presence is not Presence.MEASURED


def test_a_given_foot_off_any_texture_is_not_claimed() -> None:
    foot = play(lambda t: (np.full_like(CLOTH, 120), NO_HANDS), seconds(0, 2))[-1]
    assert foot.presence is Presence.UNKNOWN


def test_the_mask_of_a_hand_covers_its_joints_and_forearm() -> None:
    joints = hand_joints((300, 240), 80, 0)
    mask = hands_mask((hand("left", joints), NO_HANDS[1]), SIZE)
    assert all(mask[round(y), round(x)] for x, y in joints)
    wrist = joints[0]
    assert mask[round(wrist[1]), round(wrist[0] - 100)] and not mask[round(wrist[1]), round(joints[:, 0].max() + 40)]
    assert hands_mask(NO_HANDS, SIZE).max() == 0
    half = hands_mask((hand("left", joints), NO_HANDS[1]), (320, 240), 0.5)
    assert abs(int((half > 0).sum()) * 4 - int((mask > 0).sum())) < 0.1 * (mask > 0).sum()


def test_what_a_finding_shows_as_hands_is_hidden() -> None:
    parts = np.zeros((60, 80), np.uint8)
    parts[20:30, 40:50], parts[40:50, 10:20] = PARTS.index("hand"), PARTS.index("foot")
    mask = mask_of_hands(parts, SIZE)
    assert mask.shape == (480, 640) and set(np.unique(mask)) == {0, 255}
    assert (mask[160:240, 320:400] == 255).all() and mask[:140].max() == 0 and mask[320:400, 80:160].max() == 0


def test_the_share_of_an_outline_that_hands_hide() -> None:
    parts = np.zeros((60, 80), np.uint8)
    parts[:, 40:] = PARTS.index("hand")
    square = np.array([[-240.0, 0.0], [240.0, 0.0], [240.0, 240.0], [-240.0, 240.0]])
    assert share_of_hands(parts, square + np.array([320.0, 120.0]), SIZE) == pytest.approx(0.5, abs=0.02)
    assert share_of_hands(parts, square / 4 + [500.0, 120.0], SIZE) == 1.0
    assert share_of_hands(parts, square - np.array([2000.0, 0.0]), SIZE) == 0.0
