"""How a shop is added with a SCIM server."""

from collections.abc import Sequence

from changes.backend import BackendError
from pos import options as read
from pos.http import base_of
from pos.kind import Fault, Finding, Kind, Options
from pos.options import BadOption
from pos.scim.backend import ScimBackend
from pos.scim.users import RoleNames

_OPTIONS = frozenset({"url", "token", "terminal", "plain", "timeout", *read.ROLES.values()})


def _open(options: Options) -> ScimBackend:
    """Options: `url` of the server, the secret `token`, `terminal`, a name for all terminals; `role-cashier`,
    `role-supervisor`, `role-manager`, what the roles are called there; `plain=yes`; `timeout`, seconds (10).
    """
    read.check_known("scim", options, _OPTIONS)
    names = RoleNames(read.role_names("scim", options))
    return ScimBackend(
        base_of(options.get("url", ""), plain=options.get("plain") == "yes"),
        read.key("scim", options, "token"),
        terminal=options.get("terminal") or "All terminals",
        names=names,
        timeout=read.seconds(options, "timeout", 10),
    )


async def _prepare(options: Options) -> None:
    """Tries the server and the account. Raises `BadOption` with what is wrong or missing."""
    backend = _open(options)
    try:
        missing = await backend.missing()
    except BackendError as error:
        raise BadOption(f"scim: the server does not answer as it should: {error}") from error
    finally:
        await backend.close()
    if missing:
        raise BadOption(f"scim: {'; '.join(missing)}")


async def _check(options: Options) -> Sequence[Finding]:
    """SCIM has no way to ask what else the account may do."""
    backend = _open(options)
    try:
        return [Finding(Fault.MISSING, lack) for lack in await backend.missing()]
    finally:
        await backend.close()


SCIM = Kind(_open, _prepare, secrets=("token",), check=_check)
