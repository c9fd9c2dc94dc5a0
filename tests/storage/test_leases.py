"""Processes over one PostgreSQL share the bots, and never two send for one."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import psycopg
import pytest

from isobot.chat.bell import Bell
from isobot.chat.limits import Limits, Rate
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.messages import Reply
from isobot.storage import delivery, outbox
from isobot.storage.database import Database
from isobot.storage.leases import Leases, Pace
from isobot.storage.outbox import Priority
from tests.fakes import FakeClock

QUICK = Pace(look=0.02, soon=0.01, patience=0.3, rest=0.01, giving=0.5)
RUSHING = ["telegram", "telegram-kg", "telegram-th", "zalo"]
BOTS = [f"telegram-{number}" for number in range(34)]
PATIENCE_SECONDS = 40


class Worker:
    """A process that sends, as far as leases go."""

    def __init__(self, address: str, names: list[str], others: "list[Worker]") -> None:
        self.names, self._others = names, others
        self.busy: set[str] = set()
        self.given_up: list[str] = []
        self.leases = Leases(address, names, taken=self._taken, let_go=self._let_go, pace=QUICK)
        self._running = asyncio.create_task(self.leases.run())
        others.append(self)

    def holds(self) -> set[str]:
        return {name for name in self.names if self.leases.held(name)}

    def _taken(self) -> None:
        at_work = [name for name in self.names if sum(name in other.holds() for other in self._others) > 1]
        assert at_work == [], "two send for one bot"

    async def _let_go(self, name: str) -> bool:
        assert name not in self.holds()
        if name in self.busy:
            return False
        self.given_up.append(name)
        return True

    async def stop(self) -> None:
        self._running.cancel()
        ended = await asyncio.gather(self._running, return_exceptions=True)
        assert all(isinstance(each, asyncio.CancelledError) for each in ended), ended


@asynccontextmanager
async def house(address: str) -> AsyncIterator[Callable[..., Worker]]:
    workers: list[Worker] = []

    def start(names: list[str] = BOTS) -> Worker:
        return Worker(address, names, workers)

    try:
        yield start
    finally:
        for worker in workers:
            await worker.stop()


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.005)


def shares(*workers: Worker) -> list[int]:
    return [len(worker.holds()) for worker in workers]


async def test_a_worker_that_comes_later_gets_its_share_and_one_that_goes_leaves_it(empty_postgres):
    async with house(empty_postgres) as start:
        first = start()
        await until(lambda: shares(first) == [34])

        second = start()
        await until(lambda: shares(first, second) == [17, 17])
        third = start()
        await until(lambda: sorted(shares(first, second, third)) == [10, 12, 12])
        assert first.holds() | second.holds() | third.holds() == set(BOTS)

        await second.stop()
        await until(lambda: shares(first, third) == [17, 17])


async def test_what_is_under_way_is_not_given_up(empty_postgres):
    async with house(empty_postgres) as start:
        first = start(["a", "b", "c", "d"])
        await until(lambda: shares(first) == [4])
        first.busy = {"a", "c", "d"}

        second = start(["a", "b", "c", "d"])
        await until(lambda: second.holds() == {"b"})
        first.busy = {"a", "c"}
        await until(lambda: second.holds() == {"b", "d"})

        assert first.holds() == {"a", "c"}


async def test_a_bot_that_no_other_can_send_for_stays_and_others_go(empty_postgres):
    """Only one of them has the tokens of the last two."""
    async with house(empty_postgres) as start:
        first = start(["a", "b", "c", "own", "mine"])
        await until(lambda: shares(first) == [5])

        second = start(["a", "b", "c"])
        await until(lambda: shares(first, second) == [3, 2])
        given_up = list(first.given_up)
        await asyncio.sleep(2 * QUICK.patience)

        assert {"own", "mine"} <= first.holds()
        assert first.given_up == given_up


async def test_processes_that_lose_their_connections_share_anew(empty_postgres):
    async with house(empty_postgres) as start:
        first, second = start(), start()
        await until(lambda: shares(first, second) == [17, 17])

        with psycopg.connect(empty_postgres, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        await until(lambda: shares(first, second) != [17, 17])
        await until(lambda: shares(first, second) == [17, 17])
        assert first.holds().isdisjoint(second.holds())


class Platform:
    """Processes send through it; it notices when two send for one bot at once."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.clashes: list[str] = []
        self._under_way: dict[str, Counter[str]] = defaultdict(Counter)

    async def take(self, message: Outgoing, process: str) -> str:
        by = self._under_way[message.bot]
        by[process] += 1
        if len(+by) > 1:
            self.clashes.append(message.bot)
        await asyncio.sleep(0.5)
        self.taken.append(message.chat_key)
        by[process] -= 1
        return str(len(self.taken))


