"""What the tests of the channels share: a small bot over a real database."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from isobot.chat.bell import Bell
from isobot.chat.door import Door
from isobot.chat.engine import Engine
from isobot.chat.history import History
from isobot.chat.outgoing import Channel, RenderedFile
from isobot.chat.sender import Sender
from isobot.chat.turn import Turn
from isobot.clock import SystemClock
from isobot.domain.messages import Attachment, Choice, Incoming, IncomingKind
from isobot.storage import inbox
from isobot.storage.database import Database
from isobot.storage.store import Store
from isobot.storage.tables import metadata

KNOWN = Choice("known", "Đã rõ")
HELP = Choice("help", "Trợ giúp", lasting=True)
SKIP = Choice("skip", "Không phát sinh", by_word=True)
LONG_LINE = "Điều 2 khoản 5: báo cáo đúng hạn. 📌\n"


class SetClock:
    """A clock that a test sets."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def pass_by(self, time: timedelta) -> None:
        self.moment += time


class SmallRouter:
    """Says what it was told, and offers buttons, a long text or a file for the words that ask for them."""

    def __init__(self) -> None:
        self.seen: list[Incoming] = []

    async def ready(self, store: Store) -> None:
        return

    async def prefetch(self, store: Store, turns: Sequence[Turn]) -> None:
        return

    async def route(self, turn: Turn) -> None:
        incoming = turn.incoming
        self.seen.append(incoming)
        if incoming.kind is IncomingKind.CHOICE:
            picked = turn.picked()
            turn.say(f"Đã chọn: {picked.key}" if picked else "Nút này của câu hỏi cũ.")
        elif incoming.text == "hỏi":
            turn.say("Anh/chị đã rõ chưa?", KNOWN, HELP, SKIP)
        elif incoming.text == "dài":
            turn.say(LONG_LINE * 300)
        elif incoming.text == "hình":
            turn.say("Tiến độ đây ạ.", attachment=Attachment("note", "tien-do.png", {"year": 2026}))
        elif incoming.text == "tệp":
            turn.say("Bản nháp đây ạ.", attachment=Attachment("note", "bao-cao.txt", {"year": 2026}))
        else:
            turn.say(f"Đã nhận {incoming.kind.value}: {incoming.text}")


async def render(attachment: Attachment) -> RenderedFile:
    content = f"Báo cáo năm {attachment.parameters['year']}".encode()
    return RenderedFile(attachment.filename, content, "text/plain")


class House:
    """Database, door, engine and sender, as the program joins them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = SystemClock()
        self.bell, self.outbox_bell = Bell(), Bell()
        self.door = Door(database, self.clock, self.bell)
        self.history = History(database)
        self.router = SmallRouter()

    @contextlib.asynccontextmanager
    async def serving(self, *channels: Channel) -> AsyncIterator[None]:
        """Answer and send while the block runs."""
        engine = Engine(self.database, self.router, self.clock, bell=self.bell, outbox_bell=self.outbox_bell)
        sender = Sender(self.database, channels, render, self.clock, bell=self.outbox_bell)
        async with running(engine.run()), running(sender.run()):
            yield

    async def kept(self) -> list[Incoming]:
        """Return the first waiting event of each chat, as the engine would find it."""
        async with self.database.read() as connection:
            later = datetime.max.replace(tzinfo=UTC)
            chats = [p.chat_key for p in await inbox.first_in_line(connection, now=later, most=100)]
            return [w.incoming for w in await inbox.first_events(connection, chats, now=later)]


@contextlib.asynccontextmanager
async def running(work) -> AsyncIterator[asyncio.Task]:
    """Let something run beside the block; an error of its own fails the test."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        if task.done():
            task.result()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(condition, *, seconds: float = 8.0):
    """Wait until something holds, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.01)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'chat.db'}")
    async with database.write() as connection:
        await connection.run_sync(metadata.create_all)
    yield House(database)
    await database.close()


@pytest.fixture
async def phone_page():
    """A page of a real browser, the size of a phone."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        missing = "browser tests not run: no Chromium"
        if os.environ.get("ISOBOT_REQUIRE_BROWSER") == "1":
            pytest.fail(missing)
        pytest.skip(missing)
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = await browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
        yield await context.new_page()
        await context.close()
        await browser.close()
