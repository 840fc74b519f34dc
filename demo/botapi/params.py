"""The parameters of a call, read with Telegram's types from JSON, a query, a form or a multipart form."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from demo.botapi.errors import bad_request
from demo.model import Json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the call."""

    filename: str
    content_type: str
    content: bytes = field(repr=False)


class Params:
    """A value counts as absent where it is missing, null or empty, as with Telegram.

    A malformed value is refused; it never turns into a default.
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = {name: value for name, value in values.items() if value is not None and value != ""}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    @property
    def names(self) -> set[str]:
        """Of all that came but the files, whose names are the caller's own choice (`attach://name`)."""
        return {name for name, value in self._values.items() if not isinstance(value, Upload)}

    def as_sent(self) -> Json:
        """For the log: numbers and objects decoded where they came as text."""
        return {name: _decoded(name, value) for name, value in self._values.items()}

    def text(self, name: str) -> str:
        value = self._values.get(name, "")
        if isinstance(value, bool | dict | list | Upload):
            raise bad_request(f'parameter "{name}" must be a String')
        return _in_utf8(str(value), name)

    def integer(self, name: str, default: int = 0) -> int:
        if name not in self._values:
            return default
        return to_integer(self._values[name], f'parameter "{name}"')

    def flag(self, name: str) -> bool:
        value = self._values.get(name, False)
        if isinstance(value, bool):
            return value
        lowered = str(value).lower()
        if lowered in {"true", "yes", "1"}:
            return True
        if lowered in {"false", "no", "0"}:
            return False
        raise bad_request(f'parameter "{name}" must be a Boolean')

    def upload(self, name: str) -> Upload | None:
        """The file sent under `name`, or the one that `attach://` there points to."""
        value = self._values.get(name)
        if isinstance(value, str) and value.startswith("attach://"):
            value = self._values.get(value.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None

    def attached(self, reference: str) -> Upload | None:
        """The file that an `attach://name` inside an object points to."""
        value = self._values.get(reference.removeprefix("attach://"))
        return value if isinstance(value, Upload) else None

    def json_object(self, name: str, what: str) -> Json | None:
        """An object; `what` is how Telegram's refusal calls it."""
        value = self._json(name, what)
        if value is None or isinstance(value, dict):
            return value
        raise bad_request(f"object expected as {what}")

    def json_list(self, name: str, what: str) -> list[Any] | None:
        value = self._json(name, what)
        if value is None or isinstance(value, list):
            return value
        raise bad_request(f"expected an Array of {what}")

    def _json(self, name: str, what: str) -> Any:
        value = self._values.get(name)
        if not isinstance(value, str):
            return _in_utf8(value, what)
        try:
            return _in_utf8(json.loads(value), what)
        except (ValueError, RecursionError) as error:
            raise bad_request(f"can't parse {what} JSON object") from error


def required_text(holder: Json, name: str, what: str) -> str:
    """A field of an object inside the parameters that must be there."""
    value = holder.get(name)
    if value is None:
        raise bad_request(f'can\'t parse {what}: Field "{name}" not found')
    if not isinstance(value, str):
        raise bad_request(f'can\'t parse {what}: Field "{name}" must be of type String')
    return value


def required_integer(holder: Json, name: str, what: str) -> int:
    if name not in holder:
        raise bad_request(f'can\'t parse {what}: Field "{name}" not found')
    return to_integer(holder[name], f'can\'t parse {what}: Field "{name}"')


def _in_utf8(value: T, what: str) -> T:
    """JSON can write half a surrogate pair, which no text is made of."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise bad_request(f"{what} must be encoded in UTF-8") from error
    return value


def to_integer(value: object, what: str) -> int:
    refused = bad_request(f"{what} must be an Integer")
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise refused
    digits = str(value).strip()
    if not (digits.removeprefix("-").isascii() and digits.removeprefix("-").isdecimal()) or len(digits) > 19:
        raise refused
    return int(digits)


def _decoded(name: str, value: Any) -> Any:
    if not isinstance(value, str) or name in {"text", "caption", "description", "name", "short_description"}:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
