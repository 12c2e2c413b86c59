"""Brings a database of the review room up to the tables of this version, whatever version made it."""

from __future__ import annotations

from importlib import resources

from sqlalchemy.engine import Engine


def upgrade(engine: Engine) -> None:
    """All migrations that the database lacks, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(resources.files(__package__).joinpath("migrations")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
