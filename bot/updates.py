"""Updates under way: those of different chats beside each other, those of one chat in their order."""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from aiogram import Bot, Dispatcher
from aiogram.types import Update
from pydantic import ValidationError

log = structlog.get_logger()

#: The kinds that handlers exist for.
ALLOWED_UPDATES = ["message", "edited_message", "callback_query"]

#: Says when an update's turn has come whether it is handled; else it is done.
Admit = Callable[[int, Update], bool]


def everyone(_chat: int, _update: Update) -> bool:
    return True


class Updates:
    def __init__(self, bot: Bot, dispatcher: Dispatcher, admit: Admit = everyone) -> None:
        self._bot, self._dispatcher, self._admit = bot, dispatcher, admit
        self._under_way: dict[int, asyncio.Task[None]] = {}
        #: The last task of each chat.
        self._last: dict[int, asyncio.Task[None]] = {}

    def take(self, raw: dict[str, Any]) -> asyncio.Task[None]:
        """Handle an update, as JSON with an `update_id`, after those of its chat; the same while it lasts is one task.

        The task fails with nothing: what goes wrong is logged, and a redelivery would fail alike.
        """
        update_id: int = raw["update_id"]
        if update_id in self._under_way:
            return self._under_way[update_id]
        task = self._begin(raw)
        self._under_way[update_id] = task
        task.add_done_callback(lambda _: self._under_way.pop(update_id))
        return task

    def _begin(self, raw: dict[str, Any]) -> asyncio.Task[None]:
        try:
            update = Update.model_validate(raw, context={"bot": self._bot})
        except ValidationError as odd:
            # What it says is in no log: it may be a code. It would not read better the next time.
            log.error("update cannot be read", update_id=raw["update_id"], error=type(odd).__name__)
            return asyncio.create_task(asyncio.sleep(0))
        chat = _chat_of(update)
        task = self._last[chat] = asyncio.create_task(self._handle(update, chat, self._last.get(chat)))
        task.add_done_callback(lambda done: self._last.pop(chat) if self._last.get(chat) is done else None)
        return task

    async def _handle(self, update: Update, chat: int, before: asyncio.Task[None] | None) -> None:
        if before is not None:
            await asyncio.wait([before])
        if not self._admit(chat, update):
            return
        try:
            await self._dispatcher.feed_update(self._bot, update)
        except Exception:
            # Even telling the person failed: a redelivery would fail alike, so the update counts as done.
            log.exception("update failed beyond telling", error_id=secrets.token_hex(4), update_id=update.update_id)


def _chat_of(update: Update) -> int:
    message = update.message or update.edited_message
    if message is not None:
        return message.chat.id
    return update.callback_query.from_user.id if update.callback_query else 0
