"""Is it a working hand? A landmarker reports "hand, score 1.0" on soles and toes; this tells them apart.

The principle is common fate: a hand's landmarks travel with the pixels under them, and not with the scenery. What is
reported on a bare foot stays where the foot is, or trembles while the pixels under it are still. So a track has to be
*proven* by coherent motion before it counts as a hand, and loses its proof when pixels and landmarks part (the
hand leaves, the report stays behind on the foot). A proven hand may be still for as long as it likes.

Lengths are in hand sizes (`shape.hand_size`) and evidence adds up over seconds, so that neither resolution nor frame
rate matters.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from trainer.hands.shape import hand_size
from trainer.model import Floats, Foot

SHORT_S = 0.4
"""Motion is compared over this long: a landmarker's tremble doesn't add up in it, a hand's motion does."""
LONG_S = 1.0
"""Whether the pixels have left is asked over this long: hands may leave slowly."""
MIN_WINDOW_S = 0.12
MIN_POINTS = 6
"""Landmarks whose pixels must have been followed for a window to tell anything."""


@dataclass(frozen=True)
class Fate:
    """What a window of time tells about one track, in hand sizes, relative to the scenery.

    ``together``: extent (root mean square about the mean) of the motion that landmarks and pixels share;
    ``coherence`` in −1..1: how alike they move; ``landmarks`` and ``pixels``: extent of each one's own motion, of the
    median landmark (what hides a few landmarks doesn't count).
    """

    together: float
    coherence: float
    landmarks: float
    pixels: float


NOTHING = Fate(0.0, 0.0, 0.0, 0.0)


def fate(landmarks: Floats, pixels: Floats, scenery: Floats, size: float) -> Fate:
    """Compares the paths of landmarks and of the pixels under them.

    ``landmarks``, ``pixels``: (K, N, 2) px, place at K instants of N points. ``scenery``: (H, K, N, 2) the paths that
    H explanations without a hand would give them (the camera moves, the foot moves); the one that explains the pixels
    best is taken off. ``size``: the hand's, in px.
    """
    found: list[Fate] = []
    for path in scenery:
        a, b = (landmarks - path) / size, (pixels - path) / size
        a, b = a - a.mean(axis=0), b - b.mean(axis=0)
        shared = float(np.vdot(a, b)) / (len(a) * a.shape[1])
        each_a, each_b = (np.einsum("knd,knd->n", x, x) / len(a) for x in (a, b))
        energy = float(each_a.mean() + each_b.mean())
        coherence = 2 * shared / energy if energy > 1e-12 else 0.0
        extent_a, extent_b = (float(np.median(x)) ** 0.5 for x in (each_a, each_b))
        found.append(Fate(max(shared, 0.0) ** 0.5, coherence, extent_a, extent_b))
    return min(found, key=lambda f: f.pixels)


@dataclass(eq=False)
class Trail:
    """The last ``LONG_S`` of one track: where its landmarks were, and where the pixels under them went."""

    _samples: deque[_Sample] = field(default_factory=deque)

    def restart(self, time_s: float, points: Floats) -> None:
        """Begins anew with landmarks (21, 2)."""
        self._samples.clear()
        still = np.zeros((2, *points.shape))
        self._samples.append(_Sample(time_s, points, points, still, np.ones(len(points), bool)))

    def add(
        self, time_s: float, points: Floats, pixels: Floats, known: NDArray[np.bool_], scenery: tuple[Floats, Floats]
    ) -> None:
        """One interval more. ``pixels`` (21, 2): displacement of what was under the last landmarks, where ``known``;
        ``scenery``: the displacements that camera and foot would give them."""
        last = self._samples[-1]
        step = np.stack([np.broadcast_to(s, points.shape) for s in scenery])
        self._samples.append(_Sample(time_s, points, last.flowed + pixels, last.moved + step, known))
        while time_s - self._samples[0].time_s > LONG_S + 1e-6:
            self._samples.popleft()

    def fate(self, window_s: float) -> Fate:
        """What the last ``window_s`` tell; NOTHING when they are too short or too little could be followed."""
        end = self._samples[-1].time_s
        chosen = [s for s in self._samples if end - s.time_s <= window_s + 1e-6]
        if len(chosen) < 3 or end - chosen[0].time_s < MIN_WINDOW_S:
            return NOTHING
        known = np.all([s.known for s in chosen[1:]], axis=0)
        if np.count_nonzero(known) < MIN_POINTS:
            return NOTHING
        points = np.stack([s.points for s in chosen])[:, known]
        flowed = np.stack([s.flowed for s in chosen])[:, known]
        scenery = np.stack([s.moved for s in chosen], axis=1)[:, :, known]
        return fate(points, flowed, scenery, max(hand_size(chosen[-1].points), 1e-9))


class _Sample(NamedTuple):
    time_s: float
    points: Floats
    flowed: Floats
    moved: Floats
    known: NDArray[np.bool_]


def foot_shift(points: Floats, before: Foot | None, now: Foot | None) -> Floats | None:
    """(N, 2): how far the points (N, 2) px would go if they were fixed to the foot. None when that isn't known."""
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
INHERITED = 0.25
FULL = 1.0
_GAIN_PER_S = 16.0
"""A hand that circles with a radius of a sixth of its palm (15 mm) is proven after about a third of a second."""
_STRAY = 0.04
"""Extent of motion that means nothing: tremble of a landmarker, crawl of the flow on smooth skin."""


@dataclass(frozen=True)
class Proof:
    """How far a track is proven to be a hand: ``level`` −1..1 of coherent motion, net of contradictions."""

    level: float = 0.0
    proven: bool = False

    def after(self, trail: Trail, dt_s: float) -> Proof:
        """The proof after ``dt_s`` more seconds, which the trail has taken in."""
        now = trail.fate(SHORT_S)
        alike = float(np.clip((now.coherence - 0.4) / 0.3, 0.0, 1.0))
        gain = alike * max(0.0, now.together - _STRAY)
        loss = 0.0
        if not self.proven and now.coherence < 0.3:
            # Landmarks that roam over still pixels count only against what isn't proven: those of a real hand
            # tremble too when it is blurred.
            loss = 0.5 * max(0.0, now.landmarks - 2 * _STRAY)
        if gain == 0.0:
            long = trail.fate(LONG_S)
            if long.landmarks < 0.5 * long.pixels:
                loss = max(loss, long.pixels - _STRAY)
        level = float(np.clip(self.level + _GAIN_PER_S * dt_s * (gain - loss), -FULL, FULL))
        return Proof(level, level >= PROVEN_AT or (self.proven and level > 0.0))
