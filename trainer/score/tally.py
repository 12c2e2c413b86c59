"""Counts and errors frame by frame, so that the frames of any clips can be added up."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from trainer.model import Floats

Flags = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class FrameLog:
    """What T frames of one clip come to. ``counts``: name → (T,) count of each frame; ``errors``: name → (T, ...)
    errors, NaN where there is none; ``frame_s``: how long a frame lasts."""

    counts: dict[str, Floats]
    errors: dict[str, Floats]
    frame_s: float

    def tally(self, chosen: Flags | None = None) -> Tally:
        """The sums over the frames ``chosen`` (T,), or over all."""
        at = slice(None) if chosen is None else chosen
        counts = {name: float(values[at].sum()) for name, values in self.counts.items()}
        errors = {name: values[at][np.isfinite(values[at])] for name, values in self.errors.items()}
        return Tally(counts["frames"] * self.frame_s, counts, errors)


@dataclass(frozen=True, eq=False)
class Tally:
    """Sums over ``seconds`` of frames; ``errors``: name → (N,) every error."""

    seconds: float = 0.0
    counts: dict[str, float] = field(default_factory=dict)
    errors: dict[str, Floats] = field(default_factory=dict)


def total(tallies: Sequence[Tally]) -> Tally:
    """All tallies in one: each frame counts the same, whichever clip it comes from."""
    counts: dict[str, float] = {}
    errors: dict[str, list[Floats]] = {}
    for tally in tallies:
        for name, count in tally.counts.items():
            counts[name] = counts.get(name, 0.0) + count
        for name, values in tally.errors.items():
            errors.setdefault(name, []).append(values)
    return Tally(sum(t.seconds for t in tallies), counts, {name: np.concatenate(e) for name, e in errors.items()})


def share(part: float, whole: float) -> float:
    """NaN of nothing."""
    return part / whole if whole > 0 else math.nan


def quantile(values: ArrayLike, percent: float) -> float:
    """A percentile of what is known of the values; NaN when nothing is."""
    known = np.asarray(values, float)
    known = known[np.isfinite(known)]
    return float(np.percentile(known, percent)) if len(known) else math.nan
