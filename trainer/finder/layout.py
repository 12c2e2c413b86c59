"""What goes into the finder's network and what comes out: the sizes and channels that training and use agree on.

The network takes pictures of any shape whose sides are multiples of `MULTIPLE`, with about `AREA` pixels: (1, 3, H, W)
float32 RGB in 0–1. It gives two stacks of maps:

- ``coarse`` (1, 49, H/8, W/8): centres of hands and feet, and at each centre what is there;
- ``fine`` (1, 18, H/4, W/4): what each place shows (logits of `finding.PARTS`), where each landmark is (logits).

Places in the maps are cells; the centre of cell (i, j) of a map of stride s is the input pixel (s·j + (s − 1)/2, …).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats, Image

AREA = 256 * 192
OUTSIDE = 114
"""Grey, of all three colours, where a picture ends."""
MULTIPLE = 32
COARSE_STRIDE, FINE_STRIDE = 8, 4

HAND_HEAT = 0
"""Logits that the centre of the left hand's crop (0), of the right hand's (1) is here."""
HAND_FACTS = 2
"""Per side six: dx, dy (from here to the centre, in `UNIT_PX`), log of the size over `UNIT_PX`, sine and cosine of the
angle, logit of the visible share."""
FACTS = 6
FOOT_HEAT = HAND_HEAT + 2 + 2 * FACTS
WORKED = FOOT_HEAT + 1
RIGHT_FOOT = WORKED + 1
VIEW = RIGHT_FOOT + 1
"""Four logits, in the order of `model.VIEWS`."""
LANDMARKS = VIEW + 4
"""14 pairs dx, dy from here to the landmark, in `UNIT_PX`."""
COARSE_CHANNELS = LANDMARKS + 28
PARTS_AT, HEATS_AT = 0, 4
FINE_CHANNELS = HEATS_AT + 14
UNIT_PX = 48.0


def input_shape(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the network's input for a picture of that shape."""
    aspect = min(max(width / height, 0.34), 3.0)
    tall = np.sqrt(AREA / aspect)
    return _fitting(tall * aspect), _fitting(tall)


def _fitting(pixels: float) -> int:
    return max(MULTIPLE, round(pixels / MULTIPLE) * MULTIPLE)


def input_scale(size: tuple[int, int], shape: tuple[int, int]) -> float:
    """Input pixels per picture pixel: the whole picture (width, height) fits into ``shape``, from its upper left."""
    return min(shape[0] / size[0], shape[1] / size[1])


def network_input(image: Image, shape: tuple[int, int]) -> NDArray[np.float32]:
    """(1, 3, H, W) float32 RGB of a BGR picture, grey where the picture ends."""
    height, width = image.shape[:2]
    scale = input_scale((width, height), shape)
    size = (min(shape[0], max(1, round(width * scale))), min(shape[1], max(1, round(height * scale))))
    if scale <= 0.5:
        # Halving is ten times as fast as any other way to make a picture small without aliasing.
        image = np.asarray(cv2.resize(image, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if 2 * scale < 1 else cv2.INTER_LINEAR)
    full = np.full((shape[1], shape[0], 3), OUTSIDE, np.uint8)
    full[: size[1], : size[0]] = small
    return np.asarray(cv2.dnn.blobFromImage(full, 1 / 255.0, swapRB=True), np.float32)


def cell_centres(width: int, height: int, stride: int) -> Floats:
    """(height, width, 2) input pixels of the cells' centres of a map."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    return np.asarray(np.stack([x, y], axis=-1) * float(stride) + (stride - 1) / 2, float)
