"""Which language a person reads: by hand, before Telegram's tag, before the default."""

from pathlib import Path

import pytest

from handlers.states import ChangeSG, MenuSG
from locales import LANGUAGES
from tests.handlers.bench import bench_in
from tests.handlers.person import Person

TAGS = {"en": "en", "en-GB": "en", "zh-hans": "zh-Hans", "zh-TW": "zh-Hans", "ZH": "zh-Hans", "zh": "zh-Hans"}


@pytest.mark.parametrize("default", LANGUAGES)
@pytest.mark.parametrize("tag", [*TAGS, "fr", "enm", "", None])
async def test_by_telegrams_tag_or_else_the_default(tmp_path: Path, tag: str | None, default: str) -> None:
    async with bench_in(tmp_path, default) as bench:
        person = bench.person(5, tag, TAGS.get(tag or "", default))
        await person.send("hello")
        assert person.told() == [person.texts.plain("stranger")]


async def test_by_hand_and_kept(owner: Person) -> None:
    await owner.send("/language")
    await owner.press_text("简体中文")
    owner.locale = "zh-Hans"
    assert owner.told() == [owner.texts.plain("language-chosen")]
    assert owner.texts.plain("menu-change") in owner.buttons()
    owner.known_as("Lin", "en-GB")
    await owner.send("/change")
    assert owner.state() == ChangeSG.terminal.state
    assert owner.texts.plain("cancel") in owner.buttons()
    await owner.send("/language")
    await owner.press_text("English")
    owner.locale = "en"
    owner.known_as("Lin", "zh-hans")
    await owner.send("/menu")
    assert owner.state() == MenuSG.home.state
    assert owner.texts.plain("menu-change") in owner.buttons()


async def test_who_chose_nothing_follows_telegram(owner: Person) -> None:
    owner.known_as("Lin", "zh-hans")
    owner.locale = "zh-Hans"
    await owner.send("/menu")
    assert owner.texts.plain("menu-change") in owner.buttons()
