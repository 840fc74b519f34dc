"""Change requests: their rows, leases and snapshots."""

import json
from collections.abc import Collection
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, exists, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.backend import ChangeKind
from changes.life import OPEN, State
from changes.request import ChangeRequest
from changes.till import Role, Status, Terminal, TerminalUser
from storage.tables import requests, snapshots
from storage.vault import Vault, VaultError

_OPEN = tuple(state.value for state in OPEN)
_COPIED = (
    "id",
    "shop_id",
    "actor_id",
    "actor_name",
    "chat_id",
    "before",
    "after",
    "force",
    "undoes",
    "secret_made",
    "result",
    "progress_message_id",
    "created_at",
    "expires_at",
    "confirmed_at",
    "asked_at",
    "finished_at",
    "attempts",
    "next_at",
    "lease_owner",
)


def _secret_place(request_id: str) -> str:
    return f"requests.secret:{request_id}"


class SqlRequests:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def add(self, request: ChangeRequest) -> None:
        await self._connection.execute(insert(requests).values(self._row(request)))

    async def get(self, request_id: str) -> ChangeRequest | None:
        row = (await self._connection.execute(select(requests).where(requests.c.id == request_id))).one_or_none()
        return None if row is None else self._request(row)

    async def end_proposals(self, person_id: int, state: State, now: datetime) -> int:
        return await self._end(state, now, requests.c.actor_id == person_id)

    async def expire(self, now: datetime) -> None:
        await self._end(State.EXPIRED, now, requests.c.expires_at <= now)

    async def _end(self, state: State, now: datetime, which: ColumnElement[bool]) -> int:
        open_ones = update(requests).where(requests.c.state == State.PROPOSED.value, which)
        ended = await self._connection.execute(open_ones.values(state=state.value, finished_at=now, sealed_secret=None))
        return ended.rowcount

    async def under_way(self, person_id: int) -> bool:
        open_ones = exists().where(requests.c.actor_id == person_id, requests.c.state.in_(_OPEN))
        return bool(await self._connection.scalar(select(open_ones)))

    async def busy(self, shop_id: int, terminal_id: str, user_id: str) -> bool:
        if self._connection.dialect.name == "postgresql":
            # There writers do not wait for each other; here they must, or two could each find the user free.
            user = func.hashtextextended(json.dumps([shop_id, terminal_id, user_id]), 0)
            await self._connection.execute(select(func.pg_advisory_xact_lock(user)))
        same = and_(
            requests.c.shop_id == shop_id,
            requests.c.terminal_id == terminal_id,
            requests.c.user_id == user_id,
            requests.c.state.in_(_OPEN),
        )
        return bool(await self._connection.scalar(select(exists().where(same))))

    async def move(self, request: ChangeRequest, source: State, lease_owner: str | None) -> bool:
        held = requests.c.lease_owner.is_(None) if lease_owner is None else requests.c.lease_owner == lease_owner
        fence = and_(requests.c.id == request.id, requests.c.state == source.value, held)
        values = self._row(request)
        if lease_owner is not None:
            # The outgoing queue sends another progress message where the first is gone; a worker knows only the first.
            del values["progress_message_id"]
        if request.secret_unreadable and request.state in OPEN:
            # The key may come back.
            del values["sealed_secret"]
        if request.lease_owner is None:
            values["lease_until"] = None
        moved = await self._connection.execute(update(requests).where(fence).values(values))
        return moved.rowcount == 1

    async def lease(
        self, owner: str, now: datetime, until: datetime, besides: Collection[str] = ()
    ) -> ChangeRequest | None:
        other = requests.alias()
        # The older goes first: two open changes of one user are neither worked on at once nor wait for each other.
        held = exists().where(
            tuple_(other.c.created_at, other.c.id) < tuple_(requests.c.created_at, requests.c.id),
            other.c.shop_id == requests.c.shop_id,
            other.c.terminal_id == requests.c.terminal_id,
            other.c.user_id == requests.c.user_id,
            other.c.state.in_(_OPEN),
        )
        free = or_(requests.c.lease_owner.is_(None), requests.c.lease_until <= now)
        query = (
            select(requests)
            .where(requests.c.state.in_(_OPEN), requests.c.next_at <= now, free, ~held, requests.c.id.not_in(besides))
            .order_by(requests.c.next_at, requests.c.created_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = (await self._connection.execute(query)).one_or_none()
        if row is None:
            return None
        leased = replace(self._request(row), lease_owner=owner, attempts=row.attempts + 1)
        values = {"lease_owner": owner, "lease_until": until, "attempts": leased.attempts}
        await self._connection.execute(update(requests).where(requests.c.id == leased.id).values(values))
        return leased

    async def next_due(self) -> datetime | None:
        waits = requests.c.state.in_(_OPEN)
        free = select(func.min(requests.c.next_at)).where(waits, requests.c.lease_owner.is_(None))
        held = select(func.min(requests.c.lease_until)).where(waits, requests.c.lease_owner.is_not(None))
        moments = [await self._connection.scalar(query) for query in (free, held)]
        return min((moment for moment in moments if moment is not None), default=None)

    async def hold(self, request_id: str, owner: str, until: datetime) -> bool:
        mine = (requests.c.id == request_id, requests.c.lease_owner == owner, requests.c.state.in_(_OPEN))
        held = await self._connection.execute(update(requests).where(*mine).values(lease_until=until))
        return held.rowcount == 1

    async def release_all(self, now: datetime) -> None:
        free = {"lease_owner": None, "lease_until": None, "next_at": now}
        await self._connection.execute(update(requests).where(requests.c.state.in_(_OPEN)).values(free))

    async def forget_secret(self, request_id: str) -> None:
        await self._connection.execute(update(requests).where(requests.c.id == request_id).values(sealed_secret=None))

    async def set_progress_message(self, request_id: str, message_id: int) -> None:
        values = {"progress_message_id": message_id}
        await self._connection.execute(update(requests).where(requests.c.id == request_id).values(values))

    async def keep_snapshot(self, request_id: str, user: TerminalUser, at: datetime) -> None:
        sealed = self._vault.seal(f"snapshots.user:{request_id}", json.dumps(asdict(user)))
        values = {"taken_at": at, "sealed_user": sealed}
        kept = await self._connection.execute(
            update(snapshots).where(snapshots.c.request_id == request_id).values(values)
        )
        if kept.rowcount == 0:
            await self._connection.execute(insert(snapshots).values(request_id=request_id, **values))

    def _row(self, request: ChangeRequest) -> dict[str, Any]:
        sealed = None if request.secret is None else self._vault.seal(_secret_place(request.id), request.secret)
        return {
            **{name: getattr(request, name) for name in _COPIED},
            "terminal_id": request.terminal.id,
            "terminal_name": request.terminal.name,
            "user_id": request.user.id,
            "user": asdict(request.user),
            "kind": request.kind.value,
            "state": request.state.value,
            "sealed_secret": sealed,
        }

    def _request(self, row: Row[Any]) -> ChangeRequest:
        secret, unreadable = None, False
        if row.sealed_secret is not None:
            try:
                secret = self._vault.open(_secret_place(row.id), row.sealed_secret)
            except VaultError:
                # Only what needs this one secret must fail of it, not every look at the rows.
                unreadable = True
        user = dict(row.user) | {"role": Role(row.user["role"]), "status": Status(row.user["status"])}
        return ChangeRequest(
            **{name: getattr(row, name) for name in _COPIED},
            terminal=Terminal(row.terminal_id, row.terminal_name),
            user=TerminalUser(**user),
            kind=ChangeKind(row.kind),
            state=State(row.state),
            secret=secret,
            secret_unreadable=unreadable,
        )
