"""The adapter between a SCIM 2.0 server and the protocol that every point-of-sale system answers.

The directory is one for the whole business, so there is one terminal, which stands for all. Only who has one of the
three roles is a terminal user; whoever else the directory holds is neither shown nor changed.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any
from urllib.parse import quote

from changes.backend import (
    BackendRefused,
    Capabilities,
    ChangeKind,
    Evidence,
    NotReached,
    Order,
    Refusal,
    Scope,
    SecretRules,
    Support,
)
from changes.till import Role, Terminal, TerminalUser, UserPage, UserQuery
from pos.http import Answer, Http
from pos.listing import page_of
from pos.scim.users import Resource, RoleNames, holds, patch_of, user_of

TERMINAL_ID = "all"

CAPABILITIES = Capabilities(
    operations={
        ChangeKind.RENAME: Support.NATIVE,
        ChangeKind.ROLE: Support.NATIVE,
        ChangeKind.FREEZE: Support.NATIVE,
        ChangeKind.UNFREEZE: Support.NATIVE,
        ChangeKind.PIN: Support.NONE,
    },
    secret=SecretRules(shortest=0, longest=0, made=0),
    name_longest=64,
    roles=tuple(Role),
    # A repeat finds the user as it wants it, and asks for nothing.
    idempotent=True,
    versioned=True,
    confirms_secret=False,
    evidence=Evidence.REAL_SERVER,
    scope=Scope.SHOP,
)

#: Users asked for at once. A server may send fewer (RFC 7644, 3.4.2.4).
PAGE = 200
#: More users than that are no shop's.
MOST_USERS = 50_000

#: Another user's change can make an ETag stale; then it is looked whether this user is still the same.
_MOST_TRIES = 5

_MEDIA = "application/scim+json"


class ScimBackend:
    """Every call ends within about `timeout` seconds; an order is several calls, at most `_MOST_TRIES` times two."""

    def __init__(self, base: str, token: str, *, terminal: str, names: RoleNames, timeout: float = 10) -> None:
        headers = {"Authorization": f"Bearer {token}", "Accept": _MEDIA, "Content-Type": _MEDIA}
        self._http = Http(base, headers, timeout)
        self._terminal, self._names = Terminal(TERMINAL_ID, terminal), names

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    async def terminals(self) -> tuple[Terminal, ...]:
        return (self._terminal,)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        self._check(terminal_id)
        return page_of([user async for user in self._all()], query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        return (await self._found(terminal_id, user_id))[0]

    async def apply(self, order: Order, key: str) -> None:  # noqa: ARG002 of the protocol
        """`key` goes nowhere: SCIM has none, and what is asked for is a state that can be asked for twice."""
        for _ in range(_MOST_TRIES):
            user, resource = await self._found(order.terminal_id, order.user_id)
            if holds(user, order):
                return
            if user.version != order.expected_version:
                raise BackendRefused(Refusal.STALE_VERSION)
            answer = await self._patch(order, resource)
            if answer.status != 412:
                _check_answer(answer)
                return
        raise BackendRefused(Refusal.STALE_VERSION, "others kept writing")

    async def confirm(self, order: Order) -> bool:
        user, _ = await self._found(order.terminal_id, order.user_id)
        return holds(user, order)

    async def close(self) -> None:
        await self._http.close()

    async def missing(self) -> list[str]:
        """What the server lacks, a sentence each; asked when a shop is added. Raises `BackendError`."""
        config = _object((await self._http.ask("/ServiceProviderConfig")).body)
        lacks = []
        if not _supports(config, "patch"):
            lacks.append("the server does not support PATCH, and anything else would erase what it does not name")
        _object(await self._page(1, 1))
        return lacks

    async def _found(self, terminal_id: str, user_id: str) -> tuple[TerminalUser, Resource]:
        self._check(terminal_id)
        answer = await self._http.ask(f"/Users/{_safe(user_id)}")
        if answer.status == 404:
            raise BackendRefused(Refusal.USER_GONE)
        if answer.status != 200:
            raise NotReached(f"answered {answer.status}")
        resource = _object(answer.body)
        user = user_of(resource, TERMINAL_ID, self._names)
        if user is None or user.id != user_id:
            raise BackendRefused(Refusal.USER_GONE, "no terminal user")
        return user, resource | {"_etag": answer.headers.get("ETag")}

    async def _patch(self, order: Order, resource: Resource) -> Answer:
        etag = resource["_etag"] or _object(resource.get("meta") or {}).get("version")
        headers = {"If-Match": str(etag)} if etag else None
        body = patch_of(resource, order, self._names)
        return await self._http.order("PATCH", f"/Users/{_safe(order.user_id)}", body, headers)

    async def _all(self) -> AsyncIterator[TerminalUser]:
        """Every terminal user once, also where somebody is added or removed between two pages."""
        seen: set[str] = set()
        start, total = 1, 1
        while start <= total:
            listed = _object(await self._page(start, PAGE))
            resources = listed.get("Resources") or []
            total = min(_count(listed), MOST_USERS)
            for resource in resources:
                user = user_of(_object(resource), TERMINAL_ID, self._names)
                if user is not None and user.id not in seen:
                    seen.add(user.id)
                    yield user
            if not resources:
                return
            start += len(resources)

    async def _page(self, start: int, count: int) -> Any:
        asked = {"startIndex": str(start), "count": str(count), "sortBy": "id"}
        answer = await self._http.ask("/Users", asked)
        if answer.status != 200:
            raise NotReached(f"answered {answer.status}")
        return answer.body

    def _check(self, terminal_id: str) -> None:
        if terminal_id != TERMINAL_ID:
            raise BackendRefused(Refusal.TERMINAL_GONE)


def _check_answer(answer: Answer) -> None:
    """RFC 7644, 3.12: what a refusal means. Raises `BackendRefused`."""
    if answer.status < 300:
        return
    kind = answer.body.get("scimType") if isinstance(answer.body, Mapping) else None
    raise BackendRefused(_REFUSALS.get(answer.status, Refusal.OTHER), f"{answer.status} {kind or ''}".strip())


_REFUSALS = {404: Refusal.USER_GONE, 409: Refusal.STALE_VERSION}


def _object(body: Any) -> dict[str, Any]:
    """Raises `NotReached` for what is no SCIM server's answer."""
    if not isinstance(body, dict):
        raise NotReached("no SCIM answer")
    return body


def _count(listed: Resource) -> int:
    """RFC 7644, 3.4.2: it must be there. Raises `NotReached`: an odd answer is no till without users."""
    total = listed.get("totalResults")
    if not isinstance(total, int):
        raise NotReached("no SCIM list")
    return total


def _supports(config: Resource, feature: str) -> bool:
    said = config.get(feature)
    return isinstance(said, Mapping) and said.get("supported") is True


def _safe(user_id: str) -> str:
    """An id as one step of a path: it comes from the server, and names nothing else there."""
    return quote(user_id, safe="")
