"""What every handler is given: who presses, in which language they read, and what can be done."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiogram_dialog import DialogManager

from changes.adding import FindPlace, ProposeAdd
from changes.amending import ConfirmAmendment, ListWaiting, ProposeAmendment, SeeAmendment, SeeWaiting
from changes.authority import Actor
from changes.backing_up import MakeBackup, ProposeRestore
from changes.browsing import ListTerminals, ListUsers, ReadAudit, SeeTill, SeeUser
from changes.casework import AnswerCase, TickStep
from changes.claiming import Claim
from changes.clock import Clock
from changes.confirming import Confirm
from changes.enrolment import BeginEnrolment, ConfirmEnrolment
from changes.errors import NotAllowed
from changes.giving_up import GiveUp
from changes.handing_over import ProposeHandOver
from changes.identity import ChooseLanguage, Identify
from changes.many import FindTargets, ProposeMany, SeeTogether
from changes.ports import Shop
from changes.proposals import Discard, SeeProposal
from changes.proposing import Propose
from changes.removing import RemoveLater
from changes.settings import ChooseLateLimit
from changes.undoing import ProposeUndo
from changes.watching import DriftedUser
from locales import Texts


@dataclass(frozen=True, slots=True)
class UseCases:
    """Everything that can be done, put together in `bot.assembly`."""

    identify: Identify
    choose_language: ChooseLanguage
    claim: Claim
    begin_enrolment: BeginEnrolment
    confirm_enrolment: ConfirmEnrolment
    list_terminals: ListTerminals
    list_users: ListUsers
    see_user: SeeUser
    see_till: SeeTill
    propose: Propose
    propose_undo: ProposeUndo
    see_proposal: SeeProposal
    discard: Discard
    confirm: Confirm
    read_audit: ReadAudit
    remove_later: RemoveLater
    list_waiting: ListWaiting
    see_waiting: SeeWaiting
    propose_amendment: ProposeAmendment
    see_amendment: SeeAmendment
    confirm_amendment: ConfirmAmendment
    give_up: GiveUp
    find_targets: FindTargets
    propose_many: ProposeMany
    see_together: SeeTogether
    find_place: FindPlace
    propose_add: ProposeAdd
    propose_hand_over: ProposeHandOver
    choose_late_limit: ChooseLateLimit
    drifted_user: DriftedUser
    make_backup: MakeBackup
    propose_restore: ProposeRestore
    tick_step: TickStep
    answer_case: AnswerCase


@dataclass(frozen=True, slots=True)
class Who:
    """The person of one update, looked up anew each time."""

    actor: Actor
    texts: Texts
    language_code: str | None
    shops: tuple[Shop, ...]
    enrolled: bool

    def shop(self, shop_id: int) -> Shop:
        """One of the person's shops. Raises `NotAllowed` for any other."""
        for shop in self.shops:
            if shop.id == shop_id:
                return shop
        raise NotAllowed


@dataclass(frozen=True, slots=True)
class Context:
    """`Who`, `UseCases` and the conversation's own memory, as a dialog's parts need them."""

    manager: DialogManager

    @property
    def who(self) -> Who:
        who: Who = self.manager.middleware_data["who"]
        return who

    @property
    def texts(self) -> Texts:
        return self.who.texts

    @property
    def use(self) -> UseCases:
        use: UseCases = self.manager.middleware_data["use"]
        return use

    @property
    def now(self) -> datetime:
        clock: Clock = self.manager.middleware_data["clock"]
        return clock.now()

    @property
    def data(self) -> dict[str, Any]:
        """What this conversation remembers, as JSON. Never a code, a PIN or a key."""
        data: dict[str, Any] = self.manager.dialog_data
        return data

    @property
    def shop(self) -> Shop:
        """The shop that the conversation was started for."""
        start = self.manager.start_data
        return self.who.shop(int(start["shop_id"]) if isinstance(start, dict) else 0)

    @property
    def zone(self) -> str:
        """The zone that moments are shown in."""
        start = self.manager.start_data
        if isinstance(start, dict) and "shop_id" in start:
            return self.shop.zone
        return self.who.shops[0].zone if self.who.shops else "UTC"
