"""The scorecard: everything a person is told about a session, as plain data.

Built from the pipeline's results, checked against the JSON Schema (draft 2020-12) ``scorecard.schema.json``
when it is written and when it is read. Numbers that could not be known are null, never 0. Nothing in it is a
pressure.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np

from trainer import coverage as places
from trainer.coach.practice import Plan
from trainer.coach.wish import Wish
from trainer.errors import FormatError
from trainer.files import write_text
from trainer.foot import atlas
from trainer.model import Coverage, Cue, Data, Floats, PostureFinding, Rhythm, Side, Stroke, View
from trainer.rhythm import rhythm_of
from trainer.score.against_plan import practised
from trainer.strokes.techniques import Technique, load_techniques

SCHEMA_ID = "foot-massage-scorecard/1"
SCHEMA_PATH = Path(__file__).with_name("scorecard.schema.json")

_TYPE_NAMES = {"object": "an object", "array": "a list", "integer": "a whole number", "null": "null"}

Unseen = Literal["foot", "hands", "both"]


class VideoFacts(Protocol):
    """What a scorecard keeps of a video; ``trainer.video.source.VideoInfo`` is one."""

    @property
    def name(self) -> str: ...
    @property
    def width(self) -> int: ...
    @property
    def height(self) -> int: ...
    @property
    def fps(self) -> float | None: ...


@dataclass(frozen=True)
class FootFacts:
    """The worked foot of a session. ``length_given`` is false when ``length_mm`` is the default."""

    side: Side
    view: View
    length_mm: float
    length_given: bool
    unseen_s: float


@dataclass(frozen=True)
class Span:
    """A stretch of time in seconds. ``what`` says, of an unseen one, what was not seen."""

    start_s: float
    end_s: float
    what: Unseen | None = None


@dataclass(frozen=True)
class Extras:
    """What a scorecard may hold beyond the fixed keys.

    ``not_sure`` are the spans in which the recogniser abstained; what strokes turned out to cover is taken out.
    ``techniques`` gives the preset that each rhythm was held against; ``discomfort_s`` are the moments at which the
    person massaged felt discomfort, as somebody marked them; ``wish`` is what was wished for each zone; ``refined`` are
    the strokes looked back upon; ``plan`` is what was to be practised, where anything in particular was.
    """

    unseen: Sequence[Span] = ()
    not_sure: Sequence[Span] = ()
    techniques: Mapping[str, Technique] = field(default_factory=dict)
    judged: Literal["causal", "offline"] = "causal"
    discomfort_s: Sequence[float] = ()
    wish: Wish | None = None
    refined: Sequence[Stroke] | None = None
    plan: Plan | None = None


def build_scorecard(
    *,
    video: VideoFacts,
    sha256: str | None,
    duration_s: float,
    unseen_s: float,
    foot: FootFacts,
    strokes: Iterable[Stroke],
    rhythm: Iterable[Rhythm],
    coverage: Sequence[Coverage],
    posture: Iterable[PostureFinding],
    cues: Iterable[Cue],
    provenance: Mapping[str, Any],
    extras: Extras | None = None,
) -> Data:
    """A scorecard from a session's results, checked. Raises FormatError when they can't make a valid one.

    ``coverage`` are all maps, the most important first. ``sha256`` is None for a camera. ``provenance`` holds
    ``versions`` {name: version}, ``model_hashes`` {file: sha256} and ``settings``. A segment's rate is reckoned as the
    rhythm's is.
    """
    extras = extras or Extras()
    known = extras.techniques or load_techniques()
    strokes = sorted(strokes, key=lambda s: (s.start_s, s.end_s))
    not_sure = _outside(extras.not_sure, strokes)
    main, *others = coverage
    card: Data = {
        "schema": SCHEMA_ID,
        "video": {
            "name": video.name, "sha256": sha256, "width": video.width, "height": video.height,
            "fps": video.fps,
        },
        "duration_s": duration_s,
        "unseen_s": unseen_s,
        "abstained_s": sum(span.end_s - span.start_s for span in not_sure),
        "pass": extras.judged,
        "unseen": [_span(span) for span in extras.unseen],
        "not_sure": [_span(span) for span in not_sure],
        "foot": {
            "side": foot.side, "view": foot.view, "length_mm": foot.length_mm,
            "length_given": foot.length_given, "unseen_s": foot.unseen_s,
        },
        "segments": [_segment(stroke, known.get(stroke.technique)) for stroke in strokes],
        **({"refined": [_bounds(stroke) for stroke in extras.refined]} if extras.refined is not None else {}),
        "rhythm": [_rhythm(item, extras.techniques.get(item.technique)) for item in rhythm],
        "coverage": _coverage(main),
        "other_maps": [_coverage(other) for other in others],
        **({"wish": {"name": extras.wish.name, "zones": extras.wish.zone_seconds}} if extras.wish else {}),
        "posture": [
            {"kind": p.kind, "hand": p.hand, "start_s": p.start_s, "end_s": p.end_s, "worst_deg": p.worst_deg}
            for p in posture
        ],
        "cues": [{"time_s": cue.time_s, "kind": cue.kind, "text": cue.text, "why": cue.why} for cue in cues],
        "discomfort_s": list(extras.discomfort_s),
        "provenance": dict(provenance),
    }  # fmt: skip
    if extras.plan is not None:
        card["practice"] = practised(extras.plan, card, zone_seconds_of(card))
    plain: Data = to_plain(card)
    check(plain, "the scorecard")
    return plain


def strokes_of(card: Data) -> tuple[Stroke, ...]:
    """The strokes that a scorecard tells of."""
    return tuple(
        Stroke(
            s["technique"], s["start_s"], s["end_s"], tuple(s["hands"]), s["confidence"], tuple(s["cycles_s"]),
            tuple(s.get("cycle_sides", ())),
        )
        for s in card["segments"]
    )  # fmt: skip


def to_plain(value: Any) -> Any:
    """``value`` as JSON knows it: arrays become lists, numbers are rounded to a tenth of a millisecond, NaN
    is null.
    """
    if isinstance(value, np.ndarray):
        return to_plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (bool, int, str)) or value is None:
        return value
    if isinstance(value, np.generic):
        return to_plain(value.item())
    if isinstance(value, float):
        return round(value, 4) if math.isfinite(value) else None
    return str(value)


def write_scorecard(path: Path | str, card: Data) -> None:
    """Check ``card`` and write it as JSON, whole or not at all. Raises FormatError, WriteError."""
    check(card, "the scorecard")
    write_text(path, dumps(card) + "\n")


def read_scorecard(path: Path | str) -> Data:
    """The checked scorecard in ``path``. Raises FormatError (file, key, what was expected)."""
    path = Path(path)
    try:
        card = json.loads(path.read_text("utf-8"), parse_constant=_refuse)
    except FileNotFoundError:
        raise FormatError(f"Expected a scorecard at '{path}', but there is none: score the video first.") from None
    except OSError as error:
        raise FormatError(f"Expected a scorecard at '{path}', but it can't be read: {error.strerror}.") from None
    except ValueError as error:
        raise FormatError(f"Expected a scorecard (JSON) in '{path}', but it isn't JSON: {error}.") from None
    check(card, f"'{path}'")
    return dict(card)


def check(card: Any, where: str) -> None:
    """Raise a FormatError that names ``where``, the key and what was expected, if ``card`` is not a
    scorecard.
    """
    from jsonschema.exceptions import best_match

    error = best_match(_validator().iter_errors(card))
    if error is None:
        return
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        raise FormatError(f"Expected '{_key([*error.absolute_path, missing[0]])}' in {where}, but it is missing.")
    got = json.dumps(error.instance, ensure_ascii=False, default=str)
    got = got if len(got) <= 60 else f"{got[:57]}..."
    raise FormatError(f"Expected {_wanted(error)} at '{_key(error.absolute_path)}' in {where}, but got {got}.")


def dumps(value: Any, indent: str = "") -> str:
    """``value`` as JSON for people: one key per line, lists of numbers on one line, UTF-8, no NaN."""
    deeper = indent + "  "
    if isinstance(value, dict) and value:
        lines = (f"{deeper}{json.dumps(key, ensure_ascii=False)}: {dumps(item, deeper)}" for key, item in value.items())
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    if isinstance(value, list) and any(isinstance(item, (dict, list)) for item in value):
        return "[\n" + ",\n".join(f"{deeper}{dumps(item, deeper)}" for item in value) + f"\n{indent}]"
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def grid_of(part: Data, key: Literal["grid_seconds", "grid_passes", "grid_unseen_s"] = "grid_seconds") -> Floats:
    """(64, 32) cells of one of a scorecard's maps, NaN where null or where the map holds no such grid."""
    grid = part.get(key)
    if grid is None:
        return np.full(atlas.GRID, np.nan)
    return np.array([[np.nan if cell is None else cell for cell in row] for row in grid], float)


