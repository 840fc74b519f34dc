"""A crowd at the till of a bench, and what becomes of a change of all of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from changes.amending import ConfirmAmendment, ProposeAmendment
from changes.amendment import AmendmentKind
from changes.audit import Entry, EntryKind
from changes.authority import Actor
from changes.backend import ChangeKind
from changes.life import FINAL
from changes.many import FindTargets, ProposeMany, Target, Together
from changes.request import ChangeRequest, Draft
from changes.till import Role, TerminalUser
from pos.embedded.till import NewUser
from tests.changes.bench import MANY, Bench
from tests.pos.bench import FIRST_PIN

INTENT, OUTCOME = EntryKind.CHANGE_INTENT, EntryKind.CHANGE_OUTCOME


@dataclass
class Crowd:
    bench: Bench

    @property
    def find(self) -> FindTargets:
        return FindTargets(self.bench.store, self.bench.tills)

    async def add(self, *names: str, terminal_id: str = "", first: int = 10) -> list[TerminalUser]:
        """Cashiers of these names with the numbers from `first` on, at the first terminal unless said otherwise."""
        at = terminal_id or self.bench.at.terminal.id
        new = [NewUser(str(first + place), name, Role.CASHIER, FIRST_PIN) for place, name in enumerate(names)]
        return [await self.bench.till.add_user(at, user) for user in new]

    async def everyone(self) -> tuple[Target, ...]:
        found = await self.find.everyone(self.bench.owner, self.bench.shop.id, self.bench.at.terminal.id)
        return found.targets

    async def propose(
        self,
        users: Sequence[TerminalUser],
        kind: ChangeKind = ChangeKind.FREEZE,
        *,
        force: bool = False,
        actor: Actor | None = None,
    ) -> Together:
        drafts = [Draft(self.bench.shop.id, user.terminal_id, user.id, kind, force=force) for user in users]
        propose = ProposeMany(self.bench.store, self.bench.tills, self.bench.clock)
        return await propose(actor or self.bench.owner, drafts)

    async def confirmed(self, users: Sequence[TerminalUser], kind: ChangeKind = ChangeKind.FREEZE) -> Together:
        together = await self.propose(users, kind)
        await self.bench.confirm(together.requests[0])
        return together

    async def kept(self, together: Together) -> dict[str, ChangeRequest]:
        """The changes as they are kept, by the name of their user."""
        return {request.user.name: await self.bench.kept(request) for request in together.requests}

    async def ends(self, together: Together) -> dict[str, str]:
        """State and result of each, by the name of its user."""
        return {name: f"{each.state} {each.result}".strip() for name, each in (await self.kept(together)).items()}

    async def work(self, together: Together, owner: str = "worker") -> dict[str, str]:
        """Steps, the clock turned to each, until all have ended; how each did."""
        for _ in range(MANY * len(together.requests)):
            if all(each.state in FINAL for each in (await self.kept(together)).values()):
                break
            due_at = await self.bench.applying(owner).next_due()
            assert due_at is not None
            self.bench.turn_to(due_at)
            await self.bench.step(owner)
        return await self.ends(together)

    async def entries(self, together: Together) -> list[Entry]:
        """The entries about all of them or one of them, oldest first; that the chain fits is asserted."""
        assert await self.bench.chain_fault() is None
        batch = together.requests[0].id
        return [entry for entry in await self.bench.entries() if entry.facts.get("batch") == batch]

    async def recorded(self, together: Together) -> dict[str, int]:
        """Asserted: an intent and an outcome of each, and one summary after the last of them. Its count by state."""
        entries = await self.entries(together)
        for request in together.requests:
            about = [entry.kind for entry in entries if entry.facts.get("change") == request.id]
            assert about == [INTENT, OUTCOME], request.user.name
        kinds = [entry.kind for entry in entries]
        assert kinds.count(EntryKind.BATCH_OUTCOME) == 1
        assert kinds[-1] is EntryKind.BATCH_OUTCOME
        states: dict[str, int] = entries[-1].facts["states"]
        return states

    async def drop(self, request: ChangeRequest) -> None:
        """The owner drops a change that waits."""
        bench = self.bench
        asked = await ProposeAmendment(bench.store, bench.clock)(bench.owner, request.id, AmendmentKind.CANCEL)
        confirm = ConfirmAmendment(bench.store, bench.clock, bench.waker)
        await confirm(bench.owner, asked.amendment.id, bench.next_code())
