"""A shop of its own for a test: an owner at the menu, a till, an audit."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from changes.audit import Entry, EntryKind, first_fault
from changes.claiming import AddShop
from changes.till import Terminal, TerminalUser, UserQuery
from demo.model import Part
from locales import Markup
from pos.embedded.till import FaultKind, FaultMethod, Till
from tests.e2e.bench import BotProcess
from tests.e2e.owner import Owner, shown

ZONE = "Asia/Shanghai"
NAME = "Lin's Tea House"

#: Terminals and users of the sample till.
FRONT = "Front 1"
CHEN = "陈晓雨"


@dataclass
class Shop:
    """A shop with an embedded till, and its owner."""

    id: int
    bot: BotProcess
    owner: Owner
    till: Till
    claim: str

    async def front(self) -> Terminal:
        return (await self.till.terminals())[0]

    async def user(self, number: str = "01") -> TerminalUser:
        """A user of the first terminal as the till holds them."""
        users = (await self.till.users((await self.front()).id, UserQuery(limit=50))).users
        return next(user for user in users if user.number == number)

    async def signs_in(self, pin: str, number: str = "01") -> bool:
        return isinstance(await self.till.sign_in((await self.front()).id, number, pin), TerminalUser)

    async def entries(self) -> list[Entry]:
        """The audit, oldest first; that its chain fits is asserted."""
        async with self.bot.parts() as parts, parts.store.read() as tx:
            head = await tx.audit.head(self.id)
            entries = [entry async for entry in tx.audit.walk(self.id)]
        assert first_fault(entries, head) is None
        return entries

    async def audit(self) -> list[str]:
        """What became of the shop's changes, as the audit has it: intents, doubts, outcomes."""
        changes = [entry for entry in await self.entries() if entry.kind.value.startswith("change.")]
        ends = [(entry.facts.get("state"), entry.facts.get("result")) for entry in changes]
        return [
            " ".join([entry.kind.value.partition(".")[2], *(str(word) for word in end if word)])
            for entry, end in zip(changes, ends, strict=True)
        ]

    async def has_outcome(self) -> None:
        """Until a change's outcome is in the audit."""

        async def recorded() -> bool:
            return (await self.entries())[-1].kind is EntryKind.CHANGE_OUTCOME

        await self.bot.until(recorded)

    async def confirm_where_the_till_hangs(self) -> None:
        """Type the code; a worker holds the change then, and the till is not asked before its faults are cleared.

        It is away when it is asked first. So it is looked at before it is asked again, and that is not answered.
        """
        hangs = 1000
        await self.till.set_fault(FaultKind.DOWN)
        await self.till.set_fault(FaultKind.SLOW, times=hangs, seconds=60, method=FaultMethod.READ)
        await self.owner.confirm()

        async def looked_at() -> bool:
            return [fault.times < hangs for fault in await self.till.faults()] == [True]

        await self.bot.until(looked_at)

    def rows(self, table: str) -> list[sqlite3.Row]:
        """All rows of a table of the bot's database that are this shop's."""
        return self.bot.query(f"SELECT * FROM {table} WHERE shop_id = ?", self.id)  # noqa: S608

    def entry_text(self, entry: Entry, change: str, *, verdict: str = "entry-verdict-applied", more: str = "") -> str:
        """The message that an entry is posted as, `change` being its line as HTML."""
        texts, facts = self.owner.texts, entry.facts
        what = texts.html(
            "entry-change",
            verdict=texts.plain(verdict),
            terminal=facts["terminal"]["name"],
            user=facts["user"]["name"],
            operator=facts["user"]["number"],
            change=Markup(change),
            actor=f"{self.owner.person.name} · {self.owner.person.id}",
        )
        time = f"{entry.at.astimezone(ZoneInfo(ZONE)):%Y-%m-%d %H:%M:%S}"
        whole = Markup(f"{what}\n{more}" if more else what)
        return shown(texts.html("entry", number=str(entry.number), time=time, what=whole, hash=entry.hash[:12]))


@asynccontextmanager
async def shop_of(
    bot: BotProcess, *, language: str = "en", claim: bool = True, owner: Owner | None = None
) -> AsyncIterator[Shop]:
    """A new shop on a new till, claimed by a new person, who is at the menu; unclaimed where `claim` is False."""
    path = bot.new_till()
    if owner is None:
        owner = Owner(bot, bot.telegram.world.add_person("Boss Lin", Part.OWNER, language_code=language))
    async with Till(path) as till:
        async with bot.parts() as parts:
            made = await AddShop(parts.store, bot.clock)(NAME, ZONE, "embedded", {"path": str(path), "timeout": "6"})
        bot.secrets.add(made.code)
        shop = Shop(made.shop.id, bot, owner, till, made.code)
        if claim:
            owner.say(f"/start {made.code}")
            await owner.enrol()
        try:
            yield shop
        finally:
            bot.telegram.faults.clear()
