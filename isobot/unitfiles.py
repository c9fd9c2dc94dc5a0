"""Tables of units: those that ship with isobot, and those an office imports (CSV or Excel).

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

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from isobot.datafiles import data_dir, read_yaml
from isobot.domain.text import fold, shorten
from isobot.domain.units import Level, PlanGroup, Province, Unit, UnitDirectory, is_code, make_code
from isobot.errors import DataFileError
from isobot.tablefiles import Unreadable, read_rows

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
_LEVELS = {
    "so": Level.SO,
    "ban": Level.SO,
    "nganh": Level.SO,
    "so ban nganh": Level.SO,
    "cap tinh": Level.SO,
    "tinh": Level.SO,
    "chi cuc": Level.CHI_CUC,
    "chi-cuc": Level.CHI_CUC,
    "huyen": Level.HUYEN,
    "cap huyen": Level.HUYEN,
    "thanh pho": Level.HUYEN,
    "thi xa": Level.HUYEN,
    "xa": Level.XA,
    "cap xa": Level.XA,
    "phuong": Level.XA,
    "thi tran": Level.XA,
    "dac khu": Level.XA,
}
_KINDS = ("xã", "phường", "thị trấn", "đặc khu", "huyện", "thành phố", "thị xã", "quận")
_YES = {"co", "x", "yes", "true", "1"}
_NO = {"", "khong", "no", "false", "0"}
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong in one row, in Vietnamese; row 1 is the heading, row 0 the file itself."""

    row: int
    message: str

    def __str__(self) -> str:
        return f"Dòng {self.row}: {self.message}" if self.row else self.message


@dataclass(frozen=True, slots=True)
class UnitTable:
    """A table as read. Use the units only where there is no problem."""

    units: tuple[Unit, ...]
    problems: tuple[RowProblem, ...]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _GroupEntry(_Strict):
    name: str
    count: int
    level: Level | None = None
    note: str = ""


class _ProvinceEntry(_Strict):
    slug: str
    name: str
    prefix: str
    now: str
    aliases: tuple[str, ...] = ()
    groups: tuple[_GroupEntry, ...] = ()
    note: str = ""
    reports_to: tuple[str, ...] = ()


class _ProvinceFile(_Strict):
    provinces: tuple[_ProvinceEntry, ...]


@cache
def load_provinces() -> Mapping[str, Province]:
    """Return the provinces by slug, in the order of their file."""
    entries = read_yaml(data_dir() / "units" / "provinces.yaml", _ProvinceFile).provinces
    return {
        e.slug: Province(
            slug=e.slug,
            name=e.name,
            prefix=e.prefix,
            now=e.now,
            aliases=e.aliases,
            groups=tuple(PlanGroup(g.name, g.count, g.level, g.note) for g in e.groups),
            note=e.note,
            reports_to=e.reports_to,
        )
        for e in entries
    }


@cache
def load_units() -> tuple[Unit, ...]:
    """Return every unit that ships with isobot, province by province, those of the plan first.

    Raises:
        DataFileError: a row of a file cannot be used, a code stands twice, or a successor is unknown.
    """
    found: list[Unit] = []
    for slug in load_provinces():
        for path in (data_dir() / "units" / f"{slug}.csv", data_dir() / "units" / f"{slug}-hien-nay.csv"):
            if path.exists():
                found += _shipped(path, {unit.code for unit in found})
    known = {unit.code for unit in found}
    for unit in found:
        for code in unit.successors:
            if code not in known:
                path = data_dir() / "units" / f"{unit.province}.csv"
                raise DataFileError(path, unit.code, f"unknown successor {code}", mend="correct the code")
    return tuple(found)


def shipped_units() -> UnitDirectory:
    """Return the shipped units as a directory."""
    return UnitDirectory(load_units())


def _shipped(path: Path, taken: Collection[str]) -> tuple[Unit, ...]:
    table = parse_unit_table(path, check_successors=False)
    for problem in table.problems:
        place = f"row {problem.row}"
        raise DataFileError(path, place, problem.message, mend="correct this row")
    for unit in table.units:
        if unit.code in taken:
            raise DataFileError(path, unit.code, "this code stands twice", mend="give one another code")
    return table.units


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
        row = _Row(number, {key: cells[i] for i, key in columns.items() if i < len(cells)}, province)
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


