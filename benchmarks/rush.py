"""The rush of a 14 December: every officer of a province is reminded while others ask questions.

One process of isobot with its real parts (dispatcher, ledger, outbox, sender, python-telegram-bot) on a
SQLite file; the Bot API is a process of its own that refuses what is beyond its limit in any second. All
times are those of that server. The best possible time is what the limit allows for everything that was
sent meanwhile, answers counted.
"""

import asyncio
import random
import socket
import statistics
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from sqlalchemy import func, insert, select

from handlers.router import DialogueRouter
from handlers.services import Services
from isobot.channels.telegram import TelegramChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.limits import telegram_limits
from isobot.chat.sender import RenderedFile, Sender
from isobot.clock import SystemClock
from isobot.content import load_content
from isobot.domain.messages import Attachment
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.storage.tables import dispatches, identities, outbox, posts
from isobot.storage.tables import people as people_table
from knowledge.answer import KnowledgeBase
from scheduler.dispatch import Dispatcher, LastLook
from scheduler.rounds import Timetable
from scheduler.runner import Runner

ROOT = Path(__file__).parents[1]
TOKEN = "987654321:AAEmulatorTokenThatMustNeverBeLogged"
PROVINCE = "kien-giang"
MOMENT = datetime(2026, 12, 14, 2, tzinfo=UTC)
"""Nine in the morning of the last day on time in Kiên Giang."""

SLACK = 1.02
"""The rush may take so much longer than the best possible time."""
ANSWER_SECONDS = 0.1
"""The median of the answers' times is below this."""
FIRST_OFFICER = 50_000_000
QUESTIONS = (
    "xã báo cáo tháng nào",
    "nộp báo cáo cho ai",
    "trợ giúp",
    "một năm đánh giá nội bộ mấy lần",
    "kinh phí lấy từ đâu",
    "báo cáo năm nộp trước ngày nào",
)


@dataclass(frozen=True, slots=True)
class Size:
    """How large a rush is."""

    bots: int
    people: int
    """To be reminded, of each bot."""
    a_second: int
    officers: int
    """Who write meanwhile, of each bot."""
    thinking_seconds: float
    """Between an answer and the next question, in the mean."""


