"""What the user wants to practise, out of the options of `trainer live`."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf
from pathlib import Path

from rich.console import Console
from rich.table import Table

from trainer.coach.practice import Plan
from trainer.coach.routine import Step, about, load_routine, shipped_routines, text_in
from trainer.coach.wish import Wish
from trainer.errors import FormatError, TrainerError
from trainer.foot import atlas
from trainer.library.teacher import plan_after
from trainer.strokes.techniques import REST, Technique, Techniques
from trainer.words.words import load_words


@dataclass(frozen=True)
class Wanted:
    """The options as given, one of ``routine``, ``drill``, ``teacher`` at most. ``tempo``: cycles a minute."""

    routine: str | None = None
    drill: str | None = None
    tempo: float | None = None
    zones: tuple[str, ...] = ()
    minutes: float | None = None
    blind: bool = False
    beat: bool = True
    teacher: Path | None = None


def plan_of(wanted: Wanted, techniques: Techniques, language: str) -> tuple[Plan, Wish | None]:
    """The plan, and what is wished for each zone where that isn't as usual. Raises TrainerError for what doesn't go
    together or isn't known."""
    if sum(one is not None for one in (wanted.routine, wanted.drill, wanted.teacher)) > 1:
        raise TrainerError("Expected one of --routine, --drill and --teacher, but got more: choose one.")
    if wanted.drill is None and (wanted.zones or wanted.minutes is not None):
        raise TrainerError("Expected --drill with --zone and --minutes: they say where and for how long to drill.")
    if wanted.routine is not None:
        routine = load_routine(wanted.routine, techniques)
        name = text_in(routine.name, language)
        return Plan("routine", name, routine.steps, wanted.blind, wanted.beat, wanted.tempo), None
    if wanted.drill is not None:
        return _drill(wanted, techniques, language), None
    if wanted.teacher is not None:
        name = load_words(language).say("practice", "teacher")
        return plan_after(wanted.teacher, techniques, name, blind=wanted.blind, beat=wanted.beat)
    return Plan("free", "", (), wanted.blind, wanted.beat, wanted.tempo), None


def _drill(wanted: Wanted, techniques: Techniques, language: str) -> Plan:
    technique = techniques.get(wanted.drill or "")
    if technique is None or technique.id == REST:
        known = ", ".join(name for name in techniques if name != REST)
        raise FormatError(f"Expected a technique to drill, but got '{wanted.drill}': use one of {known}.")
    for zone in wanted.zones:
        if zone not in atlas.ALL_ZONES:
            raise FormatError(f"Expected a zone, but got '{zone}': use one of {', '.join(atlas.ALL_ZONES)}.")
    if wanted.tempo is not None and technique.rate_range is None:
        raise TrainerError(f"Expected no --tempo with {technique.id}, which has none: leave it out.")
    seconds = inf if wanted.minutes is None else 60 * wanted.minutes
    rate = _rate(wanted, technique)
    name = load_words(language).named("techniques", technique.id, technique.name)
    return Plan("drill", name, (Step(technique.id, seconds, wanted.zones, rate),), wanted.blind, wanted.beat)


def _rate(wanted: Wanted, technique: Technique) -> tuple[float, float] | None:
    """A tempo given is what is aimed at, with a little room."""
    return technique.rate_range if wanted.tempo is None else about(wanted.tempo)


def show_routines(techniques: Techniques, language: str) -> None:
    """List the routines that come with the program."""
    table = Table(box=None, pad_edge=False)
    for head in ("id", "minutes", "steps", "what it is"):
        table.add_column(head, justify="right" if head in ("minutes", "steps") else "left")
    for name in shipped_routines():
        routine = load_routine(name, techniques)
        table.add_row(name, f"{routine.seconds / 60:.1f}", str(len(routine.steps)), text_in(routine.about, language))
    Console().print(table)
