"""What officers, deputies, heads and receiving offices read about deadlines, each in the own role."""

import dataclasses
from datetime import date, timedelta

import icalendar

from isobot.domain.deadlines import Audience, LadderStep
from isobot.domain.people import Role
from isobot.domain.units import UnitDirectory
from tests.acceptance.conftest import Office, Phone

REPORT_UNIT = "th.pu-luong"
CITED = "Căn cứ: Điều 2 khoản 5, Quyết định 4775/QĐ-UBND ngày 29/11/2021."


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if "⏰" in text or "⚠" in text]


async def on(phone, clock, day: date) -> None:
    clock.move_to(day)
    await phone.office.tick()


# --- reminders ------------------------------------------------------------------------------------------


async def test_reminder_says_that_the_last_day_is_a_day_off_and_which_day_to_aim_at(lan, clock):
    await lan.registers(REPORT_UNIT)

    await on(lan, clock, date(2027, 10, 28))
    await on(lan, clock, date(2027, 10, 29))
    await on(lan, clock, date(2027, 11, 1))

    three_days, two_days, late = reminders(lan)
    assert "Hạn rơi vào ngày nghỉ; anh/chị nên làm xong trước, vào 29/10/2027." in three_days
    assert "anh/chị nên làm xong ngay hôm nay" in two_days
    assert "ngày nghỉ" not in late


async def test_reminder_says_where_the_duty_to_report_stands(lan, clock):
    await lan.registers(REPORT_UNIT)

    await on(lan, clock, date(2027, 5, 24))

    assert reminders(lan)[-1].endswith(CITED)


async def test_deputy_is_told_why(lan, clock):
    deputy = lan.other("2")
    await lan.registers(REPORT_UNIT)
    await deputy.registers(REPORT_UNIT, Role.DEPUTY)

    await on(lan, clock, date(2027, 6, 1))

    assert "anh/chị là người thay thế" in reminders(deputy)[-1]
    assert "người thay thế" not in reminders(lan)[-1]


async def test_deputy_alone_hears_the_reporters_steps_and_why(lan, clock):
    await lan.registers(REPORT_UNIT, Role.DEPUTY)

    await on(lan, clock, date(2027, 5, 24))

    assert "Hiện chưa có cán bộ phụ trách nào" in reminders(lan)[-1]


async def test_office_that_tells_heads_on_another_day_tells_them_nothing_wrong(office, clock):
    usual = (step for step in office.services.ladder if step.name not in ("T+3", "T+7"))
    fifth = LadderStep("T+5", 5, frozenset({Audience.HEAD}))
    services = dataclasses.replace(office.services, ladder=(*usual, fifth))
    lan = Phone(Office(office.database, services, clock), buttons=False)
    head = lan.other("7")
    await lan.registers(REPORT_UNIT)
    await head.registers(REPORT_UNIT, Role.HEAD)

    await on(lan, clock, date(2027, 6, 7))

    assert "kính báo lãnh đạo đơn vị" in reminders(head)[-1]
    assert "Hiện chưa có cán bộ phụ trách nào" not in reminders(head)[-1]


async def test_deputy_and_head_hear_at_registration_when_they_are_told(lan):
    for chat, role in (("2", Role.DEPUTY), ("3", Role.HEAD)):
        said = (await lan.other(chat).registers(REPORT_UNIT, role))[-1]
        assert "gõ “nhắc việc” để xem vào ngày nào" in said


# --- the page -------------------------------------------------------------------------------------------


async def test_period_that_is_long_over_is_called_late_and_not_aimed_at(lan, clock):
    await lan.registers(REPORT_UNIT)
    clock.move_to(date(2027, 4, 20))

    said = (await lan.says("nhắc việc"))[-1]

    assert "• tháng 10/2026: quá hạn 171 ngày (hạn 31/10/2026), tôi không nhắc nữa." in said
    assert "30/10/2026" not in said
    assert CITED in said
    assert "04/05/2027, 17/05/2027, 24/05/2027, 28/05/2027, 31/05/2027 và 6 lần sau đó" in said
    assert "Lịch nghỉ năm 2027 chưa có thông báo chính thức" in said


async def test_deputy_without_an_officer_reads_the_own_days(lan, clock):
    await lan.registers(REPORT_UNIT, Role.DEPUTY)
    clock.move_to(date(2027, 6, 2))

    said = (await lan.says("nhắc việc"))[-1]

    assert "• tháng 5/2027, hạn 31/05/2027 (quá hạn 2 ngày): nhắc 03/06/2027" in said


