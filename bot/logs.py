"""Logs: one JSON line an event, and no secret in any of them."""

import json
import logging
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, TextIO

import structlog

from bot.traces import trace

_TOKEN = re.compile(r"\d{3,}(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_OTPAUTH = re.compile(r"otpauth://[^\s\"'\\]+")
_HIDDEN = "***"


class Scrubber:
    """Takes secrets out of what is about to be written: known ones by value, tokens and keys by their shape."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = [secret for secret in secrets if len(secret) >= 4]

    def __call__(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _HIDDEN)
        return _OTPAUTH.sub(_HIDDEN, _TOKEN.sub(_HIDDEN, text))


class _ScrubbedFormatter(structlog.stdlib.ProcessorFormatter):
    """Scrubs the finished line, so that traces and other libraries' messages are covered too."""

    def __init__(self, scrub: Scrubber, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        return self._scrub(super().format(record))


class _Handler(logging.StreamHandler[TextIO]):
    """Where a line cannot be made it says so. The standard library would write what it was made of, as it is."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 the standard library's name
        where = f"{record.filename}:{record.lineno}"
        told = {"event": "a log line could not be written", "level": "error", "logger": record.name, "where": where}
        # Where nothing can be written, as on a full disk, the bot goes on without its log.
        with suppress(OSError):
            self.stream.write(json.dumps(told) + self.terminator)


def _render_trace(exc_info: structlog.typing.ExcInfo) -> str:
    return trace(exc_info[1])


def set_up_logs(level: str, secrets: Iterable[str]) -> None:
    """Send every log of the process, ours and the libraries', as scrubbed JSON lines to standard error."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_render_trace),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _Handler(sys.stderr)
    handler.setFormatter(
        _ScrubbedFormatter(
            Scrubber(secrets),
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    # These write a line for every request or update; a failure they report at WARNING.
    for chatty in ("aiogram.event", "aiogram.dispatcher", "aiogram_dialog", "aiosqlite", "httpx", "alembic"):
        logging.getLogger(chatty).setLevel(max(logging.WARNING, root.level))
