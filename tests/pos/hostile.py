"""What servers, proxies and networks do wrong, done to any adapter that speaks HTTP.

An adapter is run through all of it by a class of its own: `class TestScim(Hostile)` with a fixture `target`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from changes.backend import AnswerLost, Backend, BackendError, BackendRefused, NotReached, Order, Refusal
from changes.till import UserPage, UserQuery
from tests.pos import between, trap
from tests.pos.between import Between, Flood, Spoiled
from tests.pos.trap import Answer, Trap, says, serving

#: Seconds for one call, as the adapter is told.
PATIENCE = 0.5
#: Seconds for all the calls that one order or question takes.
WHOLE = 6.0


class Target(Protocol):
    """An adapter, and a server that answers it truly: the real one, or the adapter's stand-in."""

    #: Its scheme, host and port.
    upstream: str
    #: The key or password; it must show in no error.
    secret: str

    def backend(self, address: str, timeout: float) -> Backend:
        """The adapter, asking `address` where it would ask `upstream`; `timeout` is for one call, in seconds."""
        ...

    def is_order(self, method: str, path: str, body: bytes) -> bool:
        """Whether a request asks the till to change something."""
        ...

    async def order(self, backend: Backend) -> Order:
        """A change, not made yet, of a user whom the till has."""
        ...


#: Nobody knows what became of an order.
UNCERTAIN: dict[str, Answer] = {
    "500": says(500, {}),
    "502 of a proxy": says(502, text="<html>Bad Gateway"),
    "504 of a proxy": says(504, text=""),
    "done, see elsewhere": says(303, Location="/y"),
    "not JSON": says(200, text="<html>Welcome to the Wi-Fi"),
    "not even text": between.not_even_text,
    "not compressed": between.not_squeezed,
    "brackets without an end": says(200, text="[" * 100_000),
    "half of it": trap.closes_in_the_middle,
    "closed": trap.closes,
    "reset": between.resets,
    "a slow drip": trap.drips,
    "nothing": trap.says_nothing,
    "50 MB compressed": between.squeezed_flood,
}
#: Nothing was applied; it may be later.
NOT_NOW: dict[str, Answer] = {
    "429": says(429, {}, **{"Retry-After": "30"}),
    "503": says(503, text="maintenance"),
}
#: The server said no.
NO: dict[str, Answer] = {f"{status}": says(status, {}) for status in (400, 404, 409, 412, 422)}

#: JSON, and no answer to what was asked.
ODD: dict[str, Answer] = {
    "null": says(200, None),
    "a text": says(200, "text"),
    "a number": says(200, 7),
    "nothing at all": says(200, text=""),
    "things in a list": says(200, [7, None, [], {"id": None}]),
    "things in an object": says(200, {"id": [], "result": 7, "error": 7, "Resources": [7], "team_members": 7}),
}
#: With some systems the true answer where there is nobody.
EMPTY: dict[str, Answer] = {"a list": says(200, []), "an object": says(200, {})}


