"""The few figures of a session by which practice is followed over weeks, out of its scorecard. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from trainer.model import Data

LEAST_CYCLES = 8
"""A rhythm is followed from this many cycles on, as in the takeaway."""


@dataclass(frozen=True)
class TechniqueMeasures:
    """One technique in one session; each number is None where it can't be told. ``seconds`` of it; ``rate_per_min``;
    ``in_range_share`` of its intervals inside the preset; ``spread`` of its intervals (coefficient of variation)."""

    seconds: float
    rate_per_min: float | None = None
    in_range_share: float | None = None
    spread: float | None = None


@dataclass(frozen=True)
class Measures:
    """One session. ``steadiness`` is 1 - the spread of all rhythms that can be judged, ``in_range_share`` of their
    intervals inside their presets, both weighted by cycles; ``worked_share`` of the maps' cells; ``unseen_share`` of
    the session; ``strained_s`` seconds of joints held badly; ``cues`` how many corrections were given."""

    duration_s: float
    worked_s: float
    in_range_share: float | None
    steadiness: float | None
    worked_share: float | None
    unseen_share: float | None
    strained_s: float
    cues: int
    techniques: dict[str, TechniqueMeasures] = field(default_factory=dict)


PRAISE = ("good_rhythm", "better", "care")
"""Kinds of cues that correct nothing."""


def measures_of(card: Data) -> Measures:
    """The measures in a scorecard."""
    judged = [r for r in card["rhythm"] if (r.get("cycles") or 0) >= LEAST_CYCLES]
    seconds: dict[str, float] = {}
    for segment in card["segments"]:
        if segment["technique"] != "rest":
            seconds[segment["technique"]] = (
                seconds.get(segment["technique"], 0.0) + segment["end_s"] - segment["start_s"]
            )
    rhythms = {r["technique"]: r for r in judged}
    spread = _mean(judged, "interval_cv")
    return Measures(
        duration_s=card["duration_s"],
        worked_s=sum(seconds.values()),
        in_range_share=_mean(judged, "in_range_share"),
        steadiness=None if spread is None else max(1 - spread, 0.0),
        worked_share=card["coverage"]["worked_share"],
        unseen_share=card["unseen_s"] / card["duration_s"] if card["duration_s"] > 0 else None,
        strained_s=sum(p["end_s"] - p["start_s"] for p in card["posture"]),
        cues=sum(cue["kind"] not in PRAISE for cue in card["cues"]),
        techniques={name: TechniqueMeasures(seconds[name], *_told(rhythms.get(name, {}))) for name in seconds},
    )


def _told(rhythm: Data) -> tuple[float | None, float | None, float | None]:
    return rhythm.get("rate_per_min"), rhythm.get("in_range_share"), rhythm.get("interval_cv")


def _mean(rhythms: list[Data], key: str) -> float | None:
    """The mean of a figure over rhythms that have it, weighted by their cycles."""
    known = [(r["cycles"], r[key]) for r in rhythms if r.get(key) is not None]
    total = sum(cycles for cycles, _ in known)
    return sum(cycles * value for cycles, value in known) / total if total else None
