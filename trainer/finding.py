"""What is seen in one picture, on its own: by the finder, and by a hand backend."""

from __future__ import annotations

from dataclasses import dataclass

from trainer.model import Detection, Floats, Image, Side, View


@dataclass(frozen=True)
class Crop:
    """A turned square of a picture: centre ``x``, ``y`` and side ``size`` in px, ``angle`` in radians clockwise.

    At angle 0 a hand's fingers point up in it.
    """

    x: float
    y: float
    size: float
    angle: float


@dataclass(frozen=True, eq=False)
class FoundHand:
    """A working hand as the finder sees it in one picture, on its own.

    ``score`` in 0–1 that there is such a hand; ``right`` in 0–1 that it is the practitioner's right one, as ``side``
    tells; ``visible`` in 0–1 how much of it is seen.
    """

    side: Side
    score: float
    right: float
    crop: Crop
    visible: float


@dataclass(frozen=True, eq=False)
class FoundFoot:
    """A foot as the finder sees it in one picture, on its own.

    ``score`` in 0–1 that there is a foot, ``worked`` in 0–1 that it is the one that is massaged; ``side_score`` and
    ``view_score`` are of the side and the view named. ``landmarks_px`` (14, 2) in FOOT_LANDMARKS order, also those that
    a hand covers; ``confidence`` (14,) in 0–1.
    """

    side: Side
    view: View
    score: float
    worked: float
    side_score: float
    view_score: float
    landmarks_px: Floats
    confidence: Floats


PARTS = ("other", "hand", "foot", "leg")
"""What a pixel of ``Finding.mask`` may be, by its number."""


@dataclass(frozen=True, eq=False)
class Finding:
    """Everything that the finder sees in one picture.

    ``feet`` with the worked one first; ``mask`` (h, w) uint8 numbers of PARTS over the whole picture, coarser than it.
    """

    hands: tuple[FoundHand, ...]
    feet: tuple[FoundFoot, ...]
    mask: Image


@dataclass(frozen=True, eq=False)
class Sighting:
    """What a hand backend has to say of one frame: its hands, and the finder's finding if that looked at this frame."""

    hands: tuple[Detection, ...]
    finding: Finding | None = None
