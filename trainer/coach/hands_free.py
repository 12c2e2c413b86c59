"""What hands say without a key: lying still over the foot, or having left it."""

from __future__ import annotations

from collections import deque

import numpy as np

from trainer.model import Floats, HandTouch, Presence, Touch

STILL_MM = 12.0
"""A palm that stays within so many mm lies still: twice what its landmarks tremble by."""
_PALM = (0, 5, 9, 13, 17)
_WINDOW_S = 0.8
_LOST_S = 0.4
"""A hand not seen for so long is gone."""


class HandsFree:
    """Feed it every instant. ``still_s``: for how long every hand seen has lain still, at least one of them over the
    foot; ``away_s``: for how long none has been over it, or the foot hasn't been seen."""

    def __init__(self) -> None:
        self.still_s = self.away_s = 0.0
        self._places: tuple[deque[tuple[float, Floats]], ...] = (deque(), deque())
        self._still_since: float | None = None
        self._over_s: float | None = None

    def update(self, touch: Touch) -> None:
        now = touch.time_s
        over = touch.foot.seen and any(_over(hand) for hand in touch.hands)
        still = [self._still(k, hand, now) for k, hand in enumerate(touch.hands)]
        known = [s for s in still if s is not None]
        if over and known and all(known):
            # A hand lies still only after the window that shows it.
            self._still_since = now - _WINDOW_S if self._still_since is None else self._still_since
            self.still_s = now - self._still_since
        else:
            self._still_since, self.still_s = None, 0.0
        if over or self._over_s is None:
            self._over_s = now
        self.away_s = now - self._over_s

    def _still(self, k: int, hand: HandTouch, now: float) -> bool | None:
        """Whether a hand has kept its place; None where it isn't seen."""
        places = self._places[k]
        if hand.presence is not Presence.UNKNOWN and np.isfinite(hand.mm).all():
            places.append((now, hand.mm[list(_PALM)].mean(axis=0)))
        while places and places[0][0] < now - _WINDOW_S - 0.1:
            places.popleft()
        if not places or now - places[-1][0] > _LOST_S:
            return None
        if now - places[0][0] < 0.75 * _WINDOW_S:
            return False
        spread = np.ptp(np.array([place for _, place in places]), axis=0)
        return bool((spread < STILL_MM).all())


def _over(hand: HandTouch) -> bool:
    return hand.presence is not Presence.UNKNOWN and bool(hand.near.any())
