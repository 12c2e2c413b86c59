"""A single picture looked at: the finder says where hands and feet are, the landmark network where a hand's joints are.

In a video the trackers weigh what many frames say; here one picture must do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer.hands.crop import crop_of
from trainer.hands.model_files import ModelSize
from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import Crop, Data, Finding, Floats, FoundHand, Image

BELIEVE_HAND = 0.5
"""A hand of a single picture is believed from this score of the finder on."""
BELIEVE_FOOT = 0.5
"""Likewise a foot."""
BELIEVE_WORKED = 0.5
"""And that it is the one that is massaged; of two feet only one is."""
_ONE_HAND = 0.4
"""Two reports nearer than this share of their size are one hand."""
_STRAYED = 0.5
_RESIZED = 1.8
"""A crop made of the joints goes on where it lies within this share of the finder's, and isn't so many times its size;
else the joints have slipped onto something else."""


class Finds(Protocol):
    """Such as ``trainer.finder.finder.Finder``."""

    def find(self, image: Image) -> Finding: ...


class HasLandmarks(Protocol):
    @property
    def landmarks_px(self) -> Floats: ...


class Looks(Protocol):
    """Such as ``trainer.hands.joints.JointNetwork``."""

    def look(self, image: Image, crop: Crop) -> HasLandmarks: ...


@dataclass(frozen=True, eq=False)
class Eyes:
    """The two networks that a picture is looked at with, and what they are."""

    finder: Finds
    joints: Looks
    provenance: Data


def open_eyes(model: ModelSize) -> Eyes:
    """The program's own. Raises TrainerError when a network is missing or damaged."""
    from trainer.finder.finder import open_finder
    from trainer.hands.joints import JointNetwork

    finder = open_finder()
    return Eyes(finder, JointNetwork(model), {**finder.provenance, "hand_landmarks": model})


def look_at(image: Image, eyes: Eyes) -> Seen:
    """The working hands and the feet of one picture, (H, W, 3) uint8 BGR."""
    finding = eyes.finder.find(image)
    hands = []
    for hand in _believed(finding):
        landmarks = _landmarks(image, hand.crop, eyes.joints)
        hands.append(SeenHand(hand.side, hand.score, hand.visible, landmarks))
    believed = [foot for foot in finding.feet if foot.score >= BELIEVE_FOOT]
    feet = tuple(
        SeenFoot(
            f.side, f.view, f.score, f.side_score, f.view_score, number == 0 and f.worked >= BELIEVE_WORKED,
            f.landmarks_px, f.confidence,
        )
        for number, f in enumerate(believed)
    )  # fmt: skip
    return Seen(tuple(sorted(hands, key=lambda h: h.side)), feet)


def _believed(finding: Finding) -> list[FoundHand]:
    """The hands that are certain enough, the surest first; of two reports of one hand the surer."""
    kept: list[FoundHand] = []
    for hand in sorted(finding.hands, key=lambda h: -h.score):
        if hand.score >= BELIEVE_HAND and not any(_same(hand, other) for other in kept):
            kept.append(hand)
    return kept


def _same(a: FoundHand, b: FoundHand) -> bool:
    away = float(np.hypot(a.crop.x - b.crop.x, a.crop.y - b.crop.y))
    return away < _ONE_HAND * min(a.crop.size, b.crop.size) / 2


def _landmarks(image: Image, crop: Crop, joints: Looks) -> Floats:
    """(21, 2) from the finder's crop, and once more from the crop that these joints make."""
    first = joints.look(image, crop).landmarks_px
    again = crop_of(first)
    away = float(np.hypot(again.x - crop.x, again.y - crop.y))
    if not away < _STRAYED * crop.size or not 1 / _RESIZED < again.size / crop.size < _RESIZED:
        return first
    return joints.look(image, again).landmarks_px
