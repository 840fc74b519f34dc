"""The kinds of point-of-sale systems there are, by the name a shop is added with: ours, and those of other packages.

A package adds one as an entry point of the group `tillkeeper.backends`: a `Kind`, or something to call that gives one.
"""

from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points

from changes.backend import Backend
from pos.embedded.kind import EMBEDDED
from pos.guided.kind import GUIDED
from pos.kind import Finding, Kind, Options
from pos.odoo.kind import ODOO
from pos.options import BadOption
from pos.scim.kind import SCIM
from pos.square.kind import SQUARE
from pos.sumup.kind import SUMUP
from pos.tryton.kind import TRYTON

__all__ = ["BadOption", "check", "kinds", "open_backend", "prepare", "secrets_of"]

GROUP = "tillkeeper.backends"

_OURS = {
    "embedded": EMBEDDED,
    "guided": GUIDED,
    "odoo": ODOO,
    "scim": SCIM,
    "square": SQUARE,
    "sumup": SUMUP,
    "tryton": TRYTON,
}

#: As long as the column that a shop's kind is kept in.
_NAME_LONGEST = 32


def open_backend(kind: str, options: Options) -> Backend:
    """The backend of a shop; it reaches its till with the first call. Raises `BadOption`."""
    return _kind(kind).open(options)


async def prepare(kind: str, options: Options) -> None:
    """Done when a shop is added or edited; harmless when repeated. Raises `BadOption`."""
    await _kind(kind).prepare(options)


async def check(kind: str, options: Options) -> Sequence[Finding]:
    """What the till or the account lacks or has too much. Raises `BadOption` or `BackendError`."""
    return await _kind(kind).check(options)


def secrets_of(kind: str) -> tuple[str, ...]:
    """The options to ask for where nobody sees them. Raises `BadOption`."""
    return _kind(kind).secrets


def kinds() -> tuple[str, ...]:
    """Ours, then those of other packages; of these nothing is loaded yet."""
    return (*_OURS, *sorted({point.name for point in _others()}))


def _kind(name: str) -> Kind:
    if name in _OURS:
        return _OURS[name]
    found = [point for point in _others() if point.name == name]
    if not found:
        raise BadOption(f"there is no backend {name!r}; there is: {', '.join(kinds())}")
    if len(found) > 1:
        raise BadOption(f"several packages bring a backend {name!r}: {', '.join(map(_source, found))}; keep one")
    return _loaded(found[0])


def _others() -> list[EntryPoint]:
    """Nobody takes over a name of ours: a shop's options would be another's to read."""
    return [point for point in entry_points(group=GROUP) if point.name not in _OURS]


def _loaded(point: EntryPoint) -> Kind:
    if len(point.name) > _NAME_LONGEST:
        raise BadOption(f"{_said(point)}: its name has more than {_NAME_LONGEST} characters")
    try:
        given = point.load()
        made = given if isinstance(given, Kind) else given()
    except Exception as broken:
        raise BadOption(f"{_said(point)}: {type(broken).__name__}: {broken}") from broken
    if not isinstance(made, Kind):
        raise BadOption(f"{_said(point)}: {point.value} gives no pos.kind.Kind")
    return made


def _said(point: EntryPoint) -> str:
    return f"the backend {point.name!r} of {_source(point)} cannot be used"


def _source(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else point.value
