"""Instructors' labels and comments, and the log of who changed what: in a database, any of SQLAlchemy's."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session as Connection

from trainer.errors import FormatError
from trainer.library.database import Database
from trainer.model import Label
from trainer.review.edits import Edit, Mark, applied
from trainer.review.tables import ChangeRow, CommentRow, LabelRow

LONGEST = 2000
"""Characters of a comment."""


@dataclass(frozen=True)
class Comment:
    """A remark pinned to a time, and to a zone of the foot ("": to none)."""

    id: str
    time_ms: int
    text: str
    zone: str = ""


class Marks:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def labels(self, session_id: str) -> dict[str, Mark]:
        """By id, in order of time."""
        with self._database.connected() as connection:
            return _labels(connection, session_id)

    def edit(self, session_id: str, edits: Sequence[Edit]) -> dict[str, Mark]:
        """The labels after some edits: all of them, or none. Raises ConflictError."""
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
                connection.add(ChangeRow(session_id=session_id, at=datetime.now(UTC), what=told))
            return dict(sorted(marks.items(), key=lambda item: item[1].start_ms))

    def replace(self, session_id: str, labels: Sequence[Label]) -> dict[str, Mark]:
        """All labels of a session exchanged for others, as a file brings them."""
        fresh = [
            Mark(uuid.uuid4().hex, x.technique, round(1000 * x.start_s), round(1000 * x.end_s), x.hands) for x in labels
        ]
        edits = [Edit(name, mark.version, None) for name, mark in self.labels(session_id).items()]
        return self.edit(session_id, [*edits, *(Edit(mark.id, 0, mark) for mark in fresh)])

    def comments(self, session_id: str) -> list[Comment]:
        """In order of time."""
        with self._database.connected() as connection:
            rows = connection.scalars(
                select(CommentRow)
                .where(CommentRow.session_id == session_id)
                .order_by(CommentRow.time_ms, CommentRow.id)
            )
            return [Comment(row.id, row.time_ms, row.text, row.zone) for row in rows]

    def comment(self, session_id: str, time_s: float, text: str, zone: str = "") -> Comment:
        """Add one. Raises FormatError for an empty or overlong text."""
        text = text.strip()
        if not 0 < len(text) <= LONGEST:
            raise FormatError(f"Expected a comment of 1 to {LONGEST} characters, but got {len(text)}.")
        row = CommentRow(
            id=uuid.uuid4().hex, session_id=session_id, time_ms=round(1000 * time_s), text=text, zone=zone,
            written_at=datetime.now(UTC),
        )  # fmt: skip
        with self._database.connected() as connection:
            connection.add(row)
            connection.add(_change(session_id, {"comment": row.id, "text": text, "time_ms": row.time_ms}))
            connection.flush()
            return Comment(row.id, row.time_ms, row.text, row.zone)

    def uncomment(self, session_id: str, comment_id: str) -> None:
        """Take one away; one that isn't there stays so."""
        with self._database.connected() as connection:
            row = connection.get(CommentRow, comment_id)
            if row is not None and row.session_id == session_id:
                connection.add(_change(session_id, {"comment": row.id, "deleted": row.text}))
                connection.delete(row)

    def forget(self, session_id: str) -> None:
        """All labels and comments of a session are gone; that they were stays in the log, without what they said."""
        with self._database.alone(session_id) as connection:
            for row in (LabelRow, CommentRow, ChangeRow):
                connection.execute(delete(row).where(row.session_id == session_id))
            connection.add(_change(session_id, {"session": "deleted"}))

    def log(self, session_id: str) -> list[dict[str, Any]]:
        """Every change of a session, in order."""
        with self._database.connected() as connection:
            of_session = select(ChangeRow).where(ChangeRow.session_id == session_id)
            rows = connection.scalars(of_session.order_by(ChangeRow.number))
            return [row.what for row in rows]

    def counts(self) -> dict[str, tuple[int, int]]:
        """Session id → how many labels and comments it has; those without any aren't there."""
        with self._database.connected() as connection:
            labels, comments = (
                {
                    name: int(count)
                    for name, count in connection.execute(select(row.session_id, func.count()).group_by(row.session_id))
                }
                for row in (LabelRow, CommentRow)
            )
        return {name: (labels.get(name, 0), comments.get(name, 0)) for name in {*labels, *comments}}


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


def _change(session_id: str, what: dict[str, Any]) -> ChangeRow:
    return ChangeRow(session_id=session_id, at=datetime.now(UTC), what=what)


def _told(mark: Mark | None) -> dict[str, Any] | None:
    return asdict(mark) | {"hands": list(mark.hands)} if mark is not None else None
