"""The sessions that the review room shows: those of the library, and scored ones in folders that were named."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from trainer.errors import FormatError, TrainerError
from trainer.library.measures import Measures, measures_of
from trainer.library.store import Kept, Library
from trainer.model import Data, Floats
from trainer.review.keeping import without_pictures
from trainer.review.lanes import page_data
from trainer.score.scorecard import read_scorecard
from trainer.score.tracks import Flags, Tracks, read_presence, read_tracks
from trainer.strokes.techniques import Techniques
from trainer.words.words import Words

_CARD, _TRACKS = "scorecard.json", "tracks.parquet"
SCORED = "scored"
_READING = Lock()
_VIDEOS = ("session.mp4", "overlay.mp4")
"""As it was filmed rather than with the overlay."""


class NoSuchSessionError(TrainerError):
    """A session that isn't there, or no more."""


@dataclass(frozen=True)
class Shown:
    """A session to be looked at. ``mode`` is how it was practised, "scored" for a video that was scored; ``known`` its
    figures, where the library has them."""

    id: str
    title: str
    when: datetime
    mode: str
    folder: Path
    known: Measures | None = None

    @property
    def video(self) -> Path | None:
        """Its video; None where none was kept."""
        return next((self.folder / name for name in _VIDEOS if (self.folder / name).is_file()), None)

    @property
    def has_tracks(self) -> bool:
        return (self.folder / _TRACKS).is_file()

    def card(self) -> Data:
        """Its scorecard. Raises TrainerError."""
        # What a page asks at once would else read and check it once for each.
        with _READING:
            return _card(self.folder / _CARD, (self.folder / _CARD).stat().st_mtime_ns)

    def page_json(self, techniques: Techniques, words: Words) -> bytes:
        """What its page shows over time, as JSON (``lanes.page_data``). Raises TrainerError."""
        with _READING:
            return _page(self.folder / _CARD, (self.folder / _CARD).stat().st_mtime_ns, _Same(techniques), _Same(words))

    def measures(self) -> Measures:
        """Its figures. Raises TrainerError."""
        return self.known or measures_of(self.card())

    def tracks(self, between: tuple[float, float]) -> Tracks:
        """What was seen between two times, frame by frame, and some more around. Raises TrainerError."""
        return read_tracks(self.folder / _TRACKS, between)

    def presence(self) -> tuple[Floats, Flags]:
        """(T,) time_s of its frames, and (T, 2) whether each hand was measured then. Raises TrainerError."""
        return _presence(self.folder / _TRACKS, (self.folder / _TRACKS).stat().st_mtime_ns)


class Room:
    """``folders`` hold scored sessions, or are such ones; each folder in ``uploads`` holds one, under its id."""

    def __init__(self, library: Library, folders: Iterable[Path] = (), uploads: Path | None = None) -> None:
        self._library = library
        self._folders = tuple(folders)
        self._uploads = uploads

    def sessions(self) -> list[Shown]:
        """All that are whole, the newest first."""
        found = [_kept(kept) for kept in self._library.sessions()]
        # A folder that was named may be one of the library's, or hold it.
        root = self._library.folder.resolve()
        known = {str(root / shown.folder.name) for shown in found}
        found += [_scored(*place) for place in self._scored() if str(place[0].resolve()) not in known]
        whole = [shown for shown in found if (shown.folder / _CARD).is_file()]
        return sorted(whole, key=lambda shown: shown.when, reverse=True)

    def delete(self, shown: Shown) -> None:
        """The session and all its files are gone. Raises TrainerError for one in a folder that was named: that is the
        user's own to delete."""
        if shown.mode != SCORED:
            self._library.delete(shown.id)
        elif self._uploaded(shown):
            try:
                shutil.rmtree(shown.folder.parent)
            except OSError as error:
                raise TrainerError(f"Expected to delete '{shown.folder}', but {error.strerror}.") from None
        else:
            raise FormatError(
                f"Expected a session of the library, but this one lies in '{shown.folder}': delete it there."
            )

    def find(self, session_id: str) -> Shown:
        """One of them. Raises NoSuchSessionError."""
        kept = self._library.get(session_id)
        found = [_kept(kept)] if kept is not None else [_scored(*place) for place in self._scored()]
        for shown in found:
            if shown.id == session_id and (shown.folder / _CARD).is_file():
                return shown
        raise NoSuchSessionError("Expected a session that is there, but it isn't (any more): see the overview.")

    def without_pictures(self, shown: Shown) -> None:
        """All that shows people is taken out of a session, if it is ours. Raises TrainerError."""
        if self.is_ours(shown):
            without_pictures(shown.folder)

    def is_ours(self, shown: Shown) -> bool:
        """Whether the room may delete of it: not where it lies in a folder that was named."""
        return shown.mode != SCORED or self._uploaded(shown)

    def _uploaded(self, shown: Shown) -> bool:
        return self._uploads is not None and shown.folder.resolve().parent.parent == self._uploads.resolve()

    def _scored(self) -> list[tuple[Path, str]]:
        """Folders and ids of what was scored."""
        out = []
        for folder in self._folders:
            inside = [folder] if (folder / _CARD).is_file() else sorted(p.parent for p in folder.glob(f"*/{_CARD}"))
            out += [(f, hashlib.sha256(str(f.resolve()).encode()).hexdigest()[:32]) for f in inside]
        if self._uploads is not None:
            out += [(path.parent, path.parent.parent.name) for path in sorted(self._uploads.glob(f"*/*/{_CARD}"))]
        return out


def _kept(kept: Kept) -> Shown:
    return Shown(kept.id, kept.name or kept.mode.capitalize(), kept.started_at, kept.mode, kept.folder, kept.measures)


def _scored(folder: Path, session_id: str) -> Shown:
    # One that is deleted just now is left out by who asks for whole ones.
    changed_s = (folder / _CARD).stat().st_mtime if (folder / _CARD).is_file() else 0.0
    return Shown(session_id, folder.name, datetime.fromtimestamp(changed_s, UTC).astimezone(), SCORED, folder)


# The time of change is part of the key: a session scored anew is read anew.
@lru_cache(maxsize=256)
def _card(path: Path, changed_ns: int) -> Data:
    return read_scorecard(path)


@dataclass(frozen=True)
class _Same:
    """Something that counts as the same only where it is the very one."""

    what: Any

    def __hash__(self) -> int:
        return id(self.what)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.what is self.what


@lru_cache(maxsize=64)
def _page(path: Path, changed_ns: int, techniques: _Same, words: _Same) -> bytes:
    data = page_data(_card(path, changed_ns), techniques.what, words.what)
    return json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


@lru_cache(maxsize=8)
def _presence(path: Path, changed_ns: int) -> tuple[Floats, Flags]:
    return read_presence(path)
