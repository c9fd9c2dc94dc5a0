"""What `isobot remind --dry-run` says that reminders cost, where a bot has a monthly quota."""

from datetime import date

import pytest

from isobot.core import Core
from isobot.domain.people import Role
from isobot.remind_cli import Wanted, show_reminders
from isobot.settings import Settings
from isobot.storage.bots import BotRow
from tests.delivery_steps import queue

WEDNESDAY = date(2027, 5, 19)
"""A commune's last day is 31/5: T-14 has passed, T-7, T-1 and T are in May, T+1 to T+28 in June."""


@pytest.fixture
async def said(office, content, clock, tmp_path, plain_phone, capsys):
    """Say what is printed of a day, with eight of ten messages of May sent."""
    await plain_phone.registers("th.pu-luong")
    await plain_phone.other("2").registers("th.pu-luong", Role.HEAD)
    clock.move_to(date(2027, 4, 30))
    await queue(office, "telegram", "5", "trước tháng")
    await office.sender.drain()
    clock.move_to(WEDNESDAY)
    for number in range(6):  # two answers went before
        await queue(office, "telegram", str(number), f"tin {number}")
    await office.sender.drain()
    row = BotRow("telegram", "telegram", monthly=10)
    settings = Settings(_env_file=None, data_dir=tmp_path)
    core = Core(settings, office.database, clock, content, office.services, (row,))

    async def said(wanted: Wanted) -> str:
        capsys.readouterr()
        await show_reminders(core, wanted)
        return " ".join(capsys.readouterr().out.split())

    return said


async def test_a_day_is_charged_to_the_month_in_which_it_lies(said):
    in_may, in_june = await said(Wanted(date(2027, 5, 24))), await said(Wanted(date(2027, 6, 3)))

    assert "Chi phí ngày 24/05/2027, kênh telegram: 1 tin" in in_may
    assert "; tháng này đã gửi 8/10, còn 2" in in_may
    assert "thêm --month" not in in_may
    assert "Chi phí ngày 03/06/2027, kênh telegram: 2 tin" in in_june
    assert "; tháng 06/2027 đã gửi 0/10, còn 10." in in_june
    assert "thêm --month để tính cả tháng" in in_june


async def test_a_month_says_what_its_reminders_take_of_the_quota(said):
    text = await said(Wanted(WEDNESDAY, month=True))

    assert "Chi phí cả tháng 05/2027, phần còn lại kể từ hôm nay, kênh telegram: nhiều nhất 3 tin" in text
    assert "Tháng 05/2027: 3 tin; tháng này đã gửi 8/10, còn 2, KHÔNG ĐỦ (giữ 1 tin" in text


async def test_a_campaign_counts_all_steps_of_its_periods_month_by_month(said):
    text = await said(Wanted(date(2027, 5, 31), province="thanh-hoa", campaign=True))

    assert "Chi phí cả đợt, từ 04/05/2027 đến 28/06/2027, phần còn lại kể từ hôm nay, kênh telegram:" in text
    assert "nhiều nhất 10 tin trong 9 ngày; ngày nhiều nhất là 03/06/2027: 2 tin" in text
    assert "Tháng 05/2027: 3 tin; tháng này đã gửi 8/10" in text
    assert "Tháng 06/2027: 7 tin; tháng 06/2027 đã gửi 0/10, còn 10." in text


async def test_a_day_without_reminders_belongs_to_no_campaign(said):
    assert "không thuộc đợt nhắc nào" in await said(Wanted(date(2027, 8, 2), campaign=True))
