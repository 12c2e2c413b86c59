"""A scored clip against its truth: every metric of the catalogue by name. NaN: nothing to measure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from trainer.coverage import WORKED_S
from trainer.foot import atlas
from trainer.model import FACES, Data, Floats, Presence
from trainer.score import metrics as told
from trainer.score.catalogue import METRICS, YARDSTICK
from trainer.score.contact_tally import contact_figures, length_errors, log_contact
from trainer.score.faults import Fault, faults
from trainer.score.foot_tally import FootSight, TrueFoot, foot_figures, log_foot
from trainer.score.hand_tally import STRAIGHT, Sight, TrueHands, hand_figures, log_hands
from trainer.score.metrics import Segment
from trainer.score.scorecard import coverages_of
from trainer.score.stroke_tally import Live, StrokeLog, log_strokes, stroke_figures
from trainer.score.tally import FrameLog, Tally
from trainer.score.tracks import Tracks
from trainer.score.truth import Truth
from trainer.score.yardstick import Yardstick

REST = "rest"
_LENGTHS_EVERY_S = 0.5

Results = dict[str, float]
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ClipResult:
    """What a clip came to: its ``results``, and what totals over many clips need. ``techniques`` (T,): the true one of
    each frame; ``faults``: where it went wrong, the worst first."""

    results: Results
    frames: FrameLog
    techniques: NDArray[np.object_]
    view: str
    side: str
    strokes: StrokeLog
    faults: tuple[Fault, ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.techniques) * self.frames.frame_s


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
    true_hands = TrueHands(truth.hand_px, truth.hand_visible, truth.joints_visible, size)
    true_foot = TrueFoot(truth.side, truth.view, truth.foot_px, truth.foot_visible, size)
    foot = _foot(tracks, row)
    hand_log, foot_log = log_hands(ours, stock, true_hands), log_foot(foot, true_foot, truth.time_s)
    contact_log = _contact(tracks, row, truth)
    counts, errors = ({**one, **two, **three} for one, two, three in zip(hand_log, foot_log, contact_log, strict=True))
    frames = FrameLog(counts, errors, frame_s)
    results = dict.fromkeys(METRICS if stock is None else {**METRICS, **YARDSTICK}, math.nan)
    results |= figures(frames.tally())
    strokes = log_strokes(card, _live(tracks, row), truth)
    results |= stroke_figures([strokes]) | _strokes(card, truth) | _cycles(card, truth) | _places(card, truth)
    results["unseen_share"] = card["unseen_s"] / card["duration_s"] if card["duration_s"] > 0 else math.nan
    techniques = np.array(told.labels_at(truth.time_s, _segments(truth), REST), object)
    worst = faults(ours, true_hands, foot, true_foot, truth.time_s)
    return ClipResult(results, frames, techniques, truth.view, truth.side, strokes, worst)


def figures(tally: Tally) -> Results:
    """The metrics that are reckoned over frames."""
    return hand_figures(tally) | foot_figures(tally) | contact_figures(tally)


def _rows_for(times_s: Floats, wanted_s: Floats) -> Rows:
    """(T,) row of the tracks for each true frame, -1 where none lies within 0.6 of the frames' spacing."""
    if not len(times_s) or not len(wanted_s):
        return np.full(len(wanted_s), -1)
    spacing = float(np.median(np.diff(wanted_s))) if len(wanted_s) > 1 else 0.04
    after = np.clip(np.searchsorted(times_s, wanted_s), 0, len(times_s) - 1)
    before = np.maximum(after - 1, 0)
    nearer = np.where(np.abs(times_s[before] - wanted_s) < np.abs(times_s[after] - wanted_s), before, after)
    return np.where(np.abs(times_s[nearer] - wanted_s) <= 0.6 * spacing, nearer, -1)


def _live(tracks: Tracks, row: Rows) -> Live:
    working = np.zeros((len(row), 2), bool)
    working[row >= 0] = tracks.working[row[row >= 0]]
    labels = [tracks.technique[r] if r >= 0 else None for r in row]
    return Live(labels, working, _take(tracks.technique_confidence, row), _take(tracks.rate_per_min, row))


def _sight(tracks: Tracks, row: Rows) -> Sight:
    presence = np.full((len(row), 2), Presence.UNKNOWN.value, object)
    presence[row >= 0] = tracks.hand_presence[row[row >= 0]]
    called = np.broadcast_to(STRAIGHT, (len(row), 2))
    measured, bridged = presence == Presence.MEASURED.value, presence == Presence.BRIDGED.value
    return Sight(_take(tracks.hand_px, row), measured, bridged, called)


