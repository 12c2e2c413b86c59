"""A recorded session as the model: its order, its tempo and its map are what a learner is measured against."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from trainer.coach.practice import Plan
from trainer.coach.routine import Step
from trainer.coach.wish import Wish
from trainer.errors import TrainerError
from trainer.foot import atlas
from trainer.model import Data
from trainer.score.against_plan import LEAST_S
from trainer.score.scorecard import read_scorecard, zone_seconds_of
from trainer.strokes.techniques import REST, Techniques

BAND = 0.10
"""A learner may be so much faster or slower than the model."""
_LEAST_CYCLES = 4
_LEAST_SHARE = 0.25
"""Of a step's time a zone must be touched to be one of the step's."""
_LEAST_ZONE_S = 1.0


def plan_after(session: Path, techniques: Techniques, name: str, *, blind: bool, beat: bool) -> tuple[Plan, Wish]:
    """The plan and the wished seconds of each zone, after a session's folder or scorecard. Raises TrainerError."""
    path = session / "scorecard.json" if session.is_dir() else session
    card = read_scorecard(path)
    steps = steps_of(card, techniques)
    if not steps:
        raise TrainerError(
            f"Expected a session with strokes of {LEAST_S:g} s and more to practise after, but '{path}' tells of none."
        )
    return Plan("teacher", name, tuple(steps), blind, beat), wish_of(card, name)


def steps_of(card: Data, techniques: Techniques) -> list[Step]:
    """The session's strokes as steps: of one technique each, at its tempo, in the zones where it was."""
    done = [s for s in card["segments"] if s["technique"] in techniques and s["technique"] != REST]
    visits = [v for part in (card["coverage"], *card["other_maps"]) for v in part["visits"]]
    steps = []
    for technique, group in groupby(done, key=lambda segment: str(segment["technique"])):
        stretches = list(group)
        seconds = sum(s["end_s"] - s["start_s"] for s in stretches)
        if seconds >= LEAST_S:
            known = techniques[technique].rate_range is not None
            rate = _rate(stretches) if known else None
            steps.append(Step(technique, seconds, _zones(stretches, visits, seconds), rate, card["foot"]["side"]))
    return steps


def wish_of(card: Data, name: str) -> Wish:
    """As many seconds for each zone as the session gave it."""
    given = zone_seconds_of(card).items()
    return Wish(name, {zone: value for zone, value in given if zone in atlas.ALL_ZONES and value >= _LEAST_ZONE_S})


def _rate(stretches: Sequence[Data]) -> tuple[float, float] | None:
    """The tempo of the session there, with some room; None where it can't be told."""
    rates = [(len(s["cycles_s"]), s["rate_per_min"]) for s in stretches if s["rate_per_min"] is not None]
    rates = [(n, rate) for n, rate in rates if n >= _LEAST_CYCLES]
    if not rates:
        return None
    rate = sum(n * r for n, r in rates) / sum(n for n, _ in rates)
    return rate * (1 - BAND), rate * (1 + BAND)


def _zones(stretches: Sequence[Data], visits: Sequence[Data], seconds: float) -> tuple[str, ...]:
    touched: dict[str, float] = {}
    for stretch in stretches:
        for visit in visits:
            both = min(visit["end_s"], stretch["end_s"]) - max(visit["start_s"], stretch["start_s"])
            if both > 0 and visit["zone"] in atlas.ALL_ZONES:
                touched[visit["zone"]] = touched.get(visit["zone"], 0.0) + both
    return tuple(zone for zone in atlas.ALL_ZONES if touched.get(zone, 0.0) >= _LEAST_SHARE * seconds)
