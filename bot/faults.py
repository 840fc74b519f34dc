"""What may be written down of a fault. The texts of some errors hold what people wrote, or the bot's token."""

from typing import Any

from aiogram.exceptions import ClientDecodeError, TelegramAPIError, TelegramBadRequest, TelegramForbiddenError

_LONGEST = 200


def for_log(error: BaseException) -> str:
    """For a log line, which is scrubbed of tokens: the class, and what an error of Telegram's says."""
    said = f": {error.message}" if isinstance(error, TelegramAPIError) else ""
    return f"{type(error).__name__}{said}"


def for_keeping(error: BaseException) -> str:
    """For the database: the class, and Telegram's own description where there is one."""
    described = isinstance(error, TelegramBadRequest | TelegramForbiddenError)
    return for_log(error)[:_LONGEST] if described else type(error).__name__


def answer_of_done(error: ClientDecodeError) -> dict[str, Any] | None:
    """The answer, where it says that the call was carried out and only the rest cannot be read; else None."""
    answer = error.data
    return answer if isinstance(answer, dict) and answer.get("ok") is True else None
