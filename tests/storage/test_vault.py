"""Encryption at rest: keys change, and a ciphertext opens only in its own place."""

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from changes.backend import ChangeKind
from storage.store import SqlStore
from storage.tables import factors, requests
from storage.vault import Vault, VaultError
from tests.changes.bench import Bench

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))


def test_what_was_sealed_opens_and_shows_nothing() -> None:
    sealed = Vault([OLD]).seal("place", "林记 secret")
    assert Vault([OLD]).open("place", sealed) == "林记 secret"
    assert "secret" not in sealed
    assert Vault([OLD]).seal("place", "林记 secret") != sealed


def test_keys_are_changed_one_after_another() -> None:
    before = Vault([OLD]).seal("place", "text")
    both = Vault([NEW, OLD])
    assert both.open("place", before) == "text"
    after = both.seal("place", "text")
    assert Vault([NEW]).open("place", after) == "text"
    with pytest.raises(VaultError):
        Vault([OLD]).open("place", after)
    with pytest.raises(VaultError):
        Vault([NEW]).open("place", before)


@pytest.mark.parametrize("sealed", ["", "nonsense", "gAAAAA", "é", " "])
def test_what_was_never_sealed_does_not_open(sealed: str) -> None:
    with pytest.raises(VaultError):
        Vault([OLD]).open("place", sealed)


def test_a_changed_ciphertext_does_not_open() -> None:
    sealed = Vault([OLD]).seal("place", "text")
    for place in range(0, len(sealed) - 1, 7):
        changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(VaultError):
            Vault([OLD]).open("place", changed)


def test_a_ciphertext_opens_in_its_own_place_alone() -> None:
    vault = Vault([OLD])
    with pytest.raises(VaultError) as refused:
        vault.open("factors.secret:2", vault.seal("factors.secret:1", "text"))
    assert "text" not in str(refused.value)


@pytest.mark.parametrize("keys", [[], ["short"], [OLD, "short"], ["é" * 44]])
def test_there_must_be_a_key_and_each_must_be_one(keys: list[str]) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Vault(keys)
    assert OLD not in str(refused.value)


async def test_a_seed_or_pin_moved_to_another_row_does_not_open(bench: Bench) -> None:
    """Who can write to the database but has no key cannot give one person another's authenticator."""
    _, other = await bench.claim(4_000_000_002, "Other Boss")
    await bench.enrol(other)
    first = await bench.propose(ChangeKind.PIN)
    second = (await bench.proposal(bench.draft(ChangeKind.PIN))).request
    async with bench.database.write() as connection:
        seed = await connection.scalar(
            select(factors.c.sealed_secret).where(factors.c.person_id == bench.owner.person_id)
        )
        await connection.execute(
            update(factors).where(factors.c.person_id == other.person_id).values(sealed_secret=seed)
        )
        pin = await connection.scalar(select(requests.c.sealed_secret).where(requests.c.id == second.id))
        await connection.execute(update(requests).where(requests.c.id == first.id).values(sealed_secret=pin))
    async with bench.store.read() as tx:
        with pytest.raises(VaultError):
            await tx.factors.get(other.person_id)
        kept = await bench.kept(first)
        assert (kept.secret, kept.secret_unreadable) == (None, True)
        assert (await bench.kept(second)).secret == second.secret


async def test_with_another_key_nothing_opens_and_with_a_new_one_beside_it_all_does(bench: Bench, vault: Vault) -> None:
    locked_out = SqlStore(bench.database, Vault([OTHER]))
    async with locked_out.read() as tx:
        with pytest.raises(VaultError):
            await tx.factors.get(bench.owner.person_id)
        with pytest.raises(VaultError):
            await tx.shops.options(bench.shop.id)
