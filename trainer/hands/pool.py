"""The tracks of all that a landmarker reports, hand or not, and which detection continues which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trainer.hands.assign import cheapest_pairs
from trainer.hands.bridge import BRIDGE_S, Course, new_course
from trainer.hands.gate import INHERITED, PROVEN_AT, Proof, Trail, inert
from trainer.hands.identity import add_label, first_evidence
from trainer.hands.one_euro import OneEuro
from trainer.hands.shape import hand_distance, hand_size, same_hand, same_wrist, shape_distance
from trainer.model import Detection, Floats, Side

MAX_TRACKS = 6
MEMORY_S = 2.5
"""A proven hand that has been lost for longer than a bridge is remembered so long."""
RETURN_S = 1.0
"""One that comes back within this time needs no new proof."""
_IDLE_S = 1.5
_REACH = 0.6
_REACH_PER_S = 2.0
_REACH_MAX = 1.0
"""How far, in hand sizes, a hand may be from where it was expected: more after a gap."""

_USURP_REACH = 0.9
"""A ghost this near to a hand that has just been missed may well have been made of it."""
_RETURN_REACH = 0.7
_RETURN_SHAPE = 0.4
"""The other hand, at work beside it, is a palm away and its mirror image."""
_ALIKE_REACH = 1.0
_SURE = 1.5
_STRANGE_REACH = 0.4
"""A label that flips is no matter on a hand that stays where it is."""
_MISSED_S = 0.07
"""A hand that has been missing for longer isn't taken for the other one: shape and label must agree."""
_SLIDE = 0.1
_SLIDE_PER_S = 2.0
"""The same for a step of a hand onto a place where ghosts lie, and of a ghost away from it."""
_PALM_M = 0.09
"""An adult's palm, for smoothing ``world_m``."""


@dataclass(eq=False)
class Track:
    """One thing followed over time. ``key`` are its landmarks at the last kept picture, for the flow; ``former`` is the
    track of the same hand, as it seems, that ended when this one began; ``ghostly``: its newest detection looks like
    those on a bare foot; ``credited``: it has been believed once without proof."""

    course: Course
    detection: Detection
    evidence: float
    born_s: float
    proof: Proof = field(default_factory=Proof)
    side: Side | None = None
    key: Floats | None = None
    former: Track | None = None
    usurped: bool = False
    ghostly: bool = False
    credited: bool = False
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

    def idle(self, time_s: float) -> bool:
        """Whether it has never been more than an inert report, for long enough to be remembered as one."""
        return (
            not self.proof.proven and self.proof.level == 0.0 and time_s - self.born_s > _IDLE_S and inert(self.trail)
        )

    @property
    def size(self) -> float:
        return hand_size(self.course.points)


