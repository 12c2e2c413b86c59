"""Stamping each repetition, by its phase.

Per technique one signal is followed (a thumb tip's course towards the toes, the bend of a joint, the forefoot's swing,
…). Where repetitions are round (circles, bending, striking, twisting) a sinusoid of the going rate is fitted around
each instant, weighted over about a cycle, and a cycle is stamped where its phase passes the technique's event.
Where they are not (a glide and its return, a pull, a hold) turning points and arrivals are stamped instead.

Which instant of a cycle is meant, as far as a camera without depth can tell:

- ``kneading``, ``friction``, ``knuckling``, ``toe_rotation``: the circle's point furthest towards the toes (furthest
  along its longer axis when it is a line across the foot);
- ``thumb_walking``, ``finger_walking``: the middle of the unbending;
- ``tapotement``: the end of the stroke at which the hand looks smallest (furthest from the camera);
- ``wringing``: each reversal of the hands against each other; ``ankle_rotation``: one side of the forefoot's circle;
- ``effleurage``: the turning point before the slower of the two ways; ``toe_pull``: the turn at the toe's base;
- ``press_hold``: the thumb coming to rest.

Stamps come up to about 0.4 s late and carry the true instant. Across more than half a second unseen none is made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from trainer.model import SIDES, Floats, Side
from trainer.strokes.turning import arrivals, turning_points
from trainer.strokes.window import FINGERTIPS, KNUCKLES, PALM, RATE_HZ, Grid, HandGrid, palm_centre

LATE_S = 0.35
BACK_S = 2.0
"""How far back a newly named technique's cycles are looked for: it was going on before it was named."""
GAP_S = 0.25
"""A known sample must lie this near to an instant for its phase to be believed (so gaps reach 0.5 s)."""

Stamp = tuple[float, Side]

# Technique: band of its cycles in Hz per hand, least swing in the signal's unit (mm, or degrees for a joint).
_ROUND: dict[str, tuple[float, float, float]] = {
    "kneading": (0.35, 1.7, 3.0), "friction": (0.5, 2.2, 1.5), "thumb_walking": (0.6, 2.6, 1.5),
    "finger_walking": (0.6, 2.6, 1.5), "tapotement": (0.9, 6.0, 1.5), "knuckling": (0.2, 1.7, 3.0),
    "wringing": (0.18, 1.1, 4.0), "toe_rotation": (0.2, 1.6, 2.5), "ankle_rotation": (0.13, 0.9, 2.5),
}  # fmt: skip
TOO_CLOSE = 0.4
"""Share of a cycle within which one side has no second one."""
_TURNED = ("effleurage", "toe_pull")


@dataclass
class _Track:
    """What is remembered of one side's signal while its technique lasts."""

    done_s: float
    from_s: float
    rate_hz: float = float("nan")
    axis: Floats | None = None
    phase: float = float("nan")
    phase_s: float = float("nan")
    last_s: float = -np.inf
    swing: float = float("nan")
    sign: float = 1.0
    kind: int = -1


