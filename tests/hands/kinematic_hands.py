"""A little world with known truth: speckled hands that move over a speckled background, and what a landmarker says."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np

from trainer.model import Detection, Floats, Frame, Image, Side

SIZE = (320, 240)
_FINGERS = [(-0.42, 0.86), (-0.14, 1.0), (0.12, 0.95), (0.36, 0.82)]
_MIDDLE = np.array([0.0, 0.7])
"""From the middle of the hand to its wrist, in palms."""
_THUMB = [(-0.32, 0.22), (-0.56, 0.45), (-0.75, 0.68), (-0.88, 0.88)]


def open_hand(side: Side = "right") -> Floats:
    """(21, 2) an open hand seen from its back, fingers up (y grows downwards), wrist at 0, palm length 1."""
    points = [(0.0, 0.0), *_THUMB]
    for x, y in _FINGERS:
        points += [(x * (1 + 0.25 * k), y + 0.3 * k) for k in range(4)]
    shape = np.array(points) * [1.0, -1.0]
    return shape if side == "right" else shape * [-1.0, 1.0]


@dataclass(frozen=True)
class Mover:
    """A hand on a path. ``centre``: seconds → (x, y) px of the middle of the palm. ``drawn`` False: a phantom."""

    side: Side
    centre: Callable[[float], tuple[float, float]]
    palm_px: float = 36.0
    drawn: bool = True
    angle: Callable[[float], float] = lambda t: 0.0
    seed: int = 1

    def landmarks(self, t: float) -> Floats:
        a = self.angle(t)
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        return (open_hand(self.side) + _MIDDLE) * self.palm_px @ turn.T + np.array(self.centre(t))

    def detection(
        self, t: float, side: Side | None = None, score: float = 0.95, jitter: Floats | float = 0.0
    ) -> Detection:
        return Detection(side or self.side, score, self.landmarks(t) + jitter, np.full((21, 3), np.nan))


@cache
def speckle(seed: int, size: tuple[int, int] = SIZE) -> Image:
    noise = np.random.default_rng(seed).uniform(40, 215, (size[1], size[0])).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), 2.0)
    smooth = 128 + (smooth - smooth.mean()) * 5
    return np.clip(smooth, 0, 255).astype(np.uint8)


def picture(movers: Sequence[Mover], t: float, camera: tuple[float, float] = (0.0, 0.0), scale: float = 1.0) -> Image:
    """(H, W, 3) the world at ``t``; ``camera`` shifts all of it, hands as well, in px."""
    size = (round(SIZE[0] * scale), round(SIZE[1] * scale))
    zoom = np.diag([scale, scale])

    def warp(image: Image, matrix: Floats, offset: Floats) -> Image:
        m = np.c_[zoom @ matrix, zoom @ (offset + np.array(camera))]
        return cv2.warpAffine(image, m, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)

    image = warp(speckle(0), np.eye(2), np.zeros(2))
    for mover in movers:
        if not mover.drawn:
            continue
        a = mover.angle(t)
        turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
        mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
        middle = np.array(SIZE) / 2
        flat = (open_hand(mover.side) + _MIDDLE) * mover.palm_px + middle
        for finger in ([0, 1, 2, 3, 4], [0, 5, 6, 7, 8], [0, 9, 10, 11, 12], [0, 13, 14, 15, 16], [0, 17, 18, 19, 20]):
            cv2.polylines(mask, [np.round(flat[finger]).astype(np.int32)], False, 255, round(mover.palm_px * 0.3))
        offset = np.array(mover.centre(t)) - turn @ middle
        skin, where = warp(speckle(mover.seed + 10), turn, offset), warp(mask, turn, offset)
        where[: 2 if scale < 1 else 1] = 0
        image = np.where(where > 127, skin, image)
    return np.repeat(image[..., None], 3, axis=2)


def frames(movers: Sequence[Mover], seconds: float, fps: float) -> Iterator[Frame]:
    """The world, frame by frame."""
    for i in range(round(seconds * fps)):
        yield Frame(picture(movers, i / fps), i / fps, i)


def circling(
    x: float, y: float, radius: float = 6.0, hz: float = 1.2, phase: float = 0.0
) -> Callable[[float], tuple[float, float]]:
    return lambda t: (x + radius * np.cos(2 * np.pi * hz * t + phase), y + radius * np.sin(2 * np.pi * hz * t + phase))
