"""The draft letter of a unit, opened again and measured."""

import io
import re
from datetime import date
from functools import cache

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from isobot.domain.amounts import amounts_value
from isobot.domain.forms import Kind
from isobot.domain.letterhead import Letterhead, heading_of
from isobot.domain.units import Level
from isobot.domain.values import BLANK, NONE_ARISING, Value, file_value
from isobot.exports.docx import UnitReportData, unit_report_docx
from isobot.exports.names import report_filename
from isobot.exports.render import render
from isobot.formfiles import load_forms

FORM = load_forms().get("xa-rut-gon")
YEAR = (date(2025, 12, 15), date(2026, 12, 14))
VALUES = {
    "status": Value.of("da-cong-bo"),
    "announce_no": Value.of("125/QĐ-UBND"),
    "announce_date": Value.of(date(2024, 3, 5)),
    "tthc_total": Value.of(1200),
    "tthc_in": Value.of(1200),
    "proc_changes": Value.of(0),
    "legal_changes": NONE_ARISING,
    "ia_count": Value.of(1),
    "ia_last": Value.of(date(2026, 9, 12)),
    "mr_count": Value.of(1),
    "mr_last": Value.of(date(2026, 9, 10)),
    "nc_found": NONE_ARISING,
    "complaints": NONE_ARISING,
    "train_people": BLANK,
    "fund_spent": Value.of(15_000_000),
    "fund_plan": Value.of(15_000_000),
    "fund_maint": Value.of(15_000_000),
    "difficulties": Value.of("Thiếu cán bộ chuyên trách"),
    "proposals": Value.of("Mở lớp tập huấn"),
}


COMMUNE = Letterhead(
    abbreviation="UBND", place="Pù Luông", signing=("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"), drafting=""
)


def report(**changes) -> UnitReportData:
    fields = {
        "form": FORM,
        "values": VALUES,
        "unit_name": "UBND xã Pù Luông",
        "period_label": "kỳ tháng 10 năm 2026",
        "year": 2026,
        "recipients": ("Sở Khoa học và Công nghệ tỉnh Thanh Hóa",),
        "letterhead": COMMUNE,
        "bases": ("Quyết định số 19/2014/QĐ-TTg", "Quyết định số 4775/QĐ-UBND"),
    }
    return UnitReportData(**{**fields, **changes})


def opened(data: UnitReportData):
    return Document(io.BytesIO(unit_report_docx(data)))


@cache
def standard():
    """The draft that most tests only read."""
    return opened(report())


def texts(document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


# The draft letter


def test_page_is_a4_with_the_margins_of_the_decree():
    for section in standard().sections:
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
        assert 20 <= round(section.top_margin.mm) <= 25
        assert 20 <= round(section.bottom_margin.mm) <= 25
        assert 30 <= round(section.left_margin.mm) <= 35
        assert 15 <= round(section.right_margin.mm) <= 20


def test_every_letter_is_black_times_new_roman_of_a_size_allowed():
    document = opened(report(receipt="TH-2026-7C2Q-M"))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(p for cell in cells for p in cell.paragraphs)]
    runs = [run for paragraph in paragraphs for run in paragraph.runs if run.text]
    assert {run.font.name for run in runs} == {"Times New Roman"}
    assert {str(run.font.color.rgb) for run in runs} == {"000000"}
    assert {run.font.size.pt for run in runs} <= {11, 12, 12.5, 13, 14}
    body = [
        run for paragraph in document.paragraphs if paragraph.text.startswith("- ") for run in paragraph.runs
    ]
    assert {run.font.size.pt for run in body} == {14}


def test_head_has_issuer_and_nation_side_by_side_without_borders():
    table = standard().tables[0]
    issuer, nation = (cell.text.split("\n") for cell in table.rows[0].cells)
    assert [line for line in issuer if line] == ["ỦY BAN NHÂN DÂN", "XÃ PÙ LUÔNG"]
    assert [line for line in nation if line] == [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
    ]
    assert table.style.name == "Normal Table"
    assert not table._tbl.findall(".//" + qn("w:tcBorders"))
    rules = table._tbl.findall(".//" + qn("w:pBdr"))
    assert len(rules) == 2


def test_quoc_hieu_fits_on_one_line_of_its_column():
    # The capitals of this line take 9,3 cm in Times New Roman Bold 12,5.
    right = standard().tables[0].columns[1]
    assert right.width.cm >= 9.9


def test_number_and_date_are_left_to_the_clerk():
    number, place = (cell.text for cell in standard().tables[0].rows[1].cells)
    assert re.fullmatch(r"Số:\s{5,}/BC-UBND", number)
    assert re.fullmatch(r"Pù Luông, ngày\s{4,}tháng\s{4,}năm 2026", place)


