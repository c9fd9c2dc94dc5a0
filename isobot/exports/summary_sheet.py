"""The sheet of totals: a column for each level, one for the province, each figure a formula of the levels."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

from isobot.domain.forms import BLANK_LABEL, NONE_ARISING_LABEL, Field, Kind, Ratio, RollUp
from isobot.domain.numbers import format_date
from isobot.exports.cells import CellValue, Formats, Worked, count_given, count_of, write
from isobot.exports.level_sheet import Drawn
from isobot.exports.tables import PeriodTableData

SUMMARY_SHEET = "Tổng hợp"
HEADING_ROW = 4
_LABEL, _UNIT, _FIRST = 1, 2, 3
_LONG = 60
"""Characters; a longer label takes two lines."""


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the sheet: what it is, and its formula at each level (None where it has none)."""

    label: str
    unit: str
    cells: tuple[Worked | int | None, ...]
    key: str = ""
    """What it is the sum of, for the shares below."""


OWED, REPORTED = "#owed", "#reported"


def draw_summary(
    sheet: Any, data: PeriodTableData, levels: Sequence[Drawn], missing: str, formats: Formats
) -> None:
    """Draw the totals; `missing` is the range of the level of each unit on the sheet of the missing."""
    counting = [drawn for drawn in levels if drawn.level.counts]
    page = _Page(sheet, formats, [drawn.level.name for drawn in counting])
    page.heads(data)
    page.group("Báo cáo đã nhận")
    for line in _reporting(counting, missing):
        page.line(line)
    page.share("Tỷ lệ đơn vị đã có số liệu", REPORTED, OWED)
    page.group("Số liệu của các đơn vị đã báo cáo")
    for line in _figures(counting):
        page.line(line)
    ratios = [ratio for ratio in _ratios(counting) if ratio.part in page.rows and ratio.whole in page.rows]
    if ratios:
        page.group("Tỷ lệ (tính lại từ các tổng ở trên)")
    for ratio in ratios:
        page.share(ratio.label, ratio.part, ratio.whole)
    page.notes(data.notes)


class _Page:
    """The sheet as it grows downwards; it knows where each sum stands and what it is."""

    def __init__(self, sheet: Any, formats: Formats, levels: Sequence[str]) -> None:
        self.rows: dict[str, int] = {}
        self._values: dict[int, list[CellValue]] = {}
        self._sheet = sheet
        self._formats = formats
        self._levels = levels
        self._at = HEADING_ROW + 1
        self._number = 0

    def heads(self, data: PeriodTableData) -> None:
        """Write title and heads, and set the sheet up for print."""
        sheet, formats = self._sheet, self._formats
        due = f", hạn {format_date(data.last_day)}" if data.last_day else ""
        counted = data.denominator[0].upper() + data.denominator[1:]
        write(sheet, 0, 0, data.title, formats, "title")
        write(sheet, 1, 0, f"{data.province_name} - {data.period_label}{due}", formats, "bold")
        write(sheet, 2, 0, f"{counted}; lập ngày {format_date(data.made_on)}", formats, "bold")
        note = "Đơn vị chưa báo cáo không được tính là số 0; tên các đơn vị này ở trang “Chưa báo cáo”."
        write(sheet, 3, 0, note, formats, "note")
        for column, head in enumerate(("TT", "Nội dung", "Đơn vị tính", *self._levels, "Toàn tỉnh")):
            write(sheet, HEADING_ROW, column, head, formats, "head")
            sheet.set_column(column, column, {0: 5, _LABEL: 62, _UNIT: 14}.get(column, 18))
        sheet.freeze_panes(HEADING_ROW + 1, _FIRST)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.6, right=0.4, top=0.6, bottom=0.6)
        sheet.set_footer("&C&P/&N")
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(HEADING_ROW)

    def group(self, title: str) -> None:
        """Write the heading of some lines."""
        for column in range(_FIRST + len(self._levels) + 1):
            write(self._sheet, self._at, column, title if column == _LABEL else None, self._formats, "group")
        self._at += 1

    def line(self, line: _Line) -> None:
        """Write a line, with the province's figure at its end."""
        self._begin(line.label, line.unit)
        cells = (*line.cells, _over_levels(self._at, line.cells))
        for offset, cell in enumerate(cells):
            style = "text" if cell is None else "sum"
            write(self._sheet, self._at, _FIRST + offset, cell, self._formats, style)
        if line.key:
            self.rows[line.key] = self._at
        self._end([cell.value if isinstance(cell, Worked) else cell for cell in cells])

    def share(self, label: str, part: str, whole: str) -> None:
        """Write a share worked out from the sums of two lines above."""
        self._begin(label, "%")
        rows = self.rows[part], self.rows[whole]
        shares: list[CellValue] = []
        for offset in range(len(self._levels) + 1):
            above, below = (self._values[row][offset] for row in rows)
            shares.append(_share(above, below))
            one, all_ = (xl_rowcol_to_cell(row, _FIRST + offset) for row in rows)
            formula = (
                f"=IF(AND(ISNUMBER({one}),ISNUMBER({all_})),"
                f'IF({all_}>0,{one}/{all_},"{BLANK_LABEL}"),"{BLANK_LABEL}")'
            )
            worked = Worked(formula, _share(above, below))
            write(self._sheet, self._at, _FIRST + offset, worked, self._formats, "share")
        self._end(shares)

    def notes(self, notes: Sequence[str]) -> None:
        """Write what a reader must know, below everything."""
        for offset, note in enumerate(notes, start=1):
            write(self._sheet, self._at + offset, 0, note, self._formats, "note")

    def _begin(self, label: str, unit: str) -> None:
        self._number += 1
        if len(label) > _LONG:
            self._sheet.set_row(self._at, 34)
        write(self._sheet, self._at, 0, self._number, self._formats)
        write(self._sheet, self._at, _LABEL, label, self._formats)
        write(self._sheet, self._at, _UNIT, unit, self._formats)

    def _end(self, values: list[CellValue]) -> None:
        self._values[self._at] = values
        self._at += 1


