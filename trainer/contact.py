"""Where the working hands plausibly touch the foot: from the technique's contact part and the skin beneath it. Pure.

A camera sees no depth that can be trusted: what lies over the foot with the part that works there is taken to touch it.
Every bone of the part is dropped onto the skin point by point and marks what lies within its width.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np

from trainer.foot import atlas
from trainer.foot.skin import Skin
from trainer.model import Contact, Floats, HandTouch, Presence, Side, Touch, View
from trainer.strokes.parts import PALM, PARTS, Bone
from trainer.strokes.techniques import REST, Technique
from trainer.touch import SKIN_MARGIN

_POINTS = 4
"""Places looked up along a bone: no farther apart than a finger is wide."""


def contacts_of(
    touch: Touch, technique: Technique | None, hands: Sequence[Side], skin: Skin | None
) -> tuple[Contact, ...]:
    """What each of the hands named touches with the technique's contact part; hands that touch nothing are left out."""
    if technique is None or technique.id == REST or skin is None:
        return ()
    parts = parts_on(technique, touch.foot.view)
    found = (_contact(hand, parts, skin) for hand in touch.hands if hand.side in hands)
    return tuple(contact for contact in found if contact is not None)


def parts_on(technique: Technique, view: View) -> tuple[str, ...]:
    """The parts that touch the face of a foot that is seen so. On the sole the thumb works and the fingers hold the
    top; on the top it is mostly the other way round."""
    return technique.parts_on_top if view == "dorsal" and technique.parts_on_top else technique.parts


# The moment is judged once more a little later, when its coverage is painted.
@lru_cache(maxsize=128)
def _contact(hand: HandTouch, parts: tuple[str, ...], skin: Skin) -> Contact | None:
    if hand.presence is Presence.UNKNOWN or hand.skin is None:
        return None
    px = hand.skin.px
    cells = np.zeros((2, *atlas.GRID), bool)
    bones = [bone for part in parts for bone in PARTS[part]]
    if bones:
        points, width_mm = _along(bones, px)
        places = skin.at(points)
        over = places.off <= SKIN_MARGIN
        for width in np.unique(width_mm[over]):
            cells |= skin.cells_near(places.xyz[over & (width_mm == width)], float(width))
    palm = np.array(PALM)[hand.near[list(PALM)]]
    if "palm" in parts and len(palm) >= 3:
        cells |= skin.cells_inside(cv2.convexHull(px[palm].astype(np.float32))[:, 0].astype(float))
    if not cells.any():
        return None
    face = int(np.argmax(cells.sum(axis=(1, 2))))
    return Contact(hand.side, atlas.grid_uv()[cells[face]].mean(axis=0), face, cells)


def _along(bones: Sequence[Bone], px: Floats) -> tuple[Floats, Floats]:
    """(N, 2) px of points along bones, and (N,) how wide the skin is about each, in mm."""
    share = np.linspace([b.begin for b in bones], [b.end for b in bones], _POINTS, axis=1)[..., None]
    far, near = px[[b.far for b in bones], None], px[[b.near for b in bones], None]
    return (far + share * (near - far)).reshape(-1, 2), np.repeat([b.width_mm for b in bones], _POINTS)
