"""Ways to look at a picture with a finder: at the whole or at a region of it, straight or mirrored.

A region shows limbs larger, and errors on a mirrored picture are hardly those on the straight one, so that looks which
take turns tell more than the same look again. All findings are in the pixels of the whole picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from trainer.model import Crop, Finding, Floats, FoundFoot, FoundHand, Image, Side

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
_MARGIN = 1.2
_LEAST_SHARE = 0.3
"""A region is at least so much of the picture's width: larger than in any picture that it has learnt from, a finder
doesn't know a limb."""
_WORTH_IT = 0.9
"""A region that would be more than this of the picture's width shows nothing better."""


class Finds(Protocol):
    """Such as `finder.Finder`."""

    def find(self, image: Image) -> Finding: ...


@dataclass(frozen=True)
class Region:
    """Part of a picture: columns ``left`` up to ``right``, rows ``top`` up to ``bottom`` (not included)."""

    left: int
    top: int
    right: int
    bottom: int


def region_around(crops: Sequence[Crop], feet: Sequence[Floats], size: tuple[int, int]) -> Region | None:
    """The part of a picture of ``size`` (width, height) with all hands' crops and feet's landmarks (N, 2) px in it, of
    about the picture's shape. None where there is nothing, or the whole picture shows it as large.
    """
    corners = [np.array([[c.x, c.y]]) + c.size / 2 * np.array([[-1.0, -1.0], [1.0, 1.0]]) for c in crops]
    points = np.concatenate([*corners, *feet]) if corners or feet else np.empty((0, 2))
    if not len(points) or not np.isfinite(points).all():
        return None
    whole = np.array(size, float)
    low, high = (np.clip(side, 0, whole) for side in (points.min(axis=0), points.max(axis=0)))
    share = max(float((_MARGIN * (high - low) / whole).max()), _LEAST_SHARE)
    if share > _WORTH_IT:
        return None
    extent = share * whole
    corner = np.clip((low + high) / 2 - extent / 2, 0, whole - extent)
    left, top = (int(v) for v in corner)
    right, bottom = (int(v) for v in np.minimum(np.ceil(corner + extent), whole))
    return Region(left, top, right, bottom)


def glance(finder: Finds, image: Image, region: Region | None = None, mirrored: bool = False) -> Finding:
    """What a finder sees of ``image`` (H, W, 3) when it looks at the region only, or at the mirrored picture.

    Outside a region nothing is seen.
    """
    height, width = image.shape[:2]
    shown = image if region is None else image[region.top : region.bottom, region.left : region.right]
    if mirrored:
        shown = np.asarray(cv2.flip(shown, 1), np.uint8)
    finding = finder.find(np.ascontiguousarray(shown))
    if mirrored:
        finding = mirror(finding, shown.shape[1])
    return finding if region is None else _placed(finding, region, (width, height))


def mirror(finding: Finding, width: int) -> Finding:
    """The finding of a mirrored picture of ``width`` px, told of the picture itself."""
    hands = tuple(
        replace(
            h, side=_OTHER[h.side], right=1.0 - h.right,
            crop=replace(h.crop, x=width - 1 - h.crop.x, angle=-h.crop.angle),
        )
        for h in finding.hands
    )  # fmt: skip
    feet = tuple(
        replace(f, side=_OTHER[f.side], landmarks_px=np.array([width - 1, 0.0]) + f.landmarks_px * [-1.0, 1.0])
        for f in finding.feet
    )
    return Finding(hands, feet, np.ascontiguousarray(finding.mask[:, ::-1]))


def _placed(finding: Finding, region: Region, size: tuple[int, int]) -> Finding:
    """The finding of a region, told of the picture of ``size`` that it is part of."""
    corner = np.array([region.left, region.top], float)

    def hand(h: FoundHand) -> FoundHand:
        return replace(h, crop=replace(h.crop, x=h.crop.x + corner[0], y=h.crop.y + corner[1]))

    def foot(f: FoundFoot) -> FoundFoot:
        return replace(f, landmarks_px=f.landmarks_px + corner)

    cells = finding.mask.shape[1] / (region.right - region.left)
    mask = np.zeros((max(1, round(size[1] * cells)), max(1, round(size[0] * cells))), np.uint8)
    top, left = min(round(region.top * cells), mask.shape[0] - 1), min(round(region.left * cells), mask.shape[1] - 1)
    part = finding.mask[: mask.shape[0] - top, : mask.shape[1] - left]
    mask[top : top + part.shape[0], left : left + part.shape[1]] = part
    return Finding(tuple(map(hand, finding.hands)), tuple(map(foot, finding.feet)), mask)
