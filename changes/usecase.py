"""What every use case starts with: who asks, and whether they may."""

from typing import ClassVar

from changes.authority import Action, Actor, judge
from changes.ports import Transaction


class UseCase:
    """One thing a person can do. `needs` is the action it takes; a use case that declares none is refused to all."""

    needs: ClassVar[Action | None] = None

    async def admit(self, tx: Transaction, actor: Actor, shop_id: int) -> None:
        """Raise `NotAllowed` unless `actor` may do this to the shop at this moment."""
        judge(self.needs, await tx.people.role(actor.person_id, shop_id), actor.chat)
