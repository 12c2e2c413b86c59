"""How firmly a hand is believed in, from the finder's scores over time. Pure.

A network that looks at one picture errs now and then; what it says for a few tenths of a second it seldom errs in.
"""

from __future__ import annotations

import math

SHOWN_AT, DROPPED_AT = 0.6, 0.3
"""Belief at which a hand is shown, and at which it is given up."""
LONGEST_S = 0.3
"""No word of the finder stands for longer."""
_FIRST = 0.4
"""How much of its score a hand is believed in when it is first found."""
_BELIEVE_S, _DOUBT_S, _BESIDE_S = 0.15, 0.12, 0.4
"""Time constants of the belief: rising, falling, and falling beside another hand, with which it may be mixed up."""


def first_belief(score: float) -> float:
    """The belief in a hand found for the first time."""
    return _FIRST * score


def after_finding(belief: float, score: float, dt_s: float, beside: bool = False) -> float:
    """The belief after the finder gave the hand ``score`` (0: didn't find it), ``dt_s`` after its last word.

    ``beside``: what it did find is another hand close by.
    """
    constant_s = _BELIEVE_S if score > belief else _BESIDE_S if beside else _DOUBT_S
    return belief + (1.0 - math.exp(-min(dt_s, LONGEST_S) / constant_s)) * (score - belief)


def worth_showing(belief: float, shown: bool) -> bool:
    """Whether to show a hand, ``shown`` before or not."""
    return belief >= (DROPPED_AT if shown else SHOWN_AT)
