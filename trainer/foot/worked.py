"""Which of several feet is the massaged one, by more than what the finder says of it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.finding import FoundFoot, FoundHand

_HANDS, _WHOLE, _MIDDLE = 0.4, 0.25, 0.15
"""What hands on a foot, being whole in the picture and being in its middle count for, beside ``FoundFoot.worked``."""
_REACH = 0.5
"""A hand is on a foot when its crop's middle lies this near to a landmark, in sizes of the crop."""


def claim(found: FoundFoot, hands: Sequence[FoundHand], size: tuple[int, int]) -> float:
    """How much speaks for a foot in a picture of ``size`` (width, height) being the massaged one, 0 to about 1.8.

    Two bare feet beside each other may both look as if they were: whoever films shows the one that matters.
    """
    points = found.landmarks_px[np.isfinite(found.landmarks_px).all(axis=1)]
    if not len(points):
        return found.worked
    frame = np.array(size, float)
    whole = float(((points >= 0) & (points < frame)).all(axis=1).mean())
    off = float(np.linalg.norm(points.mean(axis=0) - frame / 2) / np.linalg.norm(frame / 2))
    touched = max((hand.score * (_apart(hand, points) < _REACH) for hand in hands), default=0.0)
    return found.worked + _HANDS * touched + _WHOLE * whole + _MIDDLE * max(0.0, 1.0 - off)


def _apart(hand: FoundHand, points: np.ndarray) -> float:
    away = np.linalg.norm(points - [hand.crop.x, hand.crop.y], axis=1).min()
    return float(away / max(hand.crop.size, 1e-9))
