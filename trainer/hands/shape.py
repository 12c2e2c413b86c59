"""Sizes and distances of hands in the picture. Pure; lengths in the points' own unit, distances in hand
sizes."""

from __future__ import annotations

import math

import numpy as np

from trainer.model import Floats

KNUCKLES = [5, 9, 13, 17]
_PALM = [0, 5, 9, 17]
"""Wrist, and the base knuckles of index, middle and little finger."""
_WRIST_APART = 0.3
_ONE_WAY = 0.7
_WIDTH_TO_LENGTH = 1.5
"""Palm length (wrist → middle knuckle) over knuckle width (index → little): 1.4–1.6 in adults."""


def hand_size(points: Floats) -> float:
    """Length of the palm (wrist → middle knuckle) of landmarks (21, 2), as if seen face on.

    A palm that points at the camera is foreshortened; its width then tells the size instead. NaN for NaN.
    """
    # Plain floats: this is asked dozens of times a frame, and NumPy takes ten times as long over four points.
    wrist, index, middle, pinky = points[_PALM].tolist()
    return max(
        math.dist(wrist, index),
        math.dist(wrist, middle),
        math.dist(wrist, pinky),
        _WIDTH_TO_LENGTH * math.dist(index, pinky),
    )


def hand_distance(a: Floats, b: Floats) -> float:
    """Mean distance between the landmarks of two hands (21, 2), in sizes of the larger one."""
    size = max(hand_size(a), hand_size(b), 1e-9)
    apart = a - b
    return float(np.sqrt(np.einsum("ij,ij->i", apart, apart)).sum()) / (len(apart) * size)


def box_overlap(a: Floats, b: Floats) -> float:
    """Intersection over union of the bounding boxes of two hands (21, 2)."""
    low, high = np.maximum(a.min(axis=0), b.min(axis=0)), np.minimum(a.max(axis=0), b.max(axis=0))
    common = float(np.prod(np.maximum(high - low, 0.0)))
    total = float(np.prod(np.ptp(a, axis=0)) + np.prod(np.ptp(b, axis=0))) - common
    return common / total if total > 0 else 0.0


def same_wrist(a: Floats, b: Floats) -> bool:
    """Whether two hands (21, 2) come from one place and go one way, so that they are one, however their fingers lie."""
    size = max(hand_size(a), hand_size(b))
    ahead_a, ahead_b = a[KNUCKLES].mean(axis=0) - a[0], b[KNUCKLES].mean(axis=0) - b[0]
    along = float(ahead_a @ ahead_b) / max(float(np.linalg.norm(ahead_a) * np.linalg.norm(ahead_b)), 1e-9)
    return bool(np.linalg.norm(a[0] - b[0]) < _WRIST_APART * size and along > _ONE_WAY)


def same_hand(a: Floats, b: Floats) -> bool:
    """Whether two detections of one frame lie on one and the same hand.

    Two hands working side by side share a box at most by half, and their landmarks lie a good part of a
    palm apart.
    """
    apart = hand_distance(a, b)
    return apart < 0.35 or (box_overlap(a, b) > 0.7 and apart < 0.8) or same_wrist(a, b)
