"""Which of the followed hands is the practitioner's left, and which the right: settled over time. Pure.

What is known of a hand's side is a log-odds of being the right one, to which the finder and the landmark network add
their words. A side once given is kept until the sum has clearly turned, and two hands are one left and one right.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from trainer.model import SIDES, Side

LIMIT = 6.0
"""Log-odds stop growing here, so that what was wrong for long can be mended."""
_SAY = 3.0
"""No single word counts for more."""
_FINDER_PER_S = 4.0
_NETWORK_PER_S = 2.0
_LABEL_PER_S = 2.0
_KEEP = 2.0
"""Head start of the sides as they are: no flicker."""


def first_word(right: float) -> float:
    """The log-odds that a hand is a right one after the finder first said so with probability ``right``."""
    return _log_odds(right)


def both_words(finder_right: float, network_right: float) -> float:
    """The log-odds of being a right hand where a single picture must do."""
    return _log_odds(finder_right) + _log_odds(network_right)


def after_finder(odds: float, right: float, dt_s: float) -> float:
    """``odds`` after the finder's word has stood for ``dt_s``."""
    return _within(odds + _FINDER_PER_S * dt_s * _log_odds(right))


def after_network(odds: float, right: float, dt_s: float) -> float:
    """``odds`` after the landmark network's word has stood for ``dt_s``."""
    return _within(odds + _NETWORK_PER_S * dt_s * _log_odds(right))


def after_label(odds: float, label: Side, score: float, dt_s: float) -> float:
    """``odds`` after a stock landmarker's label of that ``score`` (0.5–1) has stood for ``dt_s``."""
    right = score if label == "right" else 1.0 - score
    return _within(odds + _LABEL_PER_S * dt_s * _log_odds(right))


def settle(odds: Sequence[float], before: Sequence[Side | None]) -> tuple[Side, ...]:
    """The sides of at most two hands, never the same twice, from their log-odds and the sides they had ``before``."""
    if len(odds) > 2:
        raise ValueError(f"Expected at most two hands, but got {len(odds)}")
    worth = [o + (0.0 if b is None else _KEEP if b == "right" else -_KEEP) for o, b in zip(odds, before, strict=True)]
    if len(worth) == 2:
        return SIDES if worth[1] >= worth[0] else (SIDES[1], SIDES[0])
    return tuple("right" if w > 0 else "left" for w in worth)


def _log_odds(p: float) -> float:
    p = min(max(p, 1e-3), 1.0 - 1e-3)
    return min(max(math.log(p / (1.0 - p)), -_SAY), _SAY)


def _within(odds: float) -> float:
    return min(max(odds, -LIMIT), LIMIT)
