"""How a notice of each kind is brought to its chat."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest
from aiogram.types import InlineKeyboardMarkup

from bot.faults import answer_of_done
from changes.audit import EntryKind
from changes.clock import Clock
from changes.life import FINAL, State
from changes.ports import Notice, NoticeKind, QueuedNotice, Store, Transaction
from changes.request import ChangeRequest
from handlers.cases import case_html, case_keyboard
from handlers.entries import entry_html
from handlers.notices import (
    SECRET_SHOWN_FOR,
    batch_html,
    batch_keyboard,
    entry_keyboard,
    progress_html,
    progress_keyboard,
    secret_coming_html,
    secret_html,
    secret_keyboard,
)
from locales import Locales, Texts

log = structlog.get_logger()

_UNCHANGED = "message is not modified"

#: What is to be kept once a notice was sent, in the transaction that ends it.
After = Callable[[Transaction], Awaitable[None]]


class NotMade(Exception):
    """What is to be told cannot be found or put into words."""


class ReaderLeft(Exception):
    """Who was to be told belongs to the shop no more."""


class MessageVanished(Exception):
    """The message was gone before the PIN could be written into it."""


class IdUnknown(Exception):
    """A message was sent, and Telegram's answer does not tell its id."""


async def _nothing(_tx: Transaction) -> None:
    """For what is done once it is sent."""


@contextmanager
def _making() -> Iterator[None]:
    """Telegram has no part in it. Raises `NotMade` for whatever goes wrong, and `ReaderLeft`."""
    try:
        yield
    except ReaderLeft:
        raise
    except Exception as failure:
        raise NotMade from failure


class Delivery:
    def __init__(self, bot: Bot, store: Store, locales: Locales, clock: Clock) -> None:
        self._bot, self._store, self._locales, self._clock = bot, store, locales, clock

    async def send(self, queued: QueuedNotice) -> After:
        """Raises what Telegram refuses, `NotMade`, `ReaderLeft`, `MessageVanished` or `IdUnknown`."""
        match queued.notice.kind:
            case NoticeKind.PROGRESS:
                return await self._progress(queued.notice)
            case NoticeKind.ENTRY:
                return await self._entry(queued.notice)
            case NoticeKind.SECRET:
                return await self._secret(queued)
            case NoticeKind.DELETE:
                return await self._delete(queued.notice)

    async def withdraw(self, tx: Transaction, notice: Notice) -> None:
        """It will not be delivered: a PIN is not kept, and the message that was begun for it goes."""
        if notice.kind is NoticeKind.SECRET:
            await tx.requests.forget_secret(notice.request_id or "")
            await self._put_deletion(tx, notice, notice.message_id, self._clock.now())

    async def _texts(self, notice: Notice) -> Texts:
        async with self._store.read() as tx:
            return await self._texts_in(tx, notice)

    async def _texts_in(self, tx: Transaction, notice: Notice) -> Texts:
        """In the language of who reads it. Raises `ReaderLeft`: what was queued before is not told them either."""
        person = None if notice.person_id is None else await tx.people.get(notice.person_id)
        if person is None:
            return self._locales.choose(None, None)
        if notice.shop_id is not None and await tx.people.role(person.id, notice.shop_id) is None:
            raise ReaderLeft
        return self._locales.choose(person.locale, person.language_code)

    async def _request(self, notice: Notice) -> ChangeRequest:
        async with self._store.read() as tx:
            request = await tx.requests.get(notice.request_id or "")
        if request is None:
            raise LookupError(f"no request {notice.request_id}")
        return request

    async def _progress(self, notice: Notice) -> After:
        """Always the newest state: an older notice that comes late shows nothing old."""
        with _making():
            request, texts = await self._request(notice), await self._texts(notice)
            text, keyboard = await self._shown(request, texts)
        if request.ends is not None and request.progress_message_id is None and request.state in FINAL:
            # Nobody was told that it had begun; its entry says how it ended.
            return _nothing
        if request.progress_message_id is not None:
            if await self._edited(notice.chat_id, request.progress_message_id, text, keyboard):
                return _nothing
            log.info("progress message is gone, sending another", change=request.id)
        message_id = await self._sent(notice.chat_id, text, reply_markup=keyboard)
        if message_id is None:
            return _nothing
        new_id = message_id
        return lambda tx: tx.requests.set_progress_message(request.id, new_id)

    async def _shown(self, request: ChangeRequest, texts: Texts) -> tuple[str, InlineKeyboardMarkup | None]:
        async with self._store.read() as tx:
            shop = await tx.shops.get(request.shop_id)
            together = await tx.requests.of_batch(request.batch) if request.batch else ()
            case = await tx.cases.get(request.id) if request.state is State.GUIDED else None
        zone = shop.zone if shop else "UTC"
        if together:
            return batch_html(texts, together, zone), batch_keyboard(texts, together)
        if case is not None:
            return case_html(texts, request, case, zone), case_keyboard(texts, request.kind, case)
        return progress_html(texts, request, zone), progress_keyboard(texts, request)

    async def _entry(self, notice: Notice) -> After:
        with _making():
            async with self._store.read() as tx:
                shop = await tx.shops.get(notice.shop_id or 0)
                entry = await tx.audit.get(notice.shop_id or 0, notice.entry_number or 0)
                if shop is None or entry is None:
                    raise LookupError(f"no entry {notice.entry_number} of shop {notice.shop_id}")
                # Who is told that the shop was removed belonged to it until then.
                ends = entry.kind is EntryKind.SHOP_REMOVED
                texts = await self._texts_in(tx, replace(notice, shop_id=None) if ends else notice)
            text, keyboard = entry_html(texts, entry, shop.zone, whole=True), entry_keyboard(texts, entry)
        await self._sent(notice.chat_id, text, reply_markup=keyboard)
        return _nothing

    async def _secret(self, queued: QueuedNotice) -> After:
        """First a message without the PIN, known by its id in the database; then the PIN into it.

        So there is never a message with a PIN that nobody knows to delete, however the process ends.
        """
        notice = queued.notice
        with _making():
            request, texts = await self._request(notice), await self._texts(notice)
            if request.secret_unreadable:
                raise LookupError("no key opens the PIN")
        message_id = notice.message_id
        if request.secret is not None:
            message_id = await self._show_secret(queued, request, texts)
        shown_at = self._clock.now()

        async def hide_later(tx: Transaction) -> None:
            await tx.requests.forget_secret(request.id)
            await self._put_deletion(tx, notice, message_id, shown_at + timedelta(seconds=SECRET_SHOWN_FOR))

        return hide_later

    async def _put_deletion(self, tx: Transaction, notice: Notice, message_id: int | None, due_at: datetime) -> None:
        if message_id is None:
            return
        gone = replace(notice, kind=NoticeKind.DELETE, message_id=message_id, due_at=due_at)
        await tx.outbox.put(gone, self._clock.now())

    async def _show_secret(self, queued: QueuedNotice, request: ChangeRequest, texts: Texts) -> int:
        """The id of the message that shows the PIN."""
        chat_id, begun = queued.notice.chat_id, queued.notice.message_id
        text, keyboard = secret_html(texts, request), secret_keyboard(texts)
        if begun is not None and await self._edited(chat_id, begun, text, keyboard):
            return begun
        message_id = await self._sent(chat_id, secret_coming_html(texts, request), protect_content=True)
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