class CycleFinder:
    """Follows whatever technique is named, both sides, from one grid to the next."""

    def __init__(self) -> None:
        self._technique: str | None = None
        self._tracks: dict[Side, _Track] = {}
        self._stamped: dict[tuple[str, Side], float] = {}

    def update(
        self, grid: Grid, technique: str | None, hands: tuple[Side, ...], there_s: tuple[float, float]
    ) -> tuple[Stamp, ...]:
        """Stamps found since the last call, in order of time. ``grid`` ends now.

        ``there_s`` tells for how many seconds each hand (left, right) has been where it is: how it came there is
        part of no cycle.
        """
        now = float(grid.time_s[-1])
        if technique != self._technique:
            self._technique = technique
            if technique in ("wringing", "ankle_rotation"):
                there_s = (min(there_s), min(there_s))
            self._tracks = {
                s: _Track(now - min(BACK_S, there), now - there)
                for s, there in zip(SIDES, there_s, strict=True)
            }
        if technique is None or technique == "rest":
            return ()
        sides = hands if technique not in ("wringing", "ankle_rotation") else hands[:1]
        found: list[Stamp] = []
        for side in sides:
            track = self._tracks[side]
            if technique in _ROUND:
                found += self._round(grid, technique, side, track, now)
            elif technique in _TURNED:
                found += _once(track, _turned(grid, technique, side), side, now, 0.8)
            elif technique == "press_hold":
                thumb = grid.hands[SIDES.index(side)].mm[:, 4]
                found += _once(track, arrivals(grid.time_s, thumb), side, now, 1.0)
        return self._apart(found, technique)

    def _apart(self, found: list[Stamp], technique: str) -> tuple[Stamp, ...]:
        """Without stamps that follow the same side's last one in far less than a cycle: where a technique is named
        anew its phase is found anew, and the same repetition must not count twice."""
        kept: list[Stamp] = []
        for t, who in sorted(found):
            rates = [track.rate_hz for track in self._tracks.values() if np.isfinite(track.rate_hz)]
            apart_s = TOO_CLOSE / max(rates) if rates else 0.0
            if t - self._stamped.get((technique, who), -np.inf) >= apart_s:
                self._stamped[technique, who] = t
                kept.append((t, who))
        return tuple(kept)

    def _round(self, grid: Grid, technique: str, side: Side, track: _Track, now: float) -> list[Stamp]:
        signal = _signal(grid.since(track.from_s), technique, side, track)
        low, high, least = _ROUND[technique]
        rate, swing = going_rate(grid.time_s - now, signal, low, high)
        if np.isnan(rate):
            return []
        track.rate_hz = rate if np.isnan(track.rate_hz) else 0.7 * track.rate_hz + 0.3 * rate
        track.swing = swing
        first = max(track.done_s + 1 / RATE_HZ, float(grid.time_s[0]))
        count = int(np.floor((now - LATE_S - first) * RATE_HZ + 1e-6)) + 1
        if count <= 0 or swing < least:
            track.done_s = max(track.done_s, now - LATE_S)
            return []
        at = first + np.arange(count) / RATE_HZ
        phases, swings = local_phase(grid.time_s - now, signal, at - now, track.rate_hz)
        halves = technique == "wringing"
        out: list[Stamp] = []
        for t, phase, here in zip(at, phases, swings, strict=True):
            event = self._passes(track, float(t), float(phase), halves) if here >= 0.35 * swing else None
            if here < 0.35 * swing:
                track.phase = np.nan
            if event is not None:
                when, half = event
                who: Side = side if not halves else ("left" if half == 0 else "right")
                out.append((when, who))
        track.done_s = float(at[-1])
        return out

    @staticmethod
    def _passes(track: _Track, t: float, phase: float, halves: bool) -> tuple[float, int] | None:
        """When, and through which half, the phase passed its mark since the last instant, if it did."""
        before, before_s = track.phase, track.phase_s
        track.phase, track.phase_s = phase, t
        if np.isnan(phase) or np.isnan(before) or t - before_s > 0.1:
            return None
        step = (phase - before + np.pi) % (2 * np.pi) - np.pi
        if step <= 0:
            # Never backwards: hold the further phase.
            track.phase = before
            return None
        for half in (0, 1) if halves else (0,):
            ahead = (half * np.pi - before) % (2 * np.pi)
            if ahead <= step:
                when = before_s + (t - before_s) * ahead / step
                if when - track.last_s < (0.25 if halves else 0.5) / track.rate_hz:
                    return None
                track.last_s = when
                return when, half
        return None


