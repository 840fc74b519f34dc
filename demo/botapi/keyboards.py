"""Keyboards on their way in: refused as Telegram refuses them, and put into Telegram's form by python-telegram-bot."""

from urllib.parse import urlsplit

from telegram import ForceReply, InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove

from demo.botapi.errors import bad_request
from demo.botapi.params import Params, required_text
from demo.model import Json

DATA_LONGEST = 64
COPIED_LONGEST = 256
BUTTONS_MOST = 100
#: Exactly one of these says what an inline button does; this server knows those the bot may use.
KINDS = ("callback_data", "url", "copy_text", "disabled")
STYLES = frozenset({"danger", "success", "primary"})


def read_markup(params: Params, *, inline_only: bool = False) -> Json | None:
    """The parameter reply_markup as Telegram keeps it; None where there is none or an empty one."""
    markup = params.json_object("reply_markup", "reply keyboard markup")
    if not markup:
        return None
    if "inline_keyboard" in markup:
        return _inline(markup)
    if inline_only:
        raise bad_request("inline keyboard expected")
    if "keyboard" in markup:
        _rows(markup, "keyboard")
        return _as_object(ReplyKeyboardMarkup.de_json(markup, None).to_dict())
    if markup.get("remove_keyboard"):
        return _as_object(ReplyKeyboardRemove.de_json(markup, None).to_dict())
    if markup.get("force_reply"):
        return _as_object(ForceReply.de_json(markup, None).to_dict())
    raise bad_request("object expected as reply markup")


def _inline(markup: Json) -> Json | None:
    rows = _rows(markup, "inline_keyboard")
    buttons = [button for row in rows for button in row]
    if len(buttons) > BUTTONS_MOST:
        raise bad_request("reply markup is too long")
    for button in buttons:
        _check_button(button)
    filled = [row for row in rows if row]
    if not filled:
        return None
    return _as_object(InlineKeyboardMarkup.de_json({"inline_keyboard": filled}, None).to_dict())


def _rows(markup: Json, name: str) -> list[list[Json]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" must be an Array of Arrays')
    return rows


def _check_button(button: object) -> None:
    what = "inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"can't parse {what}: InlineKeyboardButton must be an Object")
    if not required_text(button, "text", what).strip():
        raise bad_request("inline keyboard button text must be non-empty")
    kinds = [kind for kind in KINDS if button.get(kind) not in (None, "")]
    if not kinds:
        raise bad_request(f"can't parse {what}: Text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad_request(f"can't parse {what}: exactly one of {', '.join(kinds)} is allowed")
    if button.get("style") not in {None, *STYLES}:
        raise bad_request(f"can't parse {what}: Button style is invalid")
    _check_kind(kinds[0], button, what)


def _check_kind(kind: str, button: Json, what: str) -> None:
    if kind == "callback_data":
        if len(required_text(button, kind, what).encode()) > DATA_LONGEST:
            raise bad_request("BUTTON_DATA_INVALID")
    elif kind == "url":
        _check_url(required_text(button, kind, what))
    elif not isinstance(button[kind], dict):
        raise bad_request(f'can\'t parse {what}: Field "{kind}" must be of type Object')
    elif kind == "copy_text" and not 0 < len(required_text(button[kind], "text", what)) <= COPIED_LONGEST:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise bad_request("BUTTON_URL_INVALID") from error
    local = parts.hostname in {"localhost", None} or "." not in (parts.hostname or "")
    if parts.scheme not in {"http", "https", "tg"} or (parts.scheme != "tg" and local):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")


def _as_object(markup: Json) -> Json:
    return dict(markup)
