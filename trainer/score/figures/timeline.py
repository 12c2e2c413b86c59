"""The timeline: one lane per technique, and what was not sure or could not be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from trainer.model import Data
from trainer.score.figures.axis import Tick, clock, duration, percent, time_ticks

_UNSEEN = {"foot": "the foot", "hands": "a working hand", "both": "foot and hand"}


@dataclass(frozen=True)
class Bar:
    """A stretch on a lane: ``left`` and ``width`` in per cent, ``tip`` says it in words."""

    left: float
    width: float
    tip: str
    weak: bool = False


@dataclass(frozen=True)
class Lane:
    """One row. ``kind`` is ``stroke``, ``not-sure``, ``unseen`` or ``posture``; ``total`` its time in words."""

    name: str
    kind: str
    bars: tuple[Bar, ...]
    total: str


@dataclass(frozen=True)
class Mark:
    """A cue: its number in the list, and its place in per cent."""

    number: int
    at: float
    tip: str


@dataclass(frozen=True)
class Timeline:
    """Everything that the timeline shows."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    cues: tuple[Mark, ...]


def timeline(card: Data, names: Mapping[str, str]) -> Timeline:
    """The timeline of a scorecard; ``names`` gives techniques their names for people."""
    end_s = max(float(card["duration_s"]), 1e-6)
    lanes = [_stroke_lane(technique, card, names, end_s) for technique in techniques_in(card)]
    lanes += [
        _span_lane("Not sure", "not-sure", card.get("not_sure", []), end_s, "not sure which technique"),
        _span_lane("Could not be seen", "unseen", card.get("unseen", []), end_s, "could not be seen"),
    ]
    cues = tuple(
        Mark(i, percent(cue["time_s"], 0, end_s), f"{clock(cue['time_s'])} {cue['text']}")
        for i, cue in enumerate(card["cues"], 1)
    )
    return Timeline(tuple(lanes), tuple(time_ticks(0.0, end_s)), cues)


def techniques_in(card: Data) -> list[str]:
    """The techniques of a scorecard's segments in order of first appearance, without rest."""
    return [t for t in dict.fromkeys(s["technique"] for s in card["segments"]) if t != "rest"]


def _stroke_lane(technique: str, card: Data, names: Mapping[str, str], end_s: float) -> Lane:
    segments = [s for s in card["segments"] if s["technique"] == technique]
    bars = tuple(
        _bar(s["start_s"], s["end_s"], end_s, _stroke_tip(s, names), weak=(s["confidence"] or 0.0) < 0.5)
        for s in segments
    )
    total = sum(s["end_s"] - s["start_s"] for s in segments)
    return Lane(names[technique], "stroke", bars, duration(total))


def _stroke_tip(segment: Data, names: Mapping[str, str]) -> str:
    hands = " and ".join(segment["hands"])
    parts = [names[segment["technique"]], f"{clock(segment['start_s'])}–{clock(segment['end_s'])}"]
    parts += [f"{hands} hand{'s' if len(segment['hands']) > 1 else ''}"] if hands else []
    if segment["rate_per_min"] is not None:
        parts.append(f"{segment['rate_per_min']:.0f} a minute")
    if segment["confidence"] is not None:
        parts.append(f"confidence {segment['confidence']:.0%}")
    return ", ".join(parts)


def _span_lane(name: str, kind: str, spans: list[Data], end_s: float, words: str) -> Lane:
    bars = []
    for span in spans:
        what = f"{_UNSEEN[span['what']]} " if "what" in span else ""
        tip = f"{clock(span['start_s'])}–{clock(span['end_s'])}: {what}{words}"
        bars.append(_bar(span["start_s"], span["end_s"], end_s, tip))
    return Lane(name, kind, tuple(bars), duration(sum(s["end_s"] - s["start_s"] for s in spans)))


def _bar(start_s: float, stop_s: float, end_s: float, tip: str, *, weak: bool = False) -> Bar:
    left = percent(start_s, 0, end_s)
    return Bar(left, round(percent(stop_s, 0, end_s) - left, 3), tip, weak)