def going_rate(t: Floats, signal: Floats, low: float, high: float) -> tuple[float, float]:
    """(Hz, swing) of the strongest rhythm between ``low`` and ``high`` in the newest part of ``signal`` (n,).

    A sinusoid, an offset and a straight line are fitted together at each rate, over the last 3.5 cycles of the slowest
    rate that the stretch can hold; NaN when too little is known. ``swing`` is the sinusoid's amplitude.
    """
    known = np.isfinite(signal)
    if known.sum() < 12:
        return float("nan"), float("nan")
    t, y = t[known], signal[known]
    span = float(t[-1] - t[0])
    low = max(low, 0.8 / max(span, 0.1))
    if low >= high:
        return float("nan"), float("nan")
    rates = np.geomspace(low, high, 40)
    best, rate, swing = -np.inf, float("nan"), float("nan")
    # Older cycles count less, about four cycles are looked at: the tempo just now.
    b = np.stack([np.ones((40, len(t))), np.broadcast_to(t, (40, len(t))),
                  np.cos(2 * np.pi * rates[:, None] * t), np.sin(2 * np.pi * rates[:, None] * t)], axis=2)  # fmt: skip
    w = np.exp(t / 2.5)
    gram = np.einsum("fni,n,fnj->fij", b, w, b) + 1e-6 * np.eye(4)
    rhs = np.einsum("fni,n->fi", b, w * (y - y.mean()))
    beta = np.linalg.solve(gram, rhs[..., None])[..., 0]
    explained = np.einsum("fi,fi->f", beta, rhs)
    best_i = int(np.argmax(explained))
    best = float(explained[best_i])
    if best > 0:
        rate = float(rates[best_i])
        if 0 < best_i < 39:
            p, q, r = explained[best_i - 1 : best_i + 2]
            bend = p - 2 * q + r
            shift = 0.5 * (p - r) / bend if bend < 0 else 0.0
            rate = float(np.exp(np.log(rate) + shift * np.log(rates[1] / rates[0])))
        swing = float(np.hypot(beta[best_i, 2], beta[best_i, 3]))
    return rate, swing


