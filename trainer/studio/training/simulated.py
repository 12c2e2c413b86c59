"""Movements as the program would have seen them: projected by a drawn camera, with the faults of a real tracker.

The faults are borrowed: how far joints were off, and when hands were lost, in clips that the program watched. Others
are made up, so that nothing is learnt by heart from the few that there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.ndimage import gaussian_filter1d

from trainer.foot import atlas
from trainer.foot.geometry import fit_px_from_uv, to_uv
from trainer.model import SIDES, Foot, HandTouch, Presence, Touch, View
from trainer.strokes.observation import palm_frame
from trainer.strokes.vocabulary import NUMBER
from trainer.studio.camera import Camera
from trainer.studio.training.played import Played, Rng
from trainer.studio.training.takes import Stretch

PRESENCES = (Presence.UNKNOWN, Presence.BRIDGED, Presence.MEASURED)
_FIT_EVERY_S = 0.1
_OF_ANYTHING = 0.6
"""How often a fault is borrowed from whatever was being done: else techniques are told by the few faults there are."""
_RATES = ((15.0, 0.3), (20.0, 0.15), (24.0, 0.15), (30.0, 0.35), (60.0, 0.05))


@dataclass(frozen=True, eq=False)
class Fault:
    """How one hand was seen for a while, F frames at `fps`: presence (F,) numbers in PRESENCES; off (F, 21, 2) how far
    its joints were off, in palm lengths in the palm's own frame, as of a right hand; NaN where the hand wasn't seen."""

    fps: float
    presence: np.ndarray
    off: np.ndarray


@dataclass(eq=False)
class Faults:
    """Borrowed faults by what the hand was doing: (technique's number, whether it worked)."""

    by_deed: dict[tuple[int, bool], list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def any_of(self, rng: Rng, technique: int, working: bool) -> Fault | None:
        known = self.by_deed.get((technique, working))
        if not known or rng.random() < _OF_ANYTHING:
            pool = [f for faults in self.by_deed.values() for f in faults]
            return pool[int(rng.integers(len(pool)))] if pool else None
        return known[int(rng.integers(len(known)))]


def simulate(played: Played, faults: Faults, rng: Rng) -> tuple[list[Touch], list[Stretch], float]:
    """(touches, what is true of them, until when it is told) of one drawing of camera, tempo, body and faults."""
    tempo = float(np.exp(rng.uniform(np.log(0.8), np.log(1.25))))
    times = _frame_times(rng, float(played.time_s[-1]) / tempo)
    hands, foot = _bodies(played, times * tempo, rng)
    seen_by, view = played.cameras(rng)
    stretches = [
        replace(s, start_s=s.start_s / tempo, end_s=s.end_s / tempo, cycles_s=s.cycles_s / tempo)
        for s in played.stretches
    ]
    px, presence, world = _seen(hands, seen_by, times, stretches, faults, rng)
    foot_px = _foot_seen(foot, seen_by, times, rng)
    said = _said_foot(played, view, rng)
    return list(_touches(times, px, presence, world, foot_px, said, rng)), stretches, float(times[-1])


def _frame_times(rng: Rng, seconds: float) -> np.ndarray:
    rates, odds = zip(*_RATES, strict=True)
    fps = float(rng.choice(rates, p=odds)) * float(rng.uniform(0.97, 1.03))
    times = np.arange(int(seconds * fps)) / fps + float(rng.uniform(0, 0.05))
    if rng.random() < 0.25:
        times = np.sort(times + rng.uniform(-0.4, 0.4, len(times)) / fps)
        times = times[rng.random(len(times)) > rng.uniform(0, 0.15)]
    return np.unique(np.maximum(times, 0.0))


def _bodies(played: Played, at: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Hands (T, 2, 21, 3) and foot (T, 14, 3) at times of the session: of another body that moves a little more or less
    and holds its hands a little otherwise."""
    hands = _between(played.time_s, played.hands_mm, np.clip(at, 0, played.time_s[-1]))
    foot = CubicSpline(played.time_s, played.foot_mm)(np.clip(at, 0, played.time_s[-1]))
    for k in range(2):
        hand = hands[:, k]
        tips = hand[:, [4, 8, 12]].mean(axis=1, keepdims=True)
        step = float(np.median(np.diff(at))) if len(at) > 1 else 0.05
        slow = gaussian_filter1d(_filled(tips), 1.2 / step, axis=0, mode="nearest")
        more = float(np.exp(rng.normal(0, 0.12)))
        turn = _small_turn(rng, np.radians(10))
        grown = float(np.exp(rng.normal(0, 0.06)))
        hands[:, k] = (hand - tips) @ turn.T * grown + slow + more * (tips - slow) + rng.normal(0, 3.0, 3)
        # Fingers held otherwise: a bend more or less for good.
        hands[:, k] += rng.normal(0, 2.5, (1, 21, 3))
    return hands, foot


def _between(times: np.ndarray, values: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Values (N, ...) read smoothly at other times; NaN within a step of where they aren't known."""
    known = np.isfinite(values)
    smooth = CubicSpline(times, _filled(values))(at)
    after = np.clip(np.searchsorted(times, at), 1, len(times) - 1)
    return np.asarray(np.where(known[after] & known[after - 1], smooth, np.nan))


def _filled(values: np.ndarray) -> np.ndarray:
    """Gaps of (N, ...) filled with what was known last, or first."""
    flat = values.reshape(len(values), -1)
    known = np.isfinite(flat).all(axis=1)
    if known.all() or not known.any():
        return np.asarray(np.nan_to_num(values))
    last = np.maximum.accumulate(np.where(known, np.arange(len(flat)), -1))
    last[last < 0] = int(np.argmax(known))
    return np.asarray(values[last])


def _small_turn(rng: Rng, size: float) -> np.ndarray:
    x, y, z = rng.normal(0, size, 3)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    q, _ = np.linalg.qr(np.eye(3) + skew)
    return np.asarray(q * np.sign(np.diag(q)))


def _seen(
    hands: np.ndarray, view: Camera, times: np.ndarray, stretches: Sequence[Stretch], faults: Faults, rng: Rng
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(px (T, 2, 21, 2), presence (T, 2) numbers in PRESENCES, world (T, 2, 21, 3) m) as a tracker tells them."""
    px, depth = view.project(hands)
    inside = view.inside(px, depth).mean(axis=2) > 0.5
    presence = np.full(px.shape[:2], 2)
    made_up = rng.random() < 0.3
    for k in range(2):
        if made_up:
            shown, off = _made_up(times, rng)
        else:
            shown, off = _borrowed(times, stretches, k, faults, rng)
        presence[:, k] = np.where(inside[:, k] & np.isfinite(px[:, k]).all(axis=(1, 2)), shown, 0)
        px[:, k] += _in_picture(off * float(np.exp(rng.normal(-0.1, 0.25))), px[:, k], k)
    world = (hands - hands.mean(axis=2, keepdims=True)) @ view.axes().T / 1000
    step = float(np.median(np.diff(times)))
    blur = gaussian_filter1d(rng.normal(0, 1, world.shape), 0.08 / step, axis=0) * np.sqrt(2 * 0.08 / step * 1.77)
    # The bends of watched clips tremble by about 12 degrees.
    world = world + 0.006 * blur + rng.normal(0, 0.006, (1, 2, 21, 3))
    world[presence == 1] = np.nan
    return px, presence, world


def _made_up(times: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """Losses and errors without a model: white, wandering and lasting."""
    n, step = len(times), float(np.median(np.diff(times)))
    presence = np.full(n, 2)
    share, gap_s = float(rng.uniform(0.0, 0.5)), float(rng.uniform(0.2, 1.5))
    at = 0.0
    while share > 0.02 and at < times[-1]:
        at += float(rng.exponential(gap_s * (1 - share) / share))
        end = at + float(rng.exponential(gap_s))
        presence[(times >= at) & (times < end)] = 0
        presence[(times >= at) & (times < min(at + 0.2, end))] = 1
        at = end
    wander = gaussian_filter1d(rng.normal(0, 1, (n, 21, 2)), 0.3 / step, axis=0, mode="nearest")
    wander *= np.sqrt(2 * 1.77 * 0.3 / step) * rng.uniform(0.01, 0.06)
    jitter = rng.normal(0, rng.uniform(0.003, 0.02), (n, 21, 2))
    lasting = rng.normal(0, rng.uniform(0.01, 0.08), (1, 21, 2))
    return presence, wander + jitter + lasting


def _borrowed(
    times: np.ndarray, stretches: Sequence[Stretch], k: int, faults: Faults, rng: Rng
) -> tuple[np.ndarray, np.ndarray]:
    presence, off = np.full(len(times), 2), np.zeros((len(times), 21, 2))
    edges = [0.0, *(e for s in stretches for e in (s.start_s, s.end_s)), float(times[-1]) + 1]
    for begin, end in pairwise(edges):
        inside = np.flatnonzero((times >= begin) & (times < end))
        doing = next((s for s in stretches if s.start_s == begin), None)
        deed = (doing.technique, doing.working[k]) if doing is not None else (NUMBER["rest"], False)
        fault = faults.any_of(rng, *deed)
        if fault is None or not len(inside):
            continue
        # Forth and back through what was borrowed, so that it lasts.
        n = len(fault.presence)
        place = (times[inside] - begin) * fault.fps * float(rng.uniform(0.85, 1.15)) + float(rng.integers(n))
        place = np.abs((place + n - 1) % max(2 * n - 2, 1) - (n - 1)) if n > 1 else np.zeros(len(place))
        before = np.minimum(place.astype(int), n - 1)
        after = np.minimum(before + 1, n - 1)
        share = (place - before)[:, None, None]
        presence[inside] = fault.presence[np.where(share[:, 0, 0] < 0.5, before, after)]
        between = fault.off[before] * (1 - share) + fault.off[after] * share
        off[inside] = np.nan_to_num(np.where(np.isfinite(between), between, fault.off[before]))
    return presence, off


def _in_picture(off: np.ndarray, px: np.ndarray, k: int) -> np.ndarray:
    """Faults (T, 21, 2) of a palm's frame, in pixels of hand k (0 left) at px (T, 21, 2)."""
    along, across, size = palm_frame(px, SIDES[k])
    return np.asarray(size[:, None, None] * (off[..., :1] * along[:, None] + off[..., 1:] * across[:, None]))


def _foot_seen(foot: np.ndarray, view: Camera, times: np.ndarray, rng: Rng) -> np.ndarray:
    """(T, 14, 2) the foot's landmarks as followed: off for good, wandering, trembling; NaN where lost."""
    px, _ = view.project(foot)
    length = float(np.ptp(px[0], axis=0).max())
    step = float(np.median(np.diff(times)))
    wander = gaussian_filter1d(rng.normal(0, 1, px.shape), 1.0 / step, axis=0, mode="nearest")
    wander *= np.sqrt(2 * 1.77 / step) * rng.uniform(0.0, 0.008) * length
    together = gaussian_filter1d(rng.normal(0, 1, (len(px), 1, 2)), 0.1 / step, axis=0, mode="nearest")
    together *= np.sqrt(2 * 1.77 * 0.1 / step) * rng.uniform(0, 0.006) * length
    px = px + rng.normal(0, rng.uniform(0.005, 0.03), (1, 14, 2)) * length + wander + together
    px += rng.normal(0, rng.uniform(0, 0.002), px.shape) * length
    if rng.random() < 0.1:
        begin = rng.uniform(0, times[-1])
        px[(times >= begin) & (times < begin + rng.uniform(0.3, 2.0))] = np.nan
    return np.asarray(px)


def _said_foot(played: Played, view: View, rng: Rng) -> Foot:
    side = played.side
    if rng.random() < 0.06:
        side = SIDES[1 - SIDES.index(side)]
    length = 250.0 if rng.random() < 0.5 else played.length_mm * float(rng.normal(1, 0.04))
    return Foot.unknown(side, view, length, True)


def _touches(
    times: np.ndarray,
    px: np.ndarray,
    presence: np.ndarray,
    world: np.ndarray,
    foot_px: np.ndarray,
    said: Foot,
    rng: Rng,
) -> Iterator[Touch]:
    without_bends = rng.random() < 0.15
    unknown = np.full((21, 2), np.nan)
    matrices = _maps(times, foot_px, said)
    for i, time_s in enumerate(times):
        found = bool(np.isfinite(matrices[i, 0, 0]))
        foot = replace(said, presence=Presence.MEASURED, px_from_uv=matrices[i]) if found else said
        hands = []
        for k, side in enumerate(SIDES):
            seen = PRESENCES[presence[i, k]]
            known = seen is not Presence.UNKNOWN and found
            uv = to_uv(foot.px_from_uv, px[i, k]) if known else unknown
            mm = uv * atlas.mm_from_uv(foot.view, foot.length_mm)
            hands.append(HandTouch(side, seen, mm, uv, np.zeros(21, bool)))
        worlds = [np.full((21, 3), np.nan) if without_bends or presence[i, k] == 0 else world[i, k] for k in range(2)]
        yield Touch(float(time_s), (hands[0], hands[1]), foot, (worlds[0], worlds[1]))


def _maps(times: np.ndarray, foot_px: np.ndarray, said: Foot) -> np.ndarray:
    """(T, 3, 3) maps fitted ten times a second and read between; NaN where the foot is lost."""
    wanted = np.searchsorted(times, np.arange(times[0], times[-1] + _FIT_EVERY_S, _FIT_EVERY_S))
    at = np.unique(wanted.clip(0, len(times) - 1))
    nothing = np.full((3, 3), np.nan)
    fitted = [fit_px_from_uv(foot_px[i], said.side, said.view, np.ones(14)) for i in at]
    known = np.stack([nothing if m is None else m for m in fitted]).reshape(-1, 9)
    out = np.stack([np.interp(times, times[at], column) for column in known.T], axis=1).reshape(-1, 3, 3)
    out[~np.isfinite(foot_px[:, 0, 0])] = np.nan
    return out
