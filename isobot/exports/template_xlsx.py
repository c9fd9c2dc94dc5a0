"""The workbook in which many units' figures are filled in at once: a row a unit, a column a question.

Row 3 is hidden and names each column by its field, so headings may be reworded and columns moved. What
an office types is read again by `isobot.domain.bulk`.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name

from isobot.domain.bulk import (
    CODE,
    FIRST_ROW,
    GUIDE_SHEET,
    KEY_ROW,
    NAME,
    PERIOD_LABEL,
    REASON_COLUMN,
    RULE_LABEL,
    columns_of,
)
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Form
from isobot.domain.numbers import format_date
from isobot.domain.text import shorten
from isobot.domain.units import Unit
from isobot.exports.cells import make_formats, write

_LISTS_SHEET = "Danh mục"
_SPARE_ROWS = 5
"""Rows below the last unit that still offer the choices, for a unit that was forgotten."""


@dataclass(frozen=True, slots=True)
class TemplateSheet:
    """The units of one level, and the form as they are asked it."""

    name: str
    form: Form
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class TemplateData:
    """What the workbook is made from."""

    rule: str
    period: str
    title: str
    period_label: str
    last_day: date
    sheets: tuple[TemplateSheet, ...]


def template_xlsx(data: TemplateData) -> bytes:
    """Make the workbook: how to fill it in, then a sheet for each level."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        formats = make_formats(book)
        _guide(book.add_worksheet(GUIDE_SHEET), data, formats)
        sheets = [(book.add_worksheet(sheet.name), sheet) for sheet in data.sheets]
        lists = _Lists(book.add_worksheet(_LISTS_SHEET), formats)
        for drawn, sheet in sheets:
            _fill(drawn, data, sheet, lists, formats)
        if sheets:
            sheets[0][0].activate()
    return file.getvalue()


def _guide(sheet: Any, data: TemplateData, formats: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    write(sheet, 0, 0, f"{data.title} - {data.period_label}", formats, "title")
    rows = [
        (RULE_LABEL, data.rule),
        (PERIOD_LABEL, data.period),
        ("Hạn cuối", format_date(data.last_day)),
        ("Cách nhập", "Mỗi dòng một đơn vị, mỗi cột một mục. Không đổi hai dòng mã trên và cột Mã đơn vị."),
        ("Ô trống", "Là chưa nhập: số đã có trong hệ thống được giữ nguyên."),
        ("Số 0", "Đếm được, bằng 0. Không có việc đó trong kỳ thì ghi chữ: " + NONE_ARISING_LABEL),
        ("Chưa có số", f"Ghi chữ: {BLANK_LABEL} (chỉ ở mục cho phép để trống)."),
        ("Ngày", "Viết ngày/tháng/năm, ví dụ 12/9/2026."),
        ("Số tiền", "Tính bằng đồng, hoặc viết “15 triệu”."),
        ("Lý do", "Số lạ (ví dụ tăng giảm quá nửa so với kỳ trước) cần lý do ở cột cuối, dùng cho cả dòng."),
        ("Gửi lại", "Gửi tệp này cho trợ lý trong trò chuyện, hoặc: isobot reports import TỆP --dry-run"),
    ]
    for at, (label, text) in enumerate(rows, start=2):
        write(sheet, at, 0, label, formats, "bold")
        write(sheet, at, 1, text, formats, "text")


class _Lists:
    """The choices of every field, each in a column of a hidden sheet, for the drop-downs to point at."""

    def __init__(self, sheet: Any, formats: dict[str, Any]) -> None:
        self._sheet = sheet
        self._formats = formats
        self._known: dict[tuple[str, ...], str] = {}
        sheet.hide()

    def source(self, labels: tuple[str, ...]) -> str:
        if labels not in self._known:
            column = len(self._known)
            for row, label in enumerate(labels):
                write(self._sheet, row, column, label, self._formats)
            name = xl_col_to_name(column)
            self._known[labels] = f"='{_LISTS_SHEET}'!${name}$1:${name}${len(labels)}"
        return self._known[labels]


def _fill(
    sheet: Any, data: TemplateData, part: TemplateSheet, lists: _Lists, formats: dict[str, Any]
) -> None:
    fields = columns_of(part.form)
    write(sheet, 0, 0, f"{data.title} - {data.period_label}", formats, "title")
    keys = (CODE, NAME, *(field.key for field in fields), REASON_COLUMN)
    heads = ("Mã đơn vị", "Tên đơn vị", *map(_heading, fields), "Lý do cho các số lạ")
    for column, (key, head) in enumerate(zip(keys, heads, strict=True)):
        write(sheet, KEY_ROW - 1, column, key, formats)
        write(sheet, KEY_ROW, column, head, formats, "head")
    sheet.set_row(KEY_ROW - 1, None, None, {"hidden": True})
    sheet.set_row(KEY_ROW, 90)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, len(keys) - 1, 20)
    sheet.freeze_panes(KEY_ROW + 1, 2)
    last = FIRST_ROW - 1 + len(part.units) + _SPARE_ROWS
    for row, unit in enumerate(part.units, start=FIRST_ROW - 1):
        write(sheet, row, 0, unit.code, formats)
        write(sheet, row, 1, unit.place_name, formats)
        for column in range(2, len(keys)):
            write(sheet, row, column, None, formats)
    for column, field in enumerate(fields, start=2):
        sheet.data_validation(FIRST_ROW - 1, column, last, column, _validation(field, lists))


def _heading(field: Field) -> str:
    unit = f" ({field.unit})" if field.unit else ""
    sometimes = "\nChỉ nhập khi áp dụng" if field.when is not None else ""
    return f"{field.number}. {field.label}{unit}{sometimes}"


def _validation(field: Field, lists: _Lists) -> dict[str, Any]:
    told = {"input_title": f"Mục {field.number}", "input_message": shorten(field.expected, 250)}
    if not field.options:
        return {"validate": "any", **told}
    labels = tuple(_labels(field))
    return {
        "validate": "list",
        "source": lists.source(labels),
        "error_type": "warning",
        "error_title": f"Mục {field.number}",
        "error_message": "Ô này không có trong danh sách lựa chọn.",
        **told,
    }


def _labels(field: Field) -> Iterable[str]:
    yield from (option.label for option in field.options)
    if not field.required:
        yield BLANK_LABEL
