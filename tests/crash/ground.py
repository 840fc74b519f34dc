"""The database of a run: put back to the same beginning before each."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import text

from bot.assembly import open_parts
from bot.settings import Settings
from changes.authority import Actor, ChatKind
from changes.claiming import AddShop
from storage.engine import Database
from storage.tables import metadata
from storage.vault import Vault
from tests.clock import HandClock
from tests.crash.backend import KIND
from tests.crash.clock import START
from tests.crash.scenarios import SCENARIOS, Counter, Press
from tests.databases import Databases

OWNER = Actor(4_000_000_001, "Boss Lin", 4_000_000_001, ChatKind.PRIVATE)

#: Between the beginning of the preparations and that of the runs: two steps of the authenticator.
_PREPARING = 60


@dataclass
class Ground:
    """One database that runs take in turn."""

    kind: str
    url: str
    folder: Path
    #: The address of a till to prepare with.
    till: str
    key: str = field(default_factory=lambda: Fernet.generate_key().decode(), repr=False)
    _prepared: dict[str, Press] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True)
        self.database = Database(self.url)
        self.vault = Vault([self.key])

    def settings(self, telegram: str = "http://127.0.0.1:1", run: str = "0", port: int | None = None) -> Settings:
        """`port` is another way to the server of PostgreSQL."""
        url = self.database.url if port is None else self.database.url.set(port=port)
        return Settings(
            _env_file=None,  # type: ignore[call-arg]
            bot_token=f"1:{run:>035}",  # type: ignore[arg-type]
            bot_api_base=telegram,
            database_url=url.render_as_string(hide_password=False),
            secret_keys=self.key,  # type: ignore[arg-type]
            # Not a part of any change: it would look at the till at moments of its own.
            drift_minutes=0,
            snapshot_days=0,
        )

    async def begin(self, scenario: str) -> Press:
        """What is proposed waits for its code; nothing else ever happened."""
        if scenario not in self._prepared:
            await self._empty()
            self._prepared[scenario] = await self._prepare(scenario)
            await self._keep(scenario)
        else:
            await self._put_back(scenario)
        return self._prepared[scenario]

    async def _prepare(self, scenario: str) -> Press:
        clock = HandClock(START)
        clock.turn(seconds=-_PREPARING)
        async with open_parts(self.settings(), clock) as parts:
            made = await AddShop(parts.store, clock)("Lin's Tea House", "Asia/Shanghai", KIND, {"url": self.till})
            await parts.use.claim(OWNER, made.code, "en")
            shown = await parts.use.begin_enrolment(OWNER)
            await parts.use.confirm_enrolment(OWNER, pyotp.TOTP(shown.secret).at(clock.now()))
            clock.turn(seconds=_PREPARING / 2)
            counter = Counter(parts.use, OWNER, made.shop.id, pyotp.TOTP(shown.secret).at(clock.now()))
            asked = await SCENARIOS[scenario].propose(counter)
        return Press(scenario, OWNER, asked, pyotp.TOTP(shown.secret).at(START), shown.secret)

    # SQLite: copies of a file. PostgreSQL: copies of the tables in a schema beside them. ------------------------------

    async def _empty(self) -> None:
        await self._put_back("empty") if self._prepared else await self._keep("empty")

    async def _keep(self, name: str) -> None:
        if self.database.is_sqlite:
            # Closed, so that nothing is left beside the file.
            await self.database.close()
            shutil.copy(self._file, self.folder / f"{name}.db")
            return
        copies = [f'CREATE TABLE "{name}".{table} AS TABLE public.{table}' for table in metadata.tables]
        await self._run(f'CREATE SCHEMA "{name}"', *copies)

    async def _put_back(self, name: str) -> None:
        if self.database.is_sqlite:
            await self.database.close()
            for beside in ("-wal", "-shm"):
                self._file.with_name(self._file.name + beside).unlink(missing_ok=True)
            shutil.copy(self.folder / f"{name}.db", self._file)
            return
        tables = metadata.sorted_tables
        await self._run(
            # The audit only grows: its trigger must not see this.
            "SET LOCAL session_replication_role = 'replica'",
            *(f"DELETE FROM public.{table}" for table in reversed(tables)),  # noqa: S608 our own names
            *(f'INSERT INTO public.{table} SELECT * FROM "{name}".{table}' for table in tables),  # noqa: S608
        )

    @property
    def _file(self) -> Path:
        return Path(self.database.url.database or "")

    async def _run(self, *statements: str) -> None:
        async with self.database.write() as connection:
            for statement in statements:
                await connection.execute(text(statement))


@asynccontextmanager
async def ground(kind: str, databases: Databases, folder: Path, till: str) -> AsyncIterator[Ground]:
    async with databases.fresh(kind) as url:
        made = Ground(kind, url, folder, till)
        try:
            yield made
        finally:
            await made.database.close()
