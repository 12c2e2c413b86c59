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
from dataclasses import dataclass, field, replace
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
    median landmark (what hides a few landmarks doesn't count); ``slip``: how far the median landmark has moved away
    from its pixels between the window's ends.
    """

    together: float
    coherence: float
    landmarks: float
    pixels: float
    slip: float


NOTHING = Fate(0.0, 0.0, 0.0, 0.0, 0.0)


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
        apart = (a[-1] - a[0]) - (b[-1] - b[0])
        slip = float(np.median(np.linalg.norm(apart, axis=-1)))
        found.append(Fate(max(shared, 0.0) ** 0.5, coherence, extent_a, extent_b, slip))
    return min(found, key=lambda f: f.pixels)


@dataclass(eq=False)
class Trail:
    """The last ``LONG_S`` of one track: where its landmarks were, and where the pixels under them went."""

    _samples: deque[_Sample] = field(default_factory=deque)
    grain_px: float = 0.0
    _last: Floats = field(default_factory=lambda: np.zeros((21, 2)))

    @property
    def grain(self) -> float:
        """Extent of motion, in hand sizes, that the flow's own grain makes: it counts only on very small hands."""
        return self.grain_px / max(hand_size(self._last), 1e-9)

    @property
    def length_s(self) -> float:
        """Seconds that the trail reaches back."""
        return self._samples[-1].time_s - self._samples[0].time_s if self._samples else 0.0

    def restart(self, time_s: float, points: Floats) -> None:
        """Begins anew with landmarks (21, 2)."""
        self._samples.clear()
        self._last = points
        zero = np.zeros_like(points)
        self._samples.append(_Sample(time_s, zero, zero, np.zeros((2, *points.shape))))

    def add(
        self, time_s: float, points: Floats, pixels: Floats, known: NDArray[np.bool_], scenery: tuple[Floats, Floats]
    ) -> None:
        """One interval more. ``pixels`` (21, 2): displacement of what was under the last landmarks, where ``known``
        (elsewhere that of the hand's known part is taken; an interval with less than ``MIN_POINTS`` is left out of
        all paths); ``scenery``: the displacements that camera and foot would give them."""
        last = self._samples[-1]
        if np.count_nonzero(known) < MIN_POINTS:
            new = last._replace(time_s=time_s)
        else:
            step = np.stack([np.broadcast_to(s, points.shape) for s in scenery])
            shift = np.where(known[:, None], pixels, np.median(pixels[known], axis=0))
            new = _Sample(time_s, last.landmarks + points - self._last, last.flowed + shift, last.moved + step)
        self._last = points
        self._samples.append(new)
        while time_s - self._samples[0].time_s > LONG_S + 1e-6:
            self._samples.popleft()

    def fate(self, window_s: float) -> Fate:
        """What the last ``window_s`` tell; NOTHING when the trail is too short."""
        if not self._samples:
            return NOTHING
        end = self._samples[-1].time_s
        chosen = [s for s in self._samples if end - s.time_s <= window_s + 1e-6]
        if len(chosen) < 3 or end - chosen[0].time_s < MIN_WINDOW_S:
            return NOTHING
        landmarks, flowed = np.stack([s.landmarks for s in chosen]), np.stack([s.flowed for s in chosen])
        scenery = np.stack([s.moved for s in chosen], axis=1)
        return fate(landmarks, flowed, scenery, max(hand_size(self._last), 1e-9))


class _Sample(NamedTuple):
    """Paths since the trail's beginning: of landmarks, pixels, and what the scenery would give."""

    time_s: float
    landmarks: Floats
    flowed: Floats
    moved: Floats


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
_STRAY = 0.02
"""Extent of motion that means nothing: tremble of a landmarker, crawl of the flow on smooth skin."""


@dataclass(frozen=True)
class Doubt:
    """How much is asked of a report. ``coherence``: below this motion counts for nothing; ``stray``: extent of motion
    that means nothing; ``gain``: weight of coherent motion; ``loss``: what standing still costs;
    ``slip``: landmarks that have left their pixels by so much are no hand's; ``credit``: what has been
    believed before it moved may be believed on."""

    coherence: float
    stray: float
    gain: float
    loss: float
    slip: float
    credit: bool = True


GHOSTLY = Doubt(coherence=0.4, stray=_STRAY, gain=1.0, loss=0.3, slip=0.25, credit=False)
"""For reports that look like those on a bare foot (`ghosts`)."""
PLAIN = Doubt(coherence=0.1, stray=_STRAY, gain=1.0, loss=0.0, slip=np.inf)
CLEAR = Doubt(coherence=0.05, stray=_STRAY / 2, gain=3.0, loss=0.0, slip=np.inf)
"""For reports whose wrist lies off a foot that is known."""
REACHING = replace(CLEAR)
"""For those that reach from beside for a foot that is known: only a hand looks so, and it is believed at once."""


CREDIT_S = 1.5
"""What comes and then lies still for so long may be a thing."""
REACHING_CREDIT_S = 8.0
"""A hand that presses and holds may lie still for longer; but for ever only what isn't alive."""


@dataclass(frozen=True)
class Proof:
    """How far a track is proven to be a hand: ``level`` 0..1 of coherent motion, net of contradictions; ``earned``:
    that has once been enough; ``credit_s``: for so long it is believed without."""

    level: float = 0.0
    earned: bool = False
    credit_s: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether it counts as a hand."""
        return self.earned or self.credit_s > 0.0

    def after(self, trail: Trail, dt_s: float, doubt: Doubt) -> Proof:
        """The proof after ``dt_s`` more seconds, which the trail has taken in."""
        now = trail.fate(SHORT_S)
        stray = max(doubt.stray, trail.grain)
        if now.slip > doubt.slip:
            return Proof()
        alike = float(np.clip((now.coherence - doubt.coherence) / 0.3, 0.0, 1.0))
        gain = doubt.gain * alike * max(0.0, now.together - stray)
        loss = 0.0
        if gain == 0.0:
            long = trail.fate(LONG_S)
            if long.landmarks < 0.5 * long.pixels:
                loss = max(0.0, long.pixels - 2 * _STRAY)
            loss = max(loss, doubt.loss)
        level = float(np.clip(self.level + _GAIN_PER_S * dt_s * (gain - loss), 0.0, FULL))
        credit_s = max(0.0, self.credit_s - dt_s) if doubt.credit else 0.0
        return Proof(level, level >= PROVEN_AT or (self.earned and level > 0.0), credit_s)


COMING_S = 0.2
"""So old at most is what has just come."""
_COMES_PER_S = 0.8
"""Speed of a hand that comes, in hand sizes: 8 cm a second."""


def comes(shifts: Floats, dt_s: float, size: float, grain_px: float) -> bool:
    """Whether the pixels under landmarks, which went by ``shifts`` (N, 2) px of their own in ``dt_s``, move as one
    thing and so fast that it is no tremble."""
    if len(shifts) < MIN_POINTS:
        return False
    way = float(np.linalg.norm(np.median(shifts, axis=0)))
    spread = float(np.median(np.linalg.norm(shifts - np.median(shifts, axis=0), axis=1)))
    return way > max(_COMES_PER_S * dt_s * size, 2 * grain_px) and spread < 0.5 * way


def inert(trail: Trail) -> bool:
    """Whether neither landmarks nor pixels have moved against the scenery, for most of the short window."""
    if trail.length_s < 0.75 * SHORT_S:
        return False
    now = trail.fate(SHORT_S)
    return now is not NOTHING and now.pixels < _STRAY and now.landmarks < 3 * _STRAY
