"""Changes for later: nothing is asked before its time, and what holds then decides, not what held at the code."""

from datetime import UTC, timedelta

import pytest

from changes.amendment import AmendmentKind
from changes.audit import EntryKind
from changes.backend import AnswerLost, ChangeKind, NotReached
from changes.errors import UserBusy, WhenBeforeStart, WhenPast
from changes.life import State
from changes.ports import NoticeKind
from changes.request import ChangeRequest
from changes.settings import ChooseLateLimit
from changes.till import Role, Status
from pos.embedded.till import Edit, FaultKind, FaultMethod
from tests.changes.backends import Before, raising
from tests.changes.bench import Bench
from tests.changes.test_applying import INTENT, OUTCOME, PARTNER, UNKNOWN, ended, times_applied
from tests.changes.test_secrets import sealed
from tests.pos.bench import FIRST_PIN

MISSED, DROPPED = EntryKind.CHANGE_MISSED, EntryKind.CHANGE_DROPPED


@pytest.fixture
def before(bench: Bench) -> Before:
    """What stands before the bench's till."""
    bench.tills.backend = made = Before(bench.tills.backend)
    return made


async def scheduled(bench: Bench, kind: ChangeKind = ChangeKind.FREEZE, value: str | None = None) -> ChangeRequest:
    """Confirmed for ten hours later; what was told of it until now is taken out of the queue."""
    request = await bench.confirmed(kind, value, due_at=bench.hence(10))
    assert request.state is State.SCHEDULED
    assert INTENT in await bench.said_of(request)
    await bench.queued()
    return request


def turn_to_its_time(bench: Bench, request: ChangeRequest, *, late: timedelta = timedelta()) -> None:
    assert request.due_at is not None
    bench.turn_to(request.due_at + late)


async def test_what_is_for_later_is_recorded_and_told_when_the_code_is_spent(bench: Bench) -> None:
    due_at = bench.hence(10)
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=due_at)
    assert (request.state, request.next_at, request.confirmed_at) == (State.SCHEDULED, due_at, bench.clock.now())
    (entry,) = await bench.entries_of(request)
    assert (entry.kind, entry.at) == (INTENT, bench.clock.now())
    assert entry.facts["due"] == due_at.astimezone(UTC).isoformat(timespec="seconds")
    told = {queued.notice.kind: queued.notice for queued in await bench.queued()}
    assert told[NoticeKind.ENTRY].entry_number == entry.number
    assert told[NoticeKind.PROGRESS].request_id == request.id
    assert await bench.waiting() == (request,)


async def test_nothing_is_asked_of_the_till_before_its_time_and_then_once(bench: Bench, before: Before) -> None:
    request = await scheduled(bench)
    turn_to_its_time(bench, request, late=timedelta(seconds=-1))
    before.calls.clear()
    assert await bench.step() is None
    assert before.calls == []
    assert await bench.applying().next_due() == request.due_at
    turn_to_its_time(bench, request)
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert before.keys == [request.key]
    assert await bench.said_of(request) == [INTENT, OUTCOME]
    assert (await bench.at.now()).status is Status.FROZEN
    assert await bench.waiting() == ()


async def test_while_it_waits_the_user_is_free_for_other_changes(bench: Bench) -> None:
    request = await scheduled(bench)
    other = await bench.work(await bench.confirmed(value="陈雨"))
    assert other.state is State.APPLIED
    assert (await bench.kept(request)).state is State.SCHEDULED


async def test_who_may_do_it_is_judged_at_its_time_and_only_who_still_owns_is_told(
    bench: Bench, before: Before
) -> None:
    request = await scheduled(bench)
    await bench.join(PARTNER)
    await bench.leave()
    turn_to_its_time(bench, request)
    await bench.step()
    await ended(bench, request, State.FAILED, "not-allowed", told=PARTNER)
    assert before.keys == []
    assert await times_applied(bench) == 0


async def test_a_freeze_goes_although_the_user_was_renamed_meanwhile(bench: Bench, before: Before) -> None:
    request = await scheduled(bench)
    renamed = await bench.by_hand(Edit(name="陈雨"))
    turn_to_its_time(bench, request)
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert (await bench.kept(request)).user == renamed
    user = await bench.at.now()
    assert (user.name, user.status) == ("陈雨", Status.FROZEN)


