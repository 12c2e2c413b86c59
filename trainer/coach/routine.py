"""Routines: what to practise, step by step. Data files that a teacher edits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from trainer.data_file import DataFile, is_number
from trainer.errors import FormatError
from trainer.foot import atlas
from trainer.model import SIDES, Side
from trainer.strokes.techniques import Techniques
from trainer.words.words import LANGUAGES

_KEYS = {"name", "about", "step"}
_STEP_KEYS = {"technique", "seconds", "zones", "rate_per_min", "foot", "note"}
_LONGEST_S = 3600.0

Text = Mapping[str, str]
"""One text in one or more languages, by code; under "" where it is the same in all."""


@dataclass(frozen=True)
class Step:
    """One technique for so many seconds of work (infinity: until it is left). ``zones`` to work, none: the whole foot;
    ``rate_per_min`` (low, high) in place of the technique's preset; ``foot`` the side, None: either."""

    technique: str
    seconds: float
    zones: tuple[str, ...] = ()
    rate_per_min: tuple[float, float] | None = None
    foot: Side | None = None
    note: Text = field(default_factory=dict)


@dataclass(frozen=True)
class Routine:
    """Steps in order; ``id`` is its file's name."""

    id: str
    name: Text
    about: Text
    steps: tuple[Step, ...]

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)


def text_in(text: Text, language: str) -> str:
    """A text in a language, else in English, else in whatever it is told in; empty when there is none."""
    for code in (language, "en", ""):
        if code in text:
            return text[code]
    return next(iter(text.values()), "")


def shipped_routines() -> dict[str, Traversable]:
    """The routines that come with the program, by id, in teaching order."""
    folder = resources.files(__package__).joinpath("routines")
    found = {p.name.removesuffix(".toml"): p for p in folder.iterdir() if p.name.endswith(".toml")}
    return {name: found[name] for name in sorted(found)}


def load_routine(name: str, techniques: Techniques) -> Routine:
    """A shipped routine by its id, or a file's. Raises FormatError naming file, line and what is allowed."""
    shipped = shipped_routines()
    if name in shipped:
        return read_routine(shipped[name], techniques)
    path = Path(name)
    if not path.is_file():
        raise FormatError(
            f"Expected a routine, but '{name}' is neither a file nor one of {', '.join(shipped)}."
        )
    return read_routine(path, techniques)


def read_routine(source: Path | Traversable, techniques: Techniques) -> Routine:
    """The routine in a file. Raises FormatError naming file, line and what is allowed."""
    file = DataFile(source, "a routine")
    for key in file.data:
        if key not in _KEYS:
            raise file.unknown_key((key,), _KEYS)
    steps = file.data.get("step")
    if not isinstance(steps, list) or not steps:
        raise file.wrong(("step",), "one or more tables [[step]]")
    return Routine(
        source.name.removesuffix(".toml"), _text(file, ("name",), required=True), _text(file, ("about",)),
        tuple(_step(file, number, techniques) for number in range(len(steps))),
    )  # fmt: skip


def _step(file: DataFile, number: int, techniques: Techniques) -> Step:
    at = ("step", number)
    table = file.at(at)
    if not isinstance(table, dict):
        raise file.wrong(at, "a table [[step]]")
    for key in table:
        if key not in _STEP_KEYS:
            raise file.unknown_key((*at, key), _STEP_KEYS)
    if not isinstance(table.get("technique"), str):
        raise file.wrong((*at, "technique"), "a technique's id")
    if table["technique"] not in techniques:
        raise file.unknown_word((*at, "technique"), techniques)
    seconds = table.get("seconds")
    if not (isinstance(seconds, int | float) and is_number(seconds) and 1 <= seconds <= _LONGEST_S):
        raise file.wrong((*at, "seconds"), f"a number of seconds from 1 to {_LONGEST_S:g}")
    foot = table.get("foot")
    if foot is not None and foot not in SIDES:
        raise file.wrong((*at, "foot"), "left or right")
    return Step(
        table["technique"], float(seconds), _zones(file, (*at, "zones")), _rate(file, (*at, "rate_per_min")), foot,
        _text(file, (*at, "note")),
    )  # fmt: skip


def _zones(file: DataFile, at: tuple[str | int, ...]) -> tuple[str, ...]:
    zones = file.at(at)
    if zones is None:
        return ()
    if not isinstance(zones, list) or not all(isinstance(zone, str) for zone in zones):
        raise file.wrong(at, "a list of zones")
    for number, zone in enumerate(zones):
        if zone not in atlas.ALL_ZONES:
            raise file.unknown_word((*at, number), atlas.ALL_ZONES)
    return tuple(zones)


def _rate(file: DataFile, at: tuple[str | int, ...]) -> tuple[float, float] | None:
    rate = file.at(at)
    if rate is None:
        return None
    if is_number(rate) and 0 < rate <= 600:
        return about(rate)
    if not (isinstance(rate, list) and len(rate) == 2 and all(map(is_number, rate)) and 0 < rate[0] <= rate[1] <= 600):
        raise file.wrong(at, "a number above 0, up to 600, or two of them [low, high]")
    return float(rate[0]), float(rate[1])


def about(rate_per_min: float) -> tuple[float, float]:
    """The band about one tempo: what is hardly told from it (Thomas 2007: 2 to 8 % in music)."""
    return 0.95 * rate_per_min, 1.05 * rate_per_min


def _text(file: DataFile, at: tuple[str | int, ...], required: bool = False) -> dict[str, str]:
    """A text, or a table of texts by language."""
    value = file.at(at)
    if value is None and not required:
        return {}
    if isinstance(value, str) and value.strip():
        return {"": value}
    if not isinstance(value, dict) or not value:
        raise file.wrong(at, f"a text, or a table of texts by language ({', '.join(LANGUAGES)})")
    for code, text in value.items():
        if code not in LANGUAGES:
            raise file.unknown_key((*at, code), LANGUAGES)
        if not isinstance(text, str) or not text.strip():
            raise file.wrong((*at, code), "a text")
    return dict(value)
