"""The command line."""

import argparse
import asyncio
import os
import sys
from collections.abc import Coroutine, Sequence
from typing import Any

from aiogram.utils.token import TokenValidationError, validate_token
from cryptography.fernet import Fernet
from pydantic import ValidationError

from bot.assembly import Parts, open_parts
from bot.commands import CommandFailed, audit, shop, tending, trying
from bot.lock import AlreadyRunning
from bot.logs import set_up_logs
from bot.polling import TokenRefused
from bot.run import NotMigrated, WorksAlone, run, work
from bot.settings import Settings
from bot.webhook import CannotListen
from changes.enrolment import ResetFactor
from pos.registry import kinds
from storage.engine import DatabaseError
from storage.migrate import is_current, migrate


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the arguments say; the exit code is 0 only where it was done."""
    given = _parser().parse_args(arguments)
    # What the bot writes is for its own user only.
    os.umask(0o077)
    if given.command == "key":
        print(Fernet.generate_key().decode())
        return 0
    try:
        settings = Settings()
    except ValidationError as wrong:
        return _fail("; ".join(f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in wrong.errors()))
    told = (settings.bot_token, settings.webhook_secret)
    set_up_logs(settings.log_level, [*(secret.get_secret_value() for secret in told), *settings.keys])
    try:
        return _do(given, settings)
    except* TokenRefused:
        return_code = _fail("Telegram does not know BOT_TOKEN; copy it again from @BotFather")
    except* (CommandFailed, NotMigrated, WorksAlone, CannotListen) as failed:
        return_code = _fail(str(failed.exceptions[0]))
    except* AlreadyRunning as other:
        return_code = _fail(f"another bot already runs on {other.exceptions[0]}")
    except* (DatabaseError, OSError) as away:
        # The line after the first is SQLAlchemy's own address.
        return_code = _fail(f"the database cannot be used: {str(away.exceptions[0]).partition(chr(10))[0]}")
    return return_code


def _fail(text: str) -> int:
    print(text, file=sys.stderr)
    return 1


def _do(given: argparse.Namespace, settings: Settings) -> int:
    if not settings.keys:
        raise CommandFailed("SECRET_KEYS is empty: make a key with `python -m bot key` and keep it safe")
    try:
        for key in settings.keys:
            Fernet(key)
    except ValueError as wrong:
        raise CommandFailed("SECRET_KEYS: each key is 32 bytes in URL-safe base64 (`python -m bot key`)") from wrong
    if given.command is None:
        try:
            validate_token(settings.bot_token.get_secret_value())
        except TokenValidationError as wrong:
            raise CommandFailed("BOT_TOKEN is not a bot's token; get one from @BotFather") from wrong
        return _in_loop(run(settings)) or 0
    if given.command == "worker":
        return _in_loop(work(settings)) or 0
    return int(_in_loop(_command(given, settings)))


def _in_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """On uvloop where there is one."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


async def _command(given: argparse.Namespace, settings: Settings) -> int:
    async with open_parts(settings) as parts:
        if given.command == "migrate" or parts.database.is_sqlite:
            await migrate(parts.database)
        elif not await is_current(parts.database):
            raise NotMigrated("the database is not migrated: run `python -m bot migrate`")
        return 0 if await _on_database(given, parts) else 1


async def _on_database(given: argparse.Namespace, parts: Parts) -> bool:
    match given.command, given.__dict__.get("act"):
        case "shop", _:
            return await _on_shops(given, parts)
        case "audit", "verify":
            return await audit.verify(parts, given.shop, given.witness)
        case "audit", "export":
            await audit.export(parts, given.shop, given.format)
        case "authenticator", "reset":
            if not await ResetFactor(parts.store, parts.clock)(given.person):
                raise CommandFailed(f"person {given.person} has no authenticator")
            print(f"Taken away; person {given.person} enrols a new one by sending /start to the bot.")
    return True


async def _on_shops(given: argparse.Namespace, parts: Parts) -> bool:
    match given.act:
        case "add":
            zone = given.zone or parts.settings.default_zone
            await shop.add(parts, given.name, given.backend, given.option, zone)
        case "claim":
            await shop.claim(parts, given.shop)
        case "test":
            return await trying.test(parts, given.shop)
        case "edit":
            await tending.edit(parts, given.shop, given.name, given.zone, given.option, secrets=given.secrets)
        case "remove":
            await tending.remove(parts, given.shop, drop_open=given.drop_open)
        case "list":
            await shop.list_all(parts)
    return True


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot", description="Tillkeeper: run the bot (no command), or one of the commands below."
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser("migrate", help="bring the database's tables up to date (SQLite: done at every start)")
    commands.add_parser("worker", help="only apply changes, beside bots on the same PostgreSQL")
    commands.add_parser("key", help="print a new key for SECRET_KEYS")

    _add_shop_commands(commands.add_parser("shop", help="add, list, claim, test, edit and remove shops"))

    log = commands.add_parser("audit", help="check or export the audit log").add_subparsers(dest="act", required=True)
    verify = log.add_parser("verify", help="check the hash chain; names the first entry that does not fit")
    verify.add_argument("--shop", type=int)
    verify.add_argument("--witness", metavar="NUMBER:HASH", help="an entry as it was once posted")
    export = log.add_parser("export", help="print all entries")
    export.add_argument("--shop", type=int)
    export.add_argument("--format", choices=("jsonl", "csv"), default="jsonl")

    factor = commands.add_parser("authenticator", help="a person's second factor").add_subparsers(
        dest="act", required=True
    )
    reset = factor.add_parser("reset", help="take a lost or locked authenticator away")
    reset.add_argument("person", type=int, help="the person's numeric Telegram id, as the audit shows it")
    return parser


def _add_shop_commands(parser: argparse.ArgumentParser) -> None:
    shops = parser.add_subparsers(dest="act", required=True)
    add = shops.add_parser("add", help="add a shop and print its owner's one-time claim")
    add.add_argument("name")
    add.add_argument("--backend", required=True, choices=kinds(), help="the kind of point-of-sale system")
    add.add_argument("--option", action="append", default=[], metavar="KEY=VALUE", help="an option of the backend")
    add.add_argument("--zone", help="the shop's time zone (default: DEFAULT_ZONE)")
    shops.add_parser("list", help="list all shops: id, name, backend, time zone, number of owners")
    claim = shops.add_parser("claim", help="print a new one-time claim for a shop")
    tried = shops.add_parser("test", help="ask a shop's till, and say what is missing or what the account has too much")
    edit = shops.add_parser("edit", help="change a shop's name, time zone or options; its till is tried first")
    remove = shops.add_parser("remove", help="end a shop for its owners; its audit stays")
    for of_one in (claim, tried, edit, remove):
        of_one.add_argument("shop", help="its id or name")
    edit.add_argument("--name", help="the new name")
    edit.add_argument("--zone", help="the new time zone")
    edit.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="an option anew; KEY= takes it away"
    )
    edit.add_argument("--secrets", action="store_true", help="ask for the backend's secrets anew")
    remove.add_argument("--drop-open", action="store_true", help="even while changes wait or are being applied")
