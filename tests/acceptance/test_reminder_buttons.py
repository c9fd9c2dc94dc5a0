"""What people answer to a reminder, and what a receiving office does about deadlines, told as chats."""

import dataclasses
from datetime import date, timedelta

import icalendar
import pytest

from isobot.domain.people import Role
from isobot.errors import ChatGone
from isobot.storage import dispatch, office
from isobot.storage.database import Database
from tests.acceptance.conftest import Office, Phone

FRIDAY_T_3 = date(2027, 5, 28)
LETTER = "45/BC-UBND ngày 28/5/2027"


@pytest.fixture
async def office_(sqlite_file, services, clock):
    """An installation whose services may change: another last day replaces the rules."""
    database = Database(f"sqlite+aiosqlite:///{sqlite_file}")
    yield Office(database, dataclasses.replace(services), clock)
    await database.close()


@pytest.fixture(params=["buttons", "text only"])
def lan(office_, request):
    return Phone(office_, buttons=request.param == "buttons")


@pytest.fixture
def mai(lan):
    """The receiving office of Thanh Hóa."""
    return lan.other("9", name="Trần Thị Mai")


def reminders(phone) -> list[str]:
    return [text for text in phone.screen if "⏰" in text or "⚠" in text]


async def reminded(lan, clock, unit: str = "th.pu-luong") -> None:
    await lan.registers(unit)
    clock.move_to(FRIDAY_T_3)
    await lan.office.tick()


async def statuses(phone) -> dict[str, str]:
    async with phone.office.database.read() as connection:
        found = await dispatch.ledger(connection, since=date(2027, 1, 1))
    return {key.step: status for key, status in found.items()}


async def test_begin_opens_that_very_report(lan, clock):
    await reminded(lan, clock)

    said = await lan.picks("Nhập báo cáo")

    assert "tháng 5/2027" in said[0]


async def test_numbers_stay_free_under_a_reminder(lan, clock):
    await reminded(lan, clock)

    assert all(choice.by_word for choice in lan.messages[-1].reply.choices)


async def test_letter_on_paper_ends_reminders_and_the_receiver_sees_it(lan, mai, clock):
    await reminded(lan, clock)
    await mai.registers("th.so-khcn", Role.RECEIVER)

    await lan.picks("Đã gửi bản giấy")
    said = (await lan.says(LETTER))[-1]

    assert LETTER in said
    assert "Số liệu chưa có" in said
    before = len(reminders(lan))
    for day in (date(2027, 5, 31), date(2027, 6, 1), date(2027, 6, 3)):
        clock.move_to(day)
        await lan.office.tick()
    assert len(reminders(lan)) == before
    assert any("chờ anh/chị xác nhận (1): UBND xã Pù Luông" in text for text in mai.screen)
    assert "chờ anh/chị xác nhận (1): UBND xã Pù Luông" in (await mai.says("/tiendo"))[-1]
    assert "chờ cơ quan nhận xác nhận" in (await lan.says("/tiendo"))[-1]


async def test_receiver_who_still_misses_figures_lets_reminders_go_on(lan, mai, clock):
    await reminded(lan, clock)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.picks("Đã gửi bản giấy")
    await lan.picks("Không nhớ số")

    await mai.says("/tiendo")
    label = next(c for c in mai.choices if c.startswith("Bản giấy"))
    await mai.picks(label)
    await mai.picks("Vẫn thiếu số liệu, nhắc tiếp")
    before = len(reminders(lan))
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()

    assert len(reminders(lan)) == before + 1


async def test_letter_that_is_enough_ends_the_matter(lan, mai, clock):
    await reminded(lan, clock)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.picks("Đã gửi bản giấy")
    await lan.says(LETTER)

    await mai.presses_key("le:th-xa:2027-05:th.pu-luong")

    assert "Pù Luông" not in (await mai.says("/tiendo"))[-1].partition("Bản giấy")[2]
    async with lan.office.database.read() as connection:
        kinds = [act["kind"] for act in await office.acts(connection)]
    assert kinds == ["paper", "letter"]


async def test_only_a_receiver_of_the_province_judges_a_letter(lan, clock):
    await reminded(lan, clock)
    await lan.picks("Đã gửi bản giấy")
    await lan.says(LETTER)
    kon_tum = lan.other("8")
    await kon_tum.registers("kt.so-khcn", Role.RECEIVER)

    for phone in (lan, kon_tum):
        said = (await phone.presses_key("le:th-xa:2027-05:th.pu-luong"))[-1]
        assert "đầu mối nhận báo cáo" in said


