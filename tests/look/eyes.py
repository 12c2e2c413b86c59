"""Stand-ins for the two networks, and pictures to look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from trainer.finding import Crop, Finding, FoundFoot, FoundHand
from trainer.hands.crop import crop_of
from trainer.look.still import Eyes
from trainer.model import SIDES, Floats, Image

MASK = np.zeros((10, 10), np.uint8)
_HAND = np.array([
    (0.50, 1.00), (0.30, 0.90), (0.16, 0.75), (0.07, 0.60), (0.02, 0.47), (0.34, 0.52), (0.30, 0.32), (0.28, 0.19),
    (0.27, 0.07), (0.49, 0.49), (0.49, 0.27), (0.49, 0.13), (0.49, 0.00), (0.63, 0.52), (0.66, 0.31), (0.68, 0.18),
    (0.69, 0.06), (0.75, 0.58), (0.82, 0.43), (0.86, 0.33), (0.89, 0.23),
])  # fmt: skip


def hand_at(x: float, y: float, extent: float = 100.0) -> Floats:
    """(21, 2) a flat hand, fingers up, its top left corner at (x, y)."""
    return _HAND * extent + (x, y)


def found(side: str, landmarks: Floats, score: float = 0.9, visible: float = 0.7) -> FoundHand:
    assert side in SIDES
    right = score if side == "right" else 1 - score
    return FoundHand(side, score, right, crop_of(landmarks), visible)


def foot(score: float = 0.95, worked: float = 0.9, at: tuple[float, float] = (300.0, 150.0)) -> FoundFoot:
    turn = np.linspace(0, 2 * np.pi, 14, endpoint=False)
    landmarks = np.stack([90 * np.cos(turn), 40 * np.sin(turn)], axis=1) + at
    return FoundFoot("left", "plantar", score, worked, 0.9, 0.8, landmarks, np.linspace(0.2, 1.0, 14))


@dataclass
class Finder:
    hands: tuple[FoundHand, ...] = ()
    feet: tuple[FoundFoot, ...] = ()

    def find(self, image: Image) -> Finding:
        return Finding(self.hands, self.feet, MASK)


@dataclass
class Joints:
    """Says the next of ``answers``, the last one for ever; remembers the crops it was asked."""

    answers: list[Floats]
    asked: list[Crop] = field(default_factory=list)
    presence: float = 1.0
    right: float = 0.5

    def look(self, image: Image, crop: Crop) -> Any:
        self.asked.append(crop)
        landmarks = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return SimpleNamespace(landmarks_px=landmarks, presence=self.presence, right=self.right)


def eyes(finder: Finder, joints: Joints) -> Eyes:
    return Eyes(finder, joints, {"finder_file": "none"})
