"""A database of SQLAlchemy's, its failures told as the program tells them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as Connection

from trainer.errors import TrainerError


class Database:
    """The database at ``url``, whose tables ``make`` makes where they aren't there yet. Raises ``failure`` from all its
    methods, in which ``what`` names the database."""

    def __init__(self, url: str, make: Callable[[Engine], object], failure: type[TrainerError], what: str) -> None:
        self._failure, self._what = failure, what
        with self._guarded():
            self._engine: Engine = create_engine(url)
            make(self._engine)
        file = self._engine.url.database if self._engine.dialect.name == "sqlite" else None
        self._file = Path(file) if file and Path(file).is_file() else None

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A transaction: all of it, or nothing."""
        # SQLite would go on writing to a file that was deleted, and all of it would be lost.
        if self._file is not None and not self._file.is_file():
            self._engine.dispose()
            raise self._failure(f"Expected {self._what}, but '{self._file}' is gone: put it back, and try again.")
        with self._guarded(), Connection(self._engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def alone(self, what: str) -> Iterator[Connection]:
        """A transaction beside which no other one of ``what`` reads or writes: else two writers read the same rows
        before either writes."""
        with self.connected() as connection:
            match self._engine.dialect.name:
                case "sqlite":
                    connection.connection().exec_driver_sql("BEGIN IMMEDIATE")
                case "postgresql":
                    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:what, 0))"), {"what": what})
                case _:
                    connection.connection(execution_options={"isolation_level": "SERIALIZABLE"})
            yield connection

    def close(self) -> None:
        self._engine.dispose()

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, ImportError) as error:
            reason = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise self._failure(f"Expected {self._what}, but its database says: {reason}.") from error
