"""Hands that need no doubt: followed, recorded or true. Only their gaps are bridged."""

from __future__ import annotations

import numpy as np

from trainer.finding import Finding, Sighting
from trainer.hands.bridge import BRIDGE_S, Course, new_course
from trainer.hands.crop import apart, crop_of
from trainer.hands.shape import hand_size
from trainer.model import SIDES, Detection, Floats, Hand, Hands, Presence, Side

_NEAR = 0.5
"""A finding within this (`apart`) is of the hand."""


class TrustedHands:
    """Takes each detection's side as it is."""

    def __init__(self) -> None:
        self._last: dict[Side, tuple[Course, Detection]] = {}

    def update(self, time_s: float, sighting: Sighting) -> Hands:
        """The (left, right) hands at ``time_s``, which must rise. Of two detections of a side the better scored counts.

        What the finder, having looked at this picture, doesn't see either isn't bridged.
        """
        whole = [d for d in sighting.hands if np.isfinite(d.landmarks_px).all() and hand_size(d.landmarks_px) > 1.0]
        for detection in sorted(whole, key=lambda d: d.score):
            known = self._last.get(detection.side)
            points = detection.landmarks_px
            if known is None or time_s - known[0].time_s > BRIDGE_S:
                course = new_course(points, time_s)
            elif known[0].time_s == time_s:
                course = Course(points, known[0].velocity, time_s)
            else:
                course = known[0].seen_at(points, time_s)
            self._last[detection.side] = course, detection
        finding = sighting.finding
        if finding is not None:
            self._last = {
                side: (course, detection)
                for side, (course, detection) in self._last.items()
                if course.time_s == time_s or _seen_by(finding, course.at(time_s))
            }
        left, right = (self._hand(side, time_s) for side in SIDES)
        return left, right

    def _hand(self, side: Side, time_s: float) -> Hand:
        if side not in self._last or time_s - self._last[side][0].time_s > BRIDGE_S:
            return Hand.unknown(side)
        course, detection = self._last[side]
        presence = Presence.MEASURED if course.time_s == time_s else Presence.BRIDGED
        return Hand(side, presence, course.at(time_s).copy(), detection.world_m.copy(), detection.score)


def _seen_by(finding: Finding, points: Floats) -> bool:
    crop = crop_of(points)
    return any(apart(crop, hand.crop) < _NEAR for hand in finding.hands)
