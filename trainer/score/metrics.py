"""How well strokes, rhythm and coverage were told, against truth. Pure functions.

Conventions: a score of 1 is perfect and 0 is worst, an error of 0 is perfect; NaN where there is nothing to
measure. Times are seconds. The metrics are those the fields use, with their sources in the docstrings.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.model import Floats

EVENT_WINDOW_S = 0.1

NAN = float("nan")


class Segment(NamedTuple):
    """A stretch of one technique in seconds."""

    technique: str
    start_s: float
    end_s: float


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float
    f: float


def labels_at(
    times_s: ArrayLike,
    segments: Sequence[Segment],
    gap: str | None,
    not_sure: Sequence[tuple[float, float]] = (),
) -> list[str | None]:
    """The technique at each time: that of the segment that holds it (end excluded).

    Outside of segments it is None within ``not_sure`` spans, else ``gap``.
    """
    times = np.asarray(times_s, float)
    labels = np.full(times.shape, gap, object)
    for start_s, end_s in not_sure:
        labels[(times >= start_s) & (times < end_s)] = None
    for segment in segments:
        labels[(times >= segment.start_s) & (times < segment.end_s)] = segment.technique
    return list(labels)


def frame_accuracy(predicted: Sequence[str | None], true: Sequence[str | None]) -> float:
    """Share of the frames that were named rightly. None in ``predicted`` is an abstention, and counts as
    wrong.
    """
    if len(predicted) != len(true):
        raise ValueError(f"Expected as many predictions as true labels, but got {len(predicted)} and {len(true)}")
    return float(np.mean([p == t for p, t in zip(predicted, true, strict=True)])) if len(true) else NAN


def sure_accuracy(predicted: Sequence[str | None], true: Sequence[str | None]) -> float:
    """Frame accuracy over the frames in which the program did not abstain; NaN when it always did."""
    pairs = [(p, t) for p, t in zip(predicted, true, strict=True) if p is not None]
    return frame_accuracy([p for p, _ in pairs], [t for _, t in pairs])


def abstained_share(predicted: Sequence[str | None]) -> float:
    """Share of the frames without a name."""
    return float(np.mean([p is None for p in predicted])) if len(predicted) else NAN


def f1_of(true: Sequence[str | None], predicted: Sequence[str | None]) -> dict[str, tuple[float, float]]:
    """Label → (F1, how often it is true) frame by frame; ``all``: the mean over the labels that are true somewhere.

    None in ``predicted`` is an abstention: nobody's.
    """
    scores: dict[str, tuple[float, float]] = {}
    for name in sorted({t for t in true if t is not None}):
        hits = sum(t == p == name for t, p in zip(true, predicted, strict=True))
        told, there = sum(p == name for p in predicted), sum(t == name for t in true)
        scores[name] = 2 * hits / (told + there), float(there)
    mean = float(np.mean([f1 for f1, _ in scores.values()])) if scores else NAN
    return {**scores, "all": (mean, float(len(true)))}


def segmental_f1(predicted: Sequence[Segment], true: Sequence[Segment], overlap: float) -> float:
    """Segmental F1@overlap of Lea et al. 2017 (Temporal Convolutional Networks for Action Segmentation and
    Detection).

    A predicted segment is right when its intersection over union with a true one of its technique, not
    taken yet, is at least ``overlap`` (0.10, 0.25, 0.50). Over-segmentation is punished, small shifts of a
    border are not. Leave rest out of both lists, as the paper does with the background.
    """
    if not predicted and not true:
        return NAN
    return 2 * segment_hits(predicted, true, overlap) / (len(predicted) + len(true))


def segment_hits(predicted: Sequence[Segment], true: Sequence[Segment], overlap: float) -> int:
    """How many predicted segments are right, as ``segmental_f1`` counts them."""
    taken: set[int] = set()
    for segment in sorted(predicted, key=lambda s: s.start_s):
        overlaps = [_iou(segment, t) if segment.technique == t.technique else 0.0 for t in true]
        best = int(np.argmax(overlaps)) if overlaps else -1
        if best >= 0 and overlaps[best] >= overlap and best not in taken:
            taken.add(best)
    return len(taken)


def edit_score(predicted: Sequence[Hashable], true: Sequence[Hashable]) -> float:
    """1 − normalised Levenshtein distance of the order of segments (Lea et al. 2016): whether the sequence
    is right.
    """
    longest = max(len(predicted), len(true))
    if longest == 0:
        return NAN
    row = list(range(len(true) + 1))
    for i, p in enumerate(predicted, 1):
        diagonal, row[0] = row[0], i
        for j, t in enumerate(true, 1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (p != t))
    return 1 - row[-1] / longest


def match_events(predicted_s: ArrayLike, true_s: ArrayLike, window_s: float = EVENT_WINDOW_S) -> list[tuple[int, int]]:
    """Largest one-to-one matching of two sorted lists of instants within ``window_s``: (predicted, true)
    index pairs.
    """
    predicted, true = np.asarray(predicted_s, float), np.asarray(true_s, float)
    pairs: list[tuple[int, int]] = []
    i = j = 0
    # On a line, pairing the earliest that fit is a largest matching.
    while i < len(predicted) and j < len(true):
        gap = predicted[i] - true[j]
        if abs(gap) <= window_s + 1e-9:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif gap < 0:
            i += 1
        else:
            j += 1
    return pairs


def event_scores(predicted_s: ArrayLike, true_s: ArrayLike, window_s: float = EVENT_WINDOW_S) -> Scores:
    """Precision, recall and F of instants, as onsets are scored in ``mir_eval`` (Raffel et al. 2014): one
    to one within ± ``window_s``. All 0 when only one list is empty, NaN when both are.
    """
    predicted, true = np.sort(np.asarray(predicted_s, float)), np.sort(np.asarray(true_s, float))
    if not len(predicted) and not len(true):
        return Scores(NAN, NAN, NAN)
    hits = len(match_events(predicted, true, window_s))
    if hits == 0:
        return Scores(0.0, 0.0, 0.0)
    precision, recall = hits / len(predicted), hits / len(true)
    return Scores(precision, recall, 2 * precision * recall / (precision + recall))


def event_offset(predicted_s: ArrayLike, true_s: ArrayLike, reach_s: float = 0.4) -> float:
    """Constant delay of the predicted instants: median of the signed distances to the nearest true one
    within ``reach_s``.

    NaN without any. A stamp that is always late by the same amount keeps a rhythm's truth; report it apart.
    """
    predicted, true = np.asarray(predicted_s, float), np.asarray(true_s, float)
    if not len(predicted) or not len(true):
        return NAN
    gaps = predicted[:, None] - true[None, :]
    nearest = gaps[np.arange(len(predicted)), np.abs(gaps).argmin(axis=1)]
    nearest = nearest[np.abs(nearest) <= reach_s]
    return float(np.median(nearest)) if len(nearest) else NAN


def relative_error(predicted: float, true: float) -> float:
    """\\|predicted − true\\| as a share of ``true``; NaN when either isn't known or ``true`` is 0."""
    return abs(predicted - true) / true if math.isfinite(predicted) and math.isfinite(true) and true > 0 else NAN


