"""From the network's maps to hands, feet and a mask. Pure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trainer.finder import layout
from trainer.finder.facing import side_and_view
from trainer.finder.layout import cell_centres
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.model import SIDES, VIEWS, Floats, Image

F32 = NDArray[np.float32]

LEAST_HAND, LEAST_FOOT = 0.1, 0.1
"""Scores below these are no report at all; what to believe is for those to say who see more than one picture."""
MOST_FEET = 2
_READ = 0.4
"""Cells next to a peak whose heat reaches this share of it are asked what is there; the answers are averaged."""
_ONE_PLACE, _ONE_WAY = 0.15, 0.7
"""A left and a right hand whose crops lie nearer than this share of their size, turned by less than so many radians,
are mostly one hand …"""
_SURE_OF_BOTH = 0.85
"""… unless both are as sure as this: hands that lie on each other."""
_FEET_APART = 0.33
"""Two peaks nearer than this share of a foot's extent are one foot."""
_WINDOW = 4
"""Cells of the fine maps around a landmark's place in which its own heat is looked for."""
_CONTEXT = 0.06
"""What the place told by the foot as a whole counts for, in heat, beside the landmark's own."""


def decode(coarse: F32, fine: F32, size: tuple[int, int], shape: tuple[int, int]) -> Finding:
    """The finding of a picture of ``size`` (width, height) from maps (C, h, w) of an input of ``shape``."""
    scale = layout.input_scale(size, shape)
    return Finding(_hands(coarse, scale), _feet(coarse, fine, scale), _mask(fine, size, scale))


def _picture_px(points: Floats, scale: float) -> Floats:
    """Input pixels to picture pixels; pixel centres are whole numbers in both."""
    return (points + 0.5) / scale - 0.5


def _around(heat: F32, row: int, column: int, reach: int) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """Rows, columns and weights of the cells near a peak that belong to it."""
    height, width = heat.shape
    rows, columns = np.mgrid[
        max(0, row - reach) : min(height, row + reach + 1), max(0, column - reach) : min(width, column + reach + 1)
    ]
    near = heat[rows, columns]
    weights = np.where(near >= _READ * heat[row, column], near, 0.0).astype(float)
    chosen = weights > 0
    return rows[chosen], columns[chosen], weights[chosen] / weights[chosen].sum()


def _hands(coarse: F32, scale: float) -> tuple[FoundHand, ...]:
    heats = _sigmoid(coarse[layout.HAND_HEAT : layout.HAND_HEAT + 2])
    peaks = [np.unravel_index(int(heat.argmax()), heat.shape) for heat in heats]
    tops = [float(heat[peak]) for heat, peak in zip(heats, peaks, strict=True)]
    left, right = (_hand(coarse, heats, k, peaks[k]) for k in range(2))
    found = [left, right]
    if _are_one(left.crop, right.crop) and min(tops) < _SURE_OF_BOTH:
        # Both sides claim it: it is there if either is right.
        one = left if tops[0] >= tops[1] else right
        found = [replace(one, score=1 - (1 - tops[0]) * (1 - tops[1]), right=tops[1] / max(sum(tops), 1e-6))]
    return tuple(_in_picture(hand, scale) for hand in found if hand.score >= LEAST_HAND)


def _hand(coarse: F32, heats: F32, k: int, peak: tuple[np.intp, ...]) -> FoundHand:
    """The hand of side k at a peak of its heat, in input pixels."""
    heat = heats[k]
    row, column = (int(v) for v in peak)
    rows, columns, weights = _around(heat, row, column, 1)
    facts = coarse[layout.HAND_FACTS + k * layout.FACTS : layout.HAND_FACTS + (k + 1) * layout.FACTS, rows, columns]
    at = np.stack([columns, rows], axis=1) * float(layout.COARSE_STRIDE) + (layout.COARSE_STRIDE - 1) / 2
    x, y = weights @ (at + layout.UNIT_PX * facts[:2].T)
    size = layout.UNIT_PX * float(np.exp(np.clip(weights @ facts[2], -3, 3)))
    sine, cosine = facts[3:5] @ weights
    score = float(heat[row, column])
    # The other side's heat at this place tells how sure the side is.
    own = score / max(score + float(heats[1 - k][row, column]), 1e-6)
    return FoundHand(
        SIDES[k], score, own if k == 1 else 1 - own, Crop(float(x), float(y), size, float(np.arctan2(sine, cosine))),
        float(_sigmoid(facts[5]) @ weights),
    )  # fmt: skip


def _are_one(a: Crop, b: Crop) -> bool:
    apart = float(np.hypot(a.x - b.x, a.y - b.y)) / max(a.size, b.size)
    return apart < _ONE_PLACE and float(np.cos(a.angle - b.angle)) > float(np.cos(_ONE_WAY))


