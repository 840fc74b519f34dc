"""aiogram's own Bot reads every object this Telegram sends, built by another implementation of the same model."""

import pytest
from aiogram import Bot
from aiogram.enums import ChatMemberStatus
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CopyTextButton,
    DisabledButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)

from demo.model import Person, Standing
from demo.server import Telegram

ROW = [
    InlineKeyboardButton(text="Go", callback_data="go", style="danger"),
    InlineKeyboardButton(text="Copy", copy_text=CopyTextButton(text="123 456")),
    InlineKeyboardButton(text="See", url="https://example.org"),
    InlineKeyboardButton(text="Off", disabled=DisabledButton()),
]
KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[ROW])


async def test_a_message_with_everything(bot: Bot, telegram: Telegram, owner: Person) -> None:
    first = telegram.world.messages(owner.id)[0]
    sent = await bot.send_message(
        owner.id,
        "<b>林</b> &amp; 😀 <code>x</code>",
        parse_mode="HTML",
        reply_markup=KEYBOARD,
        protect_content=True,
        reply_parameters=ReplyParameters(message_id=first.message_id),
        link_preview_options=LinkPreviewOptions(is_disabled=True),
    )
    assert (sent.text, sent.html_text) == ("林 & 😀 x", "<b>林</b> &amp; 😀 <code>x</code>")
    assert sent.reply_markup is not None
    assert sent.reply_markup.model_dump() == KEYBOARD.model_dump()
    assert sent.has_protected_content
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "/start"
    assert sent.link_preview_options is not None
    assert sent.link_preview_options.is_disabled
    assert (sent.chat.type, sent.chat.id) == ("private", owner.id)
    assert sent.from_user is not None
    assert sent.from_user.is_bot
    assert telegram.unknown_parameters == []


async def test_a_photo_uploaded_sent_again_changed_and_fetched(
    bot: Bot, telegram: Telegram, owner: Person, picture: bytes
) -> None:
    sent = await bot.send_photo(
        owner.id, BufferedInputFile(picture, "qr.png"), caption="<i>scan</i>", parse_mode="HTML"
    )
    assert sent.photo is not None
    assert (sent.photo[-1].width, sent.photo[-1].height, sent.caption) == (200, 100, "scan")
    again = await bot.send_photo(owner.id, sent.photo[-1].file_id)
    assert again.photo is not None
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    captioned = await bot.edit_message_caption(chat_id=owner.id, message_id=sent.message_id, caption="done")
    assert isinstance(captioned, Message)
    assert captioned.caption == "done"
    media = InputMediaPhoto(media=BufferedInputFile(picture, "new.png"), caption="new")
    changed = await bot.edit_message_media(media, chat_id=owner.id, message_id=sent.message_id)
    assert isinstance(changed, Message)
    assert changed.photo is not None
    assert changed.photo[-1].file_unique_id != sent.photo[-1].file_unique_id
    file = await bot.get_file(sent.photo[-1].file_id)
    assert file.file_path is not None
    content = await bot.download_file(file.file_path)
    assert content is not None
    assert content.read()[:3] == b"\xff\xd8\xff", "Telegram keeps photos as JPEG"
    assert telegram.unknown_parameters == []


async def test_a_document(bot: Bot, owner: Person) -> None:
    sent = await bot.send_document(owner.id, BufferedInputFile(b"a,b\n", "audit.csv"), caption="audit")
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size, sent.caption) == ("audit.csv", 4, "audit")


async def test_updates_of_every_kind(bot: Bot, telegram: Telegram, owner: Person, picture: bytes) -> None:
    world = telegram.world
    said = world.send_text(owner, "helo")
    world.edit_text(owner, said, "hello")
    world.send_photo(owner, picture, "a caption")
    shown = await bot.send_message(owner.id, "press", reply_markup=KEYBOARD)
    world.press_raw(owner, shown.message_id, "forged")
    world.press_raw(owner, 999, "old")
    group = world.add_group("Support", owner, [])
    world.send_text(owner, "in the group", group.id)
    world.block(owner)
    updates = await bot.get_updates()
    assert [update.event_type for update in updates] == [
        *("message", "message", "edited_message", "message", "callback_query", "callback_query"),
        *("message", "my_chat_member", "message", "my_chat_member"),
    ]
    _, plain, edited, photo, forged, old, joined, added, grouped, blocked = updates
    assert plain.message is not None
    assert plain.message.text == "helo"
    assert edited.edited_message is not None
    assert (edited.edited_message.text, edited.edited_message.message_id) == ("hello", said.message_id)
    assert edited.edited_message.edit_date
    assert photo.message is not None
    assert photo.message.photo
    assert forged.callback_query is not None
    assert isinstance(forged.callback_query.message, Message)
    assert forged.callback_query.data == "forged"
    assert forged.callback_query.message.reply_markup is not None
    assert forged.callback_query.message.reply_markup.model_dump() == KEYBOARD.model_dump()
    assert forged.callback_query.from_user.language_code == "en"
    assert old.callback_query is not None
    assert old.callback_query.message is not None
    assert old.callback_query.message.date == 0
    assert joined.message is not None
    assert joined.message.new_chat_members
    assert added.my_chat_member is not None
    assert added.my_chat_member.new_chat_member.status == ChatMemberStatus.ADMINISTRATOR
    assert grouped.message is not None
    assert (grouped.message.chat.type, grouped.message.chat.title) == ("supergroup", "Support")
    assert blocked.my_chat_member is not None
    assert blocked.my_chat_member.new_chat_member.status == ChatMemberStatus.KICKED


