"""Looking back: the names of the strokes once more, when what came after is known too. For scoring, never live."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.model import Floats, Stroke
from trainer.strokes.techniques import REST
from trainer.strokes.ticks import TICKS_HZ

_CHANGE = 6.0
"""How much more a change costs than going on, in natural log odds: about one change in twenty seconds."""
_LEAST_S = 1.0


def refined_strokes(times: Floats, log_odds: Floats, techniques: Sequence[str], temperature: float) -> list[Stroke]:
    """Strokes by the likeliest path (Viterbi 1967) through ticks at (N,) times, log_odds (N, K); gaps are rest.

    They have names and bounds only: no hands, no confidence, no cycles.
    """
    if not len(times):
        return []
    scaled = log_odds / temperature
    log_likely = scaled - np.log(np.exp(scaled - scaled.max(axis=1, keepdims=True)).sum(axis=1, keepdims=True))
    path = _likeliest(log_likely - scaled.max(axis=1, keepdims=True))
    edges = np.flatnonzero(np.diff(path) | (np.diff(times) > 1.5 / TICKS_HZ)) + 1
    out = []
    for a, b in zip([0, *edges], [*edges, len(path)], strict=True):
        name = techniques[int(path[a])]
        start_s, end_s = float(times[a]), float(times[b - 1] + 1 / TICKS_HZ)
        if name != REST and end_s - start_s >= _LEAST_S:
            out.append(Stroke(name, start_s, end_s, (), np.nan))
    return out


def _likeliest(log_likely: Floats) -> np.ndarray:
    """(N,) states. Neighbouring ticks tell much the same, so that each counts for a part only."""
    share = log_likely * (4.0 / TICKS_HZ)
    n, k = share.shape
    came = np.zeros((n, k), int)
    score = share[0].copy()
    for i in range(1, n):
        best = int(np.argmax(score))
        stay = score >= score[best] - _CHANGE
        came[i] = np.where(stay, np.arange(k), best)
        score = np.where(stay, score, score[best] - _CHANGE) + share[i]
    path = np.zeros(n, int)
    path[-1] = int(np.argmax(score))
    for i in range(n - 1, 0, -1):
        path[i - 1] = came[i, path[i]]
    return path
