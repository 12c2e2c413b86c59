"""How well strokes were named, bounded and timed, counted clip by clip so that any clips can be added up.

The live label of every frame is what a user saw then; the segments are the strokes that came of it. Both are causal.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from trainer.model import SIDES, Data, Floats, Stroke
from trainer.rhythm import rhythm_of
from trainer.score import metrics as told
from trainer.score.metrics import Segment
from trainer.score.scorecard import strokes_of
from trainer.score.tally import share
from trainer.score.truth import Truth
from trainer.strokes.techniques import REST, load_techniques
from trainer.strokes.vocabulary import NUMBER, TECHNIQUES

NOT_SURE = len(TECHNIQUES)
"""The confusion's last column."""
OVERLAPS = (10, 25, 50)
STABLE_S = 0.5
"""A label is stable once it has stood for so long."""
RATE_AFTER_S, RATE_WITHIN = 4.0, 3.0
"""So many seconds after a stroke begins its tempo is to be shown, right to so much a minute."""
_SPECK_S = 0.2
_DRAWS = 1000

Labels = Sequence[str | None]
Results = dict[str, float]


@dataclass(frozen=True, eq=False)
class Bounds:
    """Segments of one clip against the true ones. hits (3,) at `OVERLAPS`; predicted, true: how many; edit: 0-1."""

    hits: Floats
    predicted: int
    true: int
    edit: float


@dataclass(frozen=True, eq=False)
class StrokeLog:
    """What one clip comes to. confusion (13, 14) frames: true technique by the live label, `NOT_SURE` last; refined
    the same of the offline pass, None without one; bounds of segments with rest dropped and kept, and refined;
    beats: (hits, stamped, true) repetitions at ±100 ms; rate_errors per minute of the strokes whose rate is known,
    rates: how many have one; delays_s from onset to a stable label, inf where there was none; flips: changes of the
    label within steady_s seconds of strokes after it was stable; hands: (frames of strokes rightly named, of those the
    ones whose working hands are right too); shown_rate_errors per minute of the tempo shown RATE_AFTER_S into each
    stroke that has one and lasts so long, inf where none was shown; sureness (10, 3): by tenths of confidence,
    labelled frames, the sum of their confidence, how many are right."""

    confusion: Floats
    refined: Floats | None
    bounds: Bounds
    bounds_with_rest: Bounds
    refined_bounds: Bounds | None
    beats: tuple[int, int, int]
    rate_errors: tuple[float, ...]
    rates: int
    delays_s: tuple[float, ...]
    flips: int
    steady_s: float
    hands: tuple[int, int] = (0, 0)
    shown_rate_errors: tuple[float, ...] = ()
    sureness: Floats = field(default_factory=lambda: np.zeros((10, 3)))


@dataclass(frozen=True, eq=False)
class Live:
    """What was shown in each of T true frames: label, None when not sure or nothing was shown; working (T, 2) the hands
    named, confidence (T,) of the label, rate_per_min (T,) the tempo, NaN where none was shown."""

    labels: Labels
    working: NDArray[np.bool_]
    confidence: Floats
    rate_per_min: Floats


def log_strokes(card: Data, live: Live, truth: Truth) -> StrokeLog:
    """A clip's scorecard, and what was shown live, against its truth."""
    true = [Segment(s.technique, s.start_s, s.end_s) for s in truth.segments if s.technique != REST]
    labels = told.labels_at(truth.time_s, true, REST)
    segments = _segments(card["segments"])
    refined = _segments(card["refined"]) if card.get("refined") is not None else None
    end_s = truth.duration_s
    errors, rates = _rate_errors(card, truth)
    stamped = sorted(c for s in card["segments"] for c in s["cycles_s"])
    cycles = sorted(c for s in truth.segments for c in s.cycles_s)
    delays, flips, steady_s = _steadiness(live.labels, truth.time_s, true)
    right = np.array([a == b for a, b in zip(labels, live.labels, strict=True)], np.bool_)
    return StrokeLog(
        _confusion(labels, live.labels),
        None if refined is None else _confusion(labels, told.labels_at(truth.time_s, refined, REST)),
        _bounds(segments, true),
        _bounds(_with_rest(segments, end_s), _with_rest(true, end_s)),
        None if refined is None else _bounds(refined, true),
        (len(told.match_events(stamped, cycles)), len(stamped), len(cycles)),
        errors, rates, delays, flips, steady_s, _hands(right, live, truth),
        _shown_rate_errors(live, truth), _sureness(right, live),
    )  # fmt: skip


