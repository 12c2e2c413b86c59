"""Findings as a finder might have them, made from the truth and spoilt as findings are: noise, wild landmarks, errors
that stay for a while under hands, wrong sides and views, feet that are missed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from trainer.finding import PARTS, Finding, FoundFoot
from trainer.foot import atlas
from trainer.foot.average import spread_px
from trainer.foot.geometry import fit_px_from_uv, to_px
from trainer.foot.hidden import hands_mask
from trainer.model import VIEWS, Floats, Hands, Image, Side, View

MASK_SIZE = (80, 60)


@dataclass(frozen=True, eq=False)
class TrueFoot:
    """A foot as it is: ``landmarks_px`` (14, 2), NaN for those that a drawn foot doesn't have."""

    side: Side
    view: View
    landmarks_px: Floats
    worked: float = 0.9


@dataclass(frozen=True)
class Faults:
    """How findings are spoilt; lengths in foot lengths, ``wrong`` and ``missed`` shares of findings."""

    noise: float = 0.025
    wild: float = 0.03
    under_hands: float = 0.05
    wrong: float = 0.05
    missed: float = 0.05


NONE = Faults(0.0, 0.0, 0.0, 0.0, 0.0)


class FakeFinder:
    """Looks every ``every_s``; None in between, as between two findings."""

    def __init__(self, faults: Faults = NONE, seed: int = 0, every_s: float = 0.1) -> None:
        self._faults = faults
        self._rng = np.random.default_rng(seed)
        self._every_s = every_s
        self._next_s = -math.inf
        self._lasting: Floats = self._rng.normal(size=(2, 14, 2))

    def find(self, time_s: float, size: tuple[int, int], feet: tuple[TrueFoot, ...], hands: Hands) -> Finding | None:
        if time_s < self._next_s - 1e-9:
            return None
        self._next_s = time_s + self._every_s
        mask, hidden = _mask(size, feet, hands)
        keep = math.exp(-self._every_s / 1.0)
        self._lasting = keep * self._lasting + math.sqrt(1 - keep**2) * self._rng.normal(size=(2, 14, 2))
        found = [
            self._found(foot, hidden, lasting)
            for foot, lasting in zip(feet, self._lasting, strict=False)
            if self._rng.random() >= self._faults.missed
        ]
        return Finding((), tuple(sorted(found, key=lambda f: -f.worked)), mask)

    def _found(self, foot: TrueFoot, hidden: Image, lasting: Floats) -> FoundFoot:
        rng, faults = self._rng, self._faults
        length = spread_px(foot.landmarks_px)
        covered = _under(hidden, foot.landmarks_px)
        off = faults.noise * rng.normal(size=(14, 2)) + faults.under_hands * covered[:, None] * lasting
        wild = rng.random(14) < faults.wild
        off[wild] = 0.2 * rng.normal(size=(int(wild.sum()), 2))
        landmarks = foot.landmarks_px + length / math.sqrt(2) * off
        sure = np.where(np.isfinite(landmarks[:, 0]), np.where(covered, 0.5, 0.9), 0.0)
        found = FoundFoot(foot.side, foot.view, 0.9, foot.worked, 0.9, 0.85, landmarks, sure)
        if rng.random() < faults.wrong:
            other: Side = "right" if foot.side == "left" else "left"
            found = replace(found, side=other)
        if rng.random() < faults.wrong:
            found = replace(found, view=VIEWS[int(rng.integers(4))])
        return found


def _mask(size: tuple[int, int], feet: tuple[TrueFoot, ...], hands: Hands) -> tuple[Image, Image]:
    """A finding's mask, and (H, W) 255 under hands in the size of the picture."""
    shown = np.zeros((size[1], size[0]), np.uint8)
    for foot in feet:
        homography = fit_px_from_uv(foot.landmarks_px, foot.side, foot.view)
        assert homography is not None
        ring = to_px(homography, atlas.outline(foot.view))
        cv2.fillPoly(shown, [np.round(ring).astype(np.int32)], PARTS.index("foot"))
    hidden = hands_mask(hands, size)
    shown[hidden > 0] = PARTS.index("hand")
    return np.asarray(cv2.resize(shown, MASK_SIZE, interpolation=cv2.INTER_NEAREST)), hidden


def _under(hidden: Image, landmarks_px: Floats) -> np.ndarray:
    column, row = np.rint(np.nan_to_num(landmarks_px, nan=-1.0)).astype(int).T
    height, width = hidden.shape
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    return np.asarray(inside & (hidden[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0))
