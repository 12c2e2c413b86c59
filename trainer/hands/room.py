"""Making room for a hand in a landmarker that follows only so many things at once.

A report on the bare foot takes one of the slots, and while all are taken no hand is looked for. Hidden from the
landmarker for two pictures, the report is dropped in the first, and in the second hands are looked for without it.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from trainer.hands.shape import hand_size
from trainer.model import Floats, Image

_FINGERS = ([0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [5, 9, 13, 17], [9, 10, 11, 12], [13, 14, 15, 16], [0, 17, 18, 19, 20])
_AROUND = 0.25
"""How far around a report the picture is hidden, in hand sizes: so far that the toe tips go as well."""
_KEEP = 0.35
"""Width of the strip along a hand's bones that is never hidden, in hand sizes."""


@dataclass(frozen=True, eq=False)
class Crowd:
    """Why there is no room: ``ghosts`` are reports (21, 2) px that aren't hands, ``hands`` those that are, at the frame
    of that ``index`` and time."""

    index: int
    time_s: float
    ghosts: tuple[Floats, ...]
    hands: tuple[Floats, ...]


def without_ghosts(image: Image, crowd: Crowd) -> Image:
    """A copy of the (H, W, 3) picture in which the ghosts are painted over, and the hands are not."""
    hidden = np.zeros(image.shape[:2], np.uint8)
    for ghost in crowd.ghosts:
        hull = cv2.convexHull(np.round(ghost).astype(np.int32))
        cv2.fillConvexPoly(hidden, hull, 255)
        cv2.polylines(hidden, [hull], True, 255, _width(2 * _AROUND, ghost))
    for hand in crowd.hands:
        for bones in _FINGERS:
            cv2.polylines(hidden, [np.round(hand[bones]).astype(np.int32)], False, 0, _width(_KEEP, hand))
    out = image.copy()
    # Any plain colour will do; the picture's own middle one neither adds an edge of its own nor changes the exposure.
    out[hidden > 0] = np.median(image[::16, ::16].reshape(-1, image.shape[2]), axis=0)
    return out


def _width(share: float, points: Floats) -> int:
    return int(np.clip(round(share * hand_size(points)), 1, 255))
