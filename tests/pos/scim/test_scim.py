"""What is SCIM's own, on a real server."""

from typing import Any

import pytest
from aiohttp import web

from changes.backend import AnswerLost, BackendRefused, ChangeKind, NotReached, Order, Refusal
from changes.till import Role, UserQuery
from pos.registry import BadOption, open_backend, prepare
from pos.scim.backend import TERMINAL_ID, ScimBackend
from tests.pos import trap
from tests.pos.scim.server import NAMES, TOKEN, Directory
from tests.pos.trap import Trap, says, serving

ETERNAL = {"id": "1", "userName": "01", "displayName": "Chen", "roles": [{"value": "cashier"}], "active": True}


def rename(user_id: str, version: str, name: str = "Ana") -> Order:
    return Order(ChangeKind.RENAME, TERMINAL_ID, user_id, version, name=name)


async def test_a_patch_leaves_what_it_does_not_name(directory: Directory, backend: ScimBackend) -> None:
    more: dict[str, Any] = {
        "title": "Evenings",
        "emails": [{"value": "chen@example.com", "primary": True}],
        "phoneNumbers": [{"value": "+86 21 5555 0100"}],
    }
    user_id = await directory.add("01", "Chen", Role.CASHIER, **more)
    for kind, given in (
        (ChangeKind.RENAME, {"name": "陈"}),
        (ChangeKind.ROLE, {"role": Role.MANAGER}),
        (ChangeKind.FREEZE, {}),
    ):
        user = await backend.user(TERMINAL_ID, user_id)
        await backend.apply(Order(kind, TERMINAL_ID, user_id, user.version, **given), "key")
    now = await directory.get(user_id)
    assert {name: now[name] for name in more} == more
    assert (now["displayName"], now["active"]) == ("陈", False)


async def test_roles_that_are_not_the_tills_stay(directory: Directory, backend: ScimBackend) -> None:
    user_id = await directory.add("01", "Chen", Role.CASHIER)
    await directory.replace(user_id, "roles", [{"value": "cashier"}, {"value": "first-aider"}])
    user = await backend.user(TERMINAL_ID, user_id)
    await backend.apply(Order(ChangeKind.ROLE, TERMINAL_ID, user_id, user.version, role=Role.SUPERVISOR), "key")
    roles = {role["value"] for role in (await directory.get(user_id))["roles"]}
    assert roles == {"supervisor", "first-aider"}


async def test_who_has_none_of_the_roles_is_neither_shown_nor_changed(
    directory: Directory, backend: ScimBackend
) -> None:
    administrator = await directory.add("root", "Root", None)
    await directory.add("01", "Chen", Role.CASHIER)
    page = await backend.users(TERMINAL_ID, UserQuery())
    assert [user.number for user in page.users] == ["01"]
    for asked in (backend.user(TERMINAL_ID, administrator), backend.apply(rename(administrator, ""), "key")):
        with pytest.raises(BackendRefused) as no:
            await asked
        assert no.value.reason is Refusal.USER_GONE
    assert (await directory.get(administrator))["displayName"] == "Root"


async def test_a_thousand_users_come_over_pages(directory: Directory, backend: ScimBackend) -> None:
    await directory.fill(1_000)
    page = await backend.users(TERMINAL_ID, UserQuery(offset=996))
    assert page.total == 1_000
    assert [user.number for user in page.users] == ["00996", "00997", "00998", "00999"]


async def test_ten_thousand_users_come_over_pages_shorter_than_asked_for() -> None:
    """A real server takes half a minute to have so many."""

    async def page(request: web.Request) -> web.StreamResponse:
        start, count = int(request.query["startIndex"]), min(int(request.query["count"]), 150)
        numbers = range(start - 1, min(start - 1 + count, 10_000))
        users = [ETERNAL | {"id": f"{number}", "userName": f"{number:05d}"} for number in numbers]
        return web.json_response({"totalResults": 10_000, "Resources": users})

    async with serving(Trap(page)) as made:
        backend = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        seen = await backend.users(TERMINAL_ID, UserQuery(offset=9_997))
        assert (seen.total, [user.number for user in seen.users]) == (10_000, ["09997", "09998", "09999"])
        assert len(made.asked) == 67
        await backend.close()


