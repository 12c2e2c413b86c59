"""A scored clip against its truth: every metric by name.

Names end in their unit where they have one (``_s``, ``_per_min``); the others are shares. Errors are best at 0,
everything else at 1; ``BETTER`` says which way each goes. NaN: nothing to measure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S
from trainer.model import Data, Floats, Presence, Stroke
from trainer.rhythm import rhythm_of
from trainer.score import hand_metrics as seen
from trainer.score import metrics as told
from trainer.score.hand_tally import STRAIGHT, HandLog, Sight, figures, log_hands
from trainer.score.metrics import Segment
from trainer.score.scorecard import grid_of, strokes_of
from trainer.score.tracks import Tracks
from trainer.score.truth import TrueSegment, Truth
from trainer.score.yardstick import Yardstick
from trainer.strokes.techniques import load_techniques

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
    "phantom_frames": Metric("share of the frames with a phantom hand", "low", "{:.1%}"),
    "phantom_bridged_per_min": Metric("phantom bridged hands per minute (hand-frames)", "low", "{:.1f}"),
    "side_right": Metric("left/right called rightly", "high"),
    "identity_swaps": Metric("identity swaps", "low", "{:.0f}"),
    "identity_swaps_per_10_min": Metric("... per 10 minutes of video", "low", "{:.1f}"),
    "landmark_error_median": Metric("hand landmark error / hand size, median", "low", "{:.1%}"),
    "landmark_error_p90": Metric("hand landmark error / hand size, 90th percentile", "low", "{:.1%}"),
    "shown_error_median": Metric("... of hands that show at least 30 %, median", "low", "{:.1%}"),
    "hidden_error_median": Metric("... of hands hidden more than that, median", "low", "{:.1%}"),
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

_EYE = [
    "hands_found", "hands_both_found", "phantom_hands_per_min", "phantom_frames", "side_right", "identity_swaps",
    "identity_swaps_per_10_min", "landmark_error_median", "landmark_error_p90", "shown_error_median",
    "hidden_error_median",
]  # fmt: skip
YARDSTICK: dict[str, Metric] = {
    "kept": Metric("of the visible hands that MediaPipe has: kept (measured)", "high", "{:.1%}"),
    "kept_with_bridged": Metric("... or bridged", "high", "{:.1%}"),
    "found_beyond": Metric("visible hands found that MediaPipe hasn't", "high", "{:.1%}"),
    "visible_hand_frames": Metric("hands to be found (hand-frames)", "", "{:.0f}"),
    **{f"stock_{name}": METRICS[name] for name in _EYE},
}
"""What is there beside with a yardstick. ``stock_…``: MediaPipe by itself, its hands called as it calls them."""

HAND_METRICS = frozenset([name for name in METRICS if name.startswith(("bridged_", "phantom_", "hands_"))] + _EYE)
"""Those that are pooled over the frames of all clips."""


@dataclass(frozen=True, eq=False)
class ClipResult:
    """What a clip came to: its ``results``, and what totals over many clips need. ``techniques`` (T,): the true one of
    each frame."""

    results: Results
    hands: HandLog
    techniques: NDArray[np.object_]
    view: str
    side: str

    @property
    def seconds(self) -> float:
        return len(self.techniques) * self.hands.frame_s


def evaluate_clip(card: Data, tracks: Tracks, truth: Truth, yardstick: Yardstick | None = None) -> ClipResult:
    """A clip's scorecard and tracks against its truth: every key of ``METRICS``, with a yardstick of ``YARDSTICK`` too.

    Frames are paired by time; a true frame without a row in the tracks counts as one in which nothing was seen.
    """
    scale = np.array([truth.width / card["video"]["width"], truth.height / card["video"]["height"]])
    tracks = replace(tracks, hand_px=tracks.hand_px * scale, foot_px=tracks.foot_px * scale)
    row = _rows_for(tracks.time_s, truth.time_s)
    frame_s = truth.duration_s / len(row) if len(row) else 0.0
    ours, stock = _sight(tracks, row), yardstick.sight(scale) if yardstick is not None else None
    size = truth.width, truth.height
    hands = log_hands(ours, stock, truth.hand_px, truth.hand_visible, size, frame_s)
    results = dict.fromkeys(METRICS if stock is None else {**METRICS, **YARDSTICK}, math.nan)
    results |= figures(hands.tally()) | _foot(tracks, row, truth)
    results |= _strokes(card, tracks, row, truth) | _cycles(card, truth) | _rates(card, truth) | _places(card, truth)
    results["unseen_share"] = card["unseen_s"] / card["duration_s"] if card["duration_s"] > 0 else math.nan
    techniques = np.array(told.labels_at(truth.time_s, _segments(truth), REST), object)
    return ClipResult(results, hands, techniques, truth.view, truth.side)


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


def _rows_for(times_s: Floats, wanted_s: Floats) -> Rows:
    """(T,) row of the tracks for each true frame, -1 where none lies within 0.6 of the frames' spacing."""
    if not len(times_s) or not len(wanted_s):
        return np.full(len(wanted_s), -1)
    spacing = float(np.median(np.diff(wanted_s))) if len(wanted_s) > 1 else 0.04
    after = np.clip(np.searchsorted(times_s, wanted_s), 0, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(np.abs(times_s[before] - wanted_s) < np.abs(times_s[after] - wanted_s), before, after)
    return np.where(np.abs(times_s[nearer] - wanted_s) <= 0.6 * spacing, nearer, -1)


def _sight(tracks: Tracks, row: Rows) -> Sight:
    presence = np.full((len(row), 2), Presence.UNKNOWN.value, object)
    presence[row >= 0] = tracks.hand_presence[row[row >= 0]]
    called = np.broadcast_to(STRAIGHT, (len(row), 2))
    measured, bridged = presence == Presence.MEASURED.value, presence == Presence.BRIDGED.value
    return Sight(_take(tracks.hand_px, row), measured, bridged, called)


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
    true = _segments(truth)
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


def _segments(truth: Truth) -> list[Segment]:
    return [Segment(s.technique, s.start_s, s.end_s) for s in truth.segments if s.technique != REST]


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
    # The card's map shows one face of the foot; the truth tells the other one's zones too.
    true = {zone: seconds for zone, seconds in truth.zone_seconds.items() if zone in zones}
    per_zone = list(told.zone_errors(zones, true).values())
    untouched = [seconds for zone, seconds in zones.items() if not true.get(zone, 0.0) > 0]
    overlap = math.nan
    if np.isfinite(truth.contact_seconds).any() and card["coverage"]["view"] == truth.view:
        worked = told.worked_cells(grid_of(card), WORKED_S)
        overlap = told.dice(worked, told.worked_cells(truth.contact_seconds, WORKED_S))
    return {
        "zone_seconds_error": told.zone_seconds_error(zones, true),
        "zone_error_median": float(np.median(per_zone)) if per_zone else math.nan,
        "zone_false_s": float(sum(untouched)),
        "coverage_dice": overlap,
    }


def _take(values: Floats, row: Rows) -> Floats:
    taken = np.full((len(row), *values.shape[1:]), np.nan)
    taken[row >= 0] = values[row[row >= 0]]
    return taken
