"""All repositories on one connection: what the rules call a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.repositories.amendments import SqlAmendments
from storage.repositories.audit import SqlAudit
from storage.repositories.cases import SqlCases
from storage.repositories.claims import SqlClaims
from storage.repositories.factors import SqlFactors
from storage.repositories.outbox import SqlOutbox
from storage.repositories.people import SqlPeople
from storage.repositories.requests import SqlRequests
from storage.repositories.shops import SqlShops
from storage.repositories.sightings import SqlSightings
from storage.repositories.snapshots import SqlSnapshots
from storage.vault import Vault


class SqlTransaction:
    """Fulfils `changes.ports.Transaction`; repositories are made as they are asked for."""

    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self._connection)

    @cached_property
    def shops(self) -> SqlShops:
        return SqlShops(self._connection, self._vault)

    @cached_property
    def claims(self) -> SqlClaims:
        return SqlClaims(self._connection)

    @cached_property
    def factors(self) -> SqlFactors:
        return SqlFactors(self._connection, self._vault)

    @cached_property
    def requests(self) -> SqlRequests:
        return SqlRequests(self._connection, self._vault)

    @cached_property
    def amendments(self) -> SqlAmendments:
        return SqlAmendments(self._connection)

    @cached_property
    def snapshots(self) -> SqlSnapshots:
        return SqlSnapshots(self._connection, self._vault)

    @cached_property
    def sightings(self) -> SqlSightings:
        return SqlSightings(self._connection, self._vault)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self._connection)

    @cached_property
    def audit(self) -> SqlAudit:
        return SqlAudit(self._connection)

    @cached_property
    def outbox(self) -> SqlOutbox:
        return SqlOutbox(self._connection)


class SqlStore:
    """Fulfils `changes.ports.Store`."""

    def __init__(self, database: Database, vault: Vault) -> None:
        self._database, self._vault = database, vault

    @asynccontextmanager
    async def read(self) -> AsyncIterator[SqlTransaction]:
        async with self._database.read() as connection:
            yield SqlTransaction(connection, self._vault)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[SqlTransaction]:
        async with self._database.write() as connection:
            yield SqlTransaction(connection, self._vault)
