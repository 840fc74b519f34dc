"""The kinds of point-of-sale systems there are, by the name a shop is added with."""

from changes.backend import Backend
from pos.embedded.kind import EMBEDDED
from pos.kind import Kind, Options
from pos.options import BadOption
from pos.scim.kind import SCIM

__all__ = ["BadOption", "kinds", "open_backend", "prepare", "secrets_of"]

_KINDS = {"embedded": EMBEDDED, "scim": SCIM}


def open_backend(kind: str, options: Options) -> Backend:
    """The backend of a shop; it reaches its till with the first call. Raises `BadOption`."""
    return _kind(kind).open(options)


async def prepare(kind: str, options: Options) -> None:
    """Done once when a shop is added; harmless when repeated. Raises `BadOption`."""
    await _kind(kind).prepare(options)


def secrets_of(kind: str) -> tuple[str, ...]:
    """The options to ask for where nobody sees them. Raises `BadOption`."""
    return _kind(kind).secrets


def kinds() -> tuple[str, ...]:
    return tuple(_KINDS)


def _kind(kind: str) -> Kind:
    if kind not in _KINDS:
        raise BadOption(f"there is no backend {kind!r}; there is: {', '.join(_KINDS)}")
    return _KINDS[kind]
