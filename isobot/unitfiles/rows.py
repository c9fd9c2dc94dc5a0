"""Reads one row of a table of units: what its cells say, and what is wrong with them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from isobot.domain.text import fold, shorten
from isobot.domain.units import Level, Province, Unit, is_code, make_code
from isobot.unitfiles.provinces import load_provinces

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


class UnitRow:
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
