"""Rhythm curves: the rate over time against the preset's band, with every cycle as a tick."""

from __future__ import annotations

import math
from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np

from trainer.model import Data, Floats, Stroke
from trainer.rhythm import interval_curve
from trainer.score.figures.axis import NBSP, Tick, clock, duration, nice_ceiling, percent, share, time_ticks
from trainer.score.figures.timeline import techniques_in
from trainer.score.scorecard import strokes_of
from trainer.strokes.techniques import Technique, load_techniques

MOST_POINTS = 240
"""More instants than this are drawn as the medians of as many equal stretches."""
LEAST_INTERVALS = 3
"""A technique with fewer intervals between cycles has no curve."""


@dataclass(frozen=True)
class Band:
    """The preset: ``low`` and ``high`` in per cent from the bottom, ``text`` in words, and where it comes from."""

    low: float
    high: float
    text: str
    source: str


@dataclass(frozen=True)
class Curve:
    """One technique's rhythm. Paths are in a box of 1000 × 100, y down; ``figures`` are (what, value, meaning)."""

    technique: str
    name: str
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    left_ticks: str
    right_ticks: str
    stretches: tuple[tuple[float, float], ...]
    band: Band | None
    time_ticks: tuple[Tick, ...]
    rate_ticks: tuple[Tick, ...]
    figures: tuple[tuple[str, str, str], ...]
    summary: str
    dense: bool


def curves(card: Data, names: Mapping[str, str], without: Container[str] = ()) -> list[Curve]:
    """A curve for each technique of the scorecard that has a rhythm to show, longest first; none for ``without``."""
    by_technique = {r["technique"]: r for r in card["rhythm"]}
    known = load_techniques()
    drawn = []
    for technique in techniques_in(card):
        segments = [s for s in card["segments"] if s["technique"] == technique]
        rhythm = by_technique.get(technique)
        if rhythm is not None and technique in known and technique not in without and has_rhythm(segments):
            worked = sum(s["end_s"] - s["start_s"] for s in segments)
            drawn.append((worked, _curve(card, known[technique], segments, rhythm, names[technique])))
    return [curve for _, curve in sorted(drawn, key=lambda item: -item[0])]


def has_rhythm(segments: list[Data]) -> bool:
    """Whether there are enough intervals for a curve to say anything."""
    return sum(max(len(s["cycles_s"]) - 1, 0) for s in segments) >= LEAST_INTERVALS


def local_rate(stroke: Stroke, technique: Technique) -> tuple[Floats, Floats]:
    """(times_s, rates per minute): the rhythm's own interval curve, each rate the median of three; NaN at pauses."""
    times, rates = interval_curve(stroke, technique)
    if len(times) == 0:
        return times, rates
    around = np.pad(rates, 1, constant_values=np.nan)
    # NaN sorts last. (Numpy's own nanmedian takes twenty times as long for so few.)
    low, middle, high = np.sort(np.stack([around[:-2], rates, around[2:]]), axis=0)
    smooth = np.where(np.isfinite(high), middle, np.where(np.isfinite(middle), (low + middle) / 2, low))
    return times, np.where(np.isfinite(rates), smooth, np.nan)


def _curve(card: Data, technique: Technique, segments: list[Data], rhythm: Data, name: str) -> Curve:
    start_s, end_s = segments[0]["start_s"], segments[-1]["end_s"]
    strokes = [s for s in strokes_of(card) if s.technique == technique.id]
    series = [_thinned(*local_rate(s, technique), start_s, end_s) for s in strokes]
    preset = rhythm.get("preset")
    known = np.concatenate([rates[np.isfinite(rates)] for _, rates in series])
    highest = float(np.percentile(known, 98)) if len(known) else 0.0
    top = nice_ceiling(max(highest * 1.1, preset["high_per_min"] * 1.15 if preset else 0.0))
    lines, dots = [], []
    for times, rates in series:
        for run in _runs(times, rates):
            points = [
                (percent(t, start_s, end_s) * 10, round(100 - percent(r, 0, top), 2)) for t, r in zip(*run, strict=True)
            ]
            if len(points) == 1:
                dots.append((points[0][0] / 10, points[0][1]))
            else:
                lines.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points))
    return Curve(
        technique=technique.id,
        name=name,
        lines=tuple(lines),
        dots=tuple(dots),
        left_ticks=_cycle_ticks(segments, "left", start_s, end_s),
        right_ticks=_cycle_ticks(segments, "right", start_s, end_s),
        stretches=tuple((percent(s["start_s"], start_s, end_s), percent(s["end_s"], start_s, end_s)) for s in segments),
        band=_band(preset, top),
        time_ticks=tuple(time_ticks(start_s, end_s, 6)),
        rate_ticks=tuple(Tick(percent(value, 0, top), f"{value:g}") for value in (0.0, top / 2, top)),
        figures=_figures(rhythm, preset),
        summary=_summary(name, rhythm, preset, start_s, end_s),
        dense=sum(len(s["cycles_s"]) for s in segments) > MOST_POINTS,
    )


