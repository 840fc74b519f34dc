"""`shop add`, `shop list`, `shop claim`: shops and the invitations of their owners."""

import asyncio
import getpass
import secrets
import sys
from collections.abc import Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiogram.exceptions import TelegramAPIError
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.token import TokenValidationError

from bot.assembly import Parts, open_bot
from bot.commands import CommandFailed
from changes.claiming import AddShop, MakeClaim, NewClaim
from changes.names import plain
from handlers.shown import moment
from pos.registry import BadOption, prepare, secrets_of

_NAME_LONGEST = 64
_LINK_WAIT = 5


async def add(parts: Parts, name: str, kind: str, options: Sequence[str], zone: str) -> None:
    """Print the new shop's claim. Raises `CommandFailed`."""
    name = plain(name, _NAME_LONGEST)
    if not name:
        raise CommandFailed("the shop needs a name")
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise CommandFailed(f"there is no time zone {zone!r}; one like Asia/Shanghai is wanted") from unknown
    chosen = _options(options)
    try:
        chosen |= await asyncio.to_thread(_ask, kind, chosen)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
    if kind == "embedded":
        chosen.setdefault("path", f"data/till-{secrets.token_hex(4)}.db")
    try:
        await prepare(kind, chosen)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
    claim = await AddShop(parts.store, parts.clock)(name, zone, kind, chosen)
    print(f"Shop {claim.shop.id} added: {claim.shop.name} (backend {kind}, time zone {zone})")
    await _print_claim(parts, claim)


def _ask(kind: str, given: Mapping[str, str]) -> dict[str, str]:
    """The backend's secrets, typed where nobody sees them; from a pipe, a line each. Raises `CommandFailed`."""
    secret = secrets_of(kind)
    told = [name for name in secret if name in given]
    if told:
        raise CommandFailed(f"{told[0]} is a secret: leave it out, and it is asked for")
    if sys.stdin.isatty():
        return {name: getpass.getpass(f"{name}: ") for name in secret}
    return {name: sys.stdin.readline().strip() for name in secret}


def _options(given: Sequence[str]) -> dict[str, str]:
    options = {}
    for option in given:
        key, equals, value = option.partition("=")
        if not equals or not key:
            raise CommandFailed(f"an option is written key=value, not {option!r}")
        options[key] = value
    return options


async def claim(parts: Parts, shop_id: int) -> None:
    """Print a new claim for a shop that stands. Raises `CommandFailed`."""
    made = await MakeClaim(parts.store, parts.clock)(shop_id)
    if made is None:
        raise CommandFailed(f"there is no shop {shop_id}; `shop list` shows them")
    await _print_claim(parts, made)


async def list_all(parts: Parts) -> None:
    async with parts.store.read() as tx:
        for shop in await tx.shops.all():
            print(f"{shop.id}\t{shop.name}\t{shop.backend}\t{shop.zone}")


async def _print_claim(parts: Parts, made: NewClaim) -> None:
    print(
        f"To become its owner, send this line to the bot in a private chat before "
        f"{moment(made.expires_at, made.shop.zone)}; it works once:"
    )
    print(f"/start {made.code}")
    link = await _link(parts, made.code)
    if link:
        print(f"or open {link}")


async def _link(parts: Parts, code: str) -> str | None:
    """The claim as a link; None where the bot's name cannot be asked."""
    try:
        bot = open_bot(parts.settings)
    except TokenValidationError:
        return None
    async with bot.context(auto_close=True):
        try:
            async with asyncio.timeout(_LINK_WAIT):
                return await create_start_link(bot, code)
        except (TelegramAPIError, TimeoutError):
            return None
