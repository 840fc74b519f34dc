"""Change requests: their rows and leases."""

import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.backend import ChangeKind
from changes.life import OPEN, WORKED, State
from changes.request import ChangeRequest
from changes.till import Terminal
from storage.columns import Moment
from storage.tables import requests
from storage.users import as_json, from_json
from storage.vault import Vault, VaultError

log = structlog.get_logger()

_OPEN = tuple(state.value for state in OPEN)
_WORKED = tuple(state.value for state in WORKED)
#: Ends of changes that a till may have been asked for; and states in which it was not.
_ENDED = (State.APPLIED.value, State.FAILED.value, State.ABANDONED.value)
_NEVER_ASKED = (State.PROPOSED.value, State.SCHEDULED.value, State.CANCELLED.value, State.EXPIRED.value)
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
    "due_at",
    "until",
    "ends",
    "batch",
    "done_at",
)

#: What a request is stays; these are what becomes of it.
_MOVES = (
    "result",
    "progress_message_id",
    "expires_at",
    "confirmed_at",
    "asked_at",
    "finished_at",
    "attempts",
    "next_at",
    "lease_owner",
    "due_at",
    "until",
    "done_at",
)


def _secret_place(request_id: str) -> str:
    return f"requests.secret:{request_id}"


def _same_user(shop_id: int, terminal_id: str, user_id: str) -> ColumnElement[bool]:
    return and_(requests.c.shop_id == shop_id, requests.c.terminal_id == terminal_id, requests.c.user_id == user_id)


