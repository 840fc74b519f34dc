"""What this Telegram is made of: people, groups, messages, files, presses of buttons. Plain records, no rules."""

from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

#: A JSON object as it goes over the wire.
Json = dict[str, Any]


class Part(StrEnum):
    """The part a person plays in the demo."""

    OWNER = "owner"
    STAFF = "staff"
    AGENT = "agent"


class Standing(StrEnum):
    """How one stands in a group: Telegram's own words for a member's status."""

    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"


class Person(BaseModel):
    """Someone with a Telegram account. The id is also the id of the private chat with the bot."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    #: What Telegram reports as the language of the person's app.
    language_code: str = "en"
    part: Part = Part.STAFF
    #: Has written to the bot at least once, so the bot may write to the person.
    started: bool = False
    #: Has blocked the bot.
    blocked: bool = False

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Group(BaseModel):
    """A supergroup. `standings` holds everyone's standing in it, the bot's too."""

    id: int
    title: str
    standings: dict[int, Standing]
    #: Topics by their thread id; with any, the group is a forum.
    topics: dict[int, str] = Field(default_factory=dict)

    def has(self, user_id: int) -> bool:
        return self.standings.get(user_id) in {Standing.CREATOR, Standing.ADMINISTRATOR, Standing.MEMBER}

    def is_run_by(self, user_id: int) -> bool:
        return self.standings.get(user_id) in {Standing.CREATOR, Standing.ADMINISTRATOR}


class StoredFile(BaseModel):
    """A file somebody sent; its bytes lie in the storage under `id`."""

    id: str
    unique_id: str
    #: Where `/file/bot<token>/<path>` gives it out.
    path: str
    name: str
    mime_type: str
    size: int
    #: Of a photo, in pixels; 0 for any other file.
    width: int = 0
    height: int = 0


class Message(BaseModel):
    """A message as it stands now. With a photo or a document, `text` is its caption."""

    chat_id: int
    message_id: int
    #: Unix time, seconds.
    date: int
    sender_id: int
    text: str = ""
    #: Telegram's MessageEntity objects; offsets and lengths in UTF-16 units.
    entities: list[Json] = Field(default_factory=list)
    photo: StoredFile | None = None
    document: StoredFile | None = None
    #: The reply markup as Telegram keeps it.
    markup: Json | None = None
    edit_date: int | None = None
    reply_to: int | None = None
    protected: bool = False
    thread_id: int | None = None
    link_preview: Json | None = None
    #: Of a service message: the fields of Telegram's Message that say what happened.
    service: Json | None = None

    @property
    def has_media(self) -> bool:
        return self.photo is not None or self.document is not None

    @property
    def keyboard(self) -> list[list[Json]]:
        """Rows of the inline keyboard's buttons; empty without one."""
        rows: list[list[Json]] = (self.markup or {}).get("inline_keyboard", [])
        return rows


class Answer(BaseModel):
    """What the bot answered to a press: `text` is empty where it only stopped the button's waiting."""

    text: str = ""
    show_alert: bool = False
    url: str = ""


class Callback(BaseModel):
    """One press of an inline button, from the press until the bot's answer."""

    id: str
    person_id: int
    chat_id: int
    message_id: int
    data: str
    #: Unix time, seconds.
    pressed_at: float
    answer: Answer | None = None
