"""Where a live session is kept: in the library, or nowhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal, cast

from trainer.coach.practice import Plan
from trainer.errors import TrainerError
from trainer.library.marks import is_bare, mark_ended, mark_running, note_discomfort, note_student
from trainer.library.measures import Measures, measures_of
from trainer.library.store import Kept, Library, library_folder
from trainer.model import Data

Keep = Literal["nothing", "tracks", "video"]
"""Of a session: nothing, what was seen (figures, no picture of anybody), or the video, too."""


def keep_of(word: str | None) -> Keep | None:
    """The choice as the user wrote it. Raises TrainerError."""
    if word is None or word in ("nothing", "tracks", "video"):
        return cast("Keep | None", word)
    raise TrainerError(f"Expected --keep with nothing, tracks or video, but got '{word}'.")


class Shelf:
    """A session's place. ``folder`` is None where nothing is kept."""

    def __init__(self, library: Library | None, kept: Kept | None) -> None:
        self._library, self._kept = library, kept
        self.folder = kept.folder if kept is not None else None
        self._finished = False

    @property
    def before(self) -> tuple[datetime, Measures] | None:
        """When the session to compare this one with was, and its measures."""
        last = self._library.last_like(self._kept) if self._library is not None and self._kept is not None else None
        return (last.started_at, last.measures) if last is not None and last.measures is not None else None

    def discomfort(self, time_s: float) -> None:
        """Keep a moment of discomfort at once."""
        if self.folder is not None:
            note_discomfort(self.folder, time_s)

    def finish(self, card: Data) -> None:
        """The session is whole."""
        if self._library is not None and self._kept is not None:
            self._library.finish(self._kept.id, measures_of(card))
            self._finished = True

    def close(self) -> None:
        """A session in which nothing was seen leaves no trace."""
        if self._library is None or self._kept is None:
            return
        mark_ended(self._kept.folder)
        if not self._finished and is_bare(self._kept.folder):
            self._library.delete(self._kept.id)
        self._library.close()


def open_shelf(keep: Keep, library: Path | None, plan: Plan, student: str = "") -> Shelf:
    """A place for a session of ``student`` ("": nobody says whose) that begins now. Raises TrainerError."""
    if keep == "nothing":
        return Shelf(None, None)
    store = Library(library_folder(library))
    kept = store.begin(plan.mode, plan.name, plan.blind)
    mark_running(kept.folder)
    if student:
        note_student(kept.folder, student)
    return Shelf(store, kept)
