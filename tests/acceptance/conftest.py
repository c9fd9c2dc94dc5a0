"""A whole office: real database, door, engine, sender and handlers; only clock and network are fakes."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from handlers.router import DialogueRouter
from handlers.services import Services
from isobot.actions import registration
from isobot.attachments import FileMaker
from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.outgoing import Outgoing
from isobot.chat.sender import Sender
from isobot.cli import app
from isobot.content import Content, load_content
from isobot.domain.messages import Choice, Incoming, IncomingKind
from isobot.domain.people import Role
from isobot.domain.units import Province, Unit, UnitDirectory
from isobot.storage import reports
from isobot.storage.database import Database
from isobot.storage.reports import ReportRecord
from isobot.storage.store import Store
from knowledge.answer import KnowledgeBase
from knowledge.corpus import Corpus
from scheduler.dispatch import Dispatcher, LastLook, Tally
from tests.fakes import FakeChannel, FakeClock

ANSWERS = {
    "status": "2",
    "tthc_total": "120",
    "tthc_in": "120",
    "proc_changes": "6",
    "legal_changes": "không phát sinh",
    "ia_count": "0",
    "mr_count": "không phát sinh",
    "nc_found": "0",
    "complaints": "không phát sinh",
    "train_people": "25",
    "fund_spent": "không phát sinh",
    "difficulties": "không phát sinh",
}
"""Answers to the twelve questions of the communes' form that open no further ones."""


class Office:
    """One installation of isobot in a test."""

    def __init__(self, database: Database, services: Services, clock: FakeClock) -> None:
        self.database, self.services, self.clock = database, services, clock
        self.channels = {bot: FakeChannel(bot) for bot in ("telegram", "zalo")}
        self.bell, self.outbox_bell = Bell(), Bell()
        self.door = Door(database, clock, self.bell)
        self.sender = Sender(
            database,
            list(self.channels.values()),
            FileMaker(database, services, clock).make,
            clock,
            bell=self.outbox_bell,
            last_look=LastLook(database, services.timetable, lambda: services.directory, clock),
        )
        self.events = 0
        self.restart()

    def restart(self) -> None:
        """Put a new engine in place of the old one, as a new process would have it."""
        self.engine = Engine(
            self.database,
            DialogueRouter(self.services),
            self.clock,
            bell=self.bell,
            outbox_bell=self.outbox_bell,
        )

    async def work(self) -> None:
        """Answer everything that waits, and send it."""
        while await self.engine.step():
            pass
        await self.sender.drain()

    async def invite(self, unit: str, role: Role = Role.REPORTER) -> str:
        known = self.services.directory.get(unit)
        assert known is not None, unit
        async with self.database.write() as connection:
            store = Store(connection, self.clock.now())
            return await registration.invite(store, unit=known, role=role, created_by="test")

    async def report(self, unit: str, period: str, rule: str = "th-xa") -> ReportRecord:
        async with self.database.read() as connection:
            found = await reports.find(connection, unit=unit, rule=rule, period=period)
        assert found is not None
        return found

    async def events_of(self, record: ReportRecord) -> list[dict[str, Any]]:
        async with self.database.read() as connection:
            return await reports.events_of(connection, record.id)

    def dispatcher(self) -> Dispatcher:
        services = self.services
        return Dispatcher(
            self.database,
            services.timetable,
            lambda: services.directory,
            self.clock,
            queued=self.outbox_bell.ring,
        )

    async def tick(self) -> Tally:
        """Queue the reminders that are due, and send them."""
        tally = await self.dispatcher().tick()
        await self.sender.drain()
        return tally


