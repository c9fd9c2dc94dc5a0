"""isobot's whole durable path: inbox, engine, outbox on disk with synchronous=FULL, sender.

The parts are joined as `isobot.app` joins them; only the network answers from memory. Events come in
as long polling brings them, up to a hundred a call, or one by one, as webhooks do.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.clocks import MovedClock
from benchmarks.memory_network import memory_bot
from benchmarks.officers import ANSWERS, FORM
from handlers.router import DialogueRouter
from handlers.services import Services
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.forms import Form
from isobot.domain.messages import Attachment, Incoming, IncomingKind
from isobot.domain.units import Level, Unit, UnitDirectory
from isobot.formfiles import Forms
from isobot.rulefiles import load_calendar, load_ladder, load_rules
from isobot.storage import reports
from isobot.storage.database import Database
from isobot.storage.migrate import migrate
from isobot.storage.tables import conversations as conversation_table
from isobot.storage.tables import identities, inbox, outbox, posts
from isobot.storage.tables import people as people_table
from isobot.storage.tables import reports as report_table
from isobot.unitfiles import load_provinces
from knowledge.answer import KnowledgeBase, load_knowledge

BOT = "telegram"
PROVINCE = "thanh-hoa"
RULE = "th-xa"
POLL = 100
"""How many updates one getUpdates brings at most."""

PAST_EVENTS = 10
"""How many events, and as many messages, lie behind every preloaded chat."""

MOMENT = datetime(2027, 5, 20, 3, tzinfo=UTC)
"""Working time in May, when the communes of Thanh Hóa report."""


class MemoryChannel:
    """Sends as the Telegram channel does, by python-telegram-bot's Bot, which answers from memory.

    It has no limit of messages a second, as the rival has none.
    """

    bot = BOT
    sends_files = True

    def __init__(self) -> None:
        self._bot = memory_bot()
        self.delivered = 0
        self.expected = 0
        self.all_here = asyncio.Event()

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        sent = await self._bot.send_message(int(message.chat), message.reply.text)
        self.delivered += 1
        if self.delivered >= self.expected:
            self.all_here.set()
        return str(sent.message_id)

    def expect(self, messages: int) -> None:
        self.expected = self.delivered + messages
        self.all_here.clear()


class OurBot:
    """A process of isobot over one SQLite file."""

    def __init__(self, form: Form, file: Path, chats: int, knowledge: KnowledgeBase | None = None) -> None:
        self._form = form
        self._chats = chats
        self._database = Database(f"sqlite+aiosqlite:///{file}")
        self._clock = MovedClock(MOMENT)
        self._channel = MemoryChannel()
        self._bell, self._outbox_bell = Bell(), Bell()
        self._door = Door(self._database, self._clock, self._bell)
        self._units = [
            Unit(code=f"th.xa-{number}", name=f"UBND xã số {number}", province=PROVINCE, level=Level.XA)
            for number in range(1, chats + 1)
        ]
        services = Services(
            knowledge=knowledge or load_knowledge(),
            forms=Forms((form,)),
            rules=load_rules(),
            directory=UnitDirectory(self._units),
            provinces=load_provinces(),
            calendar=load_calendar(),
            ladder=load_ladder(),
        )
        self._engine = Engine(
            self._database,
            DialogueRouter(services),
            self._clock,
            bell=self._bell,
            outbox_bell=self._outbox_bell,
        )
        self._sender = Sender(self._database, [self._channel], _no_files, self._clock, bell=self._outbox_bell)
        self._events = 1_000_000

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._engine.run()), asyncio.create_task(self._sender.run())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            await self._database.close()

    async def preload(self, answered: int) -> None:
        """Bring every chat into mid-form, with a past of its own in inbox and outbox."""
        await migrate(self._database)
        numbers = range(1, self._chats + 1)
        figures = {
            key: self._form.field(key).parse(text, today=MOMENT.date()).to_json()
            for key, text in ANSWERS[:answered]
        }
        asked = ANSWERS[answered][0]
        async with self._database.write() as connection:
            for table, row in (
                (people_table, _person),
                (identities, _identity),
                (posts, _post),
                (report_table, partial(_draft, version=self._form.version, figures=figures)),
                (conversation_table, partial(_conversation, asked=asked)),
            ):
                await connection.execute(insert(table), [row(n) for n in numbers])
            for past in range(PAST_EVENTS):
                await connection.execute(insert(inbox), [_past_event(n, past) for n in numbers])
                await connection.execute(insert(outbox), [_past_message(n) for n in numbers])

    async def timed_answers(self, chats: list[int], number: int, *, poll: int = POLL) -> float:
        """Let chats give one answer each; return the seconds until every reply is sent and marked."""
        events = [self._event(chat, ANSWERS[number][1]) for chat in chats]
        self._channel.expect(len(events))
        begun = time.perf_counter()
        if poll == 1:
            await asyncio.gather(*(self._door.take([event], gapless=True) for event in events))
        else:
            for start in range(0, len(events), poll):
                await self._door.take(events[start : start + poll])
        async with asyncio.timeout(120):
            await self._channel.all_here.wait()
            while await self._queued():
                await asyncio.sleep(0.001)
        return time.perf_counter() - begun

    async def figures_of(self, chat: int) -> dict[str, Any]:
        async with self._database.read() as connection:
            return (await reports.load(connection, [chat]))[chat].draft

    async def _queued(self) -> int:
        async with self._database.read() as connection:
            query = select(func.count()).select_from(outbox).where(outbox.c.status == "queued")
            return (await connection.execute(query)).scalar_one()

    def _event(self, chat: int, text: str) -> Incoming:
        self._events += 1
        return Incoming(
            bot=BOT,
            chat=str(chat),
            sender=str(chat),
            event_id=str(self._events),
            order=self._events,
            kind=IncomingKind.TEXT,
            text=text,
            sender_name="Lan",
        )


def _chat_key(number: int) -> str:
    return f"{BOT}:{number}"


def _person(n: int) -> dict[str, Any]:
    return {"id": n, "created_at": MOMENT}


def _identity(n: int) -> dict[str, Any]:
    key = _chat_key(n)
    return {"key": key, "person": n, "chat_key": key, "since": MOMENT, "last_seen": MOMENT}


def _post(n: int) -> dict[str, Any]:
    return {
        "person": n,
        "unit": f"th.xa-{n}",
        "province": PROVINCE,
        "role": "reporter",
        "since": MOMENT,
        "granted_by": "benchmark",
    }


def _draft(n: int, *, version: int, figures: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report with some figures; report, unit and author have the chat's number."""
    return {
        "id": n,
        "unit": f"th.xa-{n}",
        "province": PROVINCE,
        "rule": RULE,
        "period": "2027-05",
        "form": FORM,
        "form_version": version,
        "status": "draft",
        "draft": dict(figures),
        "authors": dict.fromkeys(figures, n),
        "created_at": MOMENT,
        "updated_at": MOMENT,
    }


