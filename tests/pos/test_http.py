"""Whatever goes wrong between the bot and a till's server, in the words of the protocol."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from changes.backend import AnswerLost, BackendError, BackendRefused, NotReached, Refusal
from pos.http import Http, base_of
from pos.options import BadOption
from tests.pos import trap
from tests.pos.trap import Answer, Trap, says, serving

_PATIENCE = 0.5


@asynccontextmanager
async def asking(*answers: Answer) -> AsyncIterator[tuple[Trap, Http]]:
    async with serving(Trap(*answers)) as made:
        http = Http(made.url, {"Authorization": "Bearer key"}, _PATIENCE)
        try:
            yield made, http
        finally:
            await http.close()


async def failure(http: Http, *, orders: bool) -> BackendError:
    with pytest.raises(BackendError) as failed:
        await (http.order("PATCH", "/x", {}) if orders else http.ask("/x"))
    return failed.value


#: Nobody knows what became of an order; a question is as good as never asked.
UNCERTAIN = {
    "500": says(500, {}),
    "502 of a proxy": says(502, text="<html>Bad Gateway"),
    "504 of a proxy": says(504, text=""),
    "done, see elsewhere": says(303, Location="/y"),
    "not JSON": says(200, text="<html>Welcome to the Wi-Fi"),
    "brackets without an end": says(200, text="[" * 100_000),
    "half of it": trap.closes_in_the_middle,
    "closed": trap.closes,
    "a slow drip": trap.drips,
    "without an end": trap.never_ends,
    "nothing": trap.says_nothing,
}
#: Nothing was applied.
NOT_NOW = {
    "429": says(429, {}, **{"Retry-After": "30"}),
    "503": says(503, text="maintenance"),
    "301": says(301, Location="https://elsewhere.example/x"),
    "307": says(307, Location="https://elsewhere.example/x"),
}


@pytest.mark.parametrize("answer", UNCERTAIN.values(), ids=UNCERTAIN.keys())
async def test_an_order_whose_answer_does_not_come_whole_may_have_been_applied(answer: Answer) -> None:
    async with asking(answer) as (made, http):
        assert type(await failure(http, orders=True)) is AnswerLost
        assert type(await failure(http, orders=False)) is NotReached
        assert made.methods.count("PATCH") == 1, "an order is never repeated down here"


@pytest.mark.parametrize("answer", NOT_NOW.values(), ids=NOT_NOW.keys())
async def test_what_a_server_puts_off_was_not_applied(answer: Answer) -> None:
    async with asking(answer) as (made, http):
        assert type(await failure(http, orders=True)) is NotReached
        assert type(await failure(http, orders=False)) is NotReached
        assert len(made.asked) == 2, "nobody is followed elsewhere"


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({}, 0),
        ({"Retry-After": " 120 "}, 120),
        ({"Retry-After": "0"}, 0),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0),
        ({"Retry-After": "-5"}, 0),
        ({"Retry-After": "1e9"}, 0),
        ({"Retry-After": "٣"}, 0),
        ({"Retry-After": "9" * 400}, 999_999_999),
    ],
)
async def test_how_long_a_server_asks_to_be_left_alone(said: dict[str, str], seconds: float) -> None:
    async with asking(says(429, {}, **said)) as (_, http):
        failed = await failure(http, orders=True)
        assert isinstance(failed, NotReached)
        assert failed.after == seconds


@pytest.mark.parametrize("status", [401, 403])
async def test_an_account_that_is_not_taken_is_a_refusal(status: int) -> None:
    async with asking(says(status, text="no")) as (_, http):
        for orders in (True, False):
            refused = await failure(http, orders=orders)
            assert isinstance(refused, BackendRefused)
            assert refused.reason is Refusal.ACCOUNT


async def test_nothing_listens() -> None:
    http = Http("http://127.0.0.1:1", {}, _PATIENCE)
    assert type(await failure(http, orders=True)) is NotReached
    await http.close()


async def test_a_certificate_that_is_not_the_servers_is_not_taken() -> None:
    async with serving(Trap(says(200, {}))) as made:
        http = Http(made.url.replace("http:", "https:"), {}, _PATIENCE)
        assert type(await failure(http, orders=True)) is NotReached
        await http.close()
        assert made.asked == []


async def test_what_a_server_says_comes_with_its_status() -> None:
    async with asking(says(200, {"a": "陈"}), says(204, text=""), says(412, text="<html>")) as (made, http):
        first, second, third = [await http.order("PATCH", "/x", {"b": "陈"}) for _ in range(3)]
        assert (first.status, first.body) == (200, {"a": "陈"})
        assert (second.status, second.body) == (204, None)
        assert (third.status, third.body) == (412, None)
        assert all(had_key for _, _, had_key in made.asked)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "till.example.com",
        "ftp://till.example.com",
        "https://",
        "https://boss:secret@till.example.com",
        "https://till.example.com/?key=1",
        "http://till.example.com",
        "http://192.168.1.20/scim",
    ],
)
def test_an_address_that_is_none_or_not_safe_is_refused(url: str) -> None:
    with pytest.raises(BadOption):
        base_of(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/v2/", "http://localhost/v2/", "http://[::1]:1/v2/"])
def test_this_machine_is_asked_without_tls(url: str) -> None:
    assert base_of(url) == url.rstrip("/")


def test_without_tls_elsewhere_only_where_it_is_said() -> None:
    assert base_of("http://192.168.1.20/scim", plain=True) == "http://192.168.1.20/scim"
