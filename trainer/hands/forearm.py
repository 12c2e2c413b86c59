"""Where the forearm leaves the hand: the one direction that the 21 landmarks don't tell.

The skin (or sleeve) beyond the wrist continues the hand, so rays are cast from the wrist, away from the fingers; the
forearm lies along those whose colour stays that of the hand's back and wrist the longest. No answer is given where no
direction stands out, as over a foot of the same colour.
"""

from __future__ import annotations

import cv2
import numpy as np

from trainer.model import Floats, Image

_ANGLES = np.radians(np.arange(-90, 91, 10))
_STEPS = np.linspace(0.25, 1.1, 12)
"""Along each ray, in hand lengths (wrist → middle knuckle)."""
_SIMILAR = 26.0
"""Distance in Lab below which a sample counts as the same skin: several times the mottling of lit skin."""
_MIN_LENGTH = 0.6
_AHEAD = np.abs(np.degrees(_ANGLES)) <= 40
_IN_PICTURE = 0.7
"""Share of the straight directions' samples that must lie in the picture: a forearm outside can't be seen bent."""
_MAX_SPREAD = np.radians(70)


def forearm_direction(image: Image, landmarks_px: Floats, foot_outline_px: Floats | None = None) -> Floats:
    """(2,) unit vector from elbow to wrist in pixels, NaN where no direction stands out.

    ``image`` (H, W, 3) BGR, ``landmarks_px`` (21, 2). Skin within ``foot_outline_px`` (N, 2) is the foot's: no forearm
    is looked for there.
    """
    unknown = np.full(2, np.nan)
    wrist, knuckle = landmarks_px[0], landmarks_px[9]
    hand = knuckle - wrist
    length = float(np.linalg.norm(hand))
    if not np.isfinite(length) or length < 12:
        return unknown
    height, width = image.shape[:2]
    back = -hand / length
    cos, sin = np.cos(_ANGLES), np.sin(_ANGLES)
    rays = np.stack([cos * back[0] - sin * back[1], sin * back[0] + cos * back[1]], axis=1)
    points = wrist + rays[:, None, :] * (_STEPS[None, :, None] * length)
    palm = wrist + np.linspace(0.15, 0.7, 6)[:, None] * hand
    sample = np.concatenate([palm, points.reshape(-1, 2)])
    inside = np.asarray(((sample >= 0) & (sample <= [width - 1, height - 1])).all(axis=1))
    at = np.clip(np.round(sample), 0, [width - 1, height - 1]).astype(int)
    lab = cv2.cvtColor(image[at[:, 1], at[:, 0]][None], cv2.COLOR_BGR2LAB)[0].astype(float)
    lab[:, 0] *= 0.5  # light falls off along an arm; colour doesn't
    skin = np.median(lab[: len(palm)], axis=0)
    same = (np.linalg.norm(lab - skin, axis=1) < _SIMILAR)[len(palm) :].reshape(len(_ANGLES), -1)
    same_inside = inside[len(palm) :].reshape(same.shape)
    if same_inside[_AHEAD].mean() < _IN_PICTURE:
        return unknown
    if foot_outline_px is not None and np.isfinite(foot_outline_px).all():
        contour = foot_outline_px.astype(np.float32)
        on_foot = [cv2.pointPolygonTest(contour, (float(x), float(y)), False) >= 0 for x, y in points.reshape(-1, 2)]
        same &= ~np.array(on_foot).reshape(same.shape)
    run = np.cumprod(same | ~same_inside, axis=1) * same_inside
    reach = run.sum(axis=1) / len(_STEPS) * (_STEPS[-1] - _STEPS[0]) + _STEPS[0]
    along = reach >= max(_MIN_LENGTH, 0.85 * reach.max())
    if not along.any():
        return unknown
    angles = _ANGLES[along]
    if angles.max() - angles.min() > _MAX_SPREAD:
        return unknown
    angle = float(np.average(angles, weights=reach[along]))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(-(turn @ back))