@dataclass
class Line:
    """One bot of one process."""

    platform: Platform
    bot: str
    process: str
    sent: int = 0
    sends_files: bool = True

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        self.sent += 1
        return await self.platform.take(message, self.process)


async def test_a_bot_is_at_rest_when_all_that_left_is_marked_and_every_token_is_back(database, clock):
    platform, leave = Platform(), {"telegram"}
    line = Line(platform, "telegram", "first")
    sender = Sender(
        database,
        [line],
        None,
        clock,
        bell=Bell(),
        limits={"telegram": Limits(Rate(2, 0.5))},
        may_send=leave.__contains__,
    )
    async with database.write() as connection:
        for chat in "12345":
            row = outbox.row_of(
                "telegram", chat, Reply("a"), prompt=0, priority=Priority.ANSWER, at=clock.now()
            )
            await outbox.add_one(connection, row)
    running = asyncio.create_task(sender.run())
    await until(lambda: line.sent == 2)

    leave.clear()
    assert not await sender.let_go("telegram")
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not await sender.let_go("telegram"):
            await asyncio.sleep(0.01)

    async with database.read() as connection:
        (queue,) = await delivery.queues(connection)
    assert queue.waiting == 5 - line.sent == 3
    leave.add("telegram")
    await until(lambda: line.sent == 5)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


class Process:
    """A real sender with real leases."""

    def __init__(self, url: str, clock: FakeClock, platform: Platform, name: str) -> None:
        self.database = Database(url)
        self.lines = [Line(platform, bot, name) for bot in RUSHING]
        bell = Bell()
        self.sender = Sender(
            self.database,
            self.lines,
            None,
            clock,
            bell=bell,
            limits=dict.fromkeys(RUSHING, Limits(Rate(20, 0.2))),
            may_send=lambda bot: self.leases.held(bot),
            last_look=self._still_holds,
        )
        self.leases = Leases(
            self.database.conninfo, RUSHING, taken=bell.ring, let_go=self.sender.let_go, pace=QUICK
        )
        self._running = [asyncio.create_task(part.run()) for part in (self.sender, self.leases)]

    async def _still_holds(self, messages: Sequence[Outgoing]) -> dict[int, Reply | None]:
        await asyncio.sleep(0.01)
        return {message.id: message.reply for message in messages}

    def sent(self) -> list[int]:
        return [line.sent for line in self.lines]

    def holds(self) -> int:
        return sum(map(self.leases.held, RUSHING))

    async def stop(self) -> None:
        for task in self._running:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await self.database.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_campaign_goes_on_where_its_bots_go_and_nothing_is_lost_or_doubled(
    database_url, database, clock
):
    chats = [(bot, str(number)) for number in range(120) for bot in RUSHING]
    async with database.write() as connection:
        rows = [
            outbox.row_of(bot, chat, Reply("nhắc"), prompt=0, priority=Priority.CAMPAIGN, at=clock.now())
            for bot, chat in chats
        ]
        await outbox.add(connection, rows)
    platform = Platform()
    first = Process(database_url, clock, platform, "first")
    await until(lambda: all(sent > 10 for sent in first.sent()))

    second = Process(database_url, clock, platform, "second")
    await until(lambda: (first.holds(), second.holds()) == (2, 2))
    taken_by_then = len(platform.taken)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await waiting(database):
            await asyncio.sleep(0.02)
    async with database.read() as connection:
        repeated = await delivery.perhaps_repeated(connection)
    await first.stop()
    await second.stop()

    assert repeated == {}
    assert platform.clashes == []
    assert taken_by_then < len(chats)
    assert sum(sent > 0 for sent in second.sent()) == 2
    assert Counter(platform.taken) == Counter(f"{bot}:{chat}" for bot, chat in chats)


async def waiting(database: Database) -> bool:
    async with database.read() as connection:
        return bool(await delivery.queues(connection))
