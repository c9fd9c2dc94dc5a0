"""More time for one unit: its people hear at once who gave it, until when, and why."""

from datetime import date

from isobot.domain.people import Role
from tests.acceptance.reminders.conftest import FRIDAY_T_3, reminded, reminders, statuses


async def extends(mai, *, until: str = "15/6", unit: str = "xã Pù Luông") -> str:
    await mai.picks("Gia hạn một đơn vị")
    await mai.says(unit)
    await mai.says(until)
    return (await mai.says("Đơn vị đang chuyển trụ sở"))[-1]


async def test_news_of_more_time_leaves_at_once_and_says_who_and_why(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    before = len(lan.screen)

    said = await extends(mai)

    assert "Tôi báo ngay cho 1 người của đơn vị." in said
    assert "Các lần nhắc theo hạn mới: 01/06/2027, 08/06/2027" in said
    (news,) = lan.screen[before:]
    assert "được gia hạn báo cáo tháng 5/2027: hạn mới 15/06/2027, hạn cũ 31/05/2027" in news
    assert "Người gia hạn: Trần Thị Mai, Sở Khoa học và Công nghệ" in news
    assert "Lý do: Đơn vị đang chuyển trụ sở." in news
    assert (await statuses(lan))["D@270528"] == "sent"
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(lan.screen) == before + 1  # told once, and the new ladder begins on 1 June


async def test_news_of_more_time_leaves_the_days_reminder_to_other_reports(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    await lan.registers("th.ba-thuoc")
    clock.move_to(FRIDAY_T_3, 7)
    await mai.presses_key("ex:th-xa:2027-05")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    await mai.says("Đơn vị đang chuyển trụ sở")
    assert "được gia hạn" in lan.screen[-1]  # before working hours: a receiver acts by hand

    clock.move_to(FRIDAY_T_3)
    await lan.office.tick()

    (said,) = reminders(lan)
    assert "Bá Thước" in said
    assert "Pù Luông" not in said


async def test_news_of_a_day_off_stands_in_the_ledger_once(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    clock.move_to(date(2027, 5, 29), 10)
    await mai.presses_key("ex:th-xa:2027-05")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    await mai.says("Đơn vị đang chuyển trụ sở")
    assert sum("được gia hạn" in text for text in lan.screen) == 1

    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()

    assert reminders(lan) == []
    found = {step: status for step, status in (await statuses(lan)).items() if "/" not in step}
    assert found.pop("D@270529") == "sent"
    assert set(found.values()) == {"merged"}  # what was missed before the news ended with it


async def test_who_cannot_be_told_of_more_time_is_named_to_the_receiver(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(FRIDAY_T_3)
    await mai.presses_key("ex:th-xa:2027-05")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    said = (await mai.says("Đơn vị đang chuyển trụ sở"))[-1]

    assert "Đơn vị chưa có ai nhận được tin của tôi; anh/chị báo họ giúp." in said


async def test_same_day_is_not_granted_twice(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await extends(mai)

    again = await extends(mai)

    assert "đã được gia hạn đến 15/06/2027 từ trước" in again
    assert sum("được gia hạn báo cáo" in text for text in lan.screen) == 1


async def test_granted_day_is_not_called_the_plans(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await extends(mai)

    clock.move_to(date(2027, 6, 1))
    await lan.office.tick()

    assert "Riêng hạn 15/06/2027 do cơ quan nhận báo cáo gia hạn cho đơn vị." in reminders(lan)[-1]
    assert "Riêng hạn 15/06/2027" in "\n".join(await lan.says("/nhac"))


async def test_other_receivers_hear_at_once_who_gave_more_time_and_why(lan, mai, clock):
    second, elsewhere = lan.other("8"), lan.other("6")
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await second.registers("th.so-khcn", Role.RECEIVER)
    await elsewhere.registers("kt.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    await mai.picks("Gia hạn một đơn vị")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    await mai.says("Đơn vị đang chuyển trụ sở")

    told = second.screen[-1]
    assert (
        "UBND xã Pù Luông được gia hạn báo cáo tháng 5/2027: hạn mới 15/06/2027, hạn cũ 31/05/2027." in told
    )
    assert "Người gia hạn: Trần Thị Mai, Sở Khoa học và Công nghệ" in told
    assert "Lý do: Đơn vị đang chuyển trụ sở." in told
    assert not any(text.startswith("📅") for text in (*mai.screen, *elsewhere.screen))
