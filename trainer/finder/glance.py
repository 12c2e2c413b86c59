"""Ways to look at a picture with a finder: at the whole or at a part, upright or turned, straight or mirrored.

A part shows limbs larger; a finder knows feet best with their toes up; and errors on a mirrored picture are hardly
those on the straight one, so that looks which take turns tell more than the same look again. All findings are in the
pixels of the whole picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import cv2
import numpy as np

from trainer.finder.layout import OUTSIDE
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.model import FOOT_LANDMARKS, Floats, Image, Side

_OTHER: dict[Side, Side] = {"left": "right", "right": "left"}
WORTH_A_LOOK = 0.3
"""Score from which on a limb belongs to what is looked at from near."""
_MARGIN = 1.2
_LEAST_SHARE = 0.3
"""A region is at least so much of the picture's width: larger than in any picture that it has learnt from, a finder
doesn't know a limb."""
_WORTH_IT = 0.9
"""An upright region that would be more than this of the picture's width shows nothing better."""
_SLIMMEST = 0.75
_LEANS = np.radians(35.0)
"""A foot that is turned less than this is upright enough."""
_FORESHORTENED = 0.35
"""A foot whose heel and toes are nearer to each other than this share of its extent points at the camera."""
_HEEL = FOOT_LANDMARKS.index("heel_back")
_TOES = slice(FOOT_LANDMARKS.index("hallux_tip"), FOOT_LANDMARKS.index("toe5_tip") + 1)


class Finds(Protocol):
    """Such as `finder.Finder`."""

    def find(self, image: Image) -> Finding: ...


@dataclass(frozen=True)
class Region:
    """A part of a picture, around (x, y), ``width`` × ``height`` px, turned clockwise by ``turn`` radians.

    One that isn't turned lies on whole pixels within the picture.
    """

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the picture that shows it."""
        return max(1, round(self.width)), max(1, round(self.height))

    @property
    def to_picture(self) -> Floats:
        """(2, 3) map from the pixels of the picture that shows it to the whole picture's."""
        c, s = np.cos(self.turn), np.sin(self.turn)
        linear = np.array([[c, -s], [s, c]])
        middle = (np.array(self.size) - 1) / 2
        return np.column_stack([linear, np.array([self.x, self.y]) - linear @ middle])


def upright_turn(landmarks_px: Floats) -> float:
    """How far (radians, clockwise) a foot (14, 2) is turned from toes up; 0 when hardly, or when that isn't clear."""
    way = landmarks_px[_TOES].mean(axis=0) - landmarks_px[_HEEL]
    extent = float(np.linalg.norm(np.ptp(landmarks_px, axis=0)))
    turn = float(np.arctan2(way[0], -way[1]))
    clear = bool(np.linalg.norm(way) > _FORESHORTENED * extent)
    return turn if clear and abs(turn) > _LEANS else 0.0


def region_around(
    crops: Sequence[Crop], feet: Sequence[Floats], size: tuple[int, int], turn: float = 0.0
) -> Region | None:
    """The part of a picture of ``size`` (width, height) with all hands' crops and feet's landmarks (N, 2) px in it.

    None where there is nothing, or the whole picture shows it as large and as upright.
    """
    corners = [np.array([[c.x, c.y]]) + c.size / 2 * np.array([[-1.0, -1.0], [1.0, 1.0]]) for c in crops]
    points = np.concatenate([*corners, *feet]) if corners or feet else np.empty((0, 2))
    if not len(points) or not np.isfinite(points).all():
        return None
    c, s = np.cos(turn), np.sin(turn)
    axes = np.array([[c, s], [-s, c]])
    whole = np.array(size, float)
    along = np.clip(points, 0, whole - 1) @ axes.T
    low, high = along.min(axis=0), along.max(axis=0)
    extent = np.maximum(_MARGIN * (high - low), _LEAST_SHARE * whole[0])
    extent = np.maximum(extent, _SLIMMEST * extent[::-1])
    x, y = (low + high) / 2 @ axes
    if turn:
        return Region(float(x), float(y), float(extent[0]), float(extent[1]), turn)
    extent = np.minimum(np.ceil(extent), whole)
    if (extent / whole).max() > _WORTH_IT:
        return None
    # On whole pixels: such a part is only cut out.
    corner = np.clip(np.rint(np.array([x, y]) - (extent - 1) / 2), 0, whole - extent)
    x, y = corner + (extent - 1) / 2
    return Region(float(x), float(y), float(extent[0]), float(extent[1]))


def whole_picture(size: tuple[int, int], turn: float = 0.0) -> Region | None:
    """All of a picture of ``size`` (width, height), turned by the quarters nearest to ``turn``; None if not turned."""
    quarters = round(turn / (np.pi / 2)) % 4
    if not quarters:
        return None
    width, height = size[::-1] if quarters % 2 else size
    return Region((size[0] - 1) / 2, (size[1] - 1) / 2, width, height, quarters * np.pi / 2)


def glance(finder: Finds, image: Image, region: Region | None = None, mirrored: bool = False) -> Finding:
    """What a finder sees of ``image`` (H, W, 3) when it looks at the region only, or at the mirrored picture.

    Outside a region nothing is seen.
    """
    shown = image if region is None else _cut(image, region)
    if mirrored:
        shown = np.asarray(cv2.flip(shown, 1), np.uint8)
    finding = finder.find(np.ascontiguousarray(shown))
    if mirrored:
        finding = mirror(finding, shown.shape[1])
    return finding if region is None else _placed(finding, region, (image.shape[1], image.shape[0]))


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


def _cut(image: Image, region: Region) -> Image:
    width, height = region.size
    if not region.turn:
        left, top = (round(float(v)) for v in region.to_picture[:, 2])
        return image[top : top + height, left : left + width]
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    shown = cv2.warpAffine(
        image, region.to_picture, (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(OUTSIDE,) * 3,
    )  # fmt: skip
    return np.asarray(shown, np.uint8)


def _placed(finding: Finding, region: Region, size: tuple[int, int]) -> Finding:
    """The finding of a region, told of the picture of ``size`` that it is part of."""
    to_picture = region.to_picture

    def moved(points: Floats) -> Floats:
        return points @ to_picture[:, :2].T + to_picture[:, 2]

    def hand(h: FoundHand) -> FoundHand:
        x, y = moved(np.array([h.crop.x, h.crop.y]))
        angle = (h.crop.angle + region.turn + np.pi) % (2 * np.pi) - np.pi
        return replace(h, crop=Crop(float(x), float(y), h.crop.size, float(angle)))

    def foot(f: FoundFoot) -> FoundFoot:
        return replace(f, landmarks_px=moved(f.landmarks_px))

    cells = finding.mask.shape[1] / region.size[0]
    to_cells = to_picture.copy()
    # Pixel centres are whole numbers in pictures and masks.
    to_cells[:, 2] = cells * (to_picture @ [0.5 / cells - 0.5, 0.5 / cells - 0.5, 1.0] + 0.5) - 0.5
    shape = (max(1, round(size[0] * cells)), max(1, round(size[1] * cells)))
    mask = cv2.warpAffine(finding.mask, to_cells, shape, flags=cv2.INTER_NEAREST)
    return Finding(tuple(map(hand, finding.hands)), tuple(map(foot, finding.feet)), np.asarray(mask, np.uint8))
