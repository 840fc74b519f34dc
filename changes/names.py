"""The name of a terminal user: what may be one."""

import unicodedata

from changes.errors import NameEmpty, NameInvisible, NameTooLong

#: Unicode categories that cannot be seen or that change how their neighbours are read:
#: control, format (direction marks, zero-width), surrogate, line and paragraph separators. Unassigned ones are let
#: through: rare Chinese characters of a later Unicode than Python's are among them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})

#: Letters by category that draw nothing: Hangul fillers and the Braille blank.
_BLANK = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_unseen(character: str) -> bool:
    """Whether a character draws nothing of its own (variation selectors included)."""
    return (
        unicodedata.category(character) in _UNSEEN
        or character in _BLANK
        or "\ufe00" <= character <= "\ufe0f"
        or "\U000e0100" <= character <= "\U000e01ef"
    )


def new_name(typed: str, longest: int) -> str:
    """The name that was typed, in NFC, its spaces folded; at most `longest` characters.

    Raises `NameEmpty`, `NameTooLong` or `NameInvisible`.
    """
    name = " ".join(unicodedata.normalize("NFC", typed).replace("\u3000", " ").split(" ")).strip()
    if any(is_unseen(character) for character in name):
        raise NameInvisible
    name = " ".join(name.split())
    if not name:
        raise NameEmpty
    if len(name) > longest:
        raise NameTooLong(longest=longest, length=len(name))
    return name


def plain(text: str, longest: int = 64) -> str:
    """Any outside text as one short line that shows what it holds: unseen characters and line breaks removed."""
    seen = "".join(" " if character in "\r\n\t" else character for character in text)
    seen = " ".join("".join(character for character in seen if not is_unseen(character)).split())
    return seen if len(seen) <= longest else seen[: longest - 1] + "…"
