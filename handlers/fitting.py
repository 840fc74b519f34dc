"""What fits into one message."""

import re
from collections.abc import Iterable, Sequence
from html import unescape

#: Telegram takes 4096 UTF-16 units of text; this leaves room for the line that counts what does not fit.
LONGEST = 4000

_TAG = re.compile("<[^>]*>")


def length(line: str) -> int:
    """As Telegram counts a line of HTML and its end: UTF-16 units without tags."""
    return len(unescape(_TAG.sub("", line)).encode("utf-16-le")) // 2 + 1


def fitting(lines: Sequence[str], beside: Iterable[str] = (), longest: int = LONGEST) -> int:
    """How many of the lines fit into a message, from the first on, `beside` what is said in any case."""
    left = longest - sum(length(line) for line in beside)
    for place, line in enumerate(lines):
        left -= length(line)
        if left < 0:
            return place
    return len(lines)
