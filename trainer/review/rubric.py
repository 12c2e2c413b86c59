"""What an instructor grades by, and the grades: the student's own beside the instructor's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from sqlalchemy import delete, select

from trainer.data_file import DataFile
from trainer.errors import FormatError
from trainer.library.database import Database
from trainer.review.log import note
from trainer.review.tables import GradeRow
from trainer.words.words import LANGUAGES

Grader = Literal["student", "instructor"]
GRADERS: tuple[Grader, ...] = ("student", "instructor")
_KEYS = ("id", "name", "about", "levels")
_ID = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


@dataclass(frozen=True)
class Criterion:
    """One thing that is graded; ``levels`` from the lowest to the highest, in words."""

    id: str
    name: str
    about: str
    levels: tuple[str, ...]


@dataclass(frozen=True)
class Rubric:
    name: str
    criteria: tuple[Criterion, ...]


def load_rubric(path: Path | Traversable | None = None) -> Rubric:
    """The shipped rubric, or a school's own. Raises FormatError naming file, line and what is allowed."""
    file = DataFile(path or resources.files(__package__).joinpath("rubric.toml"), "a rubric")
    for key in file.data:
        if key not in ("name", "criterion"):
            raise file.unknown_key((key,), ("name", "criterion"))
    tables = file.data.get("criterion")
    if not isinstance(tables, list) or not tables:
        raise file.wrong(("criterion",), "one or more tables [[criterion]]")
    criteria = tuple(_criterion(file, number) for number in range(len(tables)))
    for number, criterion in enumerate(criteria):
        if criterion.id in [c.id for c in criteria[:number]]:
            raise file.wrong(("criterion", number, "id"), "an id of its own")
    return Rubric(_text(file, ("name",)), criteria)


def load_rubrics(path: Path | None = None) -> dict[str, Rubric]:
    """By language: the shipped ones, or a school's own in all of them. Raises FormatError."""
    if path is not None:
        return dict.fromkeys(LANGUAGES, load_rubric(path))
    places = {language: f"rubric.{language}.toml" for language in LANGUAGES} | {"en": "rubric.toml"}
    return {k: load_rubric(resources.files(__package__).joinpath(name)) for k, name in places.items()}


def _criterion(file: DataFile, number: int) -> Criterion:
    at = ("criterion", number)
    table = file.at(at)
    if not isinstance(table, dict):
        raise file.wrong(at, "a table [[criterion]]")
    for key in table:
        if key not in _KEYS:
            raise file.unknown_key((*at, key), _KEYS)
    name = file.at((*at, "id"))
    if not isinstance(name, str) or not _ID.match(name):
        raise file.wrong((*at, "id"), "an id of small letters")
    levels = file.at((*at, "levels"))
    if not isinstance(levels, list) or not 2 <= len(levels) <= 6 or not all(isinstance(x, str) and x for x in levels):
        raise file.wrong((*at, "levels"), "a list of two to six texts")
    about = table.get("about", "")
    if not isinstance(about, str):
        raise file.wrong((*at, "about"), "a text")
    return Criterion(name, _text(file, (*at, "name")), about, tuple(levels))


def _text(file: DataFile, at: tuple[str | int, ...]) -> str:
    value = file.at(at)
    if not isinstance(value, str) or not value.strip():
        raise file.wrong(at, "a short text")
    return value


class Grades:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database, rubric: Rubric) -> None:
        self._database = database
        self.rubric = rubric

    def of(self, session_id: str) -> dict[str, dict[str, int]]:
        """Grader → criterion → level from 0, as far as they are graded."""
        out: dict[str, dict[str, int]] = {grader: {} for grader in GRADERS}
        with self._database.connected() as connection:
            for row in connection.scalars(select(GradeRow).where(GradeRow.session_id == session_id)):
                if row.grader in out:
                    out[row.grader][row.criterion] = row.level
        return out

    def grade(self, session_id: str, grader: str, criterion: str, level: int | None, who: str = "") -> None:
        """Set a grade, or take it back (None). Raises FormatError for what the rubric doesn't know."""
        self.check(grader, criterion, level)
        with self._database.alone(session_id) as connection:
            connection.execute(
                delete(GradeRow).where(
                    GradeRow.session_id == session_id, GradeRow.grader == grader, GradeRow.criterion == criterion
                )
            )
            if level is not None:
                connection.add(GradeRow(session_id=session_id, grader=grader, criterion=criterion, level=level))
            what = {"grade": criterion, "grader": grader, "level": level}
            note(connection, who, what, session_id)

    def check(self, grader: str, criterion: str, level: int | None) -> None:
        """Raises FormatError for what the rubric doesn't know."""
        known = {c.id: c for c in self.rubric.criteria}
        if grader not in GRADERS:
            raise FormatError(f"Expected {' or '.join(GRADERS)} as the grader, but got {grader!r:.30}.")
        if criterion not in known:
            raise FormatError(f"Expected one of {', '.join(known)}, but got {criterion!r:.40}.")
        if level is not None and not 0 <= level < len(known[criterion].levels):
            raise FormatError(f"Expected a level from 0 to {len(known[criterion].levels) - 1}, but got {level}.")