async def test_what_was_changed_itself_meanwhile_is_not_overwritten(bench: Bench, before: Before) -> None:
    request = await scheduled(bench, ChangeKind.RENAME, "Ana Silva")
    await bench.by_hand(Edit(name="陈雨"))
    turn_to_its_time(bench, request)
    await bench.step()
    await ended(bench, request, State.FAILED, "refused-stale-version")
    assert before.keys == []
    assert (await bench.at.now()).name == "陈雨"


async def test_a_till_that_is_away_at_its_time_is_asked_again(bench: Bench) -> None:
    request = await scheduled(bench)
    await bench.till.set_fault(FaultKind.DOWN, times=3, method=FaultMethod.ANY)
    turn_to_its_time(bench, request)
    await bench.work(request)
    await ended(bench, request, State.APPLIED, "applied")
    assert await times_applied(bench) == 1


@pytest.mark.parametrize("value", [None, "8305746"])
async def test_a_pin_waits_sealed_and_is_gone_or_shown_afterwards(bench: Bench, value: str | None) -> None:
    request = await scheduled(bench, ChangeKind.PIN, value)
    pin = str(request.secret)
    kept = await sealed(bench, request)
    assert kept is not None
    assert pin not in kept
    assert await bench.pin_opens(FIRST_PIN)
    turn_to_its_time(bench, request)
    await bench.step()
    assert await bench.pin_opens(pin)
    assert len(await bench.queued(NoticeKind.SECRET)) == (value is None)
    assert (await sealed(bench, request) is None) is (value is not None)


async def test_a_user_who_is_busy_at_its_time_is_waited_for(bench: Bench, before: Before) -> None:
    request = await scheduled(bench)
    turn_to_its_time(bench, request, late=timedelta(minutes=-1))
    before.acts = {"applied": raising(AnswerLost()), "confirm": raising(NotReached())}
    other = await bench.confirmed()
    await bench.step()
    await bench.till.set_fault(FaultKind.DOWN, times=4, method=FaultMethod.READ)
    turn_to_its_time(bench, request)
    while (kept := await bench.kept(request)).result != "turn":
        assert await bench.step() is not None
    assert (kept.state, kept.lease_owner, kept.next_at) == (State.SCHEDULED, None, bench.hence(seconds=10))
    with pytest.raises(UserBusy):
        await bench.propose(ChangeKind.ROLE, "supervisor")
    assert (await bench.kept(other)).state is State.UNKNOWN
    await bench.work(request)
    assert (await bench.kept(other)).state is State.APPLIED
    assert (await bench.kept(request)).state is State.APPLIED
    assert before.keys == [other.key, request.key]
    assert await bench.said_of(other) == [INTENT, UNKNOWN, OUTCOME]


@pytest.mark.parametrize("minutes", [0, 1, 59, 60])
async def test_late_within_the_shops_limit_it_is_done_and_said_so(sqlite_bench: Bench, minutes: int) -> None:
    bench = sqlite_bench
    request = await scheduled(bench)
    turn_to_its_time(bench, request, late=timedelta(minutes=minutes))
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert (await bench.entries_of(request))[-1].facts["late"] == minutes


async def missed(bench: Bench, late: timedelta = timedelta(minutes=61)) -> ChangeRequest:
    """A change that came later than the shop's limit."""
    request = await scheduled(bench)
    turn_to_its_time(bench, request, late=late)
    await bench.step()
    kept = await bench.kept(request)
    assert (kept.state, kept.result) == (State.SCHEDULED, "missed")
    return kept


async def test_later_than_the_limit_it_is_asked_about_and_the_till_is_left_alone(bench: Bench, before: Before) -> None:
    request = await missed(bench)
    assert (request.next_at, request.lease_owner) == (None, None)
    assert await bench.said_of(request) == [INTENT, MISSED]
    (told,) = await bench.queued(NoticeKind.ENTRY)
    assert told.notice.entry_number == (await bench.entries_of(request))[-1].number
    assert await bench.applying().next_due() is None
    bench.clock.turn(days=3)
    assert await bench.step() is None
    assert before.keys == []
    # The proposal looked, and nobody since.
    assert before.calls == ["user"]


