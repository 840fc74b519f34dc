"""SumUp's members as terminal users. No HTTP here; what comes in was checked by the library's models."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from changes.backend import BackendRefused, ChangeKind, Order, Refusal
from changes.till import Role, Status, TerminalUser

#: SumUp's roles that are the till's: an employee does a cashier's tasks, a manager also refunds.
#: https://developer.sumup.com/tools/account/roles/
ROLES = {Role.CASHIER: "role_employee", Role.MANAGER: "role_manager"}

#: Who holds one of these administers the account: no till's user, whatever else they hold.
_ABOVE = frozenset({"role_owner", "role_admin"})

_MANAGED = "managed_user"
_MACHINES = frozenset({"service_account", "system_account"})

#: SumUp's bound for an address.
_ADDRESS_LONGEST = 256


@dataclass(frozen=True, slots=True)
class Addresses:
    """Members sign in with an address; of those at the shop's own domain the part before it is the operator number."""

    domain: str

    def number_of(self, address: str) -> str:
        local, _, domain = address.rpartition("@")
        return local if local and self.domain and domain == self.domain else address

    def of(self, number: str | None) -> str:
        """Raises `BackendRefused(NUMBER_INVALID)` for what can be no part of an address."""
        ending = "@" + self.domain
        if not number or not number.isascii() or not number.replace("-", "").replace("_", "").isalnum():
            raise BackendRefused(Refusal.NUMBER_INVALID)
        if len(number + ending) > _ADDRESS_LONGEST:
            raise BackendRefused(Refusal.NUMBER_INVALID)
        return number + ending


def user_of(member: Any, terminal_id: str, addresses: Addresses) -> TerminalUser | None:
    """None for who is no terminal user: without one of the till's roles, an administrator, or a machine."""
    role, user = role_of(member.roles), member.user
    address = user.email if user is not None else getattr(member.invite, "email", "")
    if role is None or not address or (user is not None and user.type in _MACHINES):
        return None
    number = addresses.number_of(address)
    name = (user.nickname if user is not None else None) or number
    # Invited and not come yet, or disabled: they cannot sign in.
    able = member.status == "accepted" and user is not None and user.disabled_at is None
    status = Status.ACTIVE if able else Status.FROZEN
    return TerminalUser(
        id=member.id,
        terminal_id=terminal_id,
        number=number,
        name=name,
        role=role,
        status=status,
        version=_digest([member.id, address, name, sorted(member.roles), status]),
    )


def role_of(held: Sequence[str]) -> Role | None:
    """The highest of the till's."""
    if _ABOVE.intersection(held):
        return None
    return max((role for role, name in ROLES.items() if name in held), key=lambda role: role.rank, default=None)


def is_managed(member: Any) -> bool:
    """Whether the merchant made this user, and so may name them and set their password."""
    return member.user is not None and member.user.type == _MANAGED


def roles_with(member: Any, role: Role | None) -> list[str]:
    """The member's roles with this one for those of the till; what else they hold stays.

    Raises `BackendRefused(UNSUPPORTED)` for a role that SumUp has not.
    """
    if role not in ROLES:
        raise BackendRefused(Refusal.UNSUPPORTED, "no such role")
    return [*(each for each in member.roles if each not in ROLES.values()), ROLES[role]]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()[:16]


def holds(user: TerminalUser, order: Order) -> bool | None:
    """Whether the user is as the order wants; None of a password, which cannot be read back.

    Raises `BackendRefused(OTHER)` for an order without its field.
    """
    match order:
        case Order(kind=ChangeKind.RENAME, name=str(name)):
            return user.name == name
        case Order(kind=ChangeKind.ROLE, role=Role() as role):
            return user.role is role
        case Order(kind=ChangeKind.PIN, secret=str()):
            return None
        case Order(kind=ChangeKind.REMOVE):
            return False
        case Order(kind=ChangeKind.ADD, number=str(number), name=str(name), role=Role() as role):
            return (user.number, user.name, user.role, user.status) == (number, name, role, Status.ACTIVE)
        case _:
            raise BackendRefused(Refusal.OTHER, "malformed order")


def check_password(password: str | None, shortest: int, longest: int) -> str:
    """Raises `BackendRefused`."""
    if password is None or len(password) < shortest:
        raise BackendRefused(Refusal.SECRET_SHORT)
    if len(password) > longest:
        raise BackendRefused(Refusal.SECRET_LONG)
    return password


#: What a 403 means where it is no matter of the account: "Password was already used before", "Member deletion was
#: forbidden".
FORBIDDEN = {ChangeKind.PIN: Refusal.SECRET_WEAK, ChangeKind.REMOVE: Refusal.PROTECTED}

_INVALID = {ChangeKind.RENAME: Refusal.NAME_INVALID, ChangeKind.PIN: Refusal.SECRET_WEAK}


def refusal_of(status: int, kind: ChangeKind | None) -> Refusal:
    """What SumUp's no means; `kind` is of an order."""
    if status == 404:
        return Refusal.USER_GONE
    # "Cannot update member as some data conflict with existing members": of a new one it is the address.
    if status == 409:
        return Refusal.DUPLICATE_NUMBER if kind is ChangeKind.ADD else Refusal.STALE_VERSION
    means = {400: _INVALID, 403: FORBIDDEN}.get(status, {})
    return means.get(kind, Refusal.OTHER) if kind is not None else Refusal.OTHER
