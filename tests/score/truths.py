"""Truth without pictures: strokes on a clock of thirty frames a second."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from trainer.score.truth import TrueSegment, Truth

FPS = 30.0
EVERY_S = 0.75


def make_truth(strokes: Sequence[tuple[str, float, float]], seconds: float) -> Truth:
    """Strokes (technique, start_s, end_s) by the left hand, one cycle each 0.75 s."""
    frames = round(seconds * FPS)
    segments = tuple(
        TrueSegment(name, start, end, ("left",), 60 / EVERY_S, tuple(np.arange(start + 0.3, end, EVERY_S).tolist()))
        for name, start, end in strokes
    )
    return Truth(
        "made", "rendered", 640, 480, "left", "plantar", 250.0, segments, {}, np.arange(frames) / FPS,
        np.full((frames, 2, 21, 2), np.nan), np.ones((frames, 2)), np.full((frames, 14, 2), np.nan),
        np.zeros((frames, 14), bool), np.full((64, 32), np.nan),
    )  # fmt: skip
