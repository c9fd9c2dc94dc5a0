"""One level's sheet: a row for each unit that has reported, and under them sums that can be recomputed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from xlsxwriter.utility import xl_col_to_name, xl_range

from isobot.domain.amounts import amounts_in
from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Kind, Option, RollUp
from isobot.domain.numbers import format_date
from isobot.domain.values import Value, Values
from isobot.exports.cells import (
    CellValue,
    Formats,
    Worked,
    count_given,
    count_of,
    total_of,
    write,
)
from isobot.exports.tables import LevelSheet, PeriodTableData, UnitRow

HEADING_ROW = 4
"""Counted from zero; the lines above it are title, period, denominator, and the note on sums."""

_FROZEN_COLUMNS = 3
_NUMBERS = (Kind.INTEGER, Kind.MONEY, Kind.AMOUNTS)


@dataclass(frozen=True, slots=True)
class _About:
    """A column about the unit itself, before the figures."""

    heading: str
    width: int
    of: Callable[[UnitRow], CellValue]


_ABOUT = (
    _About("Mã đơn vị", 20, lambda row: row.code),
    _About("Tên đơn vị", 32, lambda row: row.name),
    _About("Huyện (trước 01/7/2025)", 16, lambda row: row.district),
    _About("Tình trạng báo cáo", 18, lambda row: row.status),
    _About("Ngày nộp", 12, lambda row: row.submitted_on),
    _About("Thời hạn", 12, lambda row: row.standing),
    _About("Bản", 6, lambda row: row.version),
    _About("Mã biên nhận", 18, lambda row: row.receipt),
    _About("Số, ngày văn bản", 18, lambda row: row.letter),
    _About("Ghi chú", 24, lambda row: row.note),
)
NAME_COLUMN, TIME_COLUMN = 2, 6


@dataclass(frozen=True, slots=True)
class Column:
    """A column of figures; money from several sources has one for each source, after their sum."""

    field: Field
    source: Option | None = None

    @property
    def heading(self) -> str:
        """Return what stands above it."""
        if self.source is not None:
            return f"{self.field.label}: {self.source.label} (đồng)"
        unit = self.field.unit or ("đồng" if self.field.kind in (Kind.MONEY, Kind.AMOUNTS) else "")
        return f"{self.field.label} ({unit})" if unit else self.field.label

    @property
    def is_number(self) -> bool:
        """Tell whether it is added up."""
        return self.field.kind in _NUMBERS

    def of(self, values: Values) -> CellValue:
        """Return what stands in the cell of a unit; None where the question did not arise."""
        value = values.get(self.field.key)
        if value is None:
            return None
        if value.is_blank or value.is_none_arising:
            return self.field.show(value)
        if self.field.kind is Kind.AMOUNTS:
            return self._amount(value)
        figure = value.figure
        return figure if figure is not None else self.field.show(value)

    def _amount(self, value: Value) -> CellValue:
        amounts = amounts_in(value)
        return sum(amounts.values()) if self.source is None else amounts.get(self.source.key)


@dataclass(slots=True)
class Drawn:
    """A sheet that is drawn: where its figures and sums stand, for the sheet of totals."""

    level: LevelSheet
    cells: dict[tuple[str, str], str] = field(default_factory=dict)
    """The range of a column, by the key of its field and of a source ("")."""
    values: dict[tuple[str, str], list[CellValue]] = field(default_factory=dict)
    sums: dict[tuple[str, str], tuple[str, Worked]] = field(default_factory=dict)
    """The cell of a column's sum, and the sum."""
    time_cells: str = ""
    name_cells: str = ""

    def reference(self, cells: str) -> str:
        """Write a cell or range of this sheet as another sheet names it."""
        return f"'{self.level.name.replace(chr(39), chr(39) * 2)}'!{cells}"


def columns_of(level: LevelSheet) -> list[Column]:
    """Return the columns of figures in the order of the form, the texts at the end."""
    figures = [f for f in level.form.fields if f.kind is not Kind.TEXT]
    texts = [f for f in level.form.fields if f.kind is Kind.TEXT]
    return [
        column
        for item in figures + texts
        for column in (
            Column(item),
            *(Column(item, source) for source in (item.choices if item.kind is Kind.AMOUNTS else ())),
        )
    ]


