"""The table of a period, opened again, and recomputed by a spreadsheet engine that knows nothing of us."""

import io
import re
from datetime import date, datetime, time

import formualizer
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from isobot.domain.amounts import amounts_value
from isobot.domain.forms import Field, Form, Kind, Option, Ratio, RollUp
from isobot.domain.values import BLANK, NONE_ARISING, Value
from isobot.exports.cells import plain
from isobot.exports.names import period_filename
from isobot.exports.render import render
from isobot.exports.tables import LevelSheet, MissingUnit, PeriodTableData, UnitRow
from isobot.exports.xlsx import MISSING_SHEET, period_xlsx
from isobot.formfiles import load_forms

FORM = load_forms().get("xa-rut-gon")
COMMUNES, AGENCIES, SUMMARY = "Cấp xã", "Sở, ban, ngành", "Tổng hợp"
VALUES = {
    "status": Value.of("da-cong-bo"),
    "tthc_total": Value.of(1200),
    "tthc_in": Value.of(1200),
    "proc_changes": Value.of(0),
    "ia_count": Value.of(1),
    "ia_last": Value.of(date(2026, 9, 12)),
    "difficulties": Value.of("Thiếu cán bộ chuyên trách"),
}
ROWS = (
    UnitRow("th.a", "UBND xã A", VALUES, submitted_on=date(2026, 10, 30), receipt="TH-2026-7C2Q-M"),
    UnitRow(
        "th.b", "UBND xã B", {**VALUES, "tthc_total": NONE_ARISING, "tthc_in": BLANK}, standing="sau hạn"
    ),
    UnitRow("th.d", "UBND xã D", {**VALUES, "tthc_total": Value.of(0), "tthc_in": Value.of(0)}),
)
MISSING = (MissingUnit("th.c", "UBND xã C"),)


def communes(rows=ROWS, missing=MISSING, form=FORM) -> LevelSheet:
    return LevelSheet(COMMUNES, "xã", form, tuple(rows), tuple(missing))


def table(*sheets, **changes) -> PeriodTableData:
    fields = {
        "title": "Tổng hợp báo cáo áp dụng ISO",
        "province_name": "Thanh Hóa",
        "period_label": "Kỳ tháng 10 năm 2026",
        "last_day": date(2026, 10, 31),
        "made_on": date(2026, 11, 2),
        "sheets": sheets or (communes(),),
    }
    return PeriodTableData(**{**fields, **changes})


def opened(data: PeriodTableData, *, values: bool = False):
    return load_workbook(io.BytesIO(period_xlsx(data)), data_only=values)


def recomputed(data: PeriodTableData):
    """Open the book after another program worked out every formula anew."""
    made = formualizer.recalculate_xlsx_bytes(period_xlsx(data))
    return load_workbook(io.BytesIO(made["bytes"]), data_only=True)


def column(sheet, heading: str) -> int:
    return next(cell.column for cell in sheet[5] if str(cell.value).startswith(heading))


def down(sheet, heading: str, count: int) -> list:
    return [sheet.cell(row, column(sheet, heading)).value for row in range(6, 6 + count)]


def lines(sheet) -> dict[str, list]:
    """Read the sheet of totals: each line's figures, level by level and the province last."""
    return {row[1].value: [cell.value for cell in row[3:]] for row in sheet.iter_rows(min_row=6)}


def at_midnight(year: int, month: int, day: int) -> datetime:
    """Write a day as openpyxl reads it back: a moment of no zone."""
    return datetime.combine(date(year, month, day), time())


# The sheet of a level


def test_figures_are_numbers_days_are_days_and_words_stay_words():
    sheet = opened(table())[COMMUNES]
    assert down(sheet, "Tổng số TTHC", 3) == [1200, "Không phát sinh", 0]
    assert down(sheet, "Số TTHC đã đưa", 3) == [1200, "Chưa có số liệu", 0]
    assert down(sheet, "Ngày đánh giá", 1) == [at_midnight(2026, 9, 12)]
    assert down(sheet, "Ngày nộp", 3) == [at_midnight(2026, 10, 30), None, None]
    assert down(sheet, "Thời hạn", 2) == ["đúng hạn", "sau hạn"]
    assert down(sheet, "Tình trạng áp dụng", 1) == ["Đã công bố"]


