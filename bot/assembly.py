"""Putting the parts together: the one place that knows them all."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiogram import Bot, Dispatcher
from aiogram.client.default import DefaultBotProperties
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.enums import ParseMode
from aiogram_dialog import setup_dialogs
from aiogram_dialog.api.protocols import MessageManagerProtocol

from bot.beside import Snapshots
from bot.conversations import Conversations, draw_distinct_ids
from bot.middlewares import Failures, Gate
from bot.session import KeepingSession
from bot.settings import Settings
from bot.strangers import Strangers
from bot.tills import OpenTills
from bot.wake import Wake
from changes.adding import FindPlace, ProposeAdd
from changes.amending import ConfirmAmendment, ListWaiting, ProposeAmendment, SeeAmendment, SeeWaiting
from changes.applying import Applying
from changes.backing_up import MakeBackup, ProposeRestore
from changes.browsing import ListTerminals, ListUsers, ReadAudit, SeeTill, SeeUser
from changes.casework import AnswerCase, TickStep
from changes.claiming import Claim
from changes.clock import Clock, SystemClock
from changes.confirming import Confirm
from changes.enrolment import BeginEnrolment, ConfirmEnrolment
from changes.giving_up import GiveUp
from changes.handing_over import ProposeHandOver
from changes.identity import ChooseLanguage, Identify
from changes.many import FindTargets, ProposeMany, SeeTogether
from changes.proposals import Discard, SeeProposal
from changes.proposing import Propose
from changes.removing import RemoveLater
from changes.settings import ChooseLateLimit
from changes.snapshots import TakeSnapshot
from changes.undoing import ProposeUndo
from changes.watching import DriftedUser, Watch
from handlers.context import UseCases
from handlers.routers import all_routers
from locales import Locales
from storage.conversations import SqlConversations
from storage.engine import Database
from storage.redis_conversations import RedisConversations
from storage.store import SqlStore
from storage.vault import Vault


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything that stands on the database; no Telegram."""

    settings: Settings
    clock: Clock
    database: Database
    store: SqlStore
    conversations: SqlConversations | RedisConversations
    tills: OpenTills
    wake: Wake
    locales: Locales
    use: UseCases
    applying: Applying
    watch: Watch
    strangers: Strangers


@asynccontextmanager
async def open_parts(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Parts]:
    """The parts, closed when left. Raises `ValueError` where the settings do not hold together."""
    clock = clock or SystemClock()
    database = Database(settings.database_url)
    conversations = RedisConversations(settings.redis_url) if settings.redis_url else SqlConversations(database)
    try:
        store = SqlStore(database, Vault(settings.keys))
        tills = OpenTills(store)
        wake = Wake()
        use = _use_cases(store, tills, clock, wake)
        snapshots = Snapshots(TakeSnapshot(store, tills))
        beside = snapshots if settings.snapshot_days else None
        applying = Applying(store, tills, clock, wake, owner=secrets.token_hex(8), snapshots=beside)
        try:
            yield Parts(
                settings,
                clock,
                database,
                store,
                conversations,
                tills,
                wake,
                Locales(settings.default_locale),
                use,
                applying,
                Watch(store, tills, clock, wake),
                Strangers(clock),
            )
        finally:
            await snapshots.close()
            await tills.close()
    finally:
        await conversations.close()
        await database.close()


def _use_cases(store: SqlStore, tills: OpenTills, clock: Clock, wake: Wake) -> UseCases:
    propose = Propose(store, tills, clock)
    return UseCases(
        identify=Identify(store),
        choose_language=ChooseLanguage(store),
        claim=Claim(store, clock),
        begin_enrolment=BeginEnrolment(store, clock),
        confirm_enrolment=ConfirmEnrolment(store, clock),
        list_terminals=ListTerminals(store, tills),
        list_users=ListUsers(store, tills),
        see_user=SeeUser(store, tills),
        see_till=SeeTill(store, tills),
        propose=propose,
        propose_undo=ProposeUndo(store, tills, propose),
        see_proposal=SeeProposal(store, clock),
        discard=Discard(store, clock),
        confirm=Confirm(store, clock, wake),
        read_audit=ReadAudit(store),
        remove_later=RemoveLater(store, clock, wake),
        list_waiting=ListWaiting(store),
        see_waiting=SeeWaiting(store),
        propose_amendment=ProposeAmendment(store, clock),
        see_amendment=SeeAmendment(store, clock),
        confirm_amendment=ConfirmAmendment(store, clock, wake),
        give_up=GiveUp(store, clock, wake),
        find_targets=FindTargets(store, tills),
        propose_many=ProposeMany(store, tills, clock),
        see_together=SeeTogether(store, clock),
        find_place=FindPlace(store, tills),
        propose_add=ProposeAdd(store, tills, clock),
        propose_hand_over=ProposeHandOver(store, tills, clock),
        choose_late_limit=ChooseLateLimit(store, clock),
        drifted_user=DriftedUser(store),
        make_backup=MakeBackup(store, tills, clock, wake),
        propose_restore=ProposeRestore(store, tills, clock),
        tick_step=TickStep(store, clock, wake),
        answer_case=AnswerCase(store, clock, wake),
    )


def open_bot(settings: Settings) -> Bot:
    """The bot; its session is closed by whoever opened it. Raises `TokenValidationError`."""
    api = TelegramAPIServer.from_base(settings.bot_api_base) if settings.bot_api_base else PRODUCTION
    properties = DefaultBotProperties(parse_mode=ParseMode.HTML, link_preview_is_disabled=True)
    return Bot(settings.bot_token.get_secret_value(), session=KeepingSession(api=api), default=properties)


def make_dispatcher(parts: Parts, message_manager: MessageManagerProtocol | None = None) -> Dispatcher:
    """`message_manager` is how windows reach Telegram; None takes the library's own."""
    draw_distinct_ids()
    # aiogram would read the conversation before our middlewares, where a failure is told to nobody.
    dispatcher = Dispatcher(storage=parts.conversations, disable_fsm=True)
    dispatcher["use"] = parts.use
    dispatcher["clock"] = parts.clock
    dispatcher["locales"] = parts.locales
    dispatcher.update.outer_middleware(Failures(parts.locales))
    dispatcher.update.outer_middleware(Gate(parts.use, parts.locales, parts.strangers))
    dispatcher.update.outer_middleware(Conversations(parts.conversations))
    dispatcher.include_routers(*all_routers())
    setup_dialogs(dispatcher, message_manager=message_manager)
    return dispatcher
