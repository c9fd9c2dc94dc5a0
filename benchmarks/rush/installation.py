"""isobot as it is installed for a rush: its real parts in this process, on a SQLite file."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, insert, select

from benchmarks.clocks import MovedClock
from benchmarks.rush.outcome import FIRST_REMINDED, Size
from benchmarks.rush.server import Platform
from handlers.router import DialogueRouter
from handlers.services import Services
from isobot.channels.telegram import TelegramChannel
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.limits import telegram_limits
from isobot.chat.outgoing import RenderedFile
from isobot.chat.sender import Sender
from isobot.content import load_content
from isobot.domain.messages import Attachment
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.keeping import take_short_turns
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.storage.tables import dispatches, identities, outbox, posts
from isobot.storage.tables import people as people_table
from knowledge.answer import KnowledgeBase
from scheduler.dispatch import Dispatcher, LastLook
from scheduler.rounds import Timetable
from scheduler.runner import Runner

TOKEN = "987654321:AAEmulatorTokenThatMustNeverBeLogged"
PROVINCE = "kien-giang"
MOMENT = datetime(2026, 12, 14, 2, tzinfo=UTC)
"""Nine in the morning of the last day on time in Kiên Giang."""


class Installation:
    """A process of isobot with its parts joined as `isobot.app` joins them."""

    def __init__(self, size: Size, file: Path, server: Platform) -> None:
        self._size = size
        self.database = Database(f"sqlite+aiosqlite:///{file}")
        clock = MovedClock(MOMENT)
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
        """Write the officers into the new database."""
        await migrate(self.database)
        size = self._size
        people, rows, held = [], [], []
        for n, unit in enumerate(self._units):
            bot, chat = bot_of(n // size.people), str(FIRST_REMINDED + n)
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
        """Let everything work."""
        take_short_turns()
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

    async def reminders_sent(self) -> int:
        """Count the reminders that the outbox calls sent."""
        query = select(func.count()).where(outbox.c.priority > 0, outbox.c.status == "sent")
        async with self.database.read() as connection:
            return int((await connection.execute(query)).scalar_one())

    async def ledger_rows(self) -> int:
        """Count the rows of the ledger whose message was sent."""
        async with self.database.read() as connection:
            query = select(func.count()).select_from(
                dispatches.join(outbox, outbox.c.id == dispatches.c.outbox)
            )
            return int((await connection.execute(query.where(outbox.c.status == "sent"))).scalar_one())


def bot_of(place: int) -> str:
    """Return the key of a bot."""
    return f"telegram{place}"


async def _no_files(_recipe: Attachment) -> RenderedFile:
    raise AssertionError("nobody asks for a file in a rush")
