"""`shop edit` and `shop remove`: shops that stand."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.assembly import Parts
from bot.commands import CommandFailed
from bot.commands.found import found
from bot.commands.given import ask_secrets, name_of, options_given, typed, zone_of
from bot.commands.trying import findings_of, options_of, print_findings
from changes.names import plain
from changes.ports import Shop
from changes.shops import ChangesOpen, EditShop, RemoveShop, ShopGone
from pos.registry import BadOption, prepare


async def edit(
    parts: Parts, which: str, name: str | None, zone: str | None, options: Sequence[str], *, secrets: bool
) -> None:
    """Nothing is kept before the till was tried as it is to be reached. Raises `CommandFailed`."""
    old = await found(parts, which)
    new = replace(
        old,
        name=old.name if name is None else name_of(name),
        zone=old.zone if zone is None else zone_of(zone),
    )
    kept = await options_of(parts, old)
    wanted = await _wanted(old, kept, options_given(options, old.backend), secrets=secrets)
    named = sorted(option for option in {**kept, **wanted} if kept.get(option) != wanted.get(option))
    if new == old and not named:
        raise CommandFailed("nothing would be changed: give --name, --zone, --option or --secrets")
    if named:
        await _try(old, wanted)
    try:
        await EditShop(parts.store, parts.clock, parts.wake)(new, wanted, named)
    except ShopGone as gone:
        raise CommandFailed(f"there is no shop {which} any more") from gone
    print(f"Shop {new.id} is kept: {new.name} (backend {new.backend}, time zone {new.zone})")


async def _wanted(shop: Shop, kept: dict[str, str], given: dict[str, str], *, secrets: bool) -> dict[str, str]:
    """The options that the shop had, with those given; one that is given empty goes."""
    asked = await asyncio.to_thread(ask_secrets, shop.backend) if secrets else {}
    return {option: value for option, value in {**kept, **given, **asked}.items() if value}


async def _try(shop: Shop, options: dict[str, str]) -> None:
    try:
        await prepare(shop.backend, options)
    except BadOption as bad:
        raise CommandFailed(f"{bad}; nothing was changed") from bad
    print_findings(await findings_of(shop.backend, options))


async def remove(parts: Parts, which: str, *, drop_open: bool) -> None:
    """Only after the shop's name was typed. Raises `CommandFailed`."""
    shop = await found(parts, which)
    name = await asyncio.to_thread(typed, f"Type the shop's name to remove it ({plain(shop.name)}): ")
    if name != shop.name:
        raise CommandFailed("that is not the shop's name; nothing was removed")
    try:
        told = await RemoveShop(parts.store, parts.clock, parts.wake)(shop.id, drop_open=drop_open)
    except ChangesOpen as still:
        raise CommandFailed(
            f"nothing was removed: {still.count} changes wait or are being applied (--drop-open gives them up)"
        ) from still
    except ShopGone as gone:
        raise CommandFailed(f"there is no shop {which} any more") from gone
    print(f"Shop {shop.id} is removed: {shop.name}. Its audit stays. Owners who will be told: {told}.")
