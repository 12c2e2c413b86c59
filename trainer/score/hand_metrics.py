"""How well hands were seen, against truth. Pure functions over arrays, T frames.

Conventions: a score of 1 is perfect, an error of 0 is; what can't be known is NaN. Hands are matched to
true hands frame by frame, one to one, as in multiple-object tracking (Bernardin and Stiefelhagen 2008,
CLEAR MOT).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats
from trainer.score.tally import Flags

MATCH_TOLERANCE = 0.5
PALM_TOLERANCE = 0.36
"""Shares of the hand's size within which the mean distance of all landmarks, and both that of the palm's and the
wrist's alone, must lie for a reported hand to be a true one. Fingers may be misplaced on a hand that is half hidden;
what is reported on the foot beneath a hand comes as near by its fingers, but not by its palm and wrist."""
MIN_VISIBLE = 0.3
"""Share of a hand's surface that must not be hidden for it to count among the hands to be found."""

WRIST = 0
PALM = [0, 1, 5, 9, 13, 17]


def hand_size(true_px: Floats) -> Floats:
    """(...,) size in px of each true hand (..., 21, 2): the diagonal of the box around its joints; NaN
    without any.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        span = np.nanmax(true_px, axis=-2) - np.nanmin(true_px, axis=-2)
    size = np.hypot(span[..., 0], span[..., 1])
    return np.where(size > 0, size, np.nan)


def hand_sizes(true_px: Floats) -> Floats:
    """(T, 2) as ``hand_size``, for the hands (T, 2, 21, 2) of one clip: one that is partly out of the picture is not
    smaller for that, so it gets at least the median size of its own whole self."""
    size = hand_size(true_px)
    whole = np.where(np.isfinite(true_px).all(axis=(-2, -1)), size, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        usual = np.nanmedian(whole, axis=0) if len(whole) else np.full(2, np.nan)
    larger: Floats = np.where(np.isfinite(whole), size, np.fmax(size, usual))
    return np.where(np.isfinite(size), larger, np.nan)


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
        size = hand_sizes(true_px)[:, None, :]
        error = np.nanmean(distance, axis=-1) / size
        palm = np.fmax(np.nanmean(distance[..., PALM], axis=-1), distance[..., WRIST]) / size
    near = (error < MATCH_TOLERANCE) & (np.where(np.isfinite(palm), palm, error) < PALM_TOLERANCE)
    error = np.where(reported[:, :, None] & near, error, np.inf)
    straight = np.stack([error[:, 0, 0], error[:, 1, 1]], axis=1)
    crossed = np.stack([error[:, 0, 1], error[:, 1, 0]], axis=1)
    miss = 10.0
    better = np.minimum(crossed, miss).sum(axis=1) < np.minimum(straight, miss).sum(axis=1)
    chosen = np.where(better[:, None], crossed, straight)
    partner = np.where(better[:, None], np.array([1, 0]), np.array([0, 1]))
    matched = np.isfinite(chosen)
    return HandMatches(np.where(matched, partner, -1), np.where(matched, chosen, np.nan))


def found(matches: HandMatches) -> Flags:
    """(T, 2) which true hands were matched."""
    flags: Flags = np.stack([(matches.partner == hand).any(axis=1) for hand in (0, 1)], axis=1)
    return flags


def swap_events(matches: HandMatches, called: NDArray[np.int64]) -> NDArray[np.int64]:
    """(T,) how many true hands came, in that frame, to be called otherwise than when they were last seen (CLEAR MOT's
    mismatches). ``called`` (T, 2): what the hand in each slot was called, 0 left or 1 right."""
    events = np.zeros(len(matches.partner), np.int64)
    for hand in (0, 1):
        at = matches.partner == hand
        rows = np.flatnonzero(at.any(axis=1))
        names = called[rows, at[rows].argmax(axis=1)]
        events[rows[1:]] += np.diff(names) != 0
    return events


def joint_errors(reported_px: Floats, matches: HandMatches, true_px: Floats) -> Floats:
    """(T, 2, 21) how far off each joint of each *true* hand was reported, in shares of the hand's size; NaN where the
    hand wasn't matched or the joint lies out of the picture. Arrays of px are (T, 2, 21, 2)."""
    errors = np.full(true_px.shape[:3], np.nan)
    size = hand_sizes(true_px)
    for slot in (0, 1):
        rows = np.flatnonzero(matches.partner[:, slot] >= 0)
        hand = matches.partner[rows, slot]
        distance = np.linalg.norm(reported_px[rows, slot] - true_px[rows, hand], axis=-1)
        errors[rows, hand] = distance / size[rows, hand][:, None]
    return errors
