"""A backend under test, and the hand of somebody else at the same till."""

from typing import Protocol

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
