"""Methods by which the bot tells of itself: its commands, its name and its descriptions."""

import re

from demo.botapi.errors import bad_request
from demo.botapi.methods import Methods
from demo.botapi.params import Params, required_integer, required_text
from demo.botapi.reach import check_in_group
from demo.model import Json
from demo.profile import DEFAULT, About, Commands, Scope
from demo.state import State

methods = Methods()

COMMANDS_MOST = 100
DESCRIPTION_LONGEST = 256
COMMAND = re.compile(r"[a-z0-9_]{1,32}")
WIDE_SCOPES = frozenset({"default", "all_private_chats", "all_group_chats", "all_chat_administrators"})


@methods("setMyCommands", "commands", "scope", "language_code")
async def set_my_commands(state: State, params: Params) -> bool:
    given = params.json_list("commands", "BotCommand") or []
    if len(given) > COMMANDS_MOST:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = [_command(some) for some in given]
    scope = _scope(state, params)
    state.profile.set_commands(scope, _language(params), commands)
    return True


@methods("getMyCommands", "scope", "language_code")
async def get_my_commands(state: State, params: Params) -> Commands:
    return state.profile.commands(_scope(state, params), _language(params))


@methods("deleteMyCommands", "scope", "language_code")
async def delete_my_commands(state: State, params: Params) -> bool:
    state.profile.set_commands(_scope(state, params), _language(params), [])
    return True


@methods("setMyName", "name", "language_code")
async def set_my_name(state: State, params: Params) -> bool:
    return _set(state, params, About.NAME)


@methods("getMyName", "language_code")
async def get_my_name(state: State, params: Params) -> Json:
    return _get(state, params, About.NAME)


@methods("setMyDescription", "description", "language_code")
async def set_my_description(state: State, params: Params) -> bool:
    return _set(state, params, About.DESCRIPTION)


@methods("getMyDescription", "language_code")
async def get_my_description(state: State, params: Params) -> Json:
    return _get(state, params, About.DESCRIPTION)


@methods("setMyShortDescription", "short_description", "language_code")
async def set_my_short_description(state: State, params: Params) -> bool:
    return _set(state, params, About.SHORT_DESCRIPTION)


@methods("getMyShortDescription", "language_code")
async def get_my_short_description(state: State, params: Params) -> Json:
    return _get(state, params, About.SHORT_DESCRIPTION)


def _set(state: State, params: Params, kind: About) -> bool:
    text = params.text(kind.value).strip()
    if len(text) > kind.longest:
        raise bad_request(f"BOT_{'TITLE' if kind is About.NAME else kind.name}_TOO_LONG")
    state.profile.set_text(kind, _language(params), text)
    return True


def _get(state: State, params: Params, kind: About) -> Json:
    return {kind.value: state.profile.text(kind, _language(params))}


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _command(given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    command = required_text(given, "command", "BotCommand").strip().removeprefix("/")
    description = required_text(given, "description", "BotCommand").strip()
    if not description:
        raise bad_request("command description must be non-empty")
    if len(description) > DESCRIPTION_LONGEST:
        raise bad_request(f"command description length must not exceed {DESCRIPTION_LONGEST}")
    if not COMMAND.fullmatch(command):
        raise bad_request("BOT_COMMAND_INVALID")
    return {"command": command, "description": description}


def _scope(state: State, params: Params) -> Scope:
    given = params.json_object("scope", "BotCommandScope")
    if not given:
        return DEFAULT
    kind = required_text(given, "type", "BotCommandScope")
    if kind in WIDE_SCOPES:
        return (kind, 0, 0)
    if kind not in {"chat", "chat_administrators", "chat_member"}:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    chat_id = required_integer(given, "chat_id", "BotCommandScope")
    if chat_id not in state.people and chat_id not in state.groups:
        raise bad_request("chat not found")
    if chat_id in state.groups:
        check_in_group(state, chat_id)
    return (kind, chat_id, required_integer(given, "user_id", "BotCommandScope") if kind == "chat_member" else 0)
