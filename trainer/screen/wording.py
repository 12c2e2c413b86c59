"""The screen's own words: names of zones that fit a narrow column, and what a gauge means."""

from __future__ import annotations

from math import isnan

ZONE_NAMES = {
    "hallux": "big toe", "lesser_toes": "small toes", "ball_medial": "inner ball", "ball_central": "mid ball",
    "ball_lateral": "outer ball", "arch_medial": "inner arch", "midfoot_central": "mid sole",
    "midfoot_lateral": "outer edge", "heel_medial": "inner heel", "heel_lateral": "outer heel", "toes_top": "toes",
    "forefoot_top": "forefoot", "instep": "instep", "ankle_medial": "inner ankle", "ankle_lateral": "outer ankle",
}  # fmt: skip

POSTURE_NAMES = {"thumb_hyperextended": "thumb bent back", "wrist_bent": "wrist bent"}

VIEW_NAMES = {"plantar": "sole", "dorsal": "top", "medial": "inner side", "lateral": "outer side"}

SLIGHT = 1.10
"""Up to this factor outside a preset is still "about right", as the coach's tolerance is."""
CLEAR = 1.35


def pace_words(rate: float, low: float, high: float) -> tuple[str, bool]:
    """How a rate stands to its preset, in words, and whether it is inside (tolerance included). NaN: no words."""
    if isnan(rate):
        return "", False
    if low <= rate <= high:
        return "good pace", True
    fast = rate > high
    factor = rate / high if fast else low / max(rate, 1e-9)
    word = "fast" if fast else "slow"
    if factor <= SLIGHT:
        return f"a touch {word}", True
    return (f"a little {word}" if factor <= CLEAR else f"too {word}"), False


def hold_words(held_s: float, shortest: float, longest: float) -> tuple[str, bool]:
    """The same for a static hold of so many seconds."""
    if isnan(held_s):
        return "", False
    if held_s < shortest:
        return "keep holding", True
    return ("good hold", True) if held_s <= longest else ("time to move on", False)


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
