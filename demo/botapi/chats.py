"""Methods about chats and files: getChat, getChatMember, getChatAdministrators, leaveChat, getFile."""

from telegram import (
    AcceptedGiftTypes,
    ChatFullInfo,
    ChatMember,
    ChatMemberAdministrator,
    ChatMemberBanned,
    ChatMemberLeft,
    ChatMemberMember,
    ChatMemberOwner,
)
from telegram.constants import ZERO_DATE

from demo.botapi.errors import bad_request
from demo.botapi.methods import Methods
from demo.botapi.objects import as_json, chat, stored_file, user
from demo.botapi.params import Params
from demo.botapi.reach import check_in_group, read_chat_id
from demo.hub import News
from demo.model import Json, Standing
from demo.state import State

methods = Methods()

NO_GIFTS = AcceptedGiftTypes(False, False, False, False, False)


@methods("getChat", "chat_id")
async def get_chat(state: State, params: Params) -> Json:
    chat_id = read_chat_id(state, params)
    if chat_id in state.groups:
        check_in_group(state, chat_id)
    shown = chat(state, chat_id)
    full = ChatFullInfo(
        chat_id,
        shown.type,
        accent_color_id=abs(chat_id) % 7,
        max_reaction_count=11,
        accepted_gift_types=NO_GIFTS,
        title=shown.title,
        username=shown.username,
        first_name=shown.first_name,
        last_name=shown.last_name,
        is_forum=shown.is_forum,
    )
    return as_json(full)


@methods("getChatMember", "chat_id", "user_id")
async def get_chat_member(state: State, params: Params) -> Json:
    chat_id = read_chat_id(state, params)
    user_id = params.integer("user_id")
    if user_id <= 0:
        raise bad_request("invalid user_id specified")
    if user_id not in state.people and user_id != state.profile.id:
        raise bad_request("PARTICIPANT_ID_INVALID")
    if chat_id not in state.groups:
        if user_id not in {chat_id, state.profile.id}:
            raise bad_request("member not found")
        return as_json(member(state, user_id, Standing.MEMBER))
    check_in_group(state, chat_id)
    return as_json(member(state, user_id, state.groups[chat_id].standings.get(user_id, Standing.LEFT)))


@methods("getChatAdministrators", "chat_id", "return_bots")
async def get_chat_administrators(state: State, params: Params) -> list[Json]:
    """As in Telegram, other bots are left out; there are none here, and the bot itself is in."""
    chat_id = read_chat_id(state, params)
    if chat_id not in state.groups:
        raise bad_request("there are no administrators in the private chat")
    check_in_group(state, chat_id)
    group = state.groups[chat_id]
    return [
        as_json(member(state, user_id, standing))
        for user_id, standing in group.standings.items()
        if group.is_run_by(user_id)
    ]


@methods("leaveChat", "chat_id")
async def leave_chat(state: State, params: Params) -> bool:
    chat_id = read_chat_id(state, params)
    if chat_id not in state.groups:
        raise bad_request("can't leave private chat")
    check_in_group(state, chat_id)
    group = state.groups[chat_id]
    standings = group.standings | {state.profile.id: Standing.LEFT}
    state.keep_group(group.model_copy(update={"standings": standings}))
    state.post(chat_id, state.profile.id, service={"left_chat_member": state.profile.id})
    state.hub.tell(News("members", chat_id))
    return True


@methods("getFile", "file_id")
async def get_file(state: State, params: Params) -> Json:
    file_id = params.text("file_id")
    if not file_id:
        raise bad_request("file_id not specified")
    if file_id not in state.files:
        raise bad_request("invalid file_id")
    return as_json(stored_file(state.files[file_id]))


def member(state: State, user_id: int, standing: Standing) -> ChatMember:
    """How someone stands in a chat; an administrator here has every right but to make others one."""
    who = user(state, user_id)
    if standing is Standing.CREATOR:
        return ChatMemberOwner(who, is_anonymous=False)
    if standing is Standing.ADMINISTRATOR:
        return ChatMemberAdministrator(
            who,
            can_be_edited=False,
            is_anonymous=False,
            can_manage_chat=True,
            can_delete_messages=True,
            can_manage_video_chats=True,
            can_restrict_members=True,
            can_promote_members=False,
            can_change_info=True,
            can_invite_users=True,
            can_post_stories=False,
            can_edit_stories=False,
            can_delete_stories=False,
            can_pin_messages=True,
            can_manage_topics=True,
            api_kwargs={"can_send_welcome_messages": False},
        )
    if standing is Standing.KICKED:
        return ChatMemberBanned(who, until_date=ZERO_DATE)
    return ChatMemberMember(who) if standing is Standing.MEMBER else ChatMemberLeft(who)
