"""The receiving office reads, accepts, returns and reopens; the officer mends the very figure."""

from datetime import date

import pytest

from isobot.domain.people import Role
from tests.acceptance.conftest import Phone

UNIT, PERIOD = "th.pu-luong", "2027-05"


@pytest.fixture
def phone(plain_phone):
    """Without buttons, as on Zalo; one story is told with buttons as well."""
    return plain_phone


async def sends_report(phone):
    await phone.registers(UNIT)
    await phone.opens_report()
    await phone.answers()
    await phone.picks("Gửi báo cáo")
    return phone


@pytest.fixture
async def lan(phone):
    """The reporter of Pù Luông, whose report of May is sent."""
    return await sends_report(phone)


async def receiver_beside(lan):
    minh = lan.other("9", name="Trần Minh")
    office = lan.office.services.directory.lead_office("thanh-hoa")
    await minh.registers(office.code, Role.RECEIVER)
    return minh


@pytest.fixture
async def minh(lan):
    """The receiving officer of the province."""
    return await receiver_beside(lan)


async def status(phone, unit: str = UNIT) -> str:
    return (await phone.office.report(unit, PERIOD)).status


async def test_receiver_opens_a_report_from_the_progress_and_accepts_it(lan, minh):
    await minh.says("tiến độ")
    await minh.picks("Xem báo cáo đã gửi")
    said = (await minh.picks("xã Pù Luông"))[-1]

    assert said.startswith("Báo cáo tháng 5/2027 của UBND xã Pù Luông.")
    assert "biên nhận TH-2027-" in said
    assert "đúng hạn" in said
    assert "Số liệu:" in said
    await minh.picks("Tiếp nhận")
    assert await status(lan) == "accepted"
    assert "đã tiếp nhận báo cáo tháng 5/2027" in lan.screen[-1]


async def test_with_buttons_the_officer_comes_to_the_figure_and_the_receiver_to_the_new_version(office):
    lan = await sends_report(Phone(office, buttons=True))
    minh = await receiver_beside(lan)
    await minh.says("tiến độ")
    await minh.picks("Xem báo cáo đã gửi")
    await minh.picks("xã Pù Luông")
    await minh.picks("Trả lại")
    await minh.says("mục 4: xem lại số quy trình")

    assert "Mục này bị trả lại: xem lại số quy trình" in (await lan.picks("Sửa mục 4"))[-1]
    await lan.says("7")
    await lan.picks("Gửi bản sửa")
    await minh.picks("Xem UBND xã Pù Luông")
    assert "Thay đổi so với bản 1:" in minh.screen[-1]
    await minh.picks("Tiếp nhận")

    assert await status(lan) == "accepted"


