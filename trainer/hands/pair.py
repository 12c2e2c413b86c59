"""The at most two hands that are followed: which finding belongs to which, who is new, who is given up."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from trainer.finding import Crop, FoundHand
from trainer.hands import sides
from trainer.hands.assign import cheapest_pairs
from trainer.hands.belief import DROPPED_AT, SHOWN_AT
from trainer.hands.crop import apart
from trainer.hands.followed import PRESENT, FollowedHand
from trainer.hands.joints import Joints
from trainer.hands.shape import hand_distance
from trainer.model import Detection, Floats, Side

MOST = 2
_BEGIN = 0.5
"""Score that a hand must be found with to be followed from then on."""
_REACH = 0.7
"""A finding further than this from a followed hand (`apart`) isn't of that hand."""
_STRANGE = 0.15
"""What a finding that is surely of the other side counts as further away: place tells more from look to look."""
_DOUBTFUL = 0.25
"""What a hand that isn't believed in counts as further away: of two hands that lie on each other the hidden one fades,
and a finding that may be either's is of the other."""
_CLOSE = 0.4
"""The network may slide from one hand to another this near."""
_BESIDE = 0.5
"""A hand this near to another's finding may be mixed up with it."""
_ONE, _TWO_SIDES = 0.18, 0.4
"""Findings nearer to each other than this are of one hand, unless their words for its side differ so much: two hands
that lie on each other."""
_SAME = 0.4
"""Landmarks nearer to each other than this are of one hand, in hand sizes."""
_MEMORY_S = 2.0
_LOOK_OUT_S = 0.2
"""A hand given up is looked for in every frame so long."""
_RETURN = 0.6
"""A hand found this near to one given up a short while ago is that one."""

THRESHOLDS = {"begin_score": _BEGIN, "shown_belief": SHOWN_AT, "dropped_belief": DROPPED_AT, "presence": PRESENT}
"""For the scorecard: what it takes to be believed."""

Look = Callable[[Crop], Joints]


@dataclass(frozen=True)
class _Lost:
    """A hand that was shown and given up: where, and what was known of its side."""

    place: Crop
    odds: float
    time_s: float


