"""The lead office's papers: asked for in chat, made when they are sent, on every channel."""

import io
from datetime import date

import openpyxl
import pytest
from docx import Document
from PIL import Image

from isobot.attachments import FileMaker
from isobot.domain.messages import Attachment
from isobot.domain.people import Role
from isobot.errors import NotFound


@pytest.fixture
async def lead(plain_phone):
    """The lead office of Thanh Hóa after the report of Pù Luông came in."""
    await plain_phone.registers("th.pu-luong")
    await plain_phone.opens_report()
    await plain_phone.answers()
    await plain_phone.picks("Gửi báo cáo")
    office = plain_phone.other("9", name="Trần Thị Mai")
    await office.registers("th.so-khcn", Role.RECEIVER)
    await office.says("tiến độ")
    return office


def files(phone):
    return phone.office.channels[phone.bot].files


async def test_report_of_the_province_is_sent_as_a_draft_with_what_to_check(lead):
    said = await lead.picks("Báo cáo tổng hợp (.docx)")

    assert "Số, ngày và chữ ký để trống" in said[0]
    assert "Trước khi trình ký" in said[-1]
    file = files(lead)[-1]
    assert file.filename.startswith("DỰ THẢO Báo cáo tổng hợp ISO - Thanh Hóa")
    document = Document(io.BytesIO(file.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "Kính gửi: Chủ tịch Ủy ban nhân dân tỉnh." in text
    assert "đã báo cáo 1/" in text
    assert "Căn cứ Quyết định 4775/QĐ-UBND" in text
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert "UBND xã Pù Luông" in cells
    assert "98,3% (118/120)" not in cells
    assert "100,0% (120/120)" in cells


async def test_pictures_are_as_wide_as_a_phone_and_the_next_paper_is_picked_under_them(lead):
    said = await lead.picks("Biểu đồ")

    assert [line.split()[0] for line in said] == ["Tiến", "So"]
    for file in files(lead)[-2:]:
        assert file.media_type == "image/png"
        picture = Image.open(io.BytesIO(file.content))
        assert (picture.format, picture.width) == ("PNG", 1080)
        assert picture.height > 600
    assert lead.choices == ["Báo cáo tổng hợp (.docx)", "Bảng tổng hợp (.xlsx)"]

    await lead.says("2")

    assert files(lead)[-1].filename.endswith(".xlsx")


async def test_papers_are_asked_for_by_word(lead):
    await lead.says("biểu đồ")
    assert [file.media_type for file in files(lead)[-2:]] == ["image/png"] * 2
    await lead.says("bảng tổng hợp")
    await lead.says("báo cáo tổng hợp")
    assert [file.filename.rpartition(".")[2] for file in files(lead)[-2:]] == ["xlsx", "docx"]

    reporter = lead.other("1")
    assert "dành cho cơ quan nhận báo cáo" in (await reporter.says("biểu đồ"))[-1]


async def test_word_means_the_period_that_was_just_shown(lead, clock):
    clock.move_to(date(2027, 10, 5))
    await lead.says("tổng hợp tháng 5/2027")

    await lead.says("bảng tổng hợp")

    assert files(lead)[-1].filename == "Tổng hợp ISO - Thanh Hóa - tháng 5-2027.xlsx"


async def test_table_holds_the_reported_and_the_missing(lead):
    await lead.picks("Bảng tổng hợp (.xlsx)")

    book = openpyxl.load_workbook(io.BytesIO(files(lead)[-1].content), data_only=True)
    assert book.sheetnames == ["Tổng hợp", "Cấp xã", "Chưa báo cáo"]
    totals = {row[1].value: row[-1].value for row in book["Tổng hợp"].iter_rows(min_row=6)}
    assert totals["Số đơn vị đã có số liệu"] == 1
    missing = [row[2].value for row in book["Chưa báo cáo"].iter_rows(min_row=4)]
    assert totals["Số đơn vị chưa có số liệu"] == len(missing)
    assert "UBND xã Pù Luông" not in missing


async def test_agencies_and_their_branches_stand_in_one_book(plain_phone, clock):
    clock.move_to(date(2027, 12, 1))
    await plain_phone.registers("kt.so-khcn", Role.RECEIVER)
    await plain_phone.says("tiến độ")
    await plain_phone.picks("Bảng tổng hợp (.xlsx)")

    book = openpyxl.load_workbook(io.BytesIO(files(plain_phone)[-1].content), data_only=True)
    assert book.sheetnames == ["Tổng hợp", "Sở, ban, ngành", "Cấp xã", "Chi cục", "Chưa báo cáo"]


async def test_papers_of_a_province_go_to_no_other(plain_phone):
    await plain_phone.registers("kt.so-khcn", Role.RECEIVER)
    for head in ("px", "pd", "pg"):
        said = await plain_phone.presses_key(f"{head}:th-xa:2027-05:thanh-hoa")
        crossed = await plain_phone.presses_key(f"{head}:th-xa:2027-05:kon-tum")

        assert "không giữ vai trò nhận báo cáo của tỉnh này" in said[-1]
        assert "không còn trong danh sách" in crossed[-1]
    assert files(plain_phone) == []


async def test_recipe_that_names_another_province_makes_no_file(office):
    """Even if a message named one: what is loaded belongs to the province of the rule."""
    maker = FileMaker(office.database, office.services, office.clock)
    for kind in ("period_xlsx", "consolidated_docx", "progress_png", "comparison_png"):
        recipe = Attachment(kind, "x", {"rule": "th-xa", "period": "2027-05", "province": "kon-tum"})
        with pytest.raises(NotFound):
            await maker.make(recipe)
