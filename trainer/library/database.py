"""A database of SQLAlchemy's, its failures told as the program tells them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import MetaData, create_engine
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session as Connection

from trainer.errors import TrainerError


class Database:
    """The tables of ``metadata`` at ``url``, made where they aren't there. Raises ``failure`` from all its methods, in
    which ``what`` names the database."""

    def __init__(self, url: str, metadata: MetaData, failure: type[TrainerError], what: str) -> None:
        self._failure, self._what = failure, what
        with self._guarded():
            self._engine: Engine = create_engine(url)
            metadata.create_all(self._engine)

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A transaction: all of it, or nothing."""
        with self._guarded(), Connection(self._engine) as connection, connection.begin():
            yield connection

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction that nobody else writes beside, from its first reading on."""
        with self.connected() as connection:
            if self._engine.dialect.name == "sqlite":
                # Else two writers read the same rows before either writes.
                connection.connection().exec_driver_sql("BEGIN IMMEDIATE")
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
