"""One frame as the foot tracker looks at it: small, without slow shadows, and with the hands taken out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from trainer.finding import Finding
from trainer.foot.anchor import F32, Mask, working_picture
from trainer.foot.hidden import hands_mask, mask_of_hands
from trainer.model import Floats, Frame, Hands, Image

_WIDTH = 480
"""Frames are looked at in this width at most."""
_MASK_KEEPS_S = 0.15
"""A finding's mask still tells roughly where the arms are for so long."""
_PLAIN = 4.0
"""A picture whose brightness varies less than this (standard deviation) shows nothing."""


@dataclass(frozen=True, eq=False)
class Look:
    """``gray`` (H, W) is the frame of ``full_size`` (width, height) made ``scale`` times as large, ``picture`` the same
    high-passed, ``hidden`` 255 where hands and arms are."""

    time_s: float
    full_size: tuple[int, int]
    scale: float
    gray: Mask
    picture: F32
    hidden: Mask
    thumbnail: F32

    @property
    def small_from_full(self) -> Floats:
        """(3, 3) frame pixels to this picture's; pixel centres are whole numbers in both."""
        shift = 0.5 * self.scale - 0.5
        return np.array([[self.scale, 0.0, shift], [0.0, self.scale, shift], [0.0, 0.0, 1.0]])

    @property
    def shows_something(self) -> bool:
        return bool(self.thumbnail.std() >= _PLAIN)

    def is_cut_from(self, before: Look | None) -> bool:
        """Whether this is another scene than the one before, or nothing at all."""
        if not self.shows_something:
            return True
        if before is None or not before.shows_something:
            return False
        a, b = before.thumbnail, self.thumbnail
        alike = float(((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std()))
        return alike < 0.4


class Looker:
    """Looks at the frames in their order and remembers the last finding's mask for a moment."""

    def __init__(self) -> None:
        self._parts: Image | None = None
        self._parts_s = 0.0

    def look(self, frame: Frame, hands: Hands, finding: Finding | None, hidden: Sequence[Floats]) -> Look:
        """``hidden`` are (N, 2) px point sets, besides the hands, whose hulls cover the foot."""
        gray = cv2.cvtColor(frame.image, cv2.COLOR_BGR2GRAY)
        width, height = frame.size
        scale = min(1.0, _WIDTH / max(width, height))
        if scale < 1.0:
            size = (max(1, round(width * scale)), max(1, round(height * scale)))
            gray = cv2.resize(gray, size, interpolation=cv2.INTER_AREA)
        small = np.asarray(gray, np.uint8)
        mask = self._hidden(frame, hands, finding, hidden, (small.shape[1], small.shape[0]), scale)
        thumbnail = cv2.resize(small, (32, 24), interpolation=cv2.INTER_AREA).astype(np.float32)
        picture = working_picture(small)
        return Look(frame.time_s, frame.size, scale, small, picture, mask, np.asarray(thumbnail, np.float32))

    def _hidden(
        self, frame: Frame, hands: Hands, finding: Finding | None, hidden: Sequence[Floats], size: tuple[int, int],
        scale: float,
    ) -> Mask:  # fmt: skip
        if finding is not None:
            self._parts, self._parts_s = finding.mask, frame.time_s
        elif self._parts is not None and not 0 <= frame.time_s - self._parts_s <= _MASK_KEEPS_S:
            self._parts = None
        if self._parts is None:
            return hands_mask(hands, size, scale, hidden)
        # The hull of a hand takes out what shows between its fingers, and the forearm is but guessed from the joints:
        # a mask of this very picture needs neither.
        mask = hands_mask(hands if finding is None else None, size, scale, hidden, forearms=False)
        return mask | mask_of_hands(self._parts, size)
