"""The review room's database: its migrations make what its tables say, and PostgreSQL does as SQLite does."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from trainer.review import migrate
from trainer.review.accounts import Accounts
from trainer.review.comments import Comments, Said
from trainer.review.edits import ConflictError, Edit, Mark
from trainer.review.keeping import AS_IT_IS, Keeping, Keepings
from trainer.review.log import Log
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
    comments, log = Comments(database), Log(database)
    arrow = {"kind": "arrow", "points": [[0.1, 0.2], [0.3, 0.4]]}
    said = comments.add("s", Said(1250, "größer – 足", "hallux", (0.9, 0.125), (arrow,)), "Zoë", "z1")
    assert list(marks.labels("s")) == ["bbbbbbbb", "aaaaaaaa"] and comments.of("s") == [said]
    assert marks.counts() == {"s": 2} and comments.counts() == {"s": 1}
    assert [set(change) for change in log.of("s")] == [{"label", "before", "after"}] * 2 + [
        {"comment", "text", "time_ms", "shapes"}
    ]
    assert [change.who for change in log.latest(2)] == ["Zoë", ""]
    database.close()


def test_accounts_and_keeping(url: str) -> None:
    database = open_database(url)
    accounts, keepings = Accounts(database), Keepings(database)
    made, code = accounts.make("Zoë B.", "instructor", ["Tuesday", "  Friday "])
    assert made.groups == ("Friday", "Tuesday") and accounts.enter("zoë  b.", code) == (made, 0)
    epoch = accounts.choose(made.id, code, "long enough")
    viewer = accounts.viewer(made.id, epoch)
    assert viewer is not None and viewer.groups == {"Tuesday", "Friday"} and not viewer.fresh
    assert accounts.viewer(made.id, 0) is None and accounts.enter("Zoë B.", code) is None
    keepings.agree("s", Keeping(False, date(2031, 2, 28), True), "Zoë B.")
    assert keepings.all() == {"s": Keeping(False, date(2031, 2, 28), True)} and keepings.of("x") == AS_IT_IS
    keepings.forget("s", "Zoë B.")
    assert keepings.all() == {}
    database.close()


def test_what_was_there_before_is_taken_along(url: str) -> None:
    from alembic import command
    from alembic.config import Config

    engine = create_engine(url)
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).with_name("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0003")
        at = datetime(2026, 1, 2, tzinfo=UTC)
        connection.execute(
            text("INSERT INTO review_comments VALUES ('c', 's', 1500, 'kept', 'hallux', :at)"), {"at": at}
        )
        connection.execute(text("INSERT INTO review_log (session_id, at, what) VALUES ('s', :at, '{}')"), {"at": at})
    engine.dispose()
    database = open_database(url)
    (comment,) = Comments(database).of("s")
    assert comment.said == Said(1500, "kept", "hallux") and comment.author == ""
    assert [change.who for change in Log(database).latest(9)] == [""]
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
