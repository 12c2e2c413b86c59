"""The library: kept is kept, deleted is deleted, and mishaps are told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from trainer.library.measures import Measures, TechniqueMeasures
from trainer.library.store import DATABASE, Library, LibraryError

MEASURES = Measures(60.0, 41.0, 0.8, 0.9, 0.5, 0.1, 0.0, 3, {"kneading": TechniqueMeasures(41.0, 92.0, 0.8, 0.1)})
NOW = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "größe" / "sessions")


def test_what_is_kept_comes_back(library: Library) -> None:
    begun = library.begin("drill", "Kneading", blind=True, now=NOW)
    (begun.folder / "tracks.parquet").write_bytes(b"x")
    assert not library.sessions()[0].finished and library.sessions()[0].measures is None
    library.finish(begun.id, MEASURES)
    again = Library(library.folder).sessions()
    assert again == [replace(begun, finished=True, measures=MEASURES)]
    assert again[0].started_at == NOW and not again[0].has_video
    (begun.folder / "session.mp4").write_bytes(b"x")
    assert library.sessions()[0].has_video


def test_two_that_begin_in_one_second_have_folders_of_their_own(library: Library) -> None:
    first, second = library.begin("free", "", now=NOW), library.begin("free", "", now=NOW)
    assert first.folder != second.folder and first.id != second.id
    assert [k.id for k in library.sessions()] == sorted([first.id, second.id])


def test_deleting_takes_the_files_along_and_nothing_else(library: Library) -> None:
    one, other = library.begin("free", "", now=NOW), library.begin("free", "", now=NOW + timedelta(hours=1))
    (one.folder / "session.mp4").write_bytes(b"x")
    library.delete(one.id)
    assert not one.folder.exists() and other.folder.exists()
    assert [k.id for k in library.sessions()] == [other.id]
    with pytest.raises(LibraryError, match="isn't there"):
        library.delete(one.id)


def test_a_folder_outside_the_library_is_never_deleted(library: Library, tmp_path: Path) -> None:
    kept = library.begin("free", "", now=NOW)
    precious = tmp_path / "precious"
    precious.mkdir()
    with create_engine(f"sqlite:///{library.folder / DATABASE}").begin() as connection:
        connection.execute(text("UPDATE practice_sessions SET folder = :f"), {"f": f"../../{precious.name}"})
    with pytest.raises(LibraryError, match="nothing was deleted"):
        library.delete(kept.id)
    assert precious.is_dir() and len(library.sessions()) == 1


def test_a_session_is_found_by_how_its_id_begins(library: Library) -> None:
    kept = [library.begin("free", "", now=NOW + timedelta(minutes=k)) for k in range(2)]
    assert library.find(kept[0].id[:12]) == kept[0]
    for beginning in ("", "zzz"):
        with pytest.raises(LibraryError, match="that of none"):
            library.find(beginning)


def test_it_is_compared_with_the_last_of_its_own_kind(library: Library) -> None:
    kinds = [("drill", "Kneading"), ("free", ""), ("drill", "Kneading"), ("drill", "Kneading")]
    kept = [library.begin(*kind, now=NOW + timedelta(minutes=k)) for k, kind in enumerate(kinds)]
    assert library.last_like(kept[3]) is None, "nothing has been finished"
    library.finish(kept[1].id, MEASURES)
    assert (library.last_like(kept[3]) or kept[0]).id == kept[1].id
    library.finish(kept[0].id, MEASURES)
    assert (library.last_like(kept[3]) or kept[1]).id == kept[0].id


def test_a_damaged_or_locked_database_is_told_in_a_line(library: Library, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / DATABASE).write_bytes(b"not a database at all" * 100)
    with pytest.raises(LibraryError, match="its database says"):
        Library(other)
    with sqlite3.connect(library.folder / DATABASE, isolation_level=None) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        with pytest.raises(LibraryError, match="locked"):
            library.begin("free", "")
        lock.execute("ROLLBACK")
    lock.close()
    library.begin("free", "")
