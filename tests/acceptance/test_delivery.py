"""How messages find their way: one pause, other chats, dead letters, a short quota, what is told of it."""

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.routing import Route

from isobot.alarms import LAST_TICK, Alarms
from isobot.attachments import FileMaker
from isobot.channels.shared import may_have_arrived
from isobot.chat.bell import Bell
from isobot.chat.limits import Limits, telegram_limits, zalo_limits
from isobot.chat.outgoing import Outgoing, RenderedFile
from isobot.chat.sender import Sender
from isobot.domain.messages import Reply
from isobot.domain.people import Role
from isobot.errors import ChannelBusy, ChatGone, MessageRefused
from isobot.metrics import Metrics
from isobot.storage import delivery, outbox, people, records
from isobot.storage.outbox import Priority
from isobot.storage.tables import dispatches
from isobot.storage.tables import outbox as outbox_table
from tests.acceptance.test_reminders import FRIDAY_T_3, reminders
from tests.fakes import FakeChannel

ROOT = Path(__file__).parents[2]


async def queue(office, bot: str, chat: str, text: str, priority: Priority = Priority.CAMPAIGN) -> int:
    async with office.database.write() as connection:
        row = outbox.row_of(bot, chat, Reply(text), prompt=0, priority=priority, at=office.clock.now())
        return await outbox.add_one(connection, row)


async def statuses(office) -> dict[str, str]:
    async with office.database.read() as connection:
        found = await connection.execute(select(outbox_table.c.body, outbox_table.c.status))
        return {row.body["text"]: row.status for row in found}


async def ledger_of(office) -> list[str]:
    async with office.database.read() as connection:
        return list((await connection.execute(select(dispatches.c.status))).scalars())


async def also_on_zalo(phone, chat: str) -> None:
    """Tie a Zalo chat to the phone's person, used less lately than the phone."""
    office = phone.office
    async with office.database.write() as connection:
        (holder,) = await people.holders(connection)
        key = f"zalo:{chat}"
        earlier = office.clock.now() - timedelta(days=3)
        await people.add_identity(connection, person=holder.person, sender_key=key, chat_key=key, at=earlier)


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
        moved = await delivery.leave_bots_turned_off(connection, bots=["zalo"], at=clock.now())
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


class Watch:
    """An administrator's alarms, with a monotonic clock of their own."""

    def __init__(self, office, *, due: int = 0, limits: dict[str, Limits] | None = None) -> None:
        self.office, self.due, self.monotonic = office, due, 0.0
        self.alarms = Alarms(
            office.database,
            office.clock,
            office.services.calendar,
            bots=["telegram", "zalo"],
            limits=limits or {},
            users={"zalo": 50},
            falling_today=self._falling,
            queued=office.outbox_bell.ring,
            monotonic=lambda: self.monotonic,
        )

    async def _falling(self) -> int:
        return self.due

    def pass_by(self, span: timedelta) -> None:
        self.office.clock.pass_by(span)
        self.monotonic += span.total_seconds()

    async def ticks(self) -> None:
        async with self.office.database.write() as connection:
            await records.set_meta(connection, LAST_TICK, self.office.clock.now().isoformat())

    async def check(self) -> list[str]:
        found = [alarm.key for alarm in await self.alarms.check()]
        await self.office.sender.drain()
        return found


