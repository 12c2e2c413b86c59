"""The tracks of all that a landmarker reports, hand or not, and which detection continues which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trainer.hands.assign import cheapest_pairs
from trainer.hands.bridge import BRIDGE_S, Course, new_course
from trainer.hands.gate import INHERITED, Proof, Trail
from trainer.hands.identity import add_label, first_evidence
from trainer.hands.one_euro import OneEuro
from trainer.hands.shape import hand_distance, hand_size, same_hand, shape_distance
from trainer.model import Detection, Floats, Side

MAX_TRACKS = 6
MEMORY_S = 2.5
"""A proven hand that has been lost for longer than a bridge is remembered so long."""
_REACH = 0.6
_REACH_PER_S = 3.0
_REACH_MAX = 1.4
"""How far, in hand sizes, a hand may be from where it was expected: more after a gap."""

_PALM_M = 0.09
"""An adult's palm, for smoothing ``world_m``."""


@dataclass(eq=False)
class Track:
    """One thing followed over time. ``key`` are its landmarks at the last kept picture, for the flow."""

    course: Course
    detection: Detection
    evidence: float
    born_s: float
    proof: Proof = field(default_factory=Proof)
    side: Side | None = None
    key: Floats | None = None
    trail: Trail = field(default_factory=Trail)
    smooth_px: OneEuro = field(default_factory=OneEuro)
    smooth_world: OneEuro = field(default_factory=OneEuro)
    calm_px: Floats = field(init=False)
    calm_world: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.smooth()

    def smooth(self) -> None:
        """Filters the newest detection into ``calm_px`` (21, 2) and ``calm_world`` (21, 3)."""
        self.calm_px = self.smooth_px(self.course.points, self.seen_s, self.size)
        self.calm_world = self.smooth_world(self.detection.world_m, self.seen_s, _PALM_M)

    @property
    def seen_s(self) -> float:
        return self.course.time_s

    @property
    def size(self) -> float:
        return hand_size(self.course.points)


class Pool:
    """Up to ``MAX_TRACKS`` tracks and, apart, the proven ones that were lost a short while ago."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self.lost: list[Track] = []

    def advance(self, detections: Sequence[Detection], time_s: float) -> None:
        """Continues the tracks with this frame's detections, begins new ones, lets go of old ones."""
        detections = self._without_duplicates(detections, time_s)
        cost = np.array([[self._cost(d, t, time_s) for t in self.tracks] for d in detections])
        cost = cost.reshape(len(detections), len(self.tracks))
        pairs = dict(cheapest_pairs(cost, 10.0))
        for i, detection in enumerate(detections):
            if i in pairs:
                _continue(self.tracks[pairs[i]], detection, time_s)
            else:
                self.tracks.append(self._begin(detection, time_s))
        self._let_go(time_s)

    def _without_duplicates(self, detections: Sequence[Detection], time_s: float) -> list[Detection]:
        """Of several detections on one hand, the one that continues a track best, or else the best scored."""

        def rank(d: Detection) -> tuple[float, float]:
            return min((self._cost(d, t, time_s) for t in self.tracks), default=np.inf), -d.score

        kept: list[Detection] = []
        for d in sorted(detections, key=rank):
            if not any(same_hand(d.landmarks_px, k.landmarks_px) for k in kept):
                kept.append(d)
        return kept

    @staticmethod
    def _cost(detection: Detection, track: Track, time_s: float) -> float:
        """How badly the detection continues the track, in hand sizes; infinite when it can't."""
        gap = time_s - track.seen_s
        away = hand_distance(detection.landmarks_px, track.course.at(time_s))
        if away > min(_REACH + _REACH_PER_S * gap, _REACH_MAX):
            return float("inf")
        shape = shape_distance(detection.landmarks_px, track.course.points)
        strange = detection.side != ("right" if track.evidence > 0 else "left")
        return away + 0.5 * shape + (0.1 if strange else 0.0) + (0.0 if track.proof.proven else 0.1)

    def _begin(self, detection: Detection, time_s: float) -> Track:
        """A new track. One that looks like a hand lost a short while ago inherits its side and a part of its proof:
        a little coherent motion will do to show it again."""
        points = detection.landmarks_px
        evidence = first_evidence(detection.side, detection.score)
        track = Track(new_course(points, time_s), detection, evidence, time_s)
        alike = [t for t in self.lost if _returned(points, t.course.points)]
        if alike:
            former = min(alike, key=lambda t: hand_distance(points, t.course.points))
            self.lost.remove(former)
            track.evidence += 0.7 * former.evidence
            track.proof = Proof(INHERITED)
        return track

    def _let_go(self, time_s: float) -> None:
        gone = [t for t in self.tracks if time_s - t.seen_s > BRIDGE_S]
        self.lost = [t for t in self.lost if time_s - t.seen_s <= MEMORY_S]
        self.lost += [t for t in gone if t.proof.proven]
        alive = [t for t in self.tracks if time_s - t.seen_s <= BRIDGE_S]
        alive.sort(key=lambda t: (t.proof.proven, t.seen_s, t.proof.level), reverse=True)
        self.tracks = alive[:MAX_TRACKS]


def _returned(points: Floats, lost: Floats) -> bool:
    """Whether a hand that appears could be the lost one: near where that was, and of its size."""
    return hand_distance(points, lost) < _REACH_MAX and 0.6 < hand_size(points) / hand_size(lost) < 1.6


def _continue(track: Track, detection: Detection, time_s: float) -> None:
    dt = min(time_s - track.seen_s, BRIDGE_S)
    track.evidence = add_label(track.evidence, detection.side, detection.score, dt)
    track.course = track.course.seen_at(detection.landmarks_px, time_s)
    track.detection = detection
    track.smooth()
