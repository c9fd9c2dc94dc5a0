"""Reminders of what must be done without a form, told as chats."""

from datetime import date, timedelta

from isobot.domain.people import Role
from tests.acceptance.reminders.conftest import reminders


async def test_lead_office_is_reminded_of_november_until_it_says_done(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 11, 23))
    await mai.office.tick()

    assert any("ổng hợp kết quả kiểm tra" in text for text in reminders(mai))
    await mai.picks("Đã làm")
    said = (await mai.says("22/11"))[-1]

    assert "làm xong ngày 22/11/2027" in said
    before = len(reminders(mai))
    for day in (date(2027, 11, 30), date(2027, 12, 3), date(2027, 12, 7)):
        clock.move_to(day)
        await mai.office.tick()
    assert not any("ổng hợp kết quả kiểm tra" in text for text in reminders(mai)[before:])


async def test_officers_are_not_reminded_of_duties_nobody_turned_on(lan, clock):
    await lan.registers("th.pu-luong")
    for n in range(0, 60, 3):
        clock.move_to(date(2027, 8, 20) + timedelta(days=n))
        await lan.office.tick()

    assert all("Đánh giá nội bộ" not in text for text in lan.screen)


async def test_inspection_record_starts_two_months_and_done_ends_them(lan, clock):
    await lan.registers("th.pu-luong")
    await lan.says("/nhac")
    await lan.picks("Thêm việc cần nhắc")
    await lan.picks("Báo cáo khắc phục sau kiểm tra")

    said = (await lan.says("12/5/2027"))[-1]

    assert "Hạn là 12/07/2027" in said
    assert "Căn cứ: Điều 37 khoản 2 điểm c, Thông tư 26/2014/TT-BKHCN ngày 10/10/2014." in said
    clock.move_to(date(2027, 7, 5))
    await lan.office.tick()
    assert any("áo cáo khắc phục sau kiểm tra" in text for text in reminders(lan))
    await lan.picks("Đã làm")
    await lan.picks("Hôm nay")
    before = len(lan.screen)
    for day in (date(2027, 7, 9), date(2027, 7, 12), date(2027, 7, 15)):
        clock.move_to(day)
        await lan.office.tick()
    assert all("khắc phục" not in text for text in lan.screen[before:])
