"""To be reminded later, in one's own words: the act itself, not how it is done."""

from datetime import date

from isobot.domain.people import Role
from tests.acceptance.reminders.conftest import FRIDAY_T_3, reminded, reminders


async def snoozes_until(phone, clock, *, quiet: date, again: date) -> None:
    before = len(reminders(phone))
    clock.move_to(quiet)
    await phone.office.tick()
    assert len(reminders(phone)) == before
    clock.move_to(again)
    await phone.office.tick()
    assert len(reminders(phone)) == before + 1


async def test_typed_wish_puts_the_one_open_report_off(lan, clock):
    await reminded(lan, clock)

    said = (await lan.says("hoãn nhắc 5 ngày"))[-1]

    assert said.startswith(
        "Đã hoãn nhắc báo cáo tháng 5/2027, UBND xã Pù Luông; tôi sẽ nhắc lại từ 02/06/2027."
    )
    assert "Hạn cuối vẫn là 31/05/2027. Khi tôi nhắc lại thì đã quá hạn" in said
    await snoozes_until(lan, clock, quiet=date(2027, 6, 1), again=date(2027, 6, 2))


async def test_wish_without_days_asks_how_long_and_takes_a_typed_answer(lan, clock):
    await reminded(lan, clock)

    asked = (await lan.says("hoãn nhắc"))[-1]
    said = (await lan.says("5 ngày"))[-1]

    assert asked.startswith("Anh/chị muốn tôi hoãn nhắc bao lâu?")
    assert "nhắc lại từ 02/06/2027" in said


async def test_wish_about_several_reports_asks_which_or_takes_all(lan, clock):
    await reminded(lan, clock)
    await lan.registers("th.ba-thuoc")

    await lan.says("hoãn nhắc 3 ngày")
    assert lan.choices == [
        "Báo cáo tháng 5/2027, UBND xã Pù Luông",
        "Báo cáo tháng 5/2027, UBND xã Bá Thước",
        "Tất cả 2 việc",
    ]
    one = await lan.picks("Báo cáo tháng 5/2027, UBND xã Bá Thước")
    await lan.says("hoãn nhắc 3 ngày")
    both = await lan.picks("Tất cả 2 việc")

    assert "Bá Thước" in one[-1]
    assert "Pù Luông" not in one[-1]
    assert both[-1].count("nhắc lại từ 31/05/2027") == 2


async def test_too_long_a_wish_is_refused_with_an_example(lan, clock):
    await reminded(lan, clock)

    assert "từ 1 đến 30 ngày, ví dụ: hoãn nhắc 3 ngày" in (await lan.says("hoãn nhắc 90 ngày"))[-1]


async def test_question_when_reminders_go_on_is_answered_with_the_days(lan, clock):
    await reminded(lan, clock)

    now = (await lan.says("tôi hết nhắc chưa, bao giờ nhắc lại"))[-1]
    await lan.says("hoãn nhắc 5 ngày")
    later = (await lan.says("bao giờ nhắc lại"))[-1]

    assert (
        "Báo cáo tháng 5/2027, UBND xã Pù Luông, hạn 31/05/2027: đã nhắc 28/05/2027, còn nhắc 31/05/2027"
        in now
    )
    assert "anh/chị đang hoãn đến 02/06/2027, từ đó tôi nhắc 02/06/2027" in later


async def test_nothing_to_put_off_is_said_so(lan, clock):
    await lan.registers("th.pu-luong")
    clock.move_to(date(2027, 8, 2))

    assert "không còn gì phải nhắc" in (await lan.says("hoãn nhắc 3 ngày"))[-1]


async def test_receiver_who_reports_for_nobody_sees_the_plan(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(FRIDAY_T_3)

    assert await mai.says("hoãn nhắc") == await mai.says("/nhac")
