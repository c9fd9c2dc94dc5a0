"""A nudge on a day on which everybody was reminded: the next free working day is offered, and kept."""

from datetime import date

from isobot.domain.people import Role
from isobot.storage import office
from tests.acceptance.reminders.conftest import reminded, reminders, statuses

FREE = date(2027, 6, 2)
"""T-1 was told on Friday, T is Monday the 31st, T+1 Tuesday: Wednesday is free."""


async def offered(lan, mai, clock) -> str:
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    return (await mai.picks("Nhắc các đơn vị im lặng"))[-1]


async def on(phone, clock, *days: date) -> None:
    for day in days:
        clock.move_to(day)
        await phone.office.tick()


def nudged(phone) -> list[str]:
    return [text for text in reminders(phone) if "nhờ tôi nhắc riêng" in text]


async def test_next_free_working_day_is_offered_and_kept(lan, mai, clock):
    said = await offered(lan, mai, clock)
    promised = (await mai.picks("Nhắc vào 02/06/2027"))[-1]
    campaign = "\n".join(await mai.says("nhắc việc"))

    await on(lan, clock, date(2027, 5, 31), date(2027, 6, 1))
    before = len(reminders(lan))
    await on(lan, clock, FREE, FREE)

    assert "• 02/06/2027: nhắc riêng các đơn vị còn im lặng, báo cáo tháng 5/2027" in campaign
    assert "1 người đã được nhắc hôm nay" in said
    assert "Đã xếp 0" not in said
    assert "từ 08:00 ngày 02/06/2027 tôi nhắc riêng các đơn vị còn im lặng" in promised
    assert len(reminders(lan)) == before + 1
    assert len(nudged(lan)) == 1
    assert (await statuses(lan))["N@270602"] == "sent"
    async with lan.office.database.read() as connection:
        kinds = [act["kind"] for act in await office.acts(connection)]
    assert kinds == ["nudge", "nudge-later"]


async def test_unit_that_reports_before_the_day_is_left_alone(lan, mai, clock):
    await offered(lan, mai, clock)
    await mai.picks("Nhắc vào 02/06/2027")
    await lan.opens_report()
    await lan.answers()
    await lan.picks("Gửi báo cáo")

    await on(lan, clock, FREE)

    assert nudged(lan) == []


async def test_promise_is_kept_late_after_an_outage_and_only_once(lan, mai, clock):
    await offered(lan, mai, clock)
    await mai.picks("Nhắc vào 02/06/2027")

    await on(lan, clock, date(2027, 6, 4), date(2027, 6, 7), date(2027, 6, 8))

    found = await statuses(lan)
    assert found["N@270602"] in ("sent", "merged")
    assert len([text for text in reminders(lan) if "quá hạn 4 ngày" in text]) == 1


async def test_promise_can_be_taken_back(lan, mai, clock):
    await offered(lan, mai, clock)
    await mai.picks("Nhắc vào 02/06/2027")
    said = (await mai.picks("Không nhắc vào 02/06/2027"))[-1]

    await on(lan, clock, FREE)

    assert "không nhắc riêng nữa" in said
    assert nudged(lan) == []
    assert "không có lần nhắc riêng nào" in (await mai.presses_key("nx:th-xa:2027-05:2027-06-02"))[-1]


async def test_only_a_receiver_of_the_province_asks_for_it_and_for_a_working_day(lan, mai, clock):
    await offered(lan, mai, clock)
    stranger = lan.other("8")
    await stranger.registers("kt.so-khcn", Role.RECEIVER)

    for phone in (lan, stranger):
        said = (await phone.presses_key("nl:th-xa:2027-05:2027-06-02"))[-1]
        assert "đầu mối nhận báo cáo" in said
    for day in ("2027-06-05", "2027-05-28", "2028-01-01", "x"):
        said = (await mai.presses_key(f"nl:th-xa:2027-05:{day}"))[-1]
        assert "Vâng" not in said