def local_phase(t: Floats, signal: Floats, at: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """(phases, swings) (m,) at instants ``at``: phase 0 where the fitted sinusoid of ``rate_hz`` peaks, radians.

    The fit is weighted by a bell of 0.45 cycles; NaN phase and 0 swing where the signal isn't known nearby.
    """
    known = np.isfinite(signal)
    out = np.full(len(at), np.nan), np.zeros(len(at))
    if known.sum() < 8:
        return out
    t, y = t[known], signal[known]
    w = np.exp(-0.5 * ((at[:, None] - t) * (rate_hz / 0.45)) ** 2)
    angle = 2 * np.pi * rate_hz * t
    b = np.stack([np.ones_like(t), np.cos(angle), np.sin(angle)], axis=1)
    gram = np.einsum("mn,ni,nj->mij", w, b, b) + 1e-6 * np.eye(3)
    rhs = np.einsum("mn,n,ni->mi", w, y, b)
    beta = np.linalg.solve(gram, rhs[..., None])[..., 0]
    phase = 2 * np.pi * rate_hz * at - np.arctan2(beta[:, 2], beta[:, 1])
    nearest = np.abs(at[:, None] - t).min(axis=1)
    full = 0.45 / rate_hz * np.sqrt(2 * np.pi) * RATE_HZ
    ok = (nearest <= GAP_S) & (w.sum(axis=1) >= 0.3 * full)
    return np.where(ok, phase, np.nan), np.where(ok, np.hypot(beta[:, 1], beta[:, 2]), 0.0)


def _signal(grid: Grid, technique: str, side: Side, track: _Track) -> Floats:
    """The course that is followed, (n,), highest at the technique's event."""
    hand = grid.hands[SIDES.index(side)]
    if technique == "wringing":
        return _twist(grid, side)
    if technique == "ankle_rotation":
        return _along(grid.foot_mm[:, 2:4] - grid.foot_mm[:, 0:2], track, prefer_x=False)
    if technique in ("thumb_walking", "finger_walking"):
        return _unbending(hand, technique == "thumb_walking", track)
    if technique == "tapotement":
        return _strikes(hand, track)
    if technique == "friction":
        return _along(_smaller(hand, track), track)
    if technique == "knuckling":
        return _along(hand.mm[:, KNUCKLES, :].mean(axis=1), track)
    if technique == "toe_rotation":
        return _along(0.5 * (hand.mm[:, 4] + hand.mm[:, 8]), track)
    return _along(hand.mm[:, 4], track)


def _along(point: Floats, track: _Track, prefer_x: bool = True) -> Floats:
    """Progress of (n, 2) points towards the toes, or along the longer axis where they hardly move that way."""
    if track.axis is None:
        known = point[np.isfinite(point[:, 0])][-60:]
        if len(known) < 15:
            return np.full(len(point), np.nan)
        t = np.arange(len(known)) - 0.5 * (len(known) - 1)
        centred = known - known.mean(axis=0)
        centred = centred - t[:, None] * (t @ centred / (t @ t))
        spread = centred.std(axis=0)
        if prefer_x and spread[0] >= 0.5 * spread[1]:
            track.axis = np.array([1.0, 0.0])
        else:
            values, vectors = np.linalg.eigh(centred.T @ centred)
            axis = vectors[:, int(np.argmax(values))]
            track.axis = axis if axis[0] + 0.2 * axis[1] >= 0 else -axis
    return np.asarray(point @ track.axis)


def _smaller(hand: HandGrid, track: _Track) -> Floats:
    """Thumb tip or index tip, whichever circles the foot: the one over it that moves more than the other."""
    if track.kind < 0:
        near = [float(np.nanmean(hand.near[-60:, k])) if np.isfinite(hand.near[-60:, k]).any() else 0.0
                for k in (4, 8)]  # fmt: skip
        track.kind = 8 if near[1] > near[0] + 0.3 else 4
    return hand.mm[:, track.kind]


def _twist(grid: Grid, side: Side) -> Floats:
    left, right = (palm_centre(h.mm)[:, 1] for h in grid.hands)
    both = left - right
    if np.isfinite(both[-60:]).sum() >= 20:
        return both
    return left if side == "left" else -right


def _unbending(hand: HandGrid, thumb: bool, track: _Track) -> Floats:
    """Highest where the joint unbends fastest. The 3-D angle where it is known, else how the chain lengthens."""
    angle = hand.angles[:, 0 if thumb else 1]
    if track.kind < 0:
        track.kind = 0 if np.isfinite(angle[-60:]).sum() >= 20 else 1
    if track.kind == 0:
        bend = angle
    else:
        tip, base = (4, 2) if thumb else (8, 5)
        bend = -np.hypot(*(hand.mm[:, tip] - hand.mm[:, base]).T) * 4.0
    out = np.full(len(bend), np.nan)
    reach = 3
    out[reach:-reach] = -(bend[2 * reach :] - bend[: -2 * reach]) / (2 * reach / RATE_HZ) / (2 * np.pi)
    return out


def _strikes(hand: HandGrid, track: _Track) -> Floats:
    """The finger tips' to-and-fro along its longer axis, turned so that the strike (hand looks smallest) is up."""
    tips = hand.mm[:, FINGERTIPS, :].mean(axis=1)
    fresh = track.axis is None
    course = _along(tips, track, prefer_x=False)
    if fresh and track.axis is not None:
        size = np.hypot(*(hand.mm[:, PALM, :] - palm_centre(hand.mm)[:, None]).transpose(2, 0, 1)).sum(axis=1)
        known = np.isfinite(course) & np.isfinite(size)
        a, b = (_quick(v[known]) for v in (course, size))
        if float(a @ b) > 0:
            track.axis = -track.axis
            course = -course
    return course


def _quick(values: Floats) -> Floats:
    """Without what is slower than about a second."""
    width = min(21, len(values))
    if width < 3:
        return np.zeros_like(values)
    padded = np.pad(values, (width // 2, width - 1 - width // 2), mode="edge")
    slow: Floats = np.convolve(padded, np.ones(width) / width, mode="valid")
    return values - slow


def _turned(grid: Grid, technique: str, side: Side) -> list[float]:
    hand = grid.hands[SIDES.index(side)]
    if technique == "toe_pull":
        course = 0.5 * (hand.mm[:, 4, 0] + hand.mm[:, 8, 0])
        return [t for t, top in turning_points(grid.time_s, course, 8.0) if not top]
    course = palm_centre(hand.mm)[:, 0]
    turns = turning_points(grid.time_s, course, 25.0)
    out_s = [b[0] - a[0] for a, b in pairwise(turns) if not a[1]]
    back_s = [b[0] - a[0] for a, b in pairwise(turns) if a[1]]
    # The working way is the slower one; towards the toes while that can't be told.
    toward_heel = bool(out_s and back_s and np.mean(back_s) > 1.15 * np.mean(out_s))
    return [t for t, top in turns if top == toward_heel]


def _once(track: _Track, times: list[float], side: Side, now: float, apart_s: float) -> list[Stamp]:
    """Those of ``times`` that are new: after what was stamped, and old enough to stay."""
    out: list[Stamp] = []
    for t in times:
        if track.done_s < t <= now - LATE_S and t - track.last_s >= apart_s:
            out.append((t, side))
            track.last_s = t
    track.done_s = max(track.done_s, now - 1.5, track.last_s)
    return out
