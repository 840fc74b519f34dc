"""A text on its way into a message: read from a call, cleaned, trimmed, measured, its plain links found."""

import re

from demo.botapi.entities import Formatted, parse_html, utf16_length
from demo.botapi.errors import bad_request
from demo.botapi.params import Params, required_integer, required_text
from demo.model import Json

TEXT_LONGEST = 4096
CAPTION_LONGEST = 1024
ENTITIES_MOST = 100
#: Telegram removes these: separators and overrides of direction, and marks that draw lines through other lines.
REMOVED = re.compile("[\r\u2028-\u202e\u0333\u033f\u030a]")
#: Telegram turns these into spaces.
BLANKED = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f]")
#: What a client marks up by itself in plain text.
PLAIN = {
    "url": re.compile(r"https?://[^\s<>\"]*[^\s<>\".,;:!?)\]}'’”»。，；：！？）】》]"),
    "email": re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "mention": re.compile(r"(?<![\w/@.])@[A-Za-z]\w{3,31}\b", re.ASCII),
    "bot_command": re.compile(r"(?<![\w/<>])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z]\w{3,31})?(?![\w/])", re.ASCII),
    "hashtag": re.compile(r"(?<!\w)#\w*[^\W\d]\w*"),
}
KNOWN_TYPES = frozenset(
    {
        "mention",
        "hashtag",
        "cashtag",
        "bot_command",
        "url",
        "email",
        "phone_number",
        "bold",
        "italic",
        "underline",
        "strikethrough",
        "spoiler",
        "blockquote",
        "expandable_blockquote",
        "code",
        "pre",
        "text_link",
        "text_mention",
        "custom_emoji",
        "date_time",
    }
)


def read_text(params: Params) -> Formatted:
    """The parameters text, parse_mode and entities. Refuses an empty text and one over 4096 UTF-16 units."""
    formatted = _read(params, "text", "entities", "message text is empty")
    if utf16_length(formatted.text) > TEXT_LONGEST:
        raise bad_request("message is too long")
    return formatted


def read_caption(params: Params) -> Formatted:
    """The parameters caption, parse_mode and caption_entities; a caption may be empty."""
    return measured_caption(_read(params, "caption", "caption_entities", None))


def measured_caption(formatted: Formatted) -> Formatted:
    if utf16_length(formatted.text) > CAPTION_LONGEST:
        raise bad_request("message caption is too long")
    return formatted


def formatted_text(text: str, parse_mode: str, entities: list[Json] | None) -> Formatted:
    """Parse, clean and complete a text. Only HTML is understood of the parse modes: the bot uses no other."""
    mode = parse_mode.lower()
    if mode == "html":
        formatted = parse_html(text)
    elif mode in {"", "none"}:
        formatted = Formatted(text, [_checked(entity) for entity in entities or []])
    else:
        raise bad_request("unsupported parse_mode")
    formatted = tidied(formatted)
    formatted.entities = with_plain(formatted)[:ENTITIES_MOST]
    return formatted


def tidied(formatted: Formatted) -> Formatted:
    """Without characters Telegram takes out, and without space at both ends; entities move with their text."""
    text = BLANKED.sub(" ", formatted.text)
    kept = [not REMOVED.match(character) for character in text]
    first = min((entity["offset"] for entity in formatted.entities), default=len(text))
    for index in range(len(text)):
        if index >= first or (kept[index] and text[index] not in " \n"):
            break
        kept[index] = False
    for index in reversed(range(len(text))):
        if kept[index] and not text[index].isspace():
            break
        kept[index] = False
    places = [0]
    for character, keep in zip(text, kept, strict=True):
        width = utf16_length(character)
        places.extend([places[-1] + (width if keep else 0)] * width)
    entities = []
    for entity in formatted.entities:
        begin = places[min(entity["offset"], len(places) - 1)]
        end = places[min(entity["offset"] + entity["length"], len(places) - 1)]
        if end > begin:
            entities.append(entity | {"offset": begin, "length": end - begin})
    return Formatted("".join(character for character, keep in zip(text, kept, strict=True) if keep), entities)


def with_plain(formatted: Formatted) -> list[Json]:
    """The entities, and those a client finds in the plain rest of the text: commands, links, names."""
    taken = [
        (entity["offset"], entity["offset"] + entity["length"])
        for entity in formatted.entities
        if entity["type"] in {"code", "pre", "text_link", "text_mention"}
    ]
    found = list(formatted.entities)
    for kind, pattern in PLAIN.items():
        for match in pattern.finditer(formatted.text):
            offset = utf16_length(formatted.text[: match.start()])
            length = utf16_length(match.group())
            if all(offset + length <= begin or offset >= end for begin, end in taken):
                taken.append((offset, offset + length))
                found.append({"type": kind, "offset": offset, "length": length})
    return sorted(found, key=lambda entity: (entity["offset"], -entity["length"]))


def _read(params: Params, name: str, entities_name: str, when_empty: str | None) -> Formatted:
    text = params.text(name)
    if not text and when_empty:
        raise bad_request(when_empty)
    formatted = formatted_text(text, params.text("parse_mode"), params.json_list(entities_name, "MessageEntity"))
    if not formatted.text and when_empty:
        raise bad_request("text must be non-empty")
    return formatted


def _checked(entity: object) -> Json:
    if not isinstance(entity, dict):
        raise bad_request("can't parse MessageEntity: expected an Object")
    kind = required_text(entity, "type", "MessageEntity")
    offset = required_integer(entity, "offset", "MessageEntity")
    length = required_integer(entity, "length", "MessageEntity")
    if kind not in KNOWN_TYPES or offset < 0 or length < 0:
        raise bad_request("can't parse MessageEntity: unsupported type or place specified")
    return entity
