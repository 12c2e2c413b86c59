"""Hands and foot of one instant, put together: where each hand is on the foot's map.

Pure geometry. A single camera sees no depth: ``near`` says that a landmark lies over the foot, not that it presses.
"""

from __future__ import annotations

import numpy as np

from trainer.foot import atlas, geometry
from trainer.model import Foot, Hand, Hands, HandTouch, Touch

NEAR_MARGIN = 0.04
"""A landmark counts as over the foot up to this far outside its outline (share of foot length, 10 mm at 250 mm):
thumbs that work an edge have their joint centres just outside it."""


def touch_of(time_s: float, hands: Hands, foot: Foot) -> Touch:
    """The hands in the foot's coordinates at ``time_s``; NaN throughout for a hand or foot that isn't seen."""
    left, right = hands
    return Touch(time_s, (_hand_touch(left, foot), _hand_touch(right, foot)), foot, (left.world_m, right.world_m))


def _hand_touch(hand: Hand, foot: Foot) -> HandTouch:
    uv = geometry.to_uv(foot.px_from_uv, hand.landmarks_px) if hand.seen and foot.seen else np.full((21, 2), np.nan)
    return HandTouch(
        side=hand.side,
        presence=hand.presence,
        mm=uv * atlas.mm_from_uv(foot.view, foot.length_mm),
        uv=uv,
        near=atlas.inside_outline(foot.view, uv, NEAR_MARGIN),
    )
