"""Looking: the shop's terminals, their users, the audit. Nothing here changes anything."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from changes.audit import Entry
from changes.authority import Action, Actor
from changes.backend import Backend, BackendError, BackendRefused, Capabilities
from changes.errors import NotAllowed, TillRefused, TillUnreachable
from changes.ports import Shop, Store, Tills
from changes.till import Terminal, TerminalUser, UserPage, UserQuery
from changes.usecase import UseCase


@asynccontextmanager
async def asking_till() -> AsyncIterator[None]:
    """A till's failure to answer a question, as the refusal that a person is told."""
    try:
        yield
    except BackendRefused as no:
        raise TillRefused(no.reason) from no
    except BackendError as away:
        raise TillUnreachable from away


class _Look(UseCase):
    def __init__(self, store: Store, tills: Tills) -> None:
        self._store, self._tills = store, tills

    async def _till(self, actor: Actor, shop_id: int) -> Backend:
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
        return await self._tills.of(shop_id)


class ListTerminals(_Look):
    needs = Action.SEE_USERS

    async def __call__(self, actor: Actor, shop_id: int) -> tuple[Terminal, ...]:
        async with asking_till():
            till = await self._till(actor, shop_id)
            return await till.terminals()


class ListUsers(_Look):
    needs = Action.SEE_USERS

    async def __call__(self, actor: Actor, shop_id: int, terminal_id: str, query: UserQuery) -> UserPage:
        async with asking_till():
            till = await self._till(actor, shop_id)
            return await till.users(terminal_id, query)


class SeeTill(_Look):
    """What the shop's till can do; it is not asked for that."""

    needs = Action.SEE_USERS

    async def __call__(self, actor: Actor, shop_id: int) -> Capabilities:
        async with asking_till():
            return (await self._till(actor, shop_id)).capabilities


@dataclass(frozen=True, slots=True)
class UserCard:
    """A user as the till knows it now, and what can be changed of it."""

    user: TerminalUser
    terminal: Terminal
    capabilities: Capabilities
    #: Whether the shop has other terminals too.
    elsewhere: bool


class SeeUser(_Look):
    needs = Action.SEE_USERS

    async def __call__(self, actor: Actor, shop_id: int, terminal_id: str, user_id: str) -> UserCard:
        async with asking_till():
            till = await self._till(actor, shop_id)
            user = await till.user(terminal_id, user_id)
            terminals = await till.terminals()
            elsewhere = any(terminal.id != terminal_id for terminal in terminals)
            return UserCard(user, named_terminal(terminals, terminal_id), till.capabilities, elsewhere)


async def terminal_of(till: Backend, terminal_id: str) -> Terminal:
    """The terminal with its name; the bare id as its name where the till no longer lists it."""
    return named_terminal(await till.terminals(), terminal_id)


def named_terminal(terminals: Iterable[Terminal], terminal_id: str) -> Terminal:
    """The terminal of that id; the bare id as its name where there is none."""
    return next((each for each in terminals if each.id == terminal_id), Terminal(terminal_id, terminal_id))


@dataclass(frozen=True, slots=True)
class AuditPage:
    shop: Shop
    entries: tuple[Entry, ...]
    total: int


class ReadAudit(UseCase):
    """The shop's entries, newest first."""

    needs = Action.SEE_AUDIT

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, actor: Actor, shop_id: int, offset: int, limit: int) -> AuditPage:
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
            shop = await tx.shops.get(shop_id)
            if shop is None:
                raise NotAllowed
            entries = await tx.audit.latest(shop_id, offset, limit)
            return AuditPage(shop, entries, await tx.audit.count(shop_id))
