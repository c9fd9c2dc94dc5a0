"""Reminders: on working days within hours, once, silent when the report is in, put off when asked."""

import asyncio
from datetime import date, timedelta

from isobot.domain.people import Role
from isobot.errors import ChannelBusy
from isobot.storage import outbox
from isobot.storage.database import Database
from isobot.storage.dispatch import ledger
from tests.acceptance.conftest import Office

FRIDAY_T_3 = date(2027, 5, 28)
"""Three days before the last day on time, 31 May 2027; a Friday."""


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if text.startswith(("⏰", "⚠"))]


async def test_reminder_names_the_days_left_the_unit_and_its_former_units(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)

    await plain_phone.office.tick()

    (said,) = reminders(plain_phone)
    assert "Còn 3 ngày" in said
    assert "31/05/2027" in said
    assert "UBND xã Pù Luông" in said
    assert "kế hoạch cũ: xã Thành Sơn" in said or "Thành Sơn" in said
    assert "chưa xác minh hiệu lực" in said


async def test_nothing_is_said_outside_working_hours_or_on_a_day_off(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")

    for day, hour in ((FRIDAY_T_3, 7), (FRIDAY_T_3, 17), (FRIDAY_T_3 + timedelta(days=1), 9)):
        clock.move_to(day, hour)
        await plain_phone.office.tick()
    assert reminders(plain_phone) == []

    clock.move_to(FRIDAY_T_3, 8)
    await plain_phone.office.tick()
    assert len(reminders(plain_phone)) == 1


async def test_ticking_twice_tells_once(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)

    await plain_phone.office.tick()
    clock.pass_by(timedelta(minutes=1))
    again = await plain_phone.office.tick()

    assert again.messages == 0
    assert len(reminders(plain_phone)) == 1


async def test_two_dispatchers_at_once_tell_once(plain_phone, clock):
    office = plain_phone.office
    for number, unit in enumerate(("th.pu-luong", "th.ba-thuoc", "th.co-lung"), start=1):
        await plain_phone.other(str(number)).registers(unit)
    clock.move_to(FRIDAY_T_3)
    twin = Office(Database(office.database.url), office.services, clock)

    tallies = await asyncio.gather(office.dispatcher().tick(), twin.dispatcher().tick())
    await office.sender.drain()
    await twin.database.close()

    assert sum(tally.messages for tally in tallies) == 3
    assert [len(reminders(plain_phone.other(str(number)))) for number in (1, 2, 3)] == [1, 1, 1]


async def test_whoever_reports_for_two_units_gets_one_message_a_day(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.registers("th.ba-thuoc")
    clock.move_to(FRIDAY_T_3)

    await plain_phone.office.tick()

    (said,) = reminders(plain_phone)
    assert "Pù Luông" in said
    assert "Bá Thước" in said


async def test_silence_once_the_report_is_in(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    await plain_phone.answers()
    await plain_phone.picks("Gửi báo cáo")

    for days in range(60):
        clock.move_to(FRIDAY_T_3 + timedelta(days=days))
        await plain_phone.office.tick()

    assert reminders(plain_phone) == []


async def test_reminder_still_waiting_is_taken_back_by_the_submission(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    await plain_phone.answers()
    clock.move_to(FRIDAY_T_3)
    await office.dispatcher().tick()  # queued, not sent: the sender has not run

    await office.door.take([plain_phone.event(text="gửi báo cáo")])
    await office.engine.step()
    await office.sender.drain()

    assert reminders(plain_phone) == []
    assert plain_phone.screen[-1].startswith("Đã nhận số liệu")
    async with office.database.read() as connection:
        assert set((await ledger(connection, since=date(2027, 1, 1))).values()) == {"cancelled", "merged"}


async def test_snoozed_reminders_keep_quiet_until_the_day_named(phone, clock):
    await phone.registers("th.pu-luong")
    clock.move_to(date(2027, 5, 27))
    await phone.says("/nhac")
    await phone.picks("Hoãn nhắc tháng 5/2027")

    said = (await phone.picks("3 ngày"))[-1]

    assert "30/05/2027" in said
    assert "31/05/2027" in said
    clock.move_to(FRIDAY_T_3)
    await phone.office.tick()
    assert reminders(phone) == []
    clock.move_to(date(2027, 5, 31))
    await phone.office.tick()
    assert "Hôm nay, 31/05/2027, là ngày cuối" in reminders(phone)[-1]


async def test_missed_days_are_told_by_the_latest_step_alone(plain_phone, clock):
    await plain_phone.registers("th.pu-luong")
    clock.move_to(date(2027, 5, 25))

    await plain_phone.office.tick()

    assert len(reminders(plain_phone)) == 1
    async with plain_phone.office.database.read() as connection:
        statuses = await ledger(connection, since=date(2027, 1, 1))
    assert sorted(statuses.values()) == ["merged", "merged", "sent"]


async def test_head_is_told_on_the_third_day_late(plain_phone, clock):
    head = plain_phone.other("7")
    await plain_phone.registers("th.pu-luong")
    await head.registers("th.pu-luong", Role.HEAD)

    clock.move_to(date(2027, 6, 1))
    await plain_phone.office.tick()
    assert reminders(head) == []
    clock.move_to(date(2027, 6, 3))
    await plain_phone.office.tick()

    assert "quá hạn 3 ngày" in reminders(head)[-1]
    assert "lãnh đạo" in reminders(head)[-1]


async def test_receiving_office_gets_a_digest_of_who_is_missing(plain_phone, clock):
    office = plain_phone.other("9")
    await office.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(FRIDAY_T_3)

    await plain_phone.office.tick()

    assert office.screen[-1].startswith("📋")
    assert "chưa gửi số liệu" in office.screen[-1]


async def test_ha_nam_is_never_reminded(plain_phone, clock):
    await plain_phone.registers("hn.minh-hoa-hai")
    before = len(plain_phone.screen)

    for day in (date(2027, 5, 28), date(2027, 6, 14), date(2027, 12, 14), date(2027, 12, 31)):
        clock.move_to(day)
        await plain_phone.office.tick()

    assert len(plain_phone.screen) == before
    assert "Chỉ thị 02/2007/CT-UBND" in (await plain_phone.says("/nhac"))[-1]


async def test_answers_go_before_a_campaign(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    await office.dispatcher().tick()
    hung = plain_phone.other("2")
    await office.door.take([hung.event(text="/trogiup")])
    await office.engine.step()

    async with office.database.read() as connection:
        queue = await outbox.due_of_each(connection, {"telegram": 10}, now=clock.now())

    assert [message.chat for message in queue] == ["2", "1"]


async def test_busy_channel_delays_a_reminder_and_loses_none(plain_phone, clock):
    office = plain_phone.office
    await plain_phone.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    office.channels["telegram"].fails_with.append(ChannelBusy("telegram", timedelta(seconds=30)))

    await office.tick()
    assert reminders(plain_phone) == []
    clock.pass_by(timedelta(seconds=31))
    await office.sender.drain()

    assert len(reminders(plain_phone)) == 1
