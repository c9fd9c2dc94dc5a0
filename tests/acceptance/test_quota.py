"""A month's quota is never overshot, and its last tenth is for answers; on both databases."""

import asyncio
from datetime import timedelta
from itertools import count

import pytest

from isobot.chat.bell import Bell
from isobot.chat.limits import zalo_limits
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.messages import Reply, split_text
from isobot.errors import ChannelBusy
from isobot.storage import delivery, outbox
from isobot.storage.outbox import Priority
from isobot.storage.tables import outbox as outbox_table
from tests.fakes import FakeChannel

LONG = "Báo cáo tháng này của các xã. " * 120
"""Two messages on Zalo."""


class Zalo(FakeChannel):
    """Counts as the platform does: each part of a long text is a message."""

    def __init__(self) -> None:
        super().__init__("zalo", sends_files=False)
        self.counted = 0

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        await asyncio.sleep(0)
        reference = await super().deliver(message, file)
        self.counted += len(split_text(message.reply.as_plain_text(), 2000))
        return reference


class Installation:
    """One bot with a quota."""

    def __init__(self, database, clock, monthly: int) -> None:
        self.database, self.clock, self.zalo, self.bell = database, clock, Zalo(), Bell()
        self.monthly = monthly
        self._chats = count(1)
        self.sender = self.another_sender()

    def another_sender(self, a_second: int = 1000) -> Sender:
        limits = {"zalo": zalo_limits(a_second, self.monthly)}
        return Sender(self.database, [self.zalo], None, self.clock, bell=self.bell, limits=limits)

    async def queue(self, number: int, priority: Priority, text: str = "nhắc", chat: str = "") -> None:
        now = self.clock.now()
        async with self.database.write() as connection:
            for _ in range(number):
                to = chat or str(next(self._chats))
                row = outbox.row_of("zalo", to, Reply(text), prompt=0, priority=priority, at=now)
                await outbox.add_one(connection, row)
        self.bell.ring()

    async def reminders(self, number: int, **how: str) -> None:
        await self.queue(number, Priority.CAMPAIGN, **how)

    async def answers(self, number: int, **how: str) -> None:
        await self.queue(number, Priority.ANSWER, **how)

    def kinds(self) -> str:
        return "".join("r" if message.is_campaign else "a" for message in self.zalo.sent)


@pytest.fixture
def installation(database, clock) -> Installation:
    return Installation(database, clock, monthly=10)


async def test_a_campaign_longer_than_the_month_leaves_the_last_tenth_to_answers(installation):
    await installation.reminders(30)
    await installation.sender.drain()
    assert installation.kinds() == "r" * 9

    await installation.answers(3)
    await installation.sender.drain()

    assert installation.kinds() == "r" * 9 + "a"
    assert installation.zalo.counted == 10


async def test_the_new_month_goes_on_answers_first(installation, clock):
    await installation.reminders(30)
    await installation.sender.drain()
    await installation.answers(3)
    await installation.sender.drain()

    clock.pass_by(timedelta(days=20))
    await installation.sender.drain()

    assert installation.kinds() == "r" * 9 + "a" + "aa" + "r" * 7
    assert installation.zalo.counted == 10 + 9


@pytest.mark.parametrize("a_second", [2, 1000])
async def test_nothing_too_much_leaves_however_the_stock_is_filled(installation, a_second):
    """In small portions and in one, while answers come, and a second sender carries on after the first."""
    await installation.reminders(6)
    running = asyncio.create_task(installation.another_sender(a_second).run())
    async with asyncio.timeout(20):
        while len(installation.zalo.sent) < 3:
            await asyncio.sleep(0.005)
        await installation.reminders(30)
        await installation.answers(2)
        while len(installation.zalo.sent) < 5:
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    for _ in range(2):
        await installation.another_sender().drain()
        await installation.answers(4)

    assert installation.zalo.counted == 10


async def test_every_part_of_a_long_message_counts_and_is_counted_again_after_a_restart(installation, clock):
    await installation.answers(3, text=LONG)
    await installation.sender.drain()
    async with installation.database.write() as connection:
        await connection.execute(outbox_table.update().values(parts=1))

    await installation.reminders(9)
    await installation.another_sender().drain()

    assert installation.zalo.counted == 9
    async with installation.database.read() as connection:
        assert await delivery.sent_this_month(connection, "zalo", at=clock.now()) == 9


async def test_a_message_too_long_for_what_is_left_waits_and_shorter_ones_pass_it(installation):
    await installation.reminders(30)
    await installation.sender.drain()
    await installation.answers(1, text=LONG)
    await installation.answers(2)

    await installation.sender.drain()

    assert installation.kinds() == "r" * 9 + "a"
    assert installation.zalo.counted == 10


async def test_what_did_not_leave_does_not_count(installation):
    installation.zalo.fails_with = [ChannelBusy("zalo", timedelta(seconds=5)) for _ in range(4)]
    await installation.reminders(30)
    for _ in range(8):
        await installation.sender.drain()
        installation.clock.pass_by(timedelta(minutes=2))

    assert installation.zalo.counted == 9


async def test_reminders_that_wait_for_the_month_are_joined(installation):
    await installation.reminders(9)
    await installation.sender.drain()
    for text in ("một", "hai"):
        await installation.reminders(1, text=text, chat="50")
    await installation.another_sender().drain()

    installation.clock.pass_by(timedelta(days=20))
    await installation.another_sender().drain()

    assert installation.zalo.sent[-1].reply.text == "một\n\nhai"
    assert installation.zalo.counted == 10
