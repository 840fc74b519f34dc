"""What the conversation about waiting changes remembers: which change, and what is asked of it. Never a code."""

from typing import Any

from changes.amending import Amending
from changes.errors import NotWaiting, RequestOver
from changes.request import ChangeRequest
from handlers.context import Context


def of_change(request_id: str) -> dict[str, Any]:
    return {"change": request_id}


def of_amendment(amending: Amending) -> dict[str, Any]:
    return {**of_change(amending.request.id), "amendment": amending.amendment.id}


def set_change(context: Context, request_id: str) -> None:
    context.data.update(of_change(request_id))


def set_amendment(context: Context, amending: Amending) -> None:
    context.data.update(of_amendment(amending))


async def change(context: Context) -> ChangeRequest:
    """The change that the conversation is about. Raises `NotWaiting`."""
    if "change" not in context.data:
        raise NotWaiting
    return await context.use.see_waiting(context.who.actor, str(context.data["change"]))


def amendment_id(context: Context) -> str:
    """Raises `RequestOver` where nothing was asked in this conversation."""
    if "amendment" not in context.data:
        raise RequestOver
    return str(context.data["amendment"])
