"""Reporting units (đơn vị báo cáo): their codes, their days of existence, who followed whom.

A name is no key: two communes of one plan are called Thành Sơn, and three of another Đăk Long. A code is,
such as "th.ba-thuoc.thanh-son" for a commune of the plan, "th.pu-luong" for one of today, and
"kt.so-tu-phap" for an agency.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from isobot.domain.text import fold, nfc

PARTING = date(2025, 7, 1)
"""From this day there are no districts, and communes are those of the reform of 2025."""

_NOT_WORD = re.compile(r"[^\w]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LONG_UBND = re.compile(r"\bu[\u0300-\u0323]*y[\u0300-\u0323]* ban nh\S+n d\S+n\b")
_NOT_CODE = re.compile(r"[^a-z0-9]+")
_CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)+")


class Level(StrEnum):
    """The level of a unit (cấp); cards and rules name whom they concern by it."""

    SO = "so"
    """An agency of the province: sở, ban, ngành, văn phòng."""
    CHI_CUC = "chi-cuc"
    HUYEN = "huyen"
    XA = "xa"
    """A commune: xã, phường, thị trấn, đặc khu."""

    @property
    def label(self) -> str:
        """Return the Vietnamese words for the level."""
        return _LEVEL_LABELS[self]


_LEVEL_LABELS = {
    Level.SO: "sở, ban, ngành cấp tỉnh",
    Level.CHI_CUC: "chi cục",
    Level.HUYEN: "UBND cấp huyện",
    Level.XA: "UBND cấp xã",
}


@dataclass(frozen=True, slots=True)
class PlanGroup:
    """A group that a plan counts without naming its members, or names in one breath (nhóm)."""

    name: str
    count: int
    level: Level | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Province:
    """A province whose document isobot knows (tỉnh), and what became of it in 2025."""

    slug: str
    name: str
    prefix: str
    """How the codes of its units begin: "th"."""
    now: str
    """The name of the province that its land belongs to today."""
    aliases: tuple[str, ...] = ()
    groups: tuple[PlanGroup, ...] = ()
    note: str = ""
    reports_to: tuple[str, ...] = ()
    """To whom the lead office sends the province's report, as its document says."""

    @property
    def merged(self) -> bool:
        """Tell whether it is now part of a province of another name."""
        return self.now != self.name


