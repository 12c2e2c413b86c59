"""What to take away from a session: what went well and the one thing to work on, said only as far as it was seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.model import Data
from trainer.score.figures.axis import clock, duration, share
from trainer.words.words import Words, load_words

MIN_CYCLES = 8
"""A rhythm is judged from this many cycles on."""
GOOD_SHARE, POOR_SHARE = 0.8, 0.6
STEADY_CV, UNEVEN_CV = 0.15, 0.3
MUCH_UNSEEN = 0.4
EVEN, UNEVEN_HANDS = 0.1, 0.2
"""How far from half the left hand's share may be to be called even, and from where on it is worth a word."""
DRIFT_PCT, DRIFT_AFTER_S = 20.0, 60.0

@dataclass(frozen=True)
class Takeaway:
    """Both lines; either may be None when nothing honest can be said."""

    went_well: str | None
    work_on: str | None


def takeaway(
    card: Data, names: Mapping[str, str], zone_names: Mapping[str, str], words: Words | None = None
) -> Takeaway:
    """The two lines of a scorecard. ``names`` and ``zone_names`` give ids their names for people, in the language of
    ``words`` (English when not given)."""
    say = _Sayings(words or load_words(), names, zone_names)
    if not [s for s in card["segments"] if s["technique"] != "rest"]:
        return Takeaway(None, _see_more(card, say) or say("nothing"))
    return Takeaway(_went_well(card, say), _work_on(card, say))


@dataclass(frozen=True)
class _Sayings:
    words: Words
    names: Mapping[str, str]
    zone_names: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.words.say("takeaway", key, **values)

    def within(self, technique: str) -> str:
        """A technique's name amid a sentence: German nouns keep their capital."""
        name = self.names[technique]
        return name if self.words.language == "de" else name.lower()

    def hand(self, side: str) -> str:
        return self.words.named("hand_words", side)


def _went_well(card: Data, say: _Sayings) -> str | None:
    judged = _judged(card)
    steady = [r for r in judged if r["interval_cv"] is not None and r["interval_cv"] <= STEADY_CV]
    in_band = [r for r in judged if (r["in_range_share"] or 0.0) >= GOOD_SHARE]
    both = [r for r in in_band if r in steady]
    if both:
        return _paced("steady_and_in_range", min(both, key=lambda r: float(r["interval_cv"])), say)
    if in_band:
        return _paced("in_range", max(in_band, key=lambda r: float(r["in_range_share"])), say)
    if steady:
        best = min(steady, key=lambda r: float(r["interval_cv"]))
        return say("steady", technique=say.names[best["technique"]], share=share(best["interval_cv"]))
    worked = card["coverage"]["worked_share"]
    if worked is not None and worked >= 0.7:
        return say("reached", share=share(worked))
    even = [r for r in judged if r["left_right_balance"] is not None and abs(r["left_right_balance"] - 0.5) <= EVEN]
    if even:
        return say("even_hands", technique=say.within(even[0]["technique"]))
    long_enough = card["duration_s"] >= 30 and card["unseen_s"] <= 0.2 * card["duration_s"]
    return say("no_strain") if long_enough and not card["posture"] else None


def _paced(key: str, rhythm: Data, say: _Sayings) -> str:
    return say(key, technique=say.names[rhythm["technique"]], share=share(rhythm["in_range_share"]), **_band(rhythm))


def _band(rhythm: Data) -> dict[str, str]:
    preset = rhythm["preset"]
    return {"low": f"{preset['low_per_min']:g}", "high": f"{preset['high_per_min']:g}"}


def _work_on(card: Data, say: _Sayings) -> str | None:
    judged = _judged(card)
    return (
        _see_more(card, say)
        or _strain(card, say)
        or _tempo(judged, say)
        or _steadiness(judged, say)
        or _untouched(card, say)
        or _hands(judged, say)
        or _drift(card, judged, say)
    )


def _judged(card: Data) -> list[Data]:
    """The rhythms long enough to judge, of techniques that have a rate at all."""
    return [r for r in card["rhythm"] if r.get("cycles", 0) >= MIN_CYCLES and r.get("preset")]