async def test_a_stale_etag_alone_is_no_reason(directory: Directory) -> None:
    """On some servers every change of anybody makes all ETags stale."""
    user = says(200, ETERNAL, ETag='W/"7"')
    async with serving(Trap(user, says(412, {}), user, says(204, text=""))) as made:
        backend = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        version = (await backend.user(TERMINAL_ID, "1")).version
        made.answers = [user, says(412, {}), user, says(204, text="")]
        await backend.apply(rename("1", version), "key")
        assert made.methods[1:] == ["GET", "PATCH", "GET", "PATCH"]
        await backend.close()


async def test_a_write_that_is_always_too_late_ends(directory: Directory) -> None:
    user = says(200, ETERNAL)
    async with serving(Trap(user)) as made:
        backend = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        version = (await backend.user(TERMINAL_ID, "1")).version
        made.answers = [user, says(412, {})] * 9
        with pytest.raises(BackendRefused) as no:
            await backend.apply(rename("1", version), "key")
        assert no.value.reason is Refusal.STALE_VERSION
        await backend.close()


async def test_an_order_whose_answer_is_lost_is_found_by_reading_back(
    directory: Directory, backend: ScimBackend
) -> None:
    user_id = await directory.add("01", "Chen", Role.CASHIER)
    user = await backend.user(TERMINAL_ID, user_id)
    async with serving(Trap(says(200, await directory.get(user_id)), trap.closes)) as made:
        lossy = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        with pytest.raises(AnswerLost):
            await lossy.apply(rename(user_id, user.version), "key")
        await lossy.close()
    assert await backend.confirm(rename(user_id, user.version)) is False
    await backend.apply(rename(user_id, user.version), "key")
    assert await backend.confirm(rename(user_id, user.version)) is True


@pytest.mark.parametrize("body", [[], "text", {}, {"totalResults": "many", "Resources": [1]}])
async def test_what_is_no_list_is_not_a_till_without_users(body: Any) -> None:
    async with serving(Trap(says(200, body))) as made:
        backend = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        with pytest.raises(NotReached):
            await backend.users(TERMINAL_ID, UserQuery())
        await backend.close()


async def test_a_user_of_an_odd_form_is_left_out() -> None:
    some = {"totalResults": 3, "Resources": [{"id": 7}, ETERNAL, {"id": "2", "roles": "cashier"}]}
    async with serving(Trap(says(200, some))) as made:
        backend = ScimBackend(made.url, TOKEN, terminal="All", names=NAMES)
        page = await backend.users(TERMINAL_ID, UserQuery())
        assert [user.id for user in page.users] == ["1"]
        await backend.close()


# Adding a shop ------------------------------------------------------------------------------------------------------


async def test_a_shop_is_prepared_on_a_server_that_can(directory: Directory) -> None:
    await prepare("scim", {"url": directory.url, "token": TOKEN})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": "wrong"}, "does not answer as it should"),
        ({"token": ""}, "scim needs token"),
        ({"token": "a\nb"}, "scim needs token"),
        ({"role-cashier": "manager"}, "three names"),
        ({"role-cashier": ""}, "three names"),
        ({"urll": "x"}, "no option 'urll'"),
        ({"url": "http://till.example.com"}, "https"),
        ({"url": "http://127.0.0.1:1"}, "does not answer as it should"),
    ],
)
async def test_what_is_wrong_is_said_when_the_shop_is_added(
    directory: Directory, given: dict[str, str], said: str
) -> None:
    with pytest.raises(BadOption, match=said):
        await prepare("scim", {"url": directory.url, "token": TOKEN, **given})


async def test_a_server_that_knows_no_patch_is_refused() -> None:
    async with serving(Trap(says(200, {"patch": {"supported": False}}), says(200, {}))) as made:
        with pytest.raises(BadOption, match="PATCH"):
            await prepare("scim", {"url": made.url, "token": TOKEN})


async def test_roles_may_have_other_names_there(directory: Directory) -> None:
    user_id = await directory.add("01", "Chen", None)
    await directory.replace(user_id, "roles", [{"value": "Kasse"}])
    backend = open_backend("scim", {"url": directory.url, "token": TOKEN, "role-cashier": "Kasse"})
    assert (await backend.user(TERMINAL_ID, user_id)).role is Role.CASHIER
    await backend.close()