async def test_what_was_missed_is_done_when_the_owner_says_so(bench: Bench) -> None:
    request = await missed(bench)
    bench.clock.turn(hours=5)
    await bench.amend(request, AmendmentKind.NOW)
    await bench.queued()
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert await bench.said_of(request) == [INTENT, MISSED, EntryKind.CHANGE_MOVED, OUTCOME]
    assert (await bench.entries_of(request))[-1].facts["late"] == 0


async def test_what_was_missed_can_be_dropped_or_put_off(bench: Bench) -> None:
    request = await missed(bench)
    put_off = await bench.amend(request, AmendmentKind.MOVE, bench.hence(2))
    assert (put_off.state, put_off.result, put_off.next_at) == (State.SCHEDULED, "", put_off.due_at)
    turn_to_its_time(bench, put_off, late=timedelta(minutes=61))
    await bench.step()
    dropped = await bench.amend(request, AmendmentKind.CANCEL)
    assert (dropped.state, dropped.result, dropped.next_at) == (State.CANCELLED, "dropped", None)
    assert (await bench.said_of(request))[-1] is DROPPED
    bench.clock.turn(days=3)
    assert await bench.step() is None
    assert await times_applied(bench) == 0


async def test_without_a_limit_it_is_done_however_late(bench: Bench) -> None:
    await ChooseLateLimit(bench.store, bench.clock)(bench.owner, bench.shop.id, None)
    request = await scheduled(bench)
    turn_to_its_time(bench, request, late=timedelta(days=40))
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")
    assert (await bench.entries_of(request))[-1].facts["late"] == 40 * 24 * 60


async def test_the_limit_is_the_one_of_its_time(sqlite_bench: Bench) -> None:
    request = await scheduled(sqlite_bench)
    await ChooseLateLimit(sqlite_bench.store, sqlite_bench.clock)(sqlite_bench.owner, sqlite_bench.shop.id, 15)
    turn_to_its_time(sqlite_bench, request, late=timedelta(minutes=16))
    await sqlite_bench.step()
    assert (await sqlite_bench.kept(request)).result == "missed"


async def test_one_whose_end_has_passed_is_not_begun(bench: Bench, before: Before) -> None:
    request = await bench.confirmed(ChangeKind.FREEZE, due_at=bench.hence(1), until=bench.hence(2))
    await bench.queued()
    bench.clock.turn(hours=2)
    await bench.step()
    await ended(bench, request, State.FAILED, "over")
    assert before.keys == []
    assert await bench.waiting() == ()


@pytest.mark.parametrize(
    ("due", "until", "refusal"),
    [
        (0, None, WhenPast),
        (-1, None, WhenPast),
        (None, 0, WhenBeforeStart),
        (None, -1, WhenBeforeStart),
        (5, 5, WhenBeforeStart),
        (5, 4, WhenBeforeStart),
    ],
)
async def test_a_time_that_has_passed_and_an_end_before_the_start_are_refused(
    sqlite_bench: Bench, due: int | None, until: int | None, refusal: type[Exception]
) -> None:
    due_at = None if due is None else sqlite_bench.hence(due)
    ends_at = None if until is None else sqlite_bench.hence(until)
    with pytest.raises(refusal):
        await sqlite_bench.propose(ChangeKind.FREEZE, due_at=due_at, until=ends_at)


async def test_what_came_due_while_it_waited_for_its_code_begins_at_once(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await bench.propose(ChangeKind.ROLE, Role.SUPERVISOR.value, due_at=bench.hence(seconds=20))
    await bench.confirm(request)
    assert (await bench.kept(request)).state is State.CONFIRMED
    await bench.step()
    await ended(bench, request, State.APPLIED, "applied")


async def test_what_would_end_before_its_code_came_takes_none(sqlite_bench: Bench) -> None:
    bench = sqlite_bench
    request = await bench.propose(ChangeKind.FREEZE, until=bench.hence(seconds=20))
    code = bench.next_code()
    with pytest.raises(WhenPast):
        await bench.confirm(request, code)
    assert await bench.said_of(request) == []
    await bench.confirm(await bench.propose(ChangeKind.FREEZE), code)
