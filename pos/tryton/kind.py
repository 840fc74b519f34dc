"""How a shop is added with a Tryton server."""

from collections.abc import Sequence

from changes.backend import BackendError
from pos import options as read
from pos.http import NoRights, base_of
from pos.kind import Fault, Finding, Kind, Options
from pos.options import BadOption
from pos.tryton.backend import TrytonBackend
from pos.tryton.rpc import Account, Rpc
from pos.tryton.users import RoleNames

_OPTIONS = frozenset(
    {"url", "database", "login", "password", "terminal", "plain", "timeout", "allow-admin", *read.ROLES.values()}
)

#: Seconds for one call; an order's few calls together end before the bot stops waiting.
_TIMEOUT = 8


def _open(options: Options) -> TrytonBackend:
    """Options: `url` of the server, `database`, `login` and the secret `password` of the bot's account; `terminal`, a
    name for all terminals; `role-cashier`, `role-supervisor`, `role-manager`, what the roles are called there;
    `allow-admin=yes`, an account that could do too much; `plain=yes`; `timeout`, seconds (8).
    """
    read.check_known("tryton", options, _OPTIONS)
    names = RoleNames(read.role_names("tryton", options))
    rpc = Rpc(
        base_of(options.get("url", ""), plain=options.get("plain") == "yes"),
        _given(options, "database"),
        Account(_given(options, "login"), _given(options, "password")),
        read.seconds(options, "timeout", _TIMEOUT),
    )
    return TrytonBackend(rpc, terminal=options.get("terminal") or "All terminals", names=names)


def _given(options: Options, name: str) -> str:
    written = options.get(name, "")
    if not written.strip() or "\0" in written:
        raise BadOption(f"tryton needs {name}")
    return written


async def _check(options: Options) -> Sequence[Finding]:
    backend = _open(options)
    try:
        return await backend.findings()
    finally:
        await backend.close()


async def _prepare(options: Options) -> None:
    """Tries the server and the account. Raises `BadOption` with what is wrong, missing or, unless allowed, too much."""
    allowed = {Fault.TOO_MUCH} if options.get("allow-admin") == "yes" else set()
    try:
        found = await _check(options)
    except NoRights as no:
        raise BadOption(f"tryton: the server does not take this login and password ({no.status})") from no
    except BackendError as error:
        raise BadOption(f"tryton: the server does not answer as it should: {error}") from error
    wrong = [finding.text for finding in found if finding.fault not in allowed]
    if wrong:
        raise BadOption(f"tryton: {'; '.join(wrong)}")


TRYTON = Kind(_open, _prepare, secrets=("password",), check=_check)
