"""Who is reminded of the lead office's own report to the ministry in December."""

from datetime import date

import pytest

from isobot.domain.people import Role
from isobot.storage import dispatch
from tests.acceptance.conftest import Phone

OFFICE = "th.so-khcn"
FIRST_DAY = date(2027, 12, 1)


@pytest.fixture
def mai(office):
    """The receiving office of Thanh Hóa."""
    return Phone(office, buttons=True, chat="9", name="Trần Thị Mai")


def of_december(phone) -> list[str]:
    return [text for text in phone.screen if "báo cáo tổng hợp năm 2027" in text and "⏰" in text]


async def on(phone, clock, day: date) -> None:
    clock.move_to(day)
    await phone.office.tick()


async def test_receiver_hears_of_it_where_nobody_is_registered_to_draw_it_up(mai, clock):
    await mai.registers(OFFICE, Role.RECEIVER)

    await on(mai, clock, FIRST_DAY)

    (said,) = of_december(mai)
    assert "Còn 30 ngày" in said
    assert "Chưa ai đăng ký lập báo cáo này của cơ quan" in said
    assert "khoảng 5 phút" not in said
    assert mai.choices[:2] == ["Tạo mã cho người lập báo cáo", "Hoãn nhắc"]
    assert "Nhập báo cáo" not in mai.choices
    assert "Mã cho người mới" in (await mai.picks("Tạo mã cho người lập báo cáo"))[-1]


async def test_every_receiver_of_the_office_hears_it_on_each_of_its_days(mai, clock):
    second = mai.other("8")
    await mai.registers(OFFICE, Role.RECEIVER)
    await second.registers(OFFICE, Role.RECEIVER)

    for day in (FIRST_DAY, date(2027, 12, 17), date(2027, 12, 24), date(2027, 12, 31)):
        await on(mai, clock, day)

    assert len(of_december(mai)) == len(of_december(second)) == 4


async def test_whoever_is_registered_comes_first(mai, clock):
    officer = mai.other("7")
    await mai.registers(OFFICE, Role.RECEIVER)
    await officer.registers(OFFICE)

    await on(mai, clock, FIRST_DAY)

    assert len(of_december(officer)) == 1
    assert "Chưa ai đăng ký" not in of_december(officer)[0]
    assert of_december(mai) == []


async def test_receiver_hears_no_more_once_somebody_took_it_over(mai, clock):
    officer = mai.other("7")
    await mai.registers(OFFICE, Role.RECEIVER)
    await on(mai, clock, FIRST_DAY)
    await officer.registers(OFFICE)

    await on(mai, clock, date(2027, 12, 17))

    assert len(of_december(mai)) == len(of_december(officer)) == 1


async def test_receiver_may_put_it_off_or_decline_it(mai, clock):
    second = mai.other("8")
    await mai.registers(OFFICE, Role.RECEIVER)
    await second.registers(OFFICE, Role.RECEIVER)
    await on(mai, clock, date(2027, 12, 17))

    await mai.picks("Hoãn nhắc")
    await mai.picks("7 ngày")
    await second.presses_key(f"nm:{OFFICE}")
    await on(mai, clock, date(2027, 12, 23))
    await on(mai, clock, date(2027, 12, 24))

    assert len(of_december(mai)) == 2
    assert len(of_december(second)) == 1
    async with mai.office.database.read() as connection:
        found = await dispatch.ledger(connection, since=date(2027, 12, 1))
    of_report = {status for key, status in found.items() if key.rule == "qg-thang-12"}
    assert of_report == {"sent", "merged"}


async def test_plan_of_reminders_says_that_the_receiver_is_reminded(mai, clock):
    await mai.registers(OFFICE, Role.RECEIVER)
    clock.move_to(date(2027, 12, 28))

    pages = await mai.says("nhắc việc")

    own = next(text for text in pages if text.startswith("Việc của"))
    assert "• tổng hợp năm 2027, hạn 31/12/2027: nhắc 28/12/2027, 30/12/2027" in own
    assert "Chưa ai đăng ký lập báo cáo này, nên tôi nhắc anh/chị" in own
    campaign = next(text for text in pages if "10 ngày tới" in text)
    assert "1 đơn vị, 1 người nhận tin" in campaign
    assert "0 người" not in campaign