def _in_picture(hand: FoundHand, scale: float) -> FoundHand:
    x, y = _picture_px(np.array([hand.crop.x, hand.crop.y]), scale)
    return replace(hand, crop=Crop(float(x), float(y), hand.crop.size / scale, hand.crop.angle))


def _feet(coarse: F32, fine: F32, scale: float) -> tuple[FoundFoot, ...]:
    heat = _sigmoid(coarse[layout.FOOT_HEAT])
    left = heat.copy()
    feet: list[FoundFoot] = []
    while len(feet) < MOST_FEET:
        row, column = (int(v) for v in np.unravel_index(int(left.argmax()), left.shape))
        if left[row, column] < LEAST_FOOT:
            break
        foot = _foot(coarse, fine, heat, (row, column), scale)
        feet.append(foot)
        points = (foot.landmarks_px + 0.5) * scale - 0.5
        extent = float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
        at = cell_centres(left.shape[1], left.shape[0], layout.COARSE_STRIDE)
        peak = np.array([column, row]) * float(layout.COARSE_STRIDE) + (layout.COARSE_STRIDE - 1) / 2
        away = np.linalg.norm(at - peak, axis=-1)
        left = np.where(away < max(_FEET_APART * extent, 2.5 * layout.COARSE_STRIDE), 0.0, left)
    return tuple(sorted(feet, key=lambda f: f.worked * f.score, reverse=True))


def _foot(coarse: F32, fine: F32, heat: F32, peak: tuple[int, int], scale: float) -> FoundFoot:
    rows, columns, weights = _around(heat, *peak, 2)
    facts = coarse[layout.WORKED :, rows, columns]
    worked, right = _sigmoid(facts[:2]) @ weights
    views = facts[2:6] @ weights
    views = np.exp(views - views.max())
    views = views / views.sum()
    at = np.stack([columns, rows], axis=1) * float(layout.COARSE_STRIDE) + (layout.COARSE_STRIDE - 1) / 2
    offsets = facts[6:].reshape(14, 2, -1)
    told = np.einsum("jcn,n->jc", at.T[None] + layout.UNIT_PX * offsets, weights)
    points, confidence = _refined(fine[layout.HEATS_AT :], told)
    right, views = side_and_view(points, float(right), views)
    view = int(views.argmax())
    return FoundFoot(
        SIDES[int(right > 0.5)], VIEWS[view], float(heat[peak]), float(worked), float(max(right, 1 - right)),
        float(views[view]), _picture_px(points, scale), confidence,
    )  # fmt: skip


def _refined(heats: F32, told: Floats) -> tuple[Floats, Floats]:
    """(14, 2) places and (14,) confidences: the places ``told`` moved to each landmark's own heat (14, H, W) nearby."""
    height, width = heats.shape[1:]
    stride = layout.FINE_STRIDE
    reach = np.arange(-_WINDOW, _WINDOW + 1)
    column, row = np.rint((np.clip(told, -1e6, 1e6) - (stride - 1) / 2) / stride).astype(int).T
    xs, ys = column[:, None] + reach, row[:, None] + reach
    inside = ((ys >= 0) & (ys < height))[:, :, None] & ((xs >= 0) & (xs < width))[:, None, :]
    rows, columns = np.clip(ys, 0, height - 1)[:, :, None], np.clip(xs, 0, width - 1)[:, None, :]
    heat = np.where(inside, _sigmoid(heats[np.arange(len(told))[:, None, None], rows, columns]), 0.0)
    confidence = heat.max(axis=(1, 2))
    strong = np.where(heat >= 0.5 * confidence[:, None, None], heat, 0.0)
    total = np.maximum(strong.sum(axis=(1, 2)), 1e-9)
    seen = np.stack([(strong.sum(axis=1) * xs).sum(axis=1), (strong.sum(axis=2) * ys).sum(axis=1)], axis=1)
    seen = seen / total[:, None] * stride + (stride - 1) / 2
    share = (confidence**2 / (confidence**2 + _CONTEXT))[:, None]
    return told + share * (seen - told), confidence.astype(float)


def _mask(fine: F32, size: tuple[int, int], scale: float) -> Image:
    """(h, w) uint8: the part of the map that shows the picture."""
    parts = fine[layout.PARTS_AT : layout.HEATS_AT].argmax(axis=0).astype(np.uint8)
    width, height = (max(1, round(side * scale / layout.FINE_STRIDE)) for side in size)
    return np.ascontiguousarray(parts[:height, :width])


def _sigmoid(logits: F32) -> F32:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)
