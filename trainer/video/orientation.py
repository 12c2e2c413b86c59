"""From the stored picture to the upright one: the display matrix of phone videos, and the size limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from trainer.model import Image


@dataclass(frozen=True)
class Orientation:
    """One of the eight ways a stored picture can lie: first ``transpose``, then the flips."""

    transpose: bool = False
    flip_x: bool = False
    flip_y: bool = False

    @classmethod
    def from_matrix(cls, matrix: Sequence[int]) -> Orientation:
        """The nearest upright orientation of a display matrix.

        Nine integers (a b u c d v x y w) that take the stored (x, y) to the shown (a·x + c·y, b·x + d·y).
        A matrix of another length, or of zeros, changes nothing.
        """
        if len(matrix) != 9:
            return cls()
        a, b, _, c, d = (int(value) for value in matrix[:5])
        if abs(b) + abs(c) > abs(a) + abs(d):
            return cls(True, c < 0, b < 0)
        return cls(False, a < 0, d < 0)

    @property
    def mirrored(self) -> bool:
        return self.transpose ^ self.flip_x ^ self.flip_y

    @property
    def rotation(self) -> int:
        """Degrees clockwise (0, 90, 180, 270) that the stored picture is turned by, before any mirroring."""
        flip_x = self.flip_x ^ self.mirrored
        if self.transpose:
            return 90 if flip_x else 270
        return 180 if flip_x else 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """(width, height) of the upright picture."""
        return (height, width) if self.transpose else (width, height)

    def upright(self, image: Image) -> Image:
        """``image`` (H, W, 3) uint8 turned upright; the same array when there is nothing to do."""
        if self.transpose:
            image = np.asarray(cv2.transpose(image), dtype=np.uint8)
        if not (self.flip_x or self.flip_y):
            return image
        code = -1 if self.flip_x and self.flip_y else 1 if self.flip_x else 0
        return np.asarray(cv2.flip(image, code), dtype=np.uint8)


def size_within(width: int, height: int, max_side: int | None) -> tuple[int, int]:
    """(width, height) with the longer side at most ``max_side``, in proportion, never enlarged.

    A reduced shorter side is even, so that a video written from it needs no padding. ``max_side`` is 2 or more.
    """
    longer = max(width, height)
    if max_side is None or longer <= max_side:
        return width, height
    shorter = max(2, min(width, height) * max_side // (2 * longer) * 2)
    return (max_side, shorter) if width >= height else (shorter, max_side)