def _conversation(n: int, *, asked: str) -> dict[str, Any]:
    return {
        "chat_key": _chat_key(n),
        "bot": BOT,
        "chat": str(n),
        "dialogue": "report",
        "state": {"report": n, "field": asked, "seen": None},
        "offered": [],
        "memory": {"greeted": True},
        "updated_at": MOMENT,
    }


def _past_event(number: int, past: int) -> dict[str, Any]:
    event = Incoming(BOT, str(number), str(number), "", 0, IncomingKind.TEXT, text="120")
    return {
        "bot": BOT,
        "event_id": f"{number}-{past}",
        "chat_key": _chat_key(number),
        "chat": str(number),
        "event_order": past,
        "payload": event.as_payload(),
        "received_at": MOMENT,
        "not_before": MOMENT,
        "done_at": MOMENT,
    }


def _past_message(number: int) -> dict[str, Any]:
    return {
        "bot": BOT,
        "chat_key": _chat_key(number),
        "chat": str(number),
        "body": {"text": "2/12. Tổng số TTHC thuộc thẩm quyền? (đơn vị: thủ tục)"},
        "status": "sent",
        "created_at": MOMENT,
        "not_before": MOMENT,
        "sent_at": MOMENT,
        "message_ref": "1",
    }


async def _no_files(_recipe: Attachment) -> RenderedFile:
    raise AssertionError("nobody asks for a file in mid-form")