def _share(part: CellValue, whole: CellValue) -> float | str:
    if isinstance(part, int | float) and isinstance(whole, int | float) and whole > 0:
        return part / whole
    return BLANK_LABEL


def _over_levels(at: int, cells: Sequence[Worked | int | None]) -> Worked:
    """Add the levels up: where none has a number, the word stays a word."""
    span = xl_range(at, _FIRST, at, _FIRST + len(cells) - 1)
    values = [cell.value if isinstance(cell, Worked) else cell for cell in cells]
    numbers = [value for value in values if isinstance(value, int | float)]
    formula = (
        f'=IF(COUNT({span})>0,SUM({span}),IF(COUNTIF({span},"{NONE_ARISING_LABEL}")>0,'
        f'"{NONE_ARISING_LABEL}","{BLANK_LABEL}"))'
    )
    word = NONE_ARISING_LABEL if NONE_ARISING_LABEL in values else BLANK_LABEL
    return Worked(formula, sum(numbers) if numbers else word)


def _reporting(levels: Sequence[Drawn], missing: str) -> Iterator[_Line]:
    """Count who owed a report and who sent one; the register stands on the sheets, not in the reports."""
    names = [(drawn, drawn.reference(drawn.name_cells) if drawn.name_cells else "") for drawn in levels]

    def owed(drawn: Drawn, cells: str) -> Worked:
        there = f"COUNTA({cells})+" if cells else ""
        formula = f'={there}COUNTIF({missing},"{drawn.level.name}")'
        return Worked(formula, len(drawn.level.rows) + len(drawn.level.missing))

    yield _Line("Số đơn vị phải báo cáo", "đơn vị", tuple(owed(*each) for each in names), OWED)
    yield _Line(
        "Số đơn vị đã có số liệu",
        "đơn vị",
        tuple(Worked(f"=COUNTA({cells})", len(d.level.rows)) if cells else 0 for d, cells in names),
        REPORTED,
    )
    for standing in ("đúng hạn", "trong thời gian gia hạn", "sau hạn"):
        cells = tuple(
            count_of(d.reference(d.time_cells), [row.standing for row in d.level.rows], standing)
            if d.time_cells
            else 0
            for d in levels
        )
        yield _Line(f"Trong đó: {standing}", "đơn vị", cells)
    yield _Line(
        "Số đơn vị chưa có số liệu",
        "đơn vị",
        tuple(Worked(f'=COUNTIF({missing},"{d.level.name}")', len(d.level.missing)) for d in levels),
    )


def _figures(levels: Sequence[Drawn]) -> Iterator[_Line]:
    fields = {field.key: field for drawn in levels for field in drawn.level.form.fields}
    for field in fields.values():
        yield from _of_field(field, levels)


def _of_field(field: Field, levels: Sequence[Drawn]) -> Iterator[_Line]:
    key = (field.key, "")
    match field.roll_up:
        case RollUp.SUM | RollUp.SUM_BY | RollUp.UNITS_WITH:
            unit = field.unit or ("đồng" if field.kind in (Kind.MONEY, Kind.AMOUNTS) else "")
            label = f"{field.label} ({_lower(field.total_label)})" if field.total_label else field.label
            yield _Line(label, unit, _sums(key, levels), field.key)
            if field.roll_up is RollUp.UNITS_WITH:
                above = tuple(_counted(d, key, ">0") for d in levels)
                yield _Line(f"{field.label}: số đơn vị có từ 1 trở lên", "đơn vị", above)
            for source in field.choices if field.kind is Kind.AMOUNTS else ():
                yield _Line(f"{field.label}: {source.label}", "đồng", _sums((field.key, source.key), levels))
        case RollUp.COUNT_BY:
            for option in field.options:
                cells = tuple(_counted(d, key, option.label) for d in levels)
                yield _Line(f"{field.label}: {option.label}", "đơn vị", cells)
        case RollUp.COUNT_GIVEN:
            cells = tuple(
                count_given(d.reference(d.cells[key]), d.values[key]) if key in d.cells else None
                for d in levels
            )
            yield _Line(f"Số đơn vị có: {_lower(field.label)}", "đơn vị", cells)


def _sums(key: tuple[str, str], levels: Sequence[Drawn]) -> tuple[Worked | None, ...]:
    found = (drawn.sums.get(key) for drawn in levels)
    return tuple(
        Worked(f"={drawn.reference(at[0])}", at[1].value) if at else None
        for drawn, at in zip(levels, found, strict=True)
    )


def _counted(drawn: Drawn, key: tuple[str, str], word: str) -> Worked | None:
    if key not in drawn.cells:
        return None
    return count_of(drawn.reference(drawn.cells[key]), drawn.values[key], word)


def _ratios(levels: Sequence[Drawn]) -> list[Ratio]:
    return list({ratio.key: ratio for drawn in levels for ratio in drawn.level.form.ratios}.values())


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
