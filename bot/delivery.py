"""How a notice of each kind is brought to its chat."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup

from bot.faults import answer_of_done
from changes.clock import Clock
from changes.ports import Notice, NoticeKind, QueuedNotice, Store, Transaction
from changes.request import ChangeRequest
from handlers.entries import entry_html
from handlers.notices import (
    SECRET_SHOWN_FOR,
    entry_keyboard,
    progress_html,
    progress_keyboard,
    secret_html,
    secret_keyboard,
)
from locales import Locales, Texts

log = structlog.get_logger()

_UNCHANGED = "message is not modified"

#: What is to be kept once a notice was sent, in the transaction that ends it.
After = Callable[[Transaction], Awaitable[None]]


class MessageVanished(Exception):
    """The message was gone before the PIN could be written into it."""


class IdUnknown(Exception):
    """A message was sent, and Telegram's answer does not tell its id."""


async def _nothing(_tx: Transaction) -> None:
    """For what is done once it is sent."""


class Delivery:
    def __init__(self, bot: Bot, store: Store, locales: Locales, clock: Clock) -> None:
        self._bot, self._store, self._locales, self._clock = bot, store, locales, clock

    async def send(self, queued: QueuedNotice) -> After:
        """Raises what Telegram refuses, `MessageVanished` or `IdUnknown`."""
        match queued.notice.kind:
            case NoticeKind.PROGRESS:
                return await self._progress(queued.notice)
            case NoticeKind.ENTRY:
                return await self._entry(queued.notice)
            case NoticeKind.SECRET:
                return await self._secret(queued)
            case NoticeKind.DELETE:
                return await self._delete(queued.notice)

    async def _texts(self, notice: Notice) -> Texts:
        if notice.person_id is None:
            return self._locales.choose(None, None)
        async with self._store.read() as tx:
            person = await tx.people.get(notice.person_id)
        if person is None:
            return self._locales.choose(None, None)
        return self._locales.choose(person.locale, person.language_code)

    async def _request(self, notice: Notice) -> ChangeRequest:
        async with self._store.read() as tx:
            request = await tx.requests.get(notice.request_id or "")
        if request is None:
            raise LookupError(f"no request {notice.request_id}")
        return request

    async def _progress(self, notice: Notice) -> After:
        """Always the newest state: an older notice that comes late shows nothing old."""
        request, texts = await self._request(notice), await self._texts(notice)
        text, keyboard = progress_html(texts, request), progress_keyboard(texts, request)
        if request.progress_message_id is not None:
            if await self._edited(notice.chat_id, request.progress_message_id, text, keyboard):
                return _nothing
            log.info("progress message is gone, sending another", change=request.id)
        message_id = await self._sent(notice.chat_id, text, reply_markup=keyboard)
        if message_id is None:
            return _nothing
        new_id = message_id
        return lambda tx: tx.requests.set_progress_message(request.id, new_id)

    async def _entry(self, notice: Notice) -> After:
        async with self._store.read() as tx:
            shop = await tx.shops.get(notice.shop_id or 0)
            entry = await tx.audit.get(notice.shop_id or 0, notice.entry_number or 0)
        if shop is None or entry is None:
            raise LookupError(f"no entry {notice.entry_number} of shop {notice.shop_id}")
        texts = await self._texts(notice)
        await self._sent(notice.chat_id, entry_html(texts, entry, shop.zone), reply_markup=entry_keyboard(texts, entry))
        return _nothing

    async def _secret(self, queued: QueuedNotice) -> After:
        """First a message without the PIN, known by its id in the database; then the PIN into it.

        So there is never a message with a PIN that nobody knows to delete, however the process ends.
        """
        notice = queued.notice
        request, texts = await self._request(notice), await self._texts(notice)
        message_id = notice.message_id
        if request.secret_unreadable:
            raise LookupError("no key opens the PIN")
        if request.secret is not None:
            message_id = await self._show_secret(queued, request, texts)
        shown_at = self._clock.now()

        async def hide_later(tx: Transaction) -> None:
            await tx.requests.forget_secret(request.id)
            await self._put_deletion(tx, notice, message_id, shown_at)

        return hide_later

    async def _put_deletion(self, tx: Transaction, notice: Notice, message_id: int | None, shown_at: datetime) -> None:
        if message_id is None:
            return
        due_at = shown_at + timedelta(seconds=SECRET_SHOWN_FOR)
        gone = replace(notice, kind=NoticeKind.DELETE, message_id=message_id, due_at=due_at)
        await tx.outbox.put(gone, shown_at)

    async def _show_secret(self, queued: QueuedNotice, request: ChangeRequest, texts: Texts) -> int:
        """The id of the message that shows the PIN."""
        chat_id, begun = queued.notice.chat_id, queued.notice.message_id
        text, keyboard = secret_html(texts, request), secret_keyboard(texts)
        if begun is not None and await self._edited(chat_id, begun, text, keyboard):
            return begun
        message_id = await self._sent(chat_id, texts.html("secret-coming"), protect_content=True)
        if message_id is None:
            raise IdUnknown
        async with self._store.write() as tx:
            await tx.outbox.set_message(queued.id, message_id)
        if not await self._edited(chat_id, message_id, text, keyboard):
            raise MessageVanished
        return message_id

    async def _delete(self, notice: Notice) -> After:
        try:
            await self._bot.delete_message(notice.chat_id, notice.message_id or 0)
        except TelegramBadRequest as refused:
            log.info("message was gone already", chat=notice.chat_id, error=refused.message)
        except ClientDecodeError as unreadable:
            if answer_of_done(unreadable) is None:
                raise
        return _nothing

    async def _sent(self, chat_id: int, text: str, **more: Any) -> int | None:
        """The id of the new message; None where Telegram sent it and answered without a readable one."""
        try:
            return (await self._bot.send_message(chat_id, text, **more)).message_id
        except ClientDecodeError as unreadable:
            answer = answer_of_done(unreadable)
            if answer is None:
                raise
            message = answer.get("result")
            message_id = message.get("message_id") if isinstance(message, dict) else None
            return message_id if isinstance(message_id, int) else None

    async def _edited(self, chat_id: int, message_id: int, text: str, keyboard: InlineKeyboardMarkup | None) -> bool:
        """False where the message is gone."""
        try:
            await self._bot.edit_message_text(text, chat_id=chat_id, message_id=message_id, reply_markup=keyboard)
        except TelegramBadRequest as refused:
            return _UNCHANGED in refused.message
        except ClientDecodeError as unreadable:
            if answer_of_done(unreadable) is None:
                raise
        return True