def test_agency_stands_under_the_body_that_governs_it():
    document = opened(report(unit_name="Sở Tư pháp", letterhead=Letterhead("UBND tỉnh Kon Tum", "STP")))
    issuer = [line for line in document.tables[0].rows[0].cells[0].text.split("\n") if line]
    assert issuer == ["UBND TỈNH KON TUM", "SỞ TƯ PHÁP"]
    assert document.tables[0].rows[1].cells[0].text.endswith("/BC-STP")


@pytest.mark.parametrize("name", ["UBND phường Hạc Thành", "Ủy ban nhân dân phường Hạc Thành"])
def test_committee_is_split_over_its_place(name):
    assert heading_of(name) == ("ỦY BAN NHÂN DÂN", "PHƯỜNG HẠC THÀNH")


def test_sections_follow_in_order():
    lines = texts(standard())
    found = [
        line for line in lines if re.match(r"(I|II|III|IV)\. ", line) or line in ("BÁO CÁO", "Phụ lục I")
    ]
    assert [line.split(".")[0] for line in found] == ["BÁO CÁO", "I", "II", "III", "IV", "Phụ lục I"]
    assert lines.index("Kính gửi: Sở Khoa học và Công nghệ tỉnh Thanh Hóa.") < lines.index(found[1])


def test_bases_are_italic_and_end_with_semicolons_and_a_stop():
    bases = [p for p in standard().paragraphs if p.text.startswith("Căn cứ ")]
    assert [p.text[-1] for p in bases] == [";", "."]
    assert all(run.font.italic for p in bases for run in p.runs)


def test_body_is_justified_with_a_first_line_indent():
    body = [p for p in standard().paragraphs if p.text.startswith("- ")]
    assert body
    for paragraph in body:
        assert paragraph.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
        assert round(paragraph.paragraph_format.first_line_indent.cm, 2) == 1.27
        assert paragraph.paragraph_format.space_after.pt >= 6


def figures(document) -> dict[str, str]:
    return {row.cells[1].text: row.cells[3].text for row in document.tables[-1].rows[1:]}


def test_zero_blank_and_none_arising_read_differently():
    table = figures(standard())
    assert table["Số quy trình ban hành mới, sửa đổi hoặc bãi bỏ trong kỳ"] == "0"
    assert table["Số khiếu nại về giải quyết TTHC trong kỳ"] == "Không phát sinh"
    assert table["Số lượt cán bộ, công chức được tập huấn, phổ biến về ISO trong kỳ"] == "Chưa có số liệu"
    assert table["Tổng số TTHC thuộc thẩm quyền"] == "1.200"
    assert table["Ngày đánh giá nội bộ gần nhất"] == "12/09/2026"


def test_draft_of_an_unfinished_report_says_what_is_not_there_yet():
    table = figures(opened(report(values={"tthc_total": Value.of(5)})))
    assert table["Tổng số TTHC thuộc thẩm quyền"] == "5"
    assert table["Số lần đánh giá nội bộ trong kỳ"] == "Chưa có số liệu"
    assert "0" not in table.values()


def test_reason_for_a_warning_travels_with_the_report():
    problems = FORM.problems(VALUES, period=YEAR)
    assert [problem.check for problem in problems] == ["R8"]
    lines = texts(opened(report(problems=problems, reasons={"R8": "Họp sớm theo lịch của tỉnh."})))
    assert any(line.endswith("Lý do: Họp sớm theo lịch của tỉnh.") and "10/09/2026" in line for line in lines)


def test_signature_has_a_title_and_no_name():
    recipients, signature = (cell.text.split("\n") for cell in standard().tables[1].rows[0].cells)
    assert recipients == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert [line for line in signature if line] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]


def test_appendix_starts_a_page_and_its_numbering():
    document = standard()
    assert len(document.sections) == 2
    number = document.sections[1]._sectPr.find(qn("w:pgNumType"))
    assert number.get(qn("w:start")) == "1"
    assert document.sections[1].start_type == 2


def test_page_number_is_centred_above_and_not_on_the_first_page():
    for section in standard().sections:
        assert section.different_first_page_header_footer
        assert (
            section.first_page_header.is_linked_to_previous
            or not section.first_page_header.paragraphs[0].text
        )
        header = section.header.paragraphs[0]
        assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert "PAGE" in header._p.xml


def test_form_without_official_standing_says_so_in_the_report():
    assert any("đề xuất" in line for line in texts(standard())[-2:])


def test_drafter_is_told_what_nobody_has_verified():
    notes = texts(opened(report(caution="Căn cứ của kỳ báo cáo: chưa xác minh hiệu lực.")))
    assert "Căn cứ của kỳ báo cáo: chưa xác minh hiệu lực." in notes
    assert any("xóa các ghi chú này trước khi trình ký" in line for line in notes)


