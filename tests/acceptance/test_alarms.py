"""What administrators are told, once a day, when reminders or a bot stand still."""

from datetime import timedelta

import pytest

from isobot.chat.limits import zalo_limits
from isobot.domain.people import Role
from isobot.errors import ChannelBusy
from isobot.storage import delivery, people, records
from isobot.storage.outbox import Priority
from tests.acceptance.test_reminders import FRIDAY_T_3
from tests.delivery_steps import Watch, also_on_zalo, queue


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


async def test_a_month_that_is_used_up_is_told_on_a_channel_that_still_sends(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong", Role.ADMIN)
    await also_on_zalo(plain_phone, "77")
    async with office.database.write() as connection:
        await people.touch(connection, ["zalo:77"], at=clock.now() + timedelta(hours=2))
    watch = Watch(office, limits={"zalo": zalo_limits(5, 1)})
    await queue(office, "zalo", "5", "tin")
    await office.sender.drain()
    await watch.ticks()

    assert await watch.check() == ["quota:zalo"]

    assert "câu trả lời cũng chờ sang tháng sau" in plain_phone.screen[-1]


async def test_a_mended_token_is_known_to_work_after_a_restart(office, clock):
    async with office.database.write() as connection:
        await delivery.note_token(connection, "telegram", refused=True, at=clock.now())
    await queue(office, "telegram", "9", "tin")

    await office.sender.drain()

    watch = Watch(office)
    await watch.ticks()
    assert await watch.check() == []
