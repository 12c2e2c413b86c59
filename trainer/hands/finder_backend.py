"""Hands by the finder and the landmark network together: the program's own eye.

The finder looks about ten times a second and at once when a hand seems lost: at the whole picture and at the part with
hands and feet in turn, straight and mirrored, turned so that the toes are up; so what it says over time is not one
error again and again. The landmark network looks at each followed hand in every frame. Both run side by side and are
used in the very frame that they looked at, so the same frames give the same hands however fast the machine is.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from trainer.finder.glance import WORTH_A_LOOK, Finds, glance, region_around, upright_turn, whole_picture
from trainer.finding import Crop, Finding, Sighting
from trainer.hands.joints import JointNetwork, Joints
from trainer.hands.model_files import ModelSize
from trainer.hands.pair import MOST, THRESHOLDS, HandPair
from trainer.model import Data, Floats, Frame, Image

FIND_EVERY_S = 0.1
_CLOSE_MIRRORED = ((False, False), (True, True), (False, True), (True, False))
"""Which looks are at a part of the picture, and which at a mirrored one, in turn."""
_TICK_S = 0.002
"""Presentation times are rounded: a finding this much early is due."""


class Finder(Finds, Protocol):
    """What is needed of a finder."""

    @property
    def provenance(self) -> Data: ...


class Network(Protocol):
    """What is needed of a landmark network."""

    @property
    def provenance(self) -> Data: ...

    def look(self, image: Image, crop: Crop) -> Joints: ...


class FinderBackend:
    """Follows the working hands of one video.

    model: the landmark network, ``full`` or ``lite``. finder, networks: to be used instead of the program's own.
    Raises ModelFileError, DependencyError.
    """

    name = "finder"
    trusted = True
    finds = True

    def __init__(
        self, model: ModelSize = "full", *, finder: Finder | None = None, networks: tuple[Network, ...] = (),
        folder: Path | None = None,
    ) -> None:  # fmt: skip
        self._finder = finder if finder is not None else open_finder(folder)
        self._networks = networks or tuple(JointNetwork(model, folder) for _ in range(MOST))
        self._pair = HandPair()
        self._folder, self._model = folder, model
        self._find_every_s = FIND_EVERY_S
        self._found_s = -np.inf
        self._in_a_hurry = False
        self._turn = 0
        self._feet: list[Floats] = []
        self._workers = ThreadPoolExecutor(MOST, thread_name_prefix="eye")

    @property
    def provenance(self) -> Data:
        made = {**self._networks[0].provenance, **self._finder.provenance}
        return {"backend": self.name, "find_every_s": self._find_every_s, **THRESHOLDS, **made}

    def ease(self) -> str | None:
        """Make it cheaper by a step, for a machine that is too slow; what was done, None when there is no more to do:
        ``looks`` (the finder looks half as often), then ``lite`` (the small landmark network)."""
        if self._find_every_s == FIND_EVERY_S:
            self._find_every_s = 2 * FIND_EVERY_S
            return "looks"
        if self._model == "full":
            self._model = "lite"
            self._networks = tuple(JointNetwork("lite", self._folder) for _ in range(MOST))
            return "lite"
        return None

    def look(self, frame: Frame) -> Sighting:
        finding = self._look_at_all(frame, self._in_a_hurry or is_due(self._found_s, frame.time_s, self._find_every_s))
        if finding is not None:
            self._found_s = frame.time_s
            self._pair.reconcile(finding.hands, frame.time_s, partial(self._networks[0].look, frame.image))
            self._in_a_hurry = self._pair.misses_one(frame.time_s)
        return Sighting(self._pair.report(frame.time_s), finding)

    def _look_at_all(self, frame: Frame, due: bool) -> Finding | None:
        """The network's look at each followed hand, taken in, and the finder's at the picture."""
        hands = list(self._pair.hands)
        were_present = [hand.present for hand in hands]
        looks = [
            self._workers.submit(network.look, frame.image, hand.crop)
            for network, hand in zip(self._networks, hands, strict=False)
        ]
        finding = self._find(frame.image) if due else None
        for hand, look in zip(hands, looks, strict=True):
            hand.see(look.result(), frame.time_s, self._pair.close_to_another(hand))
        self._in_a_hurry = any(was and not hand.present for was, hand in zip(were_present, hands, strict=True))
        return finding

    def _find(self, image: Image) -> Finding:
        close, mirrored = _CLOSE_MIRRORED[self._turn % len(_CLOSE_MIRRORED)]
        self._turn += 1
        size = (image.shape[1], image.shape[0])
        turn = upright_turn(self._feet[0]) if self._feet else 0.0
        region = whole_picture(size, turn)
        if close and not self._in_a_hurry:
            region = region_around([hand.crop for hand in self._pair.hands], self._feet, size, turn) or region
        finding = glance(self._finder, image, region, mirrored)
        self._feet = [foot.landmarks_px for foot in finding.feet if foot.score >= WORTH_A_LOOK]
        return finding

    def close(self) -> None:
        self._workers.shutdown()


def is_due(found_s: float, time_s: float, every_s: float = FIND_EVERY_S) -> bool:
    """Whether the finder is to look again at ``time_s``, after it looked at ``found_s``."""
    return time_s - found_s >= every_s - _TICK_S


def open_finder(folder: Path | None = None) -> Finder:
    """The program's own finder. Raises ModelFileError."""
    from trainer.finder.finder import open_finder as open_it

    return open_it(folder)
