"""Telegram's objects as the bot gets them, built with python-telegram-bot: a second opinion on what aiogram reads."""

from datetime import UTC, datetime
from typing import Any

from telegram import (
    Chat,
    Document,
    File,
    InaccessibleMessage,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    MessageEntity,
    PhotoSize,
    TelegramObject,
    User,
)
from telegram import Message as TelegramMessage

from demo.model import Callback, Json, Message, StoredFile
from demo.profile import About
from demo.state import State

#: python-telegram-bot writes these out when they are false, Telegram only when they are true.
ONLY_TRUE = frozenset({"channel_chat_created", "delete_chat_photo", "group_chat_created", "supergroup_chat_created"})


def as_json(thing: TelegramObject) -> Json:
    return dict(_as_sent(thing.to_dict()))


def _as_sent(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _as_sent(some) for name, some in value.items() if some is not False or name not in ONLY_TRUE}
    return [_as_sent(some) for some in value] if isinstance(value, list) else value


def user(state: State, user_id: int) -> User:
    """A person, or the bot itself."""
    if user_id == state.profile.id:
        return User(user_id, state.profile.text(About.NAME), is_bot=True, username=state.profile.username)
    person = state.people[user_id]
    return User(
        person.id,
        person.first_name,
        is_bot=False,
        last_name=person.last_name or None,
        username=person.username or None,
        language_code=person.language_code or None,
    )


def me(state: State) -> Json:
    """The answer to getMe."""
    myself = User(
        state.profile.id,
        state.profile.text(About.NAME),
        is_bot=True,
        username=state.profile.username,
        can_join_groups=True,
        can_read_all_group_messages=False,
        supports_inline_queries=False,
        can_connect_to_business=False,
        has_main_web_app=False,
    )
    return as_json(myself)


def chat(state: State, chat_id: int) -> Chat:
    if chat_id in state.groups:
        group = state.groups[chat_id]
        return Chat(group.id, Chat.SUPERGROUP, title=group.title, is_forum=True if group.topics else None)
    person = state.people[chat_id]
    return Chat(
        person.id,
        Chat.PRIVATE,
        first_name=person.first_name,
        last_name=person.last_name or None,
        username=person.username or None,
    )


def photo_sizes(file: StoredFile) -> list[PhotoSize]:
    return [PhotoSize(file.id, file.unique_id, file.width, file.height, file.size)]


def document(file: StoredFile) -> Document:
    return Document(file.id, file.unique_id, file_name=file.name, mime_type=file.mime_type, file_size=file.size)


def stored_file(file: StoredFile) -> File:
    return File(file.id, file.unique_id, file_size=file.size, file_path=file.path)


def message(state: State, kept: Message, *, with_reply: bool = True) -> TelegramMessage:
    """The message as it stands; the one it answers comes along without the one that one answers."""
    answered = state.message(kept.chat_id, kept.reply_to) if kept.reply_to and with_reply else None
    inline = kept.markup if kept.keyboard else None
    return TelegramMessage(
        kept.message_id,
        _date(kept.date),
        chat(state, kept.chat_id),
        from_user=user(state, kept.sender_id),
        edit_date=_date(kept.edit_date) if kept.edit_date else None,
        reply_to_message=message(state, answered, with_reply=False) if answered else None,
        reply_markup=InlineKeyboardMarkup.de_json(inline, None) if inline else None,
        has_protected_content=kept.protected or None,
        message_thread_id=kept.thread_id,
        is_topic_message=True if kept.thread_id else None,
        link_preview_options=LinkPreviewOptions.de_json(kept.link_preview, None) if kept.link_preview else None,
        **_content(state, kept),
    )


def message_json(state: State, kept: Message) -> Json:
    return as_json(message(state, kept))


def callback_query(state: State, callback: Callback) -> Json:
    """The update's body. A message that is gone comes as an InaccessibleMessage, date 0."""
    kept = state.message(callback.chat_id, callback.message_id)
    shown: MaybeInaccessibleMessage
    if kept is None:
        shown = InaccessibleMessage(chat(state, callback.chat_id), callback.message_id)
    else:
        shown = message(state, kept)
    return {
        "id": callback.id,
        "from": as_json(user(state, callback.person_id)),
        "message": as_json(shown),
        "chat_instance": str(callback.chat_id * 7919),
        "data": callback.data,
    }


def _content(state: State, kept: Message) -> dict[str, Any]:
    if kept.service:
        return {
            name: [user(state, some) for some in value] if isinstance(value, list) else user(state, value)
            for name, value in kept.service.items()
        }
    entities = tuple(MessageEntity.de_list(kept.entities, None))
    if not kept.has_media:
        return {"text": kept.text, "entities": entities}
    media: dict[str, Any] = {"caption": kept.text or None, "caption_entities": entities}
    if kept.photo:
        media["photo"] = photo_sizes(kept.photo)
    if kept.document:
        media["document"] = document(kept.document)
    return media


def _date(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
