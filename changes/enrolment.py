"""Enrolling the authenticator: a key is shown once and proves itself with its first code."""

from dataclasses import dataclass, field
from datetime import timedelta

from changes.audit import EntryKind, Record
from changes.authority import Actor, ChatKind
from changes.clock import Clock
from changes.codes import Factor, new_secret, provisioning_uri
from changes.errors import EnrolmentOver, NotAllowed
from changes.life import State
from changes.ports import Store
from changes.recording import by
from changes.second_factor import spend_code

#: How long a shown key waits for its first code; after that a new key is shown.
ENROLMENT_LIFETIME = timedelta(minutes=15)

ISSUER = "Tillkeeper"


@dataclass(frozen=True, slots=True)
class ShownKey:
    """The key in both forms; kept out of `repr`."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


class BeginEnrolment:
    """Show a member without an authenticator a new key. A confirmed authenticator is never replaced this way."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor) -> ShownKey:
        """Raises `NotAllowed` for people of no shop and outside a private chat, `EnrolmentOver` where one stands."""
        if actor.chat is not ChatKind.PRIVATE:
            raise NotAllowed
        now = self._clock.now()
        async with self._store.write() as tx:
            shops = await tx.people.shops(actor.person_id)
            if not shops:
                raise NotAllowed
            old = await tx.factors.get(actor.person_id)
            secret = new_secret()
            # The count of wrong codes outlives the key: a new key is no way around a lock.
            failures, locked = (old.failures, old.locked_until) if old else (0, None)
            factor = Factor(actor.person_id, secret, False, now, failures=failures, locked_until=locked)
            if not await tx.factors.show(factor):
                raise EnrolmentOver
        return ShownKey(secret, provisioning_uri(secret, shops[0].name, ISSUER))


class ConfirmEnrolment:
    """Check the first code; from then on the authenticator counts."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, code: str) -> None:
        """Raises `EnrolmentOver`, `CodeWrong` or `CodeLocked`."""
        now = self._clock.now()
        async with self._store.write() as tx:
            factor = await tx.factors.get(actor.person_id)
            if factor is None or factor.confirmed or now >= factor.shown_at + ENROLMENT_LIFETIME:
                raise EnrolmentOver
            refusal = await spend_code(tx, actor, factor, code, now, asked_at=factor.shown_at)
            if refusal is None:
                for shop in await tx.people.shops(actor.person_id):
                    await tx.audit.append(shop.id, Record(EntryKind.FACTOR_ENROLLED, by(actor)), now)
        if refusal is not None:
            raise refusal


class ResetFactor:
    """Take a lost or locked authenticator away, so that a new one can be enrolled; for the command line."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, person_id: int) -> bool:
        """False where the person has none. Whatever they asked for ends: they did so under the old one."""
        now = self._clock.now()
        async with self._store.write() as tx:
            if not await tx.factors.remove(person_id):
                return False
            await tx.requests.end_proposals(person_id, State.CANCELLED, now)
            await tx.amendments.end_all(person_id, now)
            for shop in await tx.people.shops(person_id):
                facts = {"person": str(person_id)}
                await tx.audit.append(shop.id, Record(EntryKind.FACTOR_RESET, facts), now)
        return True
