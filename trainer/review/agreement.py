"""How far machine and instructor agree on what was done when. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from trainer.model import Data, Label
from trainer.score.metrics import Segment, segmental_f1
from trainer.strokes.techniques import REST


@dataclass(frozen=True)
class Agreement:
    """``kappa`` is Cohen's (1960), every second counting alike: 1 is full agreement, 0 what chance gives, NaN where
    both name one thing only. ``same`` is the share of the time in which both name the same; ``f1_50`` of segments with
    rest dropped. ``judged_s`` is the time compared: from the first label to the last, but for ``not_sure_s``."""

    kappa: float
    same: float
    f1_50: float
    judged_s: float
    not_sure_s: float


def agreement(
    labels: Sequence[Label], strokes: Sequence[Segment], not_sure: Sequence[tuple[float, float]] = ()
) -> Agreement:
    """Of a person's labels with the machine's strokes; what neither names is rest. ``not_sure``: (start_s, end_s)
    stretches in which the machine named nothing."""
    if not labels:
        return Agreement(nan, nan, nan, 0.0, 0.0)
    begin, end = min(x.start_s for x in labels), max(x.end_s for x in labels)
    person = [Segment(x.technique, x.start_s, x.end_s) for x in labels]
    edges = [begin, end]
    for a, b in [*((s.start_s, s.end_s) for s in (*person, *strokes)), *not_sure]:
        edges += [t for t in (a, b) if begin < t < end]
    times = np.unique(edges)
    middles, spans = (times[:-1] + times[1:]) / 2, np.diff(times)
    sure = np.array([not any(a <= t < b for a, b in not_sure) for t in middles], bool)
    ours, theirs = (_names(part, middles) for part in (person, strokes))
    known = sorted({*ours, *theirs})
    table = np.zeros((len(known), len(known)))
    for mine, other, seconds in zip(ours[sure], theirs[sure], spans[sure], strict=True):
        table[known.index(mine), known.index(other)] += seconds
    judged = float(table.sum())
    inside = [s for s in strokes if s.end_s > begin and s.start_s < end and s.technique != REST]
    f1 = segmental_f1(inside, [s for s in person if s.technique != REST], 0.5)
    same = float(np.trace(table)) / judged if judged > 0 else nan
    return Agreement(_kappa(table), same, f1, judged, float(spans[~sure].sum()))


def agreement_of(card: Data, labels: Sequence[Label]) -> Agreement:
    """Of a person's labels with a scorecard's strokes."""
    strokes = [Segment(s["technique"], s["start_s"], s["end_s"]) for s in card["segments"] if s["technique"] != REST]
    return agreement(labels, strokes, [(s["start_s"], s["end_s"]) for s in card["not_sure"]])


def _names(segments: Sequence[Segment], times: np.ndarray) -> np.ndarray:
    return np.array([next((s.technique for s in segments if s.start_s <= t < s.end_s), REST) for t in times], object)


def _kappa(table: np.ndarray) -> float:
    if not table.sum() > 0:
        return nan
    shares = table / table.sum()
    observed, chance = float(np.trace(shares)), float((shares.sum(axis=0) * shares.sum(axis=1)).sum())
    return (observed - chance) / (1 - chance) if chance < 1 - 1e-9 else nan