def draw_level(sheet: Any, data: PeriodTableData, level: LevelSheet, formats: Formats) -> Drawn:
    """Write heads, figures and totals of a level; return where they stand, for what refers to them."""
    _title(sheet, data, level, formats)
    _printable(sheet)
    columns = columns_of(level)
    start = len(_ABOUT) + 1
    _heads(sheet, columns, start, formats)
    complete = [level.form.complete(row.values) for row in level.rows]
    for number, row in enumerate(level.rows, start=1):
        at = HEADING_ROW + number
        write(sheet, at, 0, number, formats)
        for offset, about in enumerate(_ABOUT, start=1):
            write(sheet, at, offset, about.of(row), formats)
    drawn = Drawn(level)
    if not level.rows:
        return drawn
    last = HEADING_ROW + len(level.rows)
    drawn.time_cells = xl_range(HEADING_ROW + 1, TIME_COLUMN, last, TIME_COLUMN)
    drawn.name_cells = xl_range(HEADING_ROW + 1, NAME_COLUMN, last, NAME_COLUMN)
    sheet.autofilter(HEADING_ROW, 0, last, start + len(columns) - 1)
    _total_heads(sheet, last, start + len(columns), formats)
    for offset, column in enumerate(columns):
        values = [column.of(row) for row in complete]
        for place, value in enumerate(values):
            write(sheet, HEADING_ROW + 1 + place, start + offset, value, formats)
        _column_totals(sheet, drawn, column, start + offset, last, values, formats)
    return drawn


def _heads(sheet: Any, columns: Sequence[Column], start: int, formats: Formats) -> None:
    write(sheet, HEADING_ROW, 0, "TT", formats, "head")
    sheet.set_column(0, 0, 5)
    for offset, about in enumerate(_ABOUT, start=1):
        write(sheet, HEADING_ROW, offset, about.heading, formats, "head")
        sheet.set_column(offset, offset, about.width)
    for offset, column in enumerate(columns):
        write(sheet, HEADING_ROW, start + offset, column.heading, formats, "head")
        sheet.set_column(start + offset, start + offset, 40 if column.field.kind is Kind.TEXT else 18)
    sheet.set_row(HEADING_ROW, 96)
    sheet.freeze_panes(HEADING_ROW + 1, _FROZEN_COLUMNS)


_TOTAL_HEADS = (
    "Tổng cộng",
    "Số đơn vị có số liệu",
    f"Số đơn vị “{NONE_ARISING_LABEL}”",
    f"Số đơn vị “{BLANK_LABEL}”",
)


def _total_heads(sheet: Any, last: int, width: int, formats: Formats) -> None:
    for offset, label in enumerate(_TOTAL_HEADS, start=1):
        for column in range(width):
            sheet.write_blank(last + offset, column, None, formats["total"])
        write(sheet, last + offset, 2, label, formats, "total")
    sheet.set_row(last + len(_TOTAL_HEADS) + 1, 48)


def _column_totals(
    sheet: Any,
    drawn: Drawn,
    column: Column,
    at: int,
    last: int,
    values: list[CellValue],
    formats: Formats,
) -> None:
    """Write a column's sum as a formula, and under it how many units it is made of."""
    key = (column.field.key, column.source.key if column.source else "")
    cells = xl_range(HEADING_ROW + 1, at, last, at)
    drawn.cells[key], drawn.values[key] = cells, values
    if column.is_number:
        total = total_of(cells, values)
        drawn.sums[key] = (f"{xl_col_to_name(at)}{last + 2}", total)
        write(sheet, last + 1, at, total, formats)
        numbers = sum(1 for value in values if isinstance(value, int))
        write(sheet, last + 2, at, Worked(f"=COUNT({cells})", numbers), formats)
    elif column.field.roll_up is not RollUp.NONE:
        write(sheet, last + 2, at, count_given(cells, values), formats)
    write(sheet, last + 3, at, count_of(cells, values, NONE_ARISING_LABEL), formats)
    write(sheet, last + 4, at, count_of(cells, values, BLANK_LABEL), formats)
    if column.field.total_label:
        write(sheet, last + 5, at, column.field.total_label, formats, "label")


def _printable(sheet: Any) -> None:
    """Print on A4 across, the heads and the unit on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C&P/&N")
    sheet.repeat_rows(HEADING_ROW)
    sheet.repeat_columns(0, _FROZEN_COLUMNS - 1)


def _title(sheet: Any, data: PeriodTableData, level: LevelSheet, formats: Formats) -> None:
    due = f", hạn {format_date(data.last_day)}" if data.last_day else ""
    write(sheet, 0, 0, f"{data.title} - {level.name}", formats, "title")
    write(sheet, 1, 0, f"{data.province_name} - {data.period_label}{due}", formats, "bold")
    counted = level.denominator[0].upper() + level.denominator[1:]
    write(sheet, 2, 0, f"{counted}; lập ngày {format_date(data.made_on)}", formats, "bold")
    note = (
        f"Tổng chỉ cộng các đơn vị đã báo cáo. “{BLANK_LABEL}” và “{NONE_ARISING_LABEL}” không phải là số 0."
    )
    write(sheet, 3, 0, note, formats, "note")
