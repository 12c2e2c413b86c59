"""How near a session came to the plan that it was to follow: a routine, a drill, or a teacher's session. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from math import isfinite

from trainer.coach.practice import Plan
from trainer.model import Data
from trainer.score.metrics import edit_score
from trainer.strokes.techniques import REST

LEAST_S = 4.0
"""A stretch of one technique shorter than this is no step of its own."""


def practised(plan: Plan, card: Data, zone_seconds: Mapping[str, float]) -> Data:
    """The plan, and each share (0 to 1, None where it can't be told) in which a scorecard's session is like it.

    ``order_alike``: 1 - the normalised edit distance of the techniques' order (Lea et al. 2016), stretches under
    LEAST_S dropped. ``tempo_alike``: of the time of strokes whose tempo is known and asked for, what was in its band.
    ``map_alike``: of the seconds that a teacher's session gave to zones, those that this one gave to the same.
    """
    return {
        "mode": plan.mode,
        "name": plan.name,
        "blind": plan.blind,
        "beat_per_min": plan.beat_per_min,
        "steps": [
            {
                "technique": step.technique, "seconds": step.seconds if isfinite(step.seconds) else None,
                "zones": list(step.zones), "rate_per_min": list(step.rate_per_min) if step.rate_per_min else None,
                "foot": step.foot,
            }
            for step in plan.steps
        ],
        "order_alike": _order(plan, card["segments"]) if len(plan.steps) > 1 else None,
        "tempo_alike": _tempo(plan, card["segments"]),
        "map_alike": _map(zone_seconds, card["wish"]["zones"]) if plan.mode == "teacher" and "wish" in card else None,
    }  # fmt: skip


def bands_of(card: Data) -> dict[str, tuple[float, float]]:
    """The tempo asked for of each technique, where the plan in a scorecard asks for one alone."""
    found: dict[str, set[tuple[float, float]]] = {}
    for step in card.get("practice", {}).get("steps", []):
        if step["rate_per_min"] is not None:
            found.setdefault(step["technique"], set()).add((step["rate_per_min"][0], step["rate_per_min"][1]))
    return {technique: next(iter(bands)) for technique, bands in found.items() if len(bands) == 1}


def _order(plan: Plan, segments: Iterable[Data]) -> float:
    done = [s for s in segments if s["technique"] != REST]
    long = [
        technique
        for technique, stretches in groupby(done, key=lambda s: str(s["technique"]))
        if sum(s["end_s"] - s["start_s"] for s in stretches) >= LEAST_S
    ]
    own, asked = ([name for name, _ in groupby(names)] for names in (long, (step.technique for step in plan.steps)))
    return edit_score(own, asked)


def _tempo(plan: Plan, segments: Iterable[Data]) -> float | None:
    bands: dict[str, list[tuple[float, float]]] = {}
    for step in plan.steps:
        if step.rate_per_min is not None:
            bands.setdefault(step.technique, []).append(step.rate_per_min)
    good = told = 0.0
    for s in segments:
        if s["technique"] in bands and s["rate_per_min"] is not None and isfinite(s["rate_per_min"]):
            seconds = s["end_s"] - s["start_s"]
            told += seconds
            good += seconds * any(low <= s["rate_per_min"] <= high for low, high in bands[s["technique"]])
    return good / told if told > 0 else None


def _map(own: Mapping[str, float], wished: Mapping[str, float]) -> float | None:
    total = sum(wished.values())
    return sum(min(own.get(zone, 0.0), seconds) for zone, seconds in wished.items()) / total if total > 0 else None
