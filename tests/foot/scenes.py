"""Drawn scenes with known truth: a textured flat foot, hands that move over it, no foot at all."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import cv2
import numpy as np

from trainer.foot import atlas
from trainer.foot.geometry import metric_from_uv, to_px
from trainer.model import Floats, Frame, Hand, Hands, Image, Presence, Side, View

SIZE = (640, 480)
NO_HANDS: Hands = (Hand.unknown("left"), Hand.unknown("right"))


def similarity(length: float, degrees: float, centre: tuple[float, float]) -> Floats:
    """(3, 3) from foot lengths about the foot's middle to px; 0° points the toes to the right, −90° up."""
    a = np.deg2rad(degrees)
    return np.array(
        [[length * np.cos(a), -length * np.sin(a), centre[0]], [length * np.sin(a), length * np.cos(a), centre[1]],
         [0.0, 0.0, 1.0]]
    )  # fmt: skip


def place(
    side: Side = "left", view: View = "plantar", *, length: float = 300.0, degrees: float = -90.0,
    centre: tuple[float, float] = (320.0, 240.0),
) -> Floats:  # fmt: skip
    """(3, 3) px_from_uv of a foot laid flat."""
    return similarity(length, degrees, centre) @ metric_from_uv(side, view)


def noise_picture(rng: np.random.Generator, size: tuple[int, int], blobs: float, contrast: float) -> Floats:
    """(H, W) smooth noise of zero mean; ``blobs`` is its grain in px."""
    grain = cv2.GaussianBlur(rng.normal(size=(size[1], size[0])), (0, 0), blobs)
    return np.asarray(contrast * grain / grain.std(), float)


class DrawnFoot:
    """A flat foot with skin texture, creases between the toes and shading, drawn through any homography."""

    def __init__(self, view: View = "plantar", colour: tuple[int, int, int] = (140, 170, 215), seed: int = 0) -> None:
        self.view: View = view
        self._scale = 400.0
        self._canvas = np.array([[400.0, 0.0, 40.0], [0.0, 400.0 * atlas.aspect(view), 40.0], [0.0, 0.0, 1.0]])
        rng = np.random.default_rng(seed)
        size = (480, int(80 + 400 * atlas.aspect(view)))
        skin = np.ones((size[1], size[0], 3)) * np.array(colour, float)
        skin += noise_picture(rng, size, 2.0, 2.5)[..., None] + noise_picture(rng, size, 9.0, 5.0)[..., None]
        outline = to_px(self._canvas, atlas.outline(view))
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255)
        inner = cv2.distanceTransform(mask, cv2.DIST_L2, 5)
        skin *= (0.62 + 0.38 * np.clip(inner / 26.0, 0, 1))[..., None]
        for notch in ((0.955, 0.345), (0.945, 0.535), (0.91, 0.70), (0.86, 0.845)):
            a = to_px(self._canvas, notch)
            b = to_px(self._canvas, (notch[0] - 0.09, notch[1] - 0.012))
            ends = (tuple(np.round(p).astype(int)) for p in (a, b))
            cv2.line(skin, *ends, tuple(0.45 * c for c in colour), 3, cv2.LINE_AA)
        self._skin = skin.clip(0, 255).astype(np.uint8)
        self._mask = mask

    def draw(self, image: Image, px_from_uv: Floats) -> Image:
        """``image`` (H, W, 3) with the foot on it."""
        warp = px_from_uv @ np.linalg.inv(self._canvas)
        size = (image.shape[1], image.shape[0])
        skin = cv2.warpPerspective(self._skin, warp, size, flags=cv2.INTER_AREA)
        alpha = cv2.warpPerspective(self._mask, warp, size).astype(float)[..., None] / 255
        return np.asarray(image * (1 - alpha) + skin * alpha, np.uint8)


def background(seed: int = 5, base: tuple[int, int, int] = (96, 92, 88)) -> Image:
    """(480, 640, 3) uint8 cloth-like background."""
    rng = np.random.default_rng(seed)
    picture = np.ones((SIZE[1], SIZE[0], 3)) * np.array(base, float)
    picture += noise_picture(rng, SIZE, 3.0, 3.0)[..., None] + noise_picture(rng, SIZE, 40.0, 8.0)[..., None]
    return np.asarray(picture.clip(0, 255), np.uint8)


def hand_joints(at: tuple[float, float], size: float, degrees: float) -> Floats:
    """(21, 2) px of a flat hand, fingers along ``degrees``, its middle at ``at``."""
    fingers = np.array([[0.0, 0.0]] + [[0.25 + 0.2 * k, -0.35 - 0.06 * k] for k in range(4)], float)
    rows = [fingers]
    for i in range(4):
        y = -0.27 + 0.18 * i
        rows.append(np.array([[0.95 + 0.26 * k, y * (1 + 0.08 * k)] for k in range(4)]))
    joints = (np.concatenate(rows) - [0.95, 0.0]) * size
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]])
    return np.asarray(joints @ turn.T + np.array(at), float)


def draw_hand(image: Image, joints: Floats, colour: tuple[int, int, int] = (128, 160, 205)) -> Image:
    """A hand with a forearm, shaded along its bones."""
    image = image.copy()
    size = float(np.linalg.norm(joints[9] - joints[0]))
    ints = np.round(joints).astype(int)
    arm = joints[0] + 2.2 * (joints[0] - joints[9])
    dark = tuple(int(0.8 * c) for c in colour)
    for shade, extra in ((dark, 0.06), (colour, 0.0)):
        wide, thick = (max(1, round((w + extra) * size)) for w in (0.6, 0.2))
        cv2.line(image, tuple(ints[0]), tuple(np.round(arm).astype(int)), shade, wide, cv2.LINE_AA)
        palm = cv2.convexHull(ints[[0, 1, 5, 9, 13, 17]].astype(np.int32))
        cv2.fillConvexPoly(image, palm, shade, cv2.LINE_AA)
        cv2.polylines(image, [palm], True, shade, thick, cv2.LINE_AA)
        for base in (1, 5, 9, 13, 17):
            for a, b in pairwise(range(base, base + 4)):
                cv2.line(image, tuple(ints[a]), tuple(ints[b]), shade, thick, cv2.LINE_AA)
    return image


def hand(side: Side, joints: Floats) -> Hand:
    return Hand(side, Presence.MEASURED, joints, np.full((21, 3), np.nan), 0.9)


@cache
def _noise(shape: tuple[int, int], seed: int) -> Floats:
    return np.random.default_rng(seed).normal(0, 2.0, (*shape, 3))


def frame(image: Image, time_s: float, index: int = 0, seed: int | None = None) -> Frame:
    """A frame with camera noise."""
    if seed is not None:
        image = cv2.add(image, _noise(image.shape[:2], seed % 7), dtype=cv2.CV_8U)
    return Frame(image, time_s, index)
