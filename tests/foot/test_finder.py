from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from tests.foot.scenes import NO_HANDS, SIZE, DrawnFoot, background, draw_hand, frame, hand, hand_joints, place
from trainer.foot import atlas
from trainer.foot.finder import FootFinder, propose_foot
from trainer.foot.geometry import to_px
from trainer.foot.tracker import FootTracker
from trainer.model import Floats, Image, Presence, Side

UV = atlas.landmarks_uv("plantar")
TONES = {
    "very light": ((205, 218, 240), (96, 92, 88)),
    "light": ((170, 190, 230), (200, 205, 150)),
    "medium": ((140, 170, 215), (200, 200, 205)),
    "brown": ((70, 100, 150), (90, 60, 40)),
    "dark": ((40, 55, 80), (120, 110, 100)),
    "very dark": ((30, 36, 50), (190, 190, 190)),
}


def off(landmarks: Floats, truth: Floats, length: float) -> Floats:
    return np.asarray(np.linalg.norm(landmarks - to_px(truth, UV), axis=1)) / length


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(("side", "degrees", "length"), [("left", -95.0, 300.0), ("right", 40.0, 210.0)])
def test_a_bare_foot_of_any_tone_is_found_with_its_side(tone: str, side: Side, degrees: float, length: float) -> None:
    skin, cloth = TONES[tone]
    truth = place(side, length=length, degrees=degrees, centre=(300, 250))
    image = frame(DrawnFoot(colour=skin).draw(background(2, cloth), truth), 0, seed=1).image
    found = propose_foot(image, None)
    assert found is not None and found.side == side and found.view == "plantar"
    assert np.nanmean(off(found.landmarks_px, truth, length)) < 0.04
    assert found.confidence > 0.85


def test_a_gray_picture_will_do() -> None:
    truth = place("right", length=280, degrees=-70)
    image = DrawnFoot(colour=(170, 170, 170)).draw(background(3, (70, 70, 70)), truth)
    gray = np.repeat(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[..., None], 3, axis=2)
    found = propose_foot(gray, None)
    assert found is not None and found.side == "right"
    assert np.nanmean(off(found.landmarks_px, truth, 280)) < 0.04


def test_a_known_side_tells_sole_from_top() -> None:
    truth = place("left", "plantar", length=300)
    image = DrawnFoot().draw(background(2), truth)
    sole, top = propose_foot(image, None, side="left"), propose_foot(image, None, side="right")
    assert sole is not None and top is not None
    assert (sole.view, top.view) == ("plantar", "dorsal")
    assert propose_foot(image, None, side="right", view="plantar") is None or (
        np.nanmean(off(propose_foot(image, None, side="right", view="plantar").landmarks_px, truth, 300)) > 0.05  # type: ignore[union-attr]
    )


def no_feet() -> dict[str, Image]:
    rng = np.random.default_rng(4)
    skin = (140, 170, 215)
    one = draw_hand(background(1), hand_joints((300, 250), 85, -60))
    two = draw_hand(one, hand_joints((440, 330), 75, 200))
    face = background(11)
    cv2.ellipse(face, (320, 240), (80, 110), 10, 0, 360, skin, -1, cv2.LINE_AA)
    for x in (290, 350):
        cv2.circle(face, (x, 220), 9, (40, 40, 60), -1)
    cv2.ellipse(face, (320, 290), (30, 10), 0, 0, 360, (90, 90, 180), -1)
    table = background(21)
    cv2.rectangle(table, (100, 200), (520, 330), (60, 100, 150), -1)
    oval = background(12)
    cv2.ellipse(oval, (320, 240), (62, 150), 20, 0, 360, skin, -1, cv2.LINE_AA)
    return {
        "one hand": one, "two hands": two, "face": face, "table": table, "oval": oval, "cloth": background(7),
        "noise": rng.integers(0, 255, (480, 640, 3)).astype(np.uint8), "black": np.zeros((480, 640, 3), np.uint8),
        "plain": np.full((480, 640, 3), skin, np.uint8), "tiny": np.zeros((9, 9, 3), np.uint8),
    }  # fmt: skip


@pytest.mark.parametrize("what", no_feet())
def test_where_no_foot_is_none_is_proposed(what: str) -> None:
    assert propose_foot(no_feet()[what], None) is None


def test_hands_that_hold_still_are_no_foot_over_time_either() -> None:
    image = no_feet()["two hands"]
    finder = FootFinder()
    assert all(finder.update(frame(image, t / 4, t, seed=t), NO_HANDS) is None for t in range(12))


def test_known_hands_are_left_out() -> None:
    left, right = hand_joints((210, 330), 75, -15), hand_joints((430, 330), 75, 195)
    truth = place("left", length=320)
    image = draw_hand(draw_hand(DrawnFoot().draw(background(2), truth), left), right)
    found = propose_foot(image, (hand("left", left), hand("right", right)))
    assert found is not None
    assert np.nanmean(off(found.landmarks_px, truth, 320)) < 0.05


def test_a_foot_is_found_while_hands_move_over_it_and_then_followed() -> None:
    truth = place("right", length=300, degrees=-85)
    still = DrawnFoot(seed=2).draw(background(6), truth)
    tracker = FootTracker(length_mm=255)
    feet = []
    for i in range(40):
        t = i / 10
        left = hand_joints((190 + 20 * np.cos(6 * t), 320 + 90 * np.sin(2 * t)), 75, -15)
        right = hand_joints((450 + 20 * np.cos(6 * t), 300 + 90 * np.sin(2.5 * t)), 75, 195)
        feet.append(tracker.update(frame(draw_hand(draw_hand(still, left), right), t, i, seed=i), NO_HANDS))
    assert feet[-1].presence is Presence.MEASURED and feet[-1].side == "right"
    assert np.nanmean(off(feet[-1].landmarks_px, truth, 300)) < 0.05
    assert all(f.presence is Presence.UNKNOWN or np.nanmean(off(f.landmarks_px, truth, 300)) < 0.1 for f in feet)
    assert feet[-1].length_mm == 255


def test_a_proposal_becomes_a_given_foot() -> None:
    truth = place("left", length=300)
    found = propose_foot(DrawnFoot().draw(background(2), truth), None)
    assert found is not None
    as_given = found.as_given(SIZE, length_mm=250)
    np.testing.assert_allclose(as_given.points, found.landmarks_px)
    assert (as_given.width, as_given.height) == SIZE


def test_the_same_picture_gives_the_same_proposal_soon_enough() -> None:
    image = DrawnFoot().draw(background(2), place("left", length=300))
    first = propose_foot(image, None)
    start = time.process_time()
    second = propose_foot(image, None)
    spent = time.process_time() - start
    assert first is not None and second is not None
    np.testing.assert_array_equal(first.landmarks_px, second.landmarks_px)
    assert spent < 1.0  # a guard against blunders; the measured figure is in the benchmark
