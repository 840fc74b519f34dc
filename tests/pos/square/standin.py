"""A server of our own that answers as Square's published specification says. It is not Square.

Whatever is sent must fit the models of Square's own library, and whatever is answered is made with them.
"""

import re
import secrets
from collections.abc import Iterable, Mapping
from typing import Any, get_type_hints

from aiohttp import web
from pydantic import TypeAdapter
from square.requests.search_team_members_query import SearchTeamMembersQueryParams
from square.requests.team_member import TeamMemberParams
from square.types.error import Error
from square.types.location import Location
from square.types.team_member import TeamMember

TOKEN = secrets.token_urlsafe(24)
SCOPES = ("EMPLOYEES_READ", "EMPLOYEES_WRITE", "MERCHANT_PROFILE_READ")

#: Fields that only Square writes.
_READ_ONLY = {"id", "is_owner", "created_at", "updated_at"}

Record = dict[str, Any]


class No(Exception):
    def __init__(self, status: int, code: str, field: str | None = None) -> None:
        super().__init__(status)
        self.status, self.code, self.field = status, code, field


class Square:
    """Served with `tests.pos.trap.serving`."""

    def __init__(self) -> None:
        self.url = ""
        self.scopes: Iterable[str] = SCOPES
        self.locations: dict[str, Record] = {}
        self.members: dict[str, Record] = {}
        #: By idempotency key, what was sent with it and who was made.
        self.made: dict[str, tuple[Record, str]] = {}
        #: Of every call: method, path and what was sent.
        self.asked: list[tuple[str, str, Mapping[str, Any]]] = []

    # The hand of somebody in the Dashboard ---------------------------------------------------------------------------

    def location(self, name: str, status: str = "ACTIVE") -> str:
        location = secrets.token_hex(7).upper()
        self.locations[location] = {"id": location, "name": name, "status": status}
        return location

    def employ(self, number: str | None, first: str, last: str, at: Iterable[str] | None = None, **more: Any) -> str:
        """`at` is None for whoever works at all locations."""
        member = f"TM{secrets.token_urlsafe(10)}"
        assigned: Record = {"assignment_type": "ALL_CURRENT_AND_FUTURE_LOCATIONS"}
        if at is not None:
            assigned = {"assignment_type": "EXPLICIT_LOCATIONS", "location_ids": list(at)}
        self.members[member] = {
            "id": member,
            "reference_id": number,
            "is_owner": False,
            "status": "ACTIVE",
            "given_name": first,
            "family_name": last,
            "email_address": f"{secrets.token_hex(4)}@example.com",
            "assigned_locations": assigned,
        } | more
        return member

    # The server ------------------------------------------------------------------------------------------------------

    async def take(self, request: web.Request) -> web.StreamResponse:
        try:
            return web.json_response(await self._answer(request))
        except No as no:
            error = Error(category="INVALID_REQUEST_ERROR", code=no.code, detail="Words of Square's", field=no.field)
            return web.json_response({"errors": [error.model_dump(exclude_none=True)]}, status=no.status)

    async def _answer(self, request: web.Request) -> Record:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            raise No(401, "UNAUTHORIZED")
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", request.headers.get("Square-Version", "")):
            raise No(400, "INVALID_SQUARE_VERSION_FORMAT")
        body = await request.json() if request.can_read_body else {}
        self.asked.append((request.method, request.path, body))
        match request.method, *request.path.strip("/").split("/"):
            case "GET", "v2", "locations":
                return {"locations": [_as(Location, each) for each in self.locations.values()]}
            case "POST", "oauth2", "token", "status":
                return {"scopes": list(self.scopes), "merchant_id": "M1"}
            case "POST", "v2", "team-members", "search":
                return self._search(**body)
            case "POST", "v2", "team-members":
                return {"team_member": self._told(self._create(**body))}
            case "GET", "v2", "team-members", member:
                return {"team_member": self._told(self._known(member))}
            case "PUT", "v2", "team-members", member:
                return {"team_member": self._told(self._update(member, **body))}
        raise No(404, "NOT_FOUND")

    def _search(self, query: Record, limit: int = 100, cursor: str = "0") -> Record:
        fits(SearchTeamMembersQueryParams, query)
        if not 1 <= limit <= 200:
            raise No(400, "VALUE_TOO_HIGH", "limit")
        at = set(query["filter"].get("location_ids", []))
        found = [member for member, record in self.members.items() if not at or at & self._at(record)]
        begin = int(cursor)
        page: Record = {"team_members": [self.members[member] for member in found[begin : begin + limit]]}
        for member in found[begin : begin + 1]:
            self._told(member)
        return page | ({"cursor": str(begin + limit)} if begin + limit < len(found) else {})

    def _at(self, record: Record) -> set[str]:
        assigned = record["assigned_locations"]
        return set(assigned.get("location_ids", self.locations))

    def _create(self, idempotency_key: str, team_member: Record) -> str:
        if not 1 <= len(idempotency_key) <= 45:
            raise No(400, "VALUE_TOO_LONG", "idempotency_key")
        if idempotency_key in self.made:
            sent, member = self.made[idempotency_key]
            if sent != team_member:
                raise No(400, "IDEMPOTENCY_KEY_REUSED")
            return member
        self._check(team_member)
        for field in ("given_name", "family_name"):
            if not team_member.get(field):
                raise No(400, "MISSING_REQUIRED_PARAMETER", field)
        member = self.employ(None, "", "", **team_member)
        self.made[idempotency_key] = (team_member, member)
        return member

    def _update(self, member: str, team_member: Record) -> str:
        self._known(member)
        self._check(team_member)
        for field in {"given_name", "family_name"} & team_member.keys():
            if not team_member[field]:
                raise No(400, "BAD_REQUEST", field)
        if self.members[member]["is_owner"]:
            raise No(400, "BAD_REQUEST")
        self.members[member] |= team_member
        return member

    def _check(self, sent: Record) -> None:
        fits(TeamMemberParams, sent)
        assert not sent.keys() & _READ_ONLY
        assert sent.get("status", "ACTIVE") in ("ACTIVE", "INACTIVE")
        if assigned := sent.get("assigned_locations"):
            assert assigned["assignment_type"] in ("ALL_CURRENT_AND_FUTURE_LOCATIONS", "EXPLICIT_LOCATIONS")
            if set(assigned.get("location_ids", [])) - self.locations.keys():
                raise No(400, "INVALID_LOCATION")

    def _known(self, member: str) -> str:
        if member not in self.members:
            raise No(404, "NOT_FOUND")
        return member

    def _told(self, member: str) -> Record:
        return _as(TeamMember, self.members[member])


def fits(params: Any, sent: Record) -> None:
    """Whether the library's own type has these fields, and no others."""
    unknown = sent.keys() - get_type_hints(params).keys()
    assert not unknown, f"{params.__name__} has no {unknown}"
    TypeAdapter(params).validate_python(sent)


def _as(model: Any, record: Record) -> Record:
    told: Record = model.model_validate(record).model_dump(exclude_none=True)
    return told
