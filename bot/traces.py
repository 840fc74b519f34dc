"""Traces without the texts of errors that quote what they could not read: there stand codes, PINs and names."""

import traceback

from aiogram.exceptions import ClientDecodeError
from pydantic import ValidationError

_QUOTING = (ClientDecodeError, ValidationError)
_CAUSED = "\nThe above exception was the direct cause of the following exception:\n\n"
_DURING = "\nDuring handling of the above exception, another exception occurred:\n\n"


def trace(error: BaseException) -> str:
    """As Python writes it, with the causes first; of errors that quote what they read only the class."""
    return "".join(_parts(error, set())).rstrip("\n")


def _parts(error: BaseException, seen: set[int]) -> list[str]:
    seen.add(id(error))
    parts = []
    before, link = error.__cause__, _CAUSED
    if before is None and not error.__suppress_context__:
        before, link = error.__context__, _DURING
    if before is not None and id(before) not in seen:
        parts = [*_parts(before, seen), link]
    if error.__traceback__ is not None:
        parts += ["Traceback (most recent call last):\n", *traceback.format_tb(error.__traceback__)]
    parts += _told(error)
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            parts += ["\nOne of the group:\n\n", *_parts(inner, seen)]
    return parts


def _told(error: BaseException) -> list[str]:
    if isinstance(error, _QUOTING):
        return [f"{type(error).__module__}.{type(error).__qualname__}\n"]
    return traceback.format_exception_only(error)
