"""What was kept before changes, sealed."""

import json
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.roster import Roster
from changes.snapshot import Kept, Snapshot
from changes.till import TerminalUser
from storage.rosters import as_text, from_text
from storage.tables import snapshots
from storage.users import as_json, from_json
from storage.vault import Vault

_THIS = snapshots.c.request_id == bindparam("which")
_SET = update(snapshots).where(_THIS)


def _user_place(request_id: str) -> str:
    return f"snapshots.user:{request_id}"


def _roster_place(request_id: str) -> str:
    return f"snapshots.roster:{request_id}"


class SqlSnapshots:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def keep(self, request_id: str, user: TerminalUser, at: datetime) -> None:
        values = {"taken_at": at, "sealed_user": self._vault.seal(_user_place(request_id), json.dumps(as_json(user)))}
        kept = await self._connection.execute(_SET, {"which": request_id, **values})
        if kept.rowcount == 0:
            await self._connection.execute(insert(snapshots).values(request_id=request_id, **values))

    async def keep_roster(self, request_id: str, kept: Kept, roster: Roster | None) -> None:
        sealed = None if roster is None else self._vault.seal(_roster_place(request_id), as_text(roster))
        await self._connection.execute(_SET, {"which": request_id, "roster": kept.value, "sealed_roster": sealed})

    async def get(self, request_id: str) -> Snapshot | None:
        """Raises `VaultError` where no key opens it."""
        row = (await self._connection.execute(select(snapshots).where(_THIS), {"which": request_id})).one_or_none()
        if row is None:
            return None
        user = from_json(json.loads(self._vault.open(_user_place(request_id), row.sealed_user)))
        sealed = row.sealed_roster
        roster = None if sealed is None else from_text(self._vault.open(_roster_place(request_id), sealed))
        return Snapshot(row.taken_at, user, None if row.roster is None else Kept(row.roster), roster)

    async def forget(self, before: datetime) -> None:
        await self._connection.execute(delete(snapshots).where(snapshots.c.taken_at < before))
