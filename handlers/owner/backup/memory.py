"""What the conversation of a backup remembers: moments, ids and what to show. Never a code or a passphrase."""

from datetime import datetime
from typing import Any

from changes.backing_up import Restoration
from changes.errors import RequestOver
from handlers.context import Context
from handlers.owner.backup.shown import shown_of


def ask_code(context: Context) -> None:
    """From now on a code is waited for."""
    context.data["asked_at"] = context.now.isoformat()


def asked_at(context: Context) -> datetime:
    """Raises `RequestOver` where no code was asked for."""
    if "asked_at" not in context.data:
        raise RequestOver
    return datetime.fromisoformat(context.data["asked_at"])


def set_file(context: Context, file_id: str) -> None:
    context.data["file"] = file_id


def file_id(context: Context) -> str:
    """Raises `RequestOver` where no file was sent."""
    if "file" not in context.data:
        raise RequestOver
    return str(context.data["file"])


def set_restoration(context: Context, found: Restoration) -> None:
    context.data["shown"] = shown_of(context.texts, found, context.shop)
    context.data.pop("request", None)
    if found.requests:
        context.data["request"] = found.requests[0].id


def shown(context: Context) -> dict[str, Any]:
    """Raises `RequestOver` where nothing was compared."""
    if "shown" not in context.data:
        raise RequestOver
    found: dict[str, Any] = context.data["shown"]
    return found
