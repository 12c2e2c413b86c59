"""Small pictures with transparency, made once and laid onto many frames."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.model import Image
from trainer.screen.theme import Colour


@dataclass(frozen=True, eq=False)
class Sprite:
    """``light`` (h, w, 3) uint8 is what it adds, ``keep`` (h, w, 3) uint8 how much of the ground stays (255 = all)."""

    light: Image
    keep: Image

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.light.shape[1], self.light.shape[0]


def tinted(mask: NDArray[np.uint8], colour: Colour, alpha: float = 1.0) -> Sprite:
    """A sprite of one colour; ``mask`` (h, w) uint8 is its opacity, weakened by ``alpha``."""
    opacity = cv2.merge([cv2.convertScaleAbs(mask, alpha=alpha)] * 3)
    ground = np.empty_like(opacity)
    ground[:] = colour
    light = cv2.multiply(opacity, ground, scale=1 / 255)
    return Sprite(np.asarray(light, np.uint8), np.asarray(255 - opacity, np.uint8))


def lay(image: Image, sprite: Sprite, x: int, y: int) -> None:
    """Blend the sprite onto ``image`` in place, its top left corner at (x, y); what sticks out is cut off."""
    width, height = sprite.size
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + width, image.shape[1]), min(y + height, image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    ground = image[y0:y1, x0:x1]
    cut = np.s_[y0 - y : y1 - y, x0 - x : x1 - x]
    cv2.multiply(ground, sprite.keep[cut], dst=ground, scale=1 / 255)
    cv2.add(ground, sprite.light[cut], dst=ground)


@lru_cache(maxsize=128)
def plate(width: int, height: int, radius: int, colour: Colour, alpha: float) -> Sprite:
    """A filled rectangle with round corners."""
    return tinted(rounded_mask(width, height, radius), colour, alpha)


def rounded_mask(width: int, height: int, radius: int) -> NDArray[np.uint8]:
    """(height, width) uint8: 255 inside a rectangle with round, smooth corners."""
    scale = 4
    radius = max(0, min(radius, width // 2, height // 2))
    corner = np.zeros((radius * scale, radius * scale), np.uint8)
    if radius:
        cv2.circle(corner, (radius * scale, radius * scale), radius * scale, 255, -1)
        corner = np.asarray(cv2.resize(corner, (radius, radius), interpolation=cv2.INTER_AREA), np.uint8)
    mask = np.full((height, width), 255, np.uint8)
    if radius:
        mask[:radius, :radius] = corner
        mask[:radius, -radius:] = corner[:, ::-1]
        mask[-radius:, :radius] = corner[::-1]
        mask[-radius:, -radius:] = corner[::-1, ::-1]
    return mask
