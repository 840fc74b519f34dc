"""Methods that put something into a chat: sendMessage, sendPhoto, sendDocument, sendChatAction."""

from typing import Any

from demo.botapi.errors import bad_request
from demo.botapi.keyboards import read_markup
from demo.botapi.media import read_document, read_photo
from demo.botapi.methods import Methods
from demo.botapi.objects import message_json
from demo.botapi.params import Params, required_integer
from demo.botapi.reach import writable_chat_id
from demo.botapi.texts import read_caption, read_text
from demo.hub import News
from demo.model import Json
from demo.state import State

methods = Methods()

ANY = ("chat_id", "message_thread_id", "protect_content", "reply_parameters", "reply_markup")
CAPTION = ("caption", "parse_mode", "caption_entities")
ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


@methods("sendMessage", *ANY, "text", "parse_mode", "entities", "link_preview_options", "disable_web_page_preview")
async def send_message(state: State, params: Params) -> Json:
    formatted = read_text(params)
    preview = read_link_preview(params)
    options = _options(state, params)
    return _post(state, options, text=formatted.text, entities=formatted.entities, link_preview=preview)


@methods("sendPhoto", *ANY, *CAPTION, "photo")
async def send_photo(state: State, params: Params) -> Json:
    caption = read_caption(params)
    options = _options(state, params)
    photo = await read_photo(state, params)
    return _post(state, options, text=caption.text, entities=caption.entities, photo=photo)


@methods("sendDocument", *ANY, *CAPTION, "document", "disable_content_type_detection")
async def send_document(state: State, params: Params) -> Json:
    caption = read_caption(params)
    options = _options(state, params)
    document = read_document(state, params)
    return _post(state, options, text=caption.text, entities=caption.entities, document=document)


@methods("sendChatAction", "chat_id", "action", "message_thread_id")
async def send_chat_action(state: State, params: Params) -> bool:
    if params.text("action").lower() not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat_id = writable_chat_id(state, params)
    _thread_id(state, params, chat_id)
    state.hub.tell(News("typing", chat_id))
    return True


def read_link_preview(params: Params) -> Json | None:
    if params.flag("disable_web_page_preview"):
        return {"is_disabled": True}
    return params.json_object("link_preview_options", "link preview options") or None


def _options(state: State, params: Params) -> dict[str, Any]:
    """What every send has in common, checked in Telegram's order: the keyboard, the chat, the topic, the reply."""
    markup = read_markup(params)
    chat_id = writable_chat_id(state, params)
    return {
        "chat_id": chat_id,
        "markup": markup,
        "thread_id": _thread_id(state, params, chat_id),
        "reply_to": _reply_to(state, params, chat_id),
        "protected": params.flag("protect_content"),
    }


def _post(state: State, options: dict[str, Any], **content: Any) -> Json:
    return message_json(state, state.post(sender_id=state.profile.id, **options, **content))


def _thread_id(state: State, params: Params, chat_id: int) -> int | None:
    """A topic of the forum; a group without topics pays no heed to it, and a private chat here has none."""
    thread_id = params.integer("message_thread_id")
    if not thread_id:
        return None
    topics = state.groups[chat_id].topics if chat_id in state.groups else None
    if topics == {}:
        return None
    if not topics or thread_id not in topics:
        raise bad_request("message thread not found")
    return thread_id


def _reply_to(state: State, params: Params, chat_id: int) -> int | None:
    parameters = params.json_object("reply_parameters", "reply parameters")
    if not parameters:
        return None
    message_id = required_integer(parameters, "message_id", "reply parameters")
    if state.message(chat_id, message_id) is not None:
        return message_id
    if parameters.get("allow_sending_without_reply"):
        return None
    raise bad_request("message to be replied not found")