def stroke_figures(logs: Sequence[StrokeLog]) -> Results:
    """Every figure of strokes over clips; NaN: nothing to measure."""
    confusion = np.sum([log.confusion for log in logs], axis=0)
    results = {
        "macro_f1": macro_f1(confusion),
        "frame_accuracy_live": _accuracy(confusion),
        "frame_accuracy_live_when_sure": _accuracy(confusion[:, :NOT_SURE]),
        "abstained_live": float(confusion[:, NOT_SURE].sum() / confusion.sum()) if confusion.sum() else math.nan,
        **_bounds_figures([log.bounds for log in logs], ""),
        **_bounds_figures([log.bounds_with_rest for log in logs], "_with_rest"),
    }
    refined = [log.refined for log in logs if log.refined is not None]
    if refined:
        total = np.sum(refined, axis=0)
        results |= {"refined_macro_f1": macro_f1(total), "refined_accuracy": _accuracy(total)}
        results |= _bounds_figures([log.refined_bounds for log in logs if log.refined_bounds], "_refined")
    hits, stamped, true = (sum(log.beats[k] for log in logs) for k in range(3))
    results |= {
        "cycle_precision": share(hits, stamped), "cycle_recall": share(hits, true),
        "cycle_f": share(2 * hits, stamped + true),
    }  # fmt: skip
    errors = np.array([e for log in logs for e in log.rate_errors])
    shown = np.array([e for log in logs for e in log.shown_rate_errors])
    delays = np.array([d for log in logs for d in log.delays_s])
    results |= {
        "rate_error_per_min_median": _percentile(errors, 50), "rate_error_per_min_p90": _percentile(errors, 90),
        "rate_shown_right": share(int((shown <= RATE_WITHIN).sum()), len(shown)),
        "rate_known": share(len(errors), sum(log.rates for log in logs)),
        "label_delay_median_s": _percentile(delays, 50), "label_delay_p95_s": _percentile(delays, 95),
        "strokes_named": share(int(np.isfinite(delays).sum()), len(delays)),
        "hands_named_right": share(sum(log.hands[1] for log in logs), sum(log.hands[0] for log in logs)),
        "calibration_error": _calibration_error(np.sum([log.sureness for log in logs], axis=0)),
        "label_flips_per_min": share(sum(log.flips for log in logs), sum(log.steady_s for log in logs) / 60),
    }  # fmt: skip
    return results