class HandPair:
    """Follows hands by what the finder and the landmark network say of each frame. Times must rise."""

    def __init__(self) -> None:
        self.hands: list[FollowedHand] = []
        self._lost: list[_Lost] = []
        self._heard_s = -np.inf

    def reconcile(self, found: Sequence[FoundHand], time_s: float, look: Look) -> None:
        """Takes in all that the finder saw in the frame at ``time_s``, after the network's look at the followed hands.

        ``look`` has the network look at this frame once more: where a hand begins, and where it had strayed.
        """
        found = _once(found)
        dt = time_s - self._heard_s
        self._heard_s = time_s
        pairs = dict(cheapest_pairs(_costs(self.hands, found), _REACH))
        free = [i for i in range(len(found)) if i not in pairs.values()]
        for i, hand in enumerate(self.hands):
            match = found[pairs[i]] if i in pairs else None
            beside = any(apart(hand.crop, other.crop) < _BESIDE for other in found)
            if hand.support(match, dt, beside):
                hand.joints = look(hand.crop)
        for hand in [h for h in self.hands if not h.supported]:
            if not self._doubled(hand):
                continue
            # Two have slid onto one hand: this one goes to where the other hand is, or goes.
            if free:
                hand.crop = found[free.pop(0)].crop
                hand.joints = look(hand.crop)
            else:
                self._give_up(hand, time_s)
        for hand in [h for h in self.hands if not h.supported and h.belief < DROPPED_AT]:
            self._give_up(hand, time_s)
        for i in sorted(free, key=lambda i: -found[i].score):
            if found[i].score >= _BEGIN and self._has_room(time_s):
                self._begin(found[i], time_s, look)

    def close_to_another(self, hand: FollowedHand) -> bool:
        """Whether the crop of another hand covers much of this one's."""
        return any(o is not hand and apart(o.crop, hand.crop) < _CLOSE for o in self.hands)

    def misses_one(self, time_s: float) -> bool:
        """Whether a hand that was shown wasn't in the last finding, or has just been given up."""
        missing = any(hand.shown and not hand.supported for hand in self.hands)
        return missing or any(time_s - gone.time_s <= _LOOK_OUT_S for gone in self._lost)

    def report(self, time_s: float) -> tuple[Detection, ...]:
        """The hands to be shown, each with its side. To be asked for once a frame."""
        self._part_doubles()
        worth = [h for h in self.hands if h.joints is not None and h.worth_showing]
        settled = sides.settle([h.odds for h in worth], [h.side for h in worth])
        for hand in self.hands:
            hand.side = None
        shown: list[tuple[FollowedHand, Side]] = list(zip(worth, settled, strict=True))
        for hand, side in shown:
            hand.side = side
        return tuple(h.detection(side, time_s) for h, side in shown if h.own and (h.present or h.supported))

    def _has_room(self, time_s: float) -> bool:
        if len(self.hands) < MOST:
            return True
        weak = [h for h in self.hands if not h.supported and h.belief < SHOWN_AT]
        for hand in weak[:1]:
            self._give_up(hand, time_s)
        return bool(weak)

    def _begin(self, found: FoundHand, time_s: float, look: Look) -> None:
        hand = FollowedHand.begun(found)
        joints = look(hand.crop)
        if any(_same(joints, other.joints) for other in self.hands):
            return
        hand.belief *= joints.presence
        self._lost = [gone for gone in self._lost if time_s - gone.time_s <= _MEMORY_S]
        for gone in sorted(self._lost, key=lambda gone: apart(gone.place, found.crop))[:1]:
            if apart(gone.place, found.crop) < _RETURN:
                self._lost.remove(gone)
                hand.belief = max(hand.belief, SHOWN_AT)
                hand.odds += 0.5 * gone.odds
        hand.see(joints, time_s)
        self.hands.append(hand)

    def _give_up(self, hand: FollowedHand, time_s: float) -> None:
        self.hands.remove(hand)
        if hand.shown:
            self._lost.append(_Lost(hand.crop, hand.odds, time_s))

    def _part_doubles(self) -> None:
        """Where the network took both hands for one, that which it slid away from keeps its last shape."""
        for hand in self.hands:
            others = [o for o in self.hands if o is not hand and _same(o.joints, hand.joints)]
            if others and hand.slid_by > others[0].slid_by:
                hand.hold_shape()
            else:
                hand.keep_shape()

    def _doubled(self, hand: FollowedHand) -> bool:
        others = [o for o in self.hands if o is not hand and o.supported]
        return any(apart(hand.crop, o.crop) < _ONE and _same(hand.joints, o.joints) for o in others)


def _same(a: Joints | None, b: Joints | None) -> bool:
    return a is not None and b is not None and hand_distance(a.landmarks_px, b.landmarks_px) < _SAME


def _costs(hands: Sequence[FollowedHand], found: Sequence[FoundHand]) -> Floats:
    """(N, M) how little each finding looks like each followed hand."""
    costs = np.full((len(hands), len(found)), np.inf)
    for i, hand in enumerate(hands):
        for k, one in enumerate(found):
            strange = max(0.0, (1.0 - 2.0 * one.right) * (1.0 if hand.odds > 0 else -1.0))
            costs[i, k] = apart(hand.crop, one.crop) + _STRANGE * strange + _DOUBTFUL * (1.0 - hand.belief)
    return costs


def _once(found: Sequence[FoundHand]) -> list[FoundHand]:
    """Of two findings on one hand the better one."""
    kept: list[FoundHand] = []
    for one in sorted(found, key=lambda f: -f.score):
        if not any(apart(one.crop, o.crop) < _ONE and abs(one.right - o.right) < _TWO_SIDES for o in kept):
            kept.append(one)
    return kept