def zone_seconds_of(card: Data) -> dict[str, float]:
    """Seconds of work in each zone of all maps; of a zone that both feet have, those of the foot where it got more."""
    seconds: dict[str, float] = {}
    for part in (card["coverage"], *card["other_maps"]):
        for zone, value in part["zones"].items():
            seconds[zone] = max(seconds.get(zone, 0.0), float(value or 0.0))
    return seconds


def coverages_of(card: Data) -> tuple[Coverage, ...]:
    """All maps that a scorecard tells of, the main one first."""
    return tuple(_map_of(part, card["foot"]["side"]) for part in (card["coverage"], *card.get("other_maps", [])))


def _map_of(part: Data, side: Side) -> Coverage:
    return Coverage(
        view=part["view"], side=part.get("side", side), grid_seconds=grid_of(part),
        grid_unseen_s=grid_of(part, "grid_unseen_s"), grid_passes=grid_of(part, "grid_passes"),
        zone_seconds=dict(part["zones"]), technique_zone_seconds=dict(part.get("technique_zones", {})),
        visits=tuple((v["zone"], v["start_s"], v["end_s"]) for v in part.get("visits", [])),
        watched_s=float(part.get("watched_s", math.nan)), unseen_s=float(part.get("unseen_s", math.nan)),
    )  # fmt: skip


