"""Bringing a database's tables up to date (Alembic)."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from storage.engine import Database
from storage.tables import metadata

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


async def migrate(database: Database) -> None:
    """Up to the newest revision, in one transaction."""
    async with database.write() as connection:
        await connection.run_sync(lambda plain: command.upgrade(_config(plain), "head"))


async def is_current(database: Database) -> bool:
    """Whether the database is at the newest revision."""
    newest = ScriptDirectory.from_config(_config()).get_current_head()
    async with database.read() as connection:
        found = await connection.run_sync(lambda plain: MigrationContext.configure(plain).get_current_revision())
    return found == newest


async def differences(database: Database) -> list[object]:
    """Where the migrated tables differ from `storage.tables`: none, or a revision is missing."""
    async with database.read() as connection:
        found = await connection.run_sync(lambda plain: compare_metadata(MigrationContext.configure(plain), metadata))
    return list(found)
