"""What administrators are told once, at the first tick at work after nobody was reminded of what fell due."""

from datetime import date, timedelta

import pytest

from isobot.core import Core
from isobot.domain.people import Role
from isobot.errors import ChannelBusy
from isobot.every_minute import EveryMinute
from isobot.settings import Settings
from tests.delivery_steps import Watch

THURSDAY, FRIDAY, MONDAY_T = date(2027, 5, 27), date(2027, 5, 28), date(2027, 5, 31)
TUESDAY, WEDNESDAY = date(2027, 6, 1), date(2027, 6, 2)


@pytest.fixture
async def machine(office, content, tmp_path, plain_phone):
    """A machine with an administrator, and the officer of a commune whose last day is MONDAY_T."""
    await plain_phone.registers("th.pu-luong", Role.ADMIN)
    await plain_phone.other("2").registers("th.ba-thuoc")
    return Machine(office, content, tmp_path, plain_phone)


class Machine:
    def __init__(self, office, content, folder, administrator) -> None:
        self.office, self.administrator = office, administrator
        settings = Settings(_env_file=None, data_dir=folder)
        self.core = Core(settings, office.database, office.clock, content, office.services)
        self.start()

    def start(self) -> None:
        self.minute = EveryMinute(self.core, ["telegram", "zalo"], queued=self.office.outbox_bell.ring)

    async def ticks(self, day: date, hour: int = 9) -> None:
        self.office.clock.move_to(day, hour)
        await self.minute.tick()
        await self.office.sender.drain()

    async def restarts(self, day: date, hour: int = 9) -> None:
        self.start()
        await self.ticks(day, hour)

    async def minute_later(self) -> None:
        self.office.clock.pass_by(timedelta(minutes=1))
        await self.minute.tick()
        await self.office.sender.drain()

    async def works_through(self, day: date, *, since: int = 8) -> None:
        """Tick all day, as rarely as is still no outage."""
        await self.ticks(day, since)
        for _ in range((17 - since) * 2):
            self.office.clock.pass_by(timedelta(minutes=29, seconds=50))
            await self.minute.tick()

    @property
    def alarms(self) -> list[str]:
        return [text for text in self.administrator.screen if text.startswith("Cảnh báo")]

    @property
    def officer_heard(self) -> list[str]:
        return [text for text in self.administrator.other("2").screen if text.startswith(("⏰", "⚠"))]


async def test_administrators_hear_once_what_a_stopped_bot_missed_however_often_it_restarts(machine):
    await machine.ticks(MONDAY_T, 16)
    await machine.restarts(WEDNESDAY)
    await machine.restarts(WEDNESDAY)
    await machine.minute_later()

    (said,) = machine.alarms
    assert "Từ 16:00 ngày 31/05/2027 đến 09:00 ngày 02/06/2027 bot không xếp lịch nhắc" in said
    assert "Lỡ 1 lần nhắc, của ngày 01/06/2027." in said
    assert "Hôm nay có 1 người nhận tin nhắc." in said
    assert len(machine.officer_heard) == 2


async def test_a_deadline_that_passed_in_silence_is_told_with_its_day(machine):
    await machine.ticks(FRIDAY, 8)
    await machine.restarts(TUESDAY)

    (said,) = machine.alarms
    assert "Từ 08:00 ngày 28/05/2027 đến 09:00 ngày 01/06/2027" in said
    assert "Lỡ 1 lần nhắc, của ngày 31/05/2027." in said


async def test_weeks_of_standing_still_are_told_in_one_message_with_their_days(machine):
    await machine.ticks(THURSDAY, 16)
    await machine.restarts(date(2027, 6, 17))

    (said,) = machine.alarms
    assert (
        "Lỡ 6 lần nhắc, của 6 ngày 28/05/2027, 31/05/2027, 01/06/2027, 03/06/2027, 07/06/2027 và 14/06/2027."
        in said
    )
    assert "nhắc bù, gộp một tin cho mỗi người. Hôm nay có 1 người nhận tin nhắc." in said
    assert len(machine.officer_heard) == 2


async def test_what_has_lost_its_sense_in_a_long_outage_is_counted_apart(machine):
    await machine.ticks(THURSDAY, 16)
    await machine.restarts(date(2027, 10, 20))

    (said,) = machine.alarms
    assert "Lỡ 10 lần nhắc, của 10 ngày, từ 28/05/2027 đến 15/10/2027." in said
    assert "Trong đó 8 lần không còn cần nhắc nên bỏ" in said


async def test_a_kill_after_the_steps_were_queued_and_before_the_alarm_loses_nothing_of_it(machine):
    await machine.ticks(MONDAY_T, 16)
    machine.office.clock.move_to(WEDNESDAY)
    await machine.office.tick()
    await machine.restarts(WEDNESDAY)

    (said,) = machine.alarms
    assert "Lỡ 1 lần nhắc, của ngày 01/06/2027." in said
    assert "Hôm nay có 1 người nhận tin nhắc." in said


async def test_a_bot_that_comes_back_at_night_tells_at_the_first_tick_at_work(machine):
    await machine.ticks(FRIDAY, 16)
    await machine.restarts(MONDAY_T, 20)
    assert machine.alarms == []
    await machine.restarts(TUESDAY, 8)
    assert "đến 08:00 ngày 01/06/2027" in machine.alarms[0]


async def test_nights_weekends_and_a_short_restart_are_no_outage(machine):
    await machine.works_through(FRIDAY, since=15)
    await machine.restarts(MONDAY_T, 8)
    machine.office.clock.pass_by(timedelta(minutes=25))
    machine.start()
    await machine.minute_later()
    assert machine.alarms == []


async def test_an_outage_without_reminders_says_that_no_day_was_missed(machine):
    await machine.ticks(FRIDAY, 9)
    await machine.restarts(FRIDAY, 15)
    (said,) = machine.alarms
    assert "Không ngày nào lỡ lịch nhắc" in said


async def test_a_day_without_a_message_is_told_the_next_working_day_though_the_process_ran(machine):
    telegram = machine.office.channels["telegram"]
    telegram.fails_with.append(ChannelBusy("telegram", timedelta(hours=20)))
    await machine.works_through(FRIDAY, since=15)

    await machine.ticks(MONDAY_T, 8)
    await machine.minute_later()

    (said,) = machine.alarms
    assert "Ngày 28/05/2027: có 1 lần nhắc đến hạn, nhưng không tin nhắc nào được gửi đi." in said


async def test_a_day_that_was_told_as_silent_is_not_told_again(machine):
    telegram = machine.office.channels["telegram"]
    telegram.fails_with.append(ChannelBusy("telegram", timedelta(hours=20)))
    await machine.works_through(FRIDAY, since=15)
    machine.office.clock.move_to(FRIDAY, 16)
    assert await Watch(machine.office, due=1).check() == ["silence"]

    await machine.ticks(MONDAY_T, 8)

    assert not any("28/05/2027" in said for said in machine.alarms)


async def test_a_day_on_which_something_left_is_not_silent(machine):
    await machine.works_through(FRIDAY, since=15)
    await machine.office.sender.drain()
    await machine.ticks(MONDAY_T, 8)
    assert machine.alarms == []
