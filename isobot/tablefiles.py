"""A table in a file that somebody made, CSV or Excel, as rows of text."""

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

from isobot.domain.text import nfc

MOST_BYTES = 5_000_000
MOST_ROWS = 20_000


class Unreadable(Exception):
    """The file as a whole cannot be read; the message is for the person who chose it."""


def read_rows(path: Path) -> list[tuple[int, list[str]]]:
    """Read the rows that hold something, each with its number in the file.

    Raises:
        Unreadable: the file as a whole is of no use.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Unreadable(f"Tệp lớn hơn {MOST_BYTES // 1_000_000} MB. Hãy chia nhỏ tệp.")
        rows = _read_workbook(path) if path.suffix.lower() == ".xlsx" else _read_csv(path)
    except OSError as error:
        raise Unreadable(f"Không mở được tệp {path.name}. Hãy kiểm tra tên và đường dẫn.") from error
    if len(rows) > MOST_ROWS:
        raise Unreadable(f"Tệp có hơn {MOST_ROWS} dòng. Hãy chia nhỏ tệp.")
    return rows


def _read_csv(path: Path) -> list[tuple[int, list[str]]]:
    if path.suffix.lower() not in (".csv", ".txt", ".tsv"):
        raise Unreadable(f"Tệp {path.name} không phải .csv hoặc .xlsx.")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("Tệp không ở bảng mã UTF-8. Trong Excel, chọn lưu dạng “CSV UTF-8”.") from error
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        rows = [(reader.line_num, [_clean(cell) for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise Unreadable(f"Dòng {reader.line_num} không đọc được; kiểm tra dấu ngoặc kép.") from error
    return [(number, cells) for number, cells in rows if any(cells)]


def _read_workbook(path: Path) -> list[tuple[int, list[str]]]:
    from isobot.workbooks import BROKEN_WORKBOOK, load_workbook  # slow to load, and a start needs none

    try:
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            sheet = next(iter(book.worksheets), None)
            values = sheet.iter_rows(max_row=MOST_ROWS + 2, values_only=True) if sheet else ()
            rows = [(number, [_cell(v) for v in row]) for number, row in enumerate(values, start=1)]
        finally:
            book.close()
    except BROKEN_WORKBOOK as error:
        raise Unreadable("Tệp .xlsx bị hỏng hoặc không phải Excel. Hãy mở và lưu lại.") from error
    return [(number, cells) for number, cells in rows if any(cells)]


def _cell(value: Any) -> str:
    """Write a workbook's value as a person would type it."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value.day}/{value.month}/{value.year}"
    if isinstance(value, bool):
        return "có" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _clean(str(value))


def _clean(text: str) -> str:
    return " ".join(nfc(text).split())
