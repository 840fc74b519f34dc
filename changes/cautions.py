"""What an owner should know before confirming a change of one user."""

from collections.abc import Iterator

from changes.backend import Backend, BackendRefused, ChangeKind, Refusal
from changes.listing import is_namesake
from changes.proposals import Caution
from changes.request import Draft
from changes.till import SUPERVISING, Role, Status, TerminalUser, UserQuery

#: What a till does to nobody whom it protects.
AGAINST = frozenset({ChangeKind.FREEZE, ChangeKind.REMOVE, ChangeKind.ROLE, ChangeKind.PERMISSIONS, ChangeKind.ASSIGN})

#: What takes a user from the terminal.
LEAVING = frozenset({ChangeKind.FREEZE, ChangeKind.REMOVE})


def check_protected(kind: ChangeKind, user: TerminalUser) -> None:
    """Raises `BackendRefused(PROTECTED)`, as the till would: before a code is asked for."""
    if user.protected and kind in AGAINST:
        raise BackendRefused(Refusal.PROTECTED)


async def cautions_of(till: Backend, draft: Draft, user: TerminalUser, value: str | None) -> tuple[Caution, ...]:
    """`value` is the draft's as it was checked."""
    found = [*guided(till, draft.kind), *_seen(draft, user, value)]
    role = Role(value) if draft.kind is ChangeKind.ROLE and value else user.role
    found += await missed(till, draft.terminal_id, user, None if draft.kind in LEAVING else role)
    if draft.kind is ChangeKind.REMOVE and till.capabilities.offers(ChangeKind.FREEZE):
        found.append(Caution.FREEZE_INSTEAD)
    if draft.kind is ChangeKind.RENAME and value and await is_namesake(till, draft.terminal_id, value, user.id):
        found.append(Caution.SAME_NAME)
    return tuple(found)


def guided(till: Backend, kind: ChangeKind) -> tuple[Caution, ...]:
    return (Caution.GUIDED,) if till.capabilities.is_guided(kind) else ()


def _seen(draft: Draft, user: TerminalUser, value: str | None) -> Iterator[Caution]:
    """What the user alone shows."""
    match draft.kind:
        case ChangeKind.ROLE if Role(value or "").rank > user.role.rank:
            yield Caution.MORE_RIGHTS
        case ChangeKind.PERMISSIONS if set((value or "").split()) - (user.permissions or frozenset()):
            yield Caution.MORE_RIGHTS
        case ChangeKind.PIN if user.status is Status.FROZEN:
            yield Caution.STILL_FROZEN
        case ChangeKind.UNFREEZE if draft.until is not None:
            yield Caution.ENDS_SESSION
        case ChangeKind.FREEZE | ChangeKind.REMOVE if user.signed_in:
            yield Caution.SIGNED_IN


async def missed(till: Backend, terminal_id: str, user: TerminalUser, role: Role | None) -> list[Caution]:
    """Whose kind is missed once the user has `role`; None where they leave."""
    if user.status is not Status.ACTIVE:
        return []
    if user.role in SUPERVISING and role not in SUPERVISING and await _is_last(till, terminal_id, SUPERVISING):
        return [Caution.LAST_SUPERVISOR]
    managers = frozenset({Role.MANAGER})
    if user.role in managers and role not in managers and await _is_last(till, terminal_id, managers):
        return [Caution.LAST_MANAGER]
    return []


async def _is_last(till: Backend, terminal_id: str, roles: frozenset[Role]) -> bool:
    return (await till.users(terminal_id, UserQuery(roles=roles, status=Status.ACTIVE, limit=1))).total <= 1
