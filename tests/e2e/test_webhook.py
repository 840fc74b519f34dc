"""Two processes behind a balancer take what Telegram delivers; one is killed with a press in its hands."""

import asyncio
import secrets
import signal
import socket
from pathlib import Path

import pytest

from changes.till import Status
from demo.botapi.faults import Harm
from demo.botapi.methods import Methods
from demo.botapi.params import Params
from demo.botapi.server import METHODS
from demo.state import State
from tests.databases import Databases
from tests.e2e.courier import delivering
from tests.e2e.fleet import fleet_of
from tests.e2e.shops import CHEN, FRONT, shop_of

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.postgres, pytest.mark.redis]

_methods = Methods()


@_methods("setWebhook", "url", "secret_token", "max_connections", "allowed_updates")
async def _set_webhook(state: State, params: Params) -> bool:
    """The demo's Telegram is polled; here a courier delivers."""
    return True


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


async def test_a_press_in_the_hands_of_a_killed_process_is_delivered_to_another(
    tmp_path: Path, till: Path, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(METHODS, "setwebhook", _methods.table["setwebhook"])
    secret, ports = secrets.token_urlsafe(16), [_free_port(), _free_port()]
    async with fleet_of(0, tmp_path, till, databases) as fleet:
        fleet.secrets.add(secret)
        fleet.more = {"WEBHOOK_URL": "http://127.0.0.1/hook", "WEBHOOK_SECRET": secret}
        members = {f"http://127.0.0.1:{port}/hook": await fleet.join(listen=f"127.0.0.1:{port}") for port in ports}
        async with delivering(fleet.telegram, list(members), secret) as courier, shop_of(fleet) as shop:
            owner = shop.owner
            assert courier.again == 0
            await owner.go_to_code(FRONT, CHEN, "change-kind-freeze")
            hold = fleet.telegram.faults.add("deleteMessage", Harm.HOLD)
            typed = await owner.confirm()
            await asyncio.wait_for(hold.met.wait(), 15)
            await members[courier.last].end(signal.SIGKILL)
            fleet.telegram.faults.clear()
            await owner.hear(owner.texts.plain("entry-verdict-applied"))
            user = await shop.user()
            assert (user.status, user.version) == (Status.FROZEN, "2")
            assert await shop.audit() == ["intent", "outcome applied applied"]
            await owner.settled()
            assert not owner.stands(typed)
            assert courier.again > 0
        (left,) = [member for member in fleet.members if member.process.is_alive()]
        assert await left.end(signal.SIGTERM) == 0
        (told,) = {call.parameters["url"] for call in fleet.telegram.calls_of("setWebhook")}
        assert told == "http://127.0.0.1/hook"
        assert fleet.telegram.calls_of("getUpdates") == []
        assert not any(secret in member.log.read_text() for member in fleet.members)
