"""The sessions that were kept: one row each in a database, their files in a folder each beside it."""

from __future__ import annotations

import shutil
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, DateTime, Float, String, delete, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.orm import Session as Connection

from trainer.errors import TrainerError
from trainer.files import make_folder, stamped_folder
from trainer.library.database import Database
from trainer.library.measures import Measures, TechniqueMeasures

DATABASE, ROOM_DATABASE = "sessions.sqlite", "review.sqlite"
"""The library's own, and the review room's beside it."""


class LibraryError(TrainerError):
    """The store of sessions can't be opened, read or written."""


class _Base(DeclarativeBase):
    pass


class _Row(_Base):
    __tablename__ = "practice_sessions"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    mode: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(200))
    blind: Mapped[bool] = mapped_column(Boolean)
    folder: Mapped[str] = mapped_column(String(300))
    """Its files' folder, relative to the library's."""
    finished: Mapped[bool] = mapped_column(Boolean, default=False)
    duration_s: Mapped[float | None] = mapped_column(Float)
    measures: Mapped[dict[str, Any] | None] = mapped_column(JSON)


@dataclass(frozen=True)
class Kept:
    """One session of the library. ``started_at`` in this machine's time zone; ``measures`` None where it was never
    finished."""

    id: str
    started_at: datetime
    mode: str
    name: str
    blind: bool
    folder: Path
    finished: bool
    measures: Measures | None

    @property
    def has_video(self) -> bool:
        return (self.folder / "session.mp4").is_file()


class Library:
    """Raises LibraryError from all its methods. ``url``: any database of SQLAlchemy's; SQLite in the folder if None."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = make_folder(folder)
        what = f"the library of sessions in '{self.folder}'"
        url = url or f"sqlite:///{self.folder / DATABASE}"
        self._database = Database(url, _Base.metadata.create_all, LibraryError, what)

    def begin(self, mode: str, name: str, blind: bool = False, now: datetime | None = None) -> Kept:
        """A new session with a folder of its own; it is there from now on, whatever happens to the program."""
        now = (now or datetime.now(UTC)).astimezone(UTC)
        folder = stamped_folder(self.folder, now.astimezone()).name
        row = _Row(
            id=uuid.uuid4().hex, started_at=now, mode=mode, name=name, blind=blind, folder=folder, finished=False
        )
        with self._database.connected() as connection:
            connection.add(row)
            connection.flush()
            return self._kept(row)

    def finish(self, session_id: str, measures: Measures) -> None:
        """What the session came to."""
        with self._database.connected() as connection:
            row = self._row(connection, session_id)
            row.finished, row.duration_s, row.measures = True, measures.duration_s, asdict(measures)

    def sessions(self) -> list[Kept]:
        """All of them, the oldest first."""
        with self._database.connected() as connection:
            return [self._kept(row) for row in connection.scalars(select(_Row).order_by(_Row.started_at, _Row.id))]

    def get(self, session_id: str) -> Kept | None:
        """The session of that id, if it is there."""
        with self._database.connected() as connection:
            row = connection.get(_Row, session_id)
            return self._kept(row) if row is not None else None

    def find(self, beginning: str) -> Kept:
        """The one session whose id begins so."""
        found = [kept for kept in self.sessions() if kept.id.startswith(beginning)] if beginning else []
        if len(found) != 1:
            what = "none" if not found else f"{len(found)} of them"
            raise LibraryError(
                f"Expected how one session's id begins, but '{beginning}' is that of {what}: see `trainer history`."
            )
        return found[0]

    def last_like(self, kept: Kept) -> Kept | None:
        """The finished session before this one that it can be compared with: the same practice, else any."""
        before = [k for k in self.sessions() if k.measures is not None and k.started_at < kept.started_at]
        alike = [k for k in before if (k.mode, k.name) == (kept.mode, kept.name)] or before
        return alike[-1] if alike else None

    def delete(self, session_id: str) -> None:
        """The session and all its files are gone."""
        with self._database.connected() as connection:
            row = self._row(connection, session_id)
            folder = self.folder / row.folder
            if folder.resolve().parent != self.folder.resolve():
                raise LibraryError(f"Expected a folder in '{self.folder}', but '{folder}' isn't: nothing was deleted.")
            try:
                if folder.exists():
                    shutil.rmtree(folder)
            except OSError as error:
                raise LibraryError(f"Expected to delete '{folder}', but {error.strerror}: what uses it?") from None
            connection.execute(delete(_Row).where(_Row.id == session_id))

    def close(self) -> None:
        self._database.close()

    def _row(self, connection: Connection, session_id: str) -> _Row:
        row = connection.get(_Row, session_id)
        if row is None:
            raise LibraryError(f"Expected the session '{session_id}' in the library, but it isn't there (any more).")
        return row

    def _kept(self, row: _Row) -> Kept:
        # SQLite forgets the zone.
        started = row.started_at if row.started_at.tzinfo is not None else row.started_at.replace(tzinfo=UTC)
        return Kept(
            row.id, started.astimezone(), row.mode, row.name, row.blind, self.folder / row.folder, row.finished,
            measures_from(row.measures) if row.measures is not None else None,
        )  # fmt: skip


def measures_from(data: dict[str, Any]) -> Measures:
    """The other way round from what was written."""
    techniques = {name: TechniqueMeasures(**values) for name, values in data["techniques"].items()}
    return Measures(**{**data, "techniques": techniques})


def library_folder(given: Path | None = None) -> Path:
    """Where sessions are kept unless said otherwise."""
    if given is not None:
        return given
    from platformdirs import user_data_path

    return user_data_path("foot-massage-trainer", appauthor=False) / "sessions"
