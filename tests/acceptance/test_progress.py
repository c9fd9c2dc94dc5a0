"""Who has reported: a reporter sees the own unit, the receiving office its province and no other."""

import io
from datetime import date

import openpyxl
import pytest

from isobot.domain.people import Role


@pytest.fixture
async def sent(phone):
    """The report of Pù Luông is in; returns the reporter's phone."""
    await phone.registers("th.pu-luong")
    await phone.opens_report()
    await phone.answers()
    await phone.picks("Gửi báo cáo")
    return phone


async def test_reporter_sees_the_own_unit(sent):
    said = (await sent.says("/tiendo"))[-1]

    assert "UBND xã Pù Luông" in said
    assert "đã nộp số liệu" in said
    assert "Bá Thước" not in said


async def test_reporter_who_is_late_is_told_so(phone, clock):
    await phone.registers("th.pu-luong")
    clock.move_to(date(2027, 6, 2))

    assert "quá hạn" in (await phone.says("tiến độ"))[-1]


async def test_receiver_sees_who_has_reported_and_gets_the_table(sent):
    office = sent.other("9", name="Trần Thị Mai")
    await office.registers("th.so-khcn", Role.RECEIVER)

    said = (await office.says("/tiendo"))[-1]
    await office.picks("Bảng tổng hợp (.xlsx)")

    assert "Đã gửi số liệu: 1/" in said
    assert "Bá Thước" in said
    recipe = office.messages[-1].reply.attachment
    assert recipe.kind == "period_xlsx"
    assert recipe.parameters == {"rule": "th-xa", "period": "2027-05", "province": "thanh-hoa"}
    book = openpyxl.load_workbook(io.BytesIO(sent.office.channels["telegram"].files[-1].content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    assert any("Pù Luông" in cell for cell in cells)
    assert "120" in cells


async def test_receiver_of_another_province_sees_nothing_of_this_one(sent):
    kon_tum = sent.other("8")
    await kon_tum.registers("kt.so-khcn", Role.RECEIVER)

    said = "\n".join(await kon_tum.says("/tiendo"))
    made_up = (await kon_tum.presses_key("px:th-xa:2027-05:thanh-hoa"))[-1]
    crossed = (await kon_tum.presses_key("px:th-xa:2027-05:kon-tum"))[-1]

    assert "Pù Luông" not in said
    assert "không giữ vai trò nhận báo cáo" in made_up
    assert "không còn trong danh sách" in crossed
    assert all(message.reply.attachment is None for message in kon_tum.messages)


async def test_reporter_cannot_take_the_table_of_the_province(sent):
    said = (await sent.presses_key("px:th-xa:2027-05:thanh-hoa"))[-1]

    assert "không giữ vai trò nhận báo cáo" in said


async def test_practice_stands_in_no_progress(phone):
    office = phone.other("9")
    await office.registers("th.so-khcn", Role.RECEIVER)
    await phone.says("/baocao")
    await phone.picks("Nhập thử")
    await phone.answers()
    await phone.picks("Kết thúc nhập thử")

    assert "Đã gửi số liệu: 0/" in (await office.says("/tiendo"))[-1]


async def test_stranger_sees_no_progress(phone):
    assert "vai trò" in (await phone.says("/tiendo"))[-1]
