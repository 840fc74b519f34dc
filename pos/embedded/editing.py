"""Changes of a user: judged, applied once per key, and told apart from other changes under the same key."""

import json
from dataclasses import dataclass, field

from changes.till import Permission, Role, Status, TerminalUser
from pos.embedded import people, rules
from pos.embedded.adding import NewUser
from pos.embedded.database import Connection
from pos.embedded.errors import Reason, Refused
from pos.embedded.hashing import matches


@dataclass(frozen=True, slots=True)
class Edit:
    """What to change of a user; what is None stays. `force` freezes even who is signed in and ends their session."""

    name: str | None = None
    role: Role | None = None
    status: Status | None = None
    pin: str | None = field(default=None, repr=False)
    permissions: frozenset[Permission] | None = None
    force: bool = False

    def check(self) -> None:
        """Raises `Refused` where the form is wrong."""
        if all(each is None for each in (self.name, self.role, self.status, self.pin, self.permissions)):
            raise Refused(Reason.NOTHING_TO_CHANGE)
        if self.name is not None:
            rules.check_name(self.name)
        if self.pin is not None:
            rules.check_pin(self.pin)


@dataclass(frozen=True, slots=True)
class Applied:
    """A change of one user as it is kept under its key: a text without the PIN, and the PIN's hash."""

    written: str
    pin_hash: str | None = field(repr=False)

    async def is_of(self, written: str, pin: str | None) -> bool:
        """Whether what is written as `written`, with this PIN, is the same."""
        if written != self.written or (pin is None) != (self.pin_hash is None):
            return False
        return pin is None or self.pin_hash is None or await matches(pin, self.pin_hash)


def written(edit: Edit, terminal_id: str, user_id: str, version: str) -> str:
    """The edit of that user as a text to compare, without the PIN."""
    values: list[object] = [terminal_id, user_id, version, edit.name, edit.role, edit.status, edit.force]
    if edit.permissions is not None:
        values.append(sorted(edit.permissions))
    return json.dumps(values)


def written_addition(new: NewUser, terminal_id: str) -> str:
    """The addition of that user as a text to compare, without the PIN."""
    return json.dumps(["add", terminal_id, new.number, new.name, new.role, new.status])


def written_removal(terminal_id: str, user_id: str, version: str, *, force: bool) -> str:
    """The removal of that user as a text to compare."""
    return json.dumps(["remove", terminal_id, user_id, version, force])


async def applied(tx: Connection, key: str) -> Applied | None:
    """What was applied under `key`."""
    rows = await tx.rows("SELECT edit, pin FROM applied WHERE key = :key", key=key)
    return Applied(rows[0]["edit"], rows[0]["pin"]) if rows else None


async def remember(tx: Connection, key: str, edit: Applied) -> None:
    await tx.run(
        "INSERT INTO applied (key, edit, pin) VALUES (:key, :edit, :pin)",
        key=key,
        edit=edit.written,
        pin=edit.pin_hash,
    )


async def change(
    tx: Connection, terminal_id: str, user_id: str, edit: Edit, *, version: str, pin_hash: str | None
) -> None:
    """Raises `Refused` with `TERMINAL_GONE`, `USER_GONE`, `STALE_VERSION` or `SIGNED_IN`."""
    user = await _current(tx, terminal_id, user_id, version)
    if edit.status is Status.FROZEN:
        await _end_session(tx, user, force=edit.force)
    await tx.run(
        """
        UPDATE user SET
            name = coalesce(:name, name), folded = coalesce(:folded, folded), role = coalesce(:role, role),
            freezes = freezes + coalesce(:status = 'frozen' AND status = 'active', FALSE),
            status = coalesce(:status, status), pin = coalesce(:pin, pin),
            permissions = coalesce(:permissions, permissions), version = version + 1
        WHERE id = :user_id
        """,
        user_id=user_id,
        name=edit.name,
        folded=None if edit.name is None else rules.folded(edit.name),
        role=edit.role,
        status=edit.status,
        pin=pin_hash,
        permissions=None if edit.permissions is None else " ".join(sorted(edit.permissions)),
    )


async def remove(tx: Connection, terminal_id: str, user_id: str, *, version: str, force: bool) -> None:
    """Raises `Refused` with `TERMINAL_GONE`, `USER_GONE`, `STALE_VERSION` or `SIGNED_IN`."""
    user = await _current(tx, terminal_id, user_id, version)
    await _end_session(tx, user, force=force)
    await tx.run("DELETE FROM user WHERE id = :user_id", user_id=user_id)


async def _current(tx: Connection, terminal_id: str, user_id: str, version: str) -> TerminalUser:
    user = (await people.known(tx, terminal_id, user_id)).user
    if user.version != version:
        raise Refused(Reason.STALE_VERSION)
    return user


async def _end_session(tx: Connection, user: TerminalUser, *, force: bool) -> None:
    """Raises `Refused(SIGNED_IN)` where there is one and it may not be ended."""
    if user.signed_in:
        if not force:
            raise Refused(Reason.SIGNED_IN)
        await tx.run("DELETE FROM session WHERE user_id = :user_id", user_id=user.id)
