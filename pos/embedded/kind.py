"""How a shop is added with the embedded till."""

from pos import options as read
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.errors import TillError
from pos.embedded.sample import seed
from pos.embedded.till import Till
from pos.kind import Kind, Options
from pos.options import BadOption


def _open(options: Options) -> EmbeddedBackend:
    """Options: `path`, the till's file; `timeout`, seconds (10)."""
    read.check_known("embedded", options, frozenset({"path", "timeout"}))
    return EmbeddedBackend(read.path("embedded", options, "path"), timeout=read.seconds(options, "timeout", 10))


async def _prepare(options: Options) -> None:
    """Makes the till's file where there is none, and sample terminals and users where it has none."""
    _open(options)
    path = read.path("embedded", options, "path")
    try:
        async with Till(path) as till:
            await seed(till)
    except TillError as error:
        raise BadOption(f"the till's file {path} cannot be used: {error}") from error


EMBEDDED = Kind(_open, _prepare)
