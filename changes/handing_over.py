"""Handing over: the old user is frozen and a new one added, both by one code. Nobody is renamed into another person:
what the one did at the till stays theirs.
"""

from dataclasses import replace

from changes.adding import Newcomer, add_request, addition, check_newcomer
from changes.authority import Actor
from changes.backend import Backend, Capabilities, ChangeKind
from changes.browsing import asking_till
from changes.cautions import check_protected, missed
from changes.clock import Clock
from changes.errors import NothingToDo, NotOffered
from changes.many import Together
from changes.ports import Store, Tills
from changes.proposals import Caution, Proposing, not_busy
from changes.request import Draft
from changes.till import Status, TerminalUser

#: What handing over takes of a till.
HANDING_OVER = frozenset({ChangeKind.FREEZE, ChangeKind.ADD})


def is_offered(can: Capabilities) -> bool:
    """Whether a till can do it. What a person does at the till is done one by one, so not there."""
    return all(can.offers(kind) and not can.is_guided(kind) for kind in HANDING_OVER)


class ProposeHandOver(Proposing):
    """Put before the owner that one user goes and another comes in their place."""

    def __init__(self, store: Store, tills: Tills, clock: Clock) -> None:
        super().__init__(store, clock)
        self._tills = tills

    async def __call__(
        self, actor: Actor, shop_id: int, terminal_id: str, user_id: str, newcomer: Newcomer
    ) -> Together:
        """The freeze first, then the addition. Who goes does not work on: their session ends.

        Raises a `Refused` for whatever stands against one of them: then neither is proposed.
        """
        freeze = Draft(shop_id, terminal_id, user_id, ChangeKind.FREEZE, force=True)
        add = addition(shop_id, terminal_id, newcomer.number.strip())
        async with self._store.read() as tx:
            await self.may_propose(tx, actor, freeze)
            for draft in (freeze, add):
                await not_busy(tx, draft)
        async with asking_till():
            till = await self._tills.of(shop_id)
            user = await _leaving(till, freeze)
            checked = await check_newcomer(till, terminal_id, newcomer)
            lost = await missed(till, terminal_id, user, checked.user.role)
        goes = self.request(actor, freeze, checked.terminal, user, None)
        instead = {"instead": f"{user.number} {user.name}"}
        comes = add_request(self, actor, add, checked, instead)
        together = tuple(replace(each, batch=goes.id) for each in (goes, comes))
        cautions = (*((Caution.SESSION_ENDS,) if user.signed_in else ()), *lost, *checked.cautions)
        if await self.put(actor, freeze, together):
            cautions = (*cautions, Caution.WAITING)
        return Together(together, cautions)


async def _leaving(till: Backend, freeze: Draft) -> TerminalUser:
    """Raises `NotOffered`, `NothingToDo` where they are frozen already, or `BackendRefused`."""
    if not is_offered(till.capabilities):
        raise NotOffered
    user = await till.user(freeze.terminal_id, freeze.user_id)
    check_protected(freeze.kind, user)
    if user.status is Status.FROZEN:
        raise NothingToDo
    return user
