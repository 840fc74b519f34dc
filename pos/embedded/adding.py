"""Terminals and users that are added to the till."""

import secrets
from dataclasses import dataclass, field

from changes.till import Role, Status, Terminal, TerminalUser
from pos.embedded import people, rules
from pos.embedded.database import Connection
from pos.embedded.errors import Reason, Refused

_ID_BYTES = 8


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user to add."""

    number: str
    name: str
    role: Role
    pin: str = field(repr=False)
    status: Status = Status.ACTIVE

    def check(self) -> None:
        """Raises `Refused` where the form is wrong."""
        rules.check_number(self.number)
        rules.check_name(self.name)
        rules.check_pin(self.pin)


@dataclass(frozen=True, slots=True)
class NewTerminal:
    """A terminal to add, with its users."""

    name: str
    users: tuple[NewUser, ...] = ()

    def check(self) -> None:
        """Raises `Refused` where the form of the terminal or of one of its users is wrong."""
        rules.check_name(self.name)
        for user in self.users:
            user.check()


async def add_terminal(tx: Connection, name: str) -> Terminal:
    terminal = Terminal(_new_id(), name)
    await tx.run("INSERT INTO terminal (id, name) VALUES (:id, :name)", id=terminal.id, name=name)
    return terminal


async def add_user(tx: Connection, terminal_id: str, new: NewUser, pin_hash: str) -> TerminalUser:
    """Raises `Refused` with `TERMINAL_GONE` or `NUMBER_TAKEN`."""
    if await people.by_number(tx, terminal_id, new.number):
        raise Refused(Reason.NUMBER_TAKEN)
    user_id = _new_id()
    await tx.run(
        """
        INSERT INTO user (id, terminal_id, number, name, folded, role, status, pin)
        VALUES (:id, :terminal_id, :number, :name, :folded, :role, :status, :pin)
        """,
        id=user_id,
        terminal_id=terminal_id,
        number=new.number,
        name=new.name,
        folded=rules.folded(new.name),
        role=new.role.value,
        status=new.status.value,
        pin=pin_hash,
    )
    return (await people.known(tx, terminal_id, user_id)).user


async def check_room(tx: Connection, terminal_id: str) -> None:
    """Raises `Refused(FULL)` where the terminal has as many users as it takes."""
    if await people.count(tx, terminal_id) >= rules.USERS_MOST:
        raise Refused(Reason.FULL)


def _new_id() -> str:
    return secrets.token_hex(_ID_BYTES)