def _see_more(card: Data, say: _Sayings) -> str | None:
    if card["duration_s"] <= 0 or card["unseen_s"] < MUCH_UNSEEN * card["duration_s"]:
        return None
    blind = card["foot"]["unseen_s"] >= MUCH_UNSEEN * card["duration_s"]
    return say("see_foot" if blind else "see_hands", share=share(card["unseen_s"] / card["duration_s"]))


def _strain(card: Data, say: _Sayings) -> str | None:
    held = [p for p in card["posture"] if p["end_s"] - p["start_s"] >= 2.0]
    if not held:
        return None
    worst = max(held, key=lambda p: float(p["end_s"] - p["start_s"]))
    if worst["kind"] not in ("thumb_hyperextended", "wrist_bent"):
        return None
    total = sum(p["end_s"] - p["start_s"] for p in held if (p["kind"], p["hand"]) == (worst["kind"], worst["hand"]))
    first = min(p["start_s"] for p in held if p["kind"] == worst["kind"])
    return say(worst["kind"], hand=say.hand(worst["hand"]), seconds=duration(total), time=clock(first))


def _tempo(judged: list[Data], say: _Sayings) -> str | None:
    off = [r for r in judged if r["in_range_share"] is not None and r["in_range_share"] < POOR_SHARE]
    off = [r for r in off if r["rate_per_min"] is not None]
    if not off:
        return None
    worst = min(off, key=lambda r: float(r["in_range_share"]))
    low, high = worst["preset"]["low_per_min"], worst["preset"]["high_per_min"]
    rate, technique = worst["rate_per_min"], worst["technique"]
    if low <= rate <= high:
        return say("in_and_out", technique=say.within(technique), **_band(worst))
    key = "slower" if rate > high else "faster"
    return say(key, technique=say.names[technique], rate=f"{rate:.0f}", **_band(worst))


def _steadiness(judged: list[Data], say: _Sayings) -> str | None:
    uneven = [r for r in judged if r["interval_cv"] is not None and r["interval_cv"] > UNEVEN_CV]
    if not uneven:
        return None
    worst = max(uneven, key=lambda r: float(r["interval_cv"]))
    return say("uneven", technique=say.within(worst["technique"]), share=share(worst["interval_cv"]))


def _untouched(card: Data, say: _Sayings) -> str | None:
    coverage = card["coverage"]
    unseen = coverage["unseen_share"]
    if coverage["worked_share"] is None or coverage["worked_share"] < 0.2 or (unseen is not None and unseen > 0.1):
        return None
    bare = [say.zone_names.get(zone, zone) for zone, seconds in coverage["zones"].items() if seconds <= 0]
    if not bare or len(bare) > 4:
        return None
    listed = bare[0] if len(bare) == 1 else say("and", first=", ".join(bare[:-1]), last=bare[-1])
    return say("untouched_one" if len(bare) == 1 else "untouched_more", zones=listed)


def _hands(judged: list[Data], say: _Sayings) -> str | None:
    for rhythm in judged:
        balance = rhythm["left_right_balance"]
        if balance is not None and 0 < balance < 1 and abs(balance - 0.5) > UNEVEN_HANDS:
            lazy = "right" if balance > 0.5 else "left"
            part = share(1 - balance if balance > 0.5 else balance)
            return say("hand", hand=say.hand(lazy), technique=say.within(rhythm["technique"]), share=part)
    return None


def _drift(card: Data, judged: list[Data], say: _Sayings) -> str | None:
    if card["duration_s"] < DRIFT_AFTER_S:
        return None
    drifting = [r for r in judged if r["drift_pct_per_min"] is not None and abs(r["drift_pct_per_min"]) > DRIFT_PCT]
    if not drifting:
        return None
    worst = max(drifting, key=lambda r: abs(float(r["drift_pct_per_min"])))
    key = "became_faster" if worst["drift_pct_per_min"] > 0 else "became_slower"
    return say(key, technique=say.within(worst["technique"]), drift=f"{abs(worst['drift_pct_per_min']):.0f}")
