"""Following the foot under moving hands: where findings or a person say it is, and saying so when it is lost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from trainer.finding import Finding, FoundFoot
from trainer.foot import atlas
from trainer.foot.average import LandmarkAverage, fit_similarity, spread_px, typical_miss
from trainer.foot.belief import Candidate, FootBelief
from trainer.foot.follower import Follower, square
from trainer.foot.geometry import fit_px_from_uv, make_foot, to_px
from trainer.foot.given import GivenFoot
from trainer.foot.hidden import share_of_hands
from trainer.foot.kind import agrees
from trainer.foot.look import Look, Looker
from trainer.foot.pose import as_feet_are, carried, fit_pose, focal_of
from trainer.foot.surface import foot_model
from trainer.model import Floats, Foot, FootPose, Frame, Hands, Presence, Side, View

_NEAR = 0.10
"""A finding this close to what was expected, in foot lengths (median over the landmarks), agrees with it."""
_AGAINST = (4, 2)
"""So many findings in a row must have the foot elsewhere to be right, when it is recognised and when it isn't."""
_ALIKE = 0.08
"""Those findings must agree with each other so well."""
_ABOUT = 0.35
"""Farther off than this, a finding is of another foot."""
_NUDGE = 0.5
_HELD_S = 0.25
"""A foot that isn't recognised is held to be measured so long after a finding had it there."""
_DENIED_S = 1.0
"""A foot that findings haven't had for so long isn't there, whatever it looks like."""
_LEAST_SCORE = 0.35
"""A foot that is no longer believed in is upheld by findings of at least this score."""
_MOST_HIDDEN = 0.8
"""Findings may miss a foot whose outline is hidden by hands to this share."""
_FIT_S = 0.2
"""The pose is fitted anew at least so often."""
_NO_FINDINGS_S = 1.0
"""Without a finding for so long a given foot that was lost is searched for by its looks."""


