import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from changes.backend import Backend
from changes.till import Role
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.editing import Edit
from pos.embedded.till import NewUser, Till
from tests.conformance.subject import Subject
from tests.pos.bench import FIRST_PIN, QUICK
from tests.pos.scim.server import Directory, scim_server


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


@dataclass
class ScimSubject:
    directory: Directory
    backend: Backend
    terminal_id: str = "all"

    async def add(self, number: str, name: str, role: Role) -> str:
        return await self.directory.add(number, name, role)

    async def rename(self, user_id: str, name: str) -> None:
        await self.directory.rename(user_id, name)

    async def remove(self, user_id: str) -> bool:
        await self.directory.remove(user_id)
        return True


@pytest.fixture(scope="session")
def scim() -> Iterator[str]:
    with scim_server() as address:
        yield address


@asynccontextmanager
async def _embedded(folder: Path) -> AsyncIterator[Subject]:
    async with Till(folder / "till.db", hasher=QUICK) as till:
        terminal = await till.add_terminal("Front 前台")
        backend = EmbeddedBackend(folder / "till.db")
        async with _closed_after(backend):
            yield EmbeddedSubject(till, backend, terminal.id)


@asynccontextmanager
async def _scim(server: str) -> AsyncIterator[Subject]:
    directory = Directory(server)
    backend = directory.backend()
    async with _closed_after(backend):
        yield ScimSubject(directory, backend)


@asynccontextmanager
async def _closed_after(backend: Backend) -> AsyncIterator[None]:
    try:
        yield
    finally:
        await backend.close()


@pytest.fixture(params=["embedded", "scim"])
async def subject(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Subject]:
    opened = _embedded(tmp_path) if request.param == "embedded" else _scim(request.getfixturevalue("scim"))
    async with opened as made:
        yield made