async def test_head_reads_that_somebody_else_is_reminded_and_when_the_head_is_told(lan, clock):
    await lan.other("2").registers(REPORT_UNIT)
    await lan.registers(REPORT_UNIT, Role.HEAD)
    clock.move_to(date(2027, 5, 20))

    said = (await lan.says("nhắc việc"))[-1]

    assert "nhắc người phụ trách 24/05/2027" in said
    assert "báo lãnh đạo đơn vị (anh/chị) 03/06/2027" in said
    assert not any("bản giấy" in label for label in lan.choices)


async def test_words_of_the_next_steps_are_shown_for_the_unit_with_its_longer_time(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 5, 20))
    await mai.says("gia hạn")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    await mai.says("Đơn vị đang chuyển trụ sở")
    clock.move_to(date(2027, 5, 27))
    await lan.says("nhắc việc")

    said = (await lan.picks("Xem lời nhắc tháng 5/2027"))[-1]

    assert "Lần nhắc tới, ngày 01/06/2027:\n⏰ Còn 14 ngày đến hạn báo cáo tháng 5/2027 (15/06/2027)." in said
    assert "người thay thế được báo, ngày 16/06/2027:" in said
    assert "lãnh đạo đơn vị được báo, ngày 18/06/2027:" in said
    assert "kính báo lãnh đạo đơn vị" in said


async def test_buttons_of_two_units_are_told_apart(lan, clock):
    await lan.registers(REPORT_UNIT)
    await lan.registers("th.ba-thuoc")
    clock.move_to(date(2027, 5, 20))

    await lan.says("nhắc việc")

    labels = [label for label in lan.choices if label.startswith("Hoãn nhắc")]
    assert len(labels) == len(set(labels)) == 2


async def test_lead_office_reads_of_november_and_december_and_who_is_missing(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 11, 23))

    own = next(text for text in await mai.says("nhắc việc") if text.startswith("Việc của"))

    assert "Tổng hợp kết quả kiểm tra" in own
    assert "hạn 30/11/2027" in own
    assert "Điều 38, Thông tư 26/2014/TT-BKHCN ngày 10/10/2014" in own
    assert "• tổng hợp năm 2027, hạn 31/12/2027" in own
    assert "Chưa ai đăng ký lập báo cáo này, nên tôi nhắc anh/chị" in own
    assert "Mã cho người mới" in (await mai.presses_key("rc:th.so-khcn"))[-1]


async def test_campaign_speaks_of_days_and_not_of_names_of_steps(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 10, 5))
    await mai.says("gia hạn")
    await mai.says("xã Pù Luông")
    said = (await mai.says("14/11"))[-1]
    await mai.says("Đơn vị đang sáp nhập")
    clock.move_to(date(2027, 11, 1))

    campaign = "\n".join(await mai.says("nhắc việc"))

    assert "Hạn rơi vào ngày nghỉ; anh/chị nên làm xong trước, vào 12/11/2027." in said
    assert "(T" not in campaign
    assert "@" not in campaign
    assert "• 05/11/2027, còn 9 ngày: báo cáo tháng 10/2027, 1 đơn vị, 1 người nhận tin." in campaign


async def test_last_days_that_an_office_may_change_stand_in_their_order(mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 10, 5))

    said = (await mai.says("đổi hạn"))[-1]
    await mai.picks(mai.choices[0])
    refused = (await mai.says("25/10/2028"))[-1]
    sunday = (await mai.says("24/10"))[-1]

    assert said.index("31/10/2027") < said.index("31/05/2028")
    assert "cùng năm 2027" in refused
    assert "Hạn rơi vào ngày nghỉ" in sunday


async def test_not_me_claims_no_message_that_nobody_got(lan, clock):
    await lan.registers(REPORT_UNIT)

    said = (await lan.says("không phải tôi"))[-1]

    assert "chưa báo được cơ quan nhận" in said


# --- the calendar file ----------------------------------------------------------------------------------


def events_of(phone) -> dict[str, icalendar.Event]:
    made = phone.office.channels["telegram"].files[-1].content
    assert max(len(line) for line in made.split(b"\r\n")) <= 75
    return {str(e["UID"]): e for e in icalendar.Calendar.from_ical(made).walk("VEVENT")}