def _coverage(coverage: Coverage) -> Data:
    return {
        "view": coverage.view,
        "side": coverage.side,
        "zones": {zone: coverage.zone_seconds.get(zone, 0.0) for zone in atlas.zones(coverage.view)},
        "technique_zones": coverage.technique_zone_seconds,
        "visits": [{"zone": zone, "start_s": start_s, "end_s": end_s} for zone, start_s, end_s in coverage.visits],
        "grid_seconds": coverage.grid_seconds,
        "grid_passes": coverage.grid_passes,
        "grid_unseen_s": coverage.grid_unseen_s,
        "worked_share": places.worked_share(coverage),
        "unseen_share": places.unseen_share(coverage),
        "watched_s": coverage.watched_s,
        "unseen_s": coverage.unseen_s,
    }


def _outside(spans: Iterable[Span], strokes: Sequence[Stroke]) -> list[Span]:
    """What of the spans no stroke covers: a stroke's first moments were not sure when they happened, but are now."""
    left: list[Span] = []
    for span in spans:
        start_s = span.start_s
        for stroke in strokes:
            if stroke.end_s > start_s and stroke.start_s < span.end_s:
                left.append(Span(start_s, stroke.start_s))
                start_s = stroke.end_s
        left.append(Span(start_s, span.end_s))
    return [span for span in left if span.end_s - span.start_s > 1e-3]


def _segment(stroke: Stroke, technique: Technique | None) -> Data:
    order = sorted(range(len(stroke.cycles_s)), key=lambda i: stroke.cycles_s[i])
    sides = [stroke.cycle_sides[i] for i in order] if len(stroke.cycle_sides) == len(order) else []
    return {
        "technique": stroke.technique, "start_s": stroke.start_s, "end_s": stroke.end_s,
        "hands": list(dict.fromkeys(stroke.hands)), "confidence": stroke.confidence,
        "rate_per_min": rhythm_of([stroke], technique).rate_per_min if technique else math.nan,
        "cycles_s": [stroke.cycles_s[i] for i in order], "cycle_sides": sides,
    }  # fmt: skip


def _bounds(stroke: Stroke) -> Data:
    return {"technique": stroke.technique, "start_s": stroke.start_s, "end_s": stroke.end_s}


def _rhythm(rhythm: Rhythm, technique: Technique | None) -> Data:
    preset = technique.presets[0] if technique and technique.presets else None
    band = preset and {
        "name": preset.name,
        "low_per_min": preset.rate_per_min[0],
        "high_per_min": preset.rate_per_min[1],
        "source": preset.source,
    }
    return {
        "technique": rhythm.technique, "rate_per_min": rhythm.rate_per_min, "interval_cv": rhythm.interval_cv,
        "drift_pct_per_min": rhythm.drift_pct_per_min, "in_range_share": rhythm.in_range_share,
        "left_right_balance": rhythm.left_right_balance, "cycles": rhythm.cycles, "pauses": rhythm.pauses,
        "preset": band,
    }  # fmt: skip


def _span(span: Span) -> Data:
    plain: Data = {"start_s": span.start_s, "end_s": span.end_s}
    return plain if span.what is None else {**plain, "what": span.what}


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(json.loads(SCHEMA_PATH.read_text("utf-8")))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} isn't allowed, missing numbers are null")


def _key(path: Iterable[str | int]) -> str:
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".") or "(the whole file)"


def _wanted(error: Any) -> str:
    rule, value = error.validator, error.validator_value
    if rule == "type":
        names = [value] if isinstance(value, str) else value
        return " or ".join(_TYPE_NAMES.get(name, f"a {name}") for name in names)
    words = {
        "const": "{!r}", "enum": "one of {}", "minimum": "at least {}", "maximum": "at most {}",
        "exclusiveMinimum": "more than {}", "pattern": "text like {}", "minItems": "at least {} items",
        "maxItems": "at most {} items", "minLength": "text of at least {} characters",
    }  # fmt: skip
    return words[rule].format(value) if rule in words else f"{rule} {value}"
