"""What the bot has told of itself: its name, its descriptions and its commands, by language and scope."""

from collections.abc import Callable
from enum import StrEnum

from demo.model import Json

#: A scope as Telegram writes it, flattened: ("chat", 5, 0), ("default", 0, 0).
Scope = tuple[str, int, int]
DEFAULT: Scope = ("default", 0, 0)
Commands = list[dict[str, str]]


class About(StrEnum):
    """The texts a bot has about itself; the value is the field's name in the Bot API."""

    NAME = "name"
    DESCRIPTION = "description"
    SHORT_DESCRIPTION = "short_description"

    @property
    def longest(self) -> int:
        """In characters, as the Bot API's documentation says."""
        return {About.NAME: 64, About.DESCRIPTION: 512, About.SHORT_DESCRIPTION: 120}[self]


class Profile:
    """Each text and list of commands exists per language; "" is for all languages without one of their own."""

    def __init__(self, bot_id: int, username: str, first_name: str, keep: Callable[[str, Json], None]) -> None:
        self.id = bot_id
        self.username = username
        self._first_name = first_name
        self._keep = keep
        self._texts: dict[tuple[About, str], str] = {}
        self._commands: dict[tuple[Scope, str], Commands] = {}

    def restore(self, record: Json) -> None:
        self._texts = {(About(kind), language): text for kind, language, text in record.get("texts", [])}
        self._commands = {
            ((scope[0], scope[1], scope[2]), language): commands for scope, language, commands in record["commands"]
        }

    def text(self, kind: About, language: str = "") -> str:
        """The text for `language`, or else for its base ("zh" of "zh-hans"), or else for all."""
        for candidate in languages(language):
            if text := self._texts.get((kind, candidate)):
                return text
        return self._first_name if kind is About.NAME else ""

    def set_text(self, kind: About, language: str, text: str) -> None:
        self._texts[(kind, language)] = text
        self._save()

    def commands(self, scope: Scope, language: str) -> Commands:
        """Exactly what was set for this scope and language."""
        return self._commands.get((scope, language), [])

    def set_commands(self, scope: Scope, language: str, commands: Commands) -> None:
        """An empty list is the same as none set."""
        if commands:
            self._commands[(scope, language)] = commands
        else:
            self._commands.pop((scope, language), None)
        self._save()

    def menu(self, user_id: int, chat_id: int, language: str, *, runs_chat: bool = False) -> Commands:
        """The commands a person sees in a chat, by the Bot API's "Determining list of commands"."""
        for scope in scopes_of(user_id, chat_id, runs_chat=runs_chat):
            for candidate in languages(language):
                if commands := self._commands.get((scope, candidate)):
                    return commands
        return []

    def _save(self) -> None:
        self._keep(
            "profile",
            {
                "texts": [[kind.value, language, text] for (kind, language), text in self._texts.items()],
                "commands": [[list(scope), language, some] for (scope, language), some in self._commands.items()],
            },
        )


def languages(code: str) -> list[str]:
    """Where to look for a text: Telegram knows the two letters of a language only, then the text for all."""
    return [code.split("-")[0], ""] if code else [""]


def scopes_of(user_id: int, chat_id: int, *, runs_chat: bool) -> list[Scope]:
    """From the narrowest to the widest."""
    if chat_id > 0:
        return [("chat", chat_id, 0), ("all_private_chats", 0, 0), DEFAULT]
    of_admins: list[Scope] = [("chat_administrators", chat_id, 0)] if runs_chat else []
    of_all_admins: list[Scope] = [("all_chat_administrators", 0, 0)] if runs_chat else []
    narrow: list[Scope] = [("chat_member", chat_id, user_id), *of_admins, ("chat", chat_id, 0)]
    wide: list[Scope] = [*of_all_admins, ("all_group_chats", 0, 0), DEFAULT]
    return narrow + wide
