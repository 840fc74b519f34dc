"""Who may do what, where: one table. What it does not allow is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from changes.errors import NotAllowed, NotDeclared


class MemberRole(StrEnum):
    """What a person is to a shop."""

    OWNER = "owner"


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"


class Action(StrEnum):
    SEE_SHOP = "see-shop"
    SEE_USERS = "see-users"
    CHANGE_USER = "change-user"
    #: Do at the till what an owner confirmed, and say how it went.
    WORK_CASE = "work-case"
    SEE_AUDIT = "see-audit"
    CHANGE_SETTINGS = "change-settings"
    BACK_UP = "back-up"


_OWNER_IN_PRIVATE = frozenset({(MemberRole.OWNER, ChatKind.PRIVATE)})

ALLOWED: Mapping[Action, frozenset[tuple[MemberRole, ChatKind]]] = {
    Action.SEE_SHOP: _OWNER_IN_PRIVATE,
    Action.SEE_USERS: _OWNER_IN_PRIVATE,
    Action.CHANGE_USER: _OWNER_IN_PRIVATE,
    Action.WORK_CASE: _OWNER_IN_PRIVATE,
    Action.SEE_AUDIT: _OWNER_IN_PRIVATE,
    Action.CHANGE_SETTINGS: _OWNER_IN_PRIVATE,
    Action.BACK_UP: _OWNER_IN_PRIVATE,
}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, and where: the numeric id is the identity, the name is only for reading."""

    person_id: int
    name: str
    chat_id: int
    chat: ChatKind


def judge(action: Action | None, role: MemberRole | None, chat: ChatKind) -> None:
    """Raise `NotAllowed` unless a member of this role may do this in such a chat; `role` None is no member."""
    if action is None:
        raise NotDeclared
    if role is None or (role, chat) not in ALLOWED.get(action, frozenset()):
        raise NotAllowed
