"""What is promised of coming reminders knows what was told and what was put off."""

from datetime import date, timedelta

from isobot.domain.people import Role
from tests.acceptance.reminders.conftest import FRIDAY_T_3, reminded, reminders


async def page(phone) -> str:
    return "\n".join(await phone.says("/nhac"))


async def test_page_names_what_was_told_and_what_is_still_to_come(lan, clock):
    await reminded(lan, clock)

    said = await page(lan)
    words = (await lan.picks("Xem lời nhắc tháng 5/2027"))[-1]

    assert "hạn 31/05/2027: đã nhắc 28/05/2027, còn nhắc 31/05/2027, 01/06/2027" in said
    assert "cơ quan nhận 28/05/2027" in said  # nobody receives yet, so the list of today was not told
    assert words.startswith("Lần nhắc tới, ngày 31/05/2027:")


async def test_escalation_that_was_told_is_promised_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    assert "cơ quan nhận 01/06/2027, 07/06/2027" in await page(lan)


async def test_page_promises_nothing_in_the_days_that_were_put_off(lan, clock):
    await reminded(lan, clock)
    await lan.presses_key("sn:th-xa:2027-05:th.pu-luong")
    await lan.picks("7 ngày")

    said = await page(lan)
    words = (await lan.presses_key("wd:th-xa:2027-05:th.pu-luong"))[-1]

    assert "anh/chị đang hoãn đến 04/06/2027, từ đó tôi nhắc 04/06/2027, 07/06/2027" in said
    assert "Anh/chị đang hoãn nhắc kỳ này; tôi nhắc lại từ 04/06/2027." in words
    assert "Lần nhắc tới, ngày 04/06/2027:\n⚠ Báo cáo tháng 5/2027 đã quá hạn 4 ngày" in words
    before = len(reminders(lan))
    told = []
    for day in range(11):
        clock.move_to(FRIDAY_T_3 + timedelta(days=day))
        await lan.office.tick()
        if len(reminders(lan)) > before:
            told.append(FRIDAY_T_3 + timedelta(days=day))
            before = len(reminders(lan))
    assert told == [date(2027, 6, 4), date(2027, 6, 7)]


async def test_what_was_put_off_is_reminded_of_again_when_asked(lan, clock):
    await reminded(lan, clock)
    await lan.presses_key("sn:th-xa:2027-05:th.pu-luong")
    await lan.picks("7 ngày")

    await lan.presses_key("sn:th-xa:2027-05:th.pu-luong")
    await lan.picks("Không hoãn")

    assert "đang hoãn" not in await page(lan)
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert "Hôm nay, 31/05/2027, là ngày cuối" in reminders(lan)[-1]


async def test_anothers_putting_off_changes_nothing_for_a_colleague(lan, clock):
    await reminded(lan, clock)
    await lan.presses_key("sn:th-xa:2027-05:th.pu-luong")
    await lan.picks("7 ngày")
    hung = lan.other("4")
    await hung.registers("th.pu-luong")

    assert "nhắc 28/05/2027, 31/05/2027" in await page(hung)


async def test_list_told_of_a_unit_with_more_time_is_promised_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await mai.presses_key("ex:th-xa:2027-05")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    await mai.says("Đơn vị đang chuyển trụ sở")
    clock.move_to(date(2027, 6, 11))
    before = await page(lan)
    await lan.office.tick()

    assert "cơ quan nhận 11/06/2027, 16/06/2027, 22/06/2027" in before
    assert "cơ quan nhận 16/06/2027, 22/06/2027" in await page(lan)
