"""The embedded till."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from changes.backend import Backend
from changes.till import Role
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.editing import Edit
from pos.embedded.till import NewUser, Till
from tests.conformance.subject import Subject, closed_after
from tests.pos.bench import FIRST_PIN, QUICK


@dataclass
class EmbeddedSubject:
    till: Till
    backend: Backend
    terminal_id: str

    async def add(self, number: str, name: str, role: Role) -> str:
        return (await self.till.add_user(self.terminal_id, NewUser(number, name, role, FIRST_PIN))).id

    async def rename(self, user_id: str, name: str) -> None:
        now = await self.till.user(self.terminal_id, user_id)
        edit, key = Edit(name=name), secrets.token_hex(8)
        await self.till.change(self.terminal_id, user_id, edit, version=now.version, key=key)

    async def remove(self, user_id: str) -> bool:
        now = await self.till.user(self.terminal_id, user_id)
        await self.till.remove(self.terminal_id, user_id, version=now.version, key=secrets.token_hex(8))
        return True


@asynccontextmanager
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    path: Path = request.getfixturevalue("tmp_path") / "till.db"
    async with Till(path, hasher=QUICK) as till:
        terminal = await till.add_terminal("Front 前台")
        async with closed_after(EmbeddedBackend(path)) as backend:
            yield EmbeddedSubject(till, backend, terminal.id)
