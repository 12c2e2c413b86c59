"""Instructors' labels, in a database, any of SQLAlchemy's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session as Connection

from trainer.library.database import Database
from trainer.model import Label
from trainer.review.comments import counted
from trainer.review.edits import Edit, Mark, applied
from trainer.review.log import note
from trainer.review.tables import LabelRow


class Marks:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def labels(self, session_id: str) -> dict[str, Mark]:
        """By id, in order of time."""
        with self._database.connected() as connection:
            return _labels(connection, session_id)

    def edit(self, session_id: str, edits: Sequence[Edit], who: str = "") -> dict[str, Mark]:
        """The labels after some edits by ``who``: all of them, or none. Raises ConflictError."""
        with self._database.alone(session_id) as connection:
            marks = _labels(connection, session_id)
            for edit in edits:
                before = marks.get(edit.id)
                marks = applied(marks, edit)
                connection.execute(delete(LabelRow).where(LabelRow.id == edit.id, LabelRow.session_id == session_id))
                if edit.mark is not None:
                    connection.add(_row(session_id, marks[edit.id]))
                connection.flush()
                told = {"label": edit.id, "before": _told(before), "after": _told(marks.get(edit.id))}
                note(connection, who, told, session_id)
            return dict(sorted(marks.items(), key=lambda item: item[1].start_ms))

    def replace(self, session_id: str, labels: Sequence[Label], who: str = "") -> dict[str, Mark]:
        """All labels of a session exchanged for others, as a file brings them."""
        fresh = [
            Mark(uuid.uuid4().hex, x.technique, round(1000 * x.start_s), round(1000 * x.end_s), x.hands) for x in labels
        ]
        edits = [Edit(name, mark.version, None) for name, mark in self.labels(session_id).items()]
        return self.edit(session_id, [*edits, *(Edit(mark.id, 0, mark) for mark in fresh)], who)

    def counts(self) -> dict[str, int]:
        """Session id → how many labels it has; those without any aren't there."""
        return counted(self._database, LabelRow)


def _labels(connection: Connection, session_id: str) -> dict[str, Mark]:
    rows = connection.scalars(select(LabelRow).where(LabelRow.session_id == session_id).order_by(LabelRow.start_ms))
    return {
        row.id: Mark(row.id, row.technique, row.start_ms, row.end_ms, tuple(row.hands.split()), row.version)  # type: ignore[arg-type]
        for row in rows
    }


def _row(session_id: str, mark: Mark) -> LabelRow:
    return LabelRow(
        id=mark.id, session_id=session_id, technique=mark.technique, start_ms=mark.start_ms, end_ms=mark.end_ms,
        hands=" ".join(mark.hands), version=mark.version,
    )  # fmt: skip


def _told(mark: Mark | None) -> dict[str, Any] | None:
    return asdict(mark) | {"hands": list(mark.hands)} if mark is not None else None
