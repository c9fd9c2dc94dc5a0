"""Workbooks that people send back: every sheet as plain cells, whatever else is in the file left out."""

import io
from collections.abc import Sequence
from typing import Any

from isobot.domain.bulk import Cell, Sheet, column_name
from isobot.errors import AnswerRefused

MOST_BYTES = 5_000_000
MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_SHEETS = 20


def read_sheets(content: bytes) -> tuple[Sheet, ...]:
    """Read the cells of a workbook.

    Raises:
        AnswerRefused: it is no workbook, is broken, or holds more than anybody would fill in.
    """
    if len(content) > MOST_BYTES:
        raise AnswerRefused(f"Tệp lớn hơn {MOST_BYTES // 1_000_000} MB. Hãy bỏ hình ảnh, hoặc chia nhỏ.")
    from isobot.workbooks import BROKEN_WORKBOOK  # slow to load, and a start needs none

    try:
        values, formulas = _cells(content, computed=True), _cells(content, computed=False)
    except BROKEN_WORKBOOK as error:
        raise AnswerRefused(
            "Tệp không mở được như một bảng tính .xlsx. Hãy mở bằng Excel và lưu lại dạng .xlsx."
        ) from error
    return tuple(Sheet(name, rows, _uncounted(rows, formulas[name])) for name, rows in values.items())


Rows = dict[int, tuple[Cell, ...]]


def _cells(content: bytes, *, computed: bool) -> dict[str, Rows]:
    from isobot.workbooks import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=computed)
    try:
        return {
            sheet.title: {
                number: _row(row)
                for number, row in enumerate(
                    sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True), start=1
                )
                if any(cell is not None for cell in row)
            }
            for sheet in book.worksheets[:MOST_SHEETS]
        }
    finally:
        book.close()


def _row(row: Sequence[Any]) -> tuple[Cell, ...]:
    return tuple(cell if cell is None or isinstance(cell, Cell) else str(cell) for cell in row)


def _uncounted(values: Rows, formulas: Rows) -> frozenset[str]:
    """Find the formulas that no program has worked out, which would read as empty cells."""
    return frozenset(
        f"{column_name(index)}{number}"
        for number, row in formulas.items()
        for index, cell in enumerate(row)
        if isinstance(cell, str)
        and cell.startswith("=")
        and (number not in values or index >= len(values[number]) or values[number][index] is None)
    )
