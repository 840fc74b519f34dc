"""The kinds of point-of-sale systems there are, by the name a shop is added with."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from changes.backend import Backend
from pos import options as read
from pos.embedded.backend import EmbeddedBackend
from pos.embedded.errors import TillError
from pos.embedded.sample import seed
from pos.embedded.till import Till
from pos.options import BadOption

__all__ = ["BadOption", "kinds", "open_backend", "prepare"]

Options = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """How a backend of one kind is made, and what is done once when a shop is added with it."""

    open: Callable[[Options], Backend]
    prepare: Callable[[Options], Awaitable[None]]


def open_backend(kind: str, options: Options) -> Backend:
    """The backend of a shop; it reaches its till with the first call. Raises `BadOption`."""
    return _kind(kind).open(options)


async def prepare(kind: str, options: Options) -> None:
    """Done once when a shop is added; harmless when repeated. Raises `BadOption`."""
    await _kind(kind).prepare(options)


def kinds() -> tuple[str, ...]:
    return tuple(_KINDS)


def _kind(kind: str) -> Kind:
    if kind not in _KINDS:
        raise BadOption(f"there is no backend {kind!r}; there is: {', '.join(_KINDS)}")
    return _KINDS[kind]


def _open_embedded(options: Options) -> EmbeddedBackend:
    """Options: `path`, the till's file; `timeout`, seconds (10)."""
    read.check_known("embedded", options, frozenset({"path", "timeout"}))
    return EmbeddedBackend(read.path("embedded", options, "path"), timeout=read.seconds(options, "timeout", 10))


async def _prepare_embedded(options: Options) -> None:
    """Makes the till's file where there is none, and sample terminals and users where it has none."""
    _open_embedded(options)
    path = read.path("embedded", options, "path")
    try:
        async with Till(path) as till:
            await seed(till)
    except TillError as error:
        raise BadOption(f"the till's file {path} cannot be used: {error}") from error


_KINDS = {"embedded": Kind(_open_embedded, _prepare_embedded)}
