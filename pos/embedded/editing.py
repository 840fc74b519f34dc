"""Changes of a user: judged, applied once per key, and told apart from other changes under the same key."""

import json
from dataclasses import dataclass, field

from changes.till import Role, Status
from pos.embedded import people, rules
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
    force: bool = False

    def check(self) -> None:
        """Raises `Refused` where the form is wrong."""
        if self.name is None and self.role is None and self.status is None and self.pin is None:
            raise Refused(Reason.NOTHING_TO_CHANGE)
        if self.name is not None:
            rules.check_name(self.name)
        if self.pin is not None:
            rules.check_pin(self.pin)


@dataclass(frozen=True, slots=True)
class Applied:
    """An edit of one user as it is kept under its key: a text without the PIN, and the PIN's hash."""

    written: str
    pin_hash: str | None = field(repr=False)

    async def is_of(self, edit: Edit, written: str) -> bool:
        """Whether `edit`, written as `written`, is this one."""
        if written != self.written or (edit.pin is None) != (self.pin_hash is None):
            return False
        return edit.pin is None or self.pin_hash is None or await matches(edit.pin, self.pin_hash)


def written(edit: Edit, terminal_id: str, user_id: str, version: str) -> str:
    """The edit of that user as a text to compare, without the PIN."""
    return json.dumps([terminal_id, user_id, version, edit.name, edit.role, edit.status, edit.force])


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
    user = (await people.known(tx, terminal_id, user_id)).user
    if user.version != version:
        raise Refused(Reason.STALE_VERSION)
    if edit.status is Status.FROZEN and user.signed_in:
        if not edit.force:
            raise Refused(Reason.SIGNED_IN)
        await tx.run("DELETE FROM session WHERE user_id = :user_id", user_id=user_id)
    await tx.run(
        """
        UPDATE user SET
            name = coalesce(:name, name), folded = coalesce(:folded, folded), role = coalesce(:role, role),
            freezes = freezes + coalesce(:status = 'frozen' AND status = 'active', FALSE),
            status = coalesce(:status, status), pin = coalesce(:pin, pin), version = version + 1
        WHERE id = :user_id
        """,
        user_id=user_id,
        name=edit.name,
        folded=None if edit.name is None else rules.folded(edit.name),
        role=edit.role,
        status=edit.status,
        pin=pin_hash,
    )
