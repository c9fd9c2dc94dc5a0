"""Reads a table of units, shipped or imported by an office (CSV or Excel).

Both have the same columns, found by their heading, marks and case aside, in any order:

| heading | also | holds |
| --- | --- | --- |
| tên đơn vị | tên | required: "UBND xã Thành Sơn" |
| cấp | | required: sở, chi cục, huyện, xã (or the kind: phường, thị trấn, ...) |
| tỉnh | | name or slug; may be left out where the import says it |
| mã | mã đơn vị | the key; left blank it is made from province, district and name |
| loại | | xã, phường, thị trấn, đặc khu, huyện, thành phố; read from the name if blank |
| huyện | huyện cũ | the heading it stands under |
| huyện thực tế | | where that heading is wrong |
| năm | năm thực hiện | year or wave in the plan |
| số thứ tự | stt, tt | row number in the plan |
| nhóm | | groups in the plan, apart by ";" |
| tên in trong văn bản, tên gọi khác, ghi chú | | names apart by ";" |
| từ ngày, đến ngày | | days of existence, 30/6/2025 |
| đơn vị kế thừa | | codes, apart by ";" |
| đơn vị cấp trên | | the code of the unit right above; a commune's district is known by its name |
| cơ quan đầu mối, tự nguyện, dữ liệu thử | | có or blank; voluntary units may report and need not |
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from pathlib import Path

from isobot.domain.text import fold, shorten
from isobot.domain.units import Unit
from isobot.tablefiles import Unreadable, read_rows
from isobot.unitfiles.rows import RowProblem, UnitRow

_COLUMNS = {
    "ma": "code",
    "ma don vi": "code",
    "ten don vi": "name",
    "ten": "name",
    "cap": "level",
    "loai": "kind",
    "huyen": "district",
    "huyen cu": "district",
    "huyen thuc te": "true_district",
    "tinh": "province",
    "nam": "plan_year",
    "nam thuc hien": "plan_year",
    "so thu tu": "plan_number",
    "stt": "plan_number",
    "tt": "plan_number",
    "nhom": "plan_groups",
    "ten in trong van ban": "printed_name",
    "ten goi khac": "aliases",
    "tu ngay": "valid_from",
    "den ngay": "valid_to",
    "don vi ke thua": "successors",
    "don vi cap tren": "parent",
    "co quan dau moi": "lead_office",
    "tu nguyen": "voluntary",
    "du lieu thu": "demo",
    "ghi chu": "note",
}


@dataclass(frozen=True, slots=True)
class UnitTable:
    """A table as read. Use the units only where there is no problem."""

    units: tuple[Unit, ...]
    problems: tuple[RowProblem, ...]


def parse_unit_table(
    path: Path,
    *,
    province: str = "",
    known: Collection[str] = (),
    check_successors: bool = True,
) -> UnitTable:
    """Read a table and collect every problem in it; nothing is written anywhere.

    Args:
        path: a .csv file in UTF-8 (with a mark at its beginning or without; separated by a comma, a
            semicolon or a tab), or an .xlsx workbook, of which the first sheet is read.
        province: the slug for rows that name no province.
        known: codes that exist already, which a successor may name.
        check_successors: refuse successors that are neither in the table nor known.
    """
    try:
        rows = read_rows(path)
    except Unreadable as trouble:
        return UnitTable((), (RowProblem(0, str(trouble)),))
    if not rows:
        return UnitTable((), (RowProblem(0, "Tệp không có dòng nào."),))
    head_row, head = rows[0]
    columns, problems = _columns(head_row, head)
    units: dict[str, tuple[int, Unit]] = {}
    if problems:
        return UnitTable((), tuple(problems))
    for number, cells in rows[1:]:
        row = UnitRow(number, {key: cells[i] for i, key in columns.items() if i < len(cells)}, province)
        unit = row.unit()
        problems += row.problems
        if unit is None:
            continue
        if unit.code in units:
            first = units[unit.code][0]
            problems.append(RowProblem(number, f"Mã {unit.code} trùng với dòng {first}. Mỗi đơn vị một mã."))
            continue
        units[unit.code] = (number, unit)
    if len(rows) == 1:
        problems.append(RowProblem(0, "Tệp chỉ có dòng tiêu đề, chưa có đơn vị nào."))
    if check_successors:
        problems += _unknown_successors(units.values(), {*known, *units})
        problems += _unknown_parents(units.values(), {*known, *units})
    problems.sort(key=lambda problem: problem.row)
    return UnitTable(tuple(unit for _, unit in units.values()), tuple(problems))


def _unknown_successors(units: Iterable[tuple[int, Unit]], known: Collection[str]) -> list[RowProblem]:
    return [
        RowProblem(number, f"Đơn vị kế thừa “{code}” không có trong tệp và chưa có trong hệ thống.")
        for number, unit in units
        for code in unit.successors
        if code not in known
    ]


def _unknown_parents(units: Iterable[tuple[int, Unit]], known: Collection[str]) -> list[RowProblem]:
    return [
        RowProblem(number, f"Đơn vị cấp trên “{unit.parent}” không có trong tệp và chưa có trong hệ thống.")
        for number, unit in units
        if unit.parent and (unit.parent not in known or unit.parent == unit.code)
    ]


def _columns(number: int, head: list[str]) -> tuple[dict[int, str], list[RowProblem]]:
    """Find what each column holds."""
    columns: dict[int, str] = {}
    problems = []
    for index, title in enumerate(head):
        key = _COLUMNS.get(fold(title))
        if key is None:
            if title:
                problems.append(
                    RowProblem(number, f"Không hiểu cột “{shorten(title, 40)}”. Hãy xóa cột này.")
                )
        elif key in columns.values():
            problems.append(RowProblem(number, f"Cột “{title}” có hai lần."))
        else:
            columns[index] = key
    for needed, title in (("name", "tên đơn vị"), ("level", "cấp")):
        if needed not in columns.values():
            problems.append(RowProblem(number, f"Thiếu cột “{title}”. Dòng đầu của tệp phải là tên các cột."))
    return columns, problems
