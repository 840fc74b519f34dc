"""What the rules need of the world. `storage/` keeps, `bot/` opens tills; the rules know neither."""

from collections.abc import AsyncIterator, Collection
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from changes.amendment import Amendment
from changes.audit import Entry, Head, Record
from changes.authority import MemberRole
from changes.backend import Backend
from changes.case import Case
from changes.codes import Factor
from changes.life import State
from changes.request import ChangeRequest
from changes.sightings import Sightings
from changes.snapshot import Snapshots


@dataclass(frozen=True, slots=True)
class Shop:
    id: int
    name: str
    #: IANA name; every time the owner reads is in it.
    zone: str
    backend: str
    #: Minutes; a waiting change that is later than this is asked about. None: it is done however late.
    late_limit: int | None = 60
    #: Since when nobody has it any more; only its audit is left.
    removed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone of a shop. `locale` was chosen by hand; `language_code` is what Telegram last said."""

    id: int
    name: str
    locale: str | None
    language_code: str | None


@dataclass(frozen=True, slots=True)
class Identity:
    """What is known of a person at one press. `person` is None for a stranger."""

    person: Person | None
    shops: tuple[Shop, ...] = ()
    #: Whether they have a confirmed authenticator.
    enrolled: bool = False


class NoticeKind(StrEnum):
    """A message that must arrive."""

    #: The one message that shows how a change goes, edited as it goes.
    PROGRESS = "progress"
    #: An audit entry as a message of its own.
    ENTRY = "entry"
    #: A PIN made by the bot, shown once.
    SECRET = "secret"  # noqa: S105 a kind, not a secret
    #: Delete a message that held something secret.
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Notice:
    """What to send, to be written with the change it tells of. Exactly the ids of its kind are set."""

    kind: NoticeKind
    chat_id: int
    shop_id: int | None = None
    person_id: int | None = None
    request_id: str | None = None
    entry_number: int | None = None
    message_id: int | None = None
    due_at: datetime | None = None
    #: A security alert: it goes before everything that waits.
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class QueuedNotice:
    """A notice in the outgoing queue."""

    id: int
    notice: Notice
    #: Tries that were begun.
    attempts: int
    created_at: datetime


class People(Protocol):
    async def identify(self, person_id: int) -> Identity: ...
    async def get(self, person_id: int) -> Person | None: ...
    async def save(self, person: Person) -> None: ...
    async def role(self, person_id: int, shop_id: int) -> MemberRole | None: ...
    async def of_role(self, shop_id: int, role: MemberRole) -> tuple[int, ...]:
        """The ids of everyone of that role, in order."""
        ...

    async def join(self, person_id: int, shop_id: int, role: MemberRole) -> None: ...
    async def leave(self, shop_id: int) -> None:
        """Nobody is anything to the shop any more."""
        ...

    async def shops(self, person_id: int) -> tuple[Shop, ...]: ...


class Shops(Protocol):
    async def add(self, name: str, zone: str, backend: str, options: dict[str, str]) -> Shop: ...
    async def get(self, shop_id: int) -> Shop | None:
        """Also one that was removed."""
        ...

    async def all(self, *, removed: bool = False) -> tuple[Shop, ...]:
        """Those that stand, in the order of their ids; `removed`: also those that do not."""
        ...

    async def options(self, shop_id: int) -> dict[str, str]: ...
    async def edit(self, shop: Shop, options: dict[str, str]) -> None:
        """Keep the shop's name and zone, and these options in place of all it had."""
        ...

    async def remove(self, shop_id: int, now: datetime) -> None:
        """It stands no more: its options, its open claims and what was seen of its till go; its audit stays."""
        ...

    async def set_late_limit(self, shop_id: int, minutes: int | None) -> None: ...


class Claims(Protocol):
    async def add(self, shop_id: int, digest: str, expires_at: datetime) -> None:
        """Keep a claim by its digest; earlier unused claims of the shop end."""
        ...

    async def spend(self, digest: str, person_id: int, now: datetime) -> int | None:
        """The claim's shop if the claim was still good, in one compare-and-set; None otherwise."""
        ...


