"""What Tryton's answers mean, also those that are hard to bring about at a real server."""

from typing import Any

import pytest

from changes.backend import AnswerLost, BackendError, BackendRefused, NotReached, Refusal
from pos.tryton.rpc import Account, Rpc
from tests.pos.trap import Trap, says, serving

SESSION = says(200, {"id": 0, "result": [7, "key", None]})

#: By the error: what it means of an order, and of a question.
ERRORS: dict[str, tuple[Any, tuple[type[BackendError], Refusal | None], type[BackendError]]] = {
    "stale": (
        ["ConcurrencyException", "Records were modified"],
        (BackendRefused, Refusal.STALE_VERSION),
        BackendRefused,
    ),
    "of a user": (["UserError", ["Not so.", "", None]], (BackendRefused, Refusal.OTHER), BackendRefused),
    "in no words": (["UserError", []], (AnswerLost, None), NotReached),
    "a warning": (["UserWarning", ["name", "Sure?", ""]], (BackendRefused, Refusal.OTHER), BackendRefused),
    "a second factor": (["LoginException", ["sms", "Code", "char"]], (BackendRefused, Refusal.ACCOUNT), BackendRefused),
    "a crash": (["'res.user'", "Traceback: pw-in-a-trace"], (AnswerLost, None), NotReached),
    "no list": ("boom", (AnswerLost, None), NotReached),
    "none": (None, (AnswerLost, None), NotReached),
}


@pytest.mark.parametrize(("error", "of_order", "of_question"), ERRORS.values(), ids=ERRORS.keys())
async def test_an_error_says_whether_anything_was_done(
    error: Any, of_order: tuple[type[BackendError], Refusal | None], of_question: type[BackendError]
) -> None:
    async with serving(Trap(SESSION, says(200, {"id": 0, "error": error}))) as made:
        rpc = Rpc(made.url, "shop", Account("bot", "pw"), 2)
        with pytest.raises(BackendError) as ordered:
            await rpc.order("model.res.user.write", [1], {"name": "Ana"})
        with pytest.raises(BackendError) as asked:
            await rpc.ask("model.res.user.read", [1], ["name"])
        await rpc.close()
    assert (type(ordered.value), getattr(ordered.value, "reason", None)) == of_order
    assert type(asked.value) is of_question
    assert "pw-in-a-trace" not in f"{ordered.value!r} {asked.value!r}"


@pytest.mark.parametrize("session", [None, [], ["7", "key"], [7], {"id": 7}, "key"])
async def test_what_is_no_session_is_none(session: Any) -> None:
    async with serving(Trap(says(200, {"id": 0, "result": session}))) as made:
        rpc = Rpc(made.url, "shop", Account("bot", "pw"), 2)
        with pytest.raises(NotReached):
            await rpc.ask("model.res.user.read", [1], ["name"])
        assert len(made.asked) == 1
        await rpc.close()


@pytest.mark.parametrize(
    ("answer", "opens"),
    [
        (says(200, {"id": 0, "result": {}}), True),
        (says(401, {}), False),
        (says(403, {}), None),
        (says(200, {"id": 0, "error": ["LoginException", ["sms", "Code", "char"]]}), None),
        (says(200, []), None),
    ],
)
async def test_only_the_door_itself_says_that_a_password_is_wrong(answer: Any, opens: bool | None) -> None:
    async with serving(Trap(answer)) as made:
        rpc = Rpc(made.url, "shop", Account("bot", "pw"), 2)
        assert await rpc.opens("01", "a password") is opens
        assert await rpc.opens("0:1", "a password") is None, "HTTP Basic has no such login"
        assert len(made.asked) == 1
        await rpc.close()


async def test_who_is_held_off_is_asked_later() -> None:
    async with serving(Trap(says(429, {}))) as made:
        rpc = Rpc(made.url, "shop", Account("bot", "pw"), 2)
        for asked in (rpc.opens("01", "a password"), rpc.ask("model.res.user.read"), rpc.order("model.res.user.write")):
            with pytest.raises(NotReached):
                await asked
        await rpc.close()


def test_an_account_keeps_its_password_and_session_to_itself() -> None:
    account = Account("bot", "pw-secret", (7, "key-secret"))
    assert "secret" not in repr(account)
