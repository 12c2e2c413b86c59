"""What a stock landmarker says, made into two hands: which detection continues which hand, its side, gaps, smoothing.

A landmarker takes a bare foot for a hand; where there are findings, only what the finder also sees is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trainer.finding import Finding, FoundHand, Sighting
from trainer.hands import belief, sides
from trainer.hands.assign import cheapest_pairs
from trainer.hands.bridge import BRIDGE_S, Course, new_course
from trainer.hands.crop import apart, crop_of
from trainer.hands.one_euro import OneEuro
from trainer.hands.shape import hand_distance, hand_size, same_hand
from trainer.model import SIDES, Detection, Floats, Hand, Hands, Presence, Side

_REACH = 0.8
"""How far a hand may be from where it was expected, in hand sizes."""
_STRANGE = 0.2
"""What a detection of the other side counts as further away."""
_NEAR = 0.5
"""A finding within this (`apart`) is of the hand."""
_PALM_M = 0.09


@dataclass(eq=False)
class _Track:
    course: Course
    detection: Detection
    belief: float
    odds: float = 0.0
    side: Side | None = None
    calm_px: Floats = field(init=False)
    calm_world: Floats = field(init=False)
    _smooth_px: OneEuro = field(default_factory=OneEuro)
    _smooth_world: OneEuro = field(default_factory=OneEuro)

    def take(self, detection: Detection, dt_s: float) -> None:
        time_s = self.course.time_s
        self.detection = detection
        self.odds = sides.after_label(self.odds, detection.side, detection.score, dt_s)
        self.calm_px = self._smooth_px(self.course.points, time_s, hand_size(self.course.points))
        self.calm_world = self._smooth_world(detection.world_m, time_s, _PALM_M)


class StockHands:
    """Follows the detections of one video. Times must rise."""

    def __init__(self) -> None:
        self._tracks: list[_Track] = []
        self._time_s = self._found_s = -np.inf
        self._finds = False

    def update(self, time_s: float, sighting: Sighting) -> Hands:
        """The (left, right) hands at ``time_s``; one not seen for more than 0.3 s is unknown."""
        dt = min(time_s - self._time_s, BRIDGE_S)
        self._time_s = time_s
        self._follow(_usable(sighting.hands), time_s, dt)
        if sighting.finding is not None:
            self._support(sighting.finding, time_s)
        return self._show(time_s)

    def _follow(self, detections: Sequence[Detection], time_s: float, dt: float) -> None:
        costs = np.array([[_cost(t, d, time_s) for d in detections] for t in self._tracks])
        pairs = dict(cheapest_pairs(costs.reshape(len(self._tracks), len(detections)), _REACH))
        for i, track in enumerate(self._tracks):
            if i in pairs:
                track.course = track.course.seen_at(detections[pairs[i]].landmarks_px, time_s)
                track.take(detections[pairs[i]], dt)
        for k, detection in enumerate(detections):
            if k not in pairs.values():
                track = _Track(new_course(detection.landmarks_px, time_s), detection, 0.0 if self._finds else 1.0)
                track.take(detection, BRIDGE_S)
                self._tracks.append(track)
        self._tracks = [t for t in self._tracks if time_s - t.course.time_s <= BRIDGE_S]

    def _support(self, finding: Finding, time_s: float) -> None:
        dt = min(time_s - self._found_s, belief.LONGEST_S)
        if not self._finds:
            self._finds = True
            for track in self._tracks:
                track.belief = 0.0
        self._found_s = time_s
        for track in self._tracks:
            near = _nearest(finding, track.course.at(time_s))
            track.belief = belief.after_finding(track.belief, 0.0 if near is None else near.score, dt)
            if near is not None:
                track.odds = sides.after_finder(track.odds, near.right, dt)

    def _show(self, time_s: float) -> Hands:
        worth = [t for t in self._tracks if belief.worth_showing(t.belief, t.side is not None)]
        worth.sort(key=lambda t: (t.side is not None, t.course.time_s, t.belief), reverse=True)
        chosen = worth[:2]
        settled = sides.settle([t.odds for t in chosen], [t.side for t in chosen])
        for track in self._tracks:
            track.side = None
        hands = {side: Hand.unknown(side) for side in SIDES}
        for track, side in zip(chosen, settled, strict=True):
            track.side = side
            presence = Presence.MEASURED if track.course.time_s == time_s else Presence.BRIDGED
            px = track.calm_px + (track.course.at(time_s) - track.course.points)
            hands[side] = Hand(side, presence, px, track.calm_world.copy(), track.detection.score)
        return hands["left"], hands["right"]


def _usable(detections: Sequence[Detection]) -> list[Detection]:
    """The whole ones, and of several on one hand the best scored."""
    kept: list[Detection] = []
    for one in sorted(detections, key=lambda d: -d.score):
        whole = bool(np.isfinite(one.landmarks_px).all()) and hand_size(one.landmarks_px) > 1.0
        if whole and not any(same_hand(one.landmarks_px, other.landmarks_px) for other in kept):
            kept.append(one)
    return kept


def _cost(track: _Track, detection: Detection, time_s: float) -> float:
    strange = (track.odds > 0) != (detection.side == "right")
    return hand_distance(track.course.at(time_s), detection.landmarks_px) + _STRANGE * strange


def _nearest(finding: Finding, points: Floats) -> FoundHand | None:
    crop = crop_of(points)
    near = [hand for hand in finding.hands if apart(crop, hand.crop) < _NEAR]
    return min(near, key=lambda hand: apart(crop, hand.crop)) if near else None