class Factors(Protocol):
    async def get(self, person_id: int) -> Factor | None:
        """The factor; no other transaction changes it before this one ends."""
        ...

    async def show(self, factor: Factor) -> bool:
        """Keep a new, unconfirmed factor; False (and nothing kept) where a confirmed one stands."""
        ...

    async def spend(self, person_id: int, timecode: int) -> bool:
        """Spend a step and end the count of failures; False where this or a later step was spent already."""
        ...

    async def confirm(self, person_id: int, timecode: int) -> bool:
        """Spend the first step and confirm the factor; False where it was confirmed already."""
        ...

    async def remove(self, person_id: int) -> bool: ...
    async def fail(self, person_id: int, failures: int, locked_until: datetime | None) -> None: ...


class Requests(Protocol):
    async def add(self, request: ChangeRequest) -> None: ...
    async def get(self, request_id: str, *, lock: bool = False) -> ChangeRequest | None:
        """`lock`: no other transaction changes it before this one ends."""
        ...

    async def end_proposals(self, person_id: int, state: State, now: datetime) -> int:
        """End every open proposal of a person as `state`; their secrets go. How many there were."""
        ...

    async def under_way(self, person_id: int) -> bool:
        """Whether a change that the person confirmed is not finished."""
        ...

    async def expire(self, now: datetime) -> None:
        """End every proposal past its expiry; its secret goes."""
        ...

    async def busy(self, shop_id: int, terminal_id: str, user_id: str) -> bool:
        """Whether a confirmed change of this user is not finished; no other write asks it before this one ends."""
        ...

    async def move(self, request: ChangeRequest, source: State, lease_owner: str | None) -> bool:
        """Write a request that was in `source` and leased by `lease_owner`; False where it no longer is."""
        ...

    async def lease(
        self, owner: str, now: datetime, until: datetime, besides: Collection[str] = ()
    ) -> ChangeRequest | None:
        """Take the next due open request, `besides` these, whose terminal user no older open one holds; or None."""
        ...

    async def hold(self, request_id: str, owner: str, until: datetime) -> bool:
        """Prolong a lease; False where it is no longer `owner`'s."""
        ...

    async def next_due(self) -> datetime | None:
        """When the next open request is due, or its lease ends."""
        ...

    async def release_all(self, now: datetime) -> None:
        """End every lease and make every open request due: whoever held them is gone, the clock may be another."""
        ...

    async def bring_back(self, latest: datetime) -> None:
        """Let no lease last longer, and nothing that was begun or waits its turn be looked at later, than `latest`."""
        ...

    async def waiting(self, shop_id: int) -> tuple[ChangeRequest, ...]:
        """The shop's scheduled changes, the earliest first."""
        ...

    async def waiting_ends(self, request: ChangeRequest) -> tuple[ChangeRequest, ...]:
        """The scheduled ends of temporary changes of this request's terminal user."""
        ...

    async def unfinished(self, shop_id: int) -> tuple[ChangeRequest, ...]:
        """The shop's changes that a code was spent on and that have not ended; no other transaction moves them."""
        ...

    async def reaching(self, shop_id: int, since: datetime) -> tuple[ChangeRequest, ...]:
        """The shop's changes that may have reached its till since then: those under way, and those that ended since."""
        ...

    async def of_batch(self, batch: str) -> tuple[ChangeRequest, ...]:
        """The changes that one code confirms together, in the order of their terminals' and users' ids."""
        ...

    async def move_waiting(self, request: ChangeRequest) -> bool:
        """Write a request that was scheduled, whoever has it leased; False where it no longer is."""
        ...

    async def give_up(self, request_id: str, now: datetime) -> bool:
        """Note that nobody waits for an open request any longer, and make it due; False where it has ended."""
        ...

    async def make_due(self, request_id: str, now: datetime) -> None:
        """An open request is looked at at once."""
        ...

    async def forget_secret(self, request_id: str) -> None: ...
    async def set_progress_message(self, request_id: str, message_id: int) -> None: ...


