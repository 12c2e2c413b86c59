"""What a coach could say at one instant: pure rules from a situation to proposals, the most useful one first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from trainer.coach.practice import Lesson
from trainer.coach.wish import MOST_UNWATCHED, unwatched_share
from trainer.foot import atlas
from trainer.model import Coverage, Foot, PostureFinding, Side
from trainer.rhythm import live_spread
from trainer.strokes.techniques import REST, Technique, Techniques

TEMPO_TOLERANCE = 0.10
"""Rates up to this share outside the band pass ("bandwidth" feedback)."""
SPREAD_LIMIT = 0.25
"""Intervals that spread by more than this share of their mean are uneven; trained hands keep under 0.1."""
RELIABLE = 0.4
"""Up to this spread the rate of the last repetitions is their tempo."""
COVERAGE_AFTER_S = 30.0
"""Untouched zones are not mentioned before this much work: nobody starts everywhere at once."""
PERSIST_S = 3.0
"""A fault must last this long before it is worth a word."""
WRIST_S = 3.0
"""A wrist must be bent for so long: where the forearm comes from is seen less surely than a thumb's joints."""
TEMPO_S = 2.0
"""Likewise of the tempo, which is told from the last seconds already."""


@dataclass(frozen=True, eq=False)
class Situation:
    """What the coach judges by, at one instant. ``technique`` is what is seen (None: rest, or not sure); ``cycles`` the
    last repetitions with their hands, in order; ``worked_s`` seconds of work so far; ``touched`` the zones being
    touched."""

    time_s: float
    foot: Foot
    technique: Technique | None
    rate_per_min: float
    cycles: tuple[tuple[float, Side], ...]
    coverage: Coverage
    posture: tuple[PostureFinding, ...]
    hand_lost: bool
    worked_s: float = 0.0
    next_zone: str | None = None
    touched: frozenset[str] = frozenset()
    lesson: Lesson | None = None


@dataclass(frozen=True)
class Proposal:
    """A cue that could be given once it has held for ``persist_s``. ``skill``: of which it is a correction, None for
    what isn't practised. ``values`` fill its text, ``why`` the reason; zones, techniques and feet are ids there."""

    kind: str
    persist_s: float
    skill: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    why: Mapping[str, Any] = field(default_factory=dict)


def proposals(now: Situation, techniques: Techniques) -> Iterator[Proposal]:
    """All corrections that the situation asks for."""
    if not now.foot.seen:
        yield Proposal("foot_unseen", PERSIST_S)
        return
    if now.hand_lost:
        yield Proposal("hand_unseen", 2 * PERSIST_S)
    for finding in now.posture:
        joint = "thumbs" if finding.kind == "thumb_hyperextended" else "wrists"
        lasted = finding.end_s - finding.start_s
        if joint == "wrists" and lasted < WRIST_S:
            continue
        why = {"degrees": round(finding.worst_deg), "seconds": f"{lasted:.1f}"}
        yield Proposal(finding.kind, 0.0, "joints", {"joint": (joint, finding.hand)}, why)
    if now.lesson is None or now.lesson.working:
        yield from _asked(now, techniques)
        goal = goal_of(now)
        if goal is not None:
            yield from _tempo(now, goal)
        yield from _place(now)
    if now.technique is not None:
        # It can wait until there is nothing else to say.
        yield Proposal("care", PERSIST_S)


def goal_of(now: Situation) -> Technique | None:
    """The technique at work, at the tempo that the step asks for; None where another one is asked for."""
    step = now.lesson.step if now.lesson is not None else None
    if now.technique is None or step is None:
        return now.technique
    if now.technique.id != step.technique:
        return None
    return now.technique if step.rate_per_min is None else replace(now.technique, rate_range=step.rate_per_min)


def in_band(now: Situation) -> bool | None:
    """Whether tempo and evenness are both good; None where they can't be told."""
    goal = goal_of(now)
    if goal is None or goal.rate_range is None or not isfinite(now.rate_per_min):
        return None
    spread = live_spread(now.cycles, goal)
    if not isfinite(spread):
        return None
    low, high = goal.rate_range
    return low * (1 - TEMPO_TOLERANCE) <= now.rate_per_min <= high * (1 + TEMPO_TOLERANCE) and spread < SPREAD_LIMIT / 2


