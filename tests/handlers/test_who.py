"""Who is answered: owners of one or several shops; strangers with one sentence; nobody outside a private chat."""

import pytest
from aiogram.types import Chat, Message, User

from handlers.states import EnrolSG, MenuSG
from tests.handlers.bench import EVERYWHERE, Bench
from tests.handlers.person import Person
from tests.handlers.ways import FIRST_SHOP, SECOND_SHOP, go, someone_in


@EVERYWHERE
async def test_several_shops(bench: Bench) -> None:
    person = await someone_in(bench, MenuSG.shops)
    assert [text for text in person.buttons() if text.startswith("🏪")] == [f"🏪 {FIRST_SHOP}", f"🏪 {SECOND_SHOP}"]
    await person.press_matching(f".*{SECOND_SHOP}")
    assert SECOND_SHOP in person.window().text
    await person.press("menu-other-shop")
    assert person.state() == MenuSG.shops.state
    await go(person, MenuSG.home)
    assert FIRST_SHOP in person.window().text


async def test_one_shop_needs_no_choice(owner: Person) -> None:
    await owner.send("/menu")
    assert owner.state() == MenuSG.home.state
    assert owner.texts.plain("menu-other-shop") not in owner.buttons()


async def test_a_stranger_gets_one_neutral_sentence_and_nothing_is_kept(bench: Bench) -> None:
    await bench.shop()
    stranger = bench.person(5)
    for text in ("/start", "/start ", "/start\u200b x", "/menu", "/change", "/audit", "/cancel", "123456", "hello"):
        stranger.fresh()
        await stranger.send(text)
        assert stranger.told() == [stranger.texts.plain("stranger")], text
    for data in ("menu", "noted", "x", "abcdef\x1dhome"):
        stranger.fresh()
        await stranger.press_data(data, some_message(stranger))
        assert stranger.told() == [stranger.texts.plain("stranger")], data
    stranger.fresh()
    await stranger.edit("hello")
    assert stranger.told() == [stranger.texts.plain("stranger")]
    assert bench.rows("SELECT * FROM conversations") == []
    assert bench.rows("SELECT * FROM people") == []
    assert bench.chat.deleted == []


def some_message(person: Person) -> Message:
    return next(said.message for said in person.seen.said if said.message is not None)


async def test_a_stranger_with_a_wrong_invitation_learns_nothing_else(bench: Bench) -> None:
    await bench.shop()
    stranger = bench.person(5)
    await stranger.send("/start no-such-invitation")
    assert [said.text for said in bench.chat.said] == [stranger.texts.plain("refused-claim")]


@EVERYWHERE
async def test_a_used_invitation_is_refused_like_a_wrong_one(bench: Bench) -> None:
    claim = await bench.shop()
    await bench.owner(claim)
    stranger = bench.person(5)
    await stranger.send(f"/start {claim.code}")
    assert [said.text for said in bench.chat.said] == [stranger.texts.plain("refused-claim")]


@EVERYWHERE
async def test_an_owner_without_an_authenticator_enrols_first(bench: Bench) -> None:
    claim = await bench.shop()
    person = bench.person()
    await person.send(f"/start {claim.code}")
    assert person.state() == EnrolSG.code.state
    for command in ("/menu", "/change", "/audit", "/start"):
        await person.send(command)
        assert person.state() == EnrolSG.code.state, command


@pytest.mark.parametrize(
    ("chat", "user"),
    [
        (Chat(id=-100, type="group", title="g"), {}),
        (Chat(id=-1001, type="supergroup", title="g"), {}),
        (Chat(id=-1002, type="channel", title="c"), {}),
        (Chat(id=-1001, type="supergroup", title="g"), {"id": 1087968824, "is_bot": True, "first_name": "Group"}),
        (Chat(id=77, type="private"), {"id": 77, "is_bot": True, "first_name": "B"}),
        (Chat(id=78, type="private"), {}),
    ],
    ids=["group", "supergroup", "channel", "anonymous-admin", "bot", "chat-of-another"],
)
async def test_elsewhere_nobody_is_answered(bench: Bench, owner: Person, chat: Chat, user: dict[str, object]) -> None:
    await owner.send("/menu")
    window = owner.window().message
    assert window is not None
    owner.chat = chat
    if user:
        owner.user = User.model_validate(user)
    owner.fresh()
    bench.chat.answered = 0
    for text in ("/start", "/menu", "/start x", "123456", "hello"):
        await owner.send(text)
        await owner.edit(text)
    await owner.press_data(owner.keyboard()[0].callback_data or "", window.model_copy(update={"chat": chat}))
    assert owner.news() == []
    assert bench.chat.answered == 0
    assert bench.chat.deleted == []


async def test_an_update_without_a_sender_is_not_answered(bench: Bench, owner: Person) -> None:
    await owner.send("hello", from_user=None)
    assert bench.chat.said == []
