"""Following the foot under moving hands, and saying so when it is lost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from trainer.foot import atlas
from trainer.foot.anchor import F32, Alignment, Anchor, Mask, working_picture
from trainer.foot.finder import FootFinder, Proposal
from trainer.foot.geometry import fit_px_from_uv, make_foot, to_px
from trainer.foot.given import GivenFoot
from trainer.foot.hidden import hands_mask, mask_of_hands
from trainer.foot.search import flow_warp, search_warps
from trainer.model import Finding, Floats, Foot, Frame, Hands, Presence, Side, View

_WIDTH = 480
"""Frames are looked at in this width at most."""
_BRIDGE_S = 1.0
"""A foot that isn't recognised for longer than this is unknown."""
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
_IMPROVE_EVERY_S = 1.5
_IMPROVE_FOR_S = 8.0
"""A foot that was found, not given, is looked for again so long: the first look may have been half covered."""


@dataclass(frozen=True, eq=False)
class _View:
    """One frame as the tracker looks at it."""

    time_s: float
    scale: float
    gray: Mask
    picture: F32
    hidden: Mask
    thumbnail: F32


class FootTracker:
    """One foot through a video. ``update`` is fed every frame in order and depends on nothing else.

    With ``given`` the foot is where a person placed it at ``given.time_s`` (unknown before that); without, it is
    unknown until it is found. ``side`` and ``view``, where known, narrow the finding. ``length_mm`` is the foot's
    length, taken from ``given`` when that has one; 250 mm if nobody says.
    """

    def __init__(
        self, *, given: GivenFoot | None = None, side: Side | None = None, view: View | None = None,
        length_mm: float | None = None,
    ) -> None:  # fmt: skip
        self._waiting: GivenFoot | None = None
        self._starts_s = -math.inf
        self._was_given = given is not None
        self._finder = FootFinder(side, view)
        self._length_mm = length_mm
        self._side: Side = side or "left"
        self._view: View = view or "plantar"
        self._anchor: Anchor | None = None
        self._origin: Anchor | None = None
        self._before: _View | None = None
        self._forget_clocks()
        if given is not None:
            self._take(given, given.time_s)

    def _take(self, given: GivenFoot, starts_s: float) -> None:
        self._waiting, self._starts_s, self._was_given = given, starts_s, True
        self._side, self._view = given.side, given.view
        if given.length_mm is not None:
            self._length_mm = given.length_mm
        self._finder = FootFinder(given.side, given.view)

    def _forget_clocks(self) -> None:
        self._warp: Floats = np.zeros((2, 3))
        self._good_warp: Floats = np.zeros((2, 3))
        self._drift: Floats = np.eye(3)
        self._sure = 1.0
        self._anchored_s = self._matched_s = self._learned_s = self._checked_s = -math.inf
        self._searched_s = -math.inf
        self._lost = False
        self._matches: Alignment | None = None

    def set_given(self, given: GivenFoot) -> None:
        """The user placed the landmarks anew: they hold at the next frame."""
        self._take(given, -math.inf)

    def update(self, frame: Frame, hands: Hands, finding: Finding | None = None, hidden: Sequence[Floats] = ()) -> Foot:
        """The foot in ``frame``, of which ``finding`` tells where the finder looked at it. ``hidden`` are (N, 2) px
        point sets, besides the hands, whose hulls cover it."""
        now = self._look(frame, hands, finding, hidden)
        if self._before is not None and self._before.gray.shape != now.gray.shape:
            self._before, self._anchor = None, None
        if self._waiting is not None and frame.time_s >= self._starts_s - 1e-6:
            given, self._waiting = self._waiting.scaled_to(frame.size), None
            self._anchor_at(now, given.points, np.where(np.isfinite(given.points[:, 0]), 1.0, 0.8), 1.0)
        elif self._anchor is None:
            if self._waiting is None:
                self._try_to_find(now, frame, hands, 0.0)
        else:
            self._follow(now, frame, hands)
        foot = self._foot(frame, now)
        self._before = now
        return foot

    def _look(self, frame: Frame, hands: Hands, finding: Finding | None, hidden: Sequence[Floats]) -> _View:
        gray = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        width, height = frame.size
        scale = min(1.0, _WIDTH / max(width, height))
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        small = np.asarray(gray, np.uint8)
        size = (small.shape[1], small.shape[0])
        mask = hands_mask(hands, size, scale, hidden)
        if finding is not None:
            mask |= mask_of_hands(finding.mask, size)
        thumbnail = cv2.resize(small, (32, 24), interpolation=cv2.INTER_AREA).astype(np.float32)
        return _View(frame.time_s, scale, small, working_picture(small), mask, np.asarray(thumbnail, np.float32))

    def _anchor_at(self, now: _View, landmarks_px: Floats, sure: Floats, overall: float) -> None:
        """Remember what the foot looks like, with its landmarks (14, 2) px in the frame as they are placed now."""
        homography = fit_px_from_uv(landmarks_px, self._side, self._view)
        self._anchor = self._origin = None
        self._forget_clocks()
        if homography is None:
            return
        small = _small_from_full(now.scale)
        to_small = small @ homography
        anchor = Anchor(now.picture, to_px(to_small, atlas.outline(self._view)), now.hidden)
        back = np.linalg.inv(_square(anchor.to_frame))
        self._map: Floats = back @ to_small
        placed = np.where(np.isfinite(landmarks_px), landmarks_px, to_px(homography, atlas.landmarks_uv(self._view)))
        self._places: Floats = to_px(back @ small, placed)
        self._place_sure: Floats = sure
        self._sure = overall
        self._anchor = anchor
        self._warp = self._good_warp = anchor.to_frame
        self._anchored_s = self._matched_s = self._learned_s = self._checked_s = now.time_s
        self._matches = anchor.align(now.picture, now.hidden, self._warp, rounds=1)
        self._motion: Floats = np.zeros(2)

    def _follow(self, now: _View, frame: Frame, hands: Hands) -> None:
        assert self._anchor is not None
        warp_before = self._warp
        self._motion = np.zeros(2)
        cut = self._is_cut(now)
        if self._lost:
            self._try_to_recover(now, frame, hands)
        else:
            self._match(now)
            if self._matched_s < now.time_s:
                self._lost = cut or now.time_s - self._matched_s > _BRIDGE_S
        if self._matched_s == now.time_s and not self._lost:
            centre = self._anchor.centre
            shift = (self._warp - warp_before) @ np.append(centre, 1.0)
            self._motion = shift / now.scale
            self._learn(now)
            if not self._was_given and now.time_s - self._anchored_s < _IMPROVE_FOR_S:
                self._try_to_improve(now, frame, hands)

    def _match(self, now: _View) -> None:
        """Find the foot near its last place; stamps ``_matched_s`` when it is there."""
        assert self._anchor is not None
        best = self._anchor.align(now.picture, now.hidden, self._warp)
        usual = self._matches.matched if self._matches is not None else 1.0
        moved_far = np.abs(best.warp - self._warp)[:, 2].max() > _FAR
        if (moved_far or best.matched < max(0.4, 0.75 * usual)) and self._before is not None:
            moved = flow_warp(self._before.gray, now.gray, self._before.hidden, self._anchor, self._warp)
            if moved is not None:
                other = self._anchor.align(now.picture, now.hidden, moved[0])
                if (other.patches, -other.cost) > (best.patches, -best.cost):
                    best = other
        enough = any(best.matched >= share and best.patches >= count for share, count in _ENOUGH)
        if enough and _plausible_warp(best.warp):
            self._accept(self._with_tilt(best, now), now.time_s)

    def _with_tilt(self, found: Alignment, now: _View) -> Alignment:
        """``found`` with the part of a shear or squeeze that this frame can vouch for.

        Hands push and cover, a foot tilts slowly: taking over a share each frame averages the hands out.
        """
        assert self._anchor is not None
        if found.patches < _ENOUGH_FOR_TILT or now.time_s - self._anchored_s < 1.0:
            return found
        tilted = self._anchor.tilt(now.picture, now.hidden, found)
        if tilted.cost > found.cost or tilted.patches < found.patches or not _plausible_warp(tilted.warp):
            return found
        share = 1.0 - math.exp(-(now.time_s - self._matched_s) / _TILT_S)
        return replace(found, warp=found.warp + share * (tilted.warp - found.warp))

    def _accept(self, found: Alignment, time_s: float) -> None:
        assert self._anchor is not None
        elapsed = max(time_s - self._matched_s, 0.0)
        self._matches = found
        self._warp = self._good_warp = _less_sheared(found.warp, self._anchor.centre, math.exp(-elapsed / 20.0))
        self._matched_s = time_s

    def _learn(self, now: _View) -> None:
        assert self._anchor is not None and self._matches is not None
        since = now.time_s - self._learned_s
        if since >= _LEARN_EVERY_S and self._matches.matched >= 0.3 and self._matches.patches >= 10:
            self._anchor.learn(now.picture, now.hidden, self._matches, min(since, 0.5))
            self._learned_s = now.time_s
        if self._origin is None:
            if now.time_s - self._anchored_s > _ORIGIN_AFTER_S:
                self._origin = self._anchor.frozen()
        elif now.time_s - self._checked_s > 1.0:
            self._correct_drift(now)

    def _correct_drift(self, now: _View) -> None:
        """Against the foot as it first looked: the learned picture may have crept from it."""
        assert self._origin is not None
        since, self._checked_s = now.time_s - self._checked_s, now.time_s
        start = (_square(self._warp) @ self._drift)[:2]
        seen = self._origin.align(now.picture, now.hidden, start)
        if seen.matched < 0.5 or seen.patches < 12:
            return
        measured = np.linalg.inv(_square(self._warp)) @ _square(seen.warp)
        if np.abs(measured - self._drift).max() < 8.0:
            self._drift = self._drift + (1.0 - math.exp(-since / 2.0)) * (measured - self._drift)

    def _try_to_recover(self, now: _View, frame: Frame, hands: Hands) -> None:
        assert self._anchor is not None
        starts = [self._good_warp]
        if now.time_s - self._searched_s >= _SEARCH_EVERY_S and now.thumbnail.std() > 4.0:
            self._searched_s = now.time_s
            starts += search_warps(now.picture, now.hidden, self._anchor, self._good_warp)
        best: Alignment | None = None
        for start in starts:
            seen = self._anchor.align(now.picture, now.hidden, start, rounds=12)
            better = best is None or seen.patches * seen.matched > best.patches * best.matched
            if better and _plausible_warp(seen.warp):
                best = seen
        if best is not None and best.matched >= _AGAIN and best.patches >= 10:
            self._accept(best, now.time_s)
            self._lost = False
        elif now.time_s - self._matched_s > 2.0:
            self._try_to_find(now, frame, hands, 0.15)

    def _try_to_improve(self, now: _View, frame: Frame, hands: Hands) -> None:
        proposal = self._finder.update(frame, hands, 0.0, _IMPROVE_EVERY_S)
        if proposal is not None and proposal.confidence > self._sure + 0.04:
            since = self._anchored_s
            self._settle_on(proposal, now)
            self._anchored_s = since

    def _settle_on(self, proposal: Proposal, now: _View) -> None:
        self._side, self._view = proposal.side, proposal.view
        self._was_given = False
        self._anchor_at(now, proposal.landmarks_px, np.full(14, 0.8), proposal.confidence)

    def _try_to_find(self, now: _View, frame: Frame, hands: Hands, margin: float) -> None:
        proposal = self._finder.update(frame, hands, margin)
        if proposal is not None:
            self._settle_on(proposal, now)

    def _is_cut(self, now: _View) -> bool:
        """Whether this frame shows another scene than the one before, or nothing at all."""
        if now.thumbnail.std() < 4.0:
            return True
        if self._before is None:
            return False
        a, b = self._before.thumbnail, now.thumbnail
        if a.std() < 4.0:
            return False
        alike = float(((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std()))
        return alike < 0.4

    def _foot(self, frame: Frame, now: _View) -> Foot:
        length = 250.0 if self._length_mm is None else self._length_mm
        given_length = self._length_mm is not None
        if self._anchor is None or self._lost:
            return Foot.unknown(self._side, self._view, length, given_length)
        to_full = np.linalg.inv(_small_from_full(now.scale)) @ _square(self._warp) @ self._drift
        landmarks = to_px(to_full, self._places)
        homography = to_full @ self._map
        homography = homography / homography[2, 2]
        width, height = frame.size
        ring = to_px(homography, atlas.outline(self._view))
        inside = (ring >= 0).all(axis=1) & (ring[:, 0] < width) & (ring[:, 1] < height)
        if inside.mean() < 0.2:
            return Foot.unknown(self._side, self._view, length, given_length)
        measured = self._matched_s == now.time_s
        return make_foot(
            landmarks, self._side, self._view, Presence.MEASURED if measured else Presence.BRIDGED, length,
            given_length, self._motion if measured else np.zeros(2), self._confidence(landmarks, now, measured),
            homography,
        )  # fmt: skip

    def _confidence(self, landmarks_px: Floats, now: _View, measured: bool) -> Floats:
        """(14,) in 0–1: full where a landmark is in plain view and looks right, half where it is inferred."""
        assert self._anchor is not None
        small = np.nan_to_num((landmarks_px + 0.5) * now.scale - 0.5, nan=-1e6)
        column, row = np.rint(np.clip(small, -1e6, 1e6)).astype(int).T
        height, width = now.gray.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        open_view = inside & (now.hidden[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] == 0)
        matched = 0.0
        if self._matches is not None:
            tile = self._anchor.tile_at(np.nan_to_num(self._places, nan=-1e6))
            covered = (tile >= 0) & self._matches.visible[tile] & ~self._matches.matches[tile]
            open_view &= ~covered
            matched = self._matches.matched
        share = min(1.0, 0.4 + matched) * (1.0 if measured else 0.5)
        return self._place_sure * self._sure * share * np.where(open_view, 1.0, 0.5)


def _square(warp: Floats) -> Floats:
    return np.vstack([warp, [0.0, 0.0, 1.0]])


def _small_from_full(scale: float) -> Floats:
    """(3, 3) frame pixels to the working picture's; pixel centres are whole numbers in both."""
    shift = 0.5 * scale - 0.5
    return np.array([[scale, 0.0, shift], [0.0, scale, shift], [0.0, 0.0, 1.0]])


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
