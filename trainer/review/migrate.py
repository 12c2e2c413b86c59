"""The review room's database: brought up to the tables of this version, whatever version made it."""

from __future__ import annotations

from importlib import resources

from sqlalchemy.engine import Engine

from trainer.errors import TrainerError
from trainer.library.database import Database


class RoomError(TrainerError):
    """The review room's database can't be opened, read or written."""


def open_database(url: str) -> Database:
    """The database at any URL of SQLAlchemy's. Raises RoomError."""
    return Database(url, upgrade, RoomError, "the review room's labels and comments")


def upgrade(engine: Engine) -> None:
    """All migrations that the database lacks, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__).joinpath("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
