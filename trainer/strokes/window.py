"""The last seconds of touch, on a uniform time grid: what features and cycles are computed from.

Samples arrive at any rate, regular or not. They are averaged into bins of 1/30 s of presentation time (so that a fast
camera only lowers the noise and memory stays bounded) and read back by interpolation between samples that lie close
together. What wasn't seen stays NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.model import Floats, Foot, Presence, Touch

RATE_HZ = 30.0
PALM = (0, 5, 9, 13, 17)
TIPS = (4, 8, 12, 16, 20)
FINGERTIPS = (8, 12, 16, 20)
KNUCKLES = (6, 10, 14, 18)

_MM = slice(0, 42)
_NEAR = slice(42, 63)
_SEEN = 63
_ANGLES = slice(64, 67)
_HAND = 67
_FOOT = slice(2 * _HAND, 2 * _HAND + 6)
_WIDTH = 2 * _HAND + 6
_WEIGHT = {Presence.MEASURED: 1.0, Presence.BRIDGED: 0.5, Presence.UNKNOWN: 0.0}


@dataclass(frozen=True, eq=False)
class HandGrid:
    """One hand on the grid: ``mm`` (n, 21, 2) in the foot's plane, ``near`` (n, 21) in 0–1, ``seen`` (n,) 0–1
    (1 measured, 0.5 bridged, 0 unknown), ``angles`` (n, 3) degrees from the 3-D landmarks: thumb IP flexion, index
    PIP flexion, mean curl of the four fingers. NaN where unknown."""

    mm: Floats
    near: Floats
    seen: Floats
    angles: Floats

    def last(self, count: int) -> HandGrid:
        return HandGrid(self.mm[-count:], self.near[-count:], self.seen[-count:], self.angles[-count:])


@dataclass(frozen=True, eq=False)
class Grid:
    """Both hands (left, right) and the foot at ``time_s`` (n,), 1/30 s apart, ending now.

    ``foot_mm`` (n, 4): the heel's and the forefoot's place in the picture, in mm of the foot's mean scale.
    """

    time_s: Floats
    hands: tuple[HandGrid, HandGrid]
    foot_mm: Floats

    def since(self, time_s: float) -> Grid:
        """The same instants, with nothing known of the hands before ``time_s``."""
        cut = int(np.searchsorted(self.time_s, time_s))
        if cut == 0:
            return self
        left, right = (_blank(h, cut) for h in self.hands)
        return Grid(self.time_s, (left, right), self.foot_mm)

    def thinned(self, stride: int) -> Grid:
        """Every ``stride``-th instant, the newest among them."""
        pick = slice((len(self.time_s) - 1) % stride, None, stride)
        hands = [HandGrid(h.mm[pick], h.near[pick], h.seen[pick], h.angles[pick]) for h in self.hands]
        return Grid(self.time_s[pick], (hands[0], hands[1]), self.foot_mm[pick])

    def last(self, seconds: float) -> Grid:
        count = min(len(self.time_s), round(seconds * RATE_HZ) + 1)
        left, right = self.hands
        return Grid(self.time_s[-count:], (left.last(count), right.last(count)), self.foot_mm[-count:])


def settled(hand: HandGrid, least_s: float = 0.8, gone_s: float = 1.0) -> tuple[HandGrid, float]:
    """(the same hand with all before it came to where it now works blanked out, seconds since it came).

    All is blanked when the hand has been gone for ``gone_s``; seconds are infinite when it has been there all along.

    A hand that has just moved to a new place must not be judged by how it got there. Going back in time, the palm's
    neighbourhood is one and a half times what it covered in the last ``least_s``; the first instant outside ends it.
    """
    recent = round(least_s * RATE_HZ)
    palm = palm_centre(hand.mm)
    known = np.isfinite(palm[:, 0])
    if not known[-round(gone_s * RATE_HZ) :].any():
        return _blank(hand, len(palm)), np.inf
    if len(palm) <= recent or known[-recent:].sum() < 5:
        return hand, np.inf
    now = palm[-recent:][known[-recent:]]
    low, high = now.min(axis=0), now.max(axis=0)
    slack = 10.0 + 0.25 * float(np.hypot(*(high - low)))
    with np.errstate(invalid="ignore"):
        outside = ((palm < low - slack) | (palm > high + slack)).any(axis=1)
    outside[-recent:] = False
    before = np.flatnonzero(outside)
    if not before.size:
        return hand, np.inf
    cut = int(before[-1]) + 1
    return _blank(hand, cut), (len(palm) - cut) / RATE_HZ


def _blank(hand: HandGrid, cut: int) -> HandGrid:
    mm, seen, angles = hand.mm.copy(), hand.seen.copy(), hand.angles.copy()
    mm[:cut], angles[:cut], seen[:cut] = np.nan, np.nan, 0.0
    return HandGrid(mm, hand.near, seen, angles)


class Window:
    """A bounded memory of touch: the last ``seconds``, never more than 30 rows a second."""

    def __init__(self, seconds: float = 6.0) -> None:
        self.seconds = seconds
        self._keep = int(seconds * RATE_HZ) + 2
        self._rows = np.full((4 * self._keep, _WIDTH), np.nan)
        self._times = np.full(4 * self._keep, np.nan)
        self._end = 0
        self._bin = -1
        self._in_bin = 0

    def add(self, touch: Touch) -> None:
        """Takes in one instant. Times must not run backwards."""
        row = _row(touch)
        number = int(np.floor(touch.time_s * RATE_HZ + 1e-6))
        if self._end and number == self._bin:
            self._merge(row, touch.time_s)
            return
        if self._end == len(self._times):
            keep = self._keep
            self._rows[:keep], self._times[:keep] = self._rows[-keep:], self._times[-keep:]
            self._end = keep
        self._rows[self._end], self._times[self._end] = row, touch.time_s
        self._end += 1
        self._bin, self._in_bin = number, 1

    def _merge(self, row: Floats, time_s: float) -> None:
        old, n = self._rows[self._end - 1], self._in_bin
        both = (old * n + row) / (n + 1)
        self._rows[self._end - 1] = np.where(np.isnan(old), row, np.where(np.isnan(row), old, both))
        self._times[self._end - 1] = (self._times[self._end - 1] * n + time_s) / (n + 1)
        self._in_bin = n + 1

    def span_s(self) -> float:
        """Seconds from the oldest sample kept to the newest, 0 when empty."""
        if not self._end:
            return 0.0
        start = max(0, self._end - self._keep)
        return float(self._times[self._end - 1] - self._times[start])

    def grid(self, now_s: float, max_gap_s: float = 0.25) -> Grid:
        """The memory up to ``now_s``; samples further apart than ``max_gap_s`` are not joined."""
        start = max(0, self._end - self._keep)
        times, rows = self._times[start : self._end], self._rows[start : self._end]
        length = min(self.seconds, float(now_s - times[0]))
        count = int(np.floor(length * RATE_HZ + 1e-6)) + 1
        at = now_s - np.arange(count - 1, -1, -1) / RATE_HZ
        hands = []
        for h in range(2):
            part = rows[:, h * _HAND : (h + 1) * _HAND]
            placed = _interpolate(times, part[:, : _ANGLES.start], part[:, 0], at, max_gap_s)
            angles = _interpolate(times, part[:, _ANGLES], part[:, _ANGLES.start], at, max_gap_s)
            seen = np.nan_to_num(placed[:, _SEEN], nan=0.0)
            hands.append(HandGrid(placed[:, _MM].reshape(-1, 21, 2), placed[:, _NEAR], seen, angles))
        foot = rows[:, _FOOT]
        foot_at = _interpolate(times, foot, foot[:, 0], at, max_gap_s)
        with np.errstate(invalid="ignore", divide="ignore"):
            known = foot_at[:, 4][np.isfinite(foot_at[:, 4])]
            scale = float(np.median(known)) if known.size else np.nan
            return Grid(at, (hands[0], hands[1]), foot_at[:, :4] / scale)


def _row(touch: Touch) -> Floats:
    row = np.full(_WIDTH, np.nan)
    for h, hand in enumerate(touch.hands):
        part = row[h * _HAND : (h + 1) * _HAND]
        if hand.presence is not Presence.UNKNOWN and np.isfinite(hand.mm[:, 0]).all():
            part[_MM] = hand.mm.reshape(-1)
            part[_NEAR] = hand.near
            part[_SEEN] = _WEIGHT[hand.presence]
            part[_ANGLES] = flexions(touch.world_m[h])
    row[_FOOT] = _foot_row(touch.foot)
    return row


def _foot_row(foot: Foot) -> Floats:
    out = np.full(6, np.nan)
    m = foot.px_from_uv
    if foot.seen and np.isfinite(m).all():
        heel, fore = (m @ np.array([u, 0.5, 1.0]) for u in (0.1, 0.75))
        out[0:2], out[2:4] = heel[:2] / heel[2], fore[:2] / fore[2]
        out[4] = float(np.hypot(*(out[2:4] - out[0:2]))) / (0.65 * foot.length_mm)
        out[5] = 1.0
    return out


def flexions(world_m: Floats) -> Floats:
    """(3,) degrees of flexion from (21, 3) landmarks in metres: thumb IP, index PIP, mean curl of the fingers.

    Curl is the mean over the four fingers of PIP and MCP flexion together (0 straight, about 180 a fist).
    """
    if not np.isfinite(world_m[0, 0]):
        return np.full(3, np.nan)
    bones = world_m[_BONE_TO] - world_m[_BONE_FROM]
    bones /= np.maximum(np.linalg.norm(bones, axis=1, keepdims=True), 1e-9)
    bend = np.degrees(np.arccos(np.clip(np.sum(bones[_BEND_A] * bones[_BEND_B], axis=1), -1.0, 1.0)))
    return np.array([bend[0], bend[1], float(np.mean(bend[1:9])) * 2.0])


# Bones: thumb 2-3, 3-4; per finger wrist-MCP, MCP-PIP, PIP-DIP.
_BONE_FROM = np.array([2, 3, 0, 5, 6, 0, 9, 10, 0, 13, 14, 0, 17, 18])
_BONE_TO = np.array([3, 4, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19])
# Bends: thumb IP, the four PIPs, the four MCPs.
_BEND_A = np.array([0, 3, 6, 9, 12, 2, 5, 8, 11])
_BEND_B = np.array([1, 4, 7, 10, 13, 3, 6, 9, 12])


def _interpolate(times: Floats, values: Floats, key: Floats, at: Floats, max_gap_s: float) -> Floats:
    """Rows of ``values`` where ``key`` is known, read at ``at`` (n,); NaN inside gaps and beyond the ends."""
    known: NDArray[np.bool_] = np.isfinite(key)
    out = np.full((len(at), values.shape[1]), np.nan)
    if not known.any():
        return out
    t, v = times[known], values[known]
    right = np.clip(np.searchsorted(t, at), 0, len(t) - 1)
    left = np.maximum(right - 1, 0)
    gap = t[right] - t[left]
    with np.errstate(divide="ignore", invalid="ignore"):
        w = np.clip(np.where(gap > 0, (at - t[left]) / gap, 1.0), 0.0, 1.0)
    reach = 1.2 / RATE_HZ
    inside = (at >= t[0] - reach) & (at <= t[-1] + reach)
    close = np.minimum(np.abs(at - t[left]), np.abs(at - t[right])) <= 0.6 / RATE_HZ
    ok = inside & ((gap <= max_gap_s) | close)
    # Across a wide gap the nearest sample stands for itself only.
    w = np.where(gap > max_gap_s, np.round(w), w)
    out[ok] = (v[left] * (1 - w[:, None]) + v[right] * w[:, None])[ok]
    return out


def palm_centre(mm: Floats) -> Floats:
    """(…, 2) centre of the palm of (…, 21, 2) landmarks."""
    centre: Floats = mm[..., PALM, :].mean(axis=-2)
    return centre
