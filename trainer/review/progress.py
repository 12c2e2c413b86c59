"""How a student is getting on, out of the measures of the sessions so far. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from trainer.library.measures import Measures

LATELY = timedelta(days=7)
_LAST = 3
"""So many sessions say how it is going now."""
_LOW_TEMPO, _LOW_REACH, _FALL = 0.5, 0.6, 0.15
MOST_POINTS = 20

Practised = Sequence[tuple[datetime, Measures]]
"""Sessions with their figures, in order of time."""


@dataclass(frozen=True)
class Progress:
    """``week_s`` seconds of practice in the last seven days; ``in_range`` and ``worked`` the means of the last three
    sessions, None where they can't be told; ``trend`` the shares in the preset of the last sessions, the oldest first;
    ``needs`` why somebody should look, "" where nothing asks for it: "never", "rests", "tempo", "reach" or "falls"."""

    sessions: int
    last: datetime | None
    week_s: float
    in_range: float | None
    worked: float | None
    trend: tuple[float, ...]
    needs: str


def progress_of(practised: Practised, now: datetime) -> Progress:
    """What the sessions up to ``now`` say."""
    if not practised:
        return Progress(0, None, 0.0, None, None, (), "never")
    last = practised[-1][0]
    tempo = [m.in_range_share for _, m in practised if m.in_range_share is not None]
    reach = [m.worked_share for _, m in practised if m.worked_share is not None]
    in_range, worked = (float(np.mean(part[-_LAST:])) if part else None for part in (tempo, reach))
    return Progress(
        len(practised), last, sum(m.duration_s for at, m in practised if now - at <= LATELY), in_range, worked,
        tuple(tempo[-MOST_POINTS:]), _needs(last, now, tempo, in_range, worked),
    )  # fmt: skip


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
