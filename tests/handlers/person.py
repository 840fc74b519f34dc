"""A person in a private chat with the bot: what they can do, and what stands before them."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pyotp
from aiogram import Bot, Dispatcher
from aiogram.types import CallbackQuery, InlineKeyboardButton, Message, Update, User
from aiogram_dialog.test_tools import BotClient
from aiogram_dialog.test_tools.keyboard import InlineButtonTextLocator

from changes.authority import Actor, ChatKind
from locales import Locales, Texts
from tests.clock import HandClock
from tests.handlers.chat import Chat, How, Said

_LOCALES = Locales()

#: What a conversation of a chat remembers, by its destiny.
Kept = Callable[[int, str], dict[str, Any]]


class Person(BotClient):
    """`language_code` is what Telegram says of them; `locale` is what they are expected to read."""

    def __init__(
        self,
        dispatcher: Dispatcher,
        bot: Bot,
        chat: Chat,
        clock: HandClock,
        kept: Kept,
        person_id: int,
        language_code: str | None = "en",
        locale: str = "en",
    ) -> None:
        super().__init__(dispatcher, user_id=person_id, chat_id=person_id, bot=bot)
        self.seen = chat
        self.locale = locale
        #: The authenticator's key.
        self.secret = ""
        self._clock, self._kept = clock, kept
        self._mark = 0
        self._ids = count(1)
        self.known_as("Lin", language_code)

    def known_as(self, name: str, language_code: str | None = "en") -> None:
        self.user = User(id=self.user.id, is_bot=False, first_name=name, language_code=language_code)

    @property
    def texts(self) -> Texts:
        return _LOCALES.of(self.locale)

    async def send(self, text: str, reply_to: Message | None = None, **fields: Any) -> int:
        """Send a text, or with `photo=`, `sticker=`, … a message of another kind; its id."""
        message = self._message({"text": text or None, "reply_to_message": reply_to} | fields)
        await self._feed(message=message)
        return message.message_id

    async def edit(self, text: str) -> int:
        """Edit an earlier message into this; its id."""
        message = self._message({"text": text})
        await self._feed(edited_message=message)
        return message.message_id

    def _message(self, fields: dict[str, Any]) -> Message:
        given = {"from_user": self.user, "chat": self.chat} | fields
        return Message(message_id=next(self._ids), date=datetime.now(UTC), **given)

    async def _feed(self, **event: Any) -> None:
        await self.dp.feed_update(self.bot, Update(update_id=next(self._ids), **event))

    def actor(self) -> Actor:
        return Actor(self.user.id, self.user.full_name, self.chat.id, ChatKind.PRIVATE)

    def code(self) -> str:
        """What their authenticator shows now."""
        return pyotp.TOTP(self.secret).at(self._clock.now())

    def next_code(self) -> str:
        """What it shows once they have waited for the next one."""
        self._clock.turn(seconds=30)
        return self.code()

    def window(self) -> Said:
        """The newest window."""
        return [said for said in self.seen.said if said.how is How.WINDOW][-1]

    def keyboard(self) -> list[InlineKeyboardButton]:
        """The buttons of the newest window."""
        message = self.window().message
        assert message is not None
        rows = message.reply_markup.inline_keyboard if message.reply_markup else []
        return [button for row in rows for button in row]

    def buttons(self) -> list[str]:
        return [button.text for button in self.keyboard()]

    async def press_matching(self, pattern: str) -> None:
        """Press the button of the newest window whose whole text matches."""
        message = self.window().message
        assert message is not None
        await self.click(message, InlineButtonTextLocator(pattern))

    async def press_text(self, text: str) -> None:
        (button,) = [button for button in self.keyboard() if button.text == text]
        await self.press_button(button)

    async def press(self, key: str, **facts: Any) -> None:
        """Press the button that has the text of this key."""
        await self.press_text(self.texts.plain(key, **facts))

    async def press_button(self, button: InlineKeyboardButton, message: Message | None = None) -> None:
        await self.press_data(button.callback_data or "", message)

    async def press_data(self, data: str, message: Message | None = None) -> None:
        """A press with this callback data under the newest window, or under `message`."""
        under = message or self.window().message
        callback = CallbackQuery(id="1", data=data, chat_instance="-", from_user=self.user, message=under)
        await self._feed(callback_query=callback)

    def fresh(self) -> None:
        """From here on `news` begins."""
        self._mark = len(self.seen.said)

    def news(self) -> list[Said]:
        """What came since `fresh`."""
        return self.seen.said[self._mark :]

    def told(self, *hows: How) -> list[str]:
        """The texts that came since `fresh`, of these kinds or of all but windows."""
        wanted = hows or (How.MESSAGE, How.ALERT, How.TOAST)
        return [said.text for said in self.news() if said.how in wanted]

    def state(self) -> str | None:
        """The window that the conversation stands in, as it is stored."""
        intents = self._kept(self.chat.id, "aiogd:stack:").get("intents")
        return str(self._kept(self.chat.id, f"aiogd:context:{intents[-1]}")["state"]) if intents else None
