"""A real SCIM server as a process of its own, with a directory of its own for each test."""

import asyncio
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from changes.till import Role
from pos.scim.backend import ScimBackend
from pos.scim.users import RoleNames
from tests.ports import free_port, until_it_listens

TOKEN = secrets.token_urlsafe(12)
NAMES = RoleNames({role: role.value for role in Role})

_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_START_LIMIT = 20.0
_AUTHORIZED = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}


@contextmanager
def scim_server() -> Iterator[str]:
    """Its address; each path below it is a directory of its own."""
    port = free_port()
    program = str(Path(sys.executable).with_name("scim2-server"))
    command = [program, "--port", str(port), "--bearer-token", TOKEN, "--dynamic-tenants"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    try:
        until_it_listens(port, _START_LIMIT)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


class Directory:
    """One shop's directory, as whoever keeps it writes to it."""

    def __init__(self, server: str) -> None:
        self.url = f"{server}/{secrets.token_hex(6)}/v2"

    def backend(self, timeout: float = 10) -> ScimBackend:
        return ScimBackend(self.url, TOKEN, terminal="All terminals", names=NAMES, timeout=timeout)

    async def add(self, number: str, name: str, role: Role | None, **more: Any) -> str:
        """The new user's id."""
        roles = [{"value": role.value}] if role else []
        user = {"schemas": [_USER], "userName": number, "displayName": name, "active": True, "roles": roles}
        return str((await self._call("POST", "/Users", user | more))["id"])

    async def rename(self, user_id: str, name: str) -> None:
        await self.replace(user_id, "displayName", name)

    async def replace(self, user_id: str, path: str, value: Any) -> None:
        operation = {"op": "replace", "path": path, "value": value}
        await self._call("PATCH", f"/Users/{user_id}", {"Operations": [operation], "schemas": [_PATCH]})

    async def remove(self, user_id: str) -> None:
        await self._call("DELETE", f"/Users/{user_id}")

    async def get(self, user_id: str) -> Mapping[str, Any]:
        return await self._call("GET", f"/Users/{user_id}")

    async def fill(self, count: int) -> None:
        async with asyncio.TaskGroup() as group:
            for first in range(0, count, 500):
                group.create_task(self._add_many(range(first, min(first + 500, count))))

    async def _add_many(self, numbers: range) -> None:
        operations = [
            {
                "method": "POST",
                "path": "/Users",
                "bulkId": str(number),
                "data": {
                    "schemas": [_USER],
                    "userName": f"{number:05d}",
                    "displayName": f"Name {number}",
                    "roles": [{"value": "cashier"}],
                },
            }
            for number in numbers
        ]
        await self._call("POST", "/Bulk", {"schemas": [_BULK], "Operations": operations})

    async def _call(self, method: str, path: str, body: Any = None) -> Mapping[str, Any]:
        async with (
            aiohttp.ClientSession(headers=_AUTHORIZED) as session,
            session.request(method, self.url + path, json=body) as response,
        ):
            response.raise_for_status()
            answer: Mapping[str, Any] = await response.json(content_type=None) if await response.read() else {}
            return answer


_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
