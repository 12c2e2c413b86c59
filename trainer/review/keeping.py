"""What of each session may be kept, and until when: as it was agreed with the people in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import delete, select

from trainer.errors import FormatError, TrainerError
from trainer.library.database import Database
from trainer.review.log import note
from trainer.review.tables import ChangeRow, CommentRow, GradeRow, KeepingRow, LabelRow, OwnerRow
from trainer.score.report import write_report
from trainer.score.scorecard import read_scorecard
from trainer.video.source import VIDEO_SUFFIXES

LONGEST_DAYS = 3650


@dataclass(frozen=True)
class Keeping:
    """``video``: pictures may be kept, else only what was measured. ``until``: the last day on which it is there, None
    for no end. ``example``: all who sign in may look at it."""

    video: bool = True
    until: date | None = None
    example: bool = False

    def over(self, today: date) -> bool:
        return self.until is not None and today > self.until


AS_IT_IS = Keeping()
"""Of a session about which nothing was agreed."""


class Keepings:
    """Raises the database's failure from all its methods."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self) -> Mapping[str, Keeping]:
        """Session id → what was agreed; the others are ``AS_IT_IS``."""
        with self._database.connected() as connection:
            return {row.session_id: _keeping(row) for row in connection.scalars(select(KeepingRow))}

    def of(self, session_id: str) -> Keeping:
        with self._database.connected() as connection:
            row = connection.get(KeepingRow, session_id)
            return _keeping(row) if row is not None else AS_IT_IS

    def agree(self, session_id: str, keeping: Keeping, who: str = "") -> None:
        with self._database.alone(session_id) as connection:
            connection.execute(delete(KeepingRow).where(KeepingRow.session_id == session_id))
            connection.add(
                KeepingRow(session_id=session_id, video=keeping.video, until=keeping.until, example=keeping.example)
            )
            until = keeping.until.isoformat() if keeping.until is not None else None
            what = {"keep": "video" if keeping.video else "tracks", "until": until, "example": keeping.example}
            note(connection, who, what, session_id)

    def forget(self, session_id: str, who: str = "") -> None:
        """All that the database knows of a session is gone; that it was stays in the log, without what it said."""
        with self._database.alone(session_id) as connection:
            for row in (LabelRow, CommentRow, GradeRow, OwnerRow, KeepingRow, ChangeRow):
                connection.execute(delete(row).where(row.session_id == session_id))
            note(connection, who, {"session": "deleted"}, session_id)


def _keeping(row: KeepingRow) -> Keeping:
    return Keeping(row.video, row.until, row.example)


def pictures_in(folder: Path) -> list[Path]:
    """A session's files that show people, but for the report."""
    return [path for path in folder.iterdir() if path.suffix.lower() in VIDEO_SUFFIXES]


def without_pictures(folder: Path) -> bool:
    """Take all that shows people out of a session's folder: its videos are deleted, its report is written anew without
    stills. Returns whether there was any. Raises TrainerError when something can't be deleted."""
    videos, report = pictures_in(folder), folder / "report.html"
    _unlink(videos)
    shown = report.is_file() and "data:image/jpeg" in report.read_text("utf-8", errors="replace")
    if shown:
        try:
            write_report(report, read_scorecard(folder / "scorecard.json"))
        except FormatError:
            # Of a damaged session no report can be written anew.
            _unlink([report])
    return shown or bool(videos)


def _unlink(paths: Iterable[Path]) -> None:
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise TrainerError(f"Expected to delete '{path}', but {error.strerror}: what uses it?") from None
