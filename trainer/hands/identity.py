"""Which of the tracks is the practitioner's left hand, and which the right. Pure.

A landmarker's label is right most of the time, but flips from frame to frame and may call both hands left.
The labels of a track are therefore added up over time, and a side once given is kept until the sum has
clearly turned. Two hands shown at once are one left and one right: the pair is settled together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from trainer.hands.shape import KNUCKLES
from trainer.model import Floats, Side

LIMIT = 4.0
"""Evidence (log-odds) stops growing here, so that what was wrong for long can be mended."""
RATE_PER_S = 6.0
START = 0.5
_LABEL_WEIGHT = 0.5
_LONE_WEIGHT = 0.7
_PAIR_WEIGHT = 0.55
"""Labels on half-hidden hands are wrong for seconds on end; where hands stand seldom is, unless arms are crossed."""
_CLEAR_TURN = 0.15
_UPWARDS = 0.5
FIRST_S = 0.35
"""What the place of a hand that is shown for the first time counts for, in seconds of standing there."""
_KEEP = 2.0
"""Head start of the sides as they are: no flicker."""
_LAYOUT = 1.0
"""Weight of the hands' usual order in the picture, in doubtful cases."""
_SURE = 3.0
_LEARN_S = 5.0


@dataclass(frozen=True)
class Claim:
    """One track's claim: ``evidence`` log-odds of being the right hand, ``side`` given so far (None: none
    yet), ``x`` its centre's place across the picture."""

    evidence: float
    side: Side | None
    x: float


def add_label(evidence: float, label: Side, score: float, dt_s: float) -> float:
    """The log-odds of "right" after a label of that ``score`` (0.5–1) has stood for ``dt_s`` seconds."""
    trust = min(max(2.0 * score - 1.0, 0.1), 1.0)
    step = RATE_PER_S * _LABEL_WEIGHT * dt_s * trust * (1.0 if label == "right" else -1.0)
    return min(max(evidence + step, -LIMIT), LIMIT)


def bearing(hand: Floats, foot_centre: Floats) -> float:
    """−1..1: how much a hand (21, 2) px points past the foot as a left hand does (−1) or a right one (1).

    Both arms come from one body, the left one from its left: so a left hand has the foot to the right of the way it
    points, whichever way up the picture is. A hand that comes from the side points straight at the foot; so the way is
    bent a little upwards, as the body is mostly at the picture's lower edge.
    """
    wrist = hand[0]
    way = hand[KNUCKLES].mean(axis=0) - wrist
    way = way + _UPWARDS * float(np.linalg.norm(way)) * np.array([0.0, -1.0])
    return float(np.clip(_turn(way, wrist - foot_centre) / _CLEAR_TURN, -1.0, 1.0))


def right_of(hand: Floats, other: Floats) -> float:
    """1 when ``hand`` (21, 2) px has the other hand to its left, seen the way both point; −1 when to its right."""
    ahead = (hand[KNUCKLES] - hand[0] + other[KNUCKLES] - other[0]).mean(axis=0)
    return float(np.sign(_turn(ahead, hand[0] - other[0])))


def add_bearing(evidence: float, lean: float, paired: bool, dt_s: float) -> float:
    """The log-odds of "right" after a hand has stood for ``dt_s`` seconds as ``lean`` in −1..1 says (`bearing`, or
    `right_of` when ``paired``)."""
    weight = _PAIR_WEIGHT if paired else _LONE_WEIGHT
    return min(max(evidence + RATE_PER_S * weight * lean * dt_s, -LIMIT), LIMIT)


def _turn(a: Floats, b: Floats) -> float:
    """Sine of the angle from ``a`` to ``b``, clockwise in the picture positive."""
    size = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a[0] * b[1] - a[1] * b[0]) / size if size > 0 else 0.0


def first_evidence(label: Side, score: float) -> float:
    """The log-odds of "right" of a track that has just begun."""
    return add_label(0.0, label, score, START / (RATE_PER_S * _LABEL_WEIGHT))


def settle(claims: Sequence[Claim], layout: float = 0.0) -> tuple[Side, ...]:
    """The side of each of at most two claims; never the same twice.

    ``layout`` in −1..1 is how far the left hand is known to be on the left (1) or on the right (−1) of the
    picture.
    """
    if len(claims) > 2:
        raise ValueError(f"Expected at most two claims, but got {len(claims)}")
    options: tuple[tuple[Side, ...], ...]
    options = (("left",), ("right",)) if len(claims) == 1 else (("left", "right"), ("right", "left"))
    if not claims:
        return ()
    return max(options, key=lambda sides: _worth(claims, sides, layout))


def learn_layout(layout: float, claims: Sequence[Claim], sides: Sequence[Side], dt_s: float) -> float:
    """``layout`` after ``dt_s`` seconds of a pair; only one whose labels are beyond doubt teaches anything."""
    if len(claims) < 2 or any(abs(c.evidence) < _SURE for c in claims):
        return layout
    left, right = claims if sides[0] == "left" else (claims[1], claims[0])
    if not left.evidence < 0 < right.evidence:
        return layout
    step = dt_s / _LEARN_S * (1.0 if left.x < right.x else -1.0)
    return min(max(layout + step, -1.0), 1.0)


def _worth(claims: Sequence[Claim], sides: tuple[Side, ...], layout: float) -> float:
    worth = 0.0
    for claim, side in zip(claims, sides, strict=True):
        worth += claim.evidence if side == "right" else -claim.evidence
        worth += _KEEP if claim.side == side else 0.0
    if len(claims) == 2:
        ordered = claims[0].x < claims[1].x
        left_on_left = ordered if sides[0] == "left" else not ordered
        worth += _LAYOUT * layout * (1.0 if left_on_left else -1.0)
    return worth
