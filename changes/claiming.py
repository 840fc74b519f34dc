"""How a shop gets its owner: a one-time claim, made on the server and spent in a private chat."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from changes.audit import EntryKind, Record
from changes.authority import Actor, ChatKind, MemberRole
from changes.clock import Clock
from changes.errors import ClaimRefused
from changes.ports import Person, Shop, Store
from changes.recording import by

#: OWASP ASVS 6.4.1: an initial secret expires.
CLAIM_LIFETIME = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class NewClaim:
    shop: Shop
    #: 128 random bits in the alphabet of a Telegram deep link; only its digest is kept.
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Claimed:
    shop: Shop
    #: Whether the owner still has to enrol an authenticator.
    enrol: bool


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


class AddShop:
    """Add a shop with its first claim; for the command line, whoever runs it owns the server."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, name: str, zone: str, backend: str, options: dict[str, str]) -> NewClaim:
        now = self._clock.now()
        code = secrets.token_urlsafe(16)
        async with self._store.write() as tx:
            shop = await tx.shops.add(name, zone, backend, options)
            facts = {"name": name, "backend": backend}
            await tx.audit.append(shop.id, Record(EntryKind.SHOP_ADDED, facts), now)
            await tx.claims.add(shop.id, _digest(code), now + CLAIM_LIFETIME)
        return NewClaim(shop, code, now + CLAIM_LIFETIME)


class MakeClaim:
    """A new claim for a shop that stands, in place of any unused one; for the command line."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, shop_id: int) -> NewClaim | None:
        """None where there is no such shop."""
        now = self._clock.now()
        code = secrets.token_urlsafe(16)
        async with self._store.write() as tx:
            shop = await tx.shops.get(shop_id)
            if shop is None or shop.removed_at is not None:
                return None
            await tx.audit.append(shop.id, Record(EntryKind.CLAIM_MADE, {}), now)
            await tx.claims.add(shop.id, _digest(code), now + CLAIM_LIFETIME)
        return NewClaim(shop, code, now + CLAIM_LIFETIME)


class Claim:
    """Spend a claim: the person becomes the shop's owner. The claim itself is the authority."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def __call__(self, actor: Actor, code: str, language_code: str | None) -> Claimed:
        """Raises `ClaimRefused` alike for a wrong, a used and an expired code, and outside a private chat."""
        if actor.chat is not ChatKind.PRIVATE:
            raise ClaimRefused
        now = self._clock.now()
        async with self._store.write() as tx:
            shop_id = await tx.claims.spend(_digest(code), actor.person_id, now)
            shop = await tx.shops.get(shop_id) if shop_id is not None else None
            if shop is None:
                raise ClaimRefused
            known = await tx.people.get(actor.person_id)
            locale = known.locale if known else None
            await tx.people.save(Person(actor.person_id, actor.name, locale, language_code))
            await tx.people.join(actor.person_id, shop.id, MemberRole.OWNER)
            await tx.audit.append(shop.id, Record(EntryKind.SHOP_CLAIMED, by(actor)), now)
            factor = await tx.factors.get(actor.person_id)
        return Claimed(shop, enrol=factor is None or not factor.confirmed)
