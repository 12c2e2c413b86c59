"""How well `trainer look` sees stills that nothing was trained on, also turned and from further away.

Hands are counted as in videos (`score.hand_metrics`): those of which enough is seen should be found, with all joints.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from trainer.look.seen import Seen
from trainer.look.still import Eyes, look_at
from trainer.model import SIDES
from trainer.score.foot_tally import PCK
from trainer.score.hand_metrics import joint_errors, match_hands, to_be_found
from trainer.studio.training.augment import PLAIN_COLOUR
from trainer.studio.training.measure import Counts
from trainer.studio.training.sample import Sample, warped
from trainer.studio.training.shelf import Shelf


@dataclass(eq=False)
class Looked(Counts):
    """What `trainer look` saw. Errors of joints in hand sizes; those of the landmarks of a foot that wasn't seen are
    infinite."""

    matched: int = 0
    joints: list[float] = field(default_factory=list)

    def count(self, sample: Sample, seen: Seen) -> None:
        """Adds one picture, of which ``seen`` was reported."""
        self.pictures += 1
        _count_hands(self, sample, seen)
        if not ((sample.mask == 3) | (sample.mask == 5)).any():
            self.footless += 1
            self.false_feet += bool(seen.feet)
        if not self.count_feet(sample, seen.feet):
            self.landmarks += [np.inf] * len(sample.feet[0])

    def line(self) -> str:
        """One line of figures."""
        landmarks = self.landmarks + self.hidden_landmarks
        right = sum(error <= PCK for error in landmarks)
        named = _share(self.feet_named, self.feet_found)
        return (
            f"hands found {_share(self.found, self.hands)}, phantom hands {_share(self.phantoms, self.pictures)} a "
            f"picture, side right {_share(self.right_side, self.matched)}, joints off {_median(self.joints)}; "
            f"feet found {_share(self.feet_found, self.feet)}, side and view {named}, "
            f"landmarks off {_median(landmarks)}, PCK@0.2 {_share(right, len(landmarks))}, "
            f"announced where there is none {_share(self.false_feet, self.footless)} of {self.footless}"
        )


def looked(eyes: Eyes, shelf: Shelf, every: int = 1, turn: float = 0.0, scale: float = 1.0) -> Looked:
    """The figures over every `every`-th still, turned clockwise by `turn` degrees and `scale` times as large."""
    out = Looked()
    for number in range(0, len(shelf), every):
        sample = turned_and_shrunk(shelf.sample(number), turn, scale)
        out.count(sample, look_at(sample.image, eyes))
    return out


def turned_and_shrunk(sample: Sample, turn: float, scale: float) -> Sample:
    """A still turned clockwise by degrees and shrunk, in a picture that holds all of it."""
    if turn == 0 and scale == 1:
        return sample
    size = np.array(sample.size)
    matrix = cv2.getRotationMatrix2D(((size[0] - 1) / 2, (size[1] - 1) / 2), -turn, scale)
    reach = np.rint(np.abs(matrix[:, :2]) @ size).astype(int)
    matrix[:, 2] += (reach - size) / 2
    new = warped(sample, matrix, (int(reach[0]), int(reach[1])), PLAIN_COLOUR)
    return replace(new, visible=sample.visible)


def _count_hands(out: Looked, sample: Sample, seen: Seen) -> None:
    true = sample.hands[None]
    reported = np.full((1, 2, 21, 2), np.nan)
    for slot, hand in enumerate(seen.hands):
        reported[0, slot] = hand.landmarks_px
    shown = np.arange(2)[None] < len(seen.hands)
    matches = match_hands(reported, shown, true)
    asked = to_be_found(true, sample.visible[None], sample.size)[0]
    for slot, hand in enumerate(seen.hands):
        partner = int(matches.partner[0, slot])
        out.phantoms += partner < 0
        out.matched += partner >= 0
        out.found += partner >= 0 and bool(asked[partner])
        out.right_side += partner >= 0 and SIDES[partner] == hand.side
    out.hands += int(asked.sum())
    errors = joint_errors(reported, matches, true)
    out.joints += errors[np.isfinite(errors)].tolist()


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "not known"


def _median(values: list[float]) -> str:
    return f"{np.median(values):.4f}" if values else "not known"
