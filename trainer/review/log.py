"""The log of the review room: who changed what when. Nothing is taken out but the part of a session that is deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session as Connection

from trainer.library.database import Database
from trainer.review.tables import ChangeRow


@dataclass(frozen=True)
class Change:
    """``who`` "" where nobody was signed in; ``session`` "" where it was of none; ``what`` as plain data."""

    at: datetime
    who: str
    session: str
    what: dict[str, Any]


def note(connection: Connection, who: str, what: dict[str, Any], session_id: str = "") -> None:
    """Add a change to the log, in the transaction that makes it."""
    connection.add(ChangeRow(session_id=session_id, at=datetime.now(UTC), who=who[:80], what=what))


class Log:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, session_id: str) -> list[dict[str, Any]]:
        """Every change of a session, in order."""
        with self._database.connected() as connection:
            of_session = select(ChangeRow).where(ChangeRow.session_id == session_id)
            rows = connection.scalars(of_session.order_by(ChangeRow.number))
            return [row.what for row in rows]

    def latest(self, count: int) -> list[Change]:
        """The last changes of all, the newest first."""
        with self._database.connected() as connection:
            rows = connection.scalars(select(ChangeRow).order_by(ChangeRow.number.desc()).limit(count))
            # SQLite forgets the zone.
            return [Change(row.at.replace(tzinfo=UTC), row.who, row.session_id, row.what) for row in rows]
