"""One installation on a database that can be brought back to what it was, again and again."""

import asyncio
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import select

from handlers.services import Services
from isobot.chat.bell import Bell
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.deadlines import StepKey
from isobot.domain.messages import Attachment
from isobot.domain.units import UnitDirectory
from isobot.storage import delivery, dispatch
from isobot.storage.database import Database
from isobot.storage.tables import outbox as outbox_table
from scheduler.dispatch import Dispatcher, LastLook
from tests.fakes import FakeClock


@dataclass
class Network:
    """A platform that is slow on both ways: a kill may fall before it takes a message, and after."""

    bot: str = "telegram"
    sends_files: bool = True
    taken: list[Outgoing] = field(default_factory=list)
    on_taking: Callable[[Outgoing], None] = lambda _message: None

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        await asyncio.sleep(0)
        self.taken.append(message)
        self.on_taking(message)
        await asyncio.sleep(0)
        return str(len(self.taken))


class Kept:
    """A prepared database that can be brought back to what it was, as often as it is wanted."""

    def __init__(self, url: str, folder: Path) -> None:
        """Keep what a database holds; one in a file is copied to the folder first."""
        self.url = url
        if self.is_sqlite:
            self._file = folder / "isobot.db"
            shutil.copy(url.partition("///")[2], self._file)
            self.url = f"sqlite+aiosqlite:///{self._file}"
        with self._connected() as connection:
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            if not self.is_sqlite:
                names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            found = [name for (name,) in connection.execute(names).fetchall()]
            self._tables = [name for name in found if name not in ("units", "alembic_version")]
            for table in self._tables:
                connection.execute(f"CREATE TABLE kept_{table} AS SELECT * FROM {table}")

    def bring_back(self) -> None:
        """Undo what was done since; nobody may be in the midst of a transaction."""
        with self._connected() as connection:
            for table in self._tables:
                connection.execute(f"DELETE FROM {table}")
                connection.execute(f"INSERT INTO {table} SELECT * FROM kept_{table}")

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        if self.is_sqlite:
            with closing(sqlite3.connect(self._file, timeout=5)) as connection, connection:
                yield connection
            return
        with psycopg.connect(self.url) as server:
            server.execute("SET session_replication_role = replica")  # no order by foreign keys
            yield server

    @property
    def is_sqlite(self) -> bool:
        """Tell which of the two databases it is."""
        return self.url.startswith("sqlite")


class House:
    """One process of an installation: what plans, looks again and sends.

    It knows the units of its officers alone, so that planning is quick, and the reports of theirs, no
    duties of the year.
    """

    def __init__(
        self,
        database: Database,
        services: Services,
        clock: FakeClock,
        network: Network | None = None,
        *,
        units: Sequence[str],
    ) -> None:
        self.database, self.network = database, network or Network()
        timetable = replace(services.timetable, duty_ladder=())
        directory = UnitDirectory(unit for unit in services.directory if unit.code in units)
        self.dispatcher = Dispatcher(database, timetable, lambda: directory, clock, queued=lambda: None)
        look = LastLook(database, timetable, lambda: directory, clock)
        self.sender = Sender(database, [self.network], _no_files, clock, bell=Bell(), last_look=look)

    async def outcome(self) -> tuple[dict[StepKey, str], dict[str, int], int]:
        """Tell the ledger, how many messages each chat was told, and the repeats that were counted."""
        async with self.database.read() as connection:
            ledger = await dispatch.ledger(connection, since=date(2027, 1, 1))
            counted = await delivery.perhaps_repeated(connection)
        told = Counter(message.chat for message in self.network.taken)
        return ledger, dict(told), sum(counted.values())

    async def unmarked(self) -> list[int]:
        """Return the messages that the network took and the outbox does not know as sent."""
        taken = [message.id for message in self.network.taken]
        async with self.database.read() as connection:
            marked = await connection.execute(
                select(outbox_table.c.id).where(outbox_table.c.id.in_(taken), outbox_table.c.status == "sent")
            )
            return sorted(set(taken) - set(marked.scalars()))


async def _no_files(_attachment: Attachment) -> RenderedFile:
    raise AssertionError("no reminder has a file")


@asynccontextmanager
async def two_processes(prepared: Database, folder: Path) -> AsyncIterator[tuple[Kept, Database, Database]]:
    """Give what is kept of a database, and one way into it for who is killed and one for who comes after."""
    await prepared.close()
    kept = Kept(prepared.url, folder)
    doomed, heir = Database(kept.url), Database(kept.url)
    try:
        yield kept, doomed, heir
    finally:
        await doomed.close()
        await heir.close()