async def test_an_accepted_report_is_locked(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("tiếp nhận")

    await lan.says("/baocao")
    said = await lan.picks(next(label for label in lan.choices if "Sửa số liệu" in label))

    assert "đã được tiếp nhận nên không sửa được" in said[-1]


async def test_warnings_come_with_the_officers_reasons(phone):
    await phone.registers(UNIT)
    await phone.opens_report()
    await phone.answers()
    for said in ("sửa mục 11", "15 triệu", "không phát sinh", "Tỉnh bổ sung sau", "0"):
        await phone.says(said)
    await phone.picks("Gửi báo cáo")
    minh = phone.other("9", name="Trần Minh")
    await minh.registers(phone.office.services.directory.lead_office("thanh-hoa").code, Role.RECEIVER)

    said = (await minh.says("xem Pù Luông"))[-1]

    warnings = [line for line in said.splitlines() if line.startswith("Lưu ý")]
    assert len(warnings) == 1
    assert warnings[0].endswith("Lý do của đơn vị: Tỉnh bổ sung sau")


async def test_a_figure_sent_back_is_mended_from_its_own_button(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("trả mục 2: tổng số khác danh mục của tỉnh")

    assert await status(lan) == "returned"
    told = lan.screen[-1]
    assert "Mục 2." in told
    assert "đang ghi 120" in told
    assert "tổng số khác danh mục của tỉnh" in told
    asked = (await lan.picks("Sửa mục 2"))[-1]
    assert "Mục này bị trả lại: tổng số khác danh mục của tỉnh" in asked
    said = (await lan.says("125"))[-1]
    assert said.startswith("3a/12. Vì sao")


async def test_after_mending_one_figure_the_next_marked_one_is_asked_then_sending_offered(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("trả mục 4: xem lại; mục 10: thiếu lớp tháng 3")

    asked = (await lan.picks("Sửa mục 4"))[-1]
    assert "xem lại" in asked
    asked = (await lan.says("7"))[-1]
    assert "thiếu lớp tháng 3" in asked
    said = (await lan.says("30"))[-1]
    assert said.startswith("Tóm tắt số liệu")
    await lan.picks("Gửi bản sửa")

    record = await lan.office.report(UNIT, PERIOD)
    assert (record.status, record.version, record.marks) == ("submitted", 2, {})
    shown = minh.screen[-1]
    assert "6" in shown
    assert "→ 7" in shown
    assert "→ 30" in shown


async def test_the_list_of_reports_says_what_came_back(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("trả mục 4: xem lại; mục 10: thiếu lớp tháng 3")

    assert "bị trả lại để sửa 2 mục" in (await lan.says("báo cáo"))[-1]


async def test_a_figure_that_was_right_can_be_confirmed(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("trả mục 4: có đúng không")
    await lan.picks("Sửa mục 4")

    said = (await lan.picks("Giữ số đang ghi"))[-1]

    assert said.startswith("Tóm tắt số liệu")
    await lan.picks("Gửi bản sửa")
    assert await status(lan) == "submitted"


async def test_the_whole_is_returned_with_a_reason_asked_for(lan, minh):
    await minh.says("xem xã Pù Luông")
    asked = (await minh.picks("Trả lại"))[-1]
    assert "Vì sao trả lại?" in asked
    said = (await minh.says("Báo cáo lẫn số của quý trước"))[-1]

    assert "Đã trả lại" in said
    assert "Lý do: Báo cáo lẫn số của quý trước" in lan.screen[-1]
    said = (await lan.picks("Sửa báo cáo bị trả lại"))[-1]
    assert "Trả lại: Báo cáo lẫn số của quý trước" in said


async def test_a_question_while_the_reason_is_asked_is_answered_and_the_reason_asked_again(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.picks("Trả lại")
    said = await minh.says("TTHC là gì?")

    assert "Vì sao trả lại?" in said[-1]
    assert await status(lan) == "submitted"


async def test_a_version_sent_meanwhile_is_not_accepted_unseen(lan, minh):
    await minh.says("xem xã Pù Luông")
    await lan.opens_report()
    await lan.says("sửa mục 4")
    await lan.says("8")
    await lan.picks("Gửi bản sửa")

    said = (await minh.picks("Tiếp nhận"))[-1]

    assert "Đơn vị vừa gửi bản 2" in said
    assert await status(lan) == "submitted"


async def test_reopening_needs_a_reason_and_keeps_what_was_accepted(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("tiếp nhận")
    await minh.says("xem xã Pù Luông")
    assert "Vì sao mở lại?" in (await minh.picks("Mở lại"))[-1]

    await minh.says("Tỉnh yêu cầu bổ sung")

    assert await status(lan) == "returned"
    assert "mở lại báo cáo tháng 5/2027" in lan.screen[-1]
    kinds = [e["kind"] for e in await lan.office.events_of(await lan.office.report(UNIT, PERIOD))]
    assert kinds[-2:] == ["accept", "reopen"]


async def test_all_reports_without_warnings_are_accepted_at_once(lan, minh):
    other = lan.other("5", name="Hà Văn Sơn")
    await other.registers("th.trung-thanh")
    await other.opens_report()
    await other.answers()
    await other.picks("Gửi báo cáo")
    said = (await minh.says("tiếp nhận tất cả báo cáo không có lưu ý"))[-1]
    assert said.startswith("2 báo cáo tháng 5/2027 không có lưu ý: ")

    await minh.picks("Tiếp nhận cả 2 báo cáo")

    assert [await status(lan, code) for code in (UNIT, "th.trung-thanh")] == ["accepted", "accepted"]
    assert "đã tiếp nhận" in other.screen[-1]


async def test_a_report_with_a_warning_is_not_among_those_accepted_at_once(lan, minh):
    other = lan.other("5", name="Hà Văn Sơn")
    await other.registers("th.trung-thanh")
    await other.opens_report()
    await other.answers()
    for said in ("sửa mục 11", "15 triệu", "không phát sinh", "Tỉnh bổ sung sau", "0"):
        await other.says(said)
    await other.picks("Gửi báo cáo")

    said = (await minh.says("tiếp nhận tất cả báo cáo không có lưu ý"))[-1]

    assert said.startswith("1 báo cáo tháng 5/2027 không có lưu ý: xã Pù Luông.")


async def test_another_provinces_receiver_sees_and_touches_nothing(lan, minh):
    record = await lan.office.report(UNIT, PERIOD)
    stranger = lan.other("7", name="Người tỉnh khác")
    office = lan.office.services.directory.lead_office("kon-tum")
    await stranger.registers(office.code, Role.RECEIVER)

    for key in (
        *(f"rv:{record.id}", f"rv:ok:{record.id}:1", f"rv:no:{record.id}:1", f"rv:docx:{record.id}"),
        *(f"hi:{record.id}:0", f"rv:list:th-xa:{PERIOD}:thanh-hoa", f"ra:th-xa:{PERIOD}:thanh-hoa"),
        *(f"rv:unit:{UNIT}", f"fx:{record.id}:tthc_total", f"ap:ok:{record.id}:aaaaaaaaaaaa"),
    ):
        said = "\n".join(await stranger.presses_key(key))
        assert "120" not in said, key
        assert all(message.reply.attachment is None for message in stranger.messages), key
    await stranger.says("xem xã Pù Luông")
    await stranger.says("tiếp nhận")
    await stranger.says("ghi chú mục 2: thử")
    after = await lan.office.report(UNIT, PERIOD)
    assert (after.status, after.events) == ("submitted", record.events)


async def test_a_strangers_buttons_do_nothing(lan):
    record = await lan.office.report(UNIT, PERIOD)
    stranger = lan.other("8", name="Ai đó")

    for key in (f"rv:{record.id}", f"rv:ok:{record.id}:1", f"ap:ok:{record.id}:1", f"hi:{record.id}:0"):
        await stranger.presses_key(key)

    assert await status(lan) == "submitted"
    assert not any("120" in text for text in stranger.screen)


async def test_practice_is_nobody_elses_and_counts_for_nothing(phone, office):
    await phone.says("/baocao")
    await phone.picks("Nhập thử")
    await phone.answers()
    await phone.picks("Kết thúc nhập thử")
    minh = phone.other("9", name="Trần Minh")
    await minh.registers(office.services.directory.lead_office("thanh-hoa").code, Role.RECEIVER)

    said = (await minh.says("tiến độ"))[-1]

    assert "Đã gửi số liệu: 0/" in said
    assert "chưa" in (await minh.presses_key("rv:1"))[-1].lower()


async def test_letter_number_is_recorded_and_can_be_required(lan, minh):
    await minh.says("bật số văn bản")
    await minh.says("xem xã Pù Luông")
    assert "yêu cầu có số văn bản" in (await minh.says("tiếp nhận"))[-1]

    said = (await lan.says("số 12/BC-UBND ngày 18/5"))[-1]

    assert "số 12/BC-UBND ngày 18/05/2027" in said
    await minh.says("xem xã Pù Luông")
    assert "Văn bản đã ký: số 12/BC-UBND ngày 18/05/2027" in minh.screen[-1]
    await minh.says("tiếp nhận")
    assert await status(lan) == "accepted"
    assert (await lan.office.report(UNIT, PERIOD)).letter_date == date(2027, 5, 18)


async def test_a_letter_of_tomorrow_is_refused(lan):
    assert "chưa đến" in (await lan.says("số 12/BC-UBND ngày 30/5/2027"))[-1]
    assert (await lan.office.report(UNIT, PERIOD)).letter_no is None


async def test_notes_go_both_ways_and_stand_in_the_view(lan, minh):
    await minh.says("xem xã Pù Luông")
    await minh.says("ghi chú mục 2: số này gồm cả xã cũ không?")
    assert "Cơ quan nhận ghi chú" in lan.screen[-1]
    assert "số này gồm cả xã cũ không?" in lan.screen[-1]

    await lan.says("ghi chú mục 2: có, gồm hai xã cũ")

    assert "Đơn vị ghi chú" in minh.screen[-1]
    assert "Ghi chú mục 2" in (await minh.picks("Xem UBND xã Pù Luông"))[-1]
    said = (await minh.says("xem xã Pù Luông"))[-1]
    assert "Ghi chú mục 2 (cơ quan nhận, 20/05/2027): số này gồm cả xã cũ không?" in said
    assert "Ghi chú mục 2 (đơn vị, 20/05/2027): có, gồm hai xã cũ" in said
    assert "có, gồm hai xã cũ" in (await lan.says("xem báo cáo"))[-1]


async def test_a_note_in_mid_form_comes_back_to_the_very_field(phone):
    await phone.registers(UNIT)
    await phone.opens_report()
    await phone.says("2")
    question = phone.screen[-1].splitlines()[0]

    said = "\n".join(await phone.says("ghi chú mục 1: đang chờ quyết định"))

    assert "Đã ghi chú mục 1" in said
    assert question in said


async def test_late_with_leave_is_told_in_receipt_status_and_view(phone, clock):
    office = phone.office.services.directory.lead_office("thanh-hoa")
    minh = phone.other("9", name="Trần Minh")
    await minh.registers(office.code, Role.RECEIVER)
    await phone.registers(UNIT)
    await minh.says("gia hạn")
    await minh.says("xã Pù Luông")
    await minh.says("15/6/2027")
    await minh.says("Đơn vị đang sáp nhập")
    clock.move_to(date(2027, 6, 7))

    assert "quá hạn, được gia hạn đến 15/06/2027" in (await phone.says("tiến độ"))[-1]
    await phone.opens_report()
    await phone.answers()
    receipt = (await phone.says("gửi báo cáo"))[-1]

    assert "quá hạn, được gia hạn đến 15/06/2027" in receipt
    assert "quá hạn, được gia hạn đến 15/06/2027" in (await minh.says("xem xã Pù Luông"))[-1]
    assert "quá hạn, được gia hạn đến 15/06/2027" in (await minh.says("tiến độ"))[-1]


async def test_what_somebody_else_changed_meanwhile_stops_the_sending(phone):
    await phone.registers(UNIT)
    await phone.opens_report()
    await phone.answers()
    hung: Phone = phone.other("2")
    await hung.registers(UNIT)
    await hung.opens_report()
    await hung.says("sửa mục 4")
    await hung.says("9")

    said = "\n".join(await phone.picks("Gửi báo cáo"))

    assert "người khác trong đơn vị đã sửa" in said
    assert "6" in said
    assert "→ 9" in said
    assert await status(phone) == "draft"
    await phone.picks("Gửi báo cáo")
    assert await status(phone) == "submitted"
