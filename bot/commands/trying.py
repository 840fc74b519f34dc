"""`shop test`: the till is asked, and whatever a change would lack, or the account has too much, is said."""

from collections.abc import Iterable, Sequence

from bot.assembly import Parts
from bot.commands import CommandFailed
from bot.commands.found import found
from changes.backend import Backend, BackendError, BackendRefused, ChangeKind, NotReached, Refusal
from changes.names import plain
from changes.ports import Shop
from changes.till import Terminal, UserQuery
from pos.kind import Fault, Finding, Options
from pos.registry import BadOption, check, open_backend
from storage.vault import VaultError


async def test(parts: Parts, which: str) -> bool:
    """Print what was found; False where something is missing. Raises `CommandFailed`. Nothing is changed."""
    shop = await found(parts, which)
    print(f"Shop {shop.id}: {shop.name} (backend {shop.backend}, time zone {shop.zone})")
    options = await options_of(parts, shop)
    try:
        backend = open_backend(shop.backend, options)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
    try:
        findings = [*await _seen(backend), *await findings_of(shop.backend, options)]
    finally:
        await backend.close()
    print_findings(findings)
    missing = any(finding.fault is Fault.MISSING for finding in findings)
    if not missing:
        print(f"Can be changed: {_offered(backend)}")
    return not missing


async def options_of(parts: Parts, shop: Shop) -> dict[str, str]:
    """Raises `CommandFailed` where no key opens them."""
    try:
        async with parts.store.read() as tx:
            return await tx.shops.options(shop.id)
    except VaultError as unreadable:
        raise CommandFailed(f"none of SECRET_KEYS opens the options of shop {shop.id}") from unreadable


async def findings_of(kind: str, options: Options) -> Sequence[Finding]:
    """What the kind itself finds; a till that does not answer is one finding. Raises `CommandFailed`."""
    try:
        return await check(kind, options)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
    except BackendError as error:
        return [Finding(Fault.MISSING, _why(error))]


def print_findings(findings: Iterable[Finding]) -> None:
    """Each once, what is missing first."""
    for finding in sorted(dict.fromkeys(findings), key=lambda each: each.fault is not Fault.MISSING):
        print(f"{finding.fault.value}: {finding.text}")


async def _seen(backend: Backend) -> list[Finding]:
    """Print the terminals, each with its number of users; what could not be seen is found missing."""
    try:
        terminals = await backend.terminals()
    except BackendError as error:
        return [Finding(Fault.MISSING, _why(error))]
    if not terminals:
        return [Finding(Fault.MISSING, "the till has no terminal that the account can see")]
    try:
        for terminal in terminals:
            await _see(backend, terminal)
    except BackendError as error:
        return [Finding(Fault.MISSING, _why(error))]
    return []


async def _see(backend: Backend, terminal: Terminal) -> None:
    page = await backend.users(terminal.id, UserQuery())
    print(f"Terminal {plain(terminal.name)}: {page.total} users")


def _why(error: BackendError) -> str:
    match error:
        case BackendRefused(reason=Refusal.ACCOUNT):
            return "the till does not take the account, or the account may not do this"
        case BackendRefused(reason=reason, detail=detail):
            return f"the till refuses: {reason.value} {plain(detail)}".strip()
        case NotReached():
            return f"the till was not reached: {error}"
        case _:
            return f"the till did not answer as it should: {error}"


def _offered(backend: Backend) -> str:
    operations = backend.capabilities.operations
    return ", ".join(
        kind.value if operations[kind].value == "native" else f"{kind.value} ({operations[kind].value})"
        for kind in ChangeKind
        if backend.capabilities.offers(kind)
    )
