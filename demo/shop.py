"""The demo's shop: added once with the bot's own command line; its one-time claim is the owner's invitation."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel

from changes.claiming import CLAIM_LIFETIME
from demo.model import Json, Part, Person
from demo.state import State

NAME = "Lin's Tea House 林记茶铺"
#: The first shop of a new database; the demo's has no other.
SHOP_ID = "1"
CLAIM = re.compile(r"^/start (\S+)$", re.MULTILINE)
#: A claim is not offered when it is about to end.
MARGIN = timedelta(minutes=10)
NOTE = "invitation"


class NoShop(Exception):
    """The bot's command line did not do what it was asked. The argument is what it said."""


class Invitation(BaseModel):
    """A claim that the bot has made."""

    code: str
    made_at: datetime
    used: bool = False

    def is_open(self, now: datetime) -> bool:
        return not self.used and now < self.made_at + CLAIM_LIFETIME - MARGIN


class Shop:
    """Runs `<bot> shop ...` in `folder` with the bot's environment; `till` is the till's file there."""

    def __init__(
        self, state: State, bot: Sequence[str], environment: Mapping[str, str], folder: Path, till: str
    ) -> None:
        self._state = state
        self._bot = bot
        self._environment = environment
        self._folder = folder
        self._till = till

    async def make_ready(self) -> None:
        """Add the shop at the first start; make a new claim where the last one has ended unused. Raises NoShop."""
        invitation = invitation_of(self._state)
        if invitation is None:
            await self._claim("shop", "add", NAME, "--backend", "embedded", "--option", f"path={self._till}")
        elif not invitation.used and not invitation.is_open(self._state.clock()):
            await self._claim("shop", "claim", SHOP_ID)

    async def keep_ready(self, every: float = 60.0) -> None:
        """Look after the claim for as long as the server runs. Raises NoShop."""
        while True:
            await asyncio.sleep(every)
            await self.make_ready()

    async def _claim(self, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            *self._bot,
            *arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=dict(self._environment),
            cwd=self._folder,
        )
        out, err = await process.communicate()
        found = CLAIM.search(out.decode(errors="replace"))
        if process.returncode != 0 or found is None:
            said = (err or out).decode(errors="replace").strip().splitlines()
            raise NoShop(said[-1] if said else f"exit code {process.returncode}, and no claim")
        invitation = Invitation(code=found.group(1), made_at=self._state.clock())
        self._state.note(NOTE, invitation.model_dump(mode="json"))


def invitation_of(state: State) -> Invitation | None:
    note = state.noted(NOTE)
    return None if note is None else Invitation.model_validate(note)


def invitation_for(state: State, viewer: Person) -> Json:
    """What the page shows the owner; nothing once the claim was sent to the bot, or has ended."""
    invitation = invitation_of(state)
    if viewer.part is not Part.OWNER or invitation is None or not invitation.is_open(state.clock()):
        return {}
    link = f"https://t.me/{state.profile.username}?start={invitation.code}"
    return {"code": invitation.code, "link": link}


def mark_used(state: State, text: str) -> None:
    """Someone has written `text` to the bot; if that was the claim, it is spent."""
    invitation = invitation_of(state)
    if invitation is not None and text.strip() == f"/start {invitation.code}":
        state.note(NOTE, invitation.model_copy(update={"used": True}).model_dump(mode="json"))
