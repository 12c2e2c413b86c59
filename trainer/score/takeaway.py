"""What to take away from a session: what went well and the one thing to work on, said only as far as it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.model import Data
from trainer.score.figures.axis import clock, duration, share

MIN_CYCLES = 8
"""A rhythm is judged from this many cycles on."""
GOOD_SHARE, POOR_SHARE = 0.8, 0.6
STEADY_CV, UNEVEN_CV = 0.15, 0.3
MUCH_UNSEEN = 0.4
EVEN, UNEVEN_HANDS = 0.1, 0.2
"""How far from half the left hand's share may be to be called even, and from where on it is worth a word."""
DRIFT_PCT, DRIFT_AFTER_S = 20.0, 60.0

_JOINTS = {
    "thumb_hyperextended": ("thumb was bent back", "keep its end joint slightly bent"),
    "wrist_bent": ("wrist was bent", "bring it in line with the forearm"),
}


@dataclass(frozen=True)
class Takeaway:
    """Both lines; either may be None when nothing honest can be said."""

    went_well: str | None
    work_on: str | None


def takeaway(card: Data, names: Mapping[str, str], zone_names: Mapping[str, str]) -> Takeaway:
    """The two lines of a scorecard. ``names`` and ``zone_names`` give ids their names for people."""
    if not [s for s in card["segments"] if s["technique"] != "rest"]:
        return Takeaway(None, _see_more(card) or "No stroke was recognised: see below what was seen of the session.")
    return Takeaway(_went_well(card, names), _work_on(card, names, zone_names))


def _went_well(card: Data, names: Mapping[str, str]) -> str | None:
    judged = _judged(card)
    steady = [r for r in judged if r["interval_cv"] is not None and r["interval_cv"] <= STEADY_CV]
    in_band = [r for r in judged if (r["in_range_share"] or 0.0) >= GOOD_SHARE]
    both = [r for r in in_band if r in steady]
    if both:
        best = min(both, key=lambda r: float(r["interval_cv"]))
        return f"{names[best['technique']]} was steady and at a good pace: {_pace(best)}."
    if in_band:
        best = max(in_band, key=lambda r: float(r["in_range_share"]))
        return f"{names[best['technique']]} kept a good pace: {_pace(best)}."
    if steady:
        best = min(steady, key=lambda r: float(r["interval_cv"]))
        spread = share(best["interval_cv"])
        return f"{names[best['technique']]} had a steady beat: its intervals spread by only {spread}."
    worked = card["coverage"]["worked_share"]
    if worked is not None and worked >= 0.7:
        return f"Most of the foot was reached: {share(worked)} of what the map shows."
    even = [r for r in judged if r["left_right_balance"] is not None and abs(r["left_right_balance"] - 0.5) <= EVEN]
    if even:
        return f"Both hands took an even part in {names[even[0]['technique']].lower()}."
    long_enough = card["duration_s"] >= 30 and card["unseen_s"] <= 0.2 * card["duration_s"]
    if long_enough and not card["posture"]:
        return "Thumbs and wrists: nothing strained was seen."
    return None


def _work_on(card: Data, names: Mapping[str, str], zone_names: Mapping[str, str]) -> str | None:
    judged = _judged(card)
    return (
        _see_more(card)
        or _strain(card)
        or _tempo(judged, names)
        or _steadiness(judged, names)
        or _untouched(card, zone_names)
        or _hands(judged, names)
        or _drift(card, judged, names)
    )


def _judged(card: Data) -> list[Data]:
    """The rhythms long enough to judge, of techniques that have a rate at all."""
    return [r for r in card["rhythm"] if r.get("cycles", 0) >= MIN_CYCLES and r.get("preset")]


def _see_more(card: Data) -> str | None:
    if card["duration_s"] <= 0 or card["unseen_s"] < MUCH_UNSEEN * card["duration_s"]:
        return None
    blind = card["foot"]["unseen_s"] >= MUCH_UNSEEN * card["duration_s"]
    what = "the whole foot in the picture" if blind else "both hands turned a little towards the camera"
    seen = share(card["unseen_s"] / card["duration_s"])
    return f"Film it so that more can be seen: for {seen} of the time too little was. Keep {what}."


