"""One picture with its labels on the way to the finder's training, and the moves that keep both together."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from trainer.studio.stills import Sheet

HIDDEN_SHARE = 0.03
"""A hand of which less is seen isn't there for a finder."""


@dataclass(frozen=True, eq=False)
class Sample:
    """image (H, W, 3) uint8 BGR; mask (H, W) uint8 as in `scene.MASK`; hands (2, 21, 2) px, left and right, NaN if
    none; visible (2,) share of each that is seen; feet (2, 14, 2) px, the worked one first, NaN if none;
    foot_visible (2, 14) bool; foot_left (2,) bool; view (2,) number in VIEWS or -1 where it isn't known.
    """

    image: np.ndarray
    mask: np.ndarray
    hands: np.ndarray
    visible: np.ndarray
    feet: np.ndarray
    foot_visible: np.ndarray
    foot_left: np.ndarray
    view: np.ndarray

    @property
    def size(self) -> tuple[int, int]:
        """(width, height)."""
        return self.mask.shape[1], self.mask.shape[0]


def sample_of(sheet: Sheet, k: int) -> Sample:
    """Picture k of a sheet."""
    image = cv2.imdecode(np.frombuffer(sheet.images[k], np.uint8), cv2.IMREAD_COLOR)
    mask = cv2.imdecode(np.frombuffer(sheet.masks[k], np.uint8), cv2.IMREAD_GRAYSCALE)
    return Sample(
        np.asarray(image), np.asarray(mask), sheet.hands[k, :, :, :2].astype(float),
        sheet.hand_visible[k].astype(float), sheet.foot[k].astype(float), sheet.foot_visible[k], sheet.foot_left.copy(),
        np.array([sheet.view[k], -1]),
    )  # fmt: skip


def flipped(sample: Sample) -> Sample:
    """Mirrored: left becomes right, of hands and of feet."""
    width = sample.size[0]

    def mirror(points: np.ndarray) -> np.ndarray:
        return np.stack([width - 1 - points[..., 0], points[..., 1]], axis=-1)

    mask = np.array([0, 2, 1, 3, 4, 5], np.uint8)[sample.mask[:, ::-1]]
    return replace(
        sample, image=np.ascontiguousarray(sample.image[:, ::-1]), mask=np.ascontiguousarray(mask),
        hands=mirror(sample.hands)[::-1], visible=sample.visible[::-1], feet=mirror(sample.feet),
        foot_left=~sample.foot_left,
    )  # fmt: skip


def warped(sample: Sample, matrix: np.ndarray, size: tuple[int, int], border: np.ndarray | None = None) -> Sample:
    """Seen through an affine map (2, 3) from its pixels to those of a picture of ``size``.

    border: (3,) colour of what lies outside the old picture; None: its edge goes on.
    """
    mode = cv2.BORDER_REPLICATE if border is None else cv2.BORDER_CONSTANT
    value = (0, 0, 0) if border is None else tuple(float(v) for v in border)
    shrink = np.sqrt(abs(np.linalg.det(matrix[:, :2])))
    image = sample.image
    if shrink < 0.6:
        # Otherwise fine structure turns into noise that no camera shows.
        image = cv2.GaussianBlur(image, (0, 0), 0.35 / shrink)
    image = cv2.warpAffine(image, matrix, size, flags=cv2.INTER_LINEAR, borderMode=mode, borderValue=value)
    mask = cv2.warpAffine(sample.mask, matrix, size, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_CONSTANT)
    hands, feet = (p @ matrix[:, :2].T + matrix[:, 2] for p in (sample.hands, sample.feet))
    whole, now = inside_share(sample.hands, sample.size), inside_share(hands, size)
    share = np.where(whole > 0, np.minimum(now / np.maximum(whole, 1e-6), 1.0), 0.0)
    return replace(
        sample, image=np.asarray(image), mask=np.asarray(mask), hands=hands, feet=feet, visible=sample.visible * share
    )


def inside_share(points: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """(...,) share of points (..., N, 2) px that lie in a picture of ``size``; 0 for NaN."""
    with np.errstate(invalid="ignore"):
        inside = (points >= -0.5).all(-1) & (points < np.array(size) - 0.5).all(-1)
    return np.asarray(inside.mean(-1))


def has_hands(sample: Sample) -> bool:
    return bool((sample.visible > HIDDEN_SHARE).any())


def has_foot(sample: Sample) -> bool:
    """Whether there is a worked foot."""
    return bool(np.isfinite(sample.feet[0]).all())


def with_hands_of(sample: Sample, giver: Sample) -> Sample:
    """A picture without hands with those of another, laid over its foot as they lie over the other's foot.

    The giver's foot is turned, moved and scaled onto the sample's; both must be of the same side.
    """
    matrix = similarity(giver.feet[0], sample.feet[0])
    moved = warped(giver, matrix, sample.size, np.zeros(3))
    cover = ((moved.mask == 1) | (moved.mask == 2)).astype(np.float32)
    soft = cv2.GaussianBlur(cover, (0, 0), 0.8)[..., None]
    image = sample.image + soft * (moved.image.astype(np.float32) - sample.image)
    mask = np.where(cover > 0, moved.mask, sample.mask)
    columns, rows = (np.clip(np.nan_to_num(sample.feet[0][:, i]).astype(int), 0, sample.size[i] - 1) for i in (0, 1))
    visible = sample.foot_visible.copy()
    visible[0] &= cover[rows, columns] == 0
    return replace(
        sample, image=image.astype(np.uint8), mask=mask, hands=moved.hands, visible=moved.visible, foot_visible=visible
    )


def similarity(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """(2, 3) the shift, turn and scale that best takes points (N, 2) to others; no mirroring (Umeyama 1991)."""
    a, b = source - source.mean(0), target - target.mean(0)
    # As complex numbers a turn with a scale is one factor.
    p, q = a @ [1, 1j], b @ [1, 1j]
    factor = np.vdot(p, q) / max(float(np.vdot(p, p).real), 1e-9)
    linear = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return np.column_stack([linear, target.mean(0) - linear @ source.mean(0)])
