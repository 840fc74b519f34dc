"""The people of this Telegram and what they can do: write, edit, press, block. The bot hears of it by updates."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from telegram import ChatMemberUpdated

from demo.botapi.chats import member
from demo.botapi.objects import as_json, callback_query, chat, message_json, user
from demo.botapi.texts import formatted_text
from demo.hub import News
from demo.model import Answer, Callback, Group, Json, Message, Part, Person, Standing
from demo.pictures import to_photo
from demo.state import State

T = TypeVar("T")

#: Seconds a person looks at a button that waits for its answer.
PATIENCE = 10.0


class CannotDo(Exception):
    """A person tried what no Telegram app would let them do."""


@dataclass(frozen=True, slots=True)
class Press:
    """A pressed button."""

    world: "World"
    id: str
    #: The update that tells the bot; for sending it once more.
    update: Json | None

    @property
    def answer(self) -> Answer | None:
        return self.world.callbacks[self.id].answer

    async def answered(self, timeout: float = PATIENCE) -> Answer:  # noqa: ASYNC109 the caller's word
        """What the bot answers; TimeoutError if it does not within `timeout` seconds."""
        return await self.world.wait_for(lambda: self.answer, timeout)


class World(State):
    """The state, and what people do to it. A person's private chat with the bot has the person's id."""

    def add_person(
        self, name: str, part: Part = Part.STAFF, *, language_code: str = "en", username: str = "", person_id: int = 0
    ) -> Person:
        """Someone new; `name` is "First Last". Without an id, one of ten digits is drawn."""
        first, _, last = name.partition(" ")
        person = Person(
            id=person_id or 5_000_000_000 + secrets.randbelow(1_000_000_000),
            first_name=first,
            last_name=last,
            username=username,
            language_code=language_code,
            part=part,
        )
        self.keep_person(person)
        return person

    def add_group(
        self,
        title: str,
        creator: Person,
        members: list[Person],
        bot: Standing = Standing.ADMINISTRATOR,
        *,
        topics: dict[int, str] | None = None,
        group_id: int = 0,
    ) -> Group:
        """A new supergroup. With a `bot` that is a member, the bot hears that it was added."""
        standings = {person.id: Standing.MEMBER for person in members} | {creator.id: Standing.CREATOR}
        chat_id = group_id or -1_002_000_000_000 - secrets.randbelow(1_000_000_000)
        group = Group(id=chat_id, title=title, standings=standings, topics=topics or {})
        self.keep_group(group)
        if bot is not Standing.LEFT:
            self.set_bot_standing(group, creator, bot)
        return self.groups[chat_id]

    def set_bot_standing(self, group: Group, by: Person, standing: Standing) -> None:
        """Someone adds the bot to a group, makes it an administrator, or removes it."""
        bot_id = self.profile.id
        before = self.groups[group.id].standings.get(bot_id, Standing.LEFT)
        standings = self.groups[group.id].standings | {bot_id: standing}
        self.keep_group(self.groups[group.id].model_copy(update={"standings": standings}))
        gone = {Standing.LEFT, Standing.KICKED}
        if before in gone and standing not in gone:
            self._arrive(self.post(group.id, by.id, service={"new_chat_members": [bot_id]}))
        elif standing in gone:
            self.post(group.id, by.id, service={"left_chat_member": bot_id})
        self._tell_standing(group.id, by, before, standing)

    def speak(self, person: Person, language_code: str) -> None:
        """Change the language that Telegram reports for the person."""
        self.keep_person(self.people[person.id].model_copy(update={"language_code": language_code}))
        self.hub.tell(News("commands"))

    def block(self, person: Person, blocked: bool = True) -> None:
        """Block the bot, or let it write again; the bot hears of it."""
        known = self.people[person.id]
        if known.blocked == blocked or not known.started:
            return
        self.keep_person(known.model_copy(update={"blocked": blocked}))
        states = (Standing.MEMBER, Standing.KICKED)
        before, after = states if blocked else reversed(states)
        self._tell_standing(person.id, person, before, after)

    def send_text(
        self, person: Person, text: str, chat_id: int | None = None, *, reply_to: int | None = None
    ) -> Message:
        """Write to the bot, or into a group. The first message to the bot starts the private chat."""
        formatted = formatted_text(text, "", None)
        if not formatted.text:
            raise CannotDo("an empty text cannot be sent")
        place = self._place(person, chat_id)
        return self._arrive(
            self.post(place, person.id, text=formatted.text, entities=formatted.entities, reply_to=reply_to)
        )

    def send_photo(self, person: Person, picture: bytes, caption: str = "", chat_id: int | None = None) -> Message:
        """Raises pictures.NoPicture for what is none."""
        photo = to_photo(picture)
        place = self._place(person, chat_id)
        formatted = formatted_text(caption, "", None)
        file = self.keep_file(photo.content, "photo.jpg", "image/jpeg", (photo.width, photo.height))
        return self._arrive(self.post(place, person.id, text=formatted.text, entities=formatted.entities, photo=file))

    def send_document(self, person: Person, content: bytes, name: str) -> Message:
        """Send the bot a file."""
        place = self._place(person, None)
        file = self.keep_file(content, name, "application/octet-stream")
        return self._arrive(self.post(place, person.id, text="", entities=[], document=file))

    def edit_text(self, person: Person, message: Message, text: str) -> Message:
        """Change the text of an own message; the bot gets it as edited_message."""
        kept = self.message(message.chat_id, message.message_id)
        if kept is None or kept.sender_id != person.id:
            raise CannotDo("only an own message that is there can be edited")
        formatted = formatted_text(text, "", None)
        if not formatted.text and not kept.has_media:
            raise CannotDo("a text cannot be emptied")
        changed = self.change(kept, text=formatted.text, entities=formatted.entities)
        if self._bot_sees(changed):
            self.put_update("edited_message", message_json(self, changed))
        return changed

    def delete(self, person: Person, message: Message) -> None:
        """Delete for everyone: in a private chat any message, in a group an own one. No bot hears of it."""
        kept = self.message(message.chat_id, message.message_id)
        if kept is None or (kept.chat_id in self.groups and kept.sender_id != person.id):
            raise CannotDo("this message cannot be deleted")
        self._check_member(person, kept.chat_id)
        self.remove(kept.chat_id, [kept.message_id])

    def press(self, person: Person, message: Message, button: str) -> Press:
        """Press the inline button with this text, or with this callback data."""
        kept = self.message(message.chat_id, message.message_id)
        buttons = [some for row in kept.keyboard for some in row] if kept else []
        found = [some for some in buttons if some["text"] == button] or [
            some for some in buttons if some.get("callback_data") == button
        ]
        if len(found) != 1:
            shown = [some["text"] for some in buttons]
            raise CannotDo(f"{len(found)} buttons {button!r} among {shown}")
        if "callback_data" not in found[0]:
            raise CannotDo(f"{button!r} asks the bot nothing")
        return self.press_raw(person, message.message_id, found[0]["callback_data"], message.chat_id)

    def press_raw(self, person: Person, message_id: int, data: str, chat_id: int | None = None) -> Press:
        """A press with any data under any message, as a forged app could send it."""
        place = person.id if chat_id is None else chat_id
        self._check_member(person, place)
        callback = Callback(
            id=str(secrets.randbits(62)),
            person_id=person.id,
            chat_id=place,
            message_id=message_id,
            data=data,
            pressed_at=self.now(),
        )
        self.keep_callback(callback)
        return Press(self, callback.id, self.put_update("callback_query", callback_query(self, callback)))

    def redeliver(self, update: Json) -> Json | None:
        """Send the bot an update once more, under a new update_id, as Telegram does with an unanswered press."""
        kind = next(name for name in update if name != "update_id")
        return self.put_update(kind, update[kind])

    def from_bot(self, chat_id: int, *, after: int = 0, containing: str = "") -> list[Message]:
        """The bot's messages in a chat, as they stand now."""
        return [
            kept
            for kept in self.messages(chat_id)
            if kept.sender_id == self.profile.id and kept.message_id > after and containing in kept.text
        ]

    async def wait_for(self, found: Callable[[], T | None], timeout: float = 5.0) -> T:  # noqa: ASYNC109
        """The first truthy value of `found`, looked for after everything that happens; TimeoutError if none comes."""
        return await self.hub.wait_for(found, timeout)

    async def until_bot_says(
        self,
        chat_id: int,
        containing: str = "",
        *,
        after: int = 0,
        timeout: float = 5.0,  # noqa: ASYNC109
    ) -> Message:
        """The bot's first message in the chat that has this text, sent or edited to have it."""
        try:
            found = await self.wait_for(lambda: self.from_bot(chat_id, after=after, containing=containing), timeout)
        except TimeoutError as error:
            said = [kept.text for kept in self.from_bot(chat_id)]
            raise TimeoutError(f"the bot did not say {containing!r} after message {after}; it says {said}") from error
        return found[0]

    def _place(self, person: Person, chat_id: int | None) -> int:
        place = person.id if chat_id is None else chat_id
        self._check_member(person, place)
        if place == person.id:
            self.block(person, blocked=False)
            self.keep_person(self.people[person.id].model_copy(update={"started": True}))
        return place

    def _check_member(self, person: Person, chat_id: int) -> None:
        if chat_id != person.id and not (chat_id in self.groups and self.groups[chat_id].has(person.id)):
            raise CannotDo(f"{person.name} is not in chat {chat_id}")

    def _arrive(self, message: Message) -> Message:
        if self._bot_sees(message):
            self.put_update("message", message_json(self, message))
        return message

    def _bot_sees(self, message: Message) -> bool:
        """In a group without being an administrator: commands, answers to its messages, mentions, service messages."""
        group = self.groups.get(message.chat_id)
        if group is None or group.is_run_by(self.profile.id):
            return True
        if not group.has(self.profile.id):
            return False
        answered = self.message(message.chat_id, message.reply_to) if message.reply_to else None
        command = message.text.split(maxsplit=1)[0] if message.text.startswith("/") else ""
        addressed = command.partition("@")[2] in {"", self.profile.username} if command else False
        mentioned = f"@{self.profile.username}" in message.text
        to_bot = answered is not None and answered.sender_id == self.profile.id
        return addressed or mentioned or to_bot or message.service is not None

    def _tell_standing(self, chat_id: int, by: Person, before: Standing, after: Standing) -> None:
        told = ChatMemberUpdated(
            chat(self, chat_id),
            user(self, by.id),
            self.clock(),
            member(self, self.profile.id, before),
            member(self, self.profile.id, after),
        )
        self.put_update("my_chat_member", as_json(told))
        self.hub.tell(News("members", chat_id))
