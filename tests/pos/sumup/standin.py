"""A server of our own that answers as SumUp's published specification says. It is not SumUp.

Whatever is sent must fit the types of SumUp's own library, and whatever is answered is made with its models.
"""

import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter
from sumup.members import Member
from sumup.members.resource import (
    CreateMerchantMemberBodyInput,
    UpdateMerchantMemberBodyInput,
    UpdateMerchantMemberBodyUserInput,
)

from changes.till import Role

KEY = secrets.token_urlsafe(24)
MERCHANT = "M2DDT39A"
DOMAIN = "till.example.com"

ROLES = {Role.CASHIER: "role_employee", Role.MANAGER: "role_manager"}

_THEN = datetime(2026, 1, 20, tzinfo=UTC)

Record = dict[str, Any]


class No(Exception):
    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class SumUp:
    """Served with `tests.pos.trap.serving`."""

    def __init__(self) -> None:
        self.url = ""
        self.members: dict[str, Record] = {}
        self.passwords: dict[str, list[str]] = {}
        #: Of every call: method, path and what was sent.
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    # The hand of somebody in SumUp's own dashboard -------------------------------------------------------------------

    def employ(
        self, address: str, name: str | None, roles: Sequence[str], kind: str = "managed_user", **more: Any
    ) -> str:
        member = f"mem_{secrets.token_hex(16)}"
        user = {
            "id": secrets.token_hex(8),
            "email": address,
            "nickname": name,
            "type": kind,
            "virtual_user": kind == "managed_user",
            "service_account_user": kind == "service_account",
            "mfa_on_login_enabled": False,
        }
        self.members[member] = {
            "id": member,
            "roles": list(roles),
            "permissions": [],
            "status": "accepted",
            "created_at": _THEN,
            "updated_at": _THEN,
            "user": user,
        } | more
        return member

    # The server ------------------------------------------------------------------------------------------------------

    async def take(self, request: web.Request) -> web.StreamResponse:
        try:
            status, body = await self._answer(request)
        except No as no:
            problem = {"type": "https://developer.sumup.com/problem", "title": "Words of SumUp's", "status": no.status}
            return web.json_response(problem, status=no.status, content_type="application/problem+json")
        return web.json_response(body, status=status) if body is not None else web.Response(status=status)

    async def _answer(self, request: web.Request) -> tuple[int, Any]:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            raise No(401)
        found = re.fullmatch(r"/v0\.1/merchants/(\w+)/members(?:/([\w-]+))?", request.path)
        if found is None or found[1] != MERCHANT:
            raise No(404)
        body = await request.json() if request.can_read_body else {}
        self.asked.append((request.method, request.path, body))
        match request.method, found[2]:
            case "GET", None:
                return 200, self._list(**request.query)
            case "POST", None:
                return 201, self._told(self._create(**body))
            case "GET", member:
                return 200, self._told(self._known(member))
            case "PUT", member:
                return 200, self._told(self._update(member, body))
            case "DELETE", member:
                del self.members[self._known(member)]
                return 200, None
        raise No(404)

    def _list(self, offset: str = "0", limit: str = "10", email: str = "") -> Record:
        if not 1 <= int(limit) <= 25:
            raise No(400)
        found = [each for each, record in self.members.items() if record["user"]["email"].startswith(email)]
        page = found[int(offset) : int(offset) + int(limit)]
        return {"items": [self._told(member) for member in page], "total_count": len(found)}

    def _create(self, **sent: Any) -> str:
        fits(CreateMerchantMemberBodyInput, sent)
        if not sent.get("is_managed_user") or not sent["roles"] or len(sent["password"]) < 8:
            raise No(400)
        if any(record["user"]["email"] == sent["email"] for record in self.members.values()):
            raise No(409)
        self._check_roles(sent["roles"])
        member = self.employ(sent["email"], sent.get("nickname"), sent["roles"])
        self.passwords[member] = [sent["password"]]
        return member

    def _update(self, member: str, sent: Record) -> str:
        fits(UpdateMerchantMemberBodyInput, sent)
        record = self.members[self._known(member)]
        if "roles" in sent:
            self._check_roles(sent["roles"])
            record["roles"] = sent["roles"]
        if user := sent.get("user"):
            fits(UpdateMerchantMemberBodyUserInput, user)
            if record["user"]["type"] != "managed_user" or len(user.get("nickname", "x")) not in range(1, 65):
                raise No(400)
            if "password" in user:
                self._take_password(member, user["password"])
            record["user"] |= {name: value for name, value in user.items() if name == "nickname"}
        return member

    def _take_password(self, member: str, password: str) -> None:
        if len(password) < 8:
            raise No(400)
        if password in self.passwords.setdefault(member, []):
            raise No(403)
        self.passwords[member].append(password)
        self.members[member]["status"] = "accepted"
        self.members[member]["user"].pop("disabled_at", None)

    def _check_roles(self, roles: list[str]) -> None:
        # An administrator is not made through the interface.
        if not roles or set(roles) & {"role_admin", "role_owner"}:
            raise No(400)

    def _known(self, member: str | None) -> str:
        if member is None or member not in self.members:
            raise No(404)
        return member

    def _told(self, member: str) -> Record:
        told: Record = Member.model_validate(self.members[member]).model_dump(mode="json", exclude_none=True)
        return told


def fits(params: Any, sent: Record) -> None:
    """Whether the library's own type has these fields, and no others."""
    unknown = sent.keys() - get_type_hints(params).keys()
    assert not unknown, f"{params.__name__} has no {unknown}"
    TypeAdapter(params).validate_python(sent)
