"""How well a finder sees single stills that it was not trained on: what thresholds are chosen by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from trainer.finder.finder import Finder
from trainer.finding import Finding, FoundFoot, FoundHand
from trainer.hands.crop import crop_of
from trainer.hands.shape import hand_size
from trainer.look.seen import SeenFoot
from trainer.model import SIDES, VIEWS
from trainer.studio.training.augment import FEET, painted_over
from trainer.studio.training.sample import Sample
from trainer.studio.training.shelf import Shelf

SEEN_SHARE = 0.3
"""A hand of which so much is seen should be found."""
BARELY = 0.03
_LEAST_FOOT_PX = 400
_NEAR = 0.6
"""A finding is of a hand whose crop's centre lies within this many hand sizes."""


@dataclass(eq=False)
class Counts:
    """What was seen on many stills, however it was looked at. Errors of landmarks, seen and hidden, in foot lengths."""

    pictures: int = 0
    hands: int = 0
    found: int = 0
    right_side: int = 0
    phantoms: int = 0
    feet: int = 0
    feet_found: int = 0
    feet_named: int = 0
    footless: int = 0
    false_feet: int = 0
    landmarks: list[float] = field(default_factory=list)
    hidden_landmarks: list[float] = field(default_factory=list)

    def count_feet(self, sample: Sample, shown: Sequence[FoundFoot | SeenFoot]) -> bool:
        """Adds one picture's worked foot; ``shown`` are reported. False where it was to be found and wasn't."""
        points, visible = sample.feet[0], sample.foot_visible[0]
        if int((sample.mask == 3).sum()) <= _LEAST_FOOT_PX:
            return True
        self.feet += 1
        near = [foot for foot in shown if _is_foot(foot, points)]
        if not near:
            return False
        best = near[0]
        self.feet_found += 1
        side_right = (best.side == "left") == bool(sample.foot_left[0])
        self.feet_named += side_right and VIEWS.index(best.view) == sample.view[0]
        off = _landmark_errors(best, points)
        self.landmarks += off[visible].tolist()
        self.hidden_landmarks += off[~visible].tolist()
        return True


@dataclass(eq=False)
class Measured(Counts):
    """What was found at one threshold. Errors of crops in hand sizes and degrees."""

    threshold: float = field(kw_only=True)
    off: list[float] = field(default_factory=list)
    turned: list[float] = field(default_factory=list)
    grown: list[float] = field(default_factory=list)

    def line(self) -> str:
        """One line of figures."""
        feet = max(self.feet_found, 1)
        return (
            f"at {self.threshold:.2f}: hands found {self.found / max(self.hands, 1):.3f}, phantom hands "
            f"{self.phantoms / max(self.pictures, 1):.4f} a picture, "
            f"side right {self.right_side / max(self.found, 1):.3f}, "
            f"crop off {np.median(self.off or [np.nan]):.3f} turned {np.median(self.turned or [np.nan]):.1f} "
            f"size off {np.median(self.grown or [np.nan]):.3f}; feet found {self.feet_found / max(self.feet, 1):.3f}, "
            f"side and view {self.feet_named / feet:.3f}, announced where there is none "
            f"{self.false_feet / max(self.footless, 1):.3f}, landmarks "
            f"{np.median(self.landmarks or [np.nan]):.4f} hidden {np.median(self.hidden_landmarks or [np.nan]):.4f} "
            f"p95 {np.percentile(self.landmarks + self.hidden_landmarks or [np.nan], 95):.4f}"
        )


def measured(finder: Finder, shelf: Shelf, thresholds: tuple[float, ...], every: int = 1) -> list[Measured]:
    """The figures at each threshold, over every `every`-th still, and over the same with legs and feet painted over."""
    out = [Measured(threshold=t) for t in thresholds]
    for number in range(0, len(shelf), every):
        sample = shelf.sample(number)
        finding = finder.find(sample.image)
        for each in out:
            _count_hands(each, sample, finding)
            each.count_feet(sample, [foot for foot in finding.feet if foot.score >= each.threshold])
        footless = finder.find(painted_over(sample, FEET, np.random.default_rng(number)).image)
        for each in out:
            each.footless += 1
            each.false_feet += any(foot.score >= each.threshold for foot in footless.feet)
    return out


def _pairs(sample: Sample, shown: Sequence[FoundHand]) -> dict[int, int]:
    """Which of the reported hands is the left one (0) and which the right (1), where they are reported at all."""
    out: dict[int, int] = {}
    for k in range(2):
        joints = sample.hands[k]
        if not np.isfinite(joints).all() or sample.visible[k] < BARELY:
            continue
        near = [i for i, hand in enumerate(shown) if _apart(hand, joints) < _NEAR and i not in out.values()]
        # Of two near ones the one of its own side.
        near.sort(key=lambda i: (shown[i].side != SIDES[k], _apart(shown[i], joints)))
        if near:
            out[k] = near[0]
    return out


def _apart(hand: FoundHand, joints: np.ndarray) -> float:
    crop = crop_of(joints)
    return float(np.hypot(hand.crop.x - crop.x, hand.crop.y - crop.y)) / hand_size(joints)


def true_hands(sample: Sample, shown: Sequence[FoundHand]) -> list[bool]:
    """Whether each reported hand is one."""
    true = set(_pairs(sample, shown).values())
    return [i in true for i in range(len(shown))]


def true_feet(sample: Sample, shown: Sequence[FoundFoot]) -> list[bool]:
    """Whether each reported foot is one, worked or not."""
    return [any(_is_foot(foot, points) for points in sample.feet) for foot in shown]


def _is_foot(foot: FoundFoot | SeenFoot, points: np.ndarray) -> bool:
    """Whether a reported foot is the one whose true landmarks are (14, 2)."""
    return bool(np.linalg.norm(foot.landmarks_px.mean(axis=0) - points.mean(axis=0)) < 0.35 * _extent(points))


def _landmark_errors(foot: FoundFoot | SeenFoot, points: np.ndarray) -> np.ndarray:
    """(14,) in foot lengths; a foreshortened foot has hardly a length, so that its extent is fairer."""
    length = float(np.linalg.norm(points[7:12] - points[0], axis=1).max())
    return np.asarray(np.linalg.norm(foot.landmarks_px - points, axis=1) / max(length, 0.8 * _extent(points)))


def _extent(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.ptp(points, axis=0)))


def _count_hands(out: Measured, sample: Sample, finding: Finding) -> None:
    out.pictures += 1
    shown = [h for h in finding.hands if h.score >= out.threshold]
    pairs = _pairs(sample, shown)
    for k in range(2):
        if not np.isfinite(sample.hands[k]).all() or sample.visible[k] < SEEN_SHARE:
            continue
        out.hands += 1
        if k not in pairs:
            continue
        best, crop = shown[pairs[k]], crop_of(sample.hands[k])
        out.found += 1
        out.right_side += best.side == SIDES[k]
        out.off.append(_apart(best, sample.hands[k]))
        turn = np.angle(np.exp(1j * (best.crop.angle - crop.angle)))
        out.turned.append(float(np.degrees(abs(turn))))
        out.grown.append(abs(float(np.log(best.crop.size / crop.size))))
    out.phantoms += len(shown) - len(pairs)
