"""Which way a foot faces, from its landmarks in the picture, and what side and view follow from that. Pure.

Fourteen points in one picture tell the direction from which a foot is seen but for one doubt: a left foot seen from one
direction looks like a right foot seen from the opposite one. Which of the two it is must be told by what the foot looks
like (its sole or its top). So side and view are settled together.
"""

from __future__ import annotations

import numpy as np

from trainer.model import Floats

SHAPE = np.array([
    (-0.017, -0.548, -0.037), (-0.128, -0.416, 0.013), (0.100, -0.415, 0.012), (-0.153, -0.087, -0.039),
    (0.159, -0.118, 0.013), (-0.201, 0.176, 0.036), (0.179, 0.121, 0.040), (-0.140, 0.440, 0.051),
    (-0.042, 0.431, 0.057), (0.026, 0.398, 0.052), (0.089, 0.345, 0.048), (0.155, 0.297, 0.054),
    (-0.144, -0.299, -0.145), (0.115, -0.326, -0.154),
])  # fmt: skip
"""(14, 3) landmarks of a mean foot about their mean, in foot lengths: x to the lateral border, y to the toes, z out of
the sole. The mean over eight of the studio's people."""
FACES = np.array([(-0.07, 0.23, 0.97), (-0.17, 0.71, -0.68), (-0.98, 0.13, -0.14), (0.88, 0.41, -0.23)])
"""(4, 3) directions from which the faces of `model.VIEWS` are seen, on average over the studio's cameras."""
_SHARPNESS = 4.0
_HEAD_WEIGHT = 0.5
"""What the network's own word on the side counts for beside what follows from the landmarks."""
_LANDMARKS_WEIGHT = 0.3
"""What the landmarks count for in the view, which the network mostly tells by the foot's looks."""
_ROUNDS = 3


def direction(landmarks_px: Floats) -> Floats:
    """(3,) unit vector towards the camera in the axes of `SHAPE`, if the foot is a left one; a right one: its opposite.

    From (14, 2) landmarks, by a scaled orthographic camera; points that fit badly count less.
    """
    weights = np.ones(14)
    rows = np.zeros((2, 3))
    for _ in range(_ROUNDS):
        centre = weights @ landmarks_px / weights.sum()
        middle = weights @ SHAPE / weights.sum()
        off, shape = landmarks_px - centre, SHAPE - middle
        # A foot is flat: without this, noise would decide how much it leans.
        normal = (shape * weights[:, None]).T @ shape + 0.01 * np.eye(3)
        rows = np.linalg.solve(normal, (shape * weights[:, None]).T @ off).T
        misses = np.linalg.norm(off - shape @ rows.T, axis=1)
        weights = 1.0 / (1.0 + (misses / max(2.0 * float(np.median(misses)), 1e-6)) ** 2)
    u, _, v = np.linalg.svd(rows, full_matrices=False)
    right, down = u @ v
    return np.asarray(-np.cross(right, down))


def side_and_view(landmarks_px: Floats, right: float, views: Floats) -> tuple[float, Floats]:
    """The probability that a foot is a right one and (4,) those of its views.

    ``right`` and ``views`` (4,) are what the network says by the foot's looks.
    """
    seen_from = direction(landmarks_px)
    likely = []
    for camera in (seen_from, -seen_from):
        fits = np.exp(_SHARPNESS * (FACES @ camera))
        likely.append(views * fits / fits.sum())
    head = _logit(right)
    odds = np.log(likely[1].sum() + 1e-6) - np.log(likely[0].sum() + 1e-6) + _HEAD_WEIGHT * head
    p = float(1 / (1 + np.exp(-odds)))
    both = (1 - p) * likely[0] / likely[0].sum() + p * likely[1] / likely[1].sum()
    told = views ** (1 - _LANDMARKS_WEIGHT) * both**_LANDMARKS_WEIGHT
    return p, np.asarray(told / told.sum())


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return float(np.log(p / (1 - p)))
