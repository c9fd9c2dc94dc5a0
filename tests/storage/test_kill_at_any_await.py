"""A kill at any await of planner, sender or engine, on both databases: one row a step, nobody told twice.

Each story is played once undisturbed, and then killed at its first await, at its second, and so on; new
planners and senders do the rest, and everything has to be as if nothing had happened.
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from isobot.chat.bell import Bell
from isobot.chat.outgoing import Outgoing
from isobot.chat.sender import RenderedFile, Sender
from isobot.domain.deadlines import StepKey
from isobot.domain.units import UnitDirectory
from isobot.storage import delivery, dispatch, outbox
from isobot.storage.database import Database
from isobot.storage.tables import outbox as outbox_table
from scheduler.dispatch import Dispatcher, LastLook
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


class Copies:
    """Copies of one prepared database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._number = 0

    @asynccontextmanager
    async def fresh(self) -> AsyncIterator[str]:
        """Give the address of a copy; nobody may be connected to the prepared one."""
        self._number += 1
        head, _, tail = self._url.partition("?")
        base, _, name = head.rpartition("/")
        copy = f"{name}_{self._number}"
        if self._url.startswith("sqlite"):
            file = Path(head.partition("///")[2])
            shutil.copy(file, file.with_name(copy))
        else:
            self._execute(f"CREATE DATABASE {copy} TEMPLATE {name} STRATEGY FILE_COPY")
        yield f"{base}/{copy}" + (f"?{tail}" if tail else "")
        if not self._url.startswith("sqlite"):
            self._execute(f"DROP DATABASE {copy} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        server = self._url.replace(self._url.partition("?")[0].rpartition("/")[2], "postgres", 1)
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)


class House:
    """One installation: its database, and what works on it."""

    def __init__(self, url: str, services, clock: FakeClock, network: Network) -> None:
        self.database, self.network = Database(url), network
        timetable, directory = services.timetable, small(services)
        self.dispatcher = Dispatcher(self.database, timetable, lambda: directory, clock, queued=lambda: None)
        look = LastLook(self.database, timetable, lambda: directory, clock)
        self.sender = Sender(self.database, [network], _no_files, clock, bell=Bell(), last_look=look)

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


@asynccontextmanager
async def house(url: str, services, clock, network: Network | None = None) -> AsyncIterator[House]:
    made = House(url, services, clock, network or Network())
    yield made
    await made.database.close()


def kills(url: str) -> Iterator[int]:
    """Count the awaits at which to kill: each, or on PostgreSQL, where a copy takes longer, one in a few."""
    number = 1
    while True:
        yield number
        number += 1 if url.startswith("sqlite") else 4


@pytest.fixture
async def prepared(database_url, services, clock) -> Copies:
    async with house(database_url, services, clock) as first:
        await officers(first.database, clock, services)
    clock.move_to(T_3)
    return Copies(database_url)


async def test_a_planner_killed_at_any_await_leaves_one_row_a_step(prepared, services, clock):
    async with prepared.fresh() as url, house(url, services, clock) as calm:
        await calm.dispatcher.tick()
        await calm.sender.drain()
        expected = await calm.outcome()
    assert set(expected[0].values()) == {"sent", "merged"}
    assert set(expected[1].values()) == {1}

    for k in kills(url):
        async with prepared.fresh() as url:
            async with house(url, services, clock) as doomed:
                ended = await Process(kill_at=k).run(doomed.dispatcher.tick())
            async with house(url, services, clock) as heir:
                await heir.dispatcher.tick()
                await heir.sender.drain()
                assert (await heir.dispatcher.tick()).messages == 0
                assert await heir.outcome() == expected, f"killed at await {k}"
        if ended:
            break
    assert k > 20


async def test_a_sender_killed_at_any_await_repeats_only_what_was_not_marked_and_counts_it(
    prepared, database_url, services, clock
):
    async with house(database_url, services, clock) as first:
        await first.dispatcher.tick()
        await submit(first.database, clock, UNITS[0])  # the last look has something to take back
    async with prepared.fresh() as url, house(url, services, clock) as calm:
        await calm.sender.drain()
        expected, told, _ = await calm.outcome()
    assert set(expected.values()) == {"sent", "merged", "cancelled"}

    repeated = Counter[str]()
    for k in kills(url):
        network = Network()
        async with prepared.fresh() as url:
            async with house(url, services, clock, network) as doomed:
                ended = await Process(kill_at=k).run(doomed.sender.drain())
                lost_sight_of = await doomed.unmarked()
            async with house(url, services, clock, network) as heir:
                await heir.sender.drain()
                ledger, now_told, counted = await heir.outcome()
        assert ledger == expected, f"killed at await {k}"
        assert set(now_told) == set(told)
        twice = sum(now_told.values()) - sum(told.values())
        assert twice == len(lost_sight_of), f"killed at await {k}"
        assert counted >= twice, f"killed at await {k}"
        repeated["counted"] += counted
        repeated["twice"] += twice
        if ended:
            assert (twice, counted) == (0, 0)
            break
    print(k, repeated)
    assert repeated["twice"] > 0