async def test_administrators_hear_once_a_day_that_no_reminder_left_though_some_were_due(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong", Role.ADMIN)
    clock.move_to(FRIDAY_T_3, 13)
    watch = Watch(office, due=7)
    await watch.ticks()
    assert await watch.check() == []

    watch.pass_by(timedelta(hours=2))
    await watch.ticks()
    assert await watch.check() == ["silence"]
    assert await watch.check() == []

    assert "7 lần nhắc đến hạn" in plain_phone.screen[-1]


async def test_no_alarm_where_nothing_was_due_or_something_left(office, clock):
    clock.move_to(FRIDAY_T_3, 15)
    quiet, busy = Watch(office, due=0), Watch(office, due=7)
    await quiet.ticks()
    assert await quiet.check() == []
    await queue(office, "telegram", "1", "nhắc")
    await office.sender.drain()
    assert await busy.check() == []


async def test_administrators_hear_that_nobody_looks_for_reminders(office, clock):
    clock.move_to(FRIDAY_T_3, 9)
    watch = Watch(office)
    await watch.ticks()
    watch.pass_by(timedelta(minutes=29))
    assert await watch.check() == []
    watch.pass_by(timedelta(minutes=2))
    assert await watch.check() == ["tick"]


async def test_administrators_hear_that_the_outbox_stands_still(office, clock):
    watch = Watch(office)
    await watch.ticks()
    await queue(office, "sms", "1", "nhắc")
    await queue(office, "sms", "2", "trả lời", Priority.ANSWER)
    watch.pass_by(timedelta(minutes=6))
    assert await watch.check() == ["outbox:sms:câu trả lời"]
    watch.pass_by(timedelta(hours=2))
    await watch.ticks()
    assert await watch.check() == ["outbox:sms:tin nhắc"]


async def test_a_refused_token_is_told_on_another_channel_until_it_works_again(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong", Role.ADMIN)
    await also_on_zalo(plain_phone, "77")
    telegram = office.channels["telegram"]
    telegram.fails_with.append(ChannelBusy("telegram", timedelta(minutes=5), why="token"))
    await queue(office, "telegram", "9", "tin")
    await office.sender.drain()

    watch = Watch(office)
    assert await watch.check() == ["token:telegram"]
    assert "bị từ chối" in plain_phone.other("77", bot="zalo").screen[-1]

    watch.pass_by(timedelta(minutes=6))
    await watch.ticks()
    await office.sender.drain()
    async with office.database.read() as connection:
        assert await records.get_meta(connection, delivery.token_key("telegram")) == ""


@pytest.mark.parametrize(("jump", "way"), [(timedelta(hours=3), "tới"), (-timedelta(hours=3), "lùi")])
async def test_administrators_hear_that_the_clock_jumped(plain_phone, clock, jump, way):
    await plain_phone.registers("th.pu-luong", Role.ADMIN)
    watch = Watch(plain_phone.office)
    watch.pass_by(timedelta(minutes=1))
    clock.pass_by(jump)
    assert "clock" in await watch.check()
    assert f"nhảy {way} 3 giờ" in plain_phone.screen[-1]


async def test_administrators_hear_that_the_monthly_quota_is_short(office):
    watch = Watch(office, limits={"zalo": zalo_limits(5, 10)})
    for number in range(9):
        await queue(office, "zalo", str(number), f"tin {number}")
    await office.sender.drain()
    await watch.ticks()
    assert await watch.check() == ["quota:zalo"]


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


async def test_metrics_have_what_the_shipped_alert_rules_ask_for(office, clock):
    async with office.database.write() as connection:
        await delivery.note_token(connection, "telegram", refused=True, at=clock.now())
        await records.set_meta(connection, LAST_TICK, clock.now().isoformat())
    await queue(office, "zalo", "1", "tin")
    watch = Watch(office, limits={"zalo": zalo_limits(5, 10)})
    assert await watch.check() == ["token:telegram"]
    metrics = Metrics(
        office.database,
        clock,
        bots=["telegram", "zalo"],
        limits={"zalo": zalo_limits(5, 10)},
        sends_for=lambda bot: bot == "zalo",
    )
    metrics.sent("zalo")
    metrics.limited("zalo")
    metrics.failed("telegram", "token")
    await queue(office, "zalo", "2", "tin")
    lost = await queue(office, "zalo", "3", "tin")
    async with office.database.write() as connection:
        await outbox.mark_dead(connection, lost, attempts=1, why="gone")

    page = (await visit(metrics)).text

    rules = (ROOT / "deploy" / "alerts.yml").read_text(encoding="utf-8")
    samples = {re.split(r"[{ ]", line)[0] for line in page.splitlines() if not line.startswith("#")}
    assert set(re.findall(r"isobot_[a-z_]+", rules)) <= samples
    for line in (
        'isobot_token_refused{bot="telegram"} 1.0',
        'isobot_token_refused{bot="zalo"} 0.0',
        'isobot_sends_for{bot="zalo"} 1.0',
        'isobot_failed_total{bot="telegram",why="token"} 1.0',
        'isobot_month_sent{bot="zalo"} 1.0',
        'isobot_month_quota{bot="zalo"} 10.0',
        'isobot_alarm_today{alarm="token:telegram"} 1.0',
    ):
        assert line in page


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


async def visit(metrics: Metrics, client: str = "127.0.0.1", **headers: str) -> httpx.Response:
    app = Starlette(routes=[Route("/metrics", metrics.answer)])
    transport = httpx.ASGITransport(app, client=(client, 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://isobot") as visitor:
        return await visitor.get("/metrics", headers=headers)


async def test_metrics_tell_what_waits_and_nothing_of_people(office):
    await queue(office, "telegram", "123456", "Kính gửi bà Lan")
    metrics = Metrics(office.database, office.clock)
    metrics.sent("telegram")
    metrics.limited("telegram")
    metrics.handled([0.02])

    page = (await visit(metrics)).text

    for line in (
        'isobot_outbox_queued{bot="telegram",kind="campaign"} 1.0',
        'isobot_sent_total{bot="telegram"} 1.0',
        'isobot_limited_total{bot="telegram"} 1.0',
        'isobot_event_seconds_bucket{le="0.025"} 1.0',
        "isobot_inbox_waiting 0.0",
    ):
        assert line in page
    assert "123456" not in page
    assert "Lan" not in page


async def test_metrics_are_for_this_machine_or_for_who_has_the_token(office):
    async def status(token: str | None, client: str, **headers: str) -> int:
        metrics = Metrics(office.database, office.clock, token=token)
        return (await visit(metrics, client, **headers)).status_code

    assert await status(None, "127.0.0.1") == 200
    assert await status(None, "192.0.2.7") == 403
    assert await status(None, "127.0.0.1", **{"X-Forwarded-For": "192.0.2.7"}) == 403
    assert await status("s3cret", "127.0.0.1") == 403
    assert await status("s3cret", "192.0.2.7", Authorization="Bearer s3cret") == 200
    assert await status("s3cret", "192.0.2.7", Authorization="Bearer other") == 403


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


async def test_a_mended_token_is_known_to_work_after_a_restart(office, clock):
    async with office.database.write() as connection:
        await delivery.note_token(connection, "telegram", refused=True, at=clock.now())
    await queue(office, "telegram", "9", "tin")

    await office.sender.drain()

    watch = Watch(office)
    await watch.ticks()
    assert await watch.check() == []
