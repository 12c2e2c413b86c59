"""Hands and foot out of the tracks, for a session of which no video was kept. Pure."""

from __future__ import annotations

import numpy as np

from trainer.foot.geometry import outline_px
from trainer.model import Data, Floats
from trainer.score.tracks import Tracks

HZ = 15.0
"""So many pictures a second are drawn at most."""
LONGEST_S = 20.0


def drawn_part(tracks: Tracks, from_s: float, to_s: float) -> Data:
    """What was seen from ``from_s`` on (LONGEST_S at most): times, the hands' landmarks (null: not seen) and the foot's
    outline, in whole px of the picture."""
    to_s = min(to_s, from_s + LONGEST_S)
    rows = np.flatnonzero((tracks.time_s >= from_s) & (tracks.time_s < to_s))
    kept: list[int] = []
    for row in rows:
        if not kept or tracks.time_s[row] - tracks.time_s[kept[-1]] > 0.95 / HZ:
            kept.append(int(row))
    return {
        "times_s": [round(float(tracks.time_s[i]), 4) for i in kept],
        "hands": [[_points(tracks.hand_px[i, k]) for k in range(2)] for i in kept],
        "foot": [_points(outline_px(tracks.foot(i))) for i in kept],
    }  # fmt: skip


def _points(px: Floats) -> list[list[int]] | None:
    if not len(px) or not np.isfinite(px).all():
        return None
    return [[int(x), int(y)] for x, y in np.clip(np.rint(px), -20_000, 20_000)]
