"""A scored clip against its truth: every metric by name, and tables of several clips.

Names end in their unit where they have one (``_s``, ``_per_min``); the others are shares. Errors are best at 0,
everything else at 1; ``BETTER`` says which way each goes. NaN: nothing to measure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S
from trainer.model import Data, Floats, Presence, Stroke
from trainer.rhythm import rhythm_of
from trainer.score import hand_metrics as seen
from trainer.score import metrics as told
from trainer.score.metrics import Segment
from trainer.score.scorecard import grid_of, strokes_of
from trainer.score.tracks import Tracks
from trainer.score.truth import TrueSegment, Truth
from trainer.strokes.techniques import load_techniques

if TYPE_CHECKING:
    from rich.table import Table

REST = "rest"

Results = dict[str, float]
Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Metric:
    """What a table says of a metric. ``better`` is ``high``, ``low`` or ``near 0``; ``form`` formats its number."""

    title: str
    better: str
    form: str = "{:.0%}"


METRICS: dict[str, Metric] = {
    "hands_found": Metric("true visible hands found (measured)", "high"),
    "hands_found_with_bridged": Metric("... or bridged", "high"),
    "hands_both_found": Metric("both hands found, when both are visible", "high"),
    "phantom_hands_per_min": Metric("phantom hands per minute (hand-frames)", "low", "{:.1f}"),
    "phantom_bridged_per_min": Metric("phantom bridged hands per minute (hand-frames)", "low", "{:.1f}"),
    "side_right": Metric("left/right called rightly", "high"),
    "identity_swaps": Metric("identity swaps", "low", "{:.0f}"),
    "landmark_error_median": Metric("hand landmark error / hand size, median", "low", "{:.1%}"),
    "landmark_error_p90": Metric("hand landmark error / hand size, 90th percentile", "low", "{:.1%}"),
    "bridged_error_median": Metric("bridged hands' landmark error / hand size, median", "low", "{:.1%}"),
    "bridged_share": Metric("share of the reported hands that are bridged", "low"),
    "foot_found": Metric("foot found", "high"),
    "foot_error_median": Metric("foot landmark error / foot length, median", "low", "{:.1%}"),
    "foot_error_p90": Metric("foot landmark error / foot length, 90th percentile", "low", "{:.1%}"),
    "foot_hidden_error_median": Metric("... of the hidden foot landmarks, median", "low", "{:.1%}"),
    "frame_accuracy": Metric("frame accuracy (not sure counts as wrong)", "high"),
    "frame_accuracy_when_sure": Metric("frame accuracy when sure", "high"),
    "abstained": Metric("share of the frames not sure", "low"),
    "frame_accuracy_live": Metric("frame accuracy of the live display", "high"),
    "segment_f1_10": Metric("segmental F1@10", "high", "{:.2f}"),
    "segment_f1_25": Metric("segmental F1@25", "high", "{:.2f}"),
    "segment_f1_50": Metric("segmental F1@50", "high", "{:.2f}"),
    "segment_edit": Metric("edit score of the order of strokes", "high", "{:.2f}"),
    "cycle_precision": Metric("cycles at ±100 ms: precision", "high", "{:.2f}"),
    "cycle_recall": Metric("cycles at ±100 ms: recall", "high", "{:.2f}"),
    "cycle_f": Metric("cycles at ±100 ms: F", "high", "{:.2f}"),
    "cycle_offset_s": Metric("cycles' constant delay, seconds", "near 0", "{:+.3f}"),
    "cycle_f_without_offset": Metric("cycles' F without that delay", "high", "{:.2f}"),
    "rate_error_median": Metric("rate error per stroke named rightly, median", "low", "{:.1%}"),
    "rate_error_worst": Metric("rate error per stroke named rightly, worst", "low", "{:.1%}"),
    "rate_known": Metric("true strokes whose rate was told", "high"),
    "zone_seconds_error": Metric("zone-seconds error: seconds wrong / true seconds", "low"),
    "zone_error_median": Metric("zone-seconds error per zone, median", "low"),
    "zone_false_s": Metric("seconds of contact told where there was none in the clip", "low", "{:.1f}"),
    "coverage_dice": Metric("coverage map: Dice of the worked cells", "high", "{:.2f}"),
    "unseen_share": Metric("share of the session told as unseen", "low"),
}  # fmt: skip
"""Every metric that ``evaluate_clip`` gives, in the order of the tables."""


def evaluate_clip(card: Data, tracks: Tracks, truth: Truth) -> Results:
    """Metric name → number, for a clip's scorecard and tracks against its truth; every key of ``METRICS``.

    Frames are paired by time; a true frame without a row in the tracks counts as one in which nothing was seen.
    """
    tracks = _at_size(tracks, card["video"], truth)
    results = dict.fromkeys(METRICS, math.nan)
    row = _rows_for(tracks.time_s, truth.time_s)
    results |= _hands(tracks, row, truth) | _foot(tracks, row, truth)
    results |= _strokes(card, tracks, row, truth) | _cycles(card, truth) | _rates(card, truth) | _places(card, truth)
    results["unseen_share"] = card["unseen_s"] / card["duration_s"] if card["duration_s"] > 0 else math.nan
    return results


def rate_errors(card: Data, truth: Truth) -> list[tuple[TrueSegment, float]]:
    """Each true stroke that has a rate, with the relative error of the rate told for it, NaN where none was.

    The rate told is reckoned from the cycles that segments of the same technique stamp within it.
    """
    techniques = load_techniques()
    errors = []
    for true in truth.segments:
        if math.isfinite(true.rate_per_min):
            within = [_within(stroke, true.start_s, true.end_s) for stroke in strokes_of(card)]
            rate = rhythm_of(within, techniques[true.technique]).rate_per_min
            errors.append((true, told.relative_error(rate, true.rate_per_min)))
    return errors


def _within(stroke: Stroke, start_s: float, end_s: float) -> Stroke:
    """The stroke with only those cycles that lie in a stretch of time."""
    inside = [i for i, cycle in enumerate(stroke.cycles_s) if start_s <= cycle <= end_s]
    sides = stroke.cycle_sides if len(stroke.cycle_sides) == len(stroke.cycles_s) else ()
    return replace(
        stroke,
        cycles_s=tuple(stroke.cycles_s[i] for i in inside),
        cycle_sides=tuple(sides[i] for i in inside if sides),
    )


def table(results: Mapping[str, Results]) -> Table:
    """Clips by name as a table for the terminal: one row per metric, one column per clip, the mean of several last."""
    from rich.table import Table as RichTable

    shown = RichTable(title="Against truth", title_justify="left", caption_justify="left")
    shown.caption = "–: nothing to measure. Definitions: trainer/score/metrics.py and hand_metrics.py"
    shown.add_column("metric", overflow="fold")
    shown.add_column("better", style="dim")
    for name in results:
        shown.add_column(name, justify="right", overflow="fold")
    if len(results) > 1:
        shown.add_column("mean", justify="right", style="bold")
    for name, metric, cells in _cells(results):
        shown.add_row(metric.title, metric.better, *cells, end_section=name in _SECTION_ENDS)
    return shown


def markdown(results: Mapping[str, Results]) -> str:
    """The same table as Markdown, for a README."""
    names = [*results, *(["mean"] if len(results) > 1 else [])]
    lines = ["| " + " | ".join(["metric", "better", *names]) + " |", "|---|---|" + "---:|" * len(names)]
    lines += ["| " + " | ".join([m.title, m.better, *cells]) + " |" for _, m, cells in _cells(results)]
    return "\n".join(lines) + "\n"


def mean_of(results: Mapping[str, Results]) -> Results:
    """The mean of each metric over the clips in which there was something to measure."""
    means = {}
    for name in METRICS:
        known = [clip[name] for clip in results.values() if math.isfinite(clip[name])]
        means[name] = sum(known) / len(known) if known else math.nan
    return means


_SECTION_ENDS = {"bridged_share", "foot_hidden_error_median", "segment_edit", "cycle_f_without_offset", "rate_known"}


def _cells(results: Mapping[str, Results]) -> list[tuple[str, Metric, list[str]]]:
    columns = [*results.values(), *([mean_of(results)] if len(results) > 1 else [])]
    return [
        (name, metric, [metric.form.format(c[name]) if math.isfinite(c[name]) else "–" for c in columns])
        for name, metric in METRICS.items()
    ]


def _at_size(tracks: Tracks, video: Data, truth: Truth) -> Tracks:
    """The tracks in the truth's pixels: a clip may have been scored at a smaller size."""
    scale = np.array([truth.width / video["width"], truth.height / video["height"]])
    return replace(tracks, hand_px=tracks.hand_px * scale, foot_px=tracks.foot_px * scale)


