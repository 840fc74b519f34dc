"""How a shop is added with Square."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from changes.backend import BackendError
from pos import options as read
from pos.extras import of_extra
from pos.http import NoRights, base_of
from pos.kind import Fault, Finding, Kind, Options
from pos.options import BadOption

if TYPE_CHECKING:
    from pos.square.backend import SquareBackend

_OPTIONS = frozenset({"url", "token", "plain", "timeout"})
_PRODUCTION = "https://connect.squareup.com"


def _open(options: Options) -> "SquareBackend":
    """Options: the secret `token`; `url`, where it is not Square's own; `plain=yes`; `timeout`, seconds (10)."""
    read.check_known("square", options, _OPTIONS)
    base = base_of(options.get("url") or _PRODUCTION, plain=options.get("plain") == "yes")
    token, timeout = read.key("square", options, "token"), read.seconds(options, "timeout", 10)
    with of_extra("square"):
        from pos.square.backend import SquareBackend
    return SquareBackend(base, token, timeout=timeout)


async def _prepare(options: Options) -> None:
    """Tries the token. Raises `BadOption` with what is wrong or missing."""
    try:
        async with _opened(options) as backend:
            missing = await backend.missing()
    except NoRights as no:
        raise BadOption(f"square: the server does not take this token ({no.status})") from no
    except BackendError as error:
        raise BadOption(f"square: the server does not answer as it should: {error}") from error
    if missing:
        raise BadOption(f"square: {'; '.join(missing)}")


async def _check(options: Options) -> Sequence[Finding]:
    async with _opened(options) as backend:
        found = [Finding(Fault.MISSING, text) for text in await backend.missing()]
        if more := await backend.too_much():
            found.append(Finding(Fault.TOO_MUCH, f"this token may also {', '.join(more)}"))
    return found


@asynccontextmanager
async def _opened(options: Options) -> AsyncIterator["SquareBackend"]:
    backend = _open(options)
    try:
        yield backend
    finally:
        await backend.close()


SQUARE = Kind(_open, _prepare, secrets=("token",), check=_check)
