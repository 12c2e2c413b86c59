"""Posture: joint angles with analytic truth, and findings that need time."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from trainer.hands.forearm import forearm_direction
from trainer.model import Floats, Hand, Hands, Presence
from trainer.posture import HELD_S, PostureWatch, thumb_ip_extension_deg, wrist_bend_deg

NOWHERE = np.full(2, np.nan)


def hand_world(extension_deg: float) -> Floats:
    """A flat right hand whose thumb's end joint is bent backwards by so much. Metres."""
    world = np.zeros((21, 3))
    world[[5, 9, 13, 17]] = [[0.02, -0.09, 0], [0.0, -0.095, 0], [-0.02, -0.09, 0], [-0.04, -0.08, 0]]
    world[2], world[3] = [0.05, -0.03, 0], [0.05, -0.07, 0]
    # Away from the fingers is +x here, so backwards turns from -y towards +x.
    angle = np.radians(extension_deg)
    world[4] = world[3] + 0.03 * np.array([np.sin(angle), -np.cos(angle), 0])
    return world


def rotation(rng: np.random.Generator) -> Floats:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q *= np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


@pytest.mark.parametrize("extension_deg", [-80.0, -30.0, 0.5, 20.0, 45.0])
def test_the_thumb_angle_is_the_one_built_in_however_the_hand_is_turned(extension_deg: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(10):
        turned = hand_world(extension_deg) @ rotation(rng).T
        assert thumb_ip_extension_deg(turned) == pytest.approx(extension_deg, abs=1e-6)


def test_the_angle_of_a_mirrored_hand_is_the_same() -> None:
    assert thumb_ip_extension_deg(hand_world(35.0) * [-1, 1, 1]) == pytest.approx(35.0)


def test_an_unknown_thumb_has_no_angle() -> None:
    assert np.isnan(thumb_ip_extension_deg(np.full((21, 3), np.nan)))


@pytest.mark.parametrize("bend", [0.0, 30.0, 75.0])
def test_wrist_bend_is_the_angle_between_forearm_and_hand(bend: float) -> None:
    landmarks = np.zeros((21, 2))
    landmarks[9] = [0, -100]
    angle = np.radians(bend)
    assert wrist_bend_deg(landmarks, np.array([np.sin(angle), -np.cos(angle)])) == pytest.approx(bend, abs=1e-6)
    assert np.isnan(wrist_bend_deg(landmarks, NOWHERE))


def hands(extension_deg: float) -> Hands:
    world = hand_world(extension_deg)
    right = Hand("right", Presence.MEASURED, 300 + 2000 * world[:, :2], world, 0.9)
    return Hand.unknown("left"), right


def test_a_fault_needs_time_and_names_its_worst_angle() -> None:
    watch = PostureWatch()
    said_at = None
    for k in range(120):
        now = watch.update(k / 30, hands(32.0 + k / 30), (NOWHERE, NOWHERE))
        if now and said_at is None:
            said_at = k / 30
    assert said_at == pytest.approx(HELD_S, abs=0.05)
    (finding,) = watch.findings()
    assert (finding.kind, finding.hand) == ("thumb_hyperextended", "right")
    assert finding.worst_deg == pytest.approx(32 + 119 / 30, abs=0.01)


def test_passing_through_an_angle_is_no_fault() -> None:
    watch = PostureWatch()
    for k in range(300):
        watch.update(k / 30, hands(40.0 if k % 60 < 30 else -20.0), (NOWHERE, NOWHERE))
    assert watch.findings() == ()


def test_a_fault_ends_when_the_joint_is_good_again() -> None:
    watch = PostureWatch()
    for k in range(300):
        watch.update(k / 30, hands(40.0 if k < 90 else -20.0), (NOWHERE, NOWHERE))
    (finding,) = watch.findings()
    assert finding.end_s == pytest.approx(89 / 30, abs=0.01)


def painted_arm(
    angle_deg: float, skin: tuple[int, int, int], around: tuple[int, int, int]
) -> tuple[np.ndarray, Floats]:
    """A picture of a hand pointing up and a forearm that comes from ``angle_deg`` off straight below."""
    image = np.full((480, 640, 3), around, np.uint8)
    wrist, knuckle = np.array([320.0, 260.0]), np.array([320.0, 180.0])
    angle = np.radians(angle_deg)
    elbow = wrist + 260 * np.array([np.sin(angle), np.cos(angle)])
    cv2.line(image, tuple(wrist.astype(int)), tuple(elbow.astype(int)), skin, 44)
    cv2.line(image, tuple(wrist.astype(int)), tuple(knuckle.astype(int)), skin, 60)
    noise = np.random.default_rng(0).normal(0, 4, image.shape)
    landmarks = np.full((21, 2), np.nan)
    landmarks[0], landmarks[9] = wrist, knuckle
    return np.clip(image + noise, 0, 255).astype(np.uint8), landmarks


@pytest.mark.parametrize("skin", [(170, 190, 225), (60, 85, 120), (35, 45, 60)])
@pytest.mark.parametrize("angle_deg", [-60.0, -20.0, 0.0, 35.0, 70.0])
def test_the_forearm_is_found_on_every_skin(angle_deg: float, skin: tuple[int, int, int]) -> None:
    image, landmarks = painted_arm(angle_deg, skin, (140, 120, 60))
    bend = wrist_bend_deg(landmarks, forearm_direction(image, landmarks))
    assert bend == pytest.approx(abs(angle_deg), abs=14)


def test_no_forearm_is_claimed_over_a_surface_of_the_same_colour() -> None:
    image, landmarks = painted_arm(0.0, (170, 190, 225), (170, 190, 225))
    assert np.isnan(forearm_direction(image, landmarks)).all()


def test_a_forearm_below_the_picture_is_not_looked_for_to_the_side() -> None:
    image, landmarks = painted_arm(0.0, (170, 190, 225), (140, 120, 60))
    image = cv2.line(image[:300].copy(), (180, 262), (460, 262), (170, 190, 225), 44)
    assert np.isnan(forearm_direction(image, landmarks)).all()


def test_the_foots_skin_is_no_forearm() -> None:
    image, landmarks = painted_arm(80.0, (170, 190, 225), (140, 120, 60))
    foot = np.array([[330.0, 180.0], [620.0, 180.0], [620.0, 400.0], [330.0, 400.0]])
    assert np.isnan(forearm_direction(image, landmarks, foot)).all()
    assert np.isfinite(forearm_direction(image, landmarks, foot - [400.0, 0.0])).all()


def test_no_forearm_is_claimed_for_a_hand_out_of_the_picture() -> None:
    image, landmarks = painted_arm(0.0, (170, 190, 225), (140, 120, 60))
    assert np.isnan(forearm_direction(image, landmarks + 2000)).all()
    assert np.isnan(forearm_direction(image, np.full((21, 2), np.nan))).all()
