"""What the tests of the embedded till share: a small till, quick hashes, orders, and processes of their own."""

import asyncio
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

from changes.backend import ChangeKind, Order
from changes.till import Role, Terminal, TerminalUser, UserQuery
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.hashing import PinHasher
from pos.embedded.till import NewTerminal, NewUser, Till

#: Scrypt at its least: the tests are about the till, not about the cost of guessing.
QUICK = PinHasher(cost=2, lanes=1)

FIRST_PIN = "246802"

ROOT = Path(__file__).parents[2]


class Shop(NamedTuple):
    """A till of one terminal: a cashier (number 01) and a manager (number 91)."""

    path: Path
    till: Till
    terminal: Terminal
    cashier: TerminalUser
    manager: TerminalUser

    async def now(self) -> TerminalUser:
        """The cashier as they are now."""
        return await self.till.user(self.terminal.id, self.cashier.id)

    def rename(self, name: str = "Ana Silva", **changed: Any) -> Order:
        """An order that renames the cashier as they were at first."""
        given: dict[str, Any] = {"kind": ChangeKind.RENAME, "name": name}
        return self.order(**given | changed)

    def order(self, **given: Any) -> Order:
        first = {"terminal_id": self.terminal.id, "user_id": self.cashier.id, "expected_version": self.cashier.version}
        return Order(**first | given)


async def furnish(till: Till, path: Path) -> Shop:
    cashier = NewUser("01", "陈晓雨", Role.CASHIER, FIRST_PIN)
    manager = NewUser("91", "Grace Liu", Role.MANAGER, FIRST_PIN)
    (terminal,) = await till.furnish([NewTerminal("Front 前台", (cashier, manager))])
    made = await till.users(terminal.id, UserQuery())
    return Shop(path, till, terminal, *made.users)


@asynccontextmanager
async def reached(path: Path, patience: float = 10) -> AsyncIterator[EmbeddedBackend]:
    """A backend that is closed even where the test fails: an open one would keep the process from ending."""
    backend = EmbeddedBackend(path, timeout=patience)
    try:
        yield backend
    finally:
        await backend.close()


def on_statement(monkeypatch: Any, act: Callable[[str], None]) -> None:
    """`act` is called, in the connection's own thread, before each statement of every connection opened from now."""
    connect: Callable[..., sqlite3.Connection] = sqlite3.connect

    def traced(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(act)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)


async def child(*args: str | Path) -> Process:
    """A process that runs `tests.pos.child` with these arguments."""
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.pos.child", *map(str, args), cwd=ROOT, stdin=PIPE, stdout=PIPE
    )


async def run_child(*args: str | Path) -> str:
    """What the process printed; it must end well."""
    process = await child(*args)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()