def untouched_zones(coverage: Coverage) -> tuple[str, ...]:
    """Zones that were watched and not worked, largest first; a zone that couldn't be seen is not among them."""
    grid = atlas.grid_zones(coverage.view)
    found = [
        (int((grid == index).sum()), name)
        for index, name in enumerate(atlas.zones(coverage.view))
        if coverage.zone_seconds.get(name, 0.0) < 0.5 and unwatched_share(coverage, name) < MOST_UNWATCHED
    ]
    return tuple(name for _, name in sorted(found, reverse=True))


def _asked(now: Situation, techniques: Techniques) -> Iterator[Proposal]:
    """What a step asks for and isn't done."""
    step = now.lesson.step if now.lesson is not None else None
    if step is None:
        return
    if step.foot is not None and now.foot.side != step.foot:
        yield Proposal("other_foot", PERSIST_S, None, {"foot": ("feet", step.foot)},
                       {"foot": ("feet", step.foot), "seen": ("feet", now.foot.side)})  # fmt: skip
    if now.technique is not None and now.technique.id != step.technique and step.technique != REST:
        wanted = techniques[step.technique].id
        yield Proposal(
            "other_technique", 2 * PERSIST_S, "order", {"technique": ("techniques", wanted), "how": ("how", wanted)},
            {"technique": ("techniques", wanted), "seen": ("techniques", now.technique.id)},
        )  # fmt: skip


def _tempo(now: Situation, goal: Technique) -> Iterator[Proposal]:
    if goal.rate_range is None:
        # Of holds nothing is said: when each began isn't seen well enough.
        return
    low, high = goal.rate_range
    rate = now.rate_per_min
    band = {"rate": round(rate) if isfinite(rate) else None, "low": round(low), "high": round(high)}
    spread = live_spread(now.cycles, goal)
    # Of repetitions that are stamped all anyhow, or too few, nobody knows the tempo.
    known = live_spread(now.cycles, goal, least=3) < RELIABLE
    if known and rate > high * (1 + TEMPO_TOLERANCE):
        yield Proposal("slower", TEMPO_S, "tempo", {"rate": _round(high, low, high)}, band)
    elif known and rate < low * (1 - TEMPO_TOLERANCE):
        yield Proposal("faster", TEMPO_S, "tempo", {"rate": _round(low, low, high)}, band)
    if spread > SPREAD_LIMIT:
        yield Proposal("steadier", PERSIST_S, "evenness", {},
                       {"spread": round(100 * spread), "most": round(100 * SPREAD_LIMIT)})  # fmt: skip


def _place(now: Situation) -> Iterator[Proposal]:
    step = now.lesson.step if now.lesson is not None else None
    if step is not None and step.zones:
        here = [zone for zone in step.zones if zone in now.coverage.zone_seconds]
        if here and now.touched and not now.touched & set(step.zones):
            yield Proposal("step_zone", 2 * PERSIST_S, "place", {"zone": ("zones", here[0])})
        return
    if now.technique is None or now.worked_s < COVERAGE_AFTER_S or step is not None:
        return
    untouched = untouched_zones(now.coverage)
    if untouched and len(untouched) < len(now.coverage.zone_seconds):
        # What the screen shows as next is what is asked for.
        zone = now.next_zone if now.next_zone in untouched else untouched[0]
        lasted = {"seconds": round(now.worked_s)}
        yield Proposal("zone_untouched", PERSIST_S, "place", {"zone": ("zones", zone)}, lasted)


def _round(rate: float, low: float, high: float) -> int:
    """A tempo people can keep in mind, inside the band: to the nearest 5 a minute from 30 up."""
    if rate < 30:
        return round(rate)
    near = int(5 * round(rate / 5))
    return near if low <= near <= high else round(rate)
