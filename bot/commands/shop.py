"""`shop add`, `shop list`, `shop claim`: shops and the invitations of their owners."""

import asyncio
import secrets
from collections.abc import Sequence

from aiogram.exceptions import TelegramAPIError
from aiogram.utils.deep_linking import create_start_link
from aiogram.utils.token import TokenValidationError

from bot.assembly import Parts, open_bot
from bot.commands import CommandFailed
from bot.commands.found import found
from bot.commands.given import ask_secrets, name_of, options_given, zone_of
from bot.commands.trying import findings_of, print_findings
from changes.authority import MemberRole
from changes.claiming import AddShop, MakeClaim, NewClaim
from handlers.shown import moment
from pos.registry import BadOption, prepare

_LINK_WAIT = 5


async def add(parts: Parts, name: str, kind: str, options: Sequence[str], zone: str) -> None:
    """Print the new shop's claim. Raises `CommandFailed`."""
    name, zone = name_of(name), zone_of(zone)
    chosen = options_given(options, kind)
    chosen |= await asyncio.to_thread(ask_secrets, kind)
    if kind in ("embedded", "guided"):
        chosen.setdefault("path", f"data/till-{secrets.token_hex(4)}.db")
    try:
        await prepare(kind, chosen)
    except BadOption as bad:
        raise CommandFailed(str(bad)) from bad
    findings = await findings_of(kind, chosen)
    claim = await AddShop(parts.store, parts.clock)(name, zone, kind, chosen)
    print(f"Shop {claim.shop.id} added: {claim.shop.name} (backend {kind}, time zone {zone})")
    print_findings(findings)
    await _print_claim(parts, claim)


async def claim(parts: Parts, which: str) -> None:
    """Print a new claim for a shop that stands. Raises `CommandFailed`."""
    shop = await found(parts, which)
    made = await MakeClaim(parts.store, parts.clock)(shop.id)
    if made is None:
        raise CommandFailed(f"there is no shop {which}; `shop list` shows them")
    await _print_claim(parts, made)


async def list_all(parts: Parts) -> None:
    """A line each: id, name, backend, time zone, number of owners, with tabs between."""
    async with parts.store.read() as tx:
        for shop in await tx.shops.all():
            owners = await tx.people.of_role(shop.id, MemberRole.OWNER)
            print(f"{shop.id}\t{shop.name}\t{shop.backend}\t{shop.zone}\towners: {len(owners)}")


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
