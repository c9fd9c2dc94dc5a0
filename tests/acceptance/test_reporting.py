"""Reporting: one figure at a time, with mistakes, corrections, digressions, and two people at once."""

from datetime import date, timedelta

import pytest

from isobot.domain.reports import ReportEvent, verify_chain
from isobot.storage import reports
from tests.acceptance.conftest import ANSWERS

UNIT, PERIOD = "th.pu-luong", "2027-05"


@pytest.fixture
async def lan(phone):
    """The reporter of Pù Luông, with the report of May open at its first question."""
    await phone.registers(UNIT)
    await phone.opens_report()
    return phone


async def draft(phone) -> dict:
    return (await phone.office.report(UNIT, PERIOD)).draft


async def test_list_tells_open_and_next_period_with_their_last_days(phone):
    await phone.registers(UNIT)

    said = (await phone.says("báo cáo"))[-1]

    assert "Đang mở: báo cáo tháng 5/2027, hạn 31/05/2027, còn 11 ngày" in said
    assert "tháng 10/2027" in said
    assert "chưa xác minh hiệu lực" in said


async def test_list_tells_the_late_period(phone, clock):
    await phone.registers(UNIT)
    clock.move_to(date(2027, 6, 10))

    assert "QUÁ HẠN 10 ngày: báo cáo tháng 5/2027" in (await phone.says("/baocao"))[-1]


async def test_without_a_post_there_is_only_practice(phone):
    said = (await phone.says("/baocao"))[-1]

    assert "chưa đăng ký" in said
    assert phone.choices == ["Nhập thử"]


async def test_complete_report_is_received_with_number_and_draft_document(lan):
    await lan.answers()

    said = (await lan.picks("Gửi báo cáo"))[-1]

    assert said.startswith("Đã nhận số liệu. Mã biên nhận: TH-2027-")
    assert "Văn bản chính thức vẫn phải được ký và gửi theo quy định" in said
    recipe = lan.messages[-1].reply.attachment
    assert recipe.kind == "report_docx"
    assert recipe.parameters["version"] == 1
    assert lan.office.channels["telegram"].files[-1].content.startswith(b"PK")
    record = await lan.office.report(UNIT, PERIOD)
    assert (record.status, record.version) == ("submitted", 1)
    assert record.draft["tthc_total"] == {"given": 120}


async def test_zero_none_arising_and_blank_are_three_things(lan):
    await lan.answers(ia_count="0", mr_count="không phát sinh", train_people="để trống")

    figures = await draft(lan)

    assert figures["ia_count"] == {"given": 0}
    assert figures["mr_count"] == {"none_arising": True}
    assert figures["train_people"] == {"blank": True}


async def test_mistake_is_explained_and_the_same_question_asked_again(lan):
    await lan.says(ANSWERS["status"])

    said = (await lan.says("một trăm hai mươi con vịt"))[-1]

    assert "Ví dụ:" in said
    assert "tthc_total" not in await draft(lan)
    assert "3/12" in (await lan.says("120"))[-1]


async def test_part_cannot_exceed_the_whole(lan):
    await lan.says(ANSWERS["status"])
    await lan.says("100")

    said = (await lan.says("120"))[-1]

    assert "lớn hơn tổng số TTHC" in said
    assert "tthc_in" not in await draft(lan)


async def test_back_returns_to_the_figure_before_and_overwrites_it(lan):
    await lan.says(ANSWERS["status"])
    await lan.says("120")

    said = (await lan.picks("Quay lại"))[-1]
    assert "2/12" in said
    assert "Đang ghi: 120" in said
    await lan.says("121")

    assert (await draft(lan))["tthc_total"] == {"given": 121}


async def test_any_figure_can_be_mended_by_its_number(lan):
    await lan.answers()

    assert "3/12" in (await lan.says("sửa mục 3"))[-1]
    said = (await lan.says("118"))[-1]

    assert "Vì sao còn thủ tục chưa đưa vào hệ thống" in said
    await lan.says("Thủ tục mới công bố")
    assert (await draft(lan))["tthc_in"] == {"given": 118}
    assert lan.screen[-1].startswith("Tóm tắt số liệu")


async def test_smaller_total_makes_the_part_be_asked_again(lan):
    await lan.answers()

    await lan.says("sửa mục 2")
    said = (await lan.says("90"))[-1]

    assert "lớn hơn tổng số TTHC" in said
    assert "3/12" in said


async def test_why_is_answered_with_the_basis(lan):
    await lan.says(ANSWERS["status"])

    said = (await lan.picks("Vì sao hỏi"))[-1]

    assert "Căn cứ: Điều 36" in said
    assert "2/12" in said


async def test_question_in_mid_form_is_answered_and_the_same_field_asked_again(lan):
    await lan.says(ANSWERS["status"])

    said = "\n".join(await lan.says("xã báo cáo tháng nào?"))

    assert "tháng 5 và tháng 10" in said
    assert "2/12" in said
    await lan.says("120")
    assert (await draft(lan))["tthc_total"] == {"given": 120}


async def test_help_in_mid_form_leaves_the_report_open(lan):
    await lan.says(ANSWERS["status"])

    said = "\n".join(await lan.says("/trogiup"))

    assert "2/12" in said


