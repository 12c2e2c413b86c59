"""Tempo and its steadiness, from the stamped cycles of strokes.

Conventions. Intervals are taken inside a stroke only, never across a break. Where a technique is done with both hands
in turn (kneading, tapotement) all numbers come from each hand's *own* intervals: two thumbs that are never exactly
opposite would otherwise look unsteady. The *rate* then is the sum of both hands' rates, as the presets count. An
interval longer than twice the median is a pause; these are counted, and those longer than 1.6 medians (a beat was
missed) left out of rate, steadiness and drift.
Drift is the Theil–Sen slope of the logarithm of the instantaneous rate (Sen 1968): a few missed cycles don't move it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from trainer.model import SIDES, Floats, Rhythm, Side, Stroke
from trainer.strokes.techniques import Technique

PAUSE = 2.0
"""An interval this many times the median is a pause."""
MISSED = 1.6
"""An interval this many times the median hides a beat that wasn't seen, or a pause: it tells nothing of the tempo."""
_A_HAND = 0.2
"""A hand takes part from this share of the cycles on."""
AT_ONCE_S = 0.05
"""Cycles no further apart are one: no hand does two in so short a time."""
_NAN = float("nan")


def rhythm_of(strokes: Sequence[Stroke], technique: Technique) -> Rhythm:
    """Rhythm of all strokes of ``technique`` (others in ``strokes`` are passed over).

    Numbers are NaN with fewer than three cycles in all strokes together, drift also with less than 5 s.
    """
    mine = [s for s in strokes if s.technique == technique.id]
    cycles = sum(len(s.cycles_s) for s in mine)
    apart = _series(mine, technique)
    # Too few of each hand to tell: all together still have a rate, though their steadiness means less.
    series = apart or _series(mine, replace(technique, alternating=False))
    pauses = [gaps > PAUSE * float(np.median(gaps)) for gaps in series]
    worked = [gaps[gaps <= MISSED * float(np.median(gaps))] for gaps in series]
    share = _held_share(mine, technique) if technique.hold_s else _NAN
    if not worked:
        return Rhythm(technique.id, cycles, _NAN, _NAN, _NAN, share, _balance(mine), 0)
    rate = sum(60.0 / float(gaps.mean()) for gaps in worked)
    if len(apart) == 1:
        rate *= _hands_in_turn(mine, technique)
    curves = [interval_curve(s, technique) for s in mine]
    when = np.concatenate([c[0] for c in curves])
    rates = np.concatenate([c[1] for c in curves])
    return Rhythm(
        technique.id, cycles, rate, _cv(worked), _drift(when, rates),
        share if technique.hold_s else _in_range(rates, technique),
        _balance(mine), int(sum(p.sum() for p in pauses)),
    )  # fmt: skip


def interval_curve(stroke: Stroke, technique: Technique) -> tuple[Floats, Floats]:
    """(times_s (n,), rates_per_min (n,)): the instantaneous rate at the end of each interval, NaN across
    pauses and missed beats.

    Where both hands alternate, each hand's own intervals count double, so that the curve shows the tempo and not which
    hand comes first.
    """
    hands = _hands_in_turn([stroke], technique)
    times, rates = [np.zeros(0)], [np.zeros(0)]
    for t in _beats(stroke, technique):
        if len(t) >= 2:
            gaps = np.diff(t)
            rate = 60.0 * hands / np.maximum(gaps, 1e-6)
            rate[gaps > MISSED * float(np.median(gaps))] = np.nan
            times.append(t[1:])
            rates.append(rate)
    when = np.concatenate(times)
    order = np.argsort(when, kind="stable")
    return when[order], np.concatenate(rates)[order]


def live_rate(cycle_times_s: Sequence[float], now_s: float, window_s: float = 6.0) -> float:
    """Cycles per minute just now, NaN when it can't be told or the work has stopped.

    Looks at the cycles of the last ``window_s``, or at the last three when the technique is slower than that (up to
    four windows back). A last cycle older than two and a half intervals means that it has stopped.
    """
    t = np.asarray(cycle_times_s, float)
    t = _apart(t[np.isfinite(t) & (t <= now_s + 1e-9) & (t >= now_s - 4 * window_s)])
    if len(t) < 3:
        return _NAN
    recent = t[t >= now_s - window_s]
    if len(recent) < 3:
        recent = t[-3:]
    mean = float(recent[-1] - recent[0]) / (len(recent) - 1)
    if mean <= 0 or now_s - recent[-1] > 2.5 * mean + 0.5:
        return _NAN
    return 60.0 / mean


def live_tempo(
    cycles: Sequence[tuple[float, Side]], technique: Technique | None, hands: Sequence[Side], now_s: float
) -> float:
    """Cycles per minute just now of all ``hands`` that work; cycles: (time_s, side), in order. NaN if not known.

    Where two hands take turns each one's own repetitions count; if only those of one are seen, the other does as many.
    """
    if technique is None or not technique.alternating or len(hands) < 2:
        return live_rate([t for t, _ in cycles], now_s)
    own = [live_rate([t for t, s in cycles if s == side], now_s) for side in SIDES]
    known = [rate for rate in own if np.isfinite(rate)]
    if not known:
        return live_rate([t for t, _ in cycles], now_s)
    return sum(known) * 2 / len(known)


