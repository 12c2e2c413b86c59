"""Hands and foot of one instant, put together: where each hand is on the foot's map.

Pure geometry. A single camera sees no depth: ``near`` says that a landmark lies over the foot, not that it presses.
"""

from __future__ import annotations

import numpy as np

from trainer.foot import atlas, geometry
from trainer.foot.skin import skin_of
from trainer.model import Foot, Hand, Hands, HandTouch, SkinPlaces, Touch

NEAR_MARGIN = 0.04
"""A landmark counts as over the foot up to this far outside its outline (share of foot length, 10 mm at 250 mm):
thumbs that work an edge have their joint centres just outside it."""
SKIN_MARGIN = 0.03
"""Likewise outside of the lifted skin, which is broader than the foot by half a finger already."""


def touch_of(time_s: float, hands: Hands, foot: Foot) -> Touch:
    """The hands in the foot's coordinates at ``time_s``; NaN throughout for a hand or foot that isn't seen."""
    left, right = hands
    skin = skin_of(foot)
    # One look-up for both hands: it costs hardly more than one for each.
    places = skin.at(np.vstack([left.landmarks_px, right.landmarks_px])) if skin is not None else None
    touches = (
        _hand_touch(left, foot, places.part(slice(21)) if places is not None and left.seen else None),
        _hand_touch(right, foot, places.part(slice(21, 42)) if places is not None and right.seen else None),
    )
    return Touch(time_s, touches, foot, (left.world_m, right.world_m))


def _hand_touch(hand: Hand, foot: Foot, places: SkinPlaces | None) -> HandTouch:
    uv = geometry.to_uv(foot.px_from_uv, hand.landmarks_px) if hand.seen and foot.seen else np.full((21, 2), np.nan)
    with np.errstate(invalid="ignore"):
        near = atlas.inside_outline(foot.view, uv, NEAR_MARGIN) if places is None else places.off <= SKIN_MARGIN
    mm = uv * atlas.mm_from_uv(foot.view, foot.length_mm)
    return HandTouch(hand.side, hand.presence, mm, uv, near, places)
