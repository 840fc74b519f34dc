"""Whom the bot may write to, which messages it may touch: who is refused, in Telegram's words."""

from demo.botapi.errors import bad_request, forbidden
from demo.botapi.params import Params
from demo.model import Message, Standing
from demo.state import State

#: A bot may delete a message in a private chat for so long.
DELETED_SECONDS = 48 * 60 * 60


def read_chat_id(state: State, params: Params) -> int:
    """The parameter chat_id of a chat the bot knows of; refuses an unknown one."""
    given = params.text("chat_id").strip()
    if not given:
        raise bad_request("chat_id is empty")
    known = {str(chat_id) for chat_id in (*state.people, *state.groups)}
    if given not in known:
        raise bad_request("chat not found")
    return int(given)


def writable_chat_id(state: State, params: Params) -> int:
    """The parameter chat_id of a chat the bot may write to now."""
    chat_id = read_chat_id(state, params)
    check_may_write(state, chat_id)
    return chat_id


def check_may_write(state: State, chat_id: int) -> None:
    if chat_id in state.groups:
        check_in_group(state, chat_id)
        return
    person = state.people[chat_id]
    if person.blocked:
        raise forbidden("bot was blocked by the user")
    if not person.started:
        raise forbidden("bot can't initiate conversation with a user")


def check_in_group(state: State, chat_id: int) -> None:
    group = state.groups[chat_id]
    if group.standings.get(state.profile.id) is Standing.KICKED:
        raise forbidden("bot was kicked from the supergroup chat")
    if not group.has(state.profile.id):
        raise forbidden("bot is not a member of the supergroup chat")


def message_to_edit(state: State, params: Params) -> Message:
    """By chat_id and message_id: a message of the bot's own in a chat it can still reach."""
    if "chat_id" not in params and "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat_id = read_chat_id(state, params)
    if chat_id in state.groups:
        check_in_group(state, chat_id)
    kept = state.message(chat_id, params.integer("message_id"))
    if kept is None:
        raise bad_request("message to edit not found")
    if kept.sender_id != state.profile.id or kept.service:
        raise bad_request("message can't be edited")
    return kept


def check_may_delete(state: State, kept: Message) -> None:
    """In a private chat any message of the last 48 hours; in a group the bot's own, and as administrator all."""
    if kept.chat_id in state.groups:
        if kept.sender_id != state.profile.id and not state.groups[kept.chat_id].is_run_by(state.profile.id):
            raise bad_request("message can't be deleted")
    elif state.now() - kept.date > DELETED_SECONDS:
        raise bad_request("message can't be deleted for everyone")
