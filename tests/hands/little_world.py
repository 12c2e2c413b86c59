"""Hands on known paths, what a finder would say of them, and a landmark network that takes anything for a hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from kinematic_hands import Mover, open_hand

from trainer.finder.glance import mirror
from trainer.finding import Crop, Finding, FoundHand, Sighting
from trainer.hands.crop import apart, crop_of
from trainer.hands.finder_backend import FinderBackend
from trainer.hands.joints import Joints
from trainer.hands.trusted import TrustedHands
from trainer.model import Data, Frame, Hands, Image

NO_MASK = np.zeros((2, 2), np.uint8)
WORLD = np.column_stack([open_hand() * 0.09, np.zeros(21)])


def found(mover: Mover, t: float, score: float = 0.9, right: float | None = None) -> FoundHand:
    right = (0.9 if mover.side == "right" else 0.1) if right is None else right
    return FoundHand("right" if right > 0.5 else "left", score, right, crop_of(mover.landmarks(t)), 1.0)


def found_at(x: float, y: float, score: float = 0.9, right: float = 0.9, size: float = 150.0) -> FoundHand:
    return FoundHand("right" if right > 0.5 else "left", score, right, Crop(x, y, size, 0.0), 1.0)


Says = Callable[[float], Sequence[FoundHand]]


@dataclass
class World:
    """A finder and a network in one. Where no hand is the network sees one all the same, of ``presence``."""

    movers: Sequence[Mover]
    says: Says
    presence: Callable[[float], float] = lambda t: 0.98
    looked_s: list[float] = field(default_factory=list)
    looks: list[tuple[float, bool]] = field(default_factory=list)
    """Of each look the finder was given: share of the frame's width, and whether it was mirrored."""
    _times: list[float] = field(default_factory=list)
    _width: int = 0

    @property
    def provenance(self) -> Data:
        return {"finder_file": "little world", "finder_sha256": "0" * 64}

    def frame(self, t: float, index: int, shape: tuple[int, int, int] = (240, 320, 3)) -> Frame:
        image = _numbered(len(self._times), shape[1::-1])
        self._width = shape[1]
        self._times.append(t)
        return Frame(image, t, index)

    def find(self, image: Image) -> Finding:
        """Whatever part of a frame this is, and however it is mirrored: its pixels tell."""
        number, corner, mirrored = _read(image)
        t, width = self._times[number], image.shape[1]
        self.looked_s.append(t)
        self.looks.append((width / self._width, mirrored))
        hands = [replace(h, crop=replace(h.crop, x=h.crop.x - corner[0], y=h.crop.y - corner[1])) for h in self.says(t)]
        finding = Finding(tuple(hands), (), NO_MASK)
        return mirror(finding, width) if mirrored else finding

    def look(self, image: Image, crop: Crop) -> Joints:
        t = self._times[_read(image)[0]]
        hands = [m.landmarks(t) for m in self.movers]
        away = [apart(crop_of(px), crop) for px in hands]
        if away and min(away) < 0.4:
            # Of hands that lie on each other the first is on top.
            seen = next(px for px, a in zip(hands, away, strict=True) if a < min(away) + 0.1)
            return Joints(seen, WORLD, self.presence(t), 0.5)
        shape = open_hand() * crop.size / 4 + np.array([crop.x, crop.y + crop.size / 5])
        return Joints(shape, WORLD, self.presence(t), 0.5)

    def backend(self) -> FinderBackend:
        return FinderBackend(finder=self, networks=(self, self))

    def watch(self, seconds: float, fps: float = 30.0) -> list[tuple[float, Sighting, Hands]]:
        """(time, what the backend says, the hands that are shown) of each frame."""
        backend, tracker = self.backend(), TrustedHands()
        out = []
        for i in range(round(seconds * fps)):
            frame = self.frame(i / fps, i)
            sighting = backend.look(frame)
            out.append((frame.time_s, sighting, tracker.update(frame.time_s, sighting)))
        backend.close()
        return out


def _numbered(number: int, size: tuple[int, int]) -> Image:
    """A picture every part of which tells the picture's number and, on a chequer's white fields, its own place."""
    x, y = np.meshgrid(np.arange(size[0]), np.arange(size[1]))
    white = (x + y) % 2 == 0
    fields = (np.where(white, x // 2, number // 256), np.where(white, y, number % 256), np.where(white, 2 + x % 2, 0))
    return np.stack(fields, axis=-1).astype(np.uint8)


def _read(image: Image) -> tuple[int, tuple[int, int], bool]:
    """(number, (x, y) of its left upper corner in the whole, whether it is mirrored) of a part of a picture."""
    row = image[0].astype(int)
    black, white = row[row[:, 2] == 0][0], np.flatnonzero(row[:, 2])
    first, second = (2 * row[i, 0] + row[i, 2] - 2 for i in white[:2])
    mirrored = bool(second < first)
    left = first - (len(row) - 1 - white[0] if mirrored else white[0])
    return 256 * int(black[0]) + int(black[1]), (int(left), int(row[white[0], 1])), mirrored


def world_of(movers: Sequence[Mover], **kept: object) -> World:
    """A world whose finder sees every mover rightly."""
    return World(movers, lambda t: [found(m, t) for m in movers], **kept)  # type: ignore[arg-type]
