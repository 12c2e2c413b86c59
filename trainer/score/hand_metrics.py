"""How well hands and foot were seen, against truth. Pure functions over arrays, T frames.

Conventions: a score of 1 is perfect, an error of 0 is; what can't be known is NaN. Hands are matched to
true hands frame by frame, one to one, as in multiple-object tracking (Bernardin and Stiefelhagen 2008,
CLEAR MOT).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.model import Floats

MATCH_TOLERANCE = 0.5
"""Share of the hand's size within which the mean landmark distance must lie for a reported hand to be a
true one."""
MIN_VISIBLE = 0.3
"""Share of a hand's surface that must not be hidden for it to count among the hands to be found."""

Flags = NDArray[np.bool_]


def hand_size(true_px: Floats) -> Floats:
    """(...,) size in px of each true hand (..., 21, 2): the diagonal of the box around its joints; NaN
    without any.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        span = np.nanmax(true_px, axis=-2) - np.nanmin(true_px, axis=-2)
    size = np.hypot(span[..., 0], span[..., 1])
    return np.where(size > 0, size, np.nan)


def to_be_found(true_px: Floats, visible: Floats, size: tuple[int, int]) -> Flags:
    """(T, 2) bool: the true hands that a perfect eye finds.

    At least ``MIN_VISIBLE`` of the surface isn't hidden, and at least half of the joints lie in the picture
    of ``size`` (width, height). ``true_px`` is (T, 2, 21, 2), ``visible`` (T, 2).
    """
    with np.errstate(invalid="ignore"):
        inside = ((true_px >= 0) & (true_px <= np.array(size) - 1)).all(axis=-1)
        found: Flags = (inside.mean(axis=-1) >= 0.5) & (visible >= MIN_VISIBLE)
    return found


@dataclass(frozen=True, eq=False)
class HandMatches:
    """Who was taken for whom. ``partner`` (T, 2): the true hand (0 left, 1 right) that the hand reported in
    each slot is, -1 where none was reported or none is near; ``error`` (T, 2): its mean landmark distance
    as a share of the true hand's size, NaN where unmatched.
    """

    partner: NDArray[np.int64]
    error: Floats


def match_hands(reported_px: Floats, reported: Flags, true_px: Floats) -> HandMatches:
    """Match reported hands (T, 2, 21, 2), where ``reported`` (T, 2), to true ones (T, 2, 21, 2).

    Any true hand may be matched, visible or not. Of the two ways to pair two with two, the one with more
    matches holds, then the one with the smaller error.
    """
    distance = np.linalg.norm(reported_px[:, :, None] - true_px[:, None], axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        error = np.nanmean(distance, axis=-1) / hand_size(true_px)[:, None, :]
    error = np.where(reported[:, :, None] & (error < MATCH_TOLERANCE), error, np.inf)
    straight = np.stack([error[:, 0, 0], error[:, 1, 1]], axis=1)
    crossed = np.stack([error[:, 0, 1], error[:, 1, 0]], axis=1)
    miss = 10.0
    better = np.minimum(crossed, miss).sum(axis=1) < np.minimum(straight, miss).sum(axis=1)
    chosen = np.where(better[:, None], crossed, straight)
    partner = np.where(better[:, None], np.array([1, 0]), np.array([0, 1]))
    matched = np.isfinite(chosen)
    return HandMatches(np.where(matched, partner, -1), np.where(matched, chosen, np.nan))


def found_share(matches: HandMatches, wanted: Flags) -> float:
    """Share of the ``wanted`` (T, 2) true hands that were matched; NaN when there were none."""
    found = _found(matches)
    return float(found[wanted].mean()) if wanted.any() else float("nan")


def phantoms_per_min(matches: HandMatches, reported: Flags, duration_s: float) -> float:
    """Reported hands that are no true hand, counted once per frame, per minute of video.

    A hand reported on a bare foot in every frame of a 30 fps video comes to 1800. A second report of the
    same true hand counts too.
    """
    phantoms = int(np.count_nonzero(reported & (matches.partner < 0)))
    return phantoms / (duration_s / 60.0) if duration_s > 0 else float("nan")


def side_right_share(matches: HandMatches) -> float:
    """Share of the matched hands that were called left or right rightly."""
    matched = matches.partner >= 0
    right = matches.partner == np.array([0, 1])
    return float(right[matched].mean()) if matched.any() else float("nan")


def identity_swaps(matches: HandMatches) -> int:
    """How often a true hand came to be reported in the other slot than before (CLEAR MOT's mismatches)."""
    swaps = 0
    for hand in (0, 1):
        at = matches.partner == hand
        slots = np.where(at.any(axis=1), at.argmax(axis=1), -1)
        slots = slots[slots >= 0]
        swaps += int(np.count_nonzero(np.diff(slots)))
    return swaps


def landmark_error(matches: HandMatches) -> tuple[float, float]:
    """(median, 90th percentile) over matched hands of the mean landmark distance, as a share of the hand's
    size.
    """
    return _median_p90(matches.error)


def foot_found_share(seen: Flags, visible: Flags) -> float:
    """Share of the frames whose foot shows at least four landmarks, ``visible`` (T, 14), in which it was
    ``seen`` (T,)."""
    wanted = visible.sum(axis=1) >= 4
    return float(seen[wanted].mean()) if wanted.any() else float("nan")


def foot_length_px(true_px: Floats) -> Floats:
    """(T,) length of the true foot in the picture: the largest distance between two of its landmarks (T,
    14, 2)."""
    distance = np.linalg.norm(true_px[:, :, None] - true_px[:, None], axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        longest: Floats = np.nanmax(distance, axis=(1, 2)) if len(distance) else np.zeros(0)
    return longest


def foot_error(reported_px: Floats, true_px: Floats, counted: Flags) -> tuple[float, float]:
    """(median, 90th percentile) over frames of the mean landmark distance, as a share of the foot's length.

    Landmarks are (T, 14, 2); those count that are ``counted`` (T, 14) and reported.
    """
    distance = np.linalg.norm(reported_px - true_px, axis=-1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        mean = np.nanmean(np.where(counted, distance, np.nan), axis=1)
    return _median_p90(mean / foot_length_px(true_px))


def _found(matches: HandMatches) -> Flags:
    return np.stack([(matches.partner == hand).any(axis=1) for hand in (0, 1)], axis=1)


def _median_p90(values: ArrayLike) -> tuple[float, float]:
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    if not len(known):
        return float("nan"), float("nan")
    return float(np.median(known)), float(np.percentile(known, 90))
