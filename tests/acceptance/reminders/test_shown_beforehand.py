"""What officer and receiving office see of coming reminders, in chat and in a calendar."""

from dataclasses import replace
from datetime import date

import icalendar

from isobot.domain.people import Role
from isobot.domain.units import UnitDirectory


async def test_officer_sees_steps_words_and_escalation_beforehand(lan, clock):
    await lan.registers("th.pu-luong")

    said = (await lan.says("/nhac"))[-1]
    words = (await lan.picks("Xem lời nhắc tháng 5/2027"))[-1]

    assert "nhắc 24/05/2027, 28/05/2027, 31/05/2027" in said
    assert "báo lãnh đạo đơn vị 03/06/2027" in said
    assert "cơ quan nhận 28/05/2027, 01/06/2027, 07/06/2027" in said
    assert "⏰ Còn 7 ngày đến hạn báo cáo tháng 5/2027" in words


async def test_officer_of_a_voluntary_unit_is_promised_no_reminder_and_asked_for_no_letter(lan, services):
    """Its receivers have no list of it, so they would not hear of a letter."""
    code = "th.pu-luong"
    units = [replace(unit, voluntary=unit.code == code) for unit in services.directory]
    lan.office.services = replace(services, directory=UnitDirectory(units))
    lan.office.restart()
    await lan.registers(code)

    said = (await lan.says("/nhac"))[-1]

    assert "tháng 5/2027, hạn 31/05/2027: đơn vị gửi tự nguyện nên tôi không nhắc." in said
    assert "nhắc 24/05/2027" not in said
    assert not [label for label in lan.choices if "bản giấy" in label or "Hoãn" in label]


async def test_receiver_sees_the_campaign_of_the_next_days_with_its_size(lan, mai, clock):
    await lan.registers("th.pu-luong")
    await mai.registers("th.so-khcn", Role.RECEIVER)

    said = "\n".join(await mai.says("/nhac"))

    assert "• 24/05/2027, còn 7 ngày: báo cáo tháng 5/2027, 56 đơn vị, 1 người nhận tin." in said
    assert "bản tổng hợp tháng 5/2027 gửi anh/chị (56 đơn vị)" in said


async def test_calendar_of_an_officer_opens_in_a_calendar(lan, clock):
    await lan.registers("th.pu-luong")
    await lan.says("/nhac")

    await lan.picks("Tải lịch (.ics)")

    made = lan.office.channels["telegram"].files[-1]
    events = list(icalendar.Calendar.from_ical(made.content).walk("VEVENT"))
    assert made.media_type == "text/calendar"
    assert [e["DTSTART"].dt for e in events][:2] == [date(2027, 5, 31), date(2027, 10, 31)]
    assert "Pù Luông" in events[0]["SUMMARY"]
    assert "29/10/2027" in events[1]["DESCRIPTION"]  # the last day is a Sunday
    assert len({str(e["UID"]) for e in events}) == len(events)


async def test_calendar_of_the_office_names_its_digests(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.says("/nhac")

    await mai.picks("Tải lịch của cơ quan (.ics)")

    made = mai.office.channels["telegram"].files[-1]
    days = {e["DTSTART"].dt for e in icalendar.Calendar.from_ical(made.content).walk("VEVENT")}
    assert {date(2027, 5, 28), date(2027, 5, 31), date(2027, 6, 1), date(2027, 6, 7)} <= days
