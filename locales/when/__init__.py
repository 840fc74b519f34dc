"""A time as people type it, in any of our languages or in several at once, put into neutral words.

`changes.wording` says what these mean; here are only the words of each language, as data.
"""

import re
import unicodedata

from locales.when import en, zh_hans

#: No more than this is looked at.
LONGEST = 100

#: Stands for what no language knows.
UNKNOWN = "?"

_WORDS = {**en.WORDS, **zh_hans.WORDS}

#: Digits in ASCII only: those of other scripts are not folded by NFKC, and few could read them back.
_TOKEN = re.compile(
    rf"""
      (?P<gap>[ ,、]+)
    | (?P<iso>[0-9]{{4}}([-/.])[0-9]{{1,2}}\3[0-9]{{1,2}})(?![0-9/.:-])
    | (?P<number>[0-9]{{1,2}}/[0-9]{{1,2}}(?:/[0-9]{{4}})?|[0-9]{{1,2}}:[0-9]{{2}}
                |[0-9]{{1,4}}(?:\.[0-9])?)(?![0-9/.:-])
    | (?P<word>{"|".join(re.escape(word) for word in sorted(_WORDS, key=len, reverse=True))})(?<![a-z](?=[a-z]))
    | (?P<numeral>{zh_hans.NUMERAL})
    """,
    re.VERBOSE,
)


def neutral(text: str) -> str:
    """Neutral words, each parted by one space; `UNKNOWN` stands for a text that holds anything we do not know."""
    if len(text) > LONGEST:
        return UNKNOWN
    folded = unicodedata.normalize("NFKC", text).casefold().strip(" .。!?")
    words: list[str] = []
    at = 0
    while at < len(folded):
        match = _TOKEN.match(folded, at)
        if not match or match.end() == at:
            return UNKNOWN
        words.append(_word(match))
        at = match.end()
    return " ".join(word for word in words if word)


def _word(match: re.Match[str]) -> str:
    token = match[0]
    match match.lastgroup:
        case "iso":
            return re.sub(r"[/.]", "-", token)
        case "number":
            return token
        case "word":
            return _WORDS[token]
        case "numeral":
            return str(zh_hans.number(token))
    return ""