def each(answers: dict[str, Answer]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("fault", answers.values(), ids=answers.keys())


class Hostile:
    """The cases; a subclass gives the fixture `target`."""

    @pytest.fixture
    async def way(self, target: Target) -> AsyncIterator[Between]:
        async with serving(Between(target.upstream, target.is_order)) as made:
            yield made

    @pytest.fixture
    async def backend(self, target: Target, way: Between) -> AsyncIterator[Backend]:
        async with closed_after(target.backend(way.url, PATIENCE)) as made:
            yield made

    @pytest.fixture
    async def asked(self, target: Target, way: Between) -> Order:
        # Patiently: nothing is spoiled yet.
        async with closed_after(target.backend(way.url, 20)) as patient:
            return await target.order(patient)

    async def test_with_nothing_spoiled_it_is_applied(self, way: Between, backend: Backend, asked: Order) -> None:
        assert await backend.confirm(asked) is False
        way.spoil(Spoiled.NOTHING)
        await backend.apply(asked, "key")
        assert way.orders >= 1, "is_order knows no order of this adapter"
        assert await backend.confirm(asked) is True

    @each(UNCERTAIN)
    async def test_an_order_whose_answer_does_not_come_whole_may_have_been_applied(
        self, target: Target, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        await backend.confirm(asked)
        way.spoil(Spoiled.ORDERS, fault)
        failed = await failure_of_order(backend, asked)
        assert type(failed) is AnswerLost, failed
        assert way.orders == 1, "an order is not repeated by the adapter"
        assert not told(failed, target.secret)

    @each(UNCERTAIN | NOT_NOW)
    async def test_a_question_without_a_whole_answer_changes_nothing(
        self, target: Target, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        way.spoil(Spoiled.ALL, fault)
        for failed in await failures_of_questions(backend, asked):
            assert type(failed) is NotReached, failed
            assert not told(failed, target.secret)
        assert way.orders == 0

    @each(NOT_NOW)
    async def test_what_a_server_puts_off_was_not_applied(
        self, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        await backend.confirm(asked)
        way.spoil(Spoiled.ORDERS, fault)
        failed = await failure_of_order(backend, asked)
        assert type(failed) is NotReached
        assert failed.after == (30 if fault is NOT_NOW["429"] else 0), "how long the server asks to be left alone"
        assert way.orders == 1, "how often is tried again is decided above"

    @each(NO)
    async def test_a_refused_order_was_not_applied(
        self, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        way.spoil(Spoiled.ORDERS, fault)
        assert isinstance(await failure_of_order(backend, asked), BackendRefused | NotReached)
        way.spoil(Spoiled.NOTHING)
        assert await backend.confirm(asked) is False

    @each(NO)
    async def test_a_refused_question_is_no_order(
        self, target: Target, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        way.spoil(Spoiled.ALL, fault)
        for failed in await failures_of_questions(backend, asked):
            assert isinstance(failed, BackendRefused | NotReached)

    @pytest.mark.parametrize("status", [401, 403])
    async def test_an_account_that_is_not_taken_is_a_refusal(
        self, target: Target, way: Between, backend: Backend, asked: Order, status: int
    ) -> None:
        """A wrong key, or one whose time has passed."""
        await backend.confirm(asked)
        way.spoil(Spoiled.ALL, says(status, {"error": target.secret}, **{"WWW-Authenticate": "Bearer"}))
        for failed in [await failure_of_order(backend, asked), *await failures_of_questions(backend, asked)]:
            assert isinstance(failed, BackendRefused)
            assert failed.reason is Refusal.ACCOUNT
            assert not told(failed, target.secret)

    @pytest.mark.parametrize("status", [301, 302, 307, 308])
    async def test_nobody_is_followed_to_another_host(
        self, target: Target, way: Between, backend: Backend, asked: Order, status: int
    ) -> None:
        async with serving(Trap(says(200, {}))) as elsewhere:
            way.spoil(Spoiled.ALL, says(status, Location=f"{elsewhere.url}/x"))
            for failed in await failures_of_questions(backend, asked):
                assert type(failed) is NotReached
            way.spoil(Spoiled.ORDERS, says(status, Location=f"{elsewhere.url}/x"))
            assert type(await failure_of_order(backend, asked)) is NotReached
            assert elsewhere.asked == []

    @each(ODD)
    async def test_an_answer_of_another_form_is_none(
        self, target: Target, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        way.spoil(Spoiled.ALL, fault)
        for failed in await failures_of_questions(backend, asked):
            assert not isinstance(failed, AnswerLost)

    @each(EMPTY)
    async def test_of_an_empty_answer_nobody_is_made_up(
        self, target: Target, way: Between, backend: Backend, asked: Order, fault: Answer
    ) -> None:
        way.spoil(Spoiled.ALL, fault)
        with pytest.raises(BackendError):
            await backend.user(asked.terminal_id, asked.user_id)
        with suppress(BackendRefused, NotReached):
            assert await backend.users(asked.terminal_id, UserQuery()) == UserPage((), 0)

    async def test_of_50_megabytes_few_are_taken(
        self, target: Target, way: Between, backend: Backend, asked: Order
    ) -> None:
        await backend.confirm(asked)
        way.spoil(Spoiled.ORDERS, flood := Flood())
        assert type(await failure_of_order(backend, asked)) is AnswerLost
        assert 0 < flood.taken < Flood.SIZE / 2
        way.spoil(Spoiled.ALL, flood := Flood())
        with pytest.raises(NotReached):
            await backend.user(asked.terminal_id, asked.user_id)
        assert 0 < flood.taken < Flood.SIZE / 2

    @pytest.mark.parametrize("written", [False, True])
    async def test_after_a_lost_answer_reading_back_tells_what_became_of_it(
        self, way: Between, backend: Backend, asked: Order, written: bool
    ) -> None:
        await backend.confirm(asked)
        way.spoil(Spoiled.ORDERS, trap.closes, written=written)
        assert type(await failure_of_order(backend, asked)) is AnswerLost
        way.spoil(Spoiled.NOTHING)
        assert await backend.confirm(asked) is written
        if not written:
            await backend.apply(asked, "key")
            assert await backend.confirm(asked) is True

    async def test_where_nothing_listens_nothing_is_applied(self, target: Target, asked: Order) -> None:
        async with closed_after(target.backend("http://127.0.0.1:1", PATIENCE)) as away:
            assert type(await failure_of_order(away, asked)) is NotReached
            for failed in await failures_of_questions(away, asked):
                assert type(failed) is NotReached

    async def test_a_certificate_that_nobody_vouches_for_is_not_taken(
        self, target: Target, asked: Order, tmp_path: Path
    ) -> None:
        certificate = between.own_certificate(tmp_path)
        async with serving(Between(target.upstream, target.is_order), certificate) as way:
            async with closed_after(target.backend(way.url, PATIENCE)) as backend:
                assert type(await failure_of_order(backend, asked)) is NotReached
            assert way.asked == 0


@asynccontextmanager
async def closed_after(backend: Backend) -> AsyncIterator[Backend]:
    try:
        yield backend
    finally:
        await backend.close()


async def failure_of_order(backend: Backend, order: Order) -> BackendError:
    async with asyncio.timeout(WHOLE):
        with pytest.raises(BackendError) as failed:
            await backend.apply(order, "key")
    return failed.value


async def failures_of_questions(backend: Backend, order: Order) -> list[BackendError]:
    failures = []
    for question in questions(backend, order):
        async with asyncio.timeout(WHOLE):
            with pytest.raises(BackendError) as failed:
                await question
        failures.append(failed.value)
    return failures


def questions(backend: Backend, order: Order) -> Iterator[Awaitable[object]]:
    yield backend.user(order.terminal_id, order.user_id)
    yield backend.users(order.terminal_id, UserQuery())
    yield backend.confirm(order)


def told(failed: BaseException | None, secret: str) -> bool:
    """Whether an error, or one that it came from, shows the secret."""
    while failed is not None:
        if secret in f"{failed} {failed!r}":
            return True
        failed = failed.__cause__ or failed.__context__
    return False
