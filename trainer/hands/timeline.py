"""Finding the stored frame that belongs to an instant."""

from __future__ import annotations

import numpy as np

from trainer.model import Floats


def nearest_frame(times_s: Floats, time_s: float, tolerance_s: float | None = None) -> int | None:
    """Index of the entry of ``times_s`` (T,) rising that lies nearest to ``time_s``.

    None when nothing lies within ``tolerance_s``; left out, that is 0.6 of the median spacing (an instant
    between two stored frames belongs to one of them, one past the end to none).
    """
    if len(times_s) == 0:
        return None
    if tolerance_s is None:
        tolerance_s = 0.6 * float(np.median(np.diff(times_s))) if len(times_s) > 1 else 1e-3
    after = int(np.searchsorted(times_s, time_s))
    near = [i for i in (after - 1, after) if 0 <= i < len(times_s)]
    best = min(near, key=lambda i: abs(times_s[i] - time_s))
    return best if abs(times_s[best] - time_s) <= tolerance_s + 1e-9 else None