async def test_calendar_reminds_in_working_hours_of_a_working_day(lan, clock):
    await lan.registers(REPORT_UNIT)

    await lan.presses_key("ic:own")

    event = events_of(lan)["th-xa-2027-10-th.pu-luong@isobot"]
    (alarm,) = event.walk("VALARM")
    assert event["DTSTART"].dt == date(2027, 10, 31)
    assert alarm["TRIGGER"].dt == timedelta(days=-3, hours=8)  # Thursday the 28th, eight o'clock
    assert CITED in event["DESCRIPTION"]
    assert "nên làm xong trước, vào 29/10/2027" in event["DESCRIPTION"]


async def test_calendar_made_anew_moves_what_it_had_and_does_not_double_it(lan, mai, clock):
    await lan.registers(REPORT_UNIT)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await mai.presses_key("ic:office")
    before = events_of(mai)
    await mai.says("đổi hạn")
    await mai.picks(mai.choices[0])
    await mai.says("26/5")
    await mai.says("Kịp họp Ban chỉ đạo; báo cáo sớm, gọn")
    clock.pass_by(timedelta(minutes=2))

    await mai.presses_key("ic:office")

    after = events_of(mai)
    digest = "th-xa-2027-05-Tsau1@isobot"
    assert before.keys() - after.keys() <= {"th-xa-2027-05-Ttruoc3@isobot"}  # it lies behind by now
    assert (before[digest]["DTSTART"].dt, after[digest]["DTSTART"].dt) == (
        date(2027, 6, 1),
        date(2027, 5, 27),
    )
    assert after[digest]["SEQUENCE"] > before[digest]["SEQUENCE"]


async def test_calendar_does_not_remind_of_what_is_in(lan, clock):
    await lan.registers(REPORT_UNIT)
    await lan.opens_report()
    await lan.answers()
    await lan.picks("Gửi báo cáo")

    await lan.presses_key("ic:own")

    event = events_of(lan)["th-xa-2027-05-th.pu-luong@isobot"]
    assert event["SUMMARY"].startswith("Đã gửi: báo cáo tháng 5/2027")
    assert event.walk("VALARM") == []


# --- events -----------------------------------------------------------------------------------------------


async def test_event_to_be_reminded_after_is_told_in_plain_words(lan, clock):
    await lan.registers(REPORT_UNIT)

    await lan.says("thêm việc")
    await lan.picks("Đưa thay đổi của văn bản pháp luật vào hệ thống")
    said = (await lan.says("31/3/2027"))[-1]

    assert "Hạn là 30/06/2027" in said
    assert "Điều 4 khoản 4 điểm a" in said


# --- seen, and many units -----------------------------------------------------------------------------------


async def test_receiver_sees_who_read_a_reminder_apart_from_who_is_silent(lan, mai, clock):
    hung = lan.other("2")
    await lan.registers(REPORT_UNIT)
    await hung.registers("th.ba-thuoc")
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await on(lan, clock, date(2027, 5, 24))
    clock.pass_by(timedelta(minutes=5))

    before = (await mai.says("tiến độ"))[-1]
    await lan.says("trợ giúp")
    after = (await mai.says("tiến độ"))[-1]
    await mai.presses_key("dg:th-xa:2027-05:thanh-hoa")

    assert "Đã xem lời nhắc" not in before
    assert "• Đã xem lời nhắc mà chưa gửi (1): UBND xã Pù Luông." in after
    assert "• Đã được nhắc mà chưa gửi (1): UBND xã Bá Thước." in mai.screen[-1]


async def test_digest_of_600_missing_units_is_one_message_and_every_name_can_be_reached(lan, mai, clock):
    services = lan.office.services
    sample = services.directory.get(REPORT_UNIT)
    more = [
        dataclasses.replace(sample, code=f"th.xa-moi-{n}", name=f"UBND xã Mới {n}") for n in range(1, 545)
    ]
    services.directory = UnitDirectory([*services.directory, *more])
    await mai.registers("th.so-khcn", Role.RECEIVER)

    await on(lan, clock, date(2027, 5, 28))

    (digest,) = [text for text in mai.screen if text.startswith("📋")]
    assert "Còn 600 đơn vị chưa gửi số liệu." in digest
    assert "và 590 đơn vị khác" in digest
    assert len(digest) < 1500
    await mai.says("gia hạn")
    assert "UBND xã Mới 544: gia hạn" in (await mai.says("xã Mới 544"))[-1]
    await mai.says("hủy")
    await mai.says("tổng hợp")