def test_totals_are_formulas_with_their_denominators():
    formulas = down(opened(table())[COMMUNES], "Tổng số TTHC", 7)[3:]
    assert [re.match(r"=(\w+)", formula)[1] for formula in formulas] == ["IF", "COUNT", "COUNTIF", "COUNTIF"]
    assert "SUM(N6:N8)" in formulas[0]
    assert down(recomputed(table())[COMMUNES], "Tổng số TTHC", 7)[3:] == [1200, 2, 1, 0]
    assert opened(table())[COMMUNES]["A3"].value.startswith("Đã báo cáo 3/4 xã")


def test_sum_of_procedures_is_not_called_the_number_of_the_province():
    assert down(opened(table())[COMMUNES], "Tổng số TTHC", 8)[-1].startswith("Lượt TTHC theo đơn vị")
    assert any("lượt TTHC theo đơn vị" in str(label) for label in lines(opened(table())[SUMMARY]))


def test_period_nobody_reported_in_has_a_head_and_no_totals():
    book = recomputed(table(communes(rows=())))
    assert book[COMMUNES]["A3"].value.startswith("Đã báo cáo 0/1 xã")
    assert book[COMMUNES].max_row == 5
    assert lines(book[SUMMARY])["Số đơn vị phải báo cáo"] == [1, 1]
    assert lines(book[SUMMARY])["Tỷ lệ đơn vị đã có số liệu"] == [0, 0]


def test_heads_are_frozen_columns_wide_enough_and_pages_set_up():
    book = opened(table())
    assert book[COMMUNES].freeze_panes == "D6"
    assert book[COMMUNES].column_dimensions["C"].width >= 30
    assert book[MISSING_SHEET].freeze_panes == "A4"
    assert book[SUMMARY].freeze_panes == "D6"
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.print_title_rows


# The missing


def test_missing_units_stand_on_their_own_sheet_and_in_no_sum():
    book = opened(table(communes(missing=(MissingUnit("th.c", "UBND xã C", standing="đã trả lại"),))))
    assert [cell.value for cell in book[MISSING_SHEET][4]][:6] == [
        1, "th.c", "UBND xã C", None, COMMUNES, "đã trả lại",
    ]  # fmt: skip
    assert "th.c" not in [cell.value for cell in book[COMMUNES]["B"]]


def test_nobody_missing_is_said():
    assert opened(table(communes(missing=())))[MISSING_SHEET]["A4"].value == "Các đơn vị đều đã báo cáo."


# The totals of all levels

COUNTED = Form(
    "thu", 1, "Biểu thử", "Biểu này để thử.",
    fields=(
        Field("done", "1", "Hồ sơ đã giải quyết", "", "", Kind.INTEGER, unit="hồ sơ", roll_up=RollUp.SUM),
        Field("ontime", "2", "Đúng hạn", "", "", Kind.INTEGER, unit="hồ sơ", roll_up=RollUp.SUM),
        Field("audits", "3", "Số lần đánh giá", "", "", Kind.INTEGER, roll_up=RollUp.UNITS_WITH),
        Field("status", "4", "Tình trạng", "", "", Kind.CHOICE, roll_up=RollUp.COUNT_BY,
              choices=(Option("a", "Đang áp dụng"), Option("b", "Đã công bố"))),
        Field("money", "5", "Nguồn", "", "", Kind.AMOUNTS, roll_up=RollUp.SUM_BY,
              choices=(Option("tw", "Trung ương"), Option("dp", "Địa phương"))),
        Field("said", "6", "Ngày công bố", "", "", Kind.DATE, roll_up=RollUp.COUNT_GIVEN),
    ),
    ratios=(Ratio("rate", "Tỷ lệ đúng hạn", "ontime", "done"),),
)  # fmt: skip


def counted(**figures) -> dict[str, Value]:
    return {key: Value.of(given) for key, given in figures.items()}


def province() -> PeriodTableData:
    xa = [
        UnitRow("x1", "Xã 1", counted(done=100, ontime=90, audits=2, status="a", said=date(2026, 1, 2))),
        UnitRow("x2", "Xã 2", {**counted(done=900, ontime=500, audits=0, status="b"), "said": BLANK}),
    ]
    money = amounts_value({"tw": 5_000_000, "dp": 10_000_000})
    so = [UnitRow("s1", "Sở 1", {"done": NONE_ARISING, "money": money}, standing="sau hạn")]
    own = [UnitRow("v1", "Trường 1", counted(done=7777))]
    return table(
        LevelSheet(AGENCIES, "cơ quan", COUNTED, tuple(so)),
        communes(xa, (MissingUnit("x3", "Xã 3"), MissingUnit("x4", "Xã 4")), COUNTED),
        LevelSheet("Tự nguyện", "đơn vị", COUNTED, tuple(own), counts=False),
    )


