"""Following one remembered foot from frame to frame, and saying when it doesn't match."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from trainer.foot.anchor import Alignment, Anchor
from trainer.foot.look import Look
from trainer.foot.search import flow_warp, search_warps
from trainer.model import Floats

_BRIDGE_S = 1.0
"""A foot that isn't recognised for longer than this is lost."""
_ENOUGH = ((0.22, 6), (0.14, 14))
"""Share and number of the visible patches that must look right to go on; chance gives about 0.05."""
_AGAIN = 0.45
"""Share needed to hold that a lost foot is back."""
_FAR = 2.5
"""A foot that moved so many working pixels in a frame is looked for by optical flow too."""
_ENOUGH_FOR_TILT = 20
"""Patches needed to measure shear and squeeze besides shift, turn and size."""
_TILT_S = 0.1
_LEARN_EVERY_S = 0.2
_ORIGIN_AFTER_S = 3.0
_SEARCH_EVERY_S = 0.4


class Follower:
    """What the foot within ``ring`` (N, 2) px of a first look does afterwards.

    Its coordinates are the anchor's: they stick to the foot. ``to_small`` takes them to the pixels of a look.
    """

    def __init__(self, now: Look, ring: Floats) -> None:
        self._anchor = Anchor(now.picture, ring, now.hidden)
        self._origin: Anchor | None = None
        self._warp = self._good_warp = self._anchor.to_frame
        self._drift: Floats = np.eye(3)
        self._began_s = self._learned_s = self._checked_s = now.time_s
        self._searched_s = -math.inf
        self.matched_s = now.time_s
        """When it was last recognised, or put where a finding has it."""
        self.lost = False
        self.matches: Alignment = self._anchor.align(now.picture, now.hidden, self._warp, rounds=1)

    @property
    def to_small(self) -> Floats:
        """(3, 3) affine map from its own coordinates to pixels of the look."""
        return square(self._warp) @ self._drift

    @property
    def centre(self) -> Floats:
        """(2,) the foot's middle in its own coordinates."""
        return self._anchor.centre

    def follow(self, now: Look, before: Look | None, cut: bool) -> None:
        """Find the foot near its last place. Does nothing for one that is lost."""
        if self.lost:
            return
        self._match(now, before)
        if self.matched_s < now.time_s:
            self.lost = cut or now.time_s - self.matched_s > _BRIDGE_S
        else:
            self._learn(now)

    def matches_well(self, now: Look) -> bool:
        """Whether so much of it is recognised in this look that it can't well be elsewhere."""
        return self.matched_s == now.time_s and self.matches.matched >= 0.5 and self.matches.patches >= 15

    def nudge(self, step: Floats, share: float, time_s: float) -> None:
        """Go a ``share`` of a (2, 3) map of the look's pixels: for a foot that isn't recognised but found there."""
        part = np.eye(2, 3) + share * (step - np.eye(2, 3))
        moved = (square(part) @ square(self._warp))[:2]
        if _plausible_warp(moved):
            self._warp = self._good_warp = moved
            self.matched_s = time_s

    def try_at(self, now: Look, step: Floats) -> bool:
        """Whether the foot is recognised after a (2, 3) map of the look's pixels; goes there if it is."""
        return self._take_best(now, [(square(step) @ square(self._good_warp))[:2]])

    def search(self, now: Look) -> bool:
        """Look for a lost foot anywhere in the picture."""
        starts = [self._good_warp]
        if now.time_s - self._searched_s >= _SEARCH_EVERY_S and now.shows_something:
            self._searched_s = now.time_s
            starts += search_warps(now.picture, now.hidden, self._anchor, self._good_warp)
        return self._take_best(now, starts)

    def _take_best(self, now: Look, starts: list[Floats]) -> bool:
        best: Alignment | None = None
        for start in starts:
            seen = self._anchor.align(now.picture, now.hidden, start, rounds=12)
            better = best is None or seen.patches * seen.matched > best.patches * best.matched
            if better and _plausible_warp(seen.warp):
                best = seen
        if best is None or best.matched < _AGAIN or best.patches < 10:
            return False
        self._accept(best, now.time_s)
        self.lost = False
        return True

    def _match(self, now: Look, before: Look | None) -> None:
        best = self._anchor.align(now.picture, now.hidden, self._warp)
        moved_far = np.abs(best.warp - self._warp)[:, 2].max() > _FAR
        if (moved_far or best.matched < max(0.4, 0.75 * self.matches.matched)) and before is not None:
            moved = flow_warp(before.gray, now.gray, before.hidden, self._anchor, self._warp)
            if moved is not None:
                other = self._anchor.align(now.picture, now.hidden, moved[0])
                if (other.patches, -other.cost) > (best.patches, -best.cost):
                    best = other
        enough = any(best.matched >= share and best.patches >= count for share, count in _ENOUGH)
        if enough and _plausible_warp(best.warp):
            self._accept(self._with_tilt(best, now), now.time_s)

    def _with_tilt(self, found: Alignment, now: Look) -> Alignment:
        """``found`` with the part of a shear or squeeze that this frame can vouch for.

        Hands push and cover, a foot tilts slowly: taking over a share each frame averages the hands out.
        """
        if found.patches < _ENOUGH_FOR_TILT or now.time_s - self._began_s < 1.0:
            return found
        tilted = self._anchor.tilt(now.picture, now.hidden, found)
        if tilted.cost > found.cost or tilted.patches < found.patches or not _plausible_warp(tilted.warp):
            return found
        share = 1.0 - math.exp(-(now.time_s - self.matched_s) / _TILT_S)
        return replace(found, warp=found.warp + share * (tilted.warp - found.warp))

    def _accept(self, found: Alignment, time_s: float) -> None:
        elapsed = max(time_s - self.matched_s, 0.0)
        self.matches = found
        self._warp = self._good_warp = _less_sheared(found.warp, self._anchor.centre, math.exp(-elapsed / 20.0))
        self.matched_s = time_s

    def _learn(self, now: Look) -> None:
        since = now.time_s - self._learned_s
        if since >= _LEARN_EVERY_S and self.matches.matched >= 0.3 and self.matches.patches >= 10:
            self._anchor.learn(now.picture, now.hidden, self.matches, min(since, 0.5))
            self._learned_s = now.time_s
        if self._origin is None:
            if now.time_s - self._began_s > _ORIGIN_AFTER_S:
                self._origin = self._anchor.frozen()
        elif now.time_s - self._checked_s > 1.0:
            self._correct_drift(now, self._origin)

    def _correct_drift(self, now: Look, origin: Anchor) -> None:
        """Against the foot as it first looked: the learned picture may have crept from it."""
        since, self._checked_s = now.time_s - self._checked_s, now.time_s
        seen = origin.align(now.picture, now.hidden, self.to_small[:2])
        if seen.matched < 0.5 or seen.patches < 12:
            return
        measured = np.linalg.inv(square(self._warp)) @ square(seen.warp)
        if np.abs(measured - self._drift).max() < 8.0:
            self._drift = self._drift + (1.0 - math.exp(-since / 2.0)) * (measured - self._drift)

    def covered(self, places: Floats) -> np.ndarray:
        """(N,) bool: which of its own (N, 2) coordinates (NaN = none) don't look like the foot in the last look."""
        tile = self._anchor.tile_at(np.nan_to_num(places, nan=-1e6))
        return np.asarray((tile >= 0) & self.matches.visible[tile] & ~self.matches.matches[tile])


def square(warp: Floats) -> Floats:
    """(3, 3) from (2, 3)."""
    return np.vstack([warp, [0.0, 0.0, 1.0]])


def _plausible_warp(warp: Floats) -> bool:
    """A foot neither shrinks to nothing nor is squeezed flat nor mirrored between two looks."""
    if not np.isfinite(warp).all() or np.linalg.det(warp[:, :2]) <= 0:
        return False
    stretch = np.linalg.svd(warp[:, :2], compute_uv=False)
    return bool(stretch[1] > max(0.3, 0.5 * stretch[0]) and stretch[0] < 3.0)


def _less_sheared(warp: Floats, about: Floats, keep: float) -> Floats:
    """``warp`` with its departure from a similarity multiplied by ``keep``; the point ``about`` (2,) stays in place."""
    (a, b, _), (c, d, _) = warp
    alike = np.array([[a + d, b - c], [c - b, a + d]]) / 2
    linear = alike + keep * (warp[:, :2] - alike)
    return np.column_stack([linear, warp[:, 2] + (warp[:, :2] - linear) @ about])
