"""A hand that is followed from frame to frame: where, how firmly it is believed in, which side."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from trainer.finding import Crop, FoundHand
from trainer.hands import belief, sides
from trainer.hands.crop import added, apart, crop_of, difference, pixels_from_crop
from trainer.hands.joints import Joints
from trainer.hands.one_euro import OneEuro
from trainer.hands.shape import hand_size
from trainer.model import Detection, Floats, Side

PRESENT = 0.5
"""Below this presence the network's landmarks don't tell how the hand moves."""
STRAYED = 0.35
"""A crop this far from the finder's is given up for it."""
_TRUST_S = np.array([0.1, 0.1, 0.15, 0.15])
"""The crop goes over to the finder's with these time constants (x, y, size, angle). The finder's place is sure, size
and angle jitter; the motion of the landmarks may be that of their sliding onto the other hand."""
_GO_ALONG = 0.5
"""Where a crop is put right the landmarks in it go about this share of the way along, without the hand's moving."""
_FARTHEST = 0.15
"""No hand moves further from frame to frame, in crop sizes; the network has jumped."""


@dataclass(eq=False)
class FollowedHand:
    """``crop`` is where the landmark network looks for the hand next: the finder's, carried on by the motion of the
    landmarks. Their own crop isn't used, because on a hand that is half hidden it creeps away.

    ``belief`` in 0–1; ``odds`` log-odds of being the right hand; ``side`` as shown, None before that; ``supported``:
    the last finding had this hand; ``own``: its joints aren't another hand's.
    """

    crop: Crop
    belief: float
    odds: float
    side: Side | None = None
    supported: bool = True
    own: bool = True
    joints: Joints | None = None
    _moved: Floats = field(default_factory=lambda: np.zeros(2))
    _good: tuple[Joints, Crop] | None = None
    _calm_px: OneEuro = field(default_factory=OneEuro)
    _calm_world: OneEuro = field(default_factory=OneEuro)
    _seen_s: float = -math.inf

    @classmethod
    def begun(cls, found: FoundHand) -> FollowedHand:
        return cls(found.crop, belief.first_belief(found.score), sides.first_word(found.right))

    @property
    def present(self) -> bool:
        return self.joints is not None and self.joints.presence >= PRESENT

    @property
    def shown(self) -> bool:
        return self.side is not None

    @property
    def worth_showing(self) -> bool:
        return belief.worth_showing(self.belief, self.shown)

    def see(self, joints: Joints, time_s: float, beside: bool = False) -> None:
        """Takes in what the network sees on ``crop`` in the frame at ``time_s``.

        ``beside``: another hand is so close that the network may slide onto it; then ``crop`` waits for the finder.
        """
        dt = min(time_s - self._seen_s, belief.LONGEST_S)
        before, was_present = self.joints, self.present
        moved, self._moved = self._moved, np.zeros(2)
        self._seen_s, self.joints = time_s, joints
        if not self.present:
            return
        self.odds = sides.after_network(self.odds, joints.right, dt)
        if before is not None and was_present and not beside:
            shift = np.median(joints.landmarks_px - before.landmarks_px, axis=0) - _GO_ALONG * moved
            if float(np.hypot(*shift)) <= _FARTHEST * self.crop.size:
                self.crop = replace(self.crop, x=self.crop.x + float(shift[0]), y=self.crop.y + float(shift[1]))

    def support(self, found: FoundHand | None, dt_s: float, beside: bool = False) -> bool:
        """Takes in what the finder saw of this hand in this frame (None: nothing), ``dt_s`` after its last word;
        ``beside``: it saw another hand close by.

        True when ``crop`` had strayed from the hand, so that the network must look again.
        """
        dt = min(dt_s, belief.LONGEST_S)
        strayed = found is not None and apart(self.crop, found.crop) > STRAYED
        score = 0.0 if found is None else found.score
        if self.joints is not None and not strayed:
            score *= self.joints.presence
        self.belief = belief.after_finding(self.belief, score, dt, beside and self.present)
        self.supported = found is not None
        if found is None:
            return False
        self.odds = sides.after_finder(self.odds, found.right, dt)
        if strayed:
            self.crop = found.crop
            return True
        was = self.crop
        self.crop = added(was, (1.0 - np.exp(-dt / _TRUST_S)) * difference(was, found.crop))
        self._moved = np.array([self.crop.x - was.x, self.crop.y - was.y])
        return False

    @property
    def slid_by(self) -> float:
        """How far the landmarks lie from where the network was to look (`apart`)."""
        return math.inf if self.joints is None else apart(crop_of(self.joints.landmarks_px), self.crop)

    def hold_shape(self) -> None:
        """The newest landmarks are another hand's: the last good ones stay, carried to where this hand is now."""
        self.own = self._good is not None
        if self._good is None:
            return
        good, crop = self._good
        to_then, to_now = pixels_from_crop(crop, 2), pixels_from_crop(self.crop, 2)
        inside = np.linalg.solve(to_then[:, :2], (good.landmarks_px - to_then[:, 2]).T).T
        self.joints = replace(good, landmarks_px=inside @ to_now[:, :2].T + to_now[:, 2])

    def keep_shape(self) -> None:
        """The newest landmarks are this hand's own."""
        self.own = True
        if self.joints is not None:
            self._good = self.joints, self.crop

    def detection(self, side: Side, time_s: float) -> Detection:
        """The hand as it is reported, calmed; to be asked for once a frame."""
        assert self.joints is not None
        px, world = self.joints.landmarks_px, self.joints.world_m
        score = self.belief * (0.5 + 0.5 * self.joints.presence)
        return Detection(
            side, score, self._calm_px(px, time_s, max(hand_size(px), 1.0)),
            self._calm_world(world, time_s, max(hand_size(world), 1e-3)),
        )  # fmt: skip
