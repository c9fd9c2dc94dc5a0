"""The lead office's report on a period, opened again and measured."""

import io
from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.oxml.ns import qn

from isobot.domain.deadlines import find_period
from isobot.domain.filing import add_up, file_figures
from isobot.domain.letterhead import letterhead_for, titles_for
from isobot.domain.period_totals import Consolidated, GroupTotals, PeriodTotals, UnitFigures
from isobot.domain.rollup import make_totals
from isobot.domain.standings import Standing, stand
from isobot.domain.units import Level, Unit
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.exports.consolidated_docx import ConsolidatedData, consolidated_docx
from isobot.exports.names import consolidated_filename
from isobot.formfiles import load_forms
from isobot.rulefiles import load_rules

FORMS = load_forms()
FORM = FORMS.get("xa-rut-gon", level=Level.XA)
RULE = load_rules().by_id("th-xa")
OFFICE = Unit("th.so-khcn", "Sở Khoa học và Công nghệ", "thanh-hoa", Level.SO, lead_office=True)
COMMUNES = [Unit(f"th.xa-{n}", f"UBND xã Số {n}", "thanh-hoa", Level.XA, kind="xã") for n in range(1, 25)]
FIGURES = {
    "status": Value.of("dang-ap-dung"),
    "tthc_total": Value.of(120),
    "tthc_in": Value.of(118),
    "tthc_out_reason": Value.of("Chờ văn bản mới"),
    "proc_changes": Value.of(0),
    "ia_count": Value.of(1),
    "ia_last": Value.of(date(2026, 9, 12)),
    "nc_found": NONE_ARISING,
    "train_people": BLANK,
    "difficulties": Value.of("Thiếu cán bộ chuyên trách"),
    "proposals": Value.of("Mở lớp tập huấn."),
}


def part(*, reported: int = 3, period_key: str = "2026-10", rule=RULE) -> Consolidated:
    """The first `reported` communes have sent the same figures; the second of them late."""
    period = find_period(rule, period_key)
    inside = COMMUNES[:reported]
    standings = {unit.code: Standing.ON_TIME for unit in inside}
    if reported > 1:
        standings[inside[1].code] = Standing.LATE
    values = FORM.complete(FIGURES)
    sums = add_up(figure for _ in inside for figure in file_figures(FORM, values))
    totals = make_totals(FORM, stand(COMMUNES, standings=standings), sums)
    group = GroupTotals("xa", Level.XA.label, totals)
    rows = tuple(
        UnitFigures(unit, standings[unit.code], values, n, 1, f"TH-{n}", date(2026, 10, 20), {})
        for n, unit in enumerate(inside, start=1)
    )
    whole = PeriodTotals(rule, period, "thanh-hoa", totals, (group,))
    return Consolidated("Thanh Hóa", whole, rows, date(2026, 11, 2), None, "Chưa có kỳ trước để so.")


def data(one: Consolidated | None = None, **changes) -> ConsolidatedData:
    fields = {
        "parts": (one or part(),),
        "unit_name": OFFICE.name,
        "recipients": ("Ủy ban nhân dân tỉnh", "Bộ Khoa học và Công nghệ"),
        "letterhead": letterhead_for(OFFICE, "Thanh Hóa"),
        "bases": ("Quyết định số 4775/QĐ-UBND",),
    }
    return ConsolidatedData(**{**fields, **changes})


def opened(made: ConsolidatedData):
    return Document(io.BytesIO(consolidated_docx(made)))


@cache
def standard():
    """The report that most tests only read."""
    return opened(data())


def texts(document) -> list[str]:
    return [paragraph.text for paragraph in document.paragraphs]


def rows_of(document, heading: str) -> list[list[str]]:
    """Return the rows of the first table whose head holds a cell."""
    for table in document.tables:
        head = [cell.text for cell in table.rows[0].cells]
        if heading in head:
            return [[cell.text for cell in row.cells] for row in table.rows[1:]]
    raise AssertionError(f"no table with {heading!r}")


def test_head_names_the_office_under_the_provinces_committee():
    head = standard().tables[0]
    issuer = [line for line in head.rows[0].cells[0].text.split("\n") if line]
    assert issuer == ["ỦY BAN NHÂN DÂN TỈNH THANH HÓA", "SỞ KHOA HỌC VÀ CÔNG NGHỆ"]
    assert head.rows[1].cells[0].text == "Số:         /BC-SKHCN"
    assert head.rows[1].cells[1].text.endswith("ngày       tháng       năm 2026")


def test_several_recipients_stand_one_under_another():
    lines = texts(standard())
    at = lines.index("Kính gửi:")
    assert lines[at + 1 : at + 3] == ["- Ủy ban nhân dân tỉnh;", "- Bộ Khoa học và Công nghệ."]


def test_sections_come_in_the_order_of_a_report():
    found = [t.split(".")[0] for t in texts(standard()) if t[:3].strip(" .") in ("I", "II", "III", "IV")]
    assert [found.index(number) for number in ("I", "II", "III", "IV")] == [0, 1, 2, 3]


def test_register_counts_who_reported_in_time_late_and_not_at_all():
    assert rows_of(standard(), "Phải báo cáo") == [["UBND cấp xã", "24", "3", "2", "0", "1", "21"]]


