"""A backend under test, and the hand of somebody else at the same till."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeVar

import pytest

from changes.backend import Backend
from changes.till import Role


class Subject(Protocol):
    """A shop of one terminal and no users. What is done here is done beside the backend, as by somebody at the till."""

    @property
    def backend(self) -> Backend: ...

    @property
    def terminal_id(self) -> str: ...

    async def add(self, number: str, name: str, role: Role) -> str:
        """The id of a new, active user with this operator number."""
        ...

    async def rename(self, user_id: str, name: str) -> None: ...

    async def remove(self, user_id: str) -> bool:
        """False where users of this system are never removed."""
        ...


#: Gives a new shop for each case. What should live longer, as a server does, is a fixture of pytest's:
#: `request.getfixturevalue("...")`.
Open = Callable[[pytest.FixtureRequest], AbstractAsyncContextManager[Subject]]

B = TypeVar("B", bound=Backend)


@asynccontextmanager
async def closed_after(backend: B) -> AsyncIterator[B]:
    try:
        yield backend
    finally:
        await backend.close()
