"""Adding a user: whatever stands against it is said before a code is asked for."""

from dataclasses import dataclass, field

from changes.authority import Action, Actor
from changes.backend import Backend, BackendRefused, Capabilities, ChangeKind, NumberRules, Refusal
from changes.browsing import asking_till, terminal_of
from changes.cautions import guided
from changes.clock import Clock
from changes.errors import NotOffered, NumberForm, NumberNotDigits, NumberReserved, NumberTaken
from changes.listing import is_namesake, user_of_number
from changes.names import is_unseen, new_name
from changes.ports import Store, Tills
from changes.proposals import Caution, Proposing, not_busy
from changes.proposing import Proposal
from changes.request import ChangeRequest, Draft, Values
from changes.signing_in import new_secret, way_of
from changes.till import Role, Status, Terminal, TerminalUser, UserQuery
from changes.usecase import UseCase


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A user who is to be added, as the owner asks for them. `secret` is the typed one; None lets the bot make it."""

    number: str
    name: str
    role: str
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is to be added, and by which rules."""

    terminal: Terminal
    can: Capabilities


class FindPlace(UseCase):
    """Whether somebody can be added to a terminal, and with which number."""

    needs = Action.SEE_USERS

    def __init__(self, store: Store, tills: Tills) -> None:
        self._store, self._tills = store, tills

    async def __call__(self, actor: Actor, shop_id: int, terminal_id: str) -> Place:
        """Raises `NotOffered`, or `TillRefused(FULL)` where there is no room."""
        async with asking_till():
            till = await self._till(actor, shop_id)
            await check_room(till, terminal_id)
            return Place(await terminal_of(till, terminal_id), till.capabilities)

    async def number(self, actor: Actor, shop_id: int, terminal_id: str, typed: str) -> str:
        """The typed number as it will be used. Raises `NumberRefused`."""
        async with asking_till():
            till = await self._till(actor, shop_id)
            return await free_number(till, terminal_id, typed)

    async def name(self, actor: Actor, shop_id: int, typed: str) -> str:
        """The typed name as it will be used. Raises `NameRefused`."""
        async with asking_till():
            return new_name(typed, (await self._till(actor, shop_id)).capabilities.name_longest)

    async def _till(self, actor: Actor, shop_id: int) -> Backend:
        async with self._store.read() as tx:
            await self.admit(tx, actor, shop_id)
        till = await self._tills.of(shop_id)
        if not till.capabilities.offers(ChangeKind.ADD):
            raise NotOffered
        return till


@dataclass(frozen=True, slots=True)
class Checked:
    """A newcomer by the till's rules; `secret` is made where none was typed, None where the till is told none."""

    user: TerminalUser
    terminal: Terminal
    secret: str | None = field(repr=False)
    made: bool
    noted: Values
    cautions: tuple[Caution, ...]

    @property
    def value(self) -> str:
        """As `changes.request.wanted` reads it."""
        return f"{self.user.number} {self.user.role.value} {self.user.name}"


class ProposeAdd(Proposing):
    """Put a new user before the owner."""

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        super().__init__(store, clock)
        self._tills = tills

    async def __call__(self, actor: Actor, shop_id: int, terminal_id: str, newcomer: Newcomer) -> Proposal:
        """Raises a `Refused` for whatever stands against it."""
        draft = addition(shop_id, terminal_id, newcomer.number.strip())
        async with self._store.read() as tx:
            await self.may_propose(tx, actor, draft)
            await not_busy(tx, draft)
        async with asking_till():
            checked = await check_newcomer(await self._tills.of(shop_id), terminal_id, newcomer)
        request = add_request(self, actor, draft, checked)
        await self.put(actor, draft, (request,))
        return Proposal(request, checked.cautions)


def addition(shop_id: int, terminal_id: str, number: str) -> Draft:
    """The placeholder of who is not there yet is the same for every addition of that number: one goes at a time."""
    return Draft(shop_id, terminal_id, f"new:{number}", ChangeKind.ADD)


def add_request(
    proposing: Proposing, actor: Actor, draft: Draft, checked: Checked, noted: Values | None = None
) -> ChangeRequest:
    """The proposal of an addition that was checked; `noted` is kept beside."""
    return proposing.request(
        actor,
        draft,
        checked.terminal,
        checked.user,
        checked.value,
        secret=checked.secret,
        made=checked.made,
        noted=checked.noted | (noted or {}),
    )


async def check_newcomer(till: Backend, terminal_id: str, newcomer: Newcomer) -> Checked:
    """Raises `NotOffered`, `NumberRefused`, `NameRefused`, `SecretRefused`, or `BackendRefused(FULL)`."""
    can = till.capabilities
    if not can.offers(ChangeKind.ADD) or newcomer.role not in can.roles:
        raise NotOffered
    terminal = await terminal_of(till, terminal_id)
    await check_room(till, terminal_id)
    number = await free_number(till, terminal_id, newcomer.number)
    name = new_name(newcomer.name, can.name_longest)
    secret = new_secret(newcomer.secret, can.secret, number, name)
    user = TerminalUser(f"new:{number}", terminal_id, number, name, Role(newcomer.role), Status.ACTIVE)
    namesake = await is_namesake(till, terminal_id, name)
    return Checked(
        user=user,
        terminal=terminal,
        secret=secret,
        made=secret is not None and newcomer.secret is None,
        noted=way_of(can.secret),
        cautions=(*guided(till, ChangeKind.ADD), *((Caution.SAME_NAME,) if namesake else ())),
    )


async def check_room(till: Backend, terminal_id: str) -> None:
    """Raises `BackendRefused(FULL)` where the terminal has as many users as it takes."""
    most = till.capabilities.users_most
    if most is not None and (await till.users(terminal_id, UserQuery(limit=1))).total >= most:
        raise BackendRefused(Refusal.FULL)


async def free_number(till: Backend, terminal_id: str, typed: str) -> str:
    """The typed number. Raises `NumberRefused`."""
    number = checked_number(typed, till.capabilities.number)
    if await user_of_number(till, terminal_id, number) is not None:
        raise NumberTaken
    return number


def checked_number(typed: str, rules: NumberRules) -> str:
    """The typed number. Raises `NumberNotDigits`, `NumberForm` or `NumberReserved`."""
    number = typed.strip()
    bounds = {"shortest": rules.shortest, "longest": rules.longest}
    fits = rules.shortest <= len(number) <= rules.longest
    if rules.digits and not (fits and number.isascii() and number.isdigit()):
        raise NumberNotDigits(**bounds)
    if not fits or any(character.isspace() or is_unseen(character) for character in number):
        raise NumberForm(**bounds)
    if number in rules.reserved:
        raise NumberReserved
    return number
