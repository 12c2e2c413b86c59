"""People and their groups, and whose each session is: in the review room's database."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select

from trainer.errors import FormatError
from trainer.library.database import Database
from trainer.review.log import note
from trainer.review.tables import AccountRow, OwnerRow, PersonRow

LONGEST = 80
"""Characters of a name."""


@dataclass(frozen=True)
class Person:
    """A student, or one who teaches. ``group`` "" is none."""

    id: str
    name: str
    group: str = ""


class People:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> list[Person]:
        """By group and name."""
        with self._database.connected() as connection:
            rows = connection.scalars(select(PersonRow).order_by(PersonRow.group_name, PersonRow.name))
            return [Person(row.id, row.name, row.group_name) for row in rows]

    def add(self, name: str, group: str = "", who: str = "") -> Person:
        """A new student. Raises FormatError for a name that is empty, too long, or there already in that group."""
        name, group = (" ".join(text.split()) for text in (name, group))
        if not 0 < len(name) <= LONGEST or len(group) > LONGEST:
            raise FormatError(f"Expected a name of 1 to {LONGEST} characters, but got {len(name)}.")
        if any((p.name, p.group) == (name, group) for p in self.all()):
            raise FormatError(f"Expected a new student, but {name} is there already: add what tells them apart.")
        person = Person(uuid.uuid4().hex, name, group)
        with self._database.connected() as connection:
            connection.add(PersonRow(id=person.id, name=person.name, group_name=person.group))
            note(connection, who, {"person": person.name, "group": person.group})
        return person

    def remove(self, person_id: str, who: str = "") -> None:
        """A student is gone, and may not sign in any more; the sessions stay, nobody's."""
        with self._database.connected() as connection:
            row = connection.get(PersonRow, person_id)
            if row is None:
                return
            note(connection, who, {"person": row.name, "removed": True})
            connection.execute(delete(AccountRow).where(AccountRow.person_id == person_id))
            connection.execute(delete(OwnerRow).where(OwnerRow.person_id == person_id))
            connection.execute(delete(PersonRow).where(PersonRow.id == person_id))

    def find(self, person_id: str) -> Person | None:
        with self._database.connected() as connection:
            row = connection.get(PersonRow, person_id) if person_id else None
            return Person(row.id, row.name, row.group_name) if row is not None else None

    def owner(self, session_id: str) -> Person | None:
        """Whose a session is; None: nobody's."""
        with self._database.connected() as connection:
            row = connection.get(OwnerRow, session_id)
            person = connection.get(PersonRow, row.person_id) if row is not None else None
            return Person(person.id, person.name, person.group_name) if person is not None else None

    def owners(self) -> Mapping[str, str]:
        """Session id → the id of the student whose it is."""
        with self._database.connected() as connection:
            return {row.session_id: row.person_id for row in connection.scalars(select(OwnerRow))}

    def give(self, session_id: str, person_id: str, who: str = "") -> None:
        """A session is that student's ("": nobody's). Raises FormatError where there is no such student."""
        with self._database.connected() as connection:
            person = connection.get(PersonRow, person_id) if person_id else None
            if person_id and person is None:
                raise FormatError("Expected a student who is there, but this one isn't (any more).")
            connection.execute(delete(OwnerRow).where(OwnerRow.session_id == session_id))
            if person_id:
                connection.add(OwnerRow(session_id=session_id, person_id=person_id))
            note(connection, who, {"of": person.name if person is not None else ""}, session_id)
