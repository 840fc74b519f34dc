"""The till against a plain model of itself, over any course of adding, changing, repeating and signing in."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from changes.till import Permission, Role, Status, TerminalUser, UserQuery
from pos.embedded import rules
from pos.embedded.errors import Reason, Refused
from pos.embedded.till import Denied, Edit, NewUser, Till
from tests.pos.bench import QUICK

NUMBERS = st.sampled_from(["1", "2", "02", "10"])
PINS = st.sampled_from(["1111", "2222", "33333333"])
NAMES = st.sampled_from(["Ana", "陈晓雨", "Zoë", "a%b"])
KEYS = st.sampled_from([f"key-{number}" for number in range(6)])
EDITS = st.builds(
    Edit,
    name=st.none() | NAMES,
    role=st.none() | st.sampled_from(Role),
    status=st.none() | st.sampled_from(Status),
    pin=st.none() | PINS,
    permissions=st.none() | st.frozensets(st.sampled_from(Permission), max_size=2),
    force=st.booleans(),
).filter(lambda edit: edit != Edit(force=edit.force))


@dataclass
class Person:
    name: str
    role: Role
    status: Status
    pin: str
    version: int = 1
    #: None: what the role brings.
    permissions: frozenset[Permission] | None = None


class TillMachine(RuleBasedStateMachine):
    """`people` by id, `numbers` to ids, `session` the id of who is signed in, `applied` the orders by key."""

    ids = Bundle("ids")
    orders = Bundle("orders")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = TemporaryDirectory()
        self.till = Till(Path(self.folder.name) / "till.db", hasher=QUICK)
        self.people: dict[str, Person] = {}
        self.numbers: dict[str, str] = {}
        self.session: str | None = None
        self.applied: dict[str, tuple[str, Edit, str]] = {}
        self.removals = 0

    @initialize()
    def furnish(self) -> None:
        self.runner.run(self.till.open())
        self.terminal = self.runner.run(self.till.add_terminal("Front")).id

    def teardown(self) -> None:
        self.runner.run(self.till.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(target=ids, number=NUMBERS, name=NAMES, role=st.sampled_from(Role), pin=PINS)
    def add(self, number: str, name: str, role: Role, pin: str) -> str:
        new = NewUser(number, name, role, pin)
        if number in self.numbers:
            assert self.refusal(self.till.add_user(self.terminal, new)) is Reason.NUMBER_TAKEN
            return self.numbers[number]
        made = self.runner.run(self.till.add_user(self.terminal, new))
        self.numbers[number] = made.id
        self.people[made.id] = Person(name, role, Status.ACTIVE, pin)
        return made.id

    @rule(target=orders, user=ids, edit=EDITS, key=KEYS, late=st.sampled_from([0, 0, 0, 1]))
    def change(self, user: str, edit: Edit, key: str, late: int) -> tuple[str, tuple[str, Edit, str]]:
        version = self.people[user].version if user in self.people else 1
        order = (user, edit, str(version - late))
        self.ask(key, order)
        return key, order

    @rule(order=orders)
    def repeat(self, order: tuple[str, tuple[str, Edit, str]]) -> None:
        self.ask(*order)

    @rule(order=consumes(orders), pin=PINS)
    def reuse(self, order: tuple[str, tuple[str, Edit, str]], pin: str) -> None:
        key, (user, edit, version) = order
        self.ask(key, (user, replace(edit, pin=pin), version))

    def ask(self, key: str, order: tuple[str, Edit, str]) -> None:
        expected = self.judge(key, order)
        user, edit, version = order
        assert self.refusal(self.till.change(self.terminal, user, edit, version=version, key=key)) is expected
        if expected is None and key not in self.applied:
            self.applied[key] = order
            self.take(user, edit)

    def refusal(self, asked: Coroutine[Any, Any, object]) -> Reason | None:
        """Why the till refuses what it is asked; None where it does not."""
        try:
            self.runner.run(asked)
        except Refused as error:
            return error.reason
        return None

    def judge(self, key: str, order: tuple[str, Edit, str]) -> Reason | None:
        """Why the till must refuse; None where it must not."""
        user, edit, version = order
        if key in self.applied:
            return None if self.applied[key] == order else Reason.KEY_TAKEN
        if user not in self.people:
            return Reason.USER_GONE
        if version != str(self.people[user].version):
            return Reason.STALE_VERSION
        if edit.status is Status.FROZEN and self.session == user and not edit.force:
            return Reason.SIGNED_IN
        return None

    def take(self, user: str, edit: Edit) -> None:
        person = self.people[user]
        person.name = edit.name or person.name
        person.role = edit.role or person.role
        person.status = edit.status or person.status
        person.pin = edit.pin or person.pin
        if edit.permissions is not None:
            person.permissions = edit.permissions
        person.version += 1
        if edit.status is Status.FROZEN and self.session == user:
            self.session = None

    @rule(user=ids, force=st.booleans(), late=st.sampled_from([0, 0, 1]))
    def remove(self, user: str, force: bool, late: int) -> None:
        self.removals += 1
        person = self.people.get(user)
        asked = {"version": str(person.version - late if person else 1), "key": f"out-{self.removals}", "force": force}
        if person is None:
            expected: Reason | None = Reason.USER_GONE
        elif late:
            expected = Reason.STALE_VERSION
        else:
            expected = Reason.SIGNED_IN if self.session == user and not force else None
        for _ in range(2):
            assert self.refusal(self.till.remove(self.terminal, user, **asked)) is expected  # type: ignore[arg-type]
        if expected is None:
            del self.people[user]
            self.numbers = {number: each for number, each in self.numbers.items() if each != user}
            self.session = None if self.session == user else self.session

    @rule(number=NUMBERS, pin=PINS)
    def sign_in(self, number: str, pin: str) -> None:
        answer = self.runner.run(self.till.sign_in(self.terminal, number, pin))
        user = self.numbers.get(number)
        if user is None or self.people[user].pin != pin:
            assert answer is Denied.WRONG
        elif self.people[user].status is Status.FROZEN:
            assert answer is Denied.FROZEN
        else:
            self.session = user
            assert isinstance(answer, TerminalUser)
            assert answer.id == user

    @rule()
    def sign_out(self) -> None:
        self.runner.run(self.till.sign_out(self.terminal))
        self.session = None

    @rule()
    def reopen(self) -> None:
        self.runner.run(self.till.close())
        self.runner.run(self.till.open())

    @rule(text=st.sampled_from(["", "A", "ë", "Ë", "%", "0", "1", "雨"]), status=st.none() | st.sampled_from(Status))
    def search(self, text: str, status: Status | None) -> None:
        page = self.runner.run(self.till.users(self.terminal, UserQuery(search=text, status=status)))
        wanted = {
            number
            for number, user in self.numbers.items()
            if (text.lower() in self.people[user].name.lower() or text in number)
            and status in (None, self.people[user].status)
        }
        assert {user.number for user in page.users} == wanted
        assert page.total == len(wanted)

    @invariant()
    def the_till_is_as_the_model(self) -> None:
        page = self.runner.run(self.till.users(self.terminal, UserQuery()))
        assert [user.number for user in page.users] == sorted(self.numbers, key=lambda number: (len(number), number))
        for user in page.users:
            person = self.people[self.numbers[user.number]]
            expected = (person.name, person.role, person.status, str(person.version))
            assert (user.name, user.role, user.status, user.version) == expected
            assert user.signed_in == (self.session == user.id)
            assert user.permissions == (
                rules.PERMISSIONS[person.role] if person.permissions is None else person.permissions
            )


TestTill = TillMachine.TestCase
TestTill.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