class _Row:
    """One row being read; what does not fit is noted, and reading goes on."""

    def __init__(self, number: int, cells: Mapping[str, str], province: str) -> None:
        self.number = number
        self.problems: list[RowProblem] = []
        self._cells = cells
        self._default_province = province

    def unit(self) -> Unit | None:
        """Return the unit of this row, or None where a problem stands in the way."""
        name = self._text("name")
        if not name:
            self._problem("Thiếu tên đơn vị.")
        province = self._province()
        level = self._level()
        valid_from, valid_to = self._day("valid_from", "từ ngày"), self._day("valid_to", "đến ngày")
        if valid_from and valid_to and valid_to < valid_from:
            self._problem("Đến ngày sớm hơn từ ngày.")
        year = self._number("plan_year", "năm", 1990, 2100)
        number = self._number("plan_number", "số thứ tự", 1, 100_000)
        voluntary = self._flag("voluntary", "tự nguyện")
        lead, demo = self._flag("lead_office", "cơ quan đầu mối"), self._flag("demo", "dữ liệu thử")
        code = self._code(name, province, level)
        if self.problems or province is None or level is None:
            return None
        unit = Unit(code=code, name=name, province=province.slug, level=level)
        return replace(
            unit,
            district=_district(self._text("district")),
            true_district=_district(self._text("true_district")),
            kind=self._text("kind").lower() or _kind_in(name),
            valid_from=valid_from,
            valid_to=valid_to,
            successors=tuple(word.lower() for word in self._list("successors")),
            parent=self._text("parent").lower(),
            plan_year=year,
            plan_groups=self._list("plan_groups"),
            plan_number=number,
            printed_name=self._text("printed_name"),
            aliases=self._list("aliases"),
            note=self._text("note"),
            demo=demo,
            lead_office=lead,
            voluntary=voluntary,
        )

    def _text(self, key: str) -> str:
        return self._cells.get(key, "")

    def _list(self, key: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in self._text(key).split(";") if part.strip())

    def _problem(self, message: str) -> None:
        self.problems.append(RowProblem(self.number, message))

    def _province(self) -> Province | None:
        written = self._text("province") or self._default_province
        if not written:
            self._problem("Thiếu tỉnh.")
            return None
        wanted = fold(written).removeprefix("tinh ")
        for province in load_provinces().values():
            if wanted in (province.slug, *(fold(n) for n in (province.name, *province.aliases))):
                return province
        names = ", ".join(p.name for p in load_provinces().values())
        self._problem(f"Không có tỉnh “{shorten(written, 40)}”. Dùng một trong: {names}.")
        return None

    def _level(self) -> Level | None:
        written = self._text("level")
        level = _LEVELS.get(re.sub(r"[,/ ]+", " ", fold(written)))
        if level is None:
            what = f"Không hiểu cấp “{shorten(written, 40)}”" if written else "Thiếu cấp"
            self._problem(f"{what}. Dùng một trong: sở, chi cục, huyện, xã.")
        return level

    def _code(self, name: str, province: Province | None, level: Level | None) -> str:
        code = self._text("code").lower()
        if not code and name and province and level:
            code = make_code(province.prefix, level, name, _district(self._text("district")))
        elif not code:
            return ""
        if not is_code(code):
            self._problem(
                f"Mã “{shorten(code, 40)}” không đúng: chỉ dùng chữ không dấu, số, gạch nối và dấu chấm, "
                "ví dụ th.ba-thuoc.thanh-son."
            )
        elif province and not code.startswith(province.prefix + "."):
            self._problem(f"Mã “{code}” của tỉnh {province.name} phải bắt đầu bằng “{province.prefix}.”.")
        return code

    def _number(self, key: str, title: str, least: int, most: int) -> int | None:
        written = self._text(key)
        if not written:
            return None
        digits = written.rstrip(".")
        if not (digits.isascii() and digits.isdigit()) or not least <= int(digits) <= most:
            said = shorten(written, 40)
            self._problem(f"Cột {title}: “{said}” không phải số nguyên từ {least} đến {most}.")
            return None
        return int(digits)

    def _day(self, key: str, title: str) -> date | None:
        written = self._text(key)
        match = _DAY.fullmatch(written)
        if match:
            day, month, year = (int(part) for part in match.groups())
            try:
                return date(year, month, day)
            except ValueError:
                match = None
        if written:
            said = shorten(written, 40)
            self._problem(f"Cột {title}: “{said}” không phải ngày. Viết như 30/6/2025.")
        return None

    def _flag(self, key: str, title: str) -> bool:
        written = fold(self._text(key))
        if written not in _YES | _NO:
            self._problem(f"Cột {title}: “{shorten(written, 40)}” không rõ. Ghi “có” hoặc để trống.")
        return written in _YES


def _district(text: str) -> str:
    """Drop the kind before a district's name: "Huyện Bá Thước" becomes "Bá Thước"."""
    return re.sub(r"^(huyện|thành phố|thị xã|quận)\s+(?=\S)", "", text, flags=re.IGNORECASE)


def _kind_in(name: str) -> str:
    words = name.removeprefix("UBND ").removeprefix("Ủy ban nhân dân ")
    begins: Callable[[str], bool] = words.lower().startswith
    return next((kind for kind in _KINDS if begins(kind + " ")), "")
