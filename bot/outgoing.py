"""The loop that delivers what must arrive: rows of the outbox, in order within a chat."""

import asyncio
import secrets
from dataclasses import replace
from datetime import timedelta

import structlog
from aiogram import Bot
from aiogram.exceptions import (
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
)

from bot.wake import Wake
from changes.clock import Clock
from changes.ports import Notice, NoticeKind, QueuedNotice, Store
from changes.request import ChangeRequest
from handlers.entries import entry_html
from handlers.notices import (
    SECRET_SHOWN_FOR,
    progress_html,
    progress_keyboard,
    secret_html,
    secret_keyboard,
)
from locales import Locales, Texts

log = structlog.get_logger()

_AT_ONCE = 20
_LEAST_WAIT = 0.25
_MOST_WAIT = 30.0
_LONGEST_POSTPONE = 300

#: A message that failed this often (about a day of tries) ends as a recorded failure.
_MOST_ATTEMPTS = 300

_UNCHANGED = "message is not modified"


class Outgoing:
    def __init__(self, bot: Bot, store: Store, locales: Locales, clock: Clock, wake: Wake) -> None:
        self._bot, self._store, self._locales, self._clock = bot, store, locales, clock
        self._bell = wake.bell()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                while await self._deliver_due():
                    pass
                async with self._store.read() as tx:
                    due_at = await tx.outbox.next_due()
            except Exception:
                # The database may be away for a while; the queue must still be served when it is back.
                log.exception("outgoing queue could not be read", error_id=secrets.token_hex(4))
                due_at = self._clock.now()
            await self._bell.wait(self._clock, due_at, least=_LEAST_WAIT, most=_MOST_WAIT)

    async def _deliver_due(self) -> bool:
        async with self._store.read() as tx:
            due = await tx.outbox.due(self._clock.now(), _AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for queued in due:
                group.create_task(self._deliver(queued))
        return bool(due)

    async def _deliver(self, queued: QueuedNotice) -> None:
        try:
            await self._send(queued)
        except TelegramRetryAfter as flood:
            await self._postpone(queued, flood.retry_after, "flood")
        except (TelegramForbiddenError, TelegramNotFound, TelegramBadRequest) as never:
            log.warning("a message cannot be delivered", notice=queued.id, error=str(never))
            await self._give_up(queued, str(never))
        except TelegramAPIError as away:
            await self._postpone(queued, _pause(queued.attempts), str(away))
        except Exception as failure:
            error_id = secrets.token_hex(4)
            log.exception("a message could not be made", notice=queued.id, error_id=error_id)
            await self._postpone(queued, _pause(queued.attempts), f"{type(failure).__name__} {error_id}")

    async def _postpone(self, queued: QueuedNotice, seconds: float, error: str) -> None:
        if queued.attempts >= _MOST_ATTEMPTS:
            await self._give_up(queued, error)
            return
        async with self._store.write() as tx:
            await tx.outbox.postpone(queued.id, self._clock.now() + timedelta(seconds=seconds), error)

    async def _give_up(self, queued: QueuedNotice, error: str) -> None:
        """Recorded as failed; a PIN that cannot be delivered is not kept."""
        async with self._store.write() as tx:
            await tx.outbox.failed(queued.id, error, self._clock.now())
            if queued.notice.kind is NoticeKind.SECRET and queued.notice.request_id is not None:
                await tx.requests.forget_secret(queued.notice.request_id)

    async def _send(self, queued: QueuedNotice) -> None:
        match queued.notice.kind:
            case NoticeKind.PROGRESS:
                await self._progress(queued.notice)
            case NoticeKind.ENTRY:
                await self._entry(queued.notice)
            case NoticeKind.SECRET:
                await self._secret(queued)
                return
            case NoticeKind.DELETE:
                await self._delete(queued.notice)
        async with self._store.write() as tx:
            await tx.outbox.sent(queued.id, self._clock.now())

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

    async def _progress(self, notice: Notice) -> None:
        """Always the newest state: an older notice that comes late shows nothing old."""
        request, texts = await self._request(notice), await self._texts(notice)
        text, keyboard = progress_html(texts, request), progress_keyboard(texts, request)
        if request.progress_message_id is not None:
            try:
                await self._bot.edit_message_text(
                    text, chat_id=notice.chat_id, message_id=request.progress_message_id, reply_markup=keyboard
                )
            except TelegramBadRequest as refused:
                if _UNCHANGED in refused.message:
                    return
                log.info("progress message is gone, sending another", change=request.id)
            else:
                return
        sent = await self._bot.send_message(notice.chat_id, text, reply_markup=keyboard)
        async with self._store.write() as tx:
            await tx.requests.set_progress_message(request.id, sent.message_id)

    async def _entry(self, notice: Notice) -> None:
        async with self._store.read() as tx:
            shop = await tx.shops.get(notice.shop_id or 0)
            entry = await tx.audit.get(notice.shop_id or 0, notice.entry_number or 0)
        if shop is None or entry is None:
            raise LookupError(f"no entry {notice.entry_number} of shop {notice.shop_id}")
        await self._bot.send_message(notice.chat_id, entry_html(await self._texts(notice), entry, shop.zone))

    async def _secret(self, queued: QueuedNotice) -> None:
        """First a message without the PIN, known by its id in the database; then the PIN into it.

        So there is never a message with a PIN that nobody knows to delete, however the process ends.
        """
        notice, now = queued.notice, self._clock.now()
        request, texts = await self._request(notice), await self._texts(notice)
        message_id = notice.message_id
        if request.secret is not None:
            shown = message_id is not None and await self._show_secret(texts, request, notice.chat_id, message_id)
            if not shown:
                coming = await self._bot.send_message(notice.chat_id, texts.html("secret-coming"), protect_content=True)
                message_id = coming.message_id
                async with self._store.write() as tx:
                    await tx.outbox.set_message(queued.id, message_id)
                await self._show_secret(texts, request, notice.chat_id, message_id)
        async with self._store.write() as tx:
            await tx.outbox.sent(queued.id, now)
            await tx.requests.forget_secret(request.id)
            due_at = self._clock.now() + timedelta(seconds=SECRET_SHOWN_FOR)
            gone = replace(notice, kind=NoticeKind.DELETE, message_id=message_id, due_at=due_at)
            await tx.outbox.put(gone, now)

    async def _show_secret(self, texts: Texts, request: ChangeRequest, chat_id: int, message_id: int) -> bool:
        """False where the message is gone."""
        try:
            await self._bot.edit_message_text(
                secret_html(texts, request),
                chat_id=chat_id,
                message_id=message_id,
                reply_markup=secret_keyboard(texts),
            )
        except TelegramBadRequest as refused:
            return _UNCHANGED in refused.message
        return True

    async def _delete(self, notice: Notice) -> None:
        try:
            await self._bot.delete_message(notice.chat_id, notice.message_id or 0)
        except TelegramBadRequest as refused:
            log.info("message was gone already", chat=notice.chat_id, error=refused.message)


def _pause(attempts: int) -> float:
    """Seconds before the next try: doubling, at most five minutes."""
    return float(min(1 << min(attempts, 10), _LONGEST_POSTPONE))
