"""What the pixels did between two instants: the motion of chosen points, and of the scenery.

Sparse Lucas–Kanade flow in pyramids (Bouguet 2000) on a small grey copy of the picture; intervals are at
least ``MIN_INTERVAL_S`` long, so that a 240 fps video costs what a 30 fps one does and its displacements
stand out of the noise as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats, Image

SMALL_SIDE = 320
"""Longer side of the grey copy, in pixels."""
MIN_INTERVAL_S = 0.028
_MAX_INTERVAL_S = 0.25
_GRID = (6, 5)
GRAIN_PX = 0.6
"""Motion on the small copy that the flow finds in a picture at rest, by the camera's noise and the video's blocks."""
_RETURN_PX = 0.7
_lucas_kanade: Any = cv2.calcOpticalFlowPyrLK
_LK = {"winSize": (15, 15), "maxLevel": 2, "minEigThreshold": 1e-4}


@dataclass(frozen=True, eq=False)
class PointFlow:
    """``shift`` (N, 2): where each point's pixels went, in px of the frame; ``known`` (N,) bool: it could
    be followed."""

    shift: Floats
    known: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Still:
    """A picture kept for the next comparison: ``grey`` is small, ``scale`` is its size over the frame's."""

    grey: Image
    scale: float
    time_s: float


def keep_still(image: Image, time_s: float) -> Still:
    """The small grey copy of a (H, W, 3) BGR or (H, W) picture."""
    longer = max(image.shape[:2])
    scale = min(1.0, SMALL_SIDE / longer)
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    # Shrink before losing the colours: the conversion then costs next to nothing.
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if scale < 1 else image
    grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY) if small.ndim == 3 else small
    return Still(np.ascontiguousarray(grey), scale, time_s)


def comparable(before: Still | None, time_s: float) -> bool:
    """Whether ``before`` lies far enough back, and not too far, for its points to be followed to
    ``time_s``."""
    return before is not None and MIN_INTERVAL_S <= time_s - before.time_s <= _MAX_INTERVAL_S


def follow(before: Still, now: Still, points: Floats) -> PointFlow:
    """Where the (N, 2) points (px of the frame) of ``before`` went until ``now``."""
    if len(points) == 0 or before.grey.shape != now.grey.shape or min(now.grey.shape) < 32:
        return PointFlow(np.zeros((len(points), 2)), np.zeros(len(points), bool))
    start = ((points + 0.5) * before.scale - 0.5).astype(np.float32)
    height, width = before.grey.shape
    inside = ((start >= 0) & (start <= [width - 1, height - 1])).all(axis=1)
    end, found, _ = _lucas_kanade(before.grey, now.grey, start[:, None], None, **_LK)
    again, found_again, _ = _lucas_kanade(now.grey, before.grey, end, None, **_LK)
    # Where something covers or uncovers a point its pixels are "found" anywhere; followed back they don't return.
    returned = np.abs(again[:, 0] - start).max(axis=1) < _RETURN_PX
    shift = (end[:, 0] - start).astype(float) / before.scale
    return PointFlow(shift, inside & returned & (found[:, 0] == 1) & (found_again[:, 0] == 1))


def backdrop_points(size: tuple[int, int], avoid: Sequence[Floats]) -> Floats:
    """(N, 2) px: a coarse grid over the frame, without what lies in the bounding boxes of ``avoid``."""
    x, y = (np.linspace(0.06, 0.94, n) * side for n, side in zip(_GRID, size, strict=True))
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    for shape in avoid:
        low, high = shape.min(axis=0), shape.max(axis=0)
        margin = 0.15 * (high - low)
        points = points[~((points > low - margin) & (points < high + margin)).all(axis=1)]
    return points


def backdrop_shift(flow: PointFlow) -> Floats:
    """(2,) px: how the whole scenery moved (a camera in the hand, a knock at the table); 0 where nothing
    tells."""
    if np.count_nonzero(flow.known) < 6:
        return np.zeros(2)
    return np.asarray(np.median(flow.shift[flow.known], axis=0), float)
