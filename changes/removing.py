"""Messages that held something secret must go, also when Telegram does not answer at that moment."""

from datetime import timedelta

from changes.clock import Clock
from changes.ports import Notice, NoticeKind, Store, Waker


class RemoveLater:
    """Queue the deletion of messages, now or `after` some time. Needs no authority: it only takes away."""

    def __init__(self, store: Store, clock: Clock, waker: Waker) -> None:
        self._store, self._clock, self._waker = store, clock, waker

    async def __call__(self, chat_id: int, message_ids: tuple[int, ...], after: timedelta = timedelta()) -> None:
        now = self._clock.now()
        async with self._store.write() as tx:
            for message_id in message_ids:
                await tx.outbox.put(Notice(NoticeKind.DELETE, chat_id, message_id=message_id, due_at=now + after), now)
        self._waker.wake()
