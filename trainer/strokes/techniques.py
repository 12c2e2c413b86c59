"""The techniques and their presets, read from a data file that a teacher can overwrite in part.

Ids and figures are those of the domain's table: published tempos contradict each other, so each preset is a
range with its source, and "none found" where there is none.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from trainer.data_file import DataFile, is_number
from trainer.errors import FormatError
from trainer.strokes.parts import PARTS

REST = "rest"
NO_SOURCE = "none found"

_KEYS = {
    "name": "a short text", "how": "a text", "contact": "a text",
    "parts": f"a list out of {', '.join(PARTS)}",
    "parts_on_top": f"a list out of {', '.join(PARTS)}", "contact_share": "a number above 0, up to 1",
    "both_hands": "true or false",
    "cycle": "a text",
    "rate_per_min": "two numbers [low, high], 0 < low < high <= 1200",
    "other_rates": "a list of {name, rate_per_min, source}",
    "hold_s": "two numbers [shortest, longest], in seconds",
    "typical_hold_s": "a number of seconds", "cycles_per_set": "two whole numbers [fewest, most]",
    "source": "a text", "alternating": "true or false",
}  # fmt: skip
_REQUIRED = ("name", "how", "contact", "parts", "cycle", "source", "alternating")


@dataclass(frozen=True)
class Preset:
    """A range of rates, in cycles per minute, and where it comes from."""

    name: str
    rate_per_min: tuple[float, float]
    source: str


@dataclass(frozen=True)
class Technique:
    """One technique. ``parts`` of the hand touch the foot, ``parts_on_top`` those on the top of the foot where they
    differ; ``contact_share`` of the time the hand is on the skin; ``both_hands`` always take part.

    ``rate_range`` is (low, high) cycles per minute, None where a rate makes no sense; ``hold_s`` (shortest,
    longest) seconds of a hold, None for what isn't held; ``presets`` begins with ``rate_range`` itself.
    """

    id: str
    name: str
    how: str
    contact: str
    parts: tuple[str, ...]
    cycle: str
    source: str
    alternating: bool
    parts_on_top: tuple[str, ...] = ()
    contact_share: float = 1.0
    both_hands: bool = False
    rate_range: tuple[float, float] | None = None
    presets: tuple[Preset, ...] = ()
    hold_s: tuple[float, float] | None = None
    typical_hold_s: float | None = None
    cycles_per_set: tuple[int, int] | None = None


Techniques = dict[str, Technique]


def load_techniques(path: Path | str | None = None) -> Techniques:
    """Technique id → Technique in teaching order, ``rest`` last; ``path`` names a file that overrides parts, and may
    tell of techniques of a school's own.

    Raises FormatError, naming file, key and allowed values, when the file can't be read or holds something else.
    """
    shipped = DataFile(resources.files(__package__).joinpath("techniques.toml"), "the techniques")
    techniques = {key: _technique(key, shipped) for key in shipped.data}
    if path is None:
        return techniques
    file = DataFile(Path(path), "a readable techniques file")
    rest = techniques.pop(REST)
    for key, table in file.data.items():
        if key == REST:
            rest = _overridden(rest, file)
        elif key in techniques:
            techniques[key] = _overridden(techniques[key], file)
        elif isinstance(table, dict) and set(_REQUIRED) <= set(table):
            techniques[key] = _technique(key, file)
        else:
            raise FormatError(
                f"{file.where((key,))}: unknown technique '{key}'{_guess(key, [*techniques, REST])}; one of your own "
                f"needs {', '.join(_REQUIRED)}."
            )
    return {**techniques, REST: rest}


def _technique(key: str, file: DataFile) -> Technique:
    table = file.data[key]
    missing = [k for k in _REQUIRED if not isinstance(table, dict) or k not in table]
    if missing:
        raise FormatError(f"{file.where((key,))}: [{key}] lacks {', '.join(missing)}.")
    return _overridden(Technique(key, "", "", "", (), "", NO_SOURCE, False), file)


def _overridden(old: Technique, file: DataFile) -> Technique:
    table = file.data[old.id]
    if not isinstance(table, dict):
        raise FormatError(f"{file.where((old.id,))}: '{old.id}' must be a table like [{old.id}], got {table!r}.")
    for key in table:
        if key not in _KEYS:
            where = file.where((old.id, key))
            raise FormatError(f"{where}: [{old.id}] has an unknown key '{key}'{_guess(key, list(_KEYS))}.")
    read = _Reader(table, old.id, file)
    new = replace(
        old,
        name=read.text("name", old.name), how=read.text("how", old.how),
        contact=read.text("contact", old.contact),
        cycle=read.text("cycle", old.cycle), alternating=read.flag("alternating", old.alternating),
        parts=read.parts("parts", old.parts), parts_on_top=read.parts("parts_on_top", old.parts_on_top),
        contact_share=read.share("contact_share", old.contact_share),
        both_hands=read.flag("both_hands", old.both_hands),
        rate_range=read.span("rate_per_min", old.rate_range, 1200),
        hold_s=read.span("hold_s", old.hold_s, 3600),
        typical_hold_s=read.seconds("typical_hold_s", old.typical_hold_s),
        cycles_per_set=read.counts("cycles_per_set", old.cycles_per_set),
        # A rate of the teacher's own doesn't inherit the source of the rate it replaces.
        source=read.text("source", NO_SOURCE if "rate_per_min" in table or "hold_s" in table else old.source),
    )  # fmt: skip
    others = read.others(old.presets[1:])
    own = (Preset("usual", new.rate_range, new.source),) if new.rate_range else ()
    return replace(new, presets=own + others)


@dataclass(frozen=True)
class _Reader:
    table: dict[str, Any]
    id: str
    file: DataFile

    def fail(self, key: str) -> FormatError:
        where = f"{self.file.where((self.id, key))}: [{self.id}] {key}"
        return FormatError(f"{where}: expected {_KEYS[key]}, got {self.table[key]!r}.")

    def text(self, key: str, default: str) -> str:
        value = self.table.get(key, default)
        if not isinstance(value, str) or (key == "name" and key in self.table and not value.strip()):
            raise self.fail(key)
        return value

    def flag(self, key: str, default: bool) -> bool:
        value = self.table.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(key)
        return value

    def seconds(self, key: str, default: float | None) -> float | None:
        value = self.table.get(key, default)
        if value is not None and not (is_number(value) and value > 0):
            raise self.fail(key)
        return None if value is None else float(value)

    def span(self, key: str, default: tuple[float, float] | None, most: float) -> tuple[float, float] | None:
        if key not in self.table:
            return default
        span = _span(self.table[key], most)
        if span is None:
            raise self.fail(key)
        return span

    def counts(self, key: str, default: tuple[int, int] | None) -> tuple[int, int] | None:
        if key not in self.table:
            return default
        value = self.table[key]
        if not (isinstance(value, list) and len(value) == 2 and all(type(v) is int for v in value)):
            raise self.fail(key)
        if not 0 < value[0] <= value[1]:
            raise self.fail(key)
        return value[0], value[1]

    def share(self, key: str, default: float) -> float:
        value = self.table.get(key, default)
        if not (is_number(value) and 0 < value <= 1):
            raise self.fail(key)
        return float(value)

    def parts(self, key: str, default: tuple[str, ...]) -> tuple[str, ...]:
        value = self.table.get(key, list(default))
        if not isinstance(value, list) or any(v not in PARTS for v in value):
            raise self.fail(key)
        return tuple(value)

    def others(self, default: tuple[Preset, ...]) -> tuple[Preset, ...]:
        if "other_rates" not in self.table:
            return default
        value = self.table["other_rates"]
        if not isinstance(value, list):
            raise self.fail("other_rates")
        found = []
        for item in value:
            span = _span(item.get("rate_per_min"), 1200) if isinstance(item, dict) else None
            if span is None or not isinstance(item.get("name"), str):
                raise self.fail("other_rates")
            found.append(Preset(item["name"], span, str(item.get("source", NO_SOURCE))))
        return tuple(found)


def _span(value: Any, most: float) -> tuple[float, float] | None:
    if not (isinstance(value, list) and len(value) == 2 and all(is_number(v) for v in value)):
        return None
    low, high = float(value[0]), float(value[1])
    return (low, high) if 0 < low < high <= most else None


def _guess(word: str, known: list[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1)
    return f": did you mean '{close[0]}'?" if close else f": use one of {', '.join(known)}"
