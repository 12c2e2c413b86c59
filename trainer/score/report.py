"""The report of a session: one HTML file that needs nothing else, made from a scorecard."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from trainer.files import write_text
from trainer.html import templates_of
from trainer.model import Data
from trainer.score.figures.axis import clock, duration, share
from trainer.score.figures.foot import foot_figures
from trainer.score.figures.rhythm import curves, has_rhythm
from trainer.score.figures.timeline import techniques_in, timeline
from trainer.score.takeaway import takeaway
from trainer.strokes.techniques import load_techniques
from trainer.words.words import load_words

VIEW_NAMES = {
    "plantar": "sole",
    "dorsal": "top of the foot",
    "medial": "inner side of the foot",
    "lateral": "outer side of the foot",
}
POSTURE_NAMES = {"thumb_hyperextended": "Thumb bent back", "wrist_bent": "Wrist sharply bent"}

MOST_HOLDS = 10
"""Stretches of a technique without a curve that are written out."""


class Picture(Protocol):
    """A still of the overlay: JPEG bytes, its time, and a technique's id (or any words, or nothing) as caption."""

    @property
    def time_s(self) -> float: ...
    @property
    def jpeg(self) -> bytes: ...
    @property
    def caption(self) -> str: ...


@dataclass(frozen=True)
class Figure:
    """A picture ready for the page."""

    source: str
    clock: str
    caption: str


def write_report(
    path: Path | str,
    card: Data,
    pictures: Sequence[Picture] = (),
    *,
    names: Mapping[str, str] | None = None,
    day: date | None = None,
) -> None:
    """Write the report of ``card``, whole or not at all. Raises WriteError. See ``render_report``."""
    write_text(path, render_report(card, pictures, names=names, day=day))


def render_report(
    card: Data,
    pictures: Sequence[Picture] = (),
    *,
    names: Mapping[str, str] | None = None,
    day: date | None = None,
) -> str:
    """The report as HTML. ``names`` gives techniques' ids their names (default: the shipped ones); ``day`` is the day
    of scoring (default: today)."""
    named = _names(card, names or {})
    zone_names = {zone: _capital(name) for zone, name in load_words().tables["zones"].items()}
    small_zone_names = load_words().tables["zones"]
    day = day or date.today()
    return str(
        _template().render(
            card=card,
            day=f"{day.day} {day:%B %Y}",
            feet=foot_figures(card, zone_names),
            view_names=VIEW_NAMES,
            timeline=timeline(card, named),
            curves=curves(card, named, without=_held()),
            holds=_holds(card, named),
            takeaway=takeaway(card, named, small_zone_names),
            pictures=[_figure(picture, named) for picture in pictures],
            postures=[_posture(finding) for finding in card["posture"]],
            names=named,
            strokes=[s for s in card["segments"] if s["technique"] != "rest"],
            seen_share=_part(card["unseen_s"], card["duration_s"]),
            not_sure_share=_part(card.get("abstained_s", 0.0), card["duration_s"]),
            worked_s=sum(s["end_s"] - s["start_s"] for s in card["segments"] if s["technique"] != "rest"),
            made=_flat({k: v for k, v in card["provenance"].items() if k not in ("versions", "model_hashes")}),
        )
    )


def _names(card: Data, given: Mapping[str, str]) -> dict[str, str]:
    shipped = {technique.id: technique.name for technique in load_techniques().values()}
    used = {item["technique"] for key in ("segments", "rhythm") for item in card[key]}
    return shipped | {t: t.replace("_", " ").capitalize() for t in used - shipped.keys()} | dict(given)


@dataclass(frozen=True)
class Hold:
    """A technique without a rhythm curve: when it was done and how long, the first few times, and why no curve."""

    name: str
    stretches: tuple[str, ...]
    more: int
    note: str


def _holds(card: Data, names: Mapping[str, str]) -> list[Hold]:
    held = _held()
    rows = []
    for technique in techniques_in(card):
        segments = _of(card, technique)
        if technique in held:
            shortest, longest = held[technique]
            note = f"a hold: {shortest:g} to {longest:g} s are taught"
        elif not has_rhythm(segments):
            note = "too few cycles for a rhythm"
        else:
            continue
        stretches = [f"{clock(s['start_s'])} for {duration(s['end_s'] - s['start_s'])}" for s in segments]
        rows.append(Hold(names[technique], tuple(stretches[:MOST_HOLDS]), max(len(stretches) - MOST_HOLDS, 0), note))
    return rows


def _held() -> dict[str, tuple[float, float]]:
    """Techniques that are held rather than repeated, with the seconds that are taught."""
    return {t.id: t.hold_s for t in load_techniques().values() if t.hold_s and not t.rate_range}


def _of(card: Data, technique: str) -> list[Data]:
    return [s for s in card["segments"] if s["technique"] == technique]


def _figure(picture: Picture, names: Mapping[str, str]) -> Figure:
    data = base64.b64encode(picture.jpeg).decode("ascii")
    return Figure(f"data:image/jpeg;base64,{data}", clock(picture.time_s), names.get(picture.caption, picture.caption))


def _posture(finding: Data) -> dict[str, str]:
    kind = finding["kind"]
    worst = finding["worst_deg"]
    return {
        "what": POSTURE_NAMES.get(kind, _capital(kind.replace("_", " "))),
        "hand": finding["hand"],
        "when": f"{clock(finding['start_s'])}–{clock(finding['end_s'])}",
        "long": duration(finding["end_s"] - finding["start_s"]),
        "worst": "–" if worst is None else f"about {worst:.0f}°",
    }


def _part(seconds: float, of: float) -> str:
    return share(seconds / of) if of > 0 else "–"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _flat(settings: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Nested settings as (dotted key, text) rows."""
    if not isinstance(settings, Mapping):
        return [(prefix, "–" if settings is None else str(settings))]
    rows = [_flat(value, f"{prefix}.{key}" if prefix else str(key)) for key, value in settings.items()]
    return [pair for part in rows for pair in part]


@cache
def _template() -> Any:
    known = {"clock": clock, "duration": duration, "share": share}
    return templates_of("trainer.score", **known).get_template("report.html.j2")