def test_every_total_stands_with_the_units_it_is_made_of():
    document = standard()
    assert any("UBND cấp xã (tổng hợp từ 3/24 xã)" in line for line in texts(document))
    totals = {
        row[1]: row[2:]
        for table in document.tables
        if table.rows[0].cells[-1].text == "Số đơn vị có số liệu"
        for row in ([cell.text for cell in row.cells] for row in table.rows[1:])
    }
    label = next(name for name in totals if name.startswith("Tổng số TTHC"))
    assert "lượt TTHC theo đơn vị" in label
    assert totals[label] == ["360 thủ tục", "3"]
    assert totals["Số lượt cán bộ, công chức được tập huấn, phổ biến về ISO trong kỳ"] == [
        "Chưa có số liệu",
        "0; 3 để trống",
    ]
    assert totals["Tỷ lệ TTHC đã đưa vào hệ thống"][0] == "98,3% (354/360)"


def test_few_missing_units_are_named_in_the_text_and_many_in_an_appendix():
    few = "\n".join(texts(opened(data(part(reported=20)))))
    assert "chưa có số liệu: UBND xã Số 21; UBND xã Số 22; UBND xã Số 23; UBND xã Số 24." in few
    assert "tại Phụ lục II" not in few

    many = standard()
    assert "21 đơn vị (danh sách tại Phụ lục II)" in "\n".join(texts(many))
    listed = rows_of(many, "Tình trạng")
    assert [row[1] for row in listed] == [unit.name for unit in COMMUNES[3:]]


def test_same_words_of_several_units_are_printed_once_with_all_of_them():
    lines = texts(standard())
    said = [line for line in lines if line.endswith("Thiếu cán bộ chuyên trách.")]
    assert said == ["- UBND xã Số 1; UBND xã Số 2; UBND xã Số 3: Thiếu cán bộ chuyên trách."]


def test_figures_of_units_stand_across_on_pages_numbered_apart():
    sections = standard().sections
    assert [section.orientation for section in sections] == [
        WD_ORIENT.PORTRAIT,
        WD_ORIENT.LANDSCAPE,
        WD_ORIENT.PORTRAIT,
    ]
    for section in sections[1:]:
        assert section._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    across = sections[1]
    assert (round(across.page_width.mm), round(across.page_height.mm)) == (297, 210)
    assert (round(across.left_margin.mm), round(across.right_margin.mm)) == (30, 15)


def test_each_unit_has_its_row_of_figures():
    tables = [t for t in standard().tables if t.rows[0].cells[1].text == "Đơn vị" and len(t.columns) > 4]
    assert all(len(table.columns) <= 10 for table in tables)
    first = [[cell.text for cell in row.cells] for row in tables[0].rows]
    assert [row[1] for row in first[1:]] == ["UBND xã Số 1", "UBND xã Số 2", "UBND xã Số 3"]
    column = next(n for n, head in enumerate(first[0]) if head.startswith("Tổng số TTHC"))
    assert {row[column] for row in first[1:]} == {"120"}


def test_figures_of_before_and_of_now_are_told_apart():
    assert any("từ ngày 01/7/2025" in line for line in texts(standard()))
    old = replace(RULE, first_year=2022)
    assert any(
        "trước ngày 01/7/2025" in line for line in texts(opened(data(part(period_key="2024-10", rule=old))))
    )


def test_period_before_stands_beside_this_one_or_is_said_to_be_missing():
    assert "Chưa có kỳ trước để so." in texts(standard())
    earlier = part(reported=2, period_key="2026-05").totals
    document = opened(data(replace(part(), before=earlier, no_comparison="")))
    rows = {row[1].split(" (")[0]: row[2:] for row in rows_of(document, "Tăng, giảm")}
    assert rows["Tổng số TTHC thuộc thẩm quyền"] == ["240", "360", "+120"]
    assert "Kỳ này từ 3/24 xã, kỳ trước từ 2/24 xã." in texts(document)


def test_reasons_of_units_travel_to_the_body_above():
    given = ((COMMUNES[0], "Lãnh đạo xem xét trước ngày đánh giá nội bộ.", "Theo lịch của tỉnh"),)
    assert rows_of(opened(data(explanations=given)), "Lý do của đơn vị") == [
        ["1", "UBND xã Số 1", "Lãnh đạo xem xét trước ngày đánh giá nội bộ.", "Theo lịch của tỉnh"]
    ]


def test_signature_has_titles_and_no_name():
    document = standard()
    signature = next(t for t in document.tables if t.rows[0].cells[0].text.startswith("Nơi nhận"))
    assert [line for line in signature.rows[0].cells[1].text.split("\n") if line] == ["GIÁM ĐỐC"]
    assert ("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC") in titles_for(OFFICE)


def test_period_nobody_reported_in_still_makes_a_letter():
    lines = texts(opened(data(part(reported=0))))
    assert any("0/24 xã" in line for line in lines)
    assert "Chưa đơn vị nào có số liệu." in lines


@pytest.mark.parametrize("label", ["tháng 10/2026", "năm 2026"])
def test_file_is_named_a_draft(label):
    name = consolidated_filename("Thanh Hóa", label)
    assert name.startswith("DỰ THẢO Báo cáo tổng hợp ISO - Thanh Hóa")
    assert "/" not in name
