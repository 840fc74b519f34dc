"""The register of a shop whose terminals nobody reaches: `apply` notes what a person did there."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from changes.backend import Backend
from changes.till import Role
from pos.guided.backend import GuidedBackend
from pos.guided.brand import brand
from pos.guided.register import Listed, Register
from tests.conformance.subject import Subject, closed_after


@dataclass
class GuidedSubject:
    register: Register
    backend: Backend
    terminal_id: str

    async def add(self, number: str, name: str, role: Role) -> str:
        await self.register.add(self.terminal_id, Listed(number, name, role), secrets.token_hex(8))
        return next(user.id for user in await self.register.users(self.terminal_id) if user.number == number)

    async def rename(self, user_id: str, name: str) -> None:
        now = await self.register.user(self.terminal_id, user_id)
        await self.register.change(self.terminal_id, user_id, now.version, secrets.token_hex(8), name=name)

    async def remove(self, user_id: str) -> bool:
        now = await self.register.user(self.terminal_id, user_id)
        await self.register.remove(self.terminal_id, user_id, now.version, secrets.token_hex(8))
        return True


@asynccontextmanager
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    path: Path = request.getfixturevalue("tmp_path") / "register.db"
    register = Register(path)
    await register.create(("Front 前台",), {})
    (terminal,) = await register.terminals()
    async with closed_after(GuidedBackend(brand("other"), register)) as backend:
        yield GuidedSubject(register, backend, terminal.id)
