"""Time axes and times in words."""

from __future__ import annotations

import math
from dataclasses import dataclass

NBSP = "\N{NO-BREAK SPACE}"

_STEPS_S = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400)


@dataclass(frozen=True)
class Tick:
    """A mark on an axis: ``at`` is its place in per cent, ``text`` its label."""

    at: float
    text: str


def clock(time_s: float, *, tenths: bool = False) -> str:
    """``1:02:03``, ``2:03`` or, with tenths, ``2:03.4``."""
    scale = 10 if tenths else 1
    whole = math.floor(max(time_s, 0.0) * scale + 1e-6)
    seconds, rest = divmod(whole, scale)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    text = f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"
    return f"{text}.{rest}" if tenths else text


def duration(seconds: float) -> str:
    """A length of time in words: ``0.4 s``, ``12 s``, ``3 min 20 s``, ``1 h 5 min``; ``–`` where unknown."""
    if not math.isfinite(seconds):
        return "–"
    if seconds < 9.95:
        text = f"{seconds:.1f} s".replace("0.0 s", "0 s")
    elif round(seconds) < 60:
        text = f"{round(seconds)} s"
    elif round(seconds) < 3600:
        minutes, rest = divmod(round(seconds), 60)
        text = f"{minutes} min {rest} s" if rest else f"{minutes} min"
    else:
        hours, minutes = divmod(round(seconds / 60), 60)
        text = f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return text.replace(" ", NBSP)


def share(value: float | None) -> str:
    """A share as per cent; ``–`` where unknown, and never 0 % or 100 % for what isn't quite."""
    if value is None or not math.isfinite(value):
        return "–"
    if 0 < value < 0.01:
        return f"<{NBSP}1{NBSP}%"
    if 0.99 < value < 1:
        return f">{NBSP}99{NBSP}%"
    return f"{value * 100:.0f}{NBSP}%"


def time_ticks(start_s: float, end_s: float, most: int = 7) -> list[Tick]:
    """At most ``most`` ticks at round times within [start_s, end_s]."""
    length = end_s - start_s
    if length <= 0:
        return []
    step = next((s for s in _STEPS_S if length / s <= most), _STEPS_S[-1] * math.ceil(length / most / _STEPS_S[-1]))
    first = math.ceil(start_s / step - 1e-9)
    last = math.floor(end_s / step + 1e-9)
    return [Tick(percent(k * step, start_s, end_s), clock(k * step, tenths=step < 1)) for k in range(first, last + 1)]


def percent(value: float, start: float, end: float) -> float:
    """Place of ``value`` between ``start`` and ``end`` in per cent, kept within 0–100."""
    if end <= start:
        return 0.0
    return round(min(max((value - start) / (end - start), 0.0), 1.0) * 100, 3)


def nice_ceiling(value: float) -> float:
    """The smallest of 1, 1.5, 2, 3, 4, 5, 6, 8 × 10ⁿ that isn't below ``value``; 1 for nothing."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(m * power for m in (1, 1.5, 2, 3, 4, 5, 6, 8, 10) if m * power >= value * (1 - 1e-9))