def zone_errors(predicted: Mapping[str, float], true: Mapping[str, float]) -> dict[str, float]:
    """Relative error of the seconds of contact of each zone with true contact; a zone not predicted has 0
    s.
    """
    return {zone: relative_error(predicted.get(zone, 0.0), seconds) for zone, seconds in true.items() if seconds > 0}


def zone_seconds_error(predicted: Mapping[str, float], true: Mapping[str, float]) -> float:
    """Seconds put into wrong zones or missed, as a share of all true seconds: Σ |predicted − true| / Σ true.

    0 is perfect, 1 is what an empty prediction gets; NaN when there was no contact.
    """
    total = sum(true.values())
    wrong = sum(abs(predicted.get(zone, 0.0) - true.get(zone, 0.0)) for zone in {*predicted, *true})
    return wrong / total if total > 0 else NAN


def dice(predicted: ArrayLike, true: ArrayLike) -> float:
    """Overlap of two sets of cells (bool arrays): 2 |A ∩ B| / (|A| + |B|) (Dice 1945); NaN when both are
    empty.
    """
    a, b = np.asarray(predicted, bool), np.asarray(true, bool)
    total = int(a.sum() + b.sum())
    return 2 * int((a & b).sum()) / total if total else NAN


def worked_cells(seconds: Floats, least_s: float) -> NDArray[np.bool_]:
    """Cells with at least ``least_s`` seconds; NaN cells are not among them."""
    with np.errstate(invalid="ignore"):
        cells: NDArray[np.bool_] = np.asarray(seconds, float) >= least_s
    return cells


def _iou(a: Segment, b: Segment) -> float:
    shared = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    whole = max(a.end_s, b.end_s) - min(a.start_s, b.start_s)
    return max(shared, 0.0) / whole if whole > 0 else 0.0
