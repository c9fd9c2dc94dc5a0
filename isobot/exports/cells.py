"""Cells of a spreadsheet: text that no program runs, real numbers and days, formulas with their values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL
from isobot.domain.text import nfc

MOST_CHARACTERS = 32_767
"""What one cell of a spreadsheet holds."""

_LEADING = "=+-@\t\r＝＋－＠"

CellValue = int | float | str | date | None
Formats = Mapping[str, Any]

WORDS = (BLANK_LABEL, NONE_ARISING_LABEL)
"""What stands in a cell of figures instead of a number; no sum takes them for zero."""


@dataclass(frozen=True, slots=True)
class Worked:
    """A formula, and the value it gives, for programs that show a file without computing it."""

    formula: str
    value: int | float | str


def plain(text: str) -> str:
    """Make a text that no spreadsheet program runs as a formula, not even after a trip through CSV.

    A leading hyphen of a list becomes a dash; any other leading sign gets an apostrophe before it.
    """
    cleaned = re.sub(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]", "", nfc(text)).strip(" \t\n")
    cleaned = cleaned[: MOST_CHARACTERS - 1]
    if re.match(r"- \w", cleaned):
        return f"–{cleaned[1:]}"
    return f"'{cleaned}" if cleaned.startswith(tuple(_LEADING)) else cleaned


def write(
    sheet: Any, row: int, column: int, value: CellValue | Worked, formats: Formats, style: str = ""
) -> None:
    """Write a cell by its type: text only ever as text. `style` names a format, else the type does."""
    if isinstance(value, Worked):
        sheet.write_formula(row, column, value.formula, formats[style or "total"], value.value)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, formats[style or "text"])
    elif isinstance(value, str):
        sheet.write_string(row, column, plain(value), formats[style or "text"])
    elif isinstance(value, date):
        moment = datetime.combine(value, datetime.min.time())
        sheet.write_datetime(row, column, moment, formats[style or "date"])
    else:
        sheet.write_number(row, column, value, formats[style or "integer"])


def total_of(cells: str, values: Sequence[CellValue]) -> Worked:
    """Add up a column: of no figure at all there is no zero, but the word that stands there."""
    numbers = [value for value in values if isinstance(value, int)]
    said = next((word for word in WORDS if word in values), "")
    choice = '""'
    for word in reversed(WORDS):
        choice = f'IF(COUNTIF({cells},"{word}")>0,"{word}",{choice})'
    return Worked(f"=IF(COUNT({cells})>0,SUM({cells}),{choice})", sum(numbers) if numbers else said)


def count_of(cells: str, values: Sequence[CellValue], word: str) -> Worked:
    """Count the cells that hold a word, or with ">0" the numbers above zero."""
    if word == ">0":
        found = sum(1 for value in values if isinstance(value, int) and value > 0)
    else:
        found = sum(1 for value in values if value == word)
    return Worked(f'=COUNTIF({cells},"{word.replace(chr(34), chr(34) * 2)}")', found)


def count_given(cells: str, values: Sequence[CellValue]) -> Worked:
    """Count the cells that hold a figure, a day or a text, and not a word in its place."""
    minus = "".join(f'-COUNTIF({cells},"{word}")' for word in WORDS)
    given = [value for value in values if value not in (None, "", *WORDS)]
    return Worked(f"=COUNTA({cells}){minus}", len(given))


def make_formats(book: Any) -> dict[str, Any]:
    """Make every format of the workbook, by name."""
    base = {"font_name": "Times New Roman", "font_size": 12, "valign": "vcenter"}
    cell = {**base, "border": 1, "text_wrap": True}
    total = {**cell, "bold": True, "bg_color": "#F3F3F3"}
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
        "total": book.add_format({**total, "num_format": "#,##0"}),
        "sum": book.add_format({**cell, "num_format": "#,##0"}),
        "share": book.add_format({**cell, "num_format": "0.0%"}),
        "group": book.add_format({**cell, "bold": True, "bg_color": "#F3F3F3"}),
    }
