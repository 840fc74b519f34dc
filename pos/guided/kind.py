"""How a shop is added whose terminals nobody reaches."""

from changes.backend import BackendError, BackendRefused
from changes.till import Role
from pos import options as read
from pos.guided.backend import GuidedBackend, check_name
from pos.guided.brand import BadBrand, Brand, brand
from pos.guided.register import Listed, Register
from pos.kind import Kind, Options
from pos.options import BadOption

_OPTIONS = frozenset({"brand", "path", "terminals", "users"})


def _open(options: Options) -> GuidedBackend:
    """Options: `brand`, one of `pos/guided/brands/`; `path`, the register's file; `terminals`, their names with commas
    in between; `users`, who can sign in already: `01:陈晓雨,02:Ana`, of several terminals `Front/01:陈晓雨`.
    """
    read.check_known("guided", options, _OPTIONS)
    return GuidedBackend(_brand(options), Register(read.path("guided", options, "path")))


def _brand(options: Options) -> Brand:
    try:
        return brand(options.get("brand", ""))
    except BadBrand as bad:
        raise BadOption(f"guided: {bad}") from bad


async def _prepare(options: Options) -> None:
    """Makes the register where there is none, with the terminals and users that were named."""
    backend = _open(options)
    terminals = _terminals(options)
    users = _users(options, terminals, backend)
    path = read.path("guided", options, "path")
    try:
        await Register(path).create(terminals, users)
    except BackendError as error:
        raise BadOption(f"guided: the register {path} cannot be used: {error}") from error


def _terminals(options: Options) -> tuple[str, ...]:
    names = tuple(name.strip() for name in options.get("terminals", "").split(",") if name.strip())
    if not names or len(set(names)) < len(names) or any("/" in name for name in names):
        raise BadOption("guided needs the option terminals: their names, each once, with commas in between, no slash")
    return names


def _users(options: Options, terminals: tuple[str, ...], backend: GuidedBackend) -> dict[str, tuple[Listed, ...]]:
    users: dict[str, tuple[Listed, ...]] = dict.fromkeys(terminals, ())
    for written in filter(str.strip, options.get("users", "").split(",")):
        terminal, listed = _one(written.strip(), terminals, backend)
        if any(listed.number == other.number for other in users[terminal]):
            raise BadOption(f"guided: users: {listed.number} is there twice")
        users[terminal] += (listed,)
    return users


def _one(written: str, terminals: tuple[str, ...], backend: GuidedBackend) -> tuple[str, Listed]:
    """`[terminal/]number:name[:role]`"""
    terminal, slash, rest = written.rpartition("/")
    terminal = terminal if slash else terminals[0]
    if terminal not in terminals or (not slash and len(terminals) > 1):
        raise BadOption(f"guided: users: {written!r} must begin with one of the terminals and a slash")
    number, _, said = rest.partition(":")
    name, _, role = said.partition(":")
    try:
        backend.check_number(number)
        check_name(name)
        return terminal, Listed(number, name.strip(), Role(role or Role.CASHIER.value))
    except (BackendRefused, ValueError) as no:
        raise BadOption(f"guided: users: {written!r} is no NUMBER:NAME or NUMBER:NAME:ROLE: {no}") from no


GUIDED = Kind(_open, _prepare)