def live_spread(cycles: Sequence[tuple[float, Side]], technique: Technique, least: int = 5, most: int = 8) -> float:
    """Spread of the last intervals over their mean, each hand around its own where hands alternate; NaN with fewer than
    ``least``. cycles: (time_s, side), in order. Intervals that hide a missed beat are left out."""
    series = []
    sides = SIDES if technique.alternating and len({side for _, side in cycles}) > 1 else (None,)
    for side in sides:
        gaps = np.diff(_apart(np.array([t for t, s in cycles if side is None or s == side], float)))[-most:]
        if len(gaps) >= 2:
            series.append(gaps[gaps <= MISSED * np.median(gaps)])
    return _cv(series) if sum(map(len, series)) >= least else _NAN


def _beats(stroke: Stroke, technique: Technique) -> list[Floats]:
    """Cycle instants of each hand apart where hands alternate, else all together. They rise."""
    t = np.asarray(stroke.cycles_s, float)
    if technique.alternating and len(stroke.cycle_sides) == len(t):
        sides = np.asarray(stroke.cycle_sides)
        return [_apart(t[sides == s]) for s in ("left", "right")]
    return [_apart(t)]


def _apart(times_s: Floats) -> Floats:
    """Rising instants, of which those that are stamped at once count as one: two hands that do one thing together."""
    t = np.sort(times_s)
    kept: list[float] = []
    for instant in t.tolist():
        if not kept or instant - kept[-1] > AT_ONCE_S:
            kept.append(instant)
    return np.array(kept, float)


def _series(strokes: Sequence[Stroke], technique: Technique) -> list[Floats]:
    """The intervals of each hand (or of all cycles) over all strokes, those with at least two."""
    pooled: dict[int, list[Floats]] = {}
    for stroke in strokes:
        for i, t in enumerate(_beats(stroke, technique)):
            pooled.setdefault(i, []).append(np.diff(t))
    joined = [np.concatenate(parts) for parts in pooled.values()]
    return [gaps for gaps in joined if len(gaps) >= 2]


def _hands_in_turn(strokes: Sequence[Stroke], technique: Technique) -> int:
    """2 where both hands work in turn, also when one of them was stamped less often; 1 where one does it all."""
    if not technique.alternating:
        return 1
    sides = [side for s in strokes for side in s.cycle_sides]
    # A stray stamp of the other hand makes no second worker; a hand that works may be stamped too seldom to tell.
    stamped = sum(sides.count(side) >= _A_HAND * len(sides) for side in SIDES)
    long_s = sum(s.end_s - s.start_s for s in strokes)
    both_s = sum(s.end_s - s.start_s for s in strokes if len(s.hands) == 2)
    return 2 if stamped == 2 or both_s > 0.5 * long_s else 1


def _cv(series: Sequence[Floats]) -> float:
    """Spread over mean of the intervals, each hand around its own mean."""
    known = [g for g in series if len(g) >= 2]
    if not known:
        return _NAN
    around = np.concatenate([(g - g.mean()) / g.mean() for g in known])
    return float(np.sqrt(np.sum(around**2) / max(len(around) - len(known), 1)))


def _drift(when: Floats, rates: Floats) -> float:
    ok = np.isfinite(rates)
    t, y = when[ok], np.log(rates[ok])
    if len(t) < 3 or t[-1] - t[0] < 5.0:
        return _NAN
    i, j = np.triu_indices(len(t), 1)
    gap = t[j] - t[i]
    far = gap > 1e-6
    slope = float(np.median((y[j] - y[i])[far] / gap[far]))
    return 100.0 * 60.0 * slope


def _in_range(rates: Floats, technique: Technique) -> float:
    known = rates[np.isfinite(rates)]
    if technique.rate_range is None or not len(known):
        return _NAN
    low, high = technique.rate_range
    return float(np.mean((known >= low) & (known <= high)))


def _held_share(strokes: Sequence[Stroke], technique: Technique) -> float:
    """Share of holds that lasted as long as the preset says; a hold ends with the next one or with the stroke."""
    assert technique.hold_s is not None
    held = [np.diff(np.append(np.asarray(s.cycles_s, float), s.end_s)) for s in strokes if s.cycles_s]
    if not held:
        return _NAN
    seconds = np.concatenate(held)
    return float(np.mean((seconds >= technique.hold_s[0]) & (seconds <= technique.hold_s[1])))


def _balance(strokes: Sequence[Stroke]) -> float:
    sides = [side for s in strokes for side in s.cycle_sides]
    return sides.count("left") / len(sides) if sides else _NAN
