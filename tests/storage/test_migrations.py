"""The tables: made from nothing on both databases, as `storage.tables` describes them."""

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from storage import migrate as migration
from storage.engine import Database
from storage.migrate import differences, is_current, migrate
from storage.tables import metadata
from tests.databases import Databases


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_from_nothing_to_the_newest_tables_and_again(databases: Databases, database_kind: str) -> None:
    async with databases.empty(database_kind) as url:
        database = Database(url)
        assert not await is_current(database)
        await migrate(database)
        assert await is_current(database)
        assert await differences(database) == []
        await migrate(database)
        async with database.read() as connection:
            found = await connection.run_sync(tables)
        assert found == set(metadata.tables) | {"alembic_version"}
        await database.close()


async def test_back_to_nothing(databases: Databases, database_kind: str) -> None:
    async with databases.fresh(database_kind) as url:
        database = Database(url)
        async with database.write() as connection:
            await connection.run_sync(lambda plain: command.downgrade(migration._config(plain), "base"))
            assert await connection.run_sync(tables) == {"alembic_version"}
        await migrate(database)
        assert await differences(database) == []
        await database.close()


async def test_a_migration_that_fails_leaves_nothing_behind(
    databases: Databases, database_kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(Exception):
        pass

    def half(config: Config, revision: str) -> None:
        upgrade(config, revision)
        raise Broken

    upgrade = command.upgrade
    async with databases.empty(database_kind) as url:
        database = Database(url)
        with monkeypatch.context() as patch:
            patch.setattr(command, "upgrade", half)
            with pytest.raises(Broken):
                await migrate(database)
        async with database.read() as connection:
            assert await connection.run_sync(tables) == set()
        await migrate(database)
        assert await is_current(database)
        await database.close()


async def test_sqlite_keeps_what_it_committed(sqlite_database: Database) -> None:
    async with sqlite_database.read() as connection:
        pragmas = {
            name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}