def _thinned(times: Floats, rates: Floats, start_s: float, end_s: float) -> tuple[Floats, Floats]:
    if len(times) <= MOST_POINTS:
        return times, rates
    slot = ((times - start_s) / max(end_s - start_s, 1e-9) * MOST_POINTS).astype(int)
    kept_times, kept_rates = [], []
    for k in np.unique(slot):
        inside = rates[slot == k]
        kept_times.append(float(times[slot == k].mean()))
        kept_rates.append(float(np.nanmedian(inside)) if np.isfinite(inside).any() else math.nan)
    return np.array(kept_times), np.array(kept_rates)


def _runs(times: Floats, rates: Floats) -> list[tuple[Floats, Floats]]:
    known = np.isfinite(rates)
    if not known.any():
        return []
    edges = np.flatnonzero(np.diff(known.astype(int))) + 1
    parts = zip(np.split(times, edges), np.split(rates, edges), strict=True)
    return [(t, r) for t, r in parts if np.isfinite(r[0])]


def _cycle_ticks(segments: list[Data], side: str, start_s: float, end_s: float) -> str:
    """A path of short strokes: the left hand's in the upper row, the right one's (or an unknown one's) in the lower."""
    y = 0 if side == "left" else 50
    path = []
    for segment in segments:
        sides = segment.get("cycle_sides") or ["right"] * len(segment["cycles_s"])
        for cycle, of in zip(segment["cycles_s"], sides, strict=False):
            if of == side and start_s <= cycle <= end_s:
                path.append(f"M{percent(cycle, start_s, end_s) * 10:.1f} {y + 6}v38")
    return "".join(path)


def _band(preset: Data | None, top: float) -> Band | None:
    if preset is None:
        return None
    low, high = preset["low_per_min"], preset["high_per_min"]
    source = str(preset.get("source", "")).strip()
    if source in ("", "none found"):
        source = "a starting value: no published source was found"
    return Band(percent(low, 0, top), percent(high, 0, top), f"{low:g}–{high:g} a minute", source)


def _figures(rhythm: Data, preset: Data | None) -> tuple[tuple[str, str, str], ...]:
    rate, cv, drift = rhythm["rate_per_min"], rhythm["interval_cv"], rhythm["drift_pct_per_min"]
    balance = rhythm["left_right_balance"]
    rows = [
        ("Rate", "–" if rate is None else f"{rate:.0f}", "a minute"),
        ("Unevenness", share(cv), ""),
        ("Drift", "–" if drift is None else f"{drift:+.0f}{NBSP}%".replace("-", "−"), "per minute"),
    ]
    if preset is not None:
        rows.append(("In the band", share(rhythm["in_range_share"]), ""))
    if balance is not None and 0 < balance < 1:
        rows.append(("Left : right", f"{balance * 100:.0f} : {100 - balance * 100:.0f}", ""))
    if rhythm.get("pauses"):
        rows.append(("Pauses", str(rhythm["pauses"]), "over two intervals long"))
    return tuple(rows)


def _summary(name: str, rhythm: Data, preset: Data | None, start_s: float, end_s: float) -> str:
    rate = "unknown rate" if rhythm["rate_per_min"] is None else f"{rhythm['rate_per_min']:.0f} cycles a minute"
    band = f", preset {preset['low_per_min']:g} to {preset['high_per_min']:g}" if preset else ""
    return f"{name} from {clock(start_s)} to {clock(end_s)} ({duration(end_s - start_s)}): {rate}{band}"
