"""The till: terminals, the users who may work at them, and who is signed in, in one SQLite file.

It stands on its own: it judges every change itself and knows nothing of who asks. Several processes may have the
file open. Every method raises `Unavailable`, every method that writes also `Uncertain` (see `errors`).
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Self

from changes.till import Status, Terminal, TerminalUser, UserPage, UserQuery
from pos.embedded import adding, editing, faults, people, rules
from pos.embedded.adding import NewTerminal, NewUser
from pos.embedded.database import Connection, Database
from pos.embedded.editing import Applied, Edit
from pos.embedded.errors import Reason, Refused
from pos.embedded.faults import Fault, FaultKind, FaultMethod
from pos.embedded.hashing import PinHasher, matches

__all__ = ["Denied", "Edit", "Fault", "FaultKind", "FaultMethod", "NewTerminal", "NewUser", "Till"]

#: Applies a change in a transaction, with the hash of its PIN where it has one.
_Apply = Callable[[Connection, str | None], Awaitable[None]]


class Denied(StrEnum):
    """Why a sign-in failed. Only who typed the right PIN learns that a user is frozen."""

    WRONG = "wrong"
    FROZEN = "frozen"


class Till:
    """The till in the file at `path`, made there if `create`. A file locked by others is waited for `wait` seconds."""

    def __init__(self, path: Path, *, create: bool = True, wait: float = 5, hasher: PinHasher | None = None) -> None:
        self._database = Database(path, create=create, wait=wait)
        self._hasher = hasher or PinHasher()

    async def open(self) -> None:
        await self._database.open()

    async def close(self) -> None:
        await self._database.close()

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def terminals(self) -> tuple[Terminal, ...]:
        """All terminals, in the order they were added."""
        return await people.terminals(self._database)

    async def users(self, terminal_id: str, query: UserQuery) -> UserPage:
        """One page of a terminal's users by operator number. Raises `Refused(TERMINAL_GONE)`."""
        return await people.page(self._database, terminal_id, query)

    async def user(self, terminal_id: str, user_id: str) -> TerminalUser:
        """Raises `Refused` with `TERMINAL_GONE` or `USER_GONE`."""
        return (await people.known(self._database, terminal_id, user_id)).user

    async def by_number(self, terminal_id: str, number: str) -> TerminalUser | None:
        """The user with that operator number. Raises `Refused(TERMINAL_GONE)`."""
        known = await people.by_number(self._database, terminal_id, number)
        return None if known is None else known.user

    async def has_pin(self, terminal_id: str, user_id: str, pin: str) -> bool:
        """Whether `pin` is the user's PIN now. Raises as `user` does."""
        known = await people.known(self._database, terminal_id, user_id)
        return rules.is_digits(pin) and await matches(pin, known.pin_hash)

    async def add_terminal(self, name: str) -> Terminal:
        """Raises `Refused(NAME_INVALID)`."""
        NewTerminal(name).check()
        async with self._database.transaction() as tx:
            return await adding.add_terminal(tx, name)

    async def add_user(self, terminal_id: str, new: NewUser) -> TerminalUser:
        """Raises `Refused` for a name, number or PIN of the wrong form, `NUMBER_TAKEN`, `FULL` and `TERMINAL_GONE`."""
        new.check()
        pin_hash = await self._hasher.hash(new.pin)
        async with self._database.transaction() as tx:
            await adding.check_room(tx, terminal_id)
            return await adding.add_user(tx, terminal_id, new, pin_hash)

    async def add_once(self, terminal_id: str, new: NewUser, *, key: str) -> None:
        """Adds a user. A `key` is used as in `change`. Raises `Refused` as `add_user` does."""
        new.check()
        written = editing.written_addition(new, terminal_id)

        async def add(tx: Connection, pin_hash: str | None) -> None:
            await adding.check_room(tx, terminal_id)
            await adding.add_user(tx, terminal_id, new, pin_hash or "")

        await self._once(key, written, new.pin, add)

    async def remove(self, terminal_id: str, user_id: str, *, version: str, key: str, force: bool = False) -> None:
        """Removes the user who is still of `version`; the number is free again. `force` ends their session.

        A `key` is used as in `change`. Raises `Refused` with `TERMINAL_GONE`, `USER_GONE`, `STALE_VERSION` or
        `SIGNED_IN`.
        """
        written = editing.written_removal(terminal_id, user_id, version, force=force)

        async def remove(tx: Connection, _pin_hash: str | None) -> None:
            await editing.remove(tx, terminal_id, user_id, version=version, force=force)

        await self._once(key, written, None, remove)

    async def furnish(self, plan: Sequence[NewTerminal]) -> tuple[Terminal, ...]:
        """Adds all of `plan` to a till that has no terminal yet, in one go; answers nothing where it has one.

        Raises `Refused` as `add_terminal` and `add_user` do.
        """
        for new in plan:
            new.check()
        if await self.terminals():
            return ()
        hashes = iter(await asyncio.gather(*(self._hasher.hash(user.pin) for new in plan for user in new.users)))
        async with self._database.transaction() as tx:
            if await people.terminals(tx):
                return ()
            for new in plan:
                terminal = await adding.add_terminal(tx, new.name)
                for user in new.users:
                    await adding.add_user(tx, terminal.id, user, next(hashes))
            return await people.terminals(tx)

    async def change(self, terminal_id: str, user_id: str, edit: Edit, *, version: str, key: str) -> None:
        """Changes the user who is still of `version`, which thereby grows by one, whether or not a value differs.

        A `key` that was applied before applies nothing again; with another edit it is refused (`KEY_TAKEN`). Raises
        `Refused` for a name or PIN of the wrong form, `TERMINAL_GONE`, `USER_GONE`, `STALE_VERSION` and `SIGNED_IN`.
        """
        edit.check()
        written = editing.written(edit, terminal_id, user_id, version)

        async def change(tx: Connection, pin_hash: str | None) -> None:
            await editing.change(tx, terminal_id, user_id, edit, version=version, pin_hash=pin_hash)

        await self._once(key, written, edit.pin, change)

    async def _once(self, key: str, written: str, pin: str | None, apply: _Apply) -> None:
        """Applies what is written as `written`, unless it was under this key. Raises `Refused(KEY_TAKEN)`."""
        rules.check_key(key)
        pin_hash = None if pin is None else await self._hasher.hash(pin)
        async with self._database.transaction() as tx:
            earlier = await editing.applied(tx, key)
            if earlier is None:
                await apply(tx, pin_hash)
                await editing.remember(tx, key, Applied(written, pin_hash))
        if earlier is not None and not await earlier.is_of(written, pin):
            raise Refused(Reason.KEY_TAKEN)

    async def sign_in(self, terminal_id: str, number: str, pin: str) -> TerminalUser | Denied:
        """Signs the user in at the terminal, in the place of whoever was. Raises `Refused(TERMINAL_GONE)`."""
        while True:
            known = await people.by_number(self._database, terminal_id, number)
            # An unknown number takes as long as a known one.
            right = rules.is_digits(pin) and await matches(pin, known.pin_hash if known else self._hasher.decoy())
            if known is None or not right:
                return Denied.WRONG
            async with self._database.transaction() as tx:
                now = await people.known(tx, terminal_id, known.user.id)
                if now.pin_hash != known.pin_hash:
                    # The PIN was changed while the old one was being checked.
                    continue
                if now.user.status is Status.FROZEN:
                    return Denied.FROZEN
                await tx.run(
                    "INSERT OR REPLACE INTO session (terminal_id, user_id) VALUES (:terminal_id, :user_id)",
                    terminal_id=terminal_id,
                    user_id=now.user.id,
                )
                return (await people.known(tx, terminal_id, now.user.id)).user

    async def sign_out(self, terminal_id: str) -> None:
        """Ends the session at the terminal, if there is one. Raises `Refused(TERMINAL_GONE)`."""
        async with self._database.transaction() as tx:
            await people.check_terminal(tx, terminal_id)
            await tx.run("DELETE FROM session WHERE terminal_id = :terminal_id", terminal_id=terminal_id)

    async def signed_in(self, terminal_id: str) -> TerminalUser | None:
        """Who is signed in at the terminal. Raises `Refused(TERMINAL_GONE)`."""
        return await people.signed_in(self._database, terminal_id)

    async def set_fault(
        self, kind: FaultKind, times: int = 1, seconds: float = 0, method: FaultMethod = FaultMethod.APPLY
    ) -> None:
        """The next `times` calls of `method` meet the fault, after those set before. Raises `ValueError`."""
        await faults.put(self._database, Fault(kind, times, seconds, method))

    async def clear_faults(self) -> None:
        await faults.clear(self._database)

    async def faults(self) -> tuple[Fault, ...]:
        """The faults still to be met, oldest first."""
        return await faults.pending(self._database)

    async def take_fault(self, method: FaultMethod, *, confirming: bool = False) -> Fault | None:
        """The fault that a call of `method` meets now, which is thereby used up once."""
        return await faults.take(self._database, method, confirming=confirming)
