"""A SCIM server of the session, with a directory of its own for each case."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest

from changes.backend import Backend
from changes.till import Role
from tests.conformance.subject import Subject, closed_after
from tests.pos.scim.server import Directory


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


@asynccontextmanager
async def opened(request: pytest.FixtureRequest) -> AsyncIterator[Subject]:
    directory = Directory(request.getfixturevalue("scim"))
    async with closed_after(directory.backend()) as backend:
        yield ScimSubject(directory, backend)