@dataclass
class Phone:
    """One person's chat with the bot, with buttons or with text only."""

    office: Office
    buttons: bool
    chat: str = "1"
    bot: str = "telegram"
    name: str = "Phạm Thị Lan"
    private: bool = True
    last_event: Incoming | None = field(default=None, repr=False)

    @property
    def messages(self) -> list[Outgoing]:
        return self.office.channels[self.bot].sent_to(self.chat)

    @property
    def screen(self) -> list[str]:
        return [message.reply.text for message in self.messages]

    @property
    def choices(self) -> list[str]:
        """The labels under the newest message."""
        return [choice.label for choice in self.messages[-1].reply.choices]

    async def says(self, text: str) -> list[str]:
        """Send a text; returns what the bot answered."""
        return await self.sends(IncomingKind.TEXT, text=text)

    async def sends(self, kind: IncomingKind, **content: Any) -> list[str]:
        before = len(self.messages)
        self.last_event = self.event(kind, **content)
        await self.office.door.take([self.last_event])
        await self.office.work()
        return self.screen[before:]

    def event(self, kind: IncomingKind = IncomingKind.TEXT, **content: Any) -> Incoming:
        self.office.events += 1
        number = self.office.events
        return Incoming(
            bot=self.bot,
            chat=self.chat,
            sender=self.chat,
            event_id=str(number),
            order=number,
            kind=kind,
            sender_name=self.name,
            private=self.private,
            **content,
        )

    async def picks(self, label: str) -> list[str]:
        """Press the newest button with this label; with text only, type its number or its words."""
        message, choice = self._find(label)
        if self.buttons:
            prompt = 0 if choice.lasting else message.prompt
            return await self.sends(IncomingKind.CHOICE, choice=choice.key, prompt=prompt)
        numbered = [each for each in message.reply.choices if not each.by_word]
        typed = label.lower() if choice.by_word else str(numbered.index(choice) + 1)
        return await self.says(typed)

    async def presses_key(self, key: str, *, prompt: int = 0) -> list[str]:
        """Press a button that carries this key, whether the bot ever drew it or not."""
        return await self.sends(IncomingKind.CHOICE, choice=key, prompt=prompt)

    def _find(self, label: str) -> tuple[Outgoing, Choice]:
        for message in reversed(self.messages):
            for choice in message.reply.choices:
                if choice.label == label:
                    return message, choice
        raise AssertionError(f"no choice {label!r}; the newest are {self.choices}")

    async def registers(self, unit: str, role: Role = Role.REPORTER) -> list[str]:
        return await self.says(await self.office.invite(unit, role))

    async def opens_report(self, period: str = "tháng 5/2027") -> list[str]:
        await self.says("/baocao")
        verb = next(label for label in self.choices if period in label)
        return await self.picks(verb)

    async def answers(self, **instead: str) -> list[str]:
        """Answer the whole form, some questions otherwise; returns the last answer of the bot."""
        said: list[str] = []
        for answer in {**ANSWERS, **instead}.values():
            said = await self.says(answer)
        return said

    def other(self, chat: str, *, bot: str = "telegram", name: str = "Lê Văn Hùng") -> "Phone":
        """Somebody else's phone, or the same person's second one."""
        return Phone(self.office, self.buttons, chat, bot, name)


@pytest.fixture
async def office(sqlite_file: Path, services: Services, clock: FakeClock) -> AsyncIterator[Office]:
    """An installation whose services are its own: a day, a card or a unit that changes replaces them."""
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    yield Office(database, replace(services), clock)
    await database.close()


@pytest.fixture(params=["buttons", "text only"])
def phone(office: Office, request: pytest.FixtureRequest) -> Phone:
    """An officer's phone; every story is told with buttons, and with text only."""
    return Phone(office, buttons=request.param == "buttons")


@pytest.fixture
def plain_phone(office: Office) -> Phone:
    """A phone without buttons, for stories where they do not matter."""
    return Phone(office, buttons=False)


@pytest.fixture(scope="session")
def built_once(content: Content) -> Callable[..., KnowledgeBase]:
    """Make knowledge bases as a command does, those of the shipped cards and the same units only once."""
    kept: list[tuple[list[Unit], KnowledgeBase]] = []

    def make(corpus: Corpus, directory: UnitDirectory, provinces: Mapping[str, Province]) -> KnowledgeBase:
        units = list(directory)
        if corpus.version != content.corpus.version:
            return KnowledgeBase(corpus, directory, provinces)
        for known, built in kept:
            if known == units:
                return built
        kept.append((units, KnowledgeBase(corpus, directory, provinces)))
        return kept[-1][1]

    return make


@pytest.fixture
def quick_start(
    content: Content, built_once: Callable[..., KnowledgeBase], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let what starts here share the shipped files and the knowledge, which take a start two seconds."""

    def read(*, own_forms: Path, own: Path) -> Content:
        of_the_office = any(own.rglob("*.yaml"))
        return load_content(own_forms=own_forms, own=own) if of_the_office else content

    monkeypatch.setattr("isobot.core.load_content", read)
    monkeypatch.setattr("isobot.core.KnowledgeBase", built_once)


@pytest.fixture
def command(quick_start: None) -> Callable[..., Result]:
    """Run `isobot` with some words; the log is as it was afterwards, for the command's output is closed."""
    before = list(logging.getLogger().handlers)

    def run(*words: str) -> Result:
        try:
            return CliRunner().invoke(app, list(words))
        finally:
            structlog.reset_defaults()
            logging.getLogger().handlers[:] = before

    return run


@pytest.fixture
def lan(office: Office) -> Phone:
    """An officer of a commune, on a channel without buttons."""
    return Phone(office, buttons=False)


@pytest.fixture
def mai(lan: Phone) -> Phone:
    """The receiving office of Thanh Hóa."""
    return lan.other("9", name="Trần Thị Mai")
