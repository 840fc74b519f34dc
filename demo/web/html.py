"""A message's text with its entities as HTML that is safe to show."""

from html import escape
from urllib.parse import urlsplit

from demo.model import Json

TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
SCHEMES = frozenset({"http", "https", "tg"})


def to_html(text: str, entities: list[Json]) -> str:
    """Only the tags of `TAGS`, `a` with a checked link, and `span class="spoiler"`; all else is escaped."""
    units = text.encode("utf-16-le")
    shown = [entity for entity in entities if _tags(entity, "")]
    ordered = sorted(shown, key=lambda entity: (entity["offset"], -entity["length"]))
    return _inside(units, 0, len(units) // 2, ordered)


def _inside(units: bytes, begin: int, end: int, entities: list[Json]) -> str:
    """The part from `begin` to `end`. An entity that reaches out of the one around it is cut there."""
    parts: list[str] = []
    at = begin
    rest = list(entities)
    while rest:
        entity = rest.pop(0)
        first = max(entity["offset"], at)
        last = min(entity["offset"] + entity["length"], end)
        if last <= first:
            continue
        nested = [some for some in rest if some["offset"] < last]
        rest = [some for some in rest if some["offset"] >= last]
        opening, closing = _tags(entity, _text(units, first, last))
        parts += [escape(_text(units, at, first)), opening, _inside(units, first, last, nested), closing]
        at = last
    parts.append(escape(_text(units, at, end)))
    return "".join(parts)


def _tags(entity: Json, text: str) -> tuple[str, ...]:
    """The start and end tag; none for an entity that is shown as plain text."""
    kind = entity["type"]
    if kind in TAGS:
        return (f"<{TAGS[kind]}>", f"</{TAGS[kind]}>")
    if kind == "spoiler":
        return ('<span class="spoiler">', "</span>")
    if kind == "url":
        return _link(text) if text else ("", "")
    if kind == "text_link":
        return _link(entity.get("url", ""))
    return ()


def _link(url: str) -> tuple[str, ...]:
    try:
        safe = urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        safe = False
    return (f'<a href="{escape(url)}">', "</a>") if safe else ("", "")


def _text(units: bytes, begin: int, end: int) -> str:
    return units[begin * 2 : end * 2].decode("utf-16-le", "replace")
