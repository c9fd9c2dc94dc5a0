"""Receivers hear of letters on paper: in one message a day, however many units sent one."""

from datetime import date

from isobot.domain.people import Role
from tests.acceptance.reminders.conftest import FRIDAY_T_3, statuses

MONDAY = date(2027, 5, 31)
TUESDAY = date(2027, 6, 1)


async def sends_paper(phone, unit: str) -> str:
    await phone.presses_key(f"pp:th-xa:2027-05:{unit}")
    return (await phone.picks("Không nhớ số"))[-1]


async def ticks(phone, clock, *days: date) -> None:
    for day in days:
        clock.move_to(day)
        await phone.office.tick()


async def test_receiver_hears_of_all_letters_of_a_day_in_one_message_on_the_next(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    hung = lan.other("3")
    await hung.registers("th.ba-thuoc")
    await ticks(lan, clock, FRIDAY_T_3)
    before = len(mai.screen)

    said = await sends_paper(lan, "th.pu-luong")
    await sends_paper(hung, "th.ba-thuoc")
    assert "Tôi thôi nhắc và báo cơ quan nhận vào ngày làm việc kế tiếp, 31/05/2027" in said
    assert len(mai.screen) == before
    await ticks(lan, clock, MONDAY, MONDAY)

    (told,) = mai.screen[before:]
    assert told.startswith("📄 Báo cáo tháng 5/2027: 2 đơn vị báo đã gửi bản giấy, chờ anh/chị xác nhận:")
    assert "UBND xã Pù Luông" in told
    assert "UBND xã Bá Thước" in told
    assert (await statuses(lan))["P@270531/receiver"] == "sent"
    await mai.says("/tiendo")
    assert "Bản giấy: UBND xã Pù Luông" in mai.choices


async def test_list_that_falls_due_that_day_names_the_letters_too(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    await ticks(lan, clock, FRIDAY_T_3, MONDAY)
    await sends_paper(lan, "th.pu-luong")
    before = len(mai.screen)

    await ticks(lan, clock, TUESDAY)

    (told,) = mai.screen[before:]
    assert told.startswith("📋")
    assert "chờ anh/chị xác nhận (1): UBND xã Pù Luông" in told
    found = await statuses(lan)
    assert (found["T+1/receiver"], found["P@270601/receiver"]) == ("sent", "merged")


async def test_letter_long_after_the_last_list_is_told_all_the_same(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    await ticks(lan, clock, date(2027, 6, 23))
    await sends_paper(lan, "th.pu-luong")

    await ticks(lan, clock, date(2027, 6, 24))

    assert mai.screen[-1].startswith("📄 Báo cáo tháng 5/2027: 1 đơn vị")


async def test_letter_that_was_judged_before_is_told_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    await ticks(lan, clock, FRIDAY_T_3)
    await sends_paper(lan, "th.pu-luong")
    await mai.presses_key("lm:th-xa:2027-05:th.pu-luong")

    await ticks(lan, clock, MONDAY)

    assert not any(text.startswith("📄") for text in mai.screen)


async def test_letter_judged_while_the_news_of_it_waits_is_told_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    await ticks(lan, clock, FRIDAY_T_3)
    await sends_paper(lan, "th.pu-luong")
    clock.move_to(MONDAY)
    await lan.office.dispatcher().tick()  # queued, and not sent yet

    await mai.presses_key("le:th-xa:2027-05:th.pu-luong")

    assert not any(text.startswith("📄") for text in mai.screen)
    assert (await statuses(lan))["P@270531/receiver"] == "cancelled"


async def test_officer_learns_where_no_receiver_can_be_told(lan, clock):
    await lan.registers("th.pu-luong")
    await ticks(lan, clock, FRIDAY_T_3)

    said = await sends_paper(lan, "th.pu-luong")

    assert "cơ quan nhận chưa có ai nhận được tin của tôi, anh/chị báo họ giúp" in said
