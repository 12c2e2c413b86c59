"""A single picture looked at: the finder says where hands and feet are, the landmark network where a hand's joints are.

In a video the trackers weigh what many frames say; here one picture must do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from trainer.finder.careful import look_carefully
from trainer.finder.glance import Finds
from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.foot.pose import as_feet_are, fit_pose
from trainer.foot.surface import foot_model
from trainer.hands import sides
from trainer.hands.crop import crop_of
from trainer.hands.joints import Joints
from trainer.hands.model_files import ModelSize
from trainer.hands.pair import MOST
from trainer.hands.shape import hand_distance
from trainer.look.seen import Seen, SeenFoot, SeenHand
from trainer.model import Data, Floats, Image

BELIEVE_HAND = 0.7
"""A hand of a single picture is believed from this score on: the finder's times the landmark network's presence."""
BELIEVE_FOOT = 0.6
"""Likewise a foot."""
BELIEVE_WORKED = 0.5
"""And that it is the one that is massaged; of two feet only one is."""
_ONE_HAND = 0.45
"""Joints nearer to each other than this (`hand_distance`) are of one hand."""
_STRAYED = 0.5
_RESIZED = 1.8
"""A crop made of the joints goes on where it lies within this share of the finder's, and isn't so many times its size;
else the joints have slipped onto something else."""


class Looks(Protocol):
    """Such as ``trainer.hands.joints.JointNetwork``."""

    def look(self, image: Image, crop: Crop) -> Joints: ...


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
    finding = look_carefully(eyes.finder, image)
    hands = _believed(image, finding, eyes.joints)
    odds = [sides.both_words(hand.right, joints.right) for hand, _, joints in hands]
    settled = sides.settle(odds, [None] * len(odds))
    seen = [
        SeenHand(side, score, hand.visible, joints.landmarks_px)
        for side, (hand, score, joints) in zip(settled, hands, strict=True)
    ]
    believed = [foot for foot in finding.feet if foot.score >= BELIEVE_FOOT]
    size = (image.shape[1], image.shape[0])
    feet = tuple(
        SeenFoot(
            f.side, f.view, f.score, f.side_score, f.view_score, number == 0 and f.worked >= BELIEVE_WORKED,
            _as_feet_are(f, size), f.confidence,
        )
        for number, f in enumerate(believed)
    )  # fmt: skip
    return Seen(tuple(sorted(seen, key=lambda h: h.side)), feet)


def _as_feet_are(foot: FoundFoot, size: tuple[int, int]) -> Floats:
    """(14, 2) px of a found foot's landmarks, the doubtful ones where a foot so placed has them."""
    model = foot_model()
    pose = fit_pose(foot.landmarks_px, foot.confidence, foot.side, foot.view, model, size)
    return as_feet_are(foot.landmarks_px, foot.confidence, foot.side, pose, model)


def _believed(image: Image, finding: Finding, network: Looks) -> list[tuple[FoundHand, float, Joints]]:
    """The at most two hands that are certain enough, the surest first, each with its score and its joints.

    The landmark network has its say too: whether there is a hand, and whether two reports are of one.
    """
    looked = []
    for hand in finding.hands:
        if hand.score >= BELIEVE_HAND:
            joints = _joints(image, hand.crop, network)
            looked.append((hand, hand.score * joints.presence, joints))
    kept: list[tuple[FoundHand, float, Joints]] = []
    for one in sorted(looked, key=lambda one: -one[1]):
        doubled = any(hand_distance(one[2].landmarks_px, other[2].landmarks_px) < _ONE_HAND for other in kept)
        if one[1] >= BELIEVE_HAND and not doubled and len(kept) < MOST:
            kept.append(one)
    return kept


def _joints(image: Image, crop: Crop, network: Looks) -> Joints:
    """What the landmark network sees in the finder's crop, and then in the crop that these joints make."""
    first = network.look(image, crop)
    again = crop_of(first.landmarks_px)
    away = float(np.hypot(again.x - crop.x, again.y - crop.y))
    if not away < _STRAYED * crop.size or not 1 / _RESIZED < again.size / crop.size < _RESIZED:
        return first
    return network.look(image, again)
