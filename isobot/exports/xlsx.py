"""The receiving office's table of one period, as a spreadsheet whose totals the reader can recompute.

Three kinds of cell are told apart: a number (zero among them), "Không phát sinh", "Chưa có số liệu".
A missing unit stands on a sheet of its own and never counts as zero.
"""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Form, Kind
from isobot.domain.numbers import format_date
from isobot.domain.text import nfc
from isobot.domain.values import Value, Values

FIGURES_SHEET = "Số liệu"
MISSING_SHEET = "Chưa báo cáo"

MOST_CHARACTERS = 32_767
"""What one cell of a spreadsheet holds."""

_LEADING = "=+-@\t\r＝＋－＠"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit that has reported. `values` are those of the version that counts."""

    code: str
    name: str
    values: Values
    district: str = ""
    status: str = ""
    submitted_on: date | None = None
    late: bool = False
    version: int = 1
    receipt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MissingUnit:
    """One unit that ought to have reported and has not."""

    code: str
    name: str
    district: str = ""
    contact: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PeriodTableData:
    """One period of one province: who has reported what, and who has not."""

    title: str
    province_name: str
    period_label: str
    last_day: date | None
    made_on: date
    form: Form
    rows: tuple[UnitRow, ...]
    missing: tuple[MissingUnit, ...] = ()
    unit_word: str = "đơn vị"

    @property
    def denominator(self) -> str:
        """Say how many of how many have reported: "đã báo cáo 87/124 xã"."""
        return f"đã báo cáo {len(self.rows)}/{len(self.rows) + len(self.missing)} {self.unit_word}"


def period_filename(province_name: str, period_label: str) -> str:
    """Name the file, with nothing a file system minds."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "-", nfc(f"Tổng hợp ISO - {province_name} - {period_label}"))
    return re.sub(r"\s+", " ", name).strip()[:150] + ".xlsx"


def period_xlsx(data: PeriodTableData) -> bytes:
    """Make the workbook: a sheet of figures with totals, and a sheet of the missing units."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(
            {"title": plain(data.title), "created": datetime.combine(data.made_on, datetime.min.time())}
        )
        formats = _formats(book)
        _figures(book.add_worksheet(FIGURES_SHEET), data, formats)
        _missing(book.add_worksheet(MISSING_SHEET), data, formats)
    return file.getvalue()


def plain(text: str) -> str:
    """Make a text that no spreadsheet program runs as a formula, not even after a trip through CSV.

    A leading hyphen of a list becomes a dash; any other leading sign gets an apostrophe before it.
    """
    cleaned = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", nfc(text)).strip(" \t\n")
    cleaned = cleaned[: MOST_CHARACTERS - 1]
    if re.match(r"- \w", cleaned):
        return f"–{cleaned[1:]}"
    return f"'{cleaned}" if cleaned.startswith(tuple(_LEADING)) else cleaned


@dataclass(frozen=True, slots=True)
class _Column:
    """A column about the unit itself, before the figures."""

    heading: str
    width: int
    of: Callable[[UnitRow], str | int | date | None]


_ABOUT = (
    _Column("Mã đơn vị", 20, lambda row: row.code),
    _Column("Tên đơn vị", 32, lambda row: row.name),
    _Column("Huyện (trước 01/7/2025)", 16, lambda row: row.district),
    _Column("Tình trạng báo cáo", 18, lambda row: row.status),
    _Column("Ngày nộp", 12, lambda row: row.submitted_on),
    _Column("Trễ hạn", 9, lambda row: "Trễ" if row.late else "Đúng hạn"),
    _Column("Bản", 6, lambda row: row.version),
    _Column("Mã biên nhận", 18, lambda row: row.receipt),
    _Column("Ghi chú", 24, lambda row: row.note),
)
_WORDS = (BLANK_LABEL, NONE_ARISING_LABEL)
_FROZEN_COLUMNS = 3
_HEADING_ROW = 4
"""Counted from zero; the lines above it are title, period, denominator, and the note on sums."""


def _figures(sheet: Any, data: PeriodTableData, formats: dict[str, Any]) -> None:
    _title(sheet, data, formats)
    _printable(sheet)
    fields = [field for field in data.form.fields if field.kind is not Kind.TEXT]
    texts = [field for field in data.form.fields if field.kind is Kind.TEXT]
    shown = fields + texts
    _write(sheet, _HEADING_ROW, 0, "TT", formats["head"])
    for offset, about in enumerate(_ABOUT, start=1):
        _write(sheet, _HEADING_ROW, offset, about.heading, formats["head"])
        sheet.set_column(offset, offset, about.width)
    start = len(_ABOUT) + 1
    for offset, field in enumerate(shown):
        _write(sheet, _HEADING_ROW, start + offset, _heading(field), formats["head"])
        sheet.set_column(start + offset, start + offset, 40 if field.kind is Kind.TEXT else 18)
    sheet.set_column(0, 0, 5)
    sheet.set_row(_HEADING_ROW, 96)
    sheet.freeze_panes(_HEADING_ROW + 1, _FROZEN_COLUMNS)
    complete = [data.form.complete(row.values) for row in data.rows]
    for number, (row, values) in enumerate(zip(data.rows, complete, strict=True), start=1):
        at = _HEADING_ROW + number
        sheet.write_number(at, 0, number, formats["integer"])
        for offset, about in enumerate(_ABOUT, start=1):
            _write(sheet, at, offset, about.of(row), formats)
        for offset, field in enumerate(shown):
            _figure(sheet, at, start + offset, field, values.get(field.key), formats)
    if data.rows:
        last = _HEADING_ROW + len(data.rows)
        sheet.autofilter(_HEADING_ROW, 0, last, start + len(shown) - 1)
        _totals(sheet, last, start, fields, complete, formats)


def _printable(sheet: Any) -> None:
    """Print on A4 across, the heads and the unit on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(_HEADING_ROW)
    sheet.repeat_columns(0, _FROZEN_COLUMNS - 1)


