"""Who a person is to Tillkeeper, and which language they read."""

from dataclasses import dataclass, replace

from changes.authority import Actor
from changes.errors import NotAllowed
from changes.ports import Identity, Store


class Identify:
    """Look a person up by the numeric id; of strangers nothing is kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, person_id: int, name: str, language_code: str | None) -> Identity:
        """`name` and `language_code` are what Telegram says now; kept where they changed."""
        async with self._store.read() as tx:
            identity = await tx.people.identify(person_id)
        known = identity.person
        if known is None or (known.name, known.language_code) == (name, language_code):
            return identity
        person = replace(known, name=name, language_code=language_code)
        async with self._store.write() as tx:
            await tx.people.save(person)
        return replace(identity, person=person)


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """A person's own choice; it goes before what Telegram says. Raises `NotAllowed` for strangers."""

    store: Store

    async def __call__(self, actor: Actor, locale: str) -> None:
        async with self.store.write() as tx:
            person = await tx.people.get(actor.person_id)
            if person is None:
                raise NotAllowed
            await tx.people.save(replace(person, locale=locale))
