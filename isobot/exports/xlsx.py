"""The receiving office's tables of one period, as a spreadsheet whose totals the reader can recompute.

Three kinds of cell are told apart: a number (zero among them), "Không phát sinh", "Chưa có số liệu".
A missing unit stands on a sheet of its own and never counts as zero.
"""

import io
from datetime import datetime
from typing import Any

import xlsxwriter

from isobot.exports.cells import Formats, make_formats, plain, write
from isobot.exports.level_sheet import draw_level
from isobot.exports.summary_sheet import SUMMARY_SHEET, draw_summary
from isobot.exports.tables import PeriodTableData

MISSING_SHEET = "Chưa báo cáo"
_MISSING_HEAD = 2
_LEVEL_COLUMN = "E"


def period_xlsx(data: PeriodTableData) -> bytes:
    """Make the workbook: totals first, a sheet for each level, and the missing units at the end."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties(
            {"title": plain(data.title), "created": datetime.combine(data.made_on, datetime.min.time())}
        )
        formats = make_formats(book)
        summary = book.add_worksheet(SUMMARY_SHEET)
        drawn = [draw_level(book.add_worksheet(s.name), data, s, formats) for s in data.sheets]
        last = _missing(book.add_worksheet(MISSING_SHEET), data, formats)
        levels = f"'{MISSING_SHEET}'!${_LEVEL_COLUMN}${_MISSING_HEAD + 2}:${_LEVEL_COLUMN}${last + 1}"
        draw_summary(summary, data, drawn, levels, formats)
    return file.getvalue()


def _missing(sheet: Any, data: PeriodTableData, formats: Formats) -> int:
    """List the units whose figures are not here, and return the last row."""
    write(sheet, 0, 0, f"Đơn vị chưa có số liệu - {data.period_label}", formats, "title")
    headings = ("TT", "Mã đơn vị", "Tên đơn vị", "Huyện (trước 01/7/2025)", "Cấp", "Tình trạng", "Ghi chú")
    for column, (heading, width) in enumerate(zip(headings, (5, 20, 32, 16, 18, 28, 40), strict=True)):
        write(sheet, _MISSING_HEAD, column, heading, formats, "head")
        sheet.set_column(column, column, width)
    sheet.freeze_panes(_MISSING_HEAD + 1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_MISSING_HEAD)
    sheet.set_footer("&C&P/&N")
    at = _MISSING_HEAD
    for level in data.sheets:
        for unit in level.missing:
            at += 1
            write(sheet, at, 0, at - _MISSING_HEAD, formats)
            cells = (unit.code, unit.name, unit.district, level.name, unit.standing, unit.note)
            for column, text in enumerate(cells, start=1):
                write(sheet, at, column, text, formats)
    if at == _MISSING_HEAD:
        at += 1
        write(sheet, at, 0, "Các đơn vị đều đã báo cáo.", formats, "note")
    return at
