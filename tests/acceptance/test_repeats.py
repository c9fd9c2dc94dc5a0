"""A message that may have left already: sent again rather than lost, and counted."""

import asyncio
from datetime import timedelta

import httpx
import pytest

from isobot.channels.shared import may_have_arrived
from isobot.chat.bell import Bell
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.errors import ChannelBusy
from isobot.metrics import Metrics
from isobot.storage import delivery
from tests.delivery_steps import queue, statuses, visit
from tests.fakes import FakeChannel


class StuckChannel(FakeChannel):
    """Takes a message, and its answer never comes."""

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        await super().deliver(message, file)
        await asyncio.Event().wait()
        return None


async def test_a_reminder_that_left_but_was_not_marked_is_sent_again_and_counted(office):
    for number in ("1", "1", "2"):
        await queue(office, "telegram", number, "nhắc")
    stuck = StuckChannel("telegram")
    sender = Sender(office.database, [stuck], None, office.clock, bell=Bell(), limits={}, chats_at_once=1)
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(20):
        while not stuck.sent:
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    await office.sender.drain()

    assert len(office.channels["telegram"].sent) == 3
    async with office.database.read() as connection:
        assert await delivery.perhaps_repeated(connection) == {"telegram": 1}
    page = (await visit(Metrics(office.database, office.clock))).text
    assert 'isobot_perhaps_repeated{bot="telegram"} 1.0' in page


class BreakingChannel(FakeChannel):
    """Takes a message, and then the connection breaks, as often as `breaks` says."""

    breaks = 1

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        reference = await super().deliver(message, file)
        if self.breaks:
            self.breaks -= 1
            raise ChannelBusy(self.bot, timedelta(seconds=5), perhaps_taken=True)
        return reference


async def test_a_connection_that_breaks_after_the_platform_took_a_reminder_repeats_it_counted(office, clock):
    breaking = BreakingChannel("telegram")
    sender = Sender(office.database, [breaking], None, clock, bell=Bell())
    await queue(office, "telegram", "1", "nhắc")
    await sender.drain()
    clock.pass_by(timedelta(minutes=1))
    await sender.drain()

    assert [message.chat for message in breaking.sent] == ["1", "1"]
    async with office.database.read() as connection:
        assert await delivery.perhaps_repeated(connection) == {"telegram": 1}


async def test_a_connection_that_fails_before_the_platform_took_anything_counts_no_repeat(office, clock):
    office.channels["telegram"].fails_with = [ChannelBusy("telegram", timedelta(seconds=5))] * 2
    await queue(office, "telegram", "1", "nhắc")
    for _ in range(3):
        await office.sender.drain()
        clock.pass_by(timedelta(minutes=2))

    assert await statuses(office) == {"nhắc": "sent"}
    async with office.database.read() as connection:
        assert await delivery.perhaps_repeated(connection) == {}


@pytest.mark.parametrize(
    ("error", "arrived"),
    [
        (httpx.ReadTimeout("no answer"), True),
        (httpx.RemoteProtocolError("cut off"), True),
        (httpx.ConnectTimeout("nobody there"), False),
        (httpx.ConnectError("refused"), False),
        (None, False),
    ],
)
def test_only_a_connection_that_broke_at_the_answer_may_have_brought_the_message(error, arrived):
    assert may_have_arrived(error) is arrived
