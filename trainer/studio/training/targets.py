"""What the finder's network should say of a picture, as maps (`finder.layout`), with weights where it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.finder import layout
from trainer.hands.crop import crop_of
from trainer.studio.training.sample import HIDDEN_SHARE, Sample, inside_share

SURE_SHARE = 0.12
"""A hand of which so much is seen must be found; between this and `HIDDEN_SHARE` nothing is asked."""
_LEAST_JOINTS, _LEAST_LANDMARKS = 6 / 21, 3 / 14
_HAND_SPREAD, _FOOT_SPREAD = 0.05, 0.085
"""Standard deviation of a centre's bump, in crop sizes and in extents of the foot."""
_LANDMARK_SPREAD = 1.1
"""Cells of the fine maps."""
_NEAR = 0.3
"""Where a bump is at least this high, what is at its centre is asked for."""
_PART_OF_MASK = np.array([0, 1, 1, 2, 3, 2], np.int64)
_LEAST_FOOT_PX = 90
_COVERED_WEIGHT = 0.6


@dataclass(frozen=True, eq=False)
class Targets:
    """heat, heat_weight: (3, h, w) bumps of left hand, right hand, feet; hand (2, FACTS, h, w) with hand_weight
    (2, h, w); foot (6 + 28, h, w): worked, right, one of four views, 28 offsets, with foot_weight (h, w), view_weight
    (h, w) and landmark_weight (14, h, w); parts (H, W) numbers in PARTS; marks, marks_weight (14, H, W).
    """

    heat: np.ndarray
    heat_weight: np.ndarray
    hand: np.ndarray
    hand_weight: np.ndarray
    foot: np.ndarray
    foot_weight: np.ndarray
    view_weight: np.ndarray
    landmark_weight: np.ndarray
    parts: np.ndarray
    marks: np.ndarray
    marks_weight: np.ndarray


def targets_of(sample: Sample) -> Targets:
    """The maps for a picture; its sides must be multiples of `layout.MULTIPLE`."""
    width, height = sample.size
    s, f = layout.COARSE_STRIDE, layout.FINE_STRIDE
    h, w = height // s, width // s
    at = layout.cell_centres(w, h, s)
    out = Targets(
        np.zeros((3, h, w), np.float32), np.ones((3, h, w), np.float32),
        np.zeros((2, layout.FACTS, h, w), np.float32), np.zeros((2, h, w), np.float32),
        np.zeros((layout.COARSE_CHANNELS - layout.WORKED, h, w), np.float32), np.zeros((h, w), np.float32),
        np.zeros((h, w), np.float32), np.zeros((14, h, w), np.float32),
        _PART_OF_MASK[sample.mask[f // 2 :: f, f // 2 :: f]],
        np.zeros((14, height // f, width // f), np.float32), np.ones((14, height // f, width // f), np.float32),
    )  # fmt: skip
    _add_hands(out, sample, at)
    _add_feet(out, sample, at)
    return out


def _bump(at: np.ndarray, centre: np.ndarray, spread: float) -> np.ndarray:
    return np.asarray(np.exp(-((at - centre) ** 2).sum(-1) / (2 * spread**2)), np.float32)


def _nearest_inside(point: np.ndarray, at: np.ndarray) -> np.ndarray:
    return np.asarray(np.clip(point, at[0, 0], at[-1, -1]))


def _add_hands(out: Targets, sample: Sample, at: np.ndarray) -> None:
    for k in range(2):
        joints, seen = sample.hands[k], float(sample.visible[k])
        if not np.isfinite(joints).all() or seen <= HIDDEN_SHARE / 2:
            continue
        crop = crop_of(joints)
        here = _nearest_inside(np.array([crop.x, crop.y]), at)
        bump = _bump(at, here, max(_HAND_SPREAD * crop.size, 0.7 * layout.COARSE_STRIDE))
        # The bump's peak lies on a cell.
        bump = bump / bump.max()
        if seen < SURE_SHARE or inside_share(joints, sample.size) < _LEAST_JOINTS:
            out.heat_weight[k] *= 1 - (bump > 0.05)
            continue
        out.heat[k] = bump
        # A hand that could be taken for the other side is wrong there, not "something".
        out.hand_weight[k] = np.where(bump > _NEAR, bump, 0)
        unit = layout.UNIT_PX
        out.hand[k, 0], out.hand[k, 1] = (crop.x - at[..., 0]) / unit, (crop.y - at[..., 1]) / unit
        out.hand[k, 2] = np.log(crop.size / unit)
        out.hand[k, 3], out.hand[k, 4] = np.sin(crop.angle), np.cos(crop.angle)
        out.hand[k, 5] = seen


def _add_feet(out: Targets, sample: Sample, at: np.ndarray) -> None:
    unit = layout.UNIT_PX
    fine = layout.cell_centres(out.marks.shape[2], out.marks.shape[1], layout.FINE_STRIDE)
    for k in (1, 0):  # the worked foot last: it wins where two meet
        points = sample.feet[k]
        if not np.isfinite(points).all():
            continue
        extent = float(np.linalg.norm(points.max(0) - points.min(0)))
        centre = _nearest_inside(points.mean(0), at)
        bump = _bump(at, centre, max(_FOOT_SPREAD * extent, 0.8 * layout.COARSE_STRIDE))
        bump = bump / bump.max()
        inside = inside_share(points[:, None], sample.size) > 0
        pixels = int((sample.mask == (3, 5)[k]).sum())
        covered = k == 0 and inside.mean() >= 0.5
        if inside.mean() < _LEAST_LANDMARKS or (pixels < _LEAST_FOOT_PX and not covered) or pixels < 12:
            out.heat_weight[2] *= 1 - (bump > 0.05)
            continue
        clear = bump >= out.heat[2]
        out.heat[2] = np.maximum(out.heat[2], bump)
        weight = np.where((bump > _NEAR) & clear, bump, 0)
        own = weight > 0
        out.foot_weight[:] = np.where(own, weight, out.foot_weight)
        known = sample.view[k] >= 0
        out.view_weight[:] = np.where(own, weight * known, out.view_weight)
        facts = [float(k == 0), float(not sample.foot_left[k]), *(float(v == sample.view[k]) for v in range(4))]
        for i, value in enumerate(facts):
            out.foot[i] = np.where(own, value, out.foot[i])
        sure = np.where(sample.foot_visible[k], 1.0, _COVERED_WEIGHT) * np.where(inside, 1.0, 0.4)
        for j, (x, y) in enumerate(points):
            out.foot[6 + 2 * j] = np.where(own, (x - at[..., 0]) / unit, out.foot[6 + 2 * j])
            out.foot[7 + 2 * j] = np.where(own, (y - at[..., 1]) / unit, out.foot[7 + 2 * j])
            out.landmark_weight[j] = np.where(own, weight * sure[j], out.landmark_weight[j])
            if inside[j]:
                spread = layout.FINE_STRIDE * max(_LANDMARK_SPREAD, 0.012 * extent / layout.FINE_STRIDE)
                mark = _bump(fine, points[j], spread)
                out.marks[j] = np.maximum(out.marks[j], mark)
                if not sample.foot_visible[k, j]:
                    out.marks_weight[j] = np.where(mark > 0.1, 0.5, out.marks_weight[j])
