"""The shop that a command is about."""

from bot.assembly import Parts
from bot.commands import CommandFailed
from changes.ports import Shop


async def found(parts: Parts, which: str) -> Shop:
    """By its id, or by its whole name where only one has it. Raises `CommandFailed`."""
    async with parts.store.read() as tx:
        shops = await tx.shops.all()
    of_id = [shop for shop in shops if str(shop.id) == which]
    named = of_id or [shop for shop in shops if shop.name == which]
    if not named:
        raise CommandFailed(f"there is no shop {which}; `shop list` shows them")
    if len(named) > 1:
        ids = ", ".join(str(shop.id) for shop in named)
        raise CommandFailed(f"several shops have the name {which}: name one by its id ({ids})")
    return named[0]
