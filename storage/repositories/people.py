"""People and what they are to shops."""

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from changes.authority import MemberRole
from changes.ports import Identity, Person, Shop
from storage.repositories.shops import SHOP_COLUMNS, shop_of
from storage.tables import factors, members, people, shops

#: What runs at each press is put together once.
_IDENTITY = (
    select(people, factors.c.confirmed, *(column.label(f"shop_{column.name}") for column in SHOP_COLUMNS))
    .outerjoin(factors, factors.c.person_id == people.c.id)
    .outerjoin(members, members.c.person_id == people.c.id)
    .outerjoin(shops, shops.c.id == members.c.shop_id)
    .where(people.c.id == bindparam("person"))
    .order_by(shops.c.id)
)
_PERSON = select(people).where(people.c.id == bindparam("person"))
_ROLE = select(members.c.role).where(members.c.person_id == bindparam("person"), members.c.shop_id == bindparam("shop"))


class SqlPeople:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def identify(self, person_id: int) -> Identity:
        """Everything in one query: it runs at every press."""
        rows = (await self._connection.execute(_IDENTITY, {"person": person_id})).all()
        if not rows:
            return Identity(None)
        first = rows[0]
        return Identity(
            Person(first.id, first.name, first.locale, first.language_code),
            tuple(
                Shop(row.shop_id, row.shop_name, row.shop_zone, row.shop_backend, row.shop_late_limit)
                for row in rows
                if row.shop_id is not None
            ),
            enrolled=bool(first.confirmed),
        )

    async def get(self, person_id: int) -> Person | None:
        row = (await self._connection.execute(_PERSON, {"person": person_id})).one_or_none()
        return None if row is None else Person(row.id, row.name, row.locale, row.language_code)

    async def save(self, person: Person) -> None:
        values = {"name": person.name, "locale": person.locale, "language_code": person.language_code}
        changed = await self._connection.execute(update(people).where(people.c.id == person.id).values(values))
        if changed.rowcount == 0:
            await self._connection.execute(insert(people).values(id=person.id, **values))

    async def role(self, person_id: int, shop_id: int) -> MemberRole | None:
        role = await self._connection.scalar(_ROLE, {"person": person_id, "shop": shop_id})
        return None if role is None else MemberRole(role)

    async def of_role(self, shop_id: int, role: MemberRole) -> tuple[int, ...]:
        query = select(members.c.person_id).where(members.c.shop_id == shop_id, members.c.role == role.value)
        return tuple(await self._connection.scalars(query.order_by(members.c.person_id)))

    async def join(self, person_id: int, shop_id: int, role: MemberRole) -> None:
        where = (members.c.person_id == person_id, members.c.shop_id == shop_id)
        changed = await self._connection.execute(update(members).where(*where).values(role=role.value))
        if changed.rowcount == 0:
            await self._connection.execute(
                insert(members).values(person_id=person_id, shop_id=shop_id, role=role.value)
            )

    async def leave(self, shop_id: int) -> None:
        await self._connection.execute(delete(members).where(members.c.shop_id == shop_id))

    async def shops(self, person_id: int) -> tuple[Shop, ...]:
        query = (
            select(*SHOP_COLUMNS)
            .join(members, members.c.shop_id == shops.c.id)
            .where(members.c.person_id == person_id)
            .order_by(shops.c.id)
        )
        return tuple(shop_of(row) for row in await self._connection.execute(query))
