"""The draft letter and the table of a period, opened again and measured."""

import io
import re
from datetime import date, datetime, time

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

from isobot.domain.letterhead import Letterhead, heading_of
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.exports.docx import UnitReportData, report_filename, unit_report_docx
from isobot.exports.render import render
from isobot.exports.xlsx import (
    FIGURES_SHEET,
    MISSING_SHEET,
    MissingUnit,
    PeriodTableData,
    UnitRow,
    period_filename,
    period_xlsx,
    plain,
)
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


def texts(document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


# The draft letter


def test_page_is_a4_with_the_margins_of_the_decree():
    for section in opened(report()).sections:
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
    table = opened(report()).tables[0]
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
    # The capitals of this line take 8,7 cm in Times New Roman Bold 12,5.
    right = opened(report()).tables[0].columns[1]
    assert right.width.cm >= 9.5


def test_number_and_date_are_left_to_the_clerk():
    number, place = (cell.text for cell in opened(report()).tables[0].rows[1].cells)
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
    lines = texts(opened(report()))
    found = [
        line for line in lines if re.match(r"(I|II|III|IV)\. ", line) or line in ("BÁO CÁO", "Phụ lục I")
    ]
    assert [line.split(".")[0] for line in found] == ["BÁO CÁO", "I", "II", "III", "IV", "Phụ lục I"]
    assert lines.index("Kính gửi: Sở Khoa học và Công nghệ tỉnh Thanh Hóa.") < lines.index(found[1])


def test_bases_are_italic_and_end_with_semicolons_and_a_stop():
    bases = [p for p in opened(report()).paragraphs if p.text.startswith("Căn cứ ")]
    assert [p.text[-1] for p in bases] == [";", "."]
    assert all(run.font.italic for p in bases for run in p.runs)


def test_body_is_justified_with_a_first_line_indent():
    body = [p for p in opened(report()).paragraphs if p.text.startswith("- ")]
    assert body
    for paragraph in body:
        assert paragraph.alignment == WD_ALIGN_PARAGRAPH.JUSTIFY
        assert round(paragraph.paragraph_format.first_line_indent.cm, 2) == 1.27
        assert paragraph.paragraph_format.space_after.pt >= 6


def figures(document) -> dict[str, str]:
    return {row.cells[1].text: row.cells[3].text for row in document.tables[-1].rows[1:]}


def test_zero_blank_and_none_arising_read_differently():
    table = figures(opened(report()))
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
    recipients, signature = (cell.text.split("\n") for cell in opened(report()).tables[1].rows[0].cells)
    assert recipients == ["Nơi nhận:", "- Như trên;", "- Lưu: VT."]
    assert [line for line in signature if line] == ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"]


def test_appendix_starts_a_page_and_its_numbering():
    document = opened(report())
    assert len(document.sections) == 2
    number = document.sections[1]._sectPr.find(qn("w:pgNumType"))
    assert number.get(qn("w:start")) == "1"
    assert document.sections[1].start_type == 2


def test_page_number_is_centred_above_and_not_on_the_first_page():
    for section in opened(report()).sections:
        assert section.different_first_page_header_footer
        assert (
            section.first_page_header.is_linked_to_previous
            or not section.first_page_header.paragraphs[0].text
        )
        header = section.header.paragraphs[0]
        assert header.alignment == WD_ALIGN_PARAGRAPH.CENTER
        assert "PAGE" in header._p.xml


def test_form_without_official_standing_says_so_in_the_report():
    assert any("đề xuất" in line for line in texts(opened(report()))[-2:])


def test_practice_report_says_it_counts_for_nothing():
    assert "BẢN TẬP, KHÔNG CÓ GIÁ TRỊ BÁO CÁO" in texts(opened(report(practice=True)))
    assert not any("BẢN TẬP" in line for line in texts(opened(report())))


def test_file_is_named_a_draft():
    name = report_filename("UBND xã Pù Luông", "kỳ 10/2026", version=2)
    assert name == "DỰ THẢO Báo cáo ISO - UBND xã Pù Luông - kỳ 10-2026 (bản 2).docx"


@settings(max_examples=10, deadline=None)
@given(st.text(min_size=1, max_size=200))
def test_any_text_of_an_officer_goes_into_the_draft(text):
    values = {**VALUES, "difficulties": Value.of(text)}
    assert opened(report(values=values, reasons={"R8": text}, problems=FORM.problems(VALUES)))


# The table of a period


def table(rows=None, missing=None, **changes) -> PeriodTableData:
    fields = {
        "title": "Tổng hợp báo cáo áp dụng ISO",
        "province_name": "Thanh Hóa",
        "period_label": "Kỳ tháng 10 năm 2026",
        "last_day": date(2026, 10, 31),
        "made_on": date(2026, 11, 2),
        "form": FORM,
        "rows": tuple(rows) if rows is not None else ROWS,
        "missing": (MissingUnit("th.c", "UBND xã C"),) if missing is None else tuple(missing),
        "unit_word": "xã",
    }
    return PeriodTableData(**{**fields, **changes})


ROWS = (
    UnitRow("th.a", "UBND xã A", VALUES, submitted_on=date(2026, 10, 30), receipt="TH-2026-7C2Q-M"),
    UnitRow("th.b", "UBND xã B", {**VALUES, "tthc_total": NONE_ARISING, "tthc_in": BLANK}, late=True),
    UnitRow("th.d", "UBND xã D", {**VALUES, "tthc_total": Value.of(0), "tthc_in": Value.of(0)}),
)


def sheets(data: PeriodTableData, *, values: bool = False):
    return load_workbook(io.BytesIO(period_xlsx(data)), data_only=values)


def column(sheet, heading: str) -> int:
    return next(cell.column for cell in sheet[5] if str(cell.value).startswith(heading))


def down(sheet, heading: str, count: int) -> list:
    return [sheet.cell(row, column(sheet, heading)).value for row in range(6, 6 + count)]


def at_midnight(year: int, month: int, day: int) -> datetime:
    """Write a day as openpyxl reads it back: a moment of no zone."""
    return datetime.combine(date(year, month, day), time())


def test_figures_are_numbers_days_are_days_and_words_stay_words():
    sheet = sheets(table())[FIGURES_SHEET]
    assert down(sheet, "Tổng số TTHC", 3) == [1200, "Không phát sinh", 0]
    assert down(sheet, "Số TTHC đã đưa", 3) == [1200, "Chưa có số liệu", 0]
    assert down(sheet, "Ngày đánh giá", 1) == [at_midnight(2026, 9, 12)]
    assert down(sheet, "Ngày nộp", 3) == [at_midnight(2026, 10, 30), None, None]
    assert down(sheet, "Tình trạng áp dụng", 1) == ["Đã công bố"]


def test_totals_are_formulas_with_their_denominators():
    sheet = sheets(table())[FIGURES_SHEET]
    formulas = down(sheet, "Tổng số TTHC", 7)[3:]
    assert [re.match(r"=(\w+)", formula)[1] for formula in formulas] == ["IF", "COUNT", "COUNTIF", "COUNTIF"]
    assert "SUM(M6:M8)" in formulas[0]
    shown = down(sheets(table(), values=True)[FIGURES_SHEET], "Tổng số TTHC", 7)[3:]
    assert shown == [1200, 2, 1, 0]
    assert sheet["A3"].value.startswith("Đã báo cáo 3/4 xã")


def test_sum_of_procedures_is_not_called_the_number_of_the_province():
    sheet = sheets(table())[FIGURES_SHEET]
    assert down(sheet, "Tổng số TTHC", 8)[-1].startswith("Lượt TTHC theo đơn vị")


TOTAL = (
    r'=IF\(COUNT\((.+?)\)>0,SUM\(\1\),IF\(COUNTIF\(\1,"(.+?)"\)>0,"\2",'
    r'IF\(COUNTIF\(\1,"(.+?)"\)>0,"\3",""\)\)\)'
)
COUNT = r'=(COUNT|COUNTIF)\(([A-Z0-9:]+)(?:,"(.+)")?\)'


def compute(sheet, formula: str):
    """Work out the few formulas we write, from the cells alone."""
    if total := re.fullmatch(TOTAL, formula):
        cells, *words = total.groups()
        numbers, found = held(sheet, cells)
        return sum(numbers) if numbers else next((word for word in words if word in found), "")
    name, cells, wanted = re.fullmatch(COUNT, formula).groups()
    numbers, found = held(sheet, cells)
    return len(numbers) if name == "COUNT" else found.count(wanted)


def held(sheet, cells: str) -> tuple[list, list]:
    left, top, right, bottom = range_boundaries(cells)
    found = [cell.value for row in sheet.iter_rows(top, bottom, left, right) for cell in row]
    return [value for value in found if isinstance(value, int | float)], found


FIGURE = st.one_of(st.integers(0, 10**6).map(Value.of), st.just(NONE_ARISING), st.just(BLANK))


@settings(max_examples=25, deadline=None)
@given(st.lists(FIGURE, min_size=1, max_size=12))
def test_totals_shown_are_those_the_formulas_give(values):
    rows = [UnitRow(f"u.{n}", f"Xã {n}", {"proc_changes": value}) for n, value in enumerate(values)]
    data = table(rows)
    formulas, shown = sheets(data)[FIGURES_SHEET], sheets(data, values=True)[FIGURES_SHEET]
    first = 6 + len(rows)
    at = column(formulas, "Số quy trình")
    for row in range(first, first + 4):
        assert compute(formulas, formulas.cell(row, at).value) == shown.cell(row, at).value
    numbers = [value.given for value in values if value.is_given]
    no_number = "Chưa có số liệu" if BLANK in values else "Không phát sinh"
    assert shown.cell(first, at).value == (sum(numbers) if numbers else no_number)


DANGEROUS = [
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    " =cmd|' /C calc'!A0",
    "＝1+1",
    '=HYPERLINK("http://x")',
]


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_of_a_user_never_runs_as_a_formula(text):
    row = UnitRow("=code", text, {**VALUES, "difficulties": Value.of(text)}, district=text, note=text)
    book = sheets(table([row], [MissingUnit("=code", text, note=text)], title=text, period_label=text))
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    assert re.fullmatch(TOTAL, cell.value) or re.fullmatch(COUNT, cell.value)
                elif isinstance(cell.value, str):
                    assert cell.value[0] not in "=+-@\t\r＝＋－＠"


def test_list_of_an_officer_keeps_its_look():
    assert plain("- Thiếu máy tính") == "– Thiếu máy tính"
    assert plain("Thiếu máy tính") == "Thiếu máy tính"


def test_missing_units_stand_on_their_own_sheet_and_in_no_sum():
    sheet = sheets(table())[MISSING_SHEET]
    assert [cell.value for cell in sheet[4]][:3] == [1, "th.c", "UBND xã C"]
    figures_sheet = sheets(table())[FIGURES_SHEET]
    assert "th.c" not in [cell.value for cell in figures_sheet["B"]]


def test_nobody_missing_is_said():
    assert sheets(table(missing=()))[MISSING_SHEET]["A4"].value == "Không có đơn vị nào chưa báo cáo."


def test_period_nobody_reported_in_has_a_head_and_no_totals():
    sheet = sheets(table(rows=()))[FIGURES_SHEET]
    assert sheet["A3"].value.startswith("Đã báo cáo 0/1 xã")
    assert sheet.max_row == 5


def test_heads_are_frozen_and_columns_wide_enough_to_read():
    sheet = sheets(table())[FIGURES_SHEET]
    assert sheet.freeze_panes == "D6"
    assert sheet.column_dimensions["C"].width >= 30
    assert sheets(table())[MISSING_SHEET].freeze_panes == "A4"


def test_table_file_has_a_name_that_every_system_takes():
    assert period_filename("Thanh Hóa", "kỳ 10/2026") == "Tổng hợp ISO - Thanh Hóa - kỳ 10-2026.xlsx"


# By the kind of the attachment


def test_attachment_is_made_by_its_kind():
    assert Document(io.BytesIO(render("report_docx", report()))).tables
    assert load_workbook(io.BytesIO(render("period_xlsx", table()))).sheetnames == [
        FIGURES_SHEET,
        MISSING_SHEET,
    ]


def test_kind_that_does_not_fit_its_data_is_our_mistake():
    with pytest.raises(ValueError, match="no renderer"):
        render("period_xlsx", report())
