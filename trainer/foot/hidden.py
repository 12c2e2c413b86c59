"""What hides the foot: the picture under the working hands and their forearms."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.finding import PARTS
from trainer.model import Floats, Hands, Image

_FLESH = 0.16
"""A hand's flesh reaches this far beyond its joints, as a share of the hand's size."""
_FOREARM = 2.0
"""Length of forearm taken out behind the wrist, in hand sizes."""
_FOREARM_HALF_WIDTH = 0.3
_HAND = PARTS.index("hand")


def hand_size(landmarks_px: Floats) -> float:
    """Wrist to middle knuckle or knuckle row, whichever looks longer, in px: survives foreshortening of either."""
    palm = float(np.linalg.norm(landmarks_px[9] - landmarks_px[0]))
    row = float(np.linalg.norm(landmarks_px[5] - landmarks_px[17]))
    return max(palm, 1.2 * row)


def hands_mask(
    hands: Hands | None,
    size: tuple[int, int],
    scale: float = 1.0,
    hidden: Sequence[Floats] = (),
    forearms: bool = True,
) -> NDArray[np.uint8]:
    """(H, W) uint8, 255 under hands and (``forearms``) forearms, for a picture of ``size`` (width, height).

    ``scale`` takes the hands' pixels to this picture's. ``hidden`` are more (N, 2) point sets in the hands' pixels
    whose hulls hide the foot: detections that aren't tracked as hands.
    """
    mask = np.zeros((size[1], size[0]), np.uint8)
    for hand in hands or ():
        if hand.seen and np.isfinite(hand.landmarks_px).all():
            _draw_hand(mask, hand.landmarks_px * scale, forearms)
    for points in hidden:
        known = np.asarray(points, float)
        known = known[np.isfinite(known).all(axis=1)] * scale
        if len(known) == 21:
            _draw_hand(mask, known, forearms)
        elif len(known) >= 3:
            cv2.fillConvexPoly(mask, _hull(known), 255)
    return mask


def mask_of_hands(parts: Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """(H, W) uint8 for a picture of ``size`` (width, height), 255 where a finding's mask (h, w) of PARTS shows hands
    and forearms, and within one of its coarse pixels of them."""
    hand = np.where(parts == _HAND, 255, 0).astype(np.uint8)
    return np.asarray(cv2.resize(cv2.dilate(hand, np.ones((3, 3), np.uint8)), size, interpolation=cv2.INTER_NEAREST))


def share_of_hands(parts: Image, outline_px: Floats, size: tuple[int, int]) -> float:
    """Share of an outline (N, 2) px in a frame of ``size`` (width, height) over which a finding's mask shows hands."""
    scale = np.array([parts.shape[1] / size[0], parts.shape[0] / size[1]])
    within = np.zeros(parts.shape, np.uint8)
    cv2.fillPoly(within, [_ints((outline_px + 0.5) * scale - 0.5)], 1)
    return float((parts[within > 0] == _HAND).mean()) if within.any() else 0.0


def _draw_hand(mask: NDArray[np.uint8], joints: Floats, forearm: bool) -> None:
    reach = hand_size(joints)
    thick = max(1, round(2 * _FLESH * reach))
    hull = _hull(joints)
    cv2.fillConvexPoly(mask, hull, 255)
    cv2.polylines(mask, [hull], True, 255, thick)
    along = joints[0] - joints[[5, 9, 13, 17]].mean(axis=0)
    length = float(np.linalg.norm(along))
    # Seen end on (fingers towards the camera or away), the wrist's direction says nothing about the forearm.
    if forearm and length > 0.35 * reach:
        along = along / length
        across = np.array([-along[1], along[0]]) * _FOREARM_HALF_WIDTH * reach
        end = joints[0] + along * _FOREARM * reach
        arm = np.array([joints[0] - across, joints[0] + across, end + 1.3 * across, end - 1.3 * across])
        cv2.fillConvexPoly(mask, _ints(arm), 255)


def _hull(points: Floats) -> NDArray[np.int32]:
    return _ints(np.asarray(cv2.convexHull(points.astype(np.float32))[:, 0], float))


def _ints(points: Floats) -> NDArray[np.int32]:
    return np.round(np.clip(points, -20000, 20000)).astype(np.int32)
