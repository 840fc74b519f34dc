"""What another process does to the till's file: `python -m tests.pos.child ACT PATH ...`.

The till is the bench's: its first terminal, and there the user with number 01.
"""

import asyncio
import os
import resource
import signal
import sys
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path

import pytest

from changes.backend import BackendError, ChangeKind, Order
from changes.till import UserQuery
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.faults import FaultKind, FaultMethod
from pos.embedded.till import Till
from tests.pos.bench import on_statement


def say(text: str) -> None:
    # Unbuffered and in one write: a process that is killed has said it.
    os.write(sys.stdout.fileno(), f"{text}\n".encode())


async def rename(backend: EmbeddedBackend, name: str, version: str | None = None) -> Order:
    terminal = (await backend.terminals())[0]
    user = (await backend.users(terminal.id, UserQuery(search="01"))).users[0]
    return Order(ChangeKind.RENAME, terminal.id, user.id, version or user.version, name=name)


async def same(backend: EmbeddedBackend, name: str, key: str, times: str) -> None:
    """Applies one order many times at once under one key, when told to."""
    order = await rename(backend, name, version="1")
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    await asyncio.gather(*(backend.apply(order, key) for _ in range(int(times))))
    say("applied")


async def rivals(backend: EmbeddedBackend, name: str, times: str) -> None:
    """Applies one order many times at once, each under a key of its own; says how many were taken."""
    order = await rename(backend, name, version="1")
    say("ready")
    await asyncio.to_thread(sys.stdin.readline)
    asked = (backend.apply(order, f"{name}-{number}") for number in range(int(times)))
    answers = await asyncio.gather(*asked, return_exceptions=True)
    say(str(answers.count(None)))


async def storm(backend: EmbeddedBackend) -> None:
    """Applies one change after the other, and says each, until it is killed."""
    for number in count(1):
        await backend.apply(await rename(backend, f"name {number}"), f"storm-{number}")
        say(str(number))


async def die(backend: EmbeddedBackend, statement: str) -> None:
    """Applies a change and is killed before its `statement`-th SQL statement, if it has so many."""
    left: int | None = None

    def act(sql: str) -> None:
        nonlocal left
        if left is not None:
            left -= 1
            if left == 0:
                say(" ".join(sql.split()))
                os.kill(os.getpid(), signal.SIGKILL)

    with pytest.MonkeyPatch.context() as patch:
        on_statement(patch, act)
        order = await rename(backend, "Ana Silva", version="1")
        left = int(statement)
        await backend.apply(order, "key")
    say("applied")


async def full(backend: EmbeddedBackend, path: str) -> None:
    """Applies a change where the disk takes no further byte; says the error."""
    order = await rename(backend, "Ana Silva")
    size = await asyncio.to_thread(os.path.getsize, f"{path}-wal")
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    try:
        await backend.apply(order, "key")
    except BackendError as error:
        say(type(error).__name__)


async def fault(path: str, kind: str, method: str) -> None:
    """Sets a fault, as the demo's page does."""
    async with Till(Path(path)) as till:
        await till.set_fault(FaultKind(kind), method=FaultMethod(method))


async def main(act: str, path: str, *args: str) -> None:
    if act == "fault":
        return await fault(path, *args)
    backend = EmbeddedBackend(Path(path), timeout=60)
    acts: dict[str, Callable[..., Awaitable[None]]] = {"same": same, "rivals": rivals, "storm": storm, "die": die}
    try:
        await (full(backend, path) if act == "full" else acts[act](backend, *args))
    finally:
        await backend.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
