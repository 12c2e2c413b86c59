"""Finding a remembered foot again anywhere in the frame, and following quick motion from frame to frame."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.foot.anchor import F32, Anchor, Mask
from trainer.model import Floats

_COARSE = 44
"""Longer side in px of the remembered picture in the coarse search."""
_TURNS = np.arange(0.0, 360.0, 15.0)
_SCALES = (0.8, 1.0, 1.25)


def flow_warp(before: Mask, now: Mask, hidden: Mask, anchor: Anchor, warp: Floats) -> tuple[Floats, float] | None:
    """Where the anchor went between two uint8 pictures, and the share of its corners that agree.

    ``warp`` (2, 3) is its place before, ``hidden`` (H, W) covers the hands before. Pyramidal Lucas-Kanade there and
    back, then the similarity that most corners share. None with too few corners.
    """
    if len(anchor.corners) < 6:
        return None
    points = anchor.corners @ warp[:, :2].T + warp[:, 2]
    height, width = before.shape
    column, row = np.rint(points).astype(int).T
    usable = (column >= 2) & (column < width - 2) & (row >= 2) & (row < height - 2)
    usable &= hidden[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] == 0
    if usable.sum() < 6:
        return None
    start = points[usable].astype(np.float32).reshape(-1, 1, 2)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 15, 0.03)
    guess = np.zeros_like(start)
    there, ok, _ = cv2.calcOpticalFlowPyrLK(before, now, start, guess, None, None, (15, 15), 3, criteria)
    back, ok_back, _ = cv2.calcOpticalFlowPyrLK(now, before, there, guess.copy(), None, None, (15, 15), 3, criteria)
    good = (ok.ravel() > 0) & (ok_back.ravel() > 0)
    good &= np.linalg.norm((back - start)[:, 0], axis=1) < 1.0
    if good.sum() < 6:
        return None
    moved, inliers = cv2.estimateAffinePartial2D(start[good], there[good], ransacReprojThreshold=1.5, maxIters=300)
    if moved is None or not np.isfinite(moved).all():
        return None
    scale = float(np.hypot(moved[0, 0], moved[1, 0]))
    share = float(inliers.sum()) / int(usable.sum())
    if inliers.sum() < 6 or not 0.7 < scale < 1.4:
        return None
    linear = moved[:, :2] @ warp[:, :2]
    return np.column_stack([linear, moved[:, :2] @ warp[:, 2] + moved[:, 2]]), share


def search_warps(picture: F32, hidden: Mask, anchor: Anchor, last: Floats, *, most: int = 6) -> list[Floats]:
    """Places (2, 3) worth an alignment, best first: every turn, scales about the last one, anywhere in the frame."""
    remembered, known = anchor.appearance
    height, width = remembered.shape
    zoom = float(np.sqrt(abs(np.linalg.det(last[:, :2]))))
    shrink = _COARSE / (max(height, width) * zoom)
    if shrink >= 1.0:
        shrink = 1.0
    small_size = (max(8, round(picture.shape[1] * shrink)), max(8, round(picture.shape[0] * shrink)))
    field = np.asarray(cv2.resize(picture, small_size, interpolation=cv2.INTER_AREA), np.float32)
    found: list[tuple[float, Floats]] = []
    soft = np.where(known > 0, remembered, 0.0).astype(np.float32)
    for scale in _SCALES:
        for turn in _TURNS:
            hit = _best_at(field, soft, known, zoom * shrink * scale, float(turn), shrink)
            if hit is not None:
                found.append(hit)
    found.sort(key=lambda item: -item[0])
    return [warp for _, warp in found[:most]]


def _best_at(
    field: NDArray[np.float32], soft: F32, known: Mask, zoom: float, turn: float, shrink: float
) -> tuple[float, Floats] | None:
    """The best place of the turned and scaled template in the coarse field, as (score, full-size warp)."""
    height, width = soft.shape
    angle = np.deg2rad(turn)
    linear = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], float) @ linear.T
    low = corners.min(axis=0)
    size = np.ceil(corners.max(axis=0) - low).astype(int)
    if size[0] >= field.shape[1] or size[1] >= field.shape[0] or size.min() < 6:
        # Part of a large foot may hang over the edge: a band around the field lets it.
        band = int(max(0, size[0] - field.shape[1] + 2, size[1] - field.shape[0] + 2))
        wider = cv2.copyMakeBorder(field, band, band, band, band, cv2.BORDER_CONSTANT, value=0.0)
        field = np.asarray(wider, np.float32)
    else:
        band = 0
    if size.min() < 6:
        return None
    warp = np.column_stack([linear, -low])
    dims = (int(size[0]), int(size[1]))
    template = cv2.warpAffine(cv2.blur(soft, (3, 3)), warp, dims)
    mask = cv2.warpAffine(known, warp, dims)
    template = np.where(mask > 127, template, 0.0).astype(np.float32)
    energy = float((template**2).sum())
    if energy < 1.0:
        return None
    match = cv2.matchTemplate(field, template, cv2.TM_CCORR)
    local = cv2.matchTemplate(field**2, (mask > 127).astype(np.float32), cv2.TM_CCORR)
    score = match / np.sqrt(np.maximum(local, 0.15 * energy) * energy)
    _, best, _, place = cv2.minMaxLoc(score)
    shift = np.array(place, float) - band - low
    full = np.column_stack([linear / shrink, (shift + 0.5) / shrink - 0.5])
    return float(best), full
