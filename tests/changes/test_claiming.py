"""Claims: once, in time, in private; whatever else is refused alike."""

import asyncio
from datetime import timedelta

import pytest

from changes.audit import EntryKind
from changes.authority import Actor, ChatKind, MemberRole
from changes.claiming import CLAIM_LIFETIME, AddShop, Claim, Claimed, MakeClaim, NewClaim
from changes.errors import ClaimRefused
from storage.store import SqlStore
from tests.changes.bench import Bench, in_group
from tests.clock import HandClock

LIN = Actor(4_000_000_001, "Boss Lin", 4_000_000_001, ChatKind.PRIVATE)
MEI = Actor(4_000_000_002, "Mei", 4_000_000_002, ChatKind.PRIVATE)


async def add_shop(store: SqlStore, clock: HandClock) -> NewClaim:
    return await AddShop(store, clock)("Lin's Tea House 林记", "Asia/Shanghai", "embedded", {"path": "till.db"})


async def kinds(store: SqlStore, shop_id: int) -> list[EntryKind]:
    async with store.read() as tx:
        return [entry.kind async for entry in tx.audit.walk(shop_id)]


async def role(store: SqlStore, actor: Actor, made: NewClaim) -> MemberRole | None:
    async with store.read() as tx:
        return await tx.people.role(actor.person_id, made.shop.id)


async def refusal_of(store: SqlStore, clock: HandClock, code: str, actor: Actor = MEI) -> str:
    with pytest.raises(ClaimRefused) as refused:
        await Claim(store, clock)(actor, code, "en")
    return f"{refused.value.key} {refused.value.facts}"


async def test_a_claim_makes_its_person_the_owner_and_begins_the_enrolment(store: SqlStore, clock: HandClock) -> None:
    made = await add_shop(store, clock)
    claimed = await Claim(store, clock)(LIN, made.code, "zh-hans")
    assert claimed == Claimed(made.shop, enrol=True)
    assert await role(store, LIN, made) is MemberRole.OWNER
    assert await kinds(store, made.shop.id) == [EntryKind.SHOP_ADDED, EntryKind.SHOP_CLAIMED]
    async with store.read() as tx:
        identity = await tx.people.identify(LIN.person_id)
    assert identity.person is not None
    assert (identity.person.language_code, identity.shops, identity.enrolled) == ("zh-hans", (made.shop,), False)


async def test_used_expired_replaced_and_wrong_claims_are_refused_alike(store: SqlStore, clock: HandClock) -> None:
    used, expired, replaced, standing = [await add_shop(store, clock) for _ in range(4)]
    await Claim(store, clock)(LIN, used.code, "en")
    await MakeClaim(store, clock)(replaced.shop.id)
    told = {await refusal_of(store, clock, used.code), await refusal_of(store, clock, used.code, LIN)}
    told.add(await refusal_of(store, clock, replaced.code))
    told.add(await refusal_of(store, clock, "no-claim-at-all"))
    told.add(await refusal_of(store, clock, ""))
    told.add(await refusal_of(store, clock, standing.code.swapcase()))
    told.add(await refusal_of(store, clock, standing.code, in_group(MEI)))
    clock.turn(seconds=CLAIM_LIFETIME.total_seconds())
    told.add(await refusal_of(store, clock, expired.code))
    assert told == {"refused-claim {}"}
    assert [await role(store, MEI, made) for made in (used, expired, replaced, standing)] == [None] * 4
    async with store.read() as tx:
        assert await tx.people.get(MEI.person_id) is None


async def test_a_claim_is_good_to_its_last_moment(store: SqlStore, clock: HandClock) -> None:
    made = await add_shop(store, clock)
    clock.turn(seconds=(CLAIM_LIFETIME - timedelta(microseconds=1)).total_seconds())
    await Claim(store, clock)(LIN, made.code, "en")
    assert await role(store, LIN, made) is MemberRole.OWNER


async def test_of_50_who_claim_at_once_one_gets_the_shop(store: SqlStore, clock: HandClock) -> None:
    made = await add_shop(store, clock)
    people = [Actor(5_000_000_000 + n, f"Person {n}", 5_000_000_000 + n, ChatKind.PRIVATE) for n in range(50)]
    claims = (Claim(store, clock)(person, made.code, "en") for person in people)
    ends = await asyncio.gather(*claims, return_exceptions=True)
    assert sum(isinstance(end, Claimed) for end in ends) == 1
    assert sum(isinstance(end, ClaimRefused) for end in ends) == 49
    assert [await role(store, person, made) for person in people].count(MemberRole.OWNER) == 1
    assert (await kinds(store, made.shop.id)).count(EntryKind.SHOP_CLAIMED) == 1


async def test_a_new_claim_ends_the_old_and_is_recorded(store: SqlStore, clock: HandClock) -> None:
    first = await add_shop(store, clock)
    second = await MakeClaim(store, clock)(first.shop.id)
    assert second is not None
    await refusal_of(store, clock, first.code)
    await Claim(store, clock)(LIN, second.code, "en")
    assert await kinds(store, first.shop.id) == [EntryKind.SHOP_ADDED, EntryKind.CLAIM_MADE, EntryKind.SHOP_CLAIMED]
    assert await MakeClaim(store, clock)(9_999) is None


async def test_an_enrolled_owner_claims_a_second_shop_without_enrolling_again(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    made = await add_shop(bench.store, bench.clock)
    claimed = await Claim(bench.store, bench.clock)(bench.owner, made.code, "en")
    assert not claimed.enrol


async def test_a_claim_keeps_the_language_chosen_by_hand(store: SqlStore, clock: HandClock) -> None:
    first, second = await add_shop(store, clock), await add_shop(store, clock)
    await Claim(store, clock)(LIN, first.code, "en")
    async with store.write() as tx:
        person = await tx.people.get(LIN.person_id)
        assert person is not None
        await tx.people.save(type(person)(person.id, person.name, "zh-Hans", person.language_code))
    await Claim(store, clock)(LIN, second.code, "fr")
    async with store.read() as tx:
        person = await tx.people.get(LIN.person_id)
    assert person is not None
    assert (person.locale, person.language_code) == ("zh-Hans", "fr")
