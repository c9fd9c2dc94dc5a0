"""What people answer to a reminder, told as chats."""

from datetime import date, timedelta

from isobot.domain.people import Role
from isobot.errors import ChatGone
from isobot.storage import office
from tests.acceptance.reminders.conftest import FRIDAY_T_3, LETTER, reminded, reminders, statuses


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

    assert said[-1].endswith("\n\n⏰ Còn 3 ngày đến hạn báo cáo này (31/05/2027).")
    await lan.says("120")
    assert len(reminders(lan)) == 1
    assert sorted((await statuses(lan)).values()) == ["merged", "merged", "merged", "sent"]


async def held_while_one_of_two_is_entered(lan, clock) -> None:
    await lan.registers("th.pu-luong")
    await lan.registers("th.ba-thuoc")
    clock.move_to(FRIDAY_T_3)
    await lan.says("/baocao")
    await lan.picks(next(c for c in lan.choices if "tháng 5/2027" in c and "Pù Luông" in c))
    await lan.office.tick()


async def test_reminder_of_another_report_in_mid_form_is_counted_in_the_same_line(lan, clock):
    await held_while_one_of_two_is_entered(lan, clock)

    said = await lan.says("2")

    line = said[-1].splitlines()[-1]
    assert line == (
        "⏰ Còn 3 ngày đến hạn báo cáo này (31/05/2027). Còn 1 lời nhắc khác, anh/chị gõ “nhắc việc” để xem."
    )


async def test_reminder_in_mid_form_is_told_in_full_once_the_form_is_left(lan, clock):
    await held_while_one_of_two_is_entered(lan, clock)

    said = await lan.says("/huy")

    assert "Đơn vị: UBND xã Bá Thước" in said[-1]
    assert {"Nhập báo cáo", "Hoãn nhắc"} <= set(lan.choices)


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
