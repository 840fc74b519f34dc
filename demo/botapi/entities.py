"""Formatted text: Telegram's HTML with Telegram's strictness, and offsets in UTF-16 units.

The rules and the wording of the refusals follow parse_html in github.com/tdlib/td, MessageEntity.cpp.
"""

import re
from dataclasses import dataclass, field

from demo.botapi.errors import Refused, bad_request
from demo.model import Json

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
REFERENCE = re.compile(r"&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-zA-Z]+));?")
NAME = re.compile(r"""[^\s=>/"']+""")
TOKEN = re.compile(r"[A-Za-z0-9.-]*")
SPACE = re.compile(r"\s*")


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


@dataclass(slots=True)
class Formatted:
    """A text without its markup, and Telegram's MessageEntity objects for it."""

    text: str
    entities: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A start tag that waits for its end."""

    tag: str
    attributes: dict[str, str]
    offset: int
    begins: int


class _Reader:
    """One pass over a text with HTML. `at` is the place in the source; what is out is plain text."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.at = 0
        self.out: list[str] = []
        self.offset = 0
        self.opened: list[_Open] = []
        self.entities: list[Json] = []

    def read(self) -> Formatted:
        while self.at < len(self.source):
            character = self.source[self.at]
            if character == "<":
                self._tag()
            elif character == "&":
                self._emit(self._reference())
            else:
                self._emit(character)
                self.at += 1
        if self.opened:
            raise _unparsable(f'Can\'t find end tag corresponding to start tag "{self.opened[-1].tag}"')
        self.entities.sort(key=lambda entity: (entity["offset"], -entity["length"]))
        return Formatted("".join(self.out), self.entities)

    def _emit(self, text: str) -> None:
        self.out.append(text)
        self.offset += utf16_length(text)

    def _reference(self) -> str:
        """The character a reference stands for; one Telegram does not know stays as it is written."""
        match = REFERENCE.match(self.source, self.at)
        character = _referred(match) if match else ""
        if match is None or not character:
            self.at += 1
            return "&"
        self.at = match.end()
        return character

    def _tag(self) -> None:
        begin = self.at
        if self.source.startswith("</", begin):
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _start_tag(self, begin: int) -> None:
        end = re.compile(r"[\s>]").search(self.source, begin + 1)
        if end is None:
            raise _unparsable(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        tag = self.source[begin + 1 : end.start()].lower()
        if tag not in TAGS:
            raise _unparsable(f'Unsupported start tag "{tag}" at byte offset {self._bytes(begin)}')
        self.at = end.start()
        attributes: dict[str, str] = {}
        while self._skip_space() != ">":
            name, value = self._attribute(tag, begin)
            attributes[name] = value
        self.at += 1
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise _unparsable(f'Tag "span" must have class "tg-spoiler" at byte offset {self._bytes(begin)}')
        self.opened.append(_Open(tag, attributes, self.offset, len(self.out)))

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        unclosed = _unparsable(f'Unclosed start tag "{tag}" at byte offset {self._bytes(begin)}')
        name = NAME.match(self.source, self.at)
        if name is None:
            if self.at >= len(self.source):
                raise unclosed
            raise _unparsable(f'Empty attribute name in the tag "{tag}" at byte offset {self._bytes(begin)}')
        self.at = name.end()
        if self._skip_space() != "=":
            if self.at >= len(self.source):
                raise unclosed
            return name.group(), "1"
        self.at += 1
        quote = self._skip_space()
        if not quote:
            raise unclosed
        value = self._quoted(quote) if quote in "'\"" else self._token()
        if self.at >= len(self.source):
            raise _unparsable(f"Unclosed start tag at byte offset {self._bytes(begin)}")
        return name.group(), value

    def _quoted(self, quote: str) -> str:
        self.at += 1
        value: list[str] = []
        while self.at < len(self.source) and self.source[self.at] != quote:
            if self.source[self.at] == "&":
                value.append(self._reference())
            else:
                value.append(self.source[self.at])
                self.at += 1
        self.at += 1
        return "".join(value)

    def _token(self) -> str:
        begin = self.at
        match = TOKEN.match(self.source, begin)
        self.at = match.end() if match else begin
        if self.source[self.at : self.at + 1] not in {">", " ", "\n", "\t", "\r", ""}:
            raise _unparsable(f"Unexpected end of name token at byte offset {self._bytes(begin)}")
        return self.source[begin : self.at].lower()

    def _end_tag(self, begin: int) -> None:
        if not self.opened:
            raise _unparsable(f"Unexpected end tag at byte offset {self._bytes(begin)}")
        match = re.compile(r"</([^\s>]*)\s*>").match(self.source, begin)
        if match is None:
            raise _unparsable(f"Unclosed end tag at byte offset {self._bytes(begin)}")
        found = match.group(1).lower()
        opened = self.opened.pop()
        if found and found != opened.tag:
            raise _unparsable(
                f'Unmatched end tag at byte offset {self._bytes(begin)}, expected "</{opened.tag}>", found "</{found}>"'
            )
        self.at = match.end()
        if self.offset > opened.offset:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity: Json = {"type": TAGS[opened.tag], "offset": opened.offset, "length": self.offset - opened.offset}
        attributes = opened.attributes
        if opened.tag == "a":
            url = _link(attributes.get("href") or "".join(self.out[opened.begins :]))
            if not url:
                return
            entity["url"] = url
        elif opened.tag == "code" and attributes.get("class", "").startswith("language-"):
            entity["language"] = attributes["class"].removeprefix("language-")
        elif opened.tag == "blockquote" and "expandable" in attributes:
            entity["type"] = "expandable_blockquote"
        elif opened.tag == "tg-emoji":
            if not attributes.get("emoji-id", "").isdecimal():
                raise _unparsable("Invalid custom emoji identifier specified")
            entity["custom_emoji_id"] = attributes["emoji-id"]
        elif opened.tag == "tg-time":
            if not attributes.get("unix", "").isdecimal():
                return
            entity |= {"unix_time": int(attributes["unix"]), "date_time_format": attributes.get("format", "")}
        self._add(entity)

    def _add(self, entity: Json) -> None:
        """`<pre><code class="language-x">` is one entity; a language without a `pre` is forgotten."""
        inner = self.entities[-1] if self.entities else None
        if entity["type"] == "pre" and inner and inner["type"] == "code" and _same_place(inner, entity):
            if "language" in inner:
                inner["type"] = "pre"
                return
        elif inner and inner["type"] == "code":
            inner.pop("language", None)
        self.entities.append(entity)

    def _skip_space(self) -> str:
        match = SPACE.match(self.source, self.at)
        self.at = match.end() if match else self.at
        return self.source[self.at : self.at + 1]

    def _bytes(self, at: int) -> int:
        return len(self.source[:at].encode())


def parse_html(source: str) -> Formatted:
    """Raises the refusal "can't parse entities: ..." where Telegram would."""
    formatted = _Reader(source).read()
    for entity in formatted.entities:
        if entity["type"] == "code":
            entity.pop("language", None)
    return formatted


def _unparsable(why: str) -> Refused:
    return bad_request(f"can't parse entities: {why}")


def _referred(match: re.Match[str]) -> str:
    hexadecimal, decimal, name = match.groups()
    if name:
        return NAMED.get(name, "")
    code = int(hexadecimal, 16) if hexadecimal else int(decimal)
    if code == 0 or code >= 0x10FFFF or 0xD800 <= code <= 0xDFFF:
        return ""
    return chr(code)


def _link(url: str) -> str:
    """As Telegram keeps it: a scheme it knows, or http where there is none; "" for what is no link."""
    if re.fullmatch(r"(?:https?|tg|ton|tonsite)://[^\s]+", url, re.IGNORECASE):
        return url
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+([/?#:][^\s]*)?", url):
        return f"http://{url}"
    return ""


def _same_place(one: Json, other: Json) -> bool:
    return bool(one["offset"] == other["offset"] and one["length"] == other["length"])