def _strain(card: Data) -> str | None:
    held = [p for p in card["posture"] if p["end_s"] - p["start_s"] >= 2.0]
    if not held:
        return None
    worst = max(held, key=lambda p: float(p["end_s"] - p["start_s"]))
    if worst["kind"] not in _JOINTS:
        return None
    what, instead = _JOINTS[worst["kind"]]
    total = sum(p["end_s"] - p["start_s"] for p in held if (p["kind"], p["hand"]) == (worst["kind"], worst["hand"]))
    return (
        f"Spare your joints: the {worst['hand']} {what} for {duration(total)}, "
        f"first at {clock(min(p['start_s'] for p in held if p['kind'] == worst['kind']))}. {instead.capitalize()}."
    )


def _tempo(judged: list[Data], names: Mapping[str, str]) -> str | None:
    off = [r for r in judged if r["in_range_share"] is not None and r["in_range_share"] < POOR_SHARE]
    off = [r for r in off if r["rate_per_min"] is not None]
    if not off:
        return None
    worst = min(off, key=lambda r: float(r["in_range_share"]))
    low, high = worst["preset"]["low_per_min"], worst["preset"]["high_per_min"]
    rate, name = worst["rate_per_min"], names[worst["technique"]]
    if rate > high:
        return f"{name} slower: it went at {rate:.0f} a minute, the preset is {low:g} to {high:g}."
    if rate < low:
        return f"{name} faster: it went at {rate:.0f} a minute, the preset is {low:g} to {high:g}."
    return f"Keep {name.lower()} between {low:g} and {high:g} a minute: it left that band time and again."


def _steadiness(judged: list[Data], names: Mapping[str, str]) -> str | None:
    uneven = [r for r in judged if r["interval_cv"] is not None and r["interval_cv"] > UNEVEN_CV]
    if not uneven:
        return None
    worst = max(uneven, key=lambda r: float(r["interval_cv"]))
    spread = share(worst["interval_cv"])
    return f"Find an even beat in {names[worst['technique']].lower()}: its intervals spread by {spread}."


def _untouched(card: Data, zone_names: Mapping[str, str]) -> str | None:
    coverage = card["coverage"]
    unseen = coverage["unseen_share"]
    if coverage["worked_share"] is None or coverage["worked_share"] < 0.2 or (unseen is not None and unseen > 0.1):
        return None
    bare = [zone_names.get(zone, zone) for zone, seconds in coverage["zones"].items() if seconds <= 0]
    if not bare or len(bare) > 4:
        return None
    listed = bare[0] if len(bare) == 1 else f"{', '.join(bare[:-1])} and {bare[-1]}"
    return f"Reach the whole foot: {listed} {'was' if len(bare) == 1 else 'were'} not touched."


def _hands(judged: list[Data], names: Mapping[str, str]) -> str | None:
    for rhythm in judged:
        balance = rhythm["left_right_balance"]
        if balance is not None and 0 < balance < 1 and abs(balance - 0.5) > UNEVEN_HANDS:
            lazy = "right" if balance > 0.5 else "left"
            part = share(1 - balance if balance > 0.5 else balance)
            name = names[rhythm["technique"]].lower()
            return f"Let the {lazy} hand do its part in {name}: it took only {part} of the cycles."
    return None


def _drift(card: Data, judged: list[Data], names: Mapping[str, str]) -> str | None:
    if card["duration_s"] < DRIFT_AFTER_S:
        return None
    drifting = [r for r in judged if r["drift_pct_per_min"] is not None and abs(r["drift_pct_per_min"]) > DRIFT_PCT]
    if not drifting:
        return None
    worst = max(drifting, key=lambda r: abs(float(r["drift_pct_per_min"])))
    way = "faster" if worst["drift_pct_per_min"] > 0 else "slower"
    name, drift = names[worst["technique"]], abs(worst["drift_pct_per_min"])
    return f"Keep the pace of {name.lower()}: it became {way} by {drift:.0f} % a minute."


def _pace(rhythm: Data) -> str:
    preset = rhythm["preset"]
    band = f"{preset['low_per_min']:g} to {preset['high_per_min']:g}"
    return f"{share(rhythm['in_range_share'])} of its intervals lay within {band} a minute"
