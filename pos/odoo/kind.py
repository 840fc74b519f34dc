"""How a shop is added with an Odoo."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from changes.backend import BackendError
from pos import options as read
from pos.http import NoRights, base_of
from pos.kind import Fault, Finding, Kind, Options
from pos.odoo.backend import OdooBackend
from pos.options import BadOption

_OPTIONS = frozenset({"url", "key", "database", "plain", "timeout"})


def _open(options: Options) -> OdooBackend:
    """Options: `url` of the server, the secret `key`, `database`, needed where the server has several; `plain=yes`;
    `timeout`, seconds (10).
    """
    read.check_known("odoo", options, _OPTIONS)
    database = options.get("database", "")
    return OdooBackend(
        base_of(options.get("url", ""), plain=options.get("plain") == "yes"),
        read.key("odoo", options, "key"),
        read.key("odoo", options, "database") if database else "",
        timeout=read.seconds(options, "timeout", 10),
    )


@asynccontextmanager
async def _opened(options: Options) -> AsyncIterator[OdooBackend]:
    backend = _open(options)
    try:
        yield backend
    finally:
        await backend.close()


async def _prepare(options: Options) -> None:
    """Tries the server and the account. Raises `BadOption` with what is wrong or missing."""
    try:
        async with _opened(options) as backend:
            missing = await backend.missing()
    except NoRights as no:
        raise BadOption(f"odoo: the server does not take this key ({no.status})") from no
    except BackendError as error:
        raise BadOption(f"odoo: the server does not answer as it should: {error}") from error
    if missing:
        raise BadOption(f"odoo: {'; '.join(missing)}")


async def _check(options: Options) -> Sequence[Finding]:
    async with _opened(options) as backend:
        found = [Finding(Fault.MISSING, text) for text in await backend.missing()]
        if await backend.administers():
            found.append(Finding(Fault.TOO_MUCH, "this account administers Odoo: it could give itself any right"))
    return found


ODOO = Kind(_open, _prepare, secrets=("key",), check=_check)