def intervals(logs: Sequence[StrokeLog], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Name → the central 95 % of each figure over clips drawn again and again with replacement (Efron 1979)."""
    rng = np.random.default_rng(seed)
    drawn = [stroke_figures([logs[i] for i in rng.integers(len(logs), size=len(logs))]) for _ in range(_DRAWS)]
    out = {}
    for name in stroke_figures(logs):
        values = np.array([one.get(name, math.nan) for one in drawn])
        known = values[~np.isnan(values)]
        if len(known):
            low, high = np.percentile(known, (2.5, 97.5), method="nearest")
            out[name] = float(low), float(high)
    return out


def macro_f1(confusion: Floats) -> float:
    """Mean F1 over the classes that are there or were named; not sure is nobody's."""
    scores = [f1 for f1 in class_f1(confusion).values() if math.isfinite(f1)]
    return float(np.mean(scores)) if scores else math.nan


def class_f1(confusion: Floats) -> dict[str, float]:
    """Technique → F1 of its frames; NaN where it is neither true nor named."""
    right = np.diagonal(confusion)
    both = confusion.sum(axis=1) + confusion[:, :NOT_SURE].sum(axis=0)
    return {name: share(2 * float(right[k]), float(both[k])) for k, name in enumerate(TECHNIQUES)}


def _confusion(true: Labels, predicted: Labels) -> Floats:
    out = np.zeros((len(TECHNIQUES), NOT_SURE + 1))
    columns = [NOT_SURE if name is None else NUMBER.get(name, NOT_SURE) for name in predicted]
    rows = [NUMBER.get(str(name), NUMBER[REST]) for name in true]
    np.add.at(out, (rows, columns), 1)
    return out


def _segments(data: Sequence[Mapping[str, float | str]]) -> list[Segment]:
    return [
        Segment(str(s["technique"]), float(s["start_s"]), float(s["end_s"])) for s in data if s["technique"] != REST
    ]


def _with_rest(segments: Sequence[Segment], end_s: float) -> list[Segment]:
    out, at = [], 0.0
    for s in [*sorted(segments, key=lambda s: s.start_s), Segment(REST, end_s, end_s)]:
        if s.start_s - at > _SPECK_S:
            out.append(Segment(REST, at, s.start_s))
        if s.technique != REST:
            out.append(s)
        at = max(at, s.end_s)
    return out


def _bounds(predicted: Sequence[Segment], true: Sequence[Segment]) -> Bounds:
    hits = [told.segment_hits(predicted, true, k / 100) for k in OVERLAPS]
    edit = told.edit_score([s.technique for s in predicted], [s.technique for s in true])
    return Bounds(np.array(hits, float), len(predicted), len(true), edit)


def _bounds_figures(bounds: Sequence[Bounds], name: str) -> Results:
    total = sum(b.predicted + b.true for b in bounds)
    hits = np.sum([b.hits for b in bounds], axis=0)
    edits = [b.edit for b in bounds if math.isfinite(b.edit)]
    results = {f"f1_{k}{name}": share(2 * float(hits[i]), total) for i, k in enumerate(OVERLAPS)}
    return results | {f"edit{name}": float(np.mean(edits)) if edits else math.nan}


def _rate_errors(card: Data, truth: Truth) -> tuple[tuple[float, ...], int]:
    techniques, strokes = load_techniques(), strokes_of(card)
    true = [s for s in truth.segments if math.isfinite(s.rate_per_min)]
    errors = []
    for segment in true:
        within = [_within(stroke, segment.start_s, segment.end_s) for stroke in strokes]
        rate = rhythm_of(within, techniques[segment.technique]).rate_per_min
        if math.isfinite(rate):
            errors.append(abs(rate - segment.rate_per_min))
    return tuple(errors), len(true)


def _shown_rate_errors(live: Live, truth: Truth) -> tuple[float, ...]:
    errors = []
    for segment in truth.segments:
        at = int(np.searchsorted(truth.time_s, segment.start_s + RATE_AFTER_S))
        if math.isfinite(segment.rate_per_min) and at < len(truth.time_s) and truth.time_s[at] < segment.end_s:
            error = abs(float(live.rate_per_min[at]) - segment.rate_per_min)
            errors.append(error if math.isfinite(error) else math.inf)
    return tuple(errors)


def _within(stroke: Stroke, start_s: float, end_s: float) -> Stroke:
    """The stroke with only those cycles that lie in a stretch of time."""
    inside = [i for i, cycle in enumerate(stroke.cycles_s) if start_s <= cycle <= end_s]
    sides = stroke.cycle_sides if len(stroke.cycle_sides) == len(stroke.cycles_s) else ()
    return replace(
        stroke,
        cycles_s=tuple(stroke.cycles_s[i] for i in inside),
        cycle_sides=tuple(sides[i] for i in inside if sides),
    )


def _steadiness(live: Labels, times: Floats, true: Sequence[Segment]) -> tuple[tuple[float, ...], int, float]:
    """(delays of each true stroke, changes of the label after it was stable, seconds of strokes after that)."""
    delays, flips, steady_s = [], 0, 0.0
    for segment in true:
        inside = np.flatnonzero((times >= segment.start_s) & (times < segment.end_s))
        right: NDArray[np.bool_] = np.array([live[int(i)] == segment.technique for i in inside], np.bool_)
        stable = _stable_from(right, times[inside])
        if stable is None:
            delays.append(math.inf)
            continue
        delays.append(float(times[inside[stable]] - segment.start_s))
        flips += sum(a != b for a, b in pairwise(live[int(i)] for i in inside[stable:]))
        steady_s += float(segment.end_s - times[inside[stable]])
    return tuple(delays), flips, steady_s


def _stable_from(right: NDArray[np.bool_], times: Floats) -> int | None:
    for i in np.flatnonzero(right):
        span = right[(times >= times[i]) & (times < times[i] + STABLE_S)]
        if span.all() and times[-1] - times[i] >= 0.5 * STABLE_S:
            return int(i)
    return None


def _hands(right: NDArray[np.bool_], live: Live, truth: Truth) -> tuple[int, int]:
    frames = hit = 0
    for segment in truth.segments:
        inside = right & (truth.time_s >= segment.start_s) & (truth.time_s < segment.end_s)
        true = np.array([side in segment.hands for side in SIDES])
        frames += int(inside.sum())
        hit += int((live.working[inside] == true).all(axis=1).sum())
    return frames, hit


def _sureness(right: NDArray[np.bool_], live: Live) -> Floats:
    out = np.zeros((10, 3))
    for hit, label, sure in zip(right, live.labels, live.confidence, strict=True):
        if label is not None and math.isfinite(sure):
            out[min(int(sure * 10), 9)] += (1, sure, hit)
    return out


def _calibration_error(sureness: Floats) -> float:
    """Expected calibration error (Guo et al. 2017): how far confidence is from how often it is right, over frames."""
    total = float(sureness[:, 0].sum())
    return float(np.abs(sureness[:, 1] - sureness[:, 2]).sum()) / total if total else math.nan


def _accuracy(confusion: Floats) -> float:
    return share(float(np.trace(confusion[:, :NOT_SURE])), float(confusion.sum()))


def _percentile(values: Floats, percent: float) -> float:
    return float(np.percentile(values, percent, method="nearest")) if len(values) else math.nan