async def test_report_is_resumed_another_day_on_another_channel(lan, clock):
    await lan.says(ANSWERS["status"])
    await lan.says("120")
    await lan.says("tạm dừng")
    clock.pass_by(timedelta(days=3))
    await lan.says("/toi")
    code = next(w for w in (await lan.picks("Dùng thêm kênh khác"))[-1].split() if "-" in w and len(w) == 9)
    zalo = lan.other("z1", bot="zalo")
    await zalo.says(code)

    said = "\n".join(await zalo.opens_report())

    assert "Đã nhập 2 mục" in said
    assert "3/12" in said
    await zalo.says("120")
    assert (await draft(lan))["tthc_in"] == {"given": 120}


async def test_pause_keeps_the_figures(lan):
    await lan.says(ANSWERS["status"])

    said = (await lan.picks("Tạm dừng"))[-1]

    assert "Đã giữ số liệu" in said
    assert list(await draft(lan)) == ["status"]


async def test_two_people_one_report_the_stale_answer_shows_both_figures(lan):
    hung = lan.other("2")
    await hung.registers(UNIT)
    await lan.says(ANSWERS["status"])
    await hung.opens_report()
    await lan.says("120")

    said = (await hung.says("99"))[-1]

    assert "120" in said
    assert "99" in said
    assert (await draft(lan))["tthc_total"] == {"given": 120}
    await hung.says("121")
    assert (await draft(lan))["tthc_total"] == {"given": 121}


async def test_correction_becomes_the_second_version_and_the_first_is_kept(lan):
    await lan.answers()
    await lan.picks("Gửi báo cáo")
    first = await lan.office.report(UNIT, PERIOD)
    await lan.opens_report()
    await lan.says("sửa mục 10")
    await lan.says("30")

    said = (await lan.picks("Gửi bản sửa"))[-1]

    second = await lan.office.report(UNIT, PERIOD)
    assert "bản thứ 2" in said
    assert second.version == 2
    assert second.receipt != first.receipt
    async with lan.office.database.read() as connection:
        kept = await reports.version_of(connection, second.id, 1)
    assert kept.figures["train_people"] == {"given": 25}


async def test_unchanged_report_is_not_sent_twice(lan):
    await lan.answers()
    await lan.picks("Gửi báo cáo")
    await lan.opens_report()

    said = "\n".join(await lan.says("gửi bản sửa"))

    assert "không khác bản đã gửi" in said
    assert (await lan.office.report(UNIT, PERIOD)).version == 1


async def test_late_report_is_taken_and_called_late(lan, clock):
    clock.move_to(date(2027, 6, 2))
    await lan.answers()

    assert "gửi sau hạn" in (await lan.picks("Gửi báo cáo"))[-1]


async def test_incomplete_report_cannot_be_sent(lan):
    await lan.says(ANSWERS["status"])

    said = "\n".join(await lan.says("gửi báo cáo"))

    assert "Còn thiếu mục" in said
    assert (await lan.office.report(UNIT, PERIOD)).version == 0


async def test_practice_counts_for_nothing(phone):
    await phone.says("/baocao")
    await phone.picks("Nhập thử")
    await phone.answers()

    said = (await phone.picks("Kết thúc nhập thử"))[-1]

    assert "không có gì được gửi" in said
    async with phone.office.database.read() as connection:
        assert await reports.count(connection) == 0
        assert await reports.submitted(connection) == set()


async def test_stranger_cannot_open_a_units_report_by_a_made_up_button(lan):
    stranger = lan.other("66")

    said = (await stranger.presses_key(f"rp:th-xa:{PERIOD}:{UNIT}"))[-1]
    await stranger.says("7")

    assert "không giữ vai trò báo cáo" in said
    assert await draft(lan) == {}


async def test_made_up_buttons_of_all_kinds_open_nothing(plain_phone):
    for key in (
        "rp:x:y:z",
        "rp:th-xa:9999-99:th.pu-luong",
        "px:th-xa:2027-05:thanh-hoa",
        "ask:99",
        "ask:x",
        "card:none",
        "step:0",
        "step:9999",
        "sn:a:b:c",
        "me:leave:1",
        "r:send",
        "v:5",
        "",
        ":",
        "grp:no",
        "top:no",
        "go:nothing",
        "snooze:9",
    ):
        said = await plain_phone.presses_key(key)
        assert said, key
        assert "trục trặc" not in said[-1], key


async def test_period_that_is_not_open_yet_is_not_opened_by_a_made_up_button(lan):
    said = (await lan.presses_key(f"rp:th-xa:2031-05:{UNIT}"))[-1]

    assert "chưa mở" in said
    assert "1/12" not in said


async def test_history_of_every_change_verifies_and_betrays_a_forger(lan):
    await lan.answers()
    await lan.says("sửa mục 10")
    await lan.says("30")
    await lan.picks("Gửi báo cáo")
    record = await lan.office.report(UNIT, PERIOD)

    rows = await lan.office.events_of(record)
    chain = [(ReportEvent(**{k: v for k, v in row.items() if k != "hash"}), row["hash"]) for row in rows]

    assert verify_chain(chain) is None
    assert len(chain) == record.events == 12 + 1 + 1
    assert chain[-1][1] == record.last_hash
    rows[3]["after"] = {"given": 999}
    forged = [(ReportEvent(**{k: v for k, v in row.items() if k != "hash"}), row["hash"]) for row in rows]
    assert verify_chain(forged) == 4
