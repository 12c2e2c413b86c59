"""How a student is getting on, out of the measures of the sessions so far. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from trainer.library.measures import Measures

LATELY = timedelta(days=7)
_LAST = 3
"""So many sessions say how it is going now."""
_LOW_TEMPO, _LOW_REACH, _FALL = 0.5, 0.6, 0.15
_WHOLE_FOOT_S = 45.0
"""In less time nobody gets around a foot, so that a short drill says nothing of reach."""
MOST_POINTS = 20
TRENDS = ("in_range_share", "steadiness", "worked_share")
"""The measures that are followed: shares, of which more is better."""

Practised = Sequence[tuple[datetime, Measures]]
"""Sessions with their figures, in order of time."""


@dataclass(frozen=True)
class Progress:
    """``week_s`` seconds of practice in the last seven days; ``means`` of the last three sessions in which each of
    TRENDS could be told, None where it never could; ``trends`` its values in the last sessions, the oldest first;
    ``needs`` why somebody should look, "" where nothing asks for it: "never", "rests", "tempo", "reach" or "falls"."""

    sessions: int
    last: datetime | None
    week_s: float
    means: Mapping[str, float | None]
    trends: Mapping[str, tuple[float, ...]]
    needs: str


def progress_of(practised: Practised, now: datetime) -> Progress:
    """What the sessions up to ``now`` say."""
    if not practised:
        return Progress(0, None, 0.0, dict.fromkeys(TRENDS), dict.fromkeys(TRENDS, ()), "never")
    last = practised[-1][0]
    told = {name: [value for _, m in practised if (value := _told(m, name)) is not None] for name in TRENDS}
    means = {name: float(np.mean(values[-_LAST:])) if values else None for name, values in told.items()}
    return Progress(
        len(practised), last, sum(m.duration_s for at, m in practised if now - at <= LATELY), means,
        {name: tuple(values[-MOST_POINTS:]) for name, values in told.items()},
        _needs(last, now, told["in_range_share"], means["in_range_share"], means["worked_share"]),
    )  # fmt: skip


def _told(measures: Measures, name: str) -> float | None:
    if name == "worked_share" and measures.duration_s < _WHOLE_FOOT_S:
        return None
    value: float | None = getattr(measures, name)
    return value


def _needs(
    last: datetime, now: datetime, tempo: Sequence[float], in_range: float | None, worked: float | None
) -> str:
    if now - last > LATELY:
        return "rests"
    if in_range is not None and in_range < _LOW_TEMPO:
        return "tempo"
    if worked is not None and worked < _LOW_REACH:
        return "reach"
    if len(tempo) >= 2 * _LAST and np.mean(tempo[-2 * _LAST : -_LAST]) - np.mean(tempo[-_LAST:]) > _FALL:
        return "falls"
    return ""