def test_unit_names_those_it_was_made_of():
    lines = texts(opened(report(former_units=("UBND xã A", "UBND xã B (Bá Thước)"), formed="01/07/2025")))
    at = lines.index("I. TÌNH HÌNH CHUNG")
    assert lines[at + 1] == (
        "- UBND xã Pù Luông được hình thành từ ngày 01/07/2025 trên cơ sở (toàn bộ hoặc một phần): "
        "UBND xã A; UBND xã B (Bá Thước)."
    )


def test_several_recipients_stand_one_under_another():
    lines = texts(opened(report(recipients=("Sở A", "Sở B", "Sở C"))))
    at = lines.index("Kính gửi:")
    assert lines[at + 1 : at + 4] == ["- Sở A;", "- Sở B;", "- Sở C."]


# The long form

LONG = load_forms().get("co-quan-day-du", level=Level.SO)
GIVEN = {
    Kind.INTEGER: Value.of(7),
    Kind.MONEY: Value.of(15_000_000),
    Kind.DATE: Value.of(date(2026, 9, 12)),
    Kind.YES_NO: Value.of(True),
    Kind.TEXT: Value.of("Đã rà soát"),
    Kind.FILE: file_value(3, "quyet-dinh.pdf"),
}


def every_answer() -> dict[str, Value]:
    """An answer to each question of the long form."""
    found = {}
    for field in LONG.fields:
        if field.kind is Kind.CHOICE:
            found[field.key] = Value.of(field.choices[-1].key)
        elif field.kind is Kind.AMOUNTS:
            found[field.key] = amounts_value({option.key: 1_000_000 for option in field.choices})
        elif field.computed is None:
            found[field.key] = GIVEN[field.kind]
    return found


@cache
def long_draft():
    return opened(report(form=LONG, values=every_answer()))


def test_long_form_stands_under_numbered_headings_and_grouped_in_the_appendix():
    document = long_draft()
    lines = texts(document)
    inside = lines[lines.index("II. KẾT QUẢ THỰC HIỆN") : lines.index("III. KHÓ KHĂN, VƯỚNG MẮC")]
    numbered = [line for line in inside if re.match(r"\d+\. ", line)]
    assert [line.split(".")[0] for line in numbered] == [str(n) for n in range(1, len(numbered) + 1)]
    assert len(numbered) > 3
    assert len({line.split(". ", 1)[1] for line in numbered}) == len(numbered)

    table = document.tables[-1]
    counted = [row.cells[0].text for row in table.rows[1:] if row.cells[0].text]
    figures_asked = [f for f, _ in LONG.lines(every_answer()) if f.kind is not Kind.TEXT]
    assert counted == [str(n) for n in range(1, len(figures_asked) + 1)]
    assert next(row.cells[1].text for row in table.rows[1:] if not row.cells[0].text).startswith("A. ")


def test_heading_of_rows_stays_with_the_rows_below_it():
    table = long_draft().tables[-1]
    heads = [row for row in table.rows if not row.cells[0].text or row.cells[0].text == "TT"]
    assert all(cell.paragraphs[0].paragraph_format.keep_with_next for row in heads for cell in row.cells)
    assert not table.rows[-1].cells[0].paragraphs[0].paragraph_format.keep_with_next


def test_amounts_name_their_sources_and_a_file_its_name():
    cells = [row.cells[3].text for row in long_draft().tables[-1].rows]
    assert any("1.000.000 đồng; " in cell for cell in cells)
    if any(field.kind is Kind.FILE for field in LONG.fields):
        assert "quyet-dinh.pdf" in cells


def test_practice_report_says_it_counts_for_nothing():
    assert "BẢN TẬP, KHÔNG CÓ GIÁ TRỊ BÁO CÁO" in texts(opened(report(practice=True)))
    assert not any("BẢN TẬP" in line for line in texts(standard()))


def test_file_is_named_a_draft():
    name = report_filename("UBND xã Pù Luông", "kỳ 10/2026", version=2)
    assert name == "DỰ THẢO Báo cáo ISO - UBND xã Pù Luông - kỳ 10-2026 (bản 2).docx"


@settings(max_examples=6, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_text_of_an_officer_goes_into_the_draft(text):
    values = {**VALUES, "difficulties": Value.of(text)}
    assert opened(report(values=values, reasons={"R8": text}, problems=FORM.problems(VALUES)))


# By the kind of the attachment


def test_attachment_is_made_by_its_kind():
    assert Document(io.BytesIO(render("report_docx", report()))).tables


def test_kind_that_does_not_fit_its_data_is_our_mistake():
    with pytest.raises(ValueError, match="no renderer"):
        render("period_xlsx", report())
