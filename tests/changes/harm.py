"""Harm done to a database from outside, as a full disk or a person with access would."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from storage.engine import Database

_REFUSE = {
    True: ("CREATE TRIGGER test_full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END",),
    False: (
        "CREATE FUNCTION test_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk full'; END $$",
        "CREATE TRIGGER test_full BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION test_full()",
    ),
}

_UNGUARD = {
    True: ("DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete"),
    False: ("DROP TRIGGER audit_only_grows ON audit",),
}


async def run(database: Database, *statements: str) -> None:
    async with database.write() as connection:
        for statement in statements:
            await connection.exec_driver_sql(statement)


@asynccontextmanager
async def refuse_audit_inserts(database: Database) -> AsyncIterator[None]:
    """While inside, nothing can be added to the audit."""
    await run(database, *_REFUSE[database.is_sqlite])
    try:
        yield
    finally:
        await run(database, "DROP TRIGGER test_full" if database.is_sqlite else "DROP FUNCTION test_full CASCADE")


async def unguard_audit(database: Database) -> None:
    """Take the triggers away that keep the audit from being changed, as someone with access could."""
    await run(database, *_UNGUARD[database.is_sqlite])
