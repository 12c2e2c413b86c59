"""The yardstick: what a landmarker sees by itself on the very frames that the program works on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from trainer.hands.backend import HandBackend
from trainer.model import SIDES, Floats, Frame
from trainer.score.hand_tally import Sight

SLOTS = 2


class Yardstick:
    """A stock landmarker of its own, which nobody asks to make room: it looks at each frame before the program does.

    It knows no identity over time, so a hand is whoever it calls it: left or right.
    """

    def __init__(self, backend: HandBackend) -> None:
        self._backend = backend
        self._px: list[Floats] = []
        self._called: list[list[int]] = []

    def watch(self, frames: Iterable[Frame]) -> Iterator[Frame]:
        """The frames as they come, each looked at."""
        for frame in frames:
            found = sorted(self._backend.look(frame).hands, key=lambda d: -d.score)[:SLOTS]
            px = np.full((SLOTS, 21, 2), np.nan)
            for slot, detection in enumerate(found):
                px[slot] = detection.landmarks_px
            self._px.append(px)
            self._called.append([SIDES.index(d.side) for d in found] + [0] * (SLOTS - len(found)))
            yield frame

    def sight(self, scale: Floats) -> Sight:
        """What was seen in the T frames so far; ``scale`` (2,) takes their pixels to the truth's."""
        px = np.array(self._px, float).reshape(-1, SLOTS, 21, 2) * scale
        reported = np.asarray(np.isfinite(px).all(axis=(2, 3)), bool)
        return Sight(px, reported, np.zeros_like(reported), np.array(self._called, np.int64).reshape(-1, SLOTS))

    def close(self) -> None:
        self._backend.close()