async def test_not_me_ends_reminders_to_this_person_and_tells_the_receiver(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    said = (await lan.picks("Không phải tôi"))[-1]

    assert "thôi nhắc anh/chị" in said
    assert "không phụ trách báo cáo của UBND xã Pù Luông" in mai.screen[-1]
    await mai.picks("Tạo mã cho người mới")
    if not mai.buttons:  # a word alone does not say which unit
        await mai.says("xã Pù Luông")
    assert "Mã cho người mới" in mai.screen[-1]
    before = len(reminders(lan))
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(reminders(lan)) == before
    assert set((await statuses(lan)).values()) <= {"sent", "merged"}


async def test_not_me_can_be_taken_back(lan, clock):
    await reminded(lan, clock)
    await lan.picks("Không phải tôi")

    await lan.presses_key("mn:th.pu-luong")
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()

    assert len(reminders(lan)) == 2


async def test_reminder_in_mid_form_stands_under_the_next_prompt(lan, clock):
    await lan.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    await lan.opens_report()

    await lan.office.tick()
    assert reminders(lan) == []
    said = await lan.says("2")

    assert "⏰ Còn 3 ngày" in said[-1]
    assert said[-1].index("⏰") > 0
    await lan.says("120")
    assert len(reminders(lan)) == 1
    assert sorted((await statuses(lan)).values()) == ["merged", "merged", "merged", "sent"]


async def test_reminder_in_a_form_that_was_left_comes_after_half_an_hour(lan, clock):
    await lan.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    await lan.opens_report()
    await lan.office.tick()
    assert reminders(lan) == []

    clock.pass_by(timedelta(minutes=31))
    await lan.office.sender.drain()

    assert len(reminders(lan)) == 1
    await lan.says("2")
    assert len(reminders(lan)) == 1


async def test_words_change_when_a_reminder_leaves_a_day_late(lan, clock):
    await lan.registers("th.pu-luong")
    clock.move_to(FRIDAY_T_3)
    await lan.office.dispatcher().tick()  # queued, but nothing is sent before the evening

    clock.move_to(FRIDAY_T_3, 18)
    await lan.office.sender.drain()
    assert reminders(lan) == []
    clock.move_to(date(2027, 5, 31), 8)
    await lan.office.tick()

    (said,) = reminders(lan)
    assert "Hôm nay, 31/05/2027, là ngày cuối" in said


async def test_who_blocked_the_bot_is_told_apart_and_the_head_is_reminded_instead(lan, mai, clock):
    head = lan.other("7")
    await lan.registers("th.pu-luong")
    await head.registers("th.pu-luong", Role.HEAD)
    await mai.registers("th.so-khcn", Role.RECEIVER)
    clock.move_to(date(2027, 5, 24))
    channel = lan.office.channels["telegram"]
    channel.fails_with.append(ChatGone("blocked"))
    await lan.office.tick()

    clock.move_to(FRIDAY_T_3)
    await lan.office.tick()

    assert reminders(lan) == []
    assert any("Còn 3 ngày" in text or "Còn 7 ngày" in text for text in reminders(head))
    digest = next(text for text in mai.screen if text.startswith("📋"))
    assert "Không nhận được tin (đã chặn hoặc rời bot) (1): UBND xã Pù Luông" in digest
    assert "Chưa ai đăng ký (55)" in digest


# --- the receiver ---------------------------------------------------------------------------------------


async def test_receiver_nudges_all_silent_units_within_one_message_a_day(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    hung = lan.other("3")
    await hung.registers("th.ba-thuoc")

    said = (await mai.picks("Nhắc các đơn vị im lặng"))[-1]

    assert "1 người đã được nhắc hôm nay" in said
    assert "Đã xếp 1 tin nhắc tới 1 đơn vị" in said
    assert len(reminders(lan)) == 1
    assert "nhờ tôi nhắc riêng đơn vị" in reminders(hung)[-1]
    await lan.office.tick()
    assert len(reminders(hung)) == 1


async def test_more_time_for_one_unit_moves_its_plan(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    await mai.picks("Gia hạn một đơn vị")
    await mai.says("xã Pù Luông")
    await mai.says("15/6")
    said = (await mai.says("Đơn vị đang chuyển trụ sở"))[-1]

    assert "hạn mới 15/06/2027" in said
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert "Hạn cũ là 31/05/2027; nay là 15/06/2027" in reminders(lan)[-1]
    clock.move_to(date(2027, 6, 1))
    await lan.office.tick()
    assert "Còn 14 ngày" in reminders(lan)[-1]
    clock.move_to(date(2027, 6, 15))
    await lan.office.tick()
    assert "Hôm nay, 15/06/2027, là ngày cuối" in reminders(lan)[-1]
    assert "15/06/2027" in (await lan.says("/baocao"))[-1]
    async with lan.office.database.read() as connection:
        (act,) = await office.acts(connection, kind="extend")
    assert (act["before"], act["after"], act["why"]) == (
        "2027-05-31",
        "2027-06-15",
        "Đơn vị đang chuyển trụ sở",
    )


async def test_more_time_is_refused_into_the_past_and_without_a_reason(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await mai.picks("Gia hạn một đơn vị")
    await mai.says("xã Pù Luông")

    refused = (await mai.says("30/5"))[-1]
    too_long = (await mai.says("30/12"))[-1]
    await mai.says("15/6")
    no_reason = (await mai.says("."))[-1]

    assert "phải sau hạn chung 31/05/2027" in refused
    assert "chỉ gia hạn được 120 ngày" in too_long
    assert "lý do" in no_reason
    async with lan.office.database.read() as connection:
        assert await office.all_extensions(connection) == {}


async def test_another_officer_gets_a_code(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)

    await mai.picks("Đổi người phụ trách")
    said = (await mai.says("Pù Luông"))[-1]
    code = said.partition("Mã cho người mới: ")[2][:9]
    hung = lan.other("4")

    assert "Tôi đang nhắc: Phạm Thị Lan" in said
    assert "UBND xã Pù Luông" in (await hung.says(code))[-1]


async def test_officer_whom_another_follows_is_told_and_reminded_no_more(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await reminded(lan, clock)
    await mai.picks("Đổi người phụ trách")
    said = (await mai.says("Pù Luông"))[-1]
    hung = lan.other("4")
    await hung.says(said.partition("Mã cho người mới: ")[2][:9])

    await mai.picks("Thôi nhắc Phạm Thị Lan")

    assert "có người khác phụ trách" in lan.screen[-1]
    before = len(reminders(lan))
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(reminders(lan)) == before
    assert len(reminders(hung)) == 1
    async with lan.office.database.read() as connection:
        assert [act["kind"] for act in await office.acts(connection)] == ["reassign", "relieve"]


async def test_only_a_receiver_of_the_province_ends_reminders_to_another(lan, clock):
    await reminded(lan, clock)
    kon_tum = lan.other("8")
    await kon_tum.registers("kt.so-khcn", Role.RECEIVER)

    for phone in (lan, kon_tum):
        said = (await phone.presses_key("ro:th.pu-luong:1"))[-1]
        assert "đầu mối nhận báo cáo" in said
    clock.move_to(date(2027, 5, 31))
    await lan.office.tick()
    assert len(reminders(lan)) == 2


async def test_office_sets_another_last_day_and_everything_follows(lan, mai, clock):
    await mai.registers("th.so-khcn", Role.RECEIVER)
    await lan.registers("th.pu-luong")
    clock.move_to(date(2027, 5, 20))

    await mai.says("/hanbaocao")
    await mai.picks(next(label for label in mai.choices if "Tháng 5/2027" in label))
    await mai.says("25/5")
    said = (await mai.says("Kịp họp Ban chỉ đạo cuối tháng"))[-1]

    assert "Đã đổi hạn tháng 5/2027 thành 25/05/2027." in said
    clock.pass_by(timedelta(seconds=2))
    assert "hạn 25/05/2027" in (await lan.says("/baocao"))[-1]
    assert "hạn 25/05/2027" in (await lan.says("/nhac"))[-1]
    await lan.office.tick()
    assert "Hạn cũ là 31/05/2027; nay là 25/05/2027" in reminders(lan)[-1]
    clock.move_to(date(2027, 5, 26))
    await lan.office.tick()
    assert "quá hạn 1 ngày" in reminders(lan)[-1]


async def test_day_of_the_plan_cannot_be_changed_by_the_office(lan, clock):
    kien_giang = lan.other("6")
    await kien_giang.registers("kg.so-khcn", Role.RECEIVER)

    said = (await kien_giang.says("đổi hạn"))[-1]
    refused = (await kien_giang.presses_key("hd:kg-nam:0:2027"))[-1]

    assert "không đổi ở đây" in said
    assert "theo kế hoạch của tỉnh" in refused
    assert "Căn cứ: IV.1, Kế hoạch năm 2021 của Kiên Giang" in refused


async def test_reporter_may_change_no_day(lan, clock):
    await lan.registers("th.pu-luong")

    assert "đầu mối nhận báo cáo" in (await lan.says("/hanbaocao"))[-1]
    assert "đầu mối nhận báo cáo" in (await lan.presses_key("ex:th-xa:2027-05"))[-1]
    assert "đầu mối nhận báo cáo" in (await lan.presses_key("na:th-xa:2027-05"))[-1]


# --- what is shown beforehand ---------------------------------------------------------------------------


async def test_officer_sees_steps_words_and_escalation_beforehand(lan, clock):
    await lan.registers("th.pu-luong")

    said = (await lan.says("/nhac"))[-1]
    words = (await lan.picks("Xem lời nhắc tháng 5/2027"))[-1]

    assert "nhắc 24/05/2027, 28/05/2027, 31/05/2027" in said
    assert "báo lãnh đạo đơn vị 03/06/2027" in said
    assert "cơ quan nhận 28/05/2027, 01/06/2027, 07/06/2027" in said
    assert "⏰ Còn 7 ngày đến hạn báo cáo tháng 5/2027" in words


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


# --- duties without a form ------------------------------------------------------------------------------


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
