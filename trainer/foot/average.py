"""Where the foot's landmarks are, out of many findings that are each a little wrong. Pure geometry and one average."""

from __future__ import annotations

import math

import numpy as np

from trainer.model import Floats

_MEMORY_S = 4.0
_LONGEST_GAP_S = 0.3
"""Longer gaps between findings are forgotten over as if they were so long: what isn't seen isn't contradicted."""
_WITHIN = 0.04
"""Findings that are farther off than this, in foot lengths, pull no harder."""
_TREND_S = 0.4
_TREND = 0.02
"""A landmark that sure findings have elsewhere by this, in foot lengths, for ``_TREND_S`` on average has moved."""
_LEAST = 0.05
"""What a place counts for that nothing in the picture vouches for: one that lies out of it, say."""
_TAME = 0.06
"""One finding counts for no more than this, in foot lengths, towards having moved."""
_MOVED_WITHIN = 0.15
_MOVED_WEIGHT = 2.0


class LandmarkAverage:
    """A running robust mean of (14, 2) landmarks in coordinates that move with the foot.

    ``places`` (14, 2) NaN where nothing was found yet; ``sure`` (14,) mean confidence of the findings of late.
    Each finding pulls by its confidence, and by no more for being far off, so one wild finding hardly shows. Old
    findings are forgotten over ``_MEMORY_S``, and most of them at once when a landmark has moved: a foot that is turned
    by the ankle changes its shape in the picture.
    """

    def __init__(self, length: float) -> None:
        """``length`` of the foot in the units of the landmarks."""
        self.length = length
        self.places: Floats = np.full((14, 2), np.nan)
        self.sure: Floats = np.zeros(14)
        self._weight: Floats = np.zeros(14)
        self._looks = 0.0
        self._trend: Floats = np.zeros((14, 2))

    def add(self, observed: Floats, confidence: Floats, elapsed_s: float) -> None:
        """Take in one finding: ``observed`` (14, 2), NaN where not known, ``confidence`` (14,) in 0–1."""
        elapsed_s = min(max(elapsed_s, 0.0), _LONGEST_GAP_S)
        keep = math.exp(-elapsed_s / _MEMORY_S)
        known = np.asarray(np.isfinite(observed).all(axis=1))
        sure = np.where(known, confidence, 0.0)
        self.places = np.where((known & ~(self._weight > 0))[:, None], observed, self.places)
        step = np.where(known[:, None], observed - self.places, 0.0)
        off = np.linalg.norm(step, axis=1) / self.length
        goes_on = (step * self._trend).sum(axis=1) > 0.5 * (self._trend**2).sum(axis=1)
        # A wild finding may point the way of a trend that is but noise.
        goes_on &= off <= _MOVED_WITHIN
        moved = goes_on & (np.linalg.norm(self._trend, axis=1) * sure > _TREND * self.length)
        lately = (1.0 - math.exp(-elapsed_s / _TREND_S)) * known[:, None]
        tame = np.minimum(1.0, _TAME / np.maximum(off, 1e-9))[:, None]
        self._trend = self._trend + lately * (tame * step - self._trend)
        weight = keep * np.where(moved, np.minimum(self._weight, _MOVED_WEIGHT), self._weight)
        pull = np.where(known, np.maximum(confidence, _LEAST), 0.0) * np.minimum(
            1.0, np.where(moved, _MOVED_WITHIN, _WITHIN) / np.maximum(off, 1e-9)
        )
        share = np.where(pull > 0, pull / np.maximum(weight + pull, 1e-9), 0.0)
        self.places = self.places + share[:, None] * step
        self._trend = self._trend - share[:, None] * step
        self._weight = weight + pull
        self._looks = keep * self._looks + 1.0
        self.sure = self.sure + (sure - self.sure) / self._looks

    def carried(self, affine: Floats) -> LandmarkAverage:
        """The same in other coordinates, to which a (3, 3) affine map leads."""
        linear = affine[:2, :2]
        other = LandmarkAverage(self.length * float(np.sqrt(abs(np.linalg.det(linear)))))
        other.places, other._trend = self.places @ linear.T + affine[:2, 2], self._trend @ linear.T
        other.sure, other._weight, other._looks = self.sure, self._weight, self._looks
        return other

    @property
    def weight(self) -> Floats:
        """(14,) how many sure findings of late each landmark rests on."""
        return self._weight


def fit_similarity(before: Floats, now: Floats, weights: Floats) -> Floats | None:
    """(2, 3) shift, turn and size that best take (N, 2) ``before`` to ``now``, robustly; ``weights`` (N,).

    NaN rows are left out. None where fewer than three are left or they lie on one spot.
    """
    known = np.isfinite(before).all(axis=1) & np.isfinite(now).all(axis=1) & (weights > 0)
    if known.sum() < 3:
        return None
    a, b, w = (v[known] @ [1.0, 1j] if v.ndim == 2 else v[known] for v in (before, now, weights))
    robust = w
    for _ in range(6):
        middle_a, middle_b = (robust @ a) / robust.sum(), (robust @ b) / robust.sum()
        around = a - middle_a
        size = float(robust @ np.abs(around) ** 2)
        if size < 1e-9:
            return None
        turn = complex(robust @ (np.conj(around) * (b - middle_b))) / size
        off = np.abs(b - middle_b - turn * around)
        usual = max(float(np.median(off)), 1e-3 * float(np.abs(b - middle_b).max()), 1e-9)
        robust = w / np.maximum(1.0, off / (1.5 * usual)) ** 2
    if abs(turn) < 1e-6:
        return None
    shift = middle_b - turn * middle_a
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def typical_miss(landmarks_px: Floats, expected_px: Floats, length_px: float) -> float:
    """Median distance of (14, 2) landmarks from where they were expected, in foot lengths; infinite with none known."""
    off = np.linalg.norm(landmarks_px - expected_px, axis=1)
    off = off[np.isfinite(off)]
    return float(np.median(off)) / max(length_px, 1e-9) if len(off) else math.inf


def spread_px(landmarks_px: Floats) -> float:
    """A foot's length in px as its landmarks (14, 2) show it, robust against a few that are wrong: from how far they
    scatter. NaN with none known."""
    known = landmarks_px[np.isfinite(landmarks_px).all(axis=1)]
    if not len(known):
        return math.nan
    off = np.linalg.norm(known - np.median(known, axis=0), axis=1)
    return float(2.0 * np.percentile(off, 80)) if len(off) > 1 else math.nan
