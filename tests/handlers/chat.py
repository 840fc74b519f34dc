"""What a person sees: windows, messages and alerts in the order in which they came, each held to Telegram's limits."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from aiogram import Bot
from aiogram.client.default import Default
from aiogram.client.session.base import BaseSession
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageText,
    GetFile,
    SendDocument,
    SendMessage,
    SendPhoto,
    TelegramMethod,
)
from aiogram.types import BufferedInputFile, File, InlineKeyboardMarkup, Message
from aiogram.types import Chat as TelegramChat
from aiogram_dialog.api.entities import NewMessage, OldMessage
from aiogram_dialog.test_tools import MockMessageManager

from demo.botapi.entities import parse_html, utf16_length

ALERT_LONGEST = 200
CAPTION_LONGEST = 1024
DATA_LONGEST = 64
TEXT_LONGEST = 4096


class How(StrEnum):
    WINDOW = "window"
    MESSAGE = "message"
    PHOTO = "photo"
    DOCUMENT = "document"
    EDITED = "edited"
    ALERT = "alert"
    TOAST = "toast"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that the person saw. `source` is what was sent, `text` what they read."""

    how: How
    text: str
    source: str
    message: Message | None = None
    protected: bool = False


@dataclass(slots=True)
class Chat:
    """A private chat from the person's side."""

    said: list[Said] = field(default_factory=list)
    #: Ids of deleted messages.
    deleted: list[int] = field(default_factory=list)
    #: Exceptions that Telegram answers the next calls of a method with.
    failing: dict[str, list[Exception]] = field(default_factory=dict)
    #: Files by their id: what the bot sent, and what is sent to it.
    files: dict[str, bytes] = field(default_factory=dict)
    #: Every answered press, also without a word.
    answered: int = 0
    _last_id: int = 10_000

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def show(self, how: How, source: str, longest: int, **shown: Any) -> None:
        """Read as Telegram reads HTML; what it would refuse fails the test."""
        text = parse_html(source).text.strip()
        assert 0 < utf16_length(text) <= longest, (how, len(text))
        self.said.append(Said(how, text, source, **shown))

    def texts(self) -> list[str]:
        return [said.text for said in self.said]


def check_keyboard(markup: Any) -> None:
    """Telegram's limits of inline keyboards, and texts that a thumb can hit."""
    if not isinstance(markup, InlineKeyboardMarkup):
        return
    assert len(markup.inline_keyboard) <= 100
    for row in markup.inline_keyboard:
        assert len(row) <= 8
        for button in row:
            assert 0 < len(button.text) <= 64, button.text
            assert "\n" not in button.text
            assert button.copy_text or 0 < len((button.callback_data or "").encode()) <= DATA_LONGEST, button


class Windows(MockMessageManager):
    """Shows windows in the chat."""

    def __init__(self, chat: Chat) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._chat = chat

    async def show_message(self, bot: Bot, new_message: NewMessage, old_message: OldMessage | None) -> OldMessage:
        self.last_message_id = self._chat.next_id() - 1
        shown = await super().show_message(bot, new_message, old_message)
        check_keyboard(new_message.reply_markup)
        self._chat.show(How.WINDOW, new_message.text or "", TEXT_LONGEST, message=self.last_message())
        return shown

    async def answer_callback(self, bot: Bot, callback_query: Any) -> None:
        self._chat.answered += 1
        await super().answer_callback(bot, callback_query)


class Session(BaseSession):
    """Carries out what the bot calls besides its windows. A method that is not known here fails the test."""

    def __init__(self, chat: Chat) -> None:
        super().__init__()
        self._chat = chat

    async def close(self) -> None:
        """There is nothing to close."""

    async def stream_content(self, url: str, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield self._chat.files[url.rpartition("/")[2]]

    async def make_request(self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None) -> Any:  # noqa: ASYNC109
        failing = self._chat.failing.get(type(method).__name__)
        if failing:
            raise failing.pop(0)
        match method:
            case DeleteMessage():
                self._chat.deleted.append(method.message_id)
                return True
            case AnswerCallbackQuery():
                self._answer(method)
                return True
            case SendMessage():
                return self._message(bot, method)
            case SendPhoto():
                return self._photo(bot, method)
            case SendDocument():
                return self._document(bot, method)
            case EditMessageText():
                check_keyboard(method.reply_markup)
                self._chat.show(How.EDITED, method.text or "", TEXT_LONGEST)
                return True
            case GetFile():
                size = len(self._chat.files[method.file_id])
                return File(file_id=method.file_id, file_unique_id="u", file_size=size, file_path=method.file_id)
        raise AssertionError(f"the bot called {type(method).__name__}")

    def _answer(self, method: AnswerCallbackQuery) -> None:
        self._chat.answered += 1
        if method.text:
            assert utf16_length(method.text) <= ALERT_LONGEST
            how = How.ALERT if method.show_alert else How.TOAST
            self._chat.said.append(Said(how, method.text, method.text))

    def _message(self, bot: Bot, method: SendMessage) -> Message:
        check_keyboard(method.reply_markup)
        message = self._made(bot, method, text=method.text, reply_markup=method.reply_markup)
        if isinstance(method.parse_mode, Default):
            self._chat.show(How.MESSAGE, method.text, TEXT_LONGEST, message=message)
        else:
            assert method.parse_mode is None
            assert 0 < utf16_length(method.text) <= TEXT_LONGEST
            self._chat.said.append(Said(How.MESSAGE, method.text, method.text, message))
        return message

    def _photo(self, bot: Bot, method: SendPhoto) -> Message:
        message = self._made(bot, method, caption=method.caption)
        protected = method.protect_content is True
        self._chat.show(How.PHOTO, method.caption or "", CAPTION_LONGEST, message=message, protected=protected)
        return message

    def _document(self, bot: Bot, method: SendDocument) -> Message:
        assert isinstance(method.document, BufferedInputFile)
        self._chat.files[method.document.filename or ""] = method.document.data
        message = self._made(bot, method, caption=method.caption)
        self._chat.show(How.DOCUMENT, method.caption or "", CAPTION_LONGEST, message=message)
        return message

    def _made(self, bot: Bot, method: SendMessage | SendPhoto | SendDocument, **fields: Any) -> Message:
        chat = TelegramChat(id=int(method.chat_id), type="private")
        now = datetime.now(UTC)
        return Message(message_id=self._chat.next_id(), date=now, chat=chat, **fields).as_(bot)