class FootTracker:
    """One foot through a video. ``update`` is fed every frame in order and depends on nothing else.

    With ``given`` the foot is where a person placed it at ``given.time_s`` (unknown before that), and findings only
    help to get it back. Without, it is unknown until findings agree on it; ``side`` and ``view``, where known, narrow
    them. ``length_mm`` is the foot's length, taken from ``given`` when that has one; 250 mm if nobody says.
    ``field_of_view_deg`` is the camera's, along the picture's longer side; a usual one if nobody says.
    """

    def __init__(
        self, *, given: GivenFoot | None = None, side: Side | None = None, view: View | None = None,
        length_mm: float | None = None, field_of_view_deg: float | None = None,
    ) -> None:  # fmt: skip
        self._field_of_view_deg = field_of_view_deg
        self._waiting: GivenFoot | None = None
        self._starts_s = -math.inf
        self._given = False
        self._length_mm = length_mm
        self._side: Side = side or "left"
        self._view: View = view or "plantar"
        self._belief = FootBelief(side, view)
        self._looker = Looker()
        self._before: Look | None = None
        self._follower: Follower | None = None
        self._finding_s = -math.inf
        self._model = foot_model()
        self._pose: FootPose | None = None
        self._settled: Floats | None = None
        self._fitted_to_full: Floats = np.eye(3)
        self._fitted_s = -math.inf
        if given is not None:
            self._take(given, given.time_s)

    def _take(self, given: GivenFoot, starts_s: float) -> None:
        self._waiting, self._starts_s, self._given = given, starts_s, True
        self._side, self._view = given.side, given.view
        if given.length_mm is not None:
            self._length_mm = given.length_mm
        self._belief = FootBelief(given.side, given.view)

    def set_given(self, given: GivenFoot) -> None:
        """The user placed the landmarks anew: they hold at the next frame."""
        self._take(given, -math.inf)

    def update(self, frame: Frame, hands: Hands, finding: Finding | None = None, hidden: Sequence[Floats] = ()) -> Foot:
        """The foot in ``frame``, of which ``finding`` tells where the finder looked at it. ``hidden`` are (N, 2) px
        point sets, besides the hands, whose hulls cover it."""
        now = self._looker.look(frame, hands, finding, hidden)
        if self._before is not None and self._before.gray.shape != now.gray.shape:
            self._before, self._follower = None, None
            self._belief.forget()
        cut = now.is_cut_from(self._before)
        if cut:
            self._belief.forget()
        if finding is not None:
            self._belief.update(frame.time_s, finding, frame.size)
        self._motion: Floats = np.zeros(2)
        if self._waiting is not None and frame.time_s >= self._starts_s - 1e-6:
            given, self._waiting = self._waiting.scaled_to(frame.size), None
            self._begin(now, given.points, np.where(np.isfinite(given.points[:, 0]), 1.0, 0.8))
        elif self._follower is not None:
            self._follow(self._follower, now, finding, cut)
        elif self._waiting is None and finding is not None:
            self._begin_with(self._belief.worked, now)
        if finding is not None:
            self._finding_s = frame.time_s
        foot = self._foot(frame, now)
        self._before = now
        return foot

    def _begin_with(self, candidate: Candidate | None, now: Look) -> None:
        """Take up the foot that findings agree on, if there is one."""
        placed = candidate.placed() if candidate is not None else None
        if candidate is None or placed is None or candidate.kind is None:
            return
        self._side, self._view = candidate.kind
        self._given = False
        self._begin(now, *placed, weighted=True)
        if self._follower is not None:
            to_own = np.asarray(np.linalg.inv(self._to_full(self._follower, now)), float)
            self._seen.add(to_px(to_own, placed[0]), placed[1], 0.0)

    def _begin(self, now: Look, landmarks_px: Floats, sure: Floats, weighted: bool = False) -> None:
        """Follow a foot from here, with its landmarks (14, 2) px in the frame as they are placed now."""
        homography = fit_px_from_uv(landmarks_px, self._side, self._view, sure if weighted else None)
        self._follower = None
        self._pose, self._settled = None, None
        self._against: list[Floats] = []
        self._denied_s = 0.0
        self._held_s = -math.inf
        if homography is None:
            return
        to_small = now.small_from_full @ homography
        self._follower = Follower(now, to_px(to_small, atlas.outline(self._view)))
        back = np.asarray(np.linalg.inv(self._to_full(self._follower, now)), float)
        self._map: Floats = back @ homography
        placed = np.where(np.isfinite(landmarks_px), landmarks_px, to_px(homography, atlas.landmarks_uv(self._view)))
        self._places: Floats = to_px(back, placed)
        self._sure: Floats = sure
        self._seen = LandmarkAverage(spread_px(self._places))

    def _follow(self, follower: Follower, now: Look, finding: Finding | None, cut: bool) -> None:
        before = follower.to_small
        follower.follow(now, self._before, cut)
        self._add_motion(follower, before, now)
        if finding is not None:
            self._heed(follower, now, finding)
        elif follower.lost and self._given and now.time_s - self._finding_s > _NO_FINDINGS_S:
            follower.search(now)

    def _add_motion(self, follower: Follower, before: Floats, now: Look) -> None:
        shift = (follower.to_small - before) @ np.append(follower.centre, 1.0)
        self._motion = self._motion + shift[:2] / now.scale

    def _heed(self, follower: Follower, now: Look, finding: Finding) -> None:
        """Compare what is followed with what was found in this frame."""
        worked = self._belief.worked
        if not self._given and worked is not None and worked.kind not in (None, (self._side, self._view)):
            self._begin_with(worked, now)
            return
        if follower.lost:
            self._get_back(follower, worked, now)
            return
        expected = to_px(self._to_full(follower, now), self._expected_places())
        found, off = self._of_this_foot(finding, expected)
        if found is None:
            self._deny(now, finding)
            return
        self._denied_s = 0.0
        if off < _NEAR and agrees(found.landmarks_px, (self._side, self._view)):
            self._against = []
            if follower.matched_s < now.time_s:
                step = self._step(expected, found.landmarks_px, found.confidence, now)
                if step is not None:
                    before = follower.to_small
                    follower.nudge(step, _NUDGE, now.time_s)
                    self._add_motion(follower, before, now)
                    self._held_s = now.time_s
            self._average(follower, found, now)
        elif not (self._given and follower.matches_well(now)):
            self._speak_against(follower, found, worked, now)

    def _expected_places(self) -> Floats:
        """(14, 2) where findings are to be expected: where they were before, else where the landmarks are."""
        return np.where((self._seen.weight > 0)[:, None], self._seen.places, self._places)

    def _of_this_foot(self, finding: Finding, expected_px: Floats) -> tuple[FoundFoot | None, float]:
        """The found foot that is to be compared, and how far it is off in foot lengths."""
        length = spread_px(expected_px)
        worked = self._belief.worked
        feet = finding.feet
        if not self._given:
            feet = tuple(f for f in feet if (f.score >= _LEAST_SCORE if worked is None else f is worked.last))
        offs = [typical_miss(f.landmarks_px, expected_px, length) for f in feet]
        if not offs:
            return None, math.inf
        best = int(np.argmin(offs))
        # Another foot than the given one is no word on it.
        return (None, math.inf) if self._given and offs[best] > _ABOUT else (feet[best], offs[best])

    def _average(self, follower: Follower, found: FoundFoot, now: Look) -> None:
        to_own = np.asarray(np.linalg.inv(self._to_full(follower, now)), float)
        self._seen.add(to_px(to_own, found.landmarks_px), found.confidence, now.time_s - self._finding_s)
        if not self._given:
            self._places = self._seen.places
            self._sure = self._seen.sure
            fitted = fit_px_from_uv(self._places, self._side, self._view, self._sure)
            if fitted is not None:
                self._map = fitted

    def _speak_against(self, follower: Follower, found: FoundFoot, worked: Candidate | None, now: Look) -> None:
        """The findings have the foot elsewhere: they are right when they keep to it."""
        recognised = follower.matched_s == now.time_s
        to_own = np.asarray(np.linalg.inv(self._to_full(follower, now)), float)
        self._against.append(to_px(to_own, found.landmarks_px))
        last = self._against[-_AGAINST[not recognised] :]
        if len(last) < _AGAINST[not recognised]:
            return
        middle = np.median(np.stack(last), axis=0)
        if not recognised or max(typical_miss(one, middle, self._seen.length) for one in last) < _ALIKE:
            self._get_back(follower, worked, now)

    def _get_back(self, follower: Follower, worked: Candidate | None, now: Look) -> None:
        """Go where the findings have the foot: with what is remembered if that looks right there, else begin anew."""
        placed = worked.placed() if worked is not None else None
        if placed is None:
            return
        landmarks, sure = placed
        to_full = self._to_full(follower, now)
        step = self._step(to_px(to_full, self._expected_places()), landmarks, sure, now)
        if step is not None and follower.try_at(now, step):
            expected = to_px(self._to_full(follower, now), self._expected_places())
            if typical_miss(landmarks, expected, spread_px(landmarks)) < _NEAR:
                self._against = []
                self._denied_s = 0.0
                return
        if not self._given:
            self._begin_with(worked, now)
        elif step is not None:
            moved = np.linalg.inv(now.small_from_full) @ square(step) @ now.small_from_full @ to_full
            seen = self._seen
            self._begin(now, to_px(moved, self._places), self._sure)
            if self._follower is not None:
                to_own = np.asarray(np.linalg.inv(self._to_full(self._follower, now)) @ moved, float)
                self._seen = seen.carried(to_own)

    def _deny(self, now: Look, finding: Finding) -> None:
        """The finder has no foot where one is followed."""
        if self._given or self._follower is None:
            return
        outline = to_px(self._to_full(self._follower, now) @ self._map, atlas.outline(self._view))
        if share_of_hands(finding.mask, outline, now.full_size) < _MOST_HIDDEN:
            self._denied_s += min(now.time_s - self._finding_s, 0.3)
        if self._denied_s >= _DENIED_S:
            self._follower.lost = True

    def _step(self, before_px: Floats, now_px: Floats, sure: Floats, now: Look) -> Floats | None:
        """(2, 3) similarity of the look's pixels that takes the one to the other."""
        small = now.small_from_full
        return fit_similarity(to_px(small, before_px), to_px(small, now_px), sure)

    def _to_full(self, follower: Follower, now: Look) -> Floats:
        return np.asarray(np.linalg.inv(now.small_from_full) @ follower.to_small)

    def _foot(self, frame: Frame, now: Look) -> Foot:
        length = 250.0 if self._length_mm is None else self._length_mm
        given_length = self._length_mm is not None
        unknown = Foot.unknown(self._side, self._view, length, given_length)
        follower = self._follower
        if follower is None or follower.lost:
            return unknown
        to_full = self._to_full(follower, now)
        landmarks = to_px(to_full, self._places)
        homography = to_full @ self._map
        homography = homography / homography[2, 2]
        width, height = frame.size
        ring = to_px(homography, atlas.outline(self._view))
        inside = (ring >= 0).all(axis=1) & (ring[:, 0] < width) & (ring[:, 1] < height)
        if inside.mean() < 0.2:
            return unknown
        measured = follower.matched_s == now.time_s or now.time_s - self._held_s <= _HELD_S
        sure = self._confidence(follower, landmarks, now, measured)
        self._fit_pose(landmarks, to_full, frame)
        step = to_full @ np.asarray(np.linalg.inv(self._fitted_to_full), float)
        if self._settled is not None and not self._given:
            landmarks = to_px(step, self._settled)
        return make_foot(
            landmarks, self._side, self._view, Presence.MEASURED if measured else Presence.BRIDGED, length,
            given_length, self._motion if measured else np.zeros(2), sure, homography,
            carried(self._pose, step, landmarks),
        )  # fmt: skip

    def _fit_pose(self, landmarks_px: Floats, to_full: Floats, frame: Frame) -> None:
        """Fit the pose when findings have been heeded, and now and then where there are none; in between it moves as
        the foot does. With it, doubtful landmarks settle where a foot of usual shape has them."""
        if self._settled is not None and frame.time_s != self._finding_s and frame.time_s - self._fitted_s < _FIT_S:
            return
        focal_px = None if self._field_of_view_deg is None else focal_of(self._field_of_view_deg, frame.size)
        self._pose = fit_pose(
            landmarks_px, self._sure, self._side, self._view, self._model, frame.size, self._pose, focal_px
        )
        self._settled = as_feet_are(landmarks_px, self._sure, self._side, self._pose, self._model)
        self._fitted_to_full, self._fitted_s = to_full, frame.time_s

    def _confidence(self, follower: Follower, landmarks_px: Floats, now: Look, measured: bool) -> Floats:
        """(14,) in 0–1: full where a landmark is in plain view and looks right, half where it is inferred."""
        small = np.nan_to_num(to_px(now.small_from_full, landmarks_px), nan=-1e6)
        column, row = np.rint(np.clip(small, -1e6, 1e6)).astype(int).T
        height, width = now.gray.shape
        inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        open_view = inside & (now.hidden[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] == 0)
        open_view &= ~follower.covered(self._places)
        share = min(1.0, 0.4 + follower.matches.matched) * (1.0 if measured else 0.5)
        return np.asarray(self._sure * share * np.where(open_view, 1.0, 0.5))