FULL = Size(bots=1, people=20_000, a_second=30, officers=12, thinking_seconds=6.0)
SMALL = Size(bots=1, people=600, a_second=30, officers=6, thinking_seconds=3.0)
COUNTRY = Size(bots=34, people=60, a_second=1, officers=1, thinking_seconds=30.0)
"""A bot for each province. One message a second each, since 34 times 30 is more than two cores send."""
SMALL_COUNTRY = Size(bots=34, people=15, a_second=1, officers=1, thinking_seconds=20.0)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rush came to; of several bots the worst."""

    seconds: float
    best_seconds: float
    reminders: int
    answers: int
    flooded: int
    lost: int
    twice: int
    ledger_rows: int
    latencies: tuple[float, ...]

    @property
    def ratio(self) -> float:
        return self.seconds / self.best_seconds

    @property
    def median(self) -> float:
        return statistics.median(self.latencies)

    def at(self, part: float) -> float:
        """Return the time within which such a part of the answers came."""
        return sorted(self.latencies)[min(len(self.latencies) - 1, int(len(self.latencies) * part))]

    def keeps_its_promises(self) -> bool:
        whole = not (self.flooded or self.lost or self.twice)
        return whole and self.ratio <= SLACK and self.median < ANSWER_SECONDS


class FixedClock:
    """A morning in December, moving on as real time does."""

    def __init__(self) -> None:
        self._real = SystemClock()
        self._begun = self._real.now()

    def now(self) -> datetime:
        return MOMENT + (self._real.now() - self._begun)


class Platform:
    """The Bot API server, a process of its own."""

    def __init__(self, base: str) -> None:
        self.base = base
        self._client = httpx.AsyncClient(timeout=30)

    def address(self, bot: int) -> str:
        return f"{self.base}/{bot}"

    async def ask(self, bot: int, officer: int, question: str) -> float:
        """Let an officer write; return the seconds until the first answer came."""
        asked = {"chat": officer, "text": question}
        answer = await self._client.post(f"{self.address(bot)}/control/ask", json=asked, timeout=120)
        return float(answer.json()["seconds"])

    async def times(self, bot: int) -> tuple[list[tuple[int, float]], int]:
        found = (await self._client.get(f"{self.address(bot)}/control/times")).json()
        return [(chat, at) for chat, at in found["sent"]], found["flooded"]

    async def close(self) -> None:
        await self._client.aclose()


@asynccontextmanager
async def platform(size: Size) -> AsyncIterator[Platform]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = ("--port", port, "--limit", size.a_second, "--bots", size.bots)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.emulators.telegram_api", *map(str, arguments), cwd=ROOT
    )
    server = Platform(f"http://127.0.0.1:{port}")
    try:
        async with asyncio.timeout(60):
            while True:
                with suppress(httpx.TransportError):
                    await server.times(0)
                    break
                await asyncio.sleep(0.05)
        yield server
    finally:
        await server.close()
        process.kill()
        await process.wait()


class Installation:
    """A process of isobot with its parts joined as `isobot.app` joins them."""

    def __init__(self, size: Size, file: Path, server: Platform) -> None:
        self._size = size
        self.database = Database(f"sqlite+aiosqlite:///{file}")
        clock = FixedClock()
        content = load_content()
        self._units = [
            Unit(code=f"kg.so-{n}", name=f"Sở số {n}", province=PROVINCE, level=Level.SO)
            for n in range(size.bots * size.people)
        ]
        directory = UnitDirectory(self._units)
        services = Services(
            knowledge=KnowledgeBase(content.corpus, directory, content.provinces),
            forms=content.forms,
            rules=content.rules,
            directory=directory,
            provinces=content.provinces,
            calendar=content.calendar,
            ladder=content.ladder,
            duty_ladder=content.duty_ladder,
        )
        timetable = Timetable(content.rules, content.calendar, content.ladder, content.duty_ladder)
        bell, outbox_bell = Bell(), Bell()
        door = Door(self.database, clock, bell)
        self._channels = [
            TelegramChannel(TOKEN, door, api_base=server.address(place), bot=bot_of(place))
            for place in range(size.bots)
        ]
        self._engine = Engine(
            self.database, DialogueRouter(services), clock, bell=bell, outbox_bell=outbox_bell
        )
        self._sender = Sender(
            self.database,
            self._channels,
            _no_files,
            clock,
            bell=outbox_bell,
            limits={channel.bot: telegram_limits(size.a_second) for channel in self._channels},
            last_look=LastLook(self.database, timetable, lambda: directory, clock),
        )
        dispatcher = Dispatcher(
            self.database,
            timetable,
            lambda: directory,
            clock,
            queued=outbox_bell.ring,
        )
        self._runner = Runner(dispatcher.tick)

    async def preload(self) -> None:
        await migrate(self.database)
        size = self._size
        people, rows, held = [], [], []
        for n, unit in enumerate(self._units):
            bot, chat = bot_of(n // size.people), str(1000 + n)
            key = f"{bot}:{chat}"
            people.append({"id": n + 1, "created_at": MOMENT})
            rows.append({"key": key, "person": n + 1, "chat_key": key, "since": MOMENT, "last_seen": MOMENT})
            held.append(
                {
                    "person": n + 1,
                    "unit": unit.code,
                    "province": PROVINCE,
                    "role": "reporter",
                    "since": MOMENT,
                    "granted_by": "benchmark",
                }
            )
        async with self.database.write() as connection:
            await connection.execute(insert(people_table), people)
            await connection.execute(insert(identities), rows)
            await connection.execute(insert(posts), held)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(channel.run_polling()) for channel in self._channels]
        tasks += [asyncio.create_task(self._engine.run()), asyncio.create_task(self._sender.run())]
        tasks.append(asyncio.create_task(self._runner.start()))
        try:
            yield
        finally:
            self._runner.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for channel in self._channels:
                await channel.close()
            await self.database.close()

    async def sent_and_waiting(self) -> Counter[str]:
        async with self.database.read() as connection:
            query = (
                select(outbox.c.status, func.count()).where(outbox.c.priority > 0).group_by(outbox.c.status)
            )
            return Counter({row[0]: row[1] for row in await connection.execute(query)})

    async def ledger_rows(self) -> int:
        async with self.database.read() as connection:
            query = select(func.count()).select_from(
                dispatches.join(outbox, outbox.c.id == dispatches.c.outbox)
            )
            return int((await connection.execute(query.where(outbox.c.status == "sent"))).scalar_one())


def bot_of(place: int) -> str:
    return f"telegram{place}"


async def rush(size: Size) -> Outcome:
    """Run one rush to its end."""
    with tempfile.TemporaryDirectory() as folder:
        async with platform(size) as server:
            installation = Installation(size, Path(folder) / "rush.db", server)
            await installation.preload()
            latencies: list[float] = []
            async with installation.running():
                officers = [
                    asyncio.create_task(_officer(server, bot, number, size, latencies))
                    for bot in range(size.bots)
                    for number in range(size.officers)
                ]
                await _until_all_is_sent(installation, size)
                for officer in officers:
                    officer.cancel()
                await asyncio.gather(*officers, return_exceptions=True)
                ledger_rows = await installation.ledger_rows()
            return await _outcome(server, size, latencies, ledger_rows)


async def _officer(server: Platform, bot: int, number: int, size: Size, latencies: list[float]) -> None:
    """Ask, read, think, ask again."""
    chance = random.Random(bot * 1000 + number)
    while True:
        await asyncio.sleep(chance.expovariate(1 / size.thinking_seconds))
        question = chance.choice(QUESTIONS)
        latencies.append(await server.ask(bot, FIRST_OFFICER + number, question))


async def _until_all_is_sent(installation: Installation, size: Size) -> None:
    everybody = size.bots * size.people
    async with asyncio.timeout(60 + 2 * size.people / size.a_second):
        while (await installation.sent_and_waiting())["sent"] < everybody:
            await asyncio.sleep(0.5)


async def _outcome(server: Platform, size: Size, latencies: list[float], ledger_rows: int) -> Outcome:
    worst: tuple[float, float] = (0.0, 1.0)
    flooded = lost = twice = reminders = answers = 0
    for bot in range(size.bots):
        sent, beyond = await server.times(bot)
        wanted = Counter({str(1000 + bot * size.people + n): 1 for n in range(size.people)})
        got = Counter(str(chat) for chat, _ in sent if chat < FIRST_OFFICER)
        lost += sum((wanted - got).values())
        twice += sum((got - wanted).values())
        flooded += beyond
        campaign = [at for chat, at in sent if chat < FIRST_OFFICER]
        begin, end = min(campaign), max(campaign)
        meanwhile = sum(1 for chat, at in sent if chat >= FIRST_OFFICER and begin <= at <= end)
        reminders += len(campaign)
        answers += meanwhile
        seconds, best = end - begin, (len(campaign) + meanwhile) / size.a_second
        if seconds / best > worst[0] / worst[1]:
            worst = seconds, best
    return Outcome(*worst, reminders, answers, flooded, lost, twice, ledger_rows, tuple(latencies))


async def run(console: Console, *, sizes: tuple[Size, ...] = (FULL, COUNTRY)) -> bool:
    """Measure and print; tell whether every promise held."""
    kept = True
    for size in sizes:
        console.print(
            f"{size.bots} x {size.people} reminders at {size.a_second} messages a second, "
            f"{size.bots * size.officers} officers asking meanwhile ..."
        )
        outcome = await rush(size)
        table = Table("rush", "measured", "promised")
        table.add_row("seconds", f"{outcome.seconds:.1f}", "")
        table.add_row("best possible seconds", f"{outcome.best_seconds:.1f}", "")
        table.add_row("longer by", f"{(outcome.ratio - 1) * 100:+.2f} %", f"<= {(SLACK - 1) * 100:.0f} %")
        table.add_row("reminders, answers", f"{outcome.reminders}, {outcome.answers}", "")
        table.add_row("ledger rows sent", f"{outcome.ledger_rows}", f"{size.bots * size.people}")
        table.add_row("refused with 429", f"{outcome.flooded}", "0")
        table.add_row("lost, twice", f"{outcome.lost}, {outcome.twice}", "0, 0")
        table.add_row(
            "answers: median", f"{outcome.median * 1000:.0f} ms", f"< {ANSWER_SECONDS * 1000:.0f} ms"
        )
        table.add_row("answers: 99 in 100 within", f"{outcome.at(0.99) * 1000:.0f} ms", "")
        console.print(table)
        kept &= outcome.keeps_its_promises() and outcome.ledger_rows == size.bots * size.people
    return kept


async def _no_files(_recipe: Attachment) -> RenderedFile:
    raise AssertionError("nobody asks for a file in a rush")


def sizes_named(names: list[str]) -> tuple[Any, ...]:
    """Return the sizes with these names, or those of a full run."""
    known = {"full": FULL, "small": SMALL, "country": COUNTRY, "small-country": SMALL_COUNTRY}
    return tuple(known[name] for name in names) or (FULL, COUNTRY)