def _rows_for(times_s: Floats, wanted_s: Floats) -> Rows:
    """(T,) row of the tracks for each true frame, -1 where none lies within 0.6 of the frames' spacing."""
    if not len(times_s) or not len(wanted_s):
        return np.full(len(wanted_s), -1)
    spacing = float(np.median(np.diff(wanted_s))) if len(wanted_s) > 1 else 0.04
    after = np.clip(np.searchsorted(times_s, wanted_s), 0, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(np.abs(times_s[before] - wanted_s) < np.abs(times_s[after] - wanted_s), before, after)
    return np.where(np.abs(times_s[nearer] - wanted_s) <= 0.6 * spacing, nearer, -1)


def _hands(tracks: Tracks, row: Rows, truth: Truth) -> Results:
    reported_px = _take(tracks.hand_px, row)
    presence = np.full((len(row), 2), Presence.UNKNOWN.value, object)
    presence[row >= 0] = tracks.hand_presence[row[row >= 0]]
    measured, bridged = presence == Presence.MEASURED.value, presence == Presence.BRIDGED.value
    wanted = seen.to_be_found(truth.hand_px, truth.hand_visible, (truth.width, truth.height))
    matches = seen.match_hands(reported_px, measured, truth.hand_px)
    any_matches = seen.match_hands(reported_px, measured | bridged, truth.hand_px)
    only_bridged = seen.match_hands(reported_px, bridged, truth.hand_px)
    both = np.asarray(wanted.all(axis=1))
    both_matched = np.asarray((matches.partner >= 0).all(axis=1))
    median, p90 = seen.landmark_error(matches)
    reported = int((measured | bridged).sum())
    return {
        "hands_found": seen.found_share(matches, wanted),
        "hands_found_with_bridged": seen.found_share(any_matches, wanted),
        "hands_both_found": float(both_matched[both].mean()) if both.any() else math.nan,
        "phantom_hands_per_min": seen.phantoms_per_min(matches, measured, truth.duration_s),
        "phantom_bridged_per_min": seen.phantoms_per_min(any_matches, bridged, truth.duration_s),
        "side_right": seen.side_right_share(matches),
        "identity_swaps": float(seen.identity_swaps(matches)) if wanted.any() else math.nan,
        "landmark_error_median": median,
        "landmark_error_p90": p90,
        "bridged_error_median": seen.landmark_error(only_bridged)[0],
        "bridged_share": float(bridged.sum()) / reported if reported else math.nan,
    }


def _foot(tracks: Tracks, row: Rows, truth: Truth) -> Results:
    reported_px = _take(tracks.foot_px, row)
    presence = np.full(len(row), Presence.UNKNOWN.value, object)
    presence[row >= 0] = tracks.foot_presence[row[row >= 0]]
    known = np.array([p != Presence.UNKNOWN.value for p in presence], bool)
    median, p90 = seen.foot_error(reported_px, truth.foot_px, truth.foot_visible)
    return {
        "foot_found": seen.foot_found_share(known, truth.foot_visible),
        "foot_error_median": median,
        "foot_error_p90": p90,
        "foot_hidden_error_median": seen.foot_error(reported_px, truth.foot_px, ~truth.foot_visible)[0],
    }


def _strokes(card: Data, tracks: Tracks, row: Rows, truth: Truth) -> Results:
    true = [Segment(s.technique, s.start_s, s.end_s) for s in truth.segments if s.technique != REST]
    predicted = [Segment(s["technique"], s["start_s"], s["end_s"]) for s in card["segments"]]
    predicted = [segment for segment in predicted if segment.technique != REST]
    spans = [(s["start_s"], s["end_s"]) for s in card.get("not_sure", [])]
    true_labels = told.labels_at(truth.time_s, true, REST)
    labels = told.labels_at(truth.time_s, predicted, REST, spans)
    live = [tracks.technique[r] if r >= 0 else None for r in row]
    return {
        "frame_accuracy": told.frame_accuracy(labels, true_labels),
        "frame_accuracy_when_sure": told.sure_accuracy(labels, true_labels),
        "abstained": told.abstained_share(labels),
        "frame_accuracy_live": told.frame_accuracy(live, true_labels),
        **{f"segment_f1_{k}": told.segmental_f1(predicted, true, k / 100) for k in (10, 25, 50)},
        "segment_edit": told.edit_score([s.technique for s in predicted], [s.technique for s in true]),
    }


def _cycles(card: Data, truth: Truth) -> Results:
    true = np.sort(np.array([c for s in truth.segments for c in s.cycles_s], float))
    predicted = np.sort(np.array([c for s in card["segments"] for c in s["cycles_s"]], float))
    precision, recall, f = told.event_scores(predicted, true)
    offset = told.event_offset(predicted, true)
    moved = told.event_scores(predicted - (offset if math.isfinite(offset) else 0.0), true)
    return {
        "cycle_precision": precision, "cycle_recall": recall, "cycle_f": f,
        "cycle_offset_s": offset, "cycle_f_without_offset": moved.f,
    }  # fmt: skip


def _rates(card: Data, truth: Truth) -> Results:
    errors = np.array([error for _, error in rate_errors(card, truth)])
    known = errors[np.isfinite(errors)]
    return {
        "rate_error_median": float(np.median(known)) if len(known) else math.nan,
        "rate_error_worst": float(known.max()) if len(known) else math.nan,
        "rate_known": len(known) / len(errors) if len(errors) else math.nan,
    }


def _places(card: Data, truth: Truth) -> Results:
    zones = card["coverage"]["zones"]
    per_zone = list(told.zone_errors(zones, truth.zone_seconds).values())
    untouched = [seconds for zone, seconds in zones.items() if not truth.zone_seconds.get(zone, 0.0) > 0]
    overlap = math.nan
    if np.isfinite(truth.contact_seconds).any() and card["coverage"]["view"] == truth.view:
        worked = told.worked_cells(grid_of(card), WORKED_S)
        overlap = told.dice(worked, told.worked_cells(truth.contact_seconds, WORKED_S))
    return {
        "zone_seconds_error": told.zone_seconds_error(zones, truth.zone_seconds),
        "zone_error_median": float(np.median(per_zone)) if per_zone else math.nan,
        "zone_false_s": float(sum(untouched)),
        "coverage_dice": overlap,
    }


def _take(values: Floats, row: Rows) -> Floats:
    taken = np.full((len(row), *values.shape[1:]), np.nan)
    taken[row >= 0] = values[row[row >= 0]]
    return taken
