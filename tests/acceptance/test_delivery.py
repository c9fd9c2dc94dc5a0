"""How messages find their way: one pause, other chats, dead letters, a short quota."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from isobot.attachments import FileMaker
from isobot.chat.limits import telegram_limits, zalo_limits
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.people import Role
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.storage import delivery
from isobot.storage.outbox import Priority
from tests.acceptance.test_reminders import FRIDAY_T_3, reminders
from tests.delivery_steps import also_on_zalo, ledger_of, queue, statuses
from tests.fakes import FakeChannel


@dataclass
class SlowChannel(FakeChannel):
    """A platform that answers when the test lets it."""

    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def deliver(self, message: Outgoing, file: RenderedFile | None) -> str | None:
        await self.answers.wait()
        return await super().deliver(message, file)


async def test_a_reminder_goes_to_the_next_chat_of_whoever_blocked_the_bot(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    await also_on_zalo(plain_phone, "77")
    office.channels["telegram"].fails_with.append(ChatGone("bot was blocked by the user"))
    clock.move_to(FRIDAY_T_3)

    await office.tick()

    assert reminders(plain_phone) == []
    assert len(reminders(plain_phone.other("77", bot="zalo"))) == 1
    assert (await ledger_of(office)).count("sent") == 1
    clock.pass_by(timedelta(minutes=1))
    assert (await office.tick()).messages == 0


async def test_a_reminder_that_waits_for_a_bot_that_was_turned_off_goes_to_the_next_chat(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    await also_on_zalo(plain_phone, "77")
    clock.move_to(FRIDAY_T_3)
    await office.dispatcher().tick()

    async with office.database.write() as connection:
        moved = await delivery.leave_silent_bots(connection, bots=["zalo"], at=clock.now())
    await office.sender.drain()

    assert moved == 1
    assert len(reminders(plain_phone.other("77", bot="zalo"))) == 1
    assert (await ledger_of(office)).count("sent") == 1


async def test_a_dead_letter_can_be_sent_again(office, clock):
    office.channels["telegram"].fails_with.append(ChatGone("chat not found"))
    number = await queue(office, "telegram", "5", "tin một")
    await office.sender.drain()
    async with office.database.read() as connection:
        (letter,) = await delivery.dead_letters(connection, most=9)
    assert (letter.id, letter.why) == (number, "chat not found")

    async with office.database.write() as connection:
        assert await delivery.queue_again(connection, ids=[number, 999], at=clock.now()) == [number]
    await office.sender.drain()

    assert await statuses(office) == {"tin một": "sent"}


async def test_one_429_pauses_the_whole_bot_and_no_other(office, clock):
    telegram, zalo = office.channels["telegram"], office.channels["zalo"]
    telegram.fails_with.append(ChannelBusy("telegram", timedelta(seconds=30), why="limit"))
    await queue(office, "telegram", "1", "một")
    await office.sender.drain()
    for chat in ("2", "3"):
        await queue(office, "telegram", chat, f"tin {chat}")
    await queue(office, "zalo", "4", "tin zalo")
    await office.sender.drain()

    assert telegram.sent == []
    assert len(zalo.sent) == 1
    clock.pass_by(timedelta(seconds=31))
    await office.sender.drain()
    assert [message.attempts for message in telegram.sent] == [0, 0, 0]


async def test_a_platform_out_of_reach_for_hours_turns_nothing_into_dead_letters(office, clock):
    telegram = office.channels["telegram"]
    await queue(office, "telegram", "1", "một")
    for _ in range(40):
        telegram.fails_with = [ChannelBusy("telegram", timedelta(seconds=5))]
        await office.sender.drain()
        clock.pass_by(timedelta(minutes=5))
    telegram.fails_with = []

    await office.sender.drain()

    assert await statuses(office) == {"một": "sent"}


def zalo_sender(office, monthly: int) -> Sender:
    return Sender(
        office.database,
        list(office.channels.values()),
        FileMaker(office.database, office.services, office.clock).make,
        office.clock,
        bell=office.outbox_bell,
        limits={"zalo": zalo_limits(100, monthly)},
    )


async def test_with_a_short_quota_answers_leave_and_reminders_wait_as_one(office):
    for number in range(19):
        await queue(office, "zalo", str(number), f"đã gửi {number}")
    await office.sender.drain()
    await queue(office, "zalo", "50", "nhắc một")
    await queue(office, "zalo", "50", "nhắc hai")
    await queue(office, "zalo", "51", "trả lời", Priority.ANSWER)

    await zalo_sender(office, monthly=20).drain()

    now = await statuses(office)
    assert now["trả lời"] == "sent"
    assert now["nhắc một\n\nnhắc hai"] == "queued"
    assert now["nhắc một"] == "merged"


async def test_with_quota_left_reminders_leave(office):
    await queue(office, "zalo", "50", "nhắc một")

    await zalo_sender(office, monthly=20).drain()

    assert await statuses(office) == {"nhắc một": "sent"}


async def test_the_head_hears_the_next_step_where_the_reporter_blocked_the_bot(plain_phone, clock):
    office, head = plain_phone.office, plain_phone.other("7")
    await plain_phone.registers("th.pu-luong")
    await head.registers("th.pu-luong", Role.HEAD)
    office.channels["telegram"].fails_with.append(ChatGone("bot was blocked by the user"))
    clock.move_to(FRIDAY_T_3)
    await office.tick()
    assert (await ledger_of(office)).count("dead") == 1

    clock.pass_by(timedelta(days=3))
    await office.tick()

    assert reminders(plain_phone) == []
    (said,) = reminders(head)
    assert "ngày cuối" in said


async def test_a_dead_reminder_sent_again_ends_its_row_as_sent(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    office.channels["telegram"].fails_with.append(MessageRefused("message is too strange"))
    clock.move_to(FRIDAY_T_3)
    await office.tick()
    assert sorted(await ledger_of(office)) == ["dead", "merged", "merged", "merged"]

    clock.pass_by(timedelta(minutes=5))
    async with office.database.write() as connection:
        await delivery.queue_again(connection, ids=None, at=clock.now())
    await office.tick()

    assert len(reminders(plain_phone)) == 1
    assert sorted(await ledger_of(office)) == ["merged", "merged", "merged", "sent"]
    async with office.database.read() as connection:
        assert await delivery.perhaps_repeated(connection) == {}


async def test_a_campaign_is_looked_at_once_and_an_answer_overtakes_it(office):
    looked_at: list[int] = []

    async def look(messages):
        looked_at.extend(message.id for message in messages)
        return {message.id: message.reply for message in messages}

    numbers = [await queue(office, "telegram", str(n), f"nhắc {n}") for n in range(180)]
    sender = Sender(
        office.database,
        list(office.channels.values()),
        FileMaker(office.database, office.services, office.clock).make,
        office.clock,
        bell=office.outbox_bell,
        limits={"telegram": telegram_limits(60)},
        last_look=look,
    )
    telegram = office.channels["telegram"]
    running = asyncio.create_task(sender.run())
    async with asyncio.timeout(20):
        while len(telegram.sent) < 10:
            await asyncio.sleep(0.005)
        answers = [await queue(office, "telegram", "3", text, Priority.ANSWER) for text in ("một", "hai")]
        office.outbox_bell.ring()
        while len(telegram.sent) < 182:
            await asyncio.sleep(0.005)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert sorted(looked_at) == numbers
    order = [message.id for message in telegram.sent]
    assert [number for number in order if number in answers] == answers
    assert order.index(answers[-1]) < 60


@pytest.mark.parametrize(("minutes", "sent"), [(29, []), (31, ["danh sách"])])
async def test_a_list_waits_half_an_hour_at_most_for_reminders_under_way(office, clock, minutes, sent):
    telegram, zalo = SlowChannel("telegram"), FakeChannel("zalo")
    files = FileMaker(office.database, office.services, clock).make
    sender = Sender(office.database, [telegram, zalo], files, clock, bell=office.outbox_bell)
    await queue(office, "telegram", "1", "nhắc")
    await sender.step()
    await queue(office, "zalo", "9", "danh sách", Priority.LIST)
    office.outbox_bell.ring()
    await sender.step()
    assert zalo.sent == []

    clock.pass_by(timedelta(minutes=minutes))
    office.outbox_bell.ring()
    await sender.step()

    assert [message.reply.text for message in zalo.sent] == sent
    telegram.answers.set()
    await sender.drain()
    assert [message.reply.text for message in (*telegram.sent, *zalo.sent)] == ["nhắc", "danh sách"]


async def test_a_list_does_not_wait_for_a_bot_whose_platform_is_out_of_reach(office):
    office.channels["zalo"].fails_with.append(ChannelBusy("zalo", timedelta(hours=2)))
    for number in range(3):
        await queue(office, "zalo", str(number), f"nhắc {number}")
    await office.sender.drain()

    await queue(office, "telegram", "9", "danh sách", Priority.LIST)
    await office.sender.drain()

    assert (await statuses(office))["danh sách"] == "sent"
    assert office.channels["zalo"].sent == []