async def test_without_being_an_administrator_the_bot_hears_only_what_is_meant_for_it(
    bot: Bot, telegram: Telegram, owner: Person
) -> None:
    world = telegram.world
    group = world.add_group("Support", owner, [], Standing.MEMBER)
    hello = await bot.send_message(group.id, "hello")
    await bot.get_updates(offset=-1)
    await bot.get_updates(offset=world.updates.next_id)
    for text in ("among us", "/help", f"/help@{world.profile.username}", "/help@other_bot"):
        world.send_text(owner, text, group.id)
    world.send_text(owner, "an answer", group.id, reply_to=hello.message_id)
    heard = [update.message.text for update in await bot.get_updates() if update.message]
    assert heard == ["/help", f"/help@{world.profile.username}", "an answer"]


async def test_chats_and_their_members(bot: Bot, telegram: Telegram, owner: Person) -> None:
    group = telegram.world.add_group("Support", owner, [])
    assert (await bot.get_chat(group.id)).title == "Support"
    assert (await bot.get_chat(owner.id)).first_name == "Boss"
    assert (await bot.get_chat_member(group.id, owner.id)).status == ChatMemberStatus.CREATOR
    assert [member.user.id for member in await bot.get_chat_administrators(group.id)] == [owner.id, bot.id]
    stranger = telegram.world.add_person("Jo Doe")
    assert (await bot.get_chat_member(group.id, stranger.id)).status == ChatMemberStatus.LEFT
    assert await bot.leave_chat(group.id)
    assert not telegram.world.groups[group.id].has(bot.id)


async def test_topics_of_a_forum_are_kept(bot: Bot, telegram: Telegram, owner: Person) -> None:
    forum = telegram.world.add_group("Support", owner, [], topics={7: "Lin's Tea House"})
    sent = await bot.send_message(forum.id, "case", message_thread_id=7)
    assert (sent.message_thread_id, sent.is_topic_message) == (7, True)


async def test_what_the_bot_tells_of_itself_by_language_and_scope(bot: Bot, telegram: Telegram, owner: Person) -> None:
    scope = BotCommandScopeAllPrivateChats()
    assert await bot.set_my_commands([BotCommand(command="help", description="Help")], scope)
    assert await bot.set_my_commands([BotCommand(command="help", description="帮助")], scope, "zh")
    assert await bot.set_my_name("Tillkeeper 掌柜", "zh")
    assert await bot.set_my_description("Who may use the till.")
    assert await bot.set_my_short_description("Users of the till.")
    assert (await bot.get_my_commands(scope, "zh"))[0].description == "帮助"
    assert await bot.get_my_commands() == []
    assert ((await bot.get_my_name("zh")).name, (await bot.get_my_name()).name) == ("Tillkeeper 掌柜", "Tillkeeper")
    assert (await bot.get_my_description("zh")).description == "Who may use the till."
    assert (await bot.get_my_short_description()).short_description == "Users of the till."
    menu = telegram.world.profile.menu
    assert menu(owner.id, owner.id, "zh-hans") == [{"command": "help", "description": "帮助"}]
    assert await bot.delete_my_commands(scope, "zh")
    assert menu(owner.id, owner.id, "zh-hans") == [{"command": "help", "description": "Help"}]
    assert menu(owner.id, -100, "en") == []


@pytest.mark.parametrize("action", ["typing", "upload_photo"])
async def test_chat_actions(bot: Bot, owner: Person, action: str) -> None:
    assert await bot.send_chat_action(owner.id, action)
