"""The texts a person sees: Fluent files, one folder per language, every text in every language."""

from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from fluent.runtime import FluentBundle, FluentResource

#: Folder -> how its language calls itself.
LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
FALLBACK = "en"

_FOLDER = Path(__file__).parent


class TextMissing(LookupError):
    """A text or one of its variables is missing: a mistake of ours, never shown."""


class Markup(str):
    """A value that is HTML already and goes into an HTML text as it is."""

    __slots__ = ()


@cache
def _bundle(locale: str) -> FluentBundle:
    """Parsed once in a process: it takes a tenth of a second."""
    # No isolating marks around values: outside names are cleaned instead, and the marks would stand in buttons.
    bundle = FluentBundle([locale], use_isolating=False)
    for file in sorted((_FOLDER / locale).glob("*.ftl")):
        bundle.add_resource(FluentResource(file.read_text("utf-8")))
    return bundle


class Texts:
    """The texts of one language."""

    def __init__(self, locale: str) -> None:
        self.locale = locale
        self._bundle = _bundle(locale)

    def has(self, key: str) -> bool:
        return self._bundle.has_message(key)

    def html(self, key: str, /, **values: Any) -> str:
        """The text as Telegram's HTML; string values are escaped, `Markup` is not. Raises `TextMissing`."""
        shown = {name: value if isinstance(value, Markup) else _escaped(value) for name, value in values.items()}
        return self._format(key, shown)

    def plain(self, key: str, /, **values: Any) -> str:
        """The text for a button or an alert, where nothing is marked up. Raises `TextMissing`."""
        return self._format(key, values)

    def _format(self, key: str, values: dict[str, Any]) -> str:
        if not self._bundle.has_message(key):
            raise TextMissing(f"{self.locale}: {key}")
        pattern = self._bundle.get_message(key).value
        if pattern is None:
            raise TextMissing(f"{self.locale}: {key} has no text")
        text, errors = self._bundle.format_pattern(pattern, values)
        if errors:
            raise TextMissing(f"{self.locale}: {key}: {errors}")
        return str(text)


def _escaped(value: Any) -> Any:
    return escape(value, quote=False) if isinstance(value, str) else value


class Locales:
    """All languages, each loaded once."""

    def __init__(self, default: str = FALLBACK) -> None:
        """`default` serves people whose language we do not speak. Raises `ValueError` for an unknown one."""
        if default not in LANGUAGES:
            raise ValueError(f"no such language: {default}; there are {', '.join(LANGUAGES)}")
        self._texts = {locale: Texts(locale) for locale in LANGUAGES}
        self._default = default

    def of(self, locale: str) -> Texts:
        return self._texts[locale]

    def choose(self, chosen: str | None, language_code: str | None) -> Texts:
        """By hand before Telegram's IETF tag before the default. All of Chinese reads the simplified texts."""
        if chosen in self._texts:
            return self._texts[chosen]
        language = (language_code or "").lower().partition("-")[0]
        for locale, texts in self._texts.items():
            if locale.lower().partition("-")[0] == language:
                return texts
        return self._texts[self._default]
