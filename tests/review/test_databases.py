"""The review room's database: its migrations make what its tables say, and PostgreSQL does as SQLite does."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from trainer.review.edits import ConflictError, Edit, Mark
from trainer.review.marks import Marks
from trainer.review.migrate import open_database, upgrade
from trainer.review.tables import Base

SERVERS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own on loopback, gone afterwards."""
    if not SERVERS:
        pytest.skip("no PostgreSQL is installed (Debian: apt-get install postgresql)")
    pytest.importorskip("psycopg")
    user = "postgres" if os.getuid() == 0 else getpass.getuser()
    as_user = ["runuser", "-u", user, "--"] if os.getuid() == 0 else []
    # A short path: that of its socket may have 107 bytes.
    folder = Path("/tmp") / f"pg-{os.getpid()}"
    folder.mkdir()
    shutil.chown(folder, user)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    tools = SERVERS[-1].parent
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True, "cwd": folder}
    subprocess.run([*as_user, tools / "initdb", "-D", folder / "data", "-U", "room", "--auth=trust"], **quiet)
    options = f"-h 127.0.0.1 -p {port} -k {folder} -F"
    control = [*as_user, tools / "pg_ctl", "-D", folder / "data", "-w"]
    subprocess.run([*control, "-o", options, "-l", folder / "log", "start"], **quiet)
    yield f"postgresql+psycopg://room@127.0.0.1:{port}"
    subprocess.run([*control, "-m", "immediate", "stop"], **quiet)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'x.sqlite'}"
    base = request.getfixturevalue("server")
    engine = create_engine(f"{base}/postgres", isolation_level="AUTOCOMMIT")
    name = f"room{abs(hash(tmp_path))}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return f"{base}/{name}"


def put(name: str, start_ms: int, end_ms: int) -> Edit:
    return Edit(name, 0, Mark(name, "kneading", start_ms, end_ms, ("left",)))


def test_migrations_make_what_the_tables_say(url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    engine = create_engine(url)
    upgrade(engine)
    upgrade(engine)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    engine.dispose()
    assert differences == []


def test_labels_comments_and_log(url: str) -> None:
    database = open_database(url)
    marks = Marks(database)
    marks.edit("s", [put("aaaaaaaa", 1000, 2000), put("bbbbbbbb", 0, 900)])
    with pytest.raises(ConflictError):
        marks.edit("s", [put("cccccccc", 3000, 4000), put("dddddddd", 1500, 1600)])
    said = marks.comment("s", 1.25, "größer – 足", "hallux")
    assert list(marks.labels("s")) == ["bbbbbbbb", "aaaaaaaa"] and marks.comments("s") == [said]
    assert marks.counts() == {"s": (2, 1)}
    assert [set(change) for change in marks.log("s")] == [{"label", "before", "after"}] * 2 + [
        {"comment", "text", "time_ms"}
    ]
    database.close()


def test_two_people_at_once_lose_nothing_anywhere(url: str) -> None:
    database = open_database(url)
    marks = Marks(database)
    refused: list[str] = []

    def label(who: int) -> None:
        for k in range(8):
            try:
                marks.edit("s", [put(f"who{who}{k:06d}", 100 * k, 100 * k + 50)])
            except ConflictError as error:
                refused.append(str(error))

    threads = [threading.Thread(target=label, args=(who,)) for who in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    spans = sorted((m.start_ms, m.end_ms) for m in marks.labels("s").values())
    assert spans == [(100 * k, 100 * k + 50) for k in range(8)] and len(refused) == 16
    database.close()
