"""The turned square that a landmark network is shown of a hand: where it lies, and how it is cut out. Pure.

The square is MediaPipe's: upright when the middle fingers' knuckles lie above the wrist, twice as large as the palm and
the fingers' lower joints, moved a little towards the fingers (Zhang et al., "MediaPipe Hands", arXiv:2006.10214).
"""

from __future__ import annotations

import cv2
import numpy as np

from trainer.finding import Crop
from trainer.model import Floats, Image

_INNER = np.array([0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18])
"""Landmarks that span the square: the fingertips move too much."""
_INDEX_MCP, _MIDDLE_MCP, _RING_MCP = 5, 9, 13
_LARGER = 2.0
_TOWARDS_FINGERS = 0.1


def crop_of(landmarks_px: Floats) -> Crop:
    """The crop of a hand whose landmarks (21, 2) px are known. All NaN when one of those that span it is."""
    wrist = landmarks_px[0]
    knuckles = (landmarks_px[_INDEX_MCP] + landmarks_px[_RING_MCP]) / 4 + landmarks_px[_MIDDLE_MCP] / 2
    up = knuckles - wrist
    angle = float(np.arctan2(up[0], -up[1]))
    axes = _axes(angle)
    inner = landmarks_px[_INNER] @ axes.T
    low, high = inner.min(axis=0), inner.max(axis=0)
    middle, extent = (low + high) / 2, high - low
    middle = middle - [0.0, _TOWARDS_FINGERS * extent[1]]
    x, y = middle @ axes
    return Crop(float(x), float(y), float(_LARGER * extent.max()), angle)


def pixels_from_crop(crop: Crop, size: int) -> Floats:
    """(2, 3) affine map from the pixels of a cut-out of ``size`` × ``size`` to the picture's."""
    axes = _axes(crop.angle)
    scale = crop.size / size
    linear = scale * axes.T
    corner = np.array([crop.x, crop.y]) - linear @ np.full(2, (size - 1) / 2)
    return np.column_stack([linear, corner])


def cut_out(image: Image, crop: Crop, size: int) -> Image:
    """(size, size, 3) uint8: what a crop shows, black outside the picture."""
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(image, pixels_from_crop(crop, size), (size, size), flags=flags), np.uint8)


def apart(a: Crop, b: Crop) -> float:
    """How unlike two crops are in place, size and direction; 0 for one and the same, 0.3 for two hands side by side."""
    x, y, size, turn = difference(a, b)
    return float(np.hypot(x, y) + 0.3 * abs(size) + 0.15 * (1.0 - np.cos(turn)))


def difference(a: Crop, b: Crop) -> Floats:
    """(4,) what has to be added to ``a`` to come to ``b``: x and y in shares of their size, log of the size, and turn
    in radians, the short way round."""
    size = np.sqrt(a.size * b.size)
    turn = (b.angle - a.angle + np.pi) % (2.0 * np.pi) - np.pi
    return np.array([(b.x - a.x) / size, (b.y - a.y) / size, np.log(b.size / a.size), turn])


def added(crop: Crop, step: Floats) -> Crop:
    """``crop`` with a ``difference`` (4,) added; shares are of the geometric mean of both sizes, as there."""
    grown = float(np.exp(step[2]))
    unit = crop.size * np.sqrt(grown)
    return Crop(
        float(crop.x + step[0] * unit), float(crop.y + step[1] * unit), crop.size * grown, float(crop.angle + step[3])
    )


def _axes(angle: float) -> Floats:
    """(2, 2) rows: the crop's right and down in the picture."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, s], [-s, c]])
