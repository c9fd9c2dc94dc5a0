"""Filled workbooks read back: what each cell says, and which cells cannot be used.

Nothing is guessed and nothing is dropped: a cell that does not fit is named, with what was read in it
and what is expected. An empty cell is no answer and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from isobot.domain.forms import BLANK_LABEL, Field, Form, Kind
from isobot.domain.text import fold, shorten
from isobot.domain.values import Value
from isobot.errors import AnswerRefused

GUIDE_SHEET = "Hướng dẫn"
RULE_LABEL = "Mã chế độ báo cáo"
PERIOD_LABEL = "Mã kỳ báo cáo"
KEY_ROW = 3
"""The hidden row that names the columns, counted from 1; headings stand below it."""
FIRST_ROW = KEY_ROW + 2
CODE, NAME, REASON_COLUMN = "ma_don_vi", "ten_don_vi", "ly_do"

Cell = str | int | float | bool | date | datetime | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook: its rows by number, counted from 1.

    `uncounted` are the cells with a formula that no program has worked out.
    """

    name: str
    rows: Mapping[int, Sequence[Cell]]
    uncounted: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one cell, or with a whole sheet where `cell` is ""."""

    sheet: str
    cell: str
    message: str

    def __str__(self) -> str:
        place = f"Ô {self.cell}, trang “{self.sheet}”" if self.cell else f"Trang “{self.sheet}”"
        return f"{place}: {self.message}" if self.sheet else self.message


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One unit's row: its answers in the form's order, the cell of each, and the reason for odd figures."""

    sheet: str
    number: int
    unit: str
    answers: Mapping[str, Value]
    cells: Mapping[str, str]
    reason: str = ""


def columns_of(form: Form) -> tuple[Field, ...]:
    """Return the questions that have a column: all but the computed ones, and files, which no cell holds."""
    return tuple(f for f in form.fields if f.computed is None and f.kind is not Kind.FILE)


def header_of(sheets: Sequence[Sheet]) -> tuple[str, str]:
    """Return the rule and period that the guide sheet names, "" where it names none."""
    guide = next((s for s in sheets if s.name == GUIDE_SHEET), None)
    said = {str(row[0]): str(row[1]) for row in guide.rows.values() if len(row) > 1} if guide else {}
    return said.get(RULE_LABEL, ""), said.get(PERIOD_LABEL, "")


def is_table(sheet: Sheet) -> bool:
    """Tell whether a sheet holds rows of units."""
    return CODE in (sheet.rows.get(KEY_ROW) or ())


def units_on(sheet: Sheet) -> dict[int, str]:
    """Return the unit's code of each row that answers something."""
    keys = [str(key or "") for key in sheet.rows[KEY_ROW]]
    at = keys.index(CODE)
    uncounted = {int(cell.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) for cell in sheet.uncounted}
    ignored = {at, *(i for i, key in enumerate(keys) if key in (NAME, ""))}
    return {
        number: text_of(row[at]).strip().lower() if at < len(row) else ""
        for number, row in sorted(sheet.rows.items())
        if number >= FIRST_ROW
        and (number in uncounted or any(text_of(c) for i, c in enumerate(row) if i not in ignored))
    }


def read_row(
    sheet: Sheet, number: int, unit: str, form: Form, *, today: date
) -> tuple[FilledRow, list[CellProblem]]:
    """Read the answers of one unit, and every cell that cannot be read."""
    row = sheet.rows[number]
    columns = {str(key): index for index, key in enumerate(sheet.rows[KEY_ROW]) if key}
    answers: dict[str, Value] = {}
    cells: dict[str, str] = {}
    problems: list[CellProblem] = []
    for asked in columns_of(form):
        index = columns.get(asked.key)
        if index is None:
            continue
        place = f"{column_name(index)}{number}"
        cells[asked.key] = place
        if place in sheet.uncounted:
            problems.append(CellProblem(sheet.name, place, _UNCOUNTED))
            continue
        said = text_of(row[index]) if index < len(row) else ""
        if not said:
            continue
        try:
            answers[asked.key] = asked.parse(_in_words(said), today=today)
        except AnswerRefused as refused:
            told = f"Mục {asked.number}. Đọc được “{shorten(said, 60)}”. {refused}"
            problems.append(CellProblem(sheet.name, place, told))
    at = columns.get(REASON_COLUMN, len(row))
    reason = text_of(row[at]) if at < len(row) else ""
    return FilledRow(sheet.name, number, unit, answers, cells, reason), problems


_UNCOUNTED = "công thức chưa có giá trị. Mở tệp bằng Excel, lưu lại, hoặc gõ thẳng con số."


def unknown_columns(sheet: Sheet, form: Form) -> list[CellProblem]:
    """Name the columns that the form does not have, so that no figure is passed over in silence."""
    known = {CODE, NAME, REASON_COLUMN, *(f.key for f in columns_of(form))}
    return [
        CellProblem(
            sheet.name, f"{column_name(index)}{KEY_ROW}", f"Biểu không có mục “{key}”. Hãy xóa cột này."
        )
        for index, key in enumerate(sheet.rows[KEY_ROW])
        if key and str(key) not in known
    ]


def _in_words(said: str) -> str:
    """Take "Chưa có số liệu", as the workbook offers it, for an answer left blank."""
    return "để trống" if fold(said) == fold(BLANK_LABEL) else said


def text_of(cell: Cell) -> str:
    """Write a cell as a person would type it: 1234.0 as "1234", half as "0,5", a day as 12/9/2026."""
    match cell:
        case None:
            return ""
        case bool():
            return "có" if cell else "không"
        case datetime() | date():
            return f"{cell.day}/{cell.month}/{cell.year}"
        case float():
            return str(int(cell)) if cell.is_integer() else str(cell).replace(".", ",")
        case int():
            return str(cell)
    return cell.strip()


def column_name(index: int) -> str:
    """Return the letters of a column counted from 0: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
