"""From the invitation to the menu: who gets in, what is shown, and what does not stay."""

import pytest

from demo.authenticator import read_otpauth
from demo.model import Part
from demo.world import Press
from tests.e2e.bench import BotProcess
from tests.e2e.owner import Owner, buttons_of
from tests.e2e.shops import NAME, Shop, shop_of

pytestmark = pytest.mark.asyncio(loop_scope="session")


def stranger(bot: BotProcess, language: str = "en") -> Owner:
    return Owner(bot, bot.telegram.world.add_person("Some Body", Part.STAFF, language_code=language))


async def only_answer(owner: Owner, said: str) -> str:
    """What is answered to a text, when nothing else is: the next text's answer is waited for too."""
    answer = await owner.ask(said, "")
    owner.bot.clock.turn(minutes=1, seconds=1)
    await owner.ask("…", owner.text("stranger"))
    texts = [message.text for message in owner.said()]
    assert texts == [answer.text, owner.text("stranger")]
    return answer.text


@pytest.mark.parametrize("language", ["en", "zh-hans"])
async def test_claim_scan_first_code_menu(bot: BotProcess, language: str) -> None:
    async with shop_of(bot, language=language, claim=False) as shop:
        owner, world = shop.owner, bot.telegram.world
        invited = owner.say(f"/start {shop.claim}")
        await owner.hear_text("claimed", shop=NAME)
        key = await owner.take_key()
        photo, text = owner.said()[1:3]
        assert photo.photo is not None
        account = read_otpauth(await bot.telegram.keeper.content(photo.photo))
        assert (account.secret, account.issuer, account.label) == (key, "Tillkeeper", NAME)
        assert (account.period, account.digits) == (30, 6)
        copy = text.keyboard[0][0]
        assert (copy["text"], copy["copy_text"]) == (owner.texts.plain("enrol-copy"), {"text": key})
        assert photo.protected

        typed = owner.say(owner.code())
        await owner.hear_text("enrol-done")
        await owner.menu()
        assert [owner.stands(each) for each in (invited, photo, text, typed)] == [False] * 4
        assert not any(key in message.text for message in world.messages(owner.chat))
        kinds = [entry.kind.value for entry in await shop.entries()]
        assert kinds == ["shop.added", "shop.claimed", "factor.enrolled"]


async def test_a_used_wrong_or_expired_claim_is_refused_alike(bot: BotProcess) -> None:
    async with shop_of(bot) as used, shop_of(bot, claim=False) as expired, shop_of(bot, claim=False) as replaced:
        bot.clock.turn(hours=24, seconds=1)
        answers = [
            await only_answer(stranger(bot), f"/start {code}")
            for code in (used.claim, "no-such-code", expired.claim, replaced.claim[:-1])
        ]
        assert answers == [stranger(bot).text("refused-claim")] * 4
        assert [len(await shop.entries()) for shop in (used, expired)] == [3, 1]


async def test_the_second_of_two_people_with_one_claim_is_refused(bot: BotProcess) -> None:
    async with shop_of(bot, claim=False) as shop:
        first, second = shop.owner, stranger(bot, "zh-hans")
        first.say(f"/start {shop.claim}")
        await first.hear_text("claimed", shop=NAME)
        assert await only_answer(second, f"/start {shop.claim}") == second.text("refused-claim")
        await first.enrol()


async def test_two_who_claim_at_once_do_not_both_get_in(bot: BotProcess) -> None:
    async with shop_of(bot, claim=False) as shop:
        people = [stranger(bot) for _ in range(5)]
        said = [(person, person.say(f"/start {shop.claim}")) for person in people]
        answers = [(await person.hear("", after=message.message_id)).text for person, message in said]
        assert sorted(answers) == sorted([people[0].text("claimed", shop=NAME), *[people[0].text("refused-claim")] * 4])


async def test_an_owner_of_one_shop_claims_another_and_chooses_between_them(bot: BotProcess, shop: Shop) -> None:
    async with shop_of(bot, claim=False, owner=shop.owner) as other:
        await shop.owner.ask(f"/start {other.claim}", shop.owner.text("menu-shops"))
        assert len(buttons_of(shop.owner.window())) == 2


async def test_a_stranger_gets_one_neutral_sentence_and_nothing_else(bot: BotProcess, shop: Shop) -> None:
    nobody = stranger(bot, "zh-hans")
    since = len(bot.telegram.calls)
    for said in ("/start", "/menu", "/audit", "hello", "123456"):
        assert (await nobody.ask(said, "")).text == nobody.text("stranger")
        bot.clock.turn(minutes=1, seconds=1)
    typed = nobody.say("a")
    first = await nobody.hear("", after=typed.message_id)
    bot.clock.turn(minutes=1, seconds=1)
    bot.telegram.world.edit_text(nobody.person, typed, "b")
    last = await nobody.hear("", after=first.message_id)
    bot.clock.turn(minutes=1, seconds=1)
    forged: Press = bot.telegram.world.press_raw(nobody.person, last.message_id, "menu")
    answer = await forged.answered()
    assert (answer.text, answer.show_alert) == (nobody.text("stranger"), True)
    calls = nobody.calls(since=since)
    assert {call.method for call in calls} == {"sendMessage"}
    assert {call.parameters["text"] for call in calls} == {nobody.texts.plain("stranger")}
    assert not any("reply_markup" in call.parameters for call in calls)


async def test_wrong_first_codes_keep_the_key_and_lock(bot: BotProcess) -> None:
    async with shop_of(bot, claim=False) as shop:
        owner = shop.owner
        owner.say(f"/start {shop.claim}")
        await owner.take_key()
        for left in (4, 3, 2, 1):
            owner.say_secret(owner.wrong_code())
            await owner.hear_text("refused-code-wrong", tries=left)
        owner.say_secret(owner.wrong_code())
        await owner.hear(owner.text("refused-code-locked", until="#").partition("#")[0])
        assert owner.stands(owner.said()[1])
        bot.clock.turn(seconds=61)
        owner.say(owner.next_code())
        await owner.hear_text("enrol-done")


async def test_a_key_that_waited_too_long_is_taken_back_and_a_new_one_shown(bot: BotProcess) -> None:
    async with shop_of(bot, claim=False) as shop:
        owner = shop.owner
        owner.say(f"/start {shop.claim}")
        old = await owner.take_key()
        photo, text = owner.said()[1:3]
        bot.clock.turn(minutes=16)
        late = owner.say(owner.code())
        await owner.hear_text("refused-enrolment-over")
        await owner.gone(text)
        assert not owner.stands(photo)
        again = owner.say("/start")
        assert await owner.take_key(after=again.message_id) != old
        assert not owner.stands(late)
        owner.say(owner.code())
        await owner.hear_text("enrol-done")


async def test_a_new_key_takes_the_old_one_back(bot: BotProcess) -> None:
    async with shop_of(bot, claim=False) as shop:
        owner = shop.owner
        owner.say(f"/start {shop.claim}")
        old = await owner.take_key()
        text = owner.said()[2]
        await owner.press("enrol-again")
        await owner.gone(text)
        assert await owner.take_key(after=text.message_id + 1) != old
        assert not any(old in message.text for message in owner.said())
        owner.say(owner.code())
        await owner.hear_text("enrol-done")
