"""Is it a working hand? A landmarker reports "hand, score 1.0" on soles and toes; this tells them apart.
Pure.

The principle is common fate: a hand's landmarks travel with the pixels under them, and not with the scenery.
What is reported on a bare foot stays where the foot is, or trembles while the pixels under it are still. So a
track has to be *proven* by coherent travel before it counts as a hand, and loses its proof when pixels and
landmarks part (the hand leaves, the report stays behind on the foot). A proven hand may be still for as
long as it likes.

Lengths are in hand sizes (`shape.hand_size`), so neither resolution nor frame rate matters: travel adds up
over a path, however many pictures it is cut into.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.hands.shape import hand_size
from trainer.model import Floats, Foot

MIN_POINTS = 6
"""Landmarks whose pixels must have been followed for an interval to tell anything."""


@dataclass(frozen=True)
class Travel:
    """What one interval tells about one track, in hand sizes.

    ``together``: root mean square travel that landmarks and pixels made alike, relative to the scenery;
    ``landmarks`` and ``pixels``: each one's own travel; ``apart``: how far they differ (median).
    """

    together: float
    landmarks: float
    pixels: float
    apart: float


NOTHING = Travel(0.0, 0.0, 0.0, 0.0)


def travel(
    before: Floats, after: Floats, pixels: Floats, known: NDArray[np.bool_], scenery: tuple[Floats, ...]
) -> Travel:
    """Compares the motion of landmarks (21, 2) with that of the pixels under them.

    ``pixels`` (21, 2): displacement of the pixels that were under ``before``; ``known`` (21,): which of
    them could be followed. ``scenery``: displacements (21, 2) or (2,) that would explain the motion without
    a hand (the camera moved, the foot moved); the one that explains it best is taken off.
    """
    if np.count_nonzero(known) < MIN_POINTS:
        return NOTHING
    size = max(hand_size(before), 1e-9)
    moved = (after - before)[known] / size
    flowed = pixels[known] / size
    apart = float(np.median(np.linalg.norm(moved - flowed, axis=1)))
    found: list[Travel] = []
    for shift in scenery:
        own = np.broadcast_to(shift, before.shape)[known] / size
        a, b = moved - own, flowed - own
        cross = float((a * b).sum(axis=1).mean())
        energy_a, energy_b = float((a**2).sum(axis=1).mean()), float((b**2).sum(axis=1).mean())
        coherence = 2 * cross / (energy_a + energy_b) if energy_a + energy_b > 0 else 0.0
        weight = float(np.clip((coherence - 0.3) / 0.4, 0, 1))
        together = weight * float(np.sqrt(max(cross, 0.0)))
        found.append(Travel(together, float(np.sqrt(energy_a)), float(np.sqrt(energy_b)), apart))
    return min(found, key=lambda t: t.pixels)


def foot_shift(points: Floats, before: Foot | None, now: Foot | None) -> Floats | None:
    """(N, 2): where the points (N, 2) px would go if they were fixed to the foot. None when that isn't
    known."""
    if before is None or now is None or not (before.seen and now.seen):
        return None
    if not (np.isfinite(before.px_from_uv).all() and np.isfinite(now.px_from_uv).all()):
        return None
    try:
        step = now.px_from_uv @ np.linalg.inv(before.px_from_uv)
    except np.linalg.LinAlgError:
        return None
    there = np.c_[points, np.ones(len(points))] @ step.T
    return np.asarray(there[:, :2] / there[:, 2:] - points, float)


PROVEN_AT = 0.35
"""Hand sizes of coherent travel that prove a hand: about 3 cm."""
LOST_BELOW = 0.0
FULL = 1.0
_STRAY = 0.05
"""Root mean square difference that landmark jitter makes between two pictures anyway."""


@dataclass(frozen=True)
class Proof:
    """How far a track is proven to be a hand. ``level`` in hand sizes of coherent travel, net of
    contradictions."""

    level: float = 0.0
    proven: bool = False

    def after(self, told: Travel) -> Proof:
        """The proof after one more interval."""
        parted = told.pixels > 2 * _STRAY and told.together < 0.3 * told.pixels
        loss = 0.0
        if parted:
            loss = told.pixels
        elif not self.proven:
            loss = 0.5 * max(0.0, told.landmarks - told.pixels - _STRAY)
        level = float(np.clip(self.level + told.together - loss, -FULL, FULL))
        return Proof(level, level >= PROVEN_AT or (self.proven and level > LOST_BELOW))
