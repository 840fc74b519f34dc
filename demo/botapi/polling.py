"""Methods by which the bot hears: getUpdates, deleteWebhook, getWebhookInfo, answerCallbackQuery, getMe."""

from typing import Any

from telegram import WebhookInfo

from demo.botapi.errors import bad_request, conflict
from demo.botapi.methods import Methods
from demo.botapi.objects import as_json, me
from demo.botapi.params import Params
from demo.hub import News
from demo.model import Answer, Json
from demo.state import State
from demo.updates import PollTakenOver

methods = Methods()

UPDATES_MOST = 100
POLL_LONGEST = 50
#: A press can be answered for so long.
ANSWER_SECONDS = 15 * 60
ANSWER_LONGEST = 200


@methods("getMe")
async def get_me(state: State, params: Params) -> Json:  # noqa: ARG001 every handler has them
    return me(state)


@methods("getUpdates", "offset", "limit", "timeout", "allowed_updates")
async def get_updates(state: State, params: Params) -> list[Json]:
    offset = params.integer("offset")
    limit = min(max(params.integer("limit", UPDATES_MOST), 1), UPDATES_MOST)
    timeout = min(max(params.integer("timeout"), 0), POLL_LONGEST)
    allowed = params.json_list("allowed_updates", "allowed updates")
    if allowed is not None:
        if not all(isinstance(kind, str) for kind in allowed):
            raise bad_request("allowed_updates must be an Array of String")
        state.allow_updates(allowed)
    state.hub.tell(News("poll"))
    try:
        return list(await state.updates.fetch(offset, limit, timeout))
    except PollTakenOver as error:
        raise conflict(
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        ) from error


@methods("deleteWebhook", "drop_pending_updates")
async def delete_webhook(state: State, params: Params) -> bool:
    if params.flag("drop_pending_updates"):
        state.updates.drop_all()
    return True


@methods("getWebhookInfo")
async def get_webhook_info(state: State, params: Params) -> Json:  # noqa: ARG001 every handler has them
    return as_json(WebhookInfo("", False, len(state.updates), allowed_updates=state.updates.allowed or None))


@methods("answerCallbackQuery", "callback_query_id", "text", "show_alert", "url", "cache_time")
async def answer_callback_query(state: State, params: Params) -> Any:
    text = params.text("text")
    if len(text) > ANSWER_LONGEST:
        raise bad_request("MESSAGE_TOO_LONG")
    callback = state.callbacks.get(params.text("callback_query_id"))
    too_old = callback is None or state.now() - callback.pressed_at > ANSWER_SECONDS
    if callback is None or too_old or callback.answer is not None:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    answer = Answer(text=text, show_alert=params.flag("show_alert"), url=params.text("url"))
    state.keep_callback(callback.model_copy(update={"answer": answer}))
    return True
