"""From a landmarker's detections to exactly two hands, left and right, frame by frame and causally."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trainer.hands import flow, gate
from trainer.hands.bridge import BRIDGE_S
from trainer.hands.ghosts import Ghosts, on_foot, reaches
from trainer.hands.identity import FIRST_S, Claim, add_bearing, bearing, learn_layout, right_of, settle
from trainer.hands.pool import Pool, Track
from trainer.hands.room import Crowd
from trainer.hands.shape import hand_size, near_hand
from trainer.hands.trusted import TrustedHands
from trainer.model import SIDES, Detection, Finding, Floats, Foot, Frame, Hand, Hands, Presence, Side

_WELL_INSIDE = 19
"""Landmarks of a missing hand that must lie in the picture for it to be bridged."""


class HandTracker:
    """Follows hands over the frames of one video.

    trusted: the detections are working hands with their right side already (`HandBackend.trusted`): nothing
    is doubted or smoothed, only gaps are bridged.
    make_room: told when reports on the bare foot keep a landmarker from looking for hands; give it
    the backend's own.
    """

    def __init__(self, *, trusted: bool = False, make_room: Callable[[Crowd], None] | None = None) -> None:
        self._trusted = TrustedHands() if trusted else None
        self._make_room = make_room
        self._pool = Pool()
        self._still: flow.Still | None = None
        self._still_foot: Foot | None = None
        self._still_grid: Floats = np.zeros((0, 2))
        self._ghosts = Ghosts()
        self._foot: Foot | None = None
        self._time_s = -np.inf
        self._layout = 0.0

    def update(
        self, frame: Frame, detections: Sequence[Detection], foot: Foot | None = None,
        finding: Finding | None = None,
    ) -> Hands:  # fmt: skip
        """The (left, right) hands at ``frame``.

        ``detections`` are those of this very frame; ``foot`` is the newest known, of the frame before;
        ``finding`` what the finder saw in this frame, if it looked.
        Frames come in order; raises ValueError for one that isn't later than the last. A hand that isn't
        proven, or hasn't been seen for more than 0.3 s, is unknown.
        """
        if not frame.time_s > self._time_s:
            raise ValueError(f"Expected a frame after {self._time_s} s, but got one at {frame.time_s} s")
        dt = min(frame.time_s - self._time_s, BRIDGE_S)
        self._time_s = frame.time_s
        usable = [d for d in detections if np.isfinite(d.landmarks_px).all() and hand_size(d.landmarks_px) > 1.0]
        if self._trusted is not None:
            return self._trusted.update(frame.time_s, usable, finding)
        self._foot = foot
        self._pool.advance(usable, [self._ghostly(d.landmarks_px) for d in usable], frame.time_s)
        self._give_credit()
        self._weigh(frame, foot)
        self._pool.hand_over(frame.time_s)
        self._mind_the_room(frame, usable)
        return self._show(dt, frame.size)

    def _mind_the_room(self, frame: Frame, detections: Sequence[Detection]) -> None:
        if self._make_room is None or len(detections) < 2:
            return
        hands = tuple(t.course.points for t in self._pool.tracks if t.proof.proven and t.seen_s == frame.time_s)
        others = [d.landmarks_px for d in detections if not any(d.landmarks_px is h for h in hands)]
        ghosts = tuple(points for points in others if self._ghostly(points))
        if ghosts and len(hands) < 2:
            self._make_room(Crowd(frame.index, frame.time_s, ghosts, hands))

    def _doubt(self, track: Track) -> gate.Doubt:
        if self._ghostly(track.course.points):
            return gate.GHOSTLY
        if self._foot is None or not self._foot.seen:
            return gate.PLAIN
        return gate.REACHING if reaches(track.course.points, self._foot) else gate.CLEAR

    def _give_credit(self) -> None:
        """Believes, once, what can be nothing but a hand."""
        for track in self._pool.tracks:
            if not track.credited and track.seen_s == self._time_s and self._doubt(track) is gate.REACHING:
                _credit(track, gate.REACHING_CREDIT_S)

    def _ghostly(self, points: Floats) -> bool:
        return on_foot(points, self._foot) or self._ghosts.like(points, self._foot)

    def _weigh(self, frame: Frame, foot: Foot | None) -> None:
        """Lets the pixels' motion since the last kept picture speak for or against each track."""
        before = self._still
        if before is not None and 0 < frame.time_s - before.time_s < flow.MIN_INTERVAL_S:
            return
        now = flow.keep_still(frame.image, frame.time_s)
        here = [t for t in self._pool.tracks if t.seen_s == frame.time_s]
        if before is not None and flow.comparable(before, frame.time_s):
            self._compare(before, now, [t for t in here if t.key is not None], foot)
        for track in self._pool.tracks:
            if track.seen_s != frame.time_s:
                track.key = None
                continue
            if track.key is None or before is None or not flow.comparable(before, frame.time_s):
                track.trail.restart(frame.time_s, track.course.points)
            track.key = track.course.points
        self._still, self._still_foot = now, foot
        self._still_grid = flow.backdrop_points(frame.size, [t.course.points for t in here])

    def _compare(self, before: flow.Still, now: flow.Still, tracks: list[Track], foot: Foot | None) -> None:
        keys = [t.key for t in tracks if t.key is not None]
        n = len(self._still_grid)
        moved = flow.follow(before, now, np.concatenate([self._still_grid, *keys]))
        camera = flow.backdrop_shift(flow.PointFlow(moved.shift[:n], moved.known[:n]))
        self._welcome(before, now, camera)
        for i, (track, key) in enumerate(zip(tracks, keys, strict=True)):
            part = slice(n + 21 * i, n + 21 * (i + 1))
            with_foot = gate.foot_shift(key, self._still_foot, foot)
            scenery = camera, camera if with_foot is None else with_foot
            known = moved.known[part] & ~self._covered(track)
            track.trail.grain_px = flow.GRAIN_PX / now.scale
            track.trail.add(now.time_s, track.course.points, moved.shift[part], known, scenery)
            was = track.proof
            track.proof = track.proof.after(track.trail, now.time_s - before.time_s, self._doubt(track))
            if was.earned and not track.proof.proven:
                track.credited = False
            if track.proof.proven and not was.proven:
                self._ghosts.unlearn(track.course.points, foot)
            elif track.idle(now.time_s):
                self._ghosts.learn(track.course.points, foot, now.time_s)

    def _welcome(self, before: flow.Still, now: flow.Still, camera: Floats) -> None:
        """Believes, once, what has just come and moves as a thing of its own; a foot doesn't come, it is found."""
        for track in self._pool.tracks:
            young = track.seen_s == now.time_s and now.time_s - track.born_s <= gate.COMING_S
            if young and not (track.credited or track.proof.proven) and self._doubt(track) is gate.CLEAR:
                back = flow.follow(now, before, track.course.points)
                own = (-back.shift - camera)[back.known & ~self._covered(track)]
                grain_px = flow.GRAIN_PX / now.scale
                if gate.comes(own, now.time_s - before.time_s, track.size, grain_px):
                    _credit(track, gate.CREDIT_S)

    def _covered(self, track: Track) -> NDArray[np.bool_]:
        """(21,) the landmarks that another proven hand may hide: their pixels are that hand's."""
        points = track.course.points
        covered = np.zeros(len(points), bool)
        for other in self._pool.tracks:
            if other is not track and other.proof.proven:
                covered |= near_hand(points, other.course.at(self._time_s))
        return covered

    def _show(self, dt: float, size: tuple[int, int]) -> Hands:
        proven = [t for t in self._pool.tracks if t.proof.proven and self._showable(t, size)]
        seen = {id(t): t.seen_s == self._time_s for t in proven}
        proven.sort(key=lambda t: (t.side is not None and seen[id(t)], seen[id(t)], t.proof.level), reverse=True)
        chosen = proven[:2]
        self._weigh_sides(chosen, dt)
        claims = [Claim(t.evidence, t.side, float(t.course.points[:, 0].mean())) for t in chosen]
        sides = settle(claims, self._layout)
        self._layout = learn_layout(self._layout, claims, sides, dt)
        for track in self._pool.tracks:
            track.side = None
        hands = {side: Hand.unknown(side) for side in SIDES}
        for track, side in zip(chosen, sides, strict=True):
            track.side = side
            hands[side] = self._hand(track, side)
        return hands["left"], hands["right"]

    def _showable(self, track: Track, size: tuple[int, int]) -> bool:
        """Whether a proven hand is to be shown: seen now, or missing for a moment in the open picture.

        What went out of the picture, and what slid onto the foot before it was missed, isn't bridged.
        """
        if track.seen_s == self._time_s:
            return True
        points = track.course.at(self._time_s)
        inside = ((points > -0.5) & (points < np.array(size) - 0.5)).all(axis=1)
        return not track.usurped and int(inside.sum()) >= _WELL_INSIDE

    def _weigh_sides(self, shown: list[Track], dt: float) -> None:
        """Lets the place and direction of the hands speak for their sides, beside the labels."""
        here = [t for t in shown if t.seen_s == self._time_s]
        for track in here:
            others = [t for t in here if t is not track]
            if others:
                lean = right_of(track.course.points, others[0].course.points)
            elif self._foot is not None and self._foot.seen:
                lean = bearing(track.course.points, np.nanmean(self._foot.landmarks_px, axis=0))
            else:
                continue
            stood_s = max(dt, FIRST_S) if track.side is None else dt
            track.evidence = add_bearing(track.evidence, lean, bool(others), stood_s)

    def _hand(self, track: Track, side: Side) -> Hand:
        measured = track.seen_s == self._time_s
        presence = Presence.MEASURED if measured else Presence.BRIDGED
        px = track.calm_px + (track.course.at(self._time_s) - track.course.points)
        return Hand(side, presence, px, track.calm_world.copy(), track.detection.score)


def _credit(track: Track, credit_s: float) -> None:
    track.credited = True
    track.proof = replace(track.proof, credit_s=credit_s)
