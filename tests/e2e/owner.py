"""A person at the bot, and what they have in their hands: a chat and an authenticator."""

import re
from dataclasses import dataclass, field
from typing import Any

import pyotp

from demo.botapi.server import Call
from demo.botapi.texts import formatted_text
from demo.model import Message, Person
from demo.server import Telegram
from demo.world import Press
from locales import Locales, Texts
from tests.e2e.bench import BotProcess

LOCALES = Locales()


def shown(html: str) -> str:
    """What a chat shows of an HTML text."""
    return formatted_text(html, "HTML", None).text


def is_entry(message: Message) -> bool:
    """Whether the buttons under the message are an audit entry's."""
    data = (str(key.get("callback_data", "")) for row in message.keyboard for key in row)
    return all(each.startswith(("entry:", "amend:", "drift:")) for each in data)


def buttons_of(message: Message) -> list[str]:
    return [button["text"] for row in message.keyboard for button in row]


@dataclass
class Owner:
    """Reads and presses in the language that Telegram reports for the person."""

    bot: BotProcess
    person: Person
    secret: str = field(default="", repr=False)

    @property
    def telegram(self) -> Telegram:
        return self.bot.telegram

    @property
    def chat(self) -> int:
        return self.person.id

    @property
    def texts(self) -> Texts:
        return LOCALES.choose(None, self.person.language_code)

    def text(self, key: str, /, **facts: Any) -> str:
        """A text as the chat shows it."""
        return shown(self.texts.html(key, **facts))

    # The chat ----------------------------------------------------------------------------------------------------

    def said(self) -> list[Message]:
        """The bot's messages that stand in the chat."""
        return self.telegram.world.from_bot(self.chat)

    def stands(self, message: Message) -> bool:
        return self.telegram.world.message(self.chat, message.message_id) is not None

    def say(self, text: str) -> Message:
        return self.telegram.world.send_text(self.person, text)

    def say_secret(self, text: str) -> Message:
        """A code or a PIN; the run's end looks for it in the logs."""
        self.bot.secrets.add(text.strip())
        return self.say(text)

    async def hear(self, containing: str, *, after: int = 0, within: float = 15.0) -> Message:
        """The bot's first message below message `after` that has the text, or is edited to have it."""
        return await self.telegram.world.until_bot_says(self.chat, containing, after=after, timeout=within)

    async def hear_text(self, key: str, /, **facts: Any) -> Message:
        return await self.hear(self.text(key, **facts))

    async def ask(self, text: str, containing: str) -> Message:
        """Say something; the bot's answer below it."""
        said = self.say(text)
        return await self.hear(containing, after=said.message_id)

    async def gone(self, message: Message, within: float = 15.0) -> None:
        """Until the message no longer stands."""
        await self.telegram.world.wait_for(lambda: not self.stands(message), within)

    async def settled(self) -> None:
        """Until the bot is done with all that was said and pressed."""
        await self.telegram.world.wait_for(lambda: not self.telegram.world.updates, 15)

    def window(self) -> Message:
        """The last message of the bot that has buttons; an entry, which may come in between, is no window."""
        return [message for message in self.said() if message.keyboard and not is_entry(message)][-1]

    def button(self, name: str, message: Message) -> str:
        """The one button with this text in it, or with the text of this key."""
        wanted = self.texts.plain(name) if self.texts.has(name) else name
        on = buttons_of(message)
        found = [text for text in on if wanted in text]
        exact = [text for text in on if wanted == text]
        if len(exact or found) != 1:
            raise LookupError(f"{len(found)} buttons with {wanted!r} among {on}")
        return (exact or found)[0]

    def tap(self, name: str, *, on: Message | None = None) -> Press:
        """Press a button and do not wait."""
        message = on or self.window()
        return self.telegram.world.press(self.person, message, self.button(name, message))

    async def press(self, name: str, *, on: Message | None = None) -> Press:
        """Press a button, and wait until the bot answered."""
        press = self.tap(name, on=on)
        await press.answered()
        return press

    async def alert(self, name: str) -> str:
        """The text of the alert that answers a press."""
        return (await self.tap(name).answered()).text

    def tap_old(self, name: str, message: Message) -> Press:
        """Press a button as it was when `message` was read, whatever became of it since."""
        text = self.button(name, message)
        data = next(key["callback_data"] for row in message.keyboard for key in row if key["text"] == text)
        return self.telegram.world.press_raw(self.person, message.message_id, data)

    async def walk(self, *names: str) -> Message:
        """Press one after another; the window that is shown then."""
        for name in names:
            await self.press(name)
        return self.window()

    def calls(self, method: str = "", since: int = 0) -> list[Call]:
        """The bot's calls about this chat, in their order."""
        calls = [call for call in self.telegram.calls[since:] if str(call.parameters.get("chat_id")) == str(self.chat)]
        return [call for call in calls if method in ("", call.method)]

    # The authenticator -------------------------------------------------------------------------------------------

    def code(self) -> str:
        """The authenticator's code now."""
        code = pyotp.TOTP(self.secret).at(self.bot.clock.now())
        self.bot.secrets.add(code)
        return code

    def next_code(self) -> str:
        """The code of a fresh step, as one who waits for it sees."""
        now = self.bot.clock.now().timestamp()
        self.bot.clock.turn(seconds=30 - now % 30 + 1)
        return self.code()

    def wrong_code(self) -> str:
        """Six digits that are no code of this minute or the next."""
        step = int(self.bot.clock.now().timestamp()) // 30
        near = {pyotp.TOTP(self.secret).generate_otp(step + more) for more in range(-4, 5)}
        return next(f"{digits:06d}" for digits in range(370_000, 1_000_000) if f"{digits:06d}" not in near)

    # What owners do again and again ------------------------------------------------------------------------------

    async def take_key(self, *, after: int = 0) -> str:
        """The key that is shown below message `after`, now in the authenticator."""
        asked = await self.hear(self.text("enrol-code"), after=after)
        before = [message for message in self.said() if message.message_id < asked.message_id]
        self.secret = re.findall(r"\b[A-Z2-7]{32}\b", before[-1].text)[0]
        self.bot.secrets.add(self.secret)
        return self.secret

    async def enrol(self) -> None:
        """From the shown key to the menu."""
        await self.take_key()
        self.say(self.code())
        await self.hear_text("enrol-done")
        await self.menu()

    async def with_button(self, name: str, *, after: int = 0) -> Message:
        """The first message of the bot's below message `after` that has such a button."""
        wanted = self.texts.plain(name) if self.texts.has(name) else name

        def found() -> Message | None:
            return next((each for each in self.said() if each.message_id > after and wanted in buttons_of(each)), None)

        return await self.telegram.world.wait_for(found, 15)

    async def menu(self, *, after: int = 0) -> Message:
        """The menu, once it stands below message `after`."""
        return await self.with_button("menu-change", after=after)

    async def go_home(self, progress: Message) -> None:
        """From a finished change to the menu below it."""
        last = self.said()[-1].message_id
        await self.press("home", on=progress)
        await self.menu(after=last)

    async def go_to_code(self, *names: str) -> Message:
        """From the menu through these buttons to the window that asks for a code."""
        return await self.walk("menu-change", *names, "preview-confirm")

    async def confirm(self) -> Message:
        """Type the next code; the message that was typed."""
        return self.say(self.next_code())