def test_totals_of_the_province_are_worked_out_from_the_levels():
    said = lines(recomputed(province())[SUMMARY])
    assert said["Số đơn vị phải báo cáo"] == [1, 4, 5]
    assert said["Số đơn vị đã có số liệu"] == [1, 2, 3]
    assert said["Trong đó: sau hạn"] == [1, 0, 1]
    assert said["Số đơn vị chưa có số liệu"] == [0, 2, 2]
    assert said["Hồ sơ đã giải quyết"] == ["Không phát sinh", 1000, 1000]
    assert said["Số lần đánh giá: số đơn vị có từ 1 trở lên"] == [0, 1, 1]
    assert said["Tình trạng: Đã công bố"] == [0, 1, 1]
    assert said["Nguồn"] == [15_000_000, None, 15_000_000]
    assert said["Nguồn: Địa phương"] == [10_000_000, None, 10_000_000]
    assert said["Số đơn vị có: ngày công bố"] == [0, 1, 1]


def test_shares_come_from_the_sums_and_not_from_the_shares_of_units():
    said = lines(recomputed(province())[SUMMARY])
    assert said["Tỷ lệ đúng hạn"] == ["Chưa có số liệu", 0.59, 0.59]  # not the mean of 90% and 55,6%
    assert said["Tỷ lệ đơn vị đã có số liệu"] == [1, 0.5, 0.6]


def test_unit_that_owes_no_report_is_in_no_total_of_the_province():
    book = recomputed(province())
    assert book["Tự nguyện"]["A3"].value.startswith("1 đơn vị tự nguyện gửi")
    assert 7777 not in [cell for figures in lines(book[SUMMARY]).values() for cell in figures]


FIGURE = st.one_of(st.integers(0, 10**6).map(Value.of), st.just(NONE_ARISING), st.just(BLANK))
UNIT = st.fixed_dictionaries({}, optional=dict.fromkeys(("done", "ontime", "audits"), FIGURE))


@settings(max_examples=15, deadline=None)
@given(st.lists(UNIT, max_size=6), st.lists(UNIT, max_size=6))
def test_values_shown_are_those_another_program_works_out(agencies, xa):
    rows = [[UnitRow(f"u{n}", f"Đơn vị {n}", u) for n, u in enumerate(units)] for units in (agencies, xa)]
    data = table(
        LevelSheet(AGENCIES, "cơ quan", COUNTED, tuple(rows[0])), communes(rows[1], MISSING, COUNTED)
    )
    shown, worked = opened(data, values=True), recomputed(data)
    for sheet in shown:
        for cells, others in zip(sheet.iter_rows(), worked[sheet.title].iter_rows(), strict=True):
            for one, other in zip(cells, others, strict=True):
                # A formula of no text at all is read back as an empty cell, or as "".
                assert (one.value or None) == (other.value or None) or one.value == pytest.approx(other.value)
    numbers = [u["done"].given for u in [*agencies, *xa] if "done" in u and u["done"].is_given]
    assert lines(worked[SUMMARY])["Hồ sơ đã giải quyết"][-1] == sum(numbers) or not numbers


# Nothing runs

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
OURS = re.compile(r"=(IF|COUNT|COUNTIF|COUNTA)\(|='[\w ,]+'!|=COUNTA")


@pytest.mark.parametrize("text", DANGEROUS)
def test_text_of_a_user_never_runs_as_a_formula(text):
    row = UnitRow("=code", text, {**VALUES, "difficulties": Value.of(text)}, district=text, note=text)
    missing = MissingUnit("=code", text, note=text)
    book = opened(table(communes([row], [missing]), title=text, period_label=text, notes=(text,)))
    for sheet in book:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.data_type == "f":
                    assert OURS.match(cell.value)
                    assert text.strip() not in cell.value
                elif isinstance(cell.value, str):
                    assert cell.value[0] not in "=+-@\t\r＝＋－＠"


def test_list_of_an_officer_keeps_its_look():
    assert plain("- Thiếu máy tính") == "– Thiếu máy tính"
    assert plain("Thiếu máy tính") == "Thiếu máy tính"


def test_table_file_has_a_name_that_every_system_takes():
    assert period_filename("Thanh Hóa", "kỳ 10/2026") == "Tổng hợp ISO - Thanh Hóa - kỳ 10-2026.xlsx"


def test_totals_come_first_then_the_levels_then_the_missing():
    book = load_workbook(io.BytesIO(render("period_xlsx", province())))
    assert book.sheetnames == [SUMMARY, AGENCIES, COMMUNES, "Tự nguyện", MISSING_SHEET]
