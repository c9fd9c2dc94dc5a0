"""A kill at any await of planner, sender or engine, on both databases: one row a step, nobody told twice.

Each story is played once undisturbed, and then killed at its first await, at its second, and so on; new
planners and senders do the rest, and everything has to be as if nothing had happened.
"""

import asyncio
import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import select

from isobot.chat.bell import Bell
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.deadlines import StepKey
from isobot.domain.units import UnitDirectory
from isobot.storage import delivery, dispatch
from isobot.storage.database import Database
from isobot.storage.tables import outbox as outbox_table
from scheduler.dispatch import Dispatcher, LastLook
from tests.acceptance.conftest import Office, Phone
from tests.fakes import FakeClock
from tests.killing import Process
from tests.storage.test_rounds_on_both_databases import T_3, UNITS, officers, submit

ENDED = {"sent", "merged", "cancelled", "dead"}


@dataclass
class Network:
    """A platform that is slow on both ways: a kill may fall before it takes a message, and after."""

    bot: str = "telegram"
    sends_files: bool = True
    taken: list[Outgoing] = field(default_factory=list)

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        await asyncio.sleep(0)
        self.taken.append(message)
        await asyncio.sleep(0)
        return str(len(self.taken))


class Kept:
    """A prepared database that can be brought back to what it was, as often as it is wanted."""

    def __init__(self, url: str, folder: Path) -> None:
        """Keep what a database holds; one in a file is copied to the folder first."""
        self.url = url
        if url.startswith("sqlite"):
            self._file = folder / "isobot.db"
            shutil.copy(url.partition("///")[2], self._file)
            self.url = f"sqlite+aiosqlite:///{self._file}"
        with self._connected() as connection:
            names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            if not url.startswith("sqlite"):
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
        if self.url.startswith("sqlite"):
            with closing(sqlite3.connect(self._file, timeout=5)) as connection, connection:
                yield connection
            return
        with psycopg.connect(self.url) as server:
            server.execute("SET session_replication_role = replica")  # no order by foreign keys
            yield server

    @property
    def kills(self) -> Iterator[int]:
        """Count the awaits at which to kill: each, or on PostgreSQL, which takes longer, one in five."""
        return count(1, 1 if self.url.startswith("sqlite") else 5)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder in memory where there is one: nothing here is about power cuts, and a disk takes its time."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as made:
        yield Path(made)


class House:
    """One installation: its database, and what works on it."""

    def __init__(
        self, database: Database, services, clock: FakeClock, network: Network | None = None
    ) -> None:
        self.database, self.network = database, network or Network()
        timetable, directory = services.timetable, small(services)
        self.dispatcher = Dispatcher(self.database, timetable, lambda: directory, clock, queued=lambda: None)
        look = LastLook(self.database, timetable, lambda: directory, clock)
        self.sender = Sender(self.database, [self.network], _no_files, clock, bell=Bell(), last_look=look)

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


async def _no_files(_attachment) -> RenderedFile:
    raise AssertionError("no reminder has a file")


def small(services) -> UnitDirectory:
    """Return the units of these stories alone, so that planning is quick."""
    return UnitDirectory(unit for unit in services.directory if unit.code in (*UNITS, "th.so-khcn"))


@pytest.fixture
async def prepared(database, services, clock) -> Database:
    """A database with officers, on a day when each of them is to be told something."""
    await officers(database, clock, services)
    clock.move_to(T_3)
    return database


@asynccontextmanager
async def two_processes(prepared: Database, folder: Path) -> AsyncIterator[tuple[Kept, Database, Database]]:
    """Give what is kept of a database, and one way into it for who is killed and one for who comes after."""
    await prepared.close()
    kept = Kept(prepared.url, folder)
    doomed, heir = Database(kept.url), Database(kept.url)
    yield kept, doomed, heir
    await doomed.close()
    await heir.close()


async def test_a_planner_killed_at_any_await_leaves_one_row_a_step(prepared, folder, services, clock):
    async with two_processes(prepared, folder) as (kept, doomed, database):
        calm = House(database, services, clock)
        await calm.dispatcher.tick()
        await calm.sender.drain()
        expected = await calm.outcome()
        assert set(expected[0].values()) == {"sent", "merged"}
        assert set(expected[1].values()) == {1}

        for k in kept.kills:
            kept.bring_back()
            ended = await Process(kill_at=k).run(House(doomed, services, clock).dispatcher.tick())
            heir = House(database, services, clock)
            await heir.dispatcher.tick()
            await heir.sender.drain()
            assert (await heir.dispatcher.tick()).messages == 0
            assert await heir.outcome() == expected, f"killed at await {k}"
            if ended:
                break
    assert k > 20, "the story has more awaits than that"


async def test_a_sender_killed_at_any_await_repeats_only_what_was_not_marked_and_counts_it(
    prepared, folder, services, clock
):
    await House(prepared, services, clock).dispatcher.tick()
    await submit(prepared, clock, UNITS[0])  # the last look has something to take back
    repeated = 0
    async with two_processes(prepared, folder) as (kept, doomed, database):
        calm = House(database, services, clock)
        await calm.sender.drain()
        expected, told, _ = await calm.outcome()
        assert set(expected.values()) == {"sent", "merged", "cancelled"}

        for k in kept.kills:
            kept.bring_back()
            killed = House(doomed, services, clock)
            ended = await Process(kill_at=k).run(killed.sender.drain())
            lost_sight_of = await killed.unmarked()
            heir = House(database, services, clock, killed.network)
            await heir.sender.drain()
            ledger, now_told, counted = await heir.outcome()
            assert ledger == expected, f"killed at await {k}"
            assert now_told.keys() == told.keys()
            twice = sum(now_told.values()) - sum(told.values())
            assert twice == len(lost_sight_of), f"killed at await {k}"
            assert counted >= twice, f"killed at await {k}"
            repeated += twice
            if ended:
                assert (twice, counted) == (0, 0)
                break
    assert repeated > 0


async def test_a_submission_killed_at_any_await_takes_its_reminder_back_once(
    database, folder, services, clock
):
    office = Office(database, services, clock)
    lan = Phone(office, buttons=False)
    await lan.registers("th.pu-luong")
    await lan.opens_report()
    await lan.answers()
    clock.move_to(T_3)
    await office.dispatcher().tick()
    await office.door.take([lan.event(text="gửi báo cáo")])
    async with two_processes(database, folder) as (kept, doomed, second):
        for k in kept.kills:
            kept.bring_back()
            ended = await Process(kill_at=k).run(Office(doomed, services, clock).engine.step())
            heir = Office(second, services, clock)
            await heir.work()
            said = [message.reply.text for message in heir.channels["telegram"].sent]
            record = await heir.report("th.pu-luong", "2027-05")
            events = await heir.events_of(record)
            async with second.read() as connection:
                ledger = await dispatch.ledger(connection, since=date(2027, 1, 1))
            assert [text.startswith("Đã nhận số liệu") for text in said] == [True], f"killed at await {k}"
            assert set(ledger.values()) == {"cancelled", "merged"}, f"killed at await {k}"
            assert record.version == [event["kind"] for event in events].count("submit") == 1
            if ended:
                break
    assert k > 20, "the story has more awaits than that"