def _title(sheet: Any, data: PeriodTableData, formats: dict[str, Any]) -> None:
    due = f", hạn {format_date(data.last_day)}" if data.last_day else ""
    _write(sheet, 0, 0, data.title, formats["title"])
    _write(sheet, 1, 0, f"{data.province_name} - {data.period_label}{due}", formats["bold"])
    counted = data.denominator[0].upper() + data.denominator[1:]
    _write(sheet, 2, 0, f"{counted}; lập ngày {format_date(data.made_on)}", formats["bold"])
    note = (
        f"Tổng chỉ cộng các đơn vị đã báo cáo. “{BLANK_LABEL}” và “{NONE_ARISING_LABEL}” không phải là số 0."
    )
    _write(sheet, 3, 0, note, formats["note"])


def _heading(field: Field) -> str:
    unit = f" ({field.unit})" if field.unit else ""
    return f"{field.label}{unit}"


def _figure(
    sheet: Any, row: int, column: int, field: Field, value: Value | None, formats: dict[str, Any]
) -> None:
    """Write one value; a question that did not apply stays an empty cell."""
    if value is None:
        sheet.write_blank(row, column, None, formats["text"])
    elif value.is_blank or value.is_none_arising or field.kind not in (Kind.INTEGER, Kind.MONEY, Kind.DATE):
        _write(sheet, row, column, field.show(value), formats)
    else:
        figure = value.figure
        _write(sheet, row, column, figure if figure is not None else field.show(value), formats)


def _totals(
    sheet: Any,
    last: int,
    start: int,
    fields: Sequence[Field],
    rows: Sequence[Values],
    formats: dict[str, Any],
) -> None:
    """Write the sums as formulas, and under them how many units each is made of.

    The values go beside the formulas for programs that show a file without computing it.
    """
    lines = (
        "Tổng cộng",
        "Số đơn vị có số liệu",
        f"Số đơn vị “{NONE_ARISING_LABEL}”",
        f"Số đơn vị “{BLANK_LABEL}”",
    )
    for offset, label in enumerate(lines):
        for column in range(start + len(fields)):
            sheet.write_blank(last + 1 + offset, column, None, formats["total"])
        _write(sheet, last + 1 + offset, 2, label, formats["total"])
    for offset, field in enumerate(fields):
        column = xl_col_to_name(start + offset)
        cells = f"{column}{_HEADING_ROW + 2}:{column}{last + 1}"
        values = [row[field.key] for row in rows if field.key in row]
        none = sum(1 for value in values if value.is_none_arising)
        blank = sum(1 for value in values if value.is_blank)
        numbers = [v.figure for v in values if v.is_given and isinstance(v.figure, int)]
        at = start + offset
        if field.kind in (Kind.INTEGER, Kind.MONEY):
            total, formula = _sum(cells, numbers, [field.show(v) for v in values])
            sheet.write_formula(last + 1, at, formula, formats["total"], total)
            sheet.write_formula(last + 2, at, f"=COUNT({cells})", formats["total"], len(numbers))
        _count(sheet, last + 3, at, cells, NONE_ARISING_LABEL, none, formats)
        _count(sheet, last + 4, at, cells, BLANK_LABEL, blank, formats)
        if field.total_label:
            _write(sheet, last + 5, at, field.total_label, formats["label"])
            sheet.set_row(last + 5, 48)


