"""What the bot's account may do at Tryton, and which roles there are: asked, never tried."""

from collections.abc import Mapping
from typing import Any

from changes.backend import NotReached
from changes.till import Role
from pos.kind import Fault, Finding
from pos.tryton.rpc import Rpc
from pos.tryton.users import RoleNames

_NEEDED = {"res.user": ("read", "write", "create"), "res.user.role": ("read", "write", "create", "delete")}

_SETUP = "docs/backends/tryton.md says how to set it up"


async def role_ids(rpc: Rpc, names: RoleNames) -> dict[Role, int]:
    """Of the till's roles that are there. Raises `BackendError`."""
    asked = [["name", "in", [*names.names.values()]]]
    listed = await rpc.ask("model.res.role.search_read", asked, 0, None, [["id", "DESC"]], ["name"])
    if not isinstance(listed, list):
        raise NotReached("no list of roles")
    found = [(_object(role).get("name"), role.get("id")) for role in listed]
    by_name = {name: role_id for name, role_id in found if isinstance(role_id, int)}
    return {role: by_name[name] for role, name in names.names.items() if name in by_name}


async def missing(rpc: Rpc, names: RoleNames) -> list[Finding]:
    """What a change needs and is not there, or the account may not do."""
    if not await rpc.ask("model.ir.model.search_count", [["name", "=", "res.user.role"]]):
        return [Finding(Fault.MISSING, "the database knows no roles: activate the module user_role")]
    there = await role_ids(rpc, names)
    lacks = [f"there is no role {name!r}: make it" for role, name in names.names.items() if role not in there]
    access = await _access(rpc)
    lacks += [
        f"the account may not {right} {model}: {_SETUP}"
        for model, needed in _NEEDED.items()
        for right in needed
        if not _object(access.get(model)).get(right)
    ]
    return [Finding(Fault.MISSING, each) for each in lacks]


async def too_much(rpc: Rpc) -> list[Finding]:
    """Ways in which the account, or who has its password, could get every right there is."""
    own = _object(await rpc.ask("model.res.user.get_preferences", True))
    if own.get("administrator"):
        return [Finding(Fault.TOO_MUCH, f"this account is an administrator: {_SETUP}")]
    if not _object((await _access(rpc)).get("res.user")).get("write"):
        return []
    whom = ["OR", ["administrator", "=", True], ["id", "=", await rpc.user_id()]]
    seen = await rpc.ask("model.res.user.search_read", whom, 0, None, None, ["_write"], active_test=False)
    reaches = any(_object(user).get("_write") for user in seen)
    fields = _object(await rpc.ask("model.res.user.fields_get", ["administrator", "groups"]))
    could = []
    if not _object(fields.get("administrator")).get("readonly"):
        could.append(f"make {'itself' if reaches else 'others'} administrator")
    if not _object(fields.get("groups")).get("readonly"):
        could.append(f"put {'itself' if reaches else 'others'} into any group")
    if reaches:
        could.append("change an administrator or itself")
    return [Finding(Fault.TOO_MUCH, f"this account could {each}: {_SETUP}") for each in could]


async def _access(rpc: Rpc) -> Mapping[str, Any]:
    return _object(await rpc.ask("model.ir.model.access.get_access", [*_NEEDED]))


def _object(given: Any) -> Mapping[str, Any]:
    """Raises `NotReached` for what is no answer of Tryton's."""
    if not isinstance(given, Mapping):
        raise NotReached("no Tryton answer")
    return given