def _foot(tracks: Tracks, row: Rows) -> FootSight:
    words = np.full((3, len(row)), Presence.UNKNOWN.value, object)
    words[:, row >= 0] = [w[row[row >= 0]] for w in (tracks.foot_presence, tracks.foot_side, tracks.foot_view)]
    presence, side, view = words
    return FootSight(presence != Presence.UNKNOWN.value, _take(tracks.foot_px, row), side, view)


def _contact(tracks: Tracks, row: Rows, truth: Truth) -> tuple[dict[str, Floats], dict[str, Floats]]:
    true, frames = truth.contact, len(row)
    if true is None:
        return {}, {}
    measured = np.zeros((frames, 2), bool)
    measured[row >= 0] = tracks.hand_presence[row[row >= 0]] == Presence.MEASURED.value
    counts, errors = log_contact(_take(tracks.contact_uv, row), _take(tracks.contact_face, row), measured, true)
    lengths = np.full((frames, math.comb(len(true.landmarks_mm), 2)), np.nan)
    every = max(1, round(_LENGTHS_EVERY_S * frames / truth.duration_s)) if truth.duration_s > 0 else 1
    for i in range(0, frames, every):
        if row[i] >= 0 and tracks.foot_side[row[i]] == truth.side:
            lengths[i] = length_errors(tracks.pose(row[i]), true.landmarks_mm)
    return counts, errors | {"length": lengths}


def _strokes(card: Data, truth: Truth) -> Results:
    true = _segments(truth)
    predicted = [Segment(s["technique"], s["start_s"], s["end_s"]) for s in card["segments"]]
    predicted = [segment for segment in predicted if segment.technique != REST]
    spans = [(s["start_s"], s["end_s"]) for s in card.get("not_sure", [])]
    true_labels = told.labels_at(truth.time_s, true, REST)
    labels = told.labels_at(truth.time_s, predicted, REST, spans)
    return {
        "frame_accuracy": told.frame_accuracy(labels, true_labels),
        "frame_accuracy_when_sure": told.sure_accuracy(labels, true_labels),
        "abstained": told.abstained_share(labels),
    }


def _segments(truth: Truth) -> list[Segment]:
    return [Segment(s.technique, s.start_s, s.end_s) for s in truth.segments if s.technique != REST]


def _cycles(card: Data, truth: Truth) -> Results:
    true = np.sort(np.array([c for s in truth.segments for c in s.cycles_s], float))
    predicted = np.sort(np.array([c for s in card["segments"] for c in s["cycles_s"]], float))
    offset = told.event_offset(predicted, true)
    moved = told.event_scores(predicted - (offset if math.isfinite(offset) else 0.0), true)
    return {"cycle_offset_s": offset, "cycle_f_without_offset": moved.f}


def _places(card: Data, truth: Truth) -> Results:
    maps = {one.view: one for one in coverages_of(card) if one.side == truth.side}
    # From before the sole nobody sees the top; from the side both are half seen.
    faces = (truth.view,) if truth.view in FACES else FACES
    zones = {
        zone: maps[face].zone_seconds[zone] if face in maps else 0.0 for face in faces for zone in atlas.zones(face)
    }
    true = {zone: seconds for zone, seconds in truth.zone_seconds.items() if zone in zones}
    per_zone = list(told.zone_errors(zones, true).values())
    untouched = [seconds for zone, seconds in zones.items() if not true.get(zone, 0.0) > 0]
    overlaps = {}
    for face, seconds in zip(FACES, (truth.contact_seconds, truth.contact_top_seconds), strict=True):
        true_cells = told.worked_cells(seconds, WORKED_S) if seconds is not None else np.zeros(atlas.GRID, bool)
        grid = maps[face].grid_seconds if face in maps else np.zeros(atlas.GRID)
        shown = face in faces and true_cells.any()
        overlaps[face] = told.dice(told.worked_cells(grid, WORKED_S), true_cells) if shown else math.nan
    return {
        "zone_seconds_error": told.zone_seconds_error(zones, true),
        "zone_error_median": float(np.median(per_zone)) if per_zone else math.nan,
        "zone_false_s": float(sum(untouched)),
        "coverage_dice": overlaps["plantar"],
        "coverage_dice_top": overlaps["dorsal"],
    }


def _take(values: Floats, row: Rows) -> Floats:
    taken = np.full((len(row), *values.shape[1:]), np.nan)
    taken[row >= 0] = values[row[row >= 0]]
    return taken
