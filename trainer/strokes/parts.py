"""The parts of a hand that touch a foot, as bones between its landmarks with soft skin around them.

Widths are those of adult hands: a pressed thumb pad measures about 18 by 25 mm, a finger pad 14 by 20.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

PALM = (0, 1, 5, 9, 13, 17)
"""Landmarks around the palm."""
_TIPS = (8, 12, 16, 20)


@dataclass(frozen=True)
class Bone:
    """Skin along the way from landmark ``far`` to ``near``, between the shares ``begin`` and ``end`` of it, and
    ``width_mm`` to either side."""

    far: int
    near: int
    begin: float
    end: float
    width_mm: float


def _along(landmarks: tuple[int, ...], width_mm: float) -> tuple[Bone, ...]:
    return tuple(Bone(a, b, 0.0, 1.0, width_mm) for a, b in itertools.pairwise(landmarks))


def _pad(tip: int, width_mm: float) -> tuple[Bone, ...]:
    return (Bone(tip, tip - 1, 0.05, 0.8, width_mm),)


def _tip(tip: int, width_mm: float) -> tuple[Bone, ...]:
    return (Bone(tip, tip - 1, 0.0, 0.5, width_mm),)


PARTS: dict[str, tuple[Bone, ...]] = {
    "thumb": _pad(4, 9.0),
    "thumb_tip": _tip(4, 6.5),
    "whole_thumb": _along((4, 3, 2, 1), 9.0),
    "index": _pad(8, 7.0),
    "index_tip": _tip(8, 6.5),
    "middle": _pad(12, 7.0),
    "finger_pads": tuple(bone for tip in _TIPS for bone in _pad(tip, 7.0)),
    "fingers": tuple(bone for tip in _TIPS for bone in _along((tip, tip - 1, tip - 2, tip - 3), 7.0)),
    "knuckles": (Bone(10, 9, 0.0, 0.2, 8.0),),
    "pinch": _tip(4, 7.5) + _tip(8, 7.0),
    "palm": (),
}
"""Part → its bones. The palm is what lies between PALM instead."""