@dataclass(frozen=True, slots=True)
class Unit:
    """One reporting unit.

    `district` is the heading it stands under in the document, which is what the document counts by;
    `true_district` is given only where that heading is wrong. `valid_to` is the last day it existed.
    """

    code: str
    name: str
    province: str
    level: Level
    district: str = ""
    true_district: str = ""
    kind: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    plan_year: int | None = None
    plan_groups: tuple[str, ...] = ()
    plan_number: int | None = None
    printed_name: str = ""
    aliases: tuple[str, ...] = ()
    note: str = ""
    demo: bool = False
    lead_office: bool = False
    parent: str = ""
    """The code of the unit right above, where the list gives it; a commune's district is found by name."""
    voluntary: bool = False
    """It may report and need not (tự nguyện): it is never missing, and its figures are totalled apart."""

    @property
    def in_plan(self) -> bool:
        """Tell whether the province's document names this unit in its roster."""
        return self.plan_year is not None

    @property
    def plan_group(self) -> str:
        """Return the first of its groups in the plan, "" where it has none."""
        return self.plan_groups[0] if self.plan_groups else ""

    @property
    def bare_name(self) -> str:
        """Return the name without UBND and kind: "Thành Sơn"; an agency's name stays whole."""
        bare = self.name.removeprefix("UBND ")
        return bare.removeprefix(self.kind).strip() if bare != self.name else self.name

    @property
    def place_name(self) -> str:
        """Return the name with its district, to tell namesakes apart: "UBND xã Thành Sơn (Bá Thước)"."""
        district = self.true_district or self.district
        return f"{self.name} ({district})" if district and self.level is Level.XA else self.name

    def active_on(self, day: date) -> bool:
        """Tell whether the unit exists on a day; dates not known count as open."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day <= self.valid_to)


def is_code(text: str) -> bool:
    """Tell whether a text has the shape of a code: ASCII words with hyphens, joined by dots."""
    return _CODE.fullmatch(text) is not None


def make_code(prefix: str, level: Level, name: str, district: str = "") -> str:
    """Make the code of a unit whose list gives none.

    A commune's code names the district, if there is one, and leaves its own kind out.
    """
    words = _slug(name)
    if level is Level.XA:
        words = re.sub(r"^(ubnd-|uy-ban-nhan-dan-)?(xa-|phuong-|thi-tran-|dac-khu-)?", "", words)
    elif level is Level.HUYEN:
        words = re.sub(r"^(ubnd-|uy-ban-nhan-dan-)?", "", words)
    return ".".join(part for part in (prefix, _slug(district), words) if part)


def _slug(text: str) -> str:
    return _NOT_CODE.sub("-", fold(text).replace("'", "").replace("’", "")).strip("-")


class UnitDirectory:
    """All units, found by code, by name, and along the reform of 2025."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self._by_code = {unit.code: unit for unit in units}
        self._by_words: dict[str, list[Unit]] = defaultdict(list)
        self._spelt: dict[str, set[str]] = {}
        self._former: dict[str, list[Unit]] = defaultdict(list)
        self._above: dict[str, Unit] = {}
        self._below: dict[str, tuple[Unit, ...]] = {}
        for unit in self._by_code.values():
            ways = _ways_to_say(unit)
            self._spelt[unit.code] = ways
            for words in {fold(way) for way in ways}:
                self._by_words[words].append(unit)
            for successor in unit.successors:
                self._former[successor].append(unit)
        self._link_parents()

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Unit | None:
        """Return the unit of a code, however its letters are cased; None where there is none."""
        return self._by_code.get(code.strip().lower())

    def find(
        self, text: str, *, province: str = "", district: str = "", on: date | None = None
    ) -> tuple[Unit, ...]:
        """Return every unit that a name may mean; the caller asks back when there are several.

        Case, "UBND", the kind and a district behind the name may be there or not: "Thành Sơn",
        "UBND xã Thanh Son", "xã Thành Sơn, huyện Bá Thước". Marks may be left out; where they are given
        and fit some unit, they tell Thành Sơn from Thanh Sơn. With `on`, only units that exist that day.
        """
        spelling = _spell(text).removeprefix("ubnd ")
        hits = self._by_words.get(fold(spelling), [])
        wanted = _words(district)
        found = tuple(
            unit
            for unit in hits
            if (not province or unit.province == province)
            and (not wanted or wanted in (_words(unit.district), _words(unit.true_district)))
            and (on is None or unit.active_on(on))
        )
        return tuple(u for u in found if spelling in self._spelt[u.code]) or found

    def of_province(self, province: str, level: Level | None = None) -> tuple[Unit, ...]:
        """Return the units of a province in the order of its document, old and new alike."""
        return tuple(u for u in self if u.province == province and level in (None, u.level))

    def roster(
        self, province: str, *, level: Level | None = None, district: str = "", year: int | None = None
    ) -> tuple[Unit, ...]:
        """Return the units that the document names, as it prints them: by its headings and its years."""
        wanted = _words(district)
        return tuple(
            unit
            for unit in self.of_province(province, level)
            if unit.in_plan and wanted in ("", _words(unit.district)) and year in (None, unit.plan_year)
        )

    def districts(self, province: str) -> tuple[str, ...]:
        """Return the district headings of a province's roster, in the document's order."""
        headings = (u.district for u in self.of_province(province, Level.XA) if u.in_plan and u.district)
        return tuple(dict.fromkeys(headings))

    def active_on(self, day: date, province: str = "") -> tuple[Unit, ...]:
        """Return the units that exist on a day."""
        return tuple(u for u in self if u.active_on(day) and province in ("", u.province))

    def lead_office(self, province: str) -> Unit | None:
        """Return the office that receives the reports of a province (cơ quan đầu mối)."""
        return next((u for u in self if u.lead_office and u.province == province), None)

    def successors_of(self, code: str) -> tuple[Unit, ...]:
        """Return what a unit became; two where its land was split, none where it has no heir."""
        unit = self.get(code)
        names = unit.successors if unit else ()
        return tuple(self._by_code[name] for name in names if name in self._by_code)

    def predecessors_of(self, code: str) -> tuple[Unit, ...]:
        """Return the units of the plan that went, wholly or in part, into this one."""
        return tuple(self._former.get(code, ()))

    def children(self, code: str) -> tuple[Unit, ...]:
        """Return the units that really belonged to one, wherever the document printed them."""
        return self._below.get(code, ())

    def children_of(self, code: str, on: date) -> tuple[Unit, ...]:
        """Return the units right below one on a day; none where that unit did not exist that day."""
        parent = self.get(code)
        if parent is None or not parent.active_on(on):
            return ()
        return tuple(u for u in self.children(code) if u.active_on(on))

    def parent_of(self, unit: Unit, on: date) -> Unit | None:
        """Return the unit right above on a day: a commune's district until 30/6/2025, a chi cục's sở.

        None for what stands right under the province: since the parting that is every commune.
        """
        above = self._above.get(unit.code)
        return above if above is not None and above.active_on(on) and unit.active_on(on) else None

    def _link_parents(self) -> None:
        # Two districts of different provinces may share a name, so the province is part of the key.
        districts = {(u.province, _words(u.bare_name)): u for u in self if u.level is Level.HUYEN}
        below: dict[str, list[Unit]] = defaultdict(list)
        for unit in self:
            above = self._by_code.get(unit.parent) if unit.parent else None
            if above is None and unit.level is Level.XA and (unit.true_district or unit.district):
                above = districts.get((unit.province, _words(unit.true_district or unit.district)))
            if above is not None and above is not unit:
                self._above[unit.code] = above
                below[above.code].append(unit)
        self._below = {code: tuple(units) for code, units in below.items()}


def _ways_to_say(unit: Unit) -> set[str]:
    """List the ways to name a unit, marks kept, each also with its district."""
    names = {unit.name, unit.bare_name, unit.printed_name, *unit.aliases}
    if unit.level in (Level.XA, Level.HUYEN):
        short = [alias for alias in unit.aliases if not fold(alias).startswith(fold(unit.kind) + " ")]
        names |= {f"{unit.kind} {alias}" for alias in short}
    ways = {_spell(name).removeprefix("ubnd ") for name in names} - {""}
    links = ("", "huyện ", "thành phố ", "tp ")
    for district in {unit.district, unit.true_district} - {""}:
        ways |= {_spell(f"{way} {link}{district}") for way in tuple(ways) for link in links}
    return ways


def _spell(text: str) -> str:
    """Bring a name to lower-case words with marks, wherever the tone was put ("hoà" or "hòa")."""
    # Official lists write both Đăk and Đắk for the same places.
    lower = nfc(text).casefold().replace("đắk", "đăk").replace("'", "").replace("’", "")
    bare = _NOT_WORD.sub(" ", lower)
    words = " ".join(_tone_last(word) for word in bare.split())
    return _LONG_UBND.sub("ubnd", words)


def _tone_last(word: str) -> str:
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(c for c in letters if c in _TONES)
    return "".join(c for c in letters if c not in _TONES) + tones


def _words(text: str) -> str:
    """Fold a name down to its words."""
    return fold(_spell(text))