class Pool:
    """Up to ``MAX_TRACKS`` tracks and, apart, the proven ones that were lost a short while ago."""

    def __init__(self) -> None:
        self.tracks: list[Track] = []
        self.lost: list[Track] = []

    def advance(self, detections: Sequence[Detection], ghostly: Sequence[bool], time_s: float) -> None:
        """Continues the tracks with this frame's detections, begins new ones, lets go of old ones.

        ``ghostly`` says which detections look like those on a bare foot (`ghosts`): a hand doesn't jump to one.
        """
        cost = np.array(
            [[self._cost(d, g, t, time_s) for t in self.tracks] for d, g in zip(detections, ghostly, strict=True)]
        ).reshape(len(detections), len(self.tracks))
        kept = _without_duplicates(detections, cost)
        pairs = dict(cheapest_pairs(cost[kept], 10.0))
        continued = {id(self.tracks[column]) for column in pairs.values()}
        waiting = [t for t in self.tracks if t.proof.proven and id(t) not in continued]
        for row, i in enumerate(kept):
            if row in pairs:
                _continue(self.tracks[pairs[row]], detections[i], ghostly[i], time_s)
            else:
                self.tracks.append(self._begin(detections[i], ghostly[i], time_s, waiting))
        ghosts = [d.landmarks_px for d, g in zip(detections, ghostly, strict=True) if g]
        for track in waiting:
            if any(hand_distance(ghost, track.course.points) < _USURP_REACH for ghost in ghosts):
                track.usurped = True
        self._let_go(time_s)

    def hand_over(self, time_s: float) -> None:
        """Ends the tracks whose successor has been proven to be the same hand."""
        done = [t.former for t in self.tracks if t.former is not None and t.proof.proven]
        self.tracks = [t for t in self.tracks if t.seen_s == time_s or not any(t is d for d in done)]

    @staticmethod
    def _cost(detection: Detection, ghostly: bool, track: Track, time_s: float) -> float:
        """How badly the detection continues the track, in hand sizes; infinite when it can't."""
        gap = time_s - track.seen_s
        expected = track.course.at(time_s)
        away = hand_distance(detection.landmarks_px, expected)
        there = same_wrist(detection.landmarks_px, expected)
        if away > min(_REACH + _REACH_PER_S * gap, _REACH_MAX) and not there:
            return float("inf")
        from_ghost = track.ghostly and not ghostly and not track.proof.proven
        if (from_ghost or (ghostly and track.proof.proven)) and away > _SLIDE + _SLIDE_PER_S * gap:
            return float("inf")
        shape = shape_distance(detection.landmarks_px, track.course.points)
        strange = detection.side != ("right" if track.evidence > 0 else "left")
        if strange and abs(track.evidence) > _SURE and away > _STRANGE_REACH and not there:
            return float("inf")
        if gap > _MISSED_S and not there and (shape > _RETURN_SHAPE or (strange and abs(track.evidence) > _SURE)):
            return float("inf")
        return away + 0.5 * shape + (0.1 if strange else 0.0) + (0.0 if track.proof.proven else 0.1)

    def _begin(self, detection: Detection, ghostly: bool, time_s: float, waiting: Sequence[Track]) -> Track:
        """A new track. One that looks like a hand missed in this frame or lost a short while ago inherits its side and
        its proof; after a longer while a part of it, so that a little coherent motion will do to show it again."""
        points = detection.landmarks_px
        evidence = first_evidence(detection.side, detection.score)
        track = Track(new_course(points, time_s), detection, evidence, time_s, ghostly=ghostly)
        alike = [t for t in (*waiting, *self.lost) if _returned(detection, t, time_s)]
        if alike and not ghostly:
            track.former = min(alike, key=lambda t: hand_distance(points, t.course.points))
            self.lost = [t for t in self.lost if t is not track.former]
            track.evidence += 0.7 * track.former.evidence
            back = time_s - track.former.seen_s <= RETURN_S
            track.proof = Proof(PROVEN_AT, earned=True) if back else Proof(INHERITED)
        return track

    def _let_go(self, time_s: float) -> None:
        gone = [t for t in self.tracks if time_s - t.seen_s > BRIDGE_S]
        self.lost = [t for t in self.lost if time_s - t.seen_s <= MEMORY_S]
        taken = [t.former for t in self.tracks]
        self.lost += [t for t in gone if t.proof.proven and not any(t is f for f in taken)]
        alive = [t for t in self.tracks if time_s - t.seen_s <= BRIDGE_S]
        alive.sort(key=lambda t: (t.proof.proven, t.seen_s, t.proof.level), reverse=True)
        self.tracks = alive[:MAX_TRACKS]
        for track in self.tracks:
            if track.former is not None and time_s - track.former.seen_s > MEMORY_S:
                track.former = None


def _without_duplicates(detections: Sequence[Detection], cost: Floats) -> list[int]:
    """Of several detections on one hand, the one that continues a track best, or else the best scored: indices."""
    best = cost.min(axis=1, initial=np.inf)
    kept: list[int] = []
    for i in sorted(range(len(detections)), key=lambda i: (best[i], -detections[i].score)):
        points = detections[i].landmarks_px
        if not any(same_hand(points, detections[k].landmarks_px) for k in kept):
            kept.append(i)
    return kept


def _returned(detection: Detection, lost: Track, time_s: float) -> bool:
    """Whether a hand that appears could be the lost one: near where that was, of its size, not of the other side."""
    points, there = detection.landmarks_px, lost.course.points
    if time_s - lost.seen_s <= BRIDGE_S:
        expected = lost.course.at(time_s)
        alike = (lost.evidence > 0) == (detection.side == "right")
        if same_wrist(points, expected) or (alike and hand_distance(points, expected) < _ALIKE_REACH):
            return True
    if abs(lost.evidence) > _SURE and (lost.evidence > 0) != (detection.side == "right"):
        return False
    if not 0.6 < hand_size(points) / hand_size(there) < 1.6:
        return False
    return hand_distance(points, there) < _RETURN_REACH and shape_distance(points, there) < _RETURN_SHAPE


def _continue(track: Track, detection: Detection, ghostly: bool, time_s: float) -> None:
    dt = min(time_s - track.seen_s, BRIDGE_S)
    track.evidence = add_label(track.evidence, detection.side, detection.score, dt)
    track.course = track.course.seen_at(detection.landmarks_px, time_s)
    track.detection = detection
    track.usurped = False
    track.ghostly = ghostly
    track.smooth()
