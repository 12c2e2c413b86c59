"""How numbers are told on the screen: what a gauge means, clocks and durations."""

from __future__ import annotations

from math import isnan

SLIGHT = 1.10
"""Up to this factor outside a preset is still "about right", as the coach's tolerance is."""
CLEAR = 1.35


def pace_words(rate: float, low: float, high: float) -> tuple[str, bool]:
    """How a rate stands to its preset (a key of the texts' table pace), and whether it is inside, tolerance included.
    NaN: no words."""
    if isnan(rate):
        return "", False
    if low <= rate <= high:
        return "good_pace", True
    fast = rate > high
    factor = rate / high if fast else low / max(rate, 1e-9)
    word = "fast" if fast else "slow"
    if factor <= SLIGHT:
        return f"touch_{word}", True
    return (f"little_{word}" if factor <= CLEAR else f"too_{word}"), False


def hold_words(held_s: float, shortest: float, longest: float) -> tuple[str, bool]:
    """The same for a static hold of so many seconds."""
    if isnan(held_s):
        return "", False
    if held_s < shortest:
        return "keep_holding", True
    return ("good_hold", True) if held_s <= longest else ("move_on", False)


def clock(time_s: float) -> str:
    """Minutes and seconds, hours when there are any: 02:14, 1:02:14."""
    seconds = int(max(time_s, 0.0))
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes:02d}:{seconds:02d}"


def duration(seconds: float) -> str:
    """Seconds in few letters: 0 s, 12 s, 3 min."""
    if isnan(seconds):
        return "–"
    return f"{seconds:.0f} s" if seconds < 99.5 else f"{seconds / 60:.0f} min"