def _sum(cells: str, numbers: Sequence[int], words: Sequence[str]) -> tuple[int | str, str]:
    """Return a total and its formula: of no figure at all there is no zero, but the word that is there."""
    said = next((word for word in _WORDS if word in words), "")
    choice = '""'
    for word in reversed(_WORDS):
        choice = f'IF(COUNTIF({cells},"{word}")>0,"{word}",{choice})'
    return sum(numbers) if numbers else said, f"=IF(COUNT({cells})>0,SUM({cells}),{choice})"


def _count(
    sheet: Any, row: int, at: int, cells: str, label: str, known: int, formats: dict[str, Any]
) -> None:
    sheet.write_formula(row, at, f'=COUNTIF({cells},"{label}")', formats["total"], known)


def _missing(sheet: Any, data: PeriodTableData, formats: dict[str, Any]) -> None:
    _write(sheet, 0, 0, f"{data.unit_word.capitalize()} chưa báo cáo - {data.period_label}", formats["title"])
    headings = (
        "TT",
        "Mã đơn vị",
        "Tên đơn vị",
        "Huyện (trước 01/7/2025)",
        "Người đã đăng ký với chatbot",
        "Ghi chú",
    )
    for column, (heading, width) in enumerate(zip(headings, (5, 20, 32, 16, 28, 40), strict=True)):
        _write(sheet, 2, column, heading, formats["head"])
        sheet.set_column(column, column, width)
    sheet.freeze_panes(3, 0)
    for number, unit in enumerate(data.missing, start=1):
        sheet.write_number(2 + number, 0, number, formats["integer"])
        for column, text in enumerate(
            (unit.code, unit.name, unit.district, unit.contact, unit.note), start=1
        ):
            _write(sheet, 2 + number, column, text, formats)
    if not data.missing:
        _write(sheet, 3, 0, "Không có đơn vị nào chưa báo cáo.", formats["note"])


def _write(sheet: Any, row: int, column: int, value: str | int | date | None, formats: Any) -> None:
    """Write a cell by its type: text only ever as text. `formats` is one format, or all of them by type."""
    many = isinstance(formats, dict)
    if value is None or value == "":
        sheet.write_blank(row, column, None, formats["text"] if many else formats)
    elif isinstance(value, str):
        sheet.write_string(row, column, plain(value), formats["text"] if many else formats)
    elif isinstance(value, int):
        sheet.write_number(row, column, value, formats["integer"] if many else formats)
    else:
        moment = datetime.combine(value, datetime.min.time())
        sheet.write_datetime(row, column, moment, formats["date"] if many else formats)


def _formats(book: Any) -> dict[str, Any]:
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
    cell = {**base, "border": 1, "text_wrap": True}
    return {
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "bold": book.add_format({**base, "bold": True}),
        "note": book.add_format({**base, "italic": True, "font_size": 11}),
        "label": book.add_format({**base, "italic": True, "font_size": 11, "text_wrap": True}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#E7EEF7"}),
        # Quoted as text, so that editing the cell in Excel does not turn it into a formula either.
        "text": book.add_format({**cell, "quote_prefix": True}),
        "integer": book.add_format({**cell, "num_format": "#,##0", "text_wrap": False}),
        "date": book.add_format({**cell, "num_format": "dd/mm/yyyy", "align": "center"}),
        "total": book.add_format({**cell, "bold": True, "num_format": "#,##0", "bg_color": "#F3F3F3"}),
    }