class Amendments(Protocol):
    async def add(self, amendment: Amendment) -> None: ...
    async def get(self, amendment_id: str) -> Amendment | None:
        """None also where it has ended."""
        ...

    async def end(self, amendment_id: str, now: datetime) -> bool:
        """End one; False where it had ended."""
        ...

    async def end_all(self, person_id: int, now: datetime) -> int:
        """End whatever a person has asked and not confirmed; how many there were."""
        ...


class Cases(Protocol):
    """Whoever writes a case has its request locked."""

    async def add(self, case: Case) -> None: ...
    async def get(self, request_id: str) -> Case | None: ...
    async def write(self, case: Case) -> None:
        """What is ticked, and what was said."""
        ...


class Audit(Protocol):
    async def append(self, shop_id: int, record: Record, at: datetime) -> Entry: ...
    async def head(self, shop_id: int) -> Head: ...
    async def get(self, shop_id: int, number: int) -> Entry | None: ...
    async def latest(self, shop_id: int, offset: int, limit: int) -> tuple[Entry, ...]: ...
    async def count(self, shop_id: int) -> int: ...
    def walk(self, shop_id: int) -> AsyncIterator[Entry]: ...


class Outbox(Protocol):
    async def put(self, notice: Notice, now: datetime) -> None: ...
    async def due(self, now: datetime, limit: int, besides: Collection[int] = ()) -> tuple[QueuedNotice, ...]:
        """Notices that could be sent now, urgent ones first, then in order.

        Of one chat only the first that waits, of the chats `besides` none; and every deletion.
        """
        ...

    async def claim(
        self, now: datetime, until: datetime, limit: int, besides: Collection[int] = ()
    ) -> tuple[QueuedNotice, ...]:
        """Take what is due: each counts one more try, has no error yet, and nobody else gets it before `until`."""
        ...

    async def release_all(self, now: datetime) -> None:
        """Make due what was tried before or put by a clock that was ahead: whoever had it is gone."""
        ...

    async def bring_back(self, now: datetime, *, put_after: datetime, due_after: datetime) -> None:
        """Make due what was put or is due later than that."""
        ...

    async def next_due(self, besides: Collection[int] = ()) -> datetime | None:
        """When the next notice can be sent, of those that wait for no other and are not for the chats `besides`."""
        ...

    async def sent(self, notice_id: int, now: datetime) -> None: ...
    async def failed(self, notice_id: int, error: str, now: datetime) -> None:
        """End a notice that cannot be delivered."""
        ...

    async def set_message(self, notice_id: int, message_id: int) -> None:
        """Remember the message that a notice was begun with."""
        ...

    async def postpone(self, notice_id: int, due_at: datetime, error: str) -> None: ...
    async def forget_ended(self, before: datetime) -> None:
        """Remove the rows of notices that ended earlier."""
        ...


class Transaction(Protocol):
    """Everything that is kept, seen and changed as one."""

    @property
    def people(self) -> People: ...
    @property
    def shops(self) -> Shops: ...
    @property
    def claims(self) -> Claims: ...
    @property
    def factors(self) -> Factors: ...
    @property
    def requests(self) -> Requests: ...
    @property
    def amendments(self) -> Amendments: ...
    @property
    def snapshots(self) -> Snapshots: ...
    @property
    def sightings(self) -> Sightings: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def outbox(self) -> Outbox: ...


class Store(Protocol):
    def read(self) -> AbstractAsyncContextManager[Transaction]: ...

    def write(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction that commits durably when it is left, and keeps nothing when an exception leaves it."""
        ...


class Tills(Protocol):
    async def of(self, shop_id: int) -> Backend:
        """The shop's backend, opened once. Raises `changes.backend.BackendError`."""
        ...


class Waker(Protocol):
    def wake(self) -> None:
        """Tell the worker and the outgoing queue that there is something to do."""
        ...
