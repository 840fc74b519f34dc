"""Methods that change or remove what is in a chat: the editMessage family, deleteMessage, deleteMessages."""

from typing import Any

from demo.botapi.errors import bad_request
from demo.botapi.keyboards import read_markup
from demo.botapi.media import document_by_id, photo_by_id, uploaded_document, uploaded_photo
from demo.botapi.methods import Methods
from demo.botapi.objects import message_json
from demo.botapi.params import Params, required_text, to_integer
from demo.botapi.reach import check_may_delete, message_to_edit, writable_chat_id
from demo.botapi.sending import read_link_preview
from demo.botapi.texts import formatted_text, measured_caption, read_caption, read_text
from demo.model import Json, Message
from demo.state import State

methods = Methods()

PLACE = ("chat_id", "message_id", "reply_markup")
DELETED_AT_ONCE = 100


@methods(
    "editMessageText", *PLACE, "text", "parse_mode", "entities", "link_preview_options", "disable_web_page_preview"
)
async def edit_message_text(state: State, params: Params) -> Json:
    formatted = read_text(params)
    preview = read_link_preview(params)
    markup = read_markup(params, inline_only=True)
    kept = message_to_edit(state, params)
    if kept.has_media:
        raise bad_request("there is no text in the message to edit")
    return _change(state, kept, text=formatted.text, entities=formatted.entities, link_preview=preview, markup=markup)


@methods("editMessageCaption", *PLACE, "caption", "parse_mode", "caption_entities")
async def edit_message_caption(state: State, params: Params) -> Json:
    markup = read_markup(params, inline_only=True)
    caption = read_caption(params)
    kept = message_to_edit(state, params)
    if not kept.has_media:
        raise bad_request("there is no caption in the message to edit")
    return _change(state, kept, text=caption.text, entities=caption.entities, markup=markup)


@methods("editMessageMedia", *PLACE, "media")
async def edit_message_media(state: State, params: Params) -> Json:
    markup = read_markup(params, inline_only=True)
    media = params.json_object("media", "InputMedia")
    if media is None:
        raise bad_request("there is no media in the request")
    caption = media.get("caption") or ""
    if not isinstance(caption, str):
        raise bad_request('can\'t parse InputMedia: Field "caption" must be of type String')
    formatted = measured_caption(
        formatted_text(caption, str(media.get("parse_mode") or ""), media.get("caption_entities"))
    )
    kept = message_to_edit(state, params)
    content = await _media(state, params, media)
    return _change(
        state, kept, text=formatted.text, entities=formatted.entities, link_preview=None, markup=markup, **content
    )


@methods("editMessageReplyMarkup", *PLACE)
async def edit_message_reply_markup(state: State, params: Params) -> Json:
    markup = read_markup(params, inline_only=True)
    return _change(state, message_to_edit(state, params), markup=markup)


@methods("deleteMessage", "chat_id", "message_id")
async def delete_message(state: State, params: Params) -> bool:
    if "chat_id" not in params:
        raise bad_request("chat identifier is not specified")
    if "message_id" not in params:
        raise bad_request("message identifier is not specified")
    chat_id = writable_chat_id(state, params)
    kept = state.message(chat_id, params.integer("message_id"))
    if kept is None:
        raise bad_request("message to delete not found")
    check_may_delete(state, kept)
    state.remove(chat_id, [kept.message_id])
    return True


@methods("deleteMessages", "chat_id", "message_ids")
async def delete_messages(state: State, params: Params) -> bool:
    """Messages that are not there are passed over; one that may not be deleted refuses all."""
    given = params.json_list("message_ids", "message identifiers")
    if not given:
        raise bad_request("message identifiers are not specified")
    if len(given) > DELETED_AT_ONCE:
        raise bad_request("too many message identifiers specified")
    message_ids = [to_integer(message_id, "message identifier") for message_id in given]
    if min(message_ids) <= 0:
        raise bad_request("invalid message identifier specified")
    chat_id = writable_chat_id(state, params)
    found = [kept for kept in (state.message(chat_id, some) for some in dict.fromkeys(message_ids)) if kept]
    for kept in found:
        check_may_delete(state, kept)
    if found:
        state.remove(chat_id, [kept.message_id for kept in found])
    return True


def _change(state: State, kept: Message, **content: Any) -> Json:
    if all(getattr(kept, name) == value for name, value in content.items()):
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same "
            "as a current content and reply markup of the message"
        )
    return message_json(state, state.change(kept, **content))


async def _media(state: State, params: Params, media: Json) -> dict[str, Any]:
    kind = required_text(media, "type", "InputMedia")
    reference = required_text(media, "media", "InputMedia")
    upload = params.attached(reference) if reference.startswith("attach://") else None
    if kind == "photo":
        photo = await uploaded_photo(state, upload) if upload else photo_by_id(state, reference)
        return {"photo": photo, "document": None}
    if kind == "document":
        document = uploaded_document(state, upload) if upload else document_by_id(state, reference)
        return {"photo": None, "document": document}
    raise bad_request("can't parse InputMedia: unsupported type specified")