# What runs at each step is put together once; the columns of an UPDATE are those that it is given.
_REQUEST = select(requests).where(requests.c.id == bindparam("which"))
_REQUEST_TO_MOVE = _REQUEST.with_for_update()
_SET = update(requests).where(requests.c.id == bindparam("which"))
_MOVE = _SET.where(requests.c.state == bindparam("source"))
_MOVE_FREE = _MOVE.where(requests.c.lease_owner.is_(None))
_MOVE_HELD = _MOVE.where(requests.c.lease_owner == bindparam("holder"))
#: Where it was given up meanwhile it is looked at again at once.
_MOVE_ON = _MOVE_HELD.values(next_at=func.coalesce(requests.c.given_up_at, bindparam("next", type_=Moment)))
_BUSY = select(
    exists().where(
        _same_user(bindparam("shop"), bindparam("terminal"), bindparam("user")),  # type: ignore[arg-type]
        requests.c.state.in_(_OPEN),
    )
)
_other = requests.alias()
#: The older goes first: two open changes of one user are neither worked on at once nor wait for each other.
_WAITS_FOR_OLDER = exists().where(
    tuple_(_other.c.created_at, _other.c.id) < tuple_(requests.c.created_at, requests.c.id),
    _other.c.shop_id == requests.c.shop_id,
    _other.c.terminal_id == requests.c.terminal_id,
    _other.c.user_id == requests.c.user_id,
    _other.c.state.in_(_OPEN),
)
_NEXT = (
    select(requests)
    .where(
        requests.c.state.in_(_WORKED),
        requests.c.next_at <= bindparam("now"),
        or_(requests.c.lease_owner.is_(None), requests.c.lease_until <= bindparam("now")),
        ~_WAITS_FOR_OLDER,
        requests.c.id.not_in(bindparam("besides", expanding=True)),
    )
    .order_by(requests.c.next_at, requests.c.created_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_NEXT_DUE = select(
    func.min(case((requests.c.lease_owner.is_(None), requests.c.next_at), else_=requests.c.lease_until))
).where(requests.c.state.in_(_WORKED), requests.c.next_at.is_not(None))


class SqlRequests:
    def __init__(self, connection: AsyncConnection, vault: Vault) -> None:
        self._connection, self._vault = connection, vault

    async def add(self, request: ChangeRequest) -> None:
        await self._connection.execute(insert(requests).values(self._row(request)))

    async def get(self, request_id: str, *, lock: bool = False) -> ChangeRequest | None:
        query = _REQUEST_TO_MOVE if lock else _REQUEST
        row = (await self._connection.execute(query, {"which": request_id})).one_or_none()
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
        return bool(await self._connection.scalar(_BUSY, {"shop": shop_id, "terminal": terminal_id, "user": user_id}))

    async def move(self, request: ChangeRequest, source: State, lease_owner: str | None) -> bool:
        given = {"which": request.id, "source": source.value, **self._moved(request)}
        if lease_owner is None:
            statement = _MOVE_FREE
        else:
            statement = _MOVE_HELD
            given["holder"] = lease_owner
            # The outgoing queue sends another progress message where the first is gone; a worker knows only the first.
            del given["progress_message_id"]
            if request.next_at is not None:
                statement = _MOVE_ON
                given["next"] = given.pop("next_at")
        if request.lease_owner is None:
            given["lease_until"] = None
        return (await self._connection.execute(statement, given)).rowcount == 1

    async def lease(
        self, owner: str, now: datetime, until: datetime, besides: Collection[str] = ()
    ) -> ChangeRequest | None:
        row = (await self._connection.execute(_NEXT, {"now": now, "besides": list(besides)})).one_or_none()
        if row is None:
            return None
        try:
            leased = replace(self._request(row), lease_owner=owner, attempts=row.attempts + 1)
        except (LookupError, TypeError, ValueError) as odd:
            # Another release wrote it, or it is damaged: it is tried again later and holds up no other.
            log.error("a change cannot be read", change=row.id, error=type(odd).__name__)
            await self._connection.execute(update(requests).where(requests.c.id == row.id).values(next_at=until))
            return None
        values = {"lease_owner": owner, "lease_until": until, "attempts": leased.attempts}
        await self._connection.execute(_SET, {"which": leased.id, **values})
        return leased

    async def next_due(self) -> datetime | None:
        due_at: datetime | None = await self._connection.scalar(_NEXT_DUE)
        return due_at

    async def hold(self, request_id: str, owner: str, until: datetime) -> bool:
        mine = (requests.c.id == request_id, requests.c.lease_owner == owner, requests.c.state.in_(_WORKED))
        held = await self._connection.execute(update(requests).where(*mine).values(lease_until=until))
        return held.rowcount == 1

    async def release_all(self, now: datetime) -> None:
        free = {"lease_owner": None, "lease_until": None}
        await self._connection.execute(update(requests).where(requests.c.state.in_(_OPEN)).values(next_at=now, **free))
        waiting = requests.c.state == State.SCHEDULED.value
        await self._connection.execute(update(requests).where(waiting).values(free))

    async def bring_back(self, latest: datetime) -> None:
        worked = requests.c.state.in_(_WORKED)
        # What is later than its own time waits for something else: that is never long.
        put_off = or_(requests.c.due_at.is_(None), requests.c.due_at < requests.c.next_at)
        # A person at the till takes the time it takes.
        put_off = and_(put_off, requests.c.state != State.GUIDED.value)
        late = update(requests).where(worked, requests.c.next_at > latest, put_off)
        await self._connection.execute(late.values(next_at=latest))
        leased = update(requests).where(worked, requests.c.lease_until > latest)
        await self._connection.execute(leased.values(lease_until=latest))

    async def waiting(self, shop_id: int) -> tuple[ChangeRequest, ...]:
        waits = (requests.c.shop_id == shop_id, requests.c.state == State.SCHEDULED.value)
        return await self._found(select(requests).where(*waits).order_by(requests.c.due_at, requests.c.id))

    async def waiting_ends(self, request: ChangeRequest) -> tuple[ChangeRequest, ...]:
        ends = and_(_same_user(request.shop_id, request.terminal.id, request.user.id), requests.c.ends.is_not(None))
        return await self._found(select(requests).where(ends, requests.c.state == State.SCHEDULED.value))

    async def unfinished(self, shop_id: int) -> tuple[ChangeRequest, ...]:
        worked = (requests.c.shop_id == shop_id, requests.c.state.in_(_WORKED))
        return await self._found(select(requests).where(*worked).order_by(requests.c.id).with_for_update())

    async def reaching(self, shop_id: int, since: datetime) -> tuple[ChangeRequest, ...]:
        under_way = requests.c.state.not_in((*_ENDED, *_NEVER_ASKED))
        reach = or_(under_way, and_(requests.c.state.in_(_ENDED), requests.c.finished_at >= since))
        return await self._found(select(requests).where(requests.c.shop_id == shop_id, reach))

    async def of_batch(self, batch: str) -> tuple[ChangeRequest, ...]:
        by_user = (requests.c.terminal_id, requests.c.user_id)
        return await self._found(select(requests).where(requests.c.batch == batch).order_by(*by_user))

    async def move_waiting(self, request: ChangeRequest) -> bool:
        """Whoever has it leased loses it."""
        given = {"which": request.id, "source": State.SCHEDULED.value, **self._moved(request)}
        given |= {"lease_owner": None, "lease_until": None}
        # The outgoing queue may have sent another since the request was read.
        del given["progress_message_id"]
        return (await self._connection.execute(_MOVE, given)).rowcount == 1

    async def give_up(self, request_id: str, now: datetime) -> bool:
        open_one = and_(requests.c.id == request_id, requests.c.state.in_(_OPEN))
        given_up = await self._connection.execute(update(requests).where(open_one).values(given_up_at=now, next_at=now))
        return given_up.rowcount == 1

    async def make_due(self, request_id: str, now: datetime) -> None:
        open_one = and_(requests.c.id == request_id, requests.c.state.in_(_OPEN))
        await self._connection.execute(update(requests).where(open_one).values(next_at=now))

    async def forget_secret(self, request_id: str) -> None:
        await self._connection.execute(update(requests).where(requests.c.id == request_id).values(sealed_secret=None))

    async def set_progress_message(self, request_id: str, message_id: int) -> None:
        values = {"progress_message_id": message_id}
        await self._connection.execute(update(requests).where(requests.c.id == request_id).values(values))

    async def _found(self, query: Select[Any]) -> tuple[ChangeRequest, ...]:
        return tuple(self._request(row) for row in await self._connection.execute(query))

    def _row(self, request: ChangeRequest) -> dict[str, Any]:
        return {
            **{name: getattr(request, name) for name in _COPIED},
            "terminal_id": request.terminal.id,
            "terminal_name": request.terminal.name,
            "user_id": request.user.id,
            "kind": request.kind.value,
            **self._moved(request),
        }

    def _moved(self, request: ChangeRequest) -> dict[str, Any]:
        moved = {
            **{name: getattr(request, name) for name in _MOVES},
            "user": as_json(request.user),
            "state": request.state.value,
        }
        if not (request.secret_unreadable and request.state in WORKED):
            # Else the key may come back.
            secret = request.secret
            moved["sealed_secret"] = None if secret is None else self._vault.seal(_secret_place(request.id), secret)
        return moved

    def _request(self, row: Row[Any]) -> ChangeRequest:
        secret, unreadable = None, False
        if row.sealed_secret is not None:
            try:
                secret = self._vault.open(_secret_place(row.id), row.sealed_secret)
            except VaultError:
                # Only what needs this one secret must fail of it, not every look at the rows.
                unreadable = True
        return ChangeRequest(
            **{name: getattr(row, name) for name in _COPIED},
            terminal=Terminal(row.terminal_id, row.terminal_name),
            user=from_json(row.user),
            kind=ChangeKind(row.kind),
            state=State(row.state),
            given_up_at=row.given_up_at,
            secret=secret,
            secret_unreadable=unreadable,
        )
