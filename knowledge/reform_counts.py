"""How many units the reform of 2025 left of a province, a district or a plan, counted over the records."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence

from isobot.domain.admin_units import CurrentCommune, FormerCommune
from isobot.domain.former_units import AdminUnits
from isobot.domain.law import Citation, LegalDocument
from isobot.domain.place_names import name_key
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from knowledge.country import resolutions, with_catalogue
from knowledge.home import Home
from knowledge.model import Answer, Outcome
from knowledge.question import Question
from knowledge.reform import asks_how_many_left, asks_what_became_of_a_district
from knowledge.roster_absences import PLANS

_OF_THE_PLAN = re.compile(r"\b(?:ke hoach|danh sach|phu luc|lo trinh|iso)\b")
_SO_MANY = re.compile(r"\b(\d{2,3}) (?:xa|don vi|ubnd|phuong)\b")
_DISTRICT = re.compile(r"\b(?:huyen|thanh pho|thi xa) ((?:[a-z]+ ){0,2}[a-z]+)")
_MOST_NAMED = 12


class ReformCounts:
    """Counts what became of many units at once. The country's table is read when first needed."""

    def __init__(
        self,
        table: Callable[[], AdminUnits],
        units: UnitDirectory,
        documents: Mapping[str, LegalDocument],
        provinces: Mapping[str, Province],
    ) -> None:
        self._table = table
        self._units = units
        self._documents = documents
        self._provinces = provinces

    def answer(self, question: Question, scope: Sequence[str], home: Home) -> Answer | None:
        """Answer how many units are left of those asked about; None where nothing of the kind is asked."""
        asked = question.without_story()
        counting, parted = asks_how_many_left(question), asks_what_became_of_a_district(asked.folded)
        if len(scope) != 1 or not (counting or parted):
            return None
        (slug,) = scope
        district = self._district(asked, slug, home)
        if district:
            return self._of_district(district)
        if not counting:
            return None
        listed = self._units.roster(slug, level=Level.XA) if slug in PLANS else ()
        number = _SO_MANY.search(asked.folded)
        if listed and (asked.says(_OF_THE_PLAN) or (number and int(number[1]) == len(listed))):
            former = self._of_province(slug)
            if len(former) != len(listed):
                return self._of_plan(slug, listed)
        if asked.says(_OF_THE_PLAN):
            return None
        return self._of_whole_province(slug)

    def _of_province(self, slug: str) -> list[FormerCommune]:
        name = self._provinces[slug].name
        return [u for u in self._table().former if u.district.province.name == name]

    def _district(self, asked: Question, slug: str, home: Home) -> list[FormerCommune]:
        """Return the former communes of the district named, or of the asker's own."""
        communes = self._of_province(slug)
        names = [match.group(1).split() for match in _DISTRICT.finditer(asked.folded)]
        keys = {name_key(" ".join(words[:length])) for words in names for length in range(1, len(words) + 1)}
        named = _named(communes, keys)
        if named or not home.means_district(asked.folded):
            return named
        return _named(communes, {name_key(home.district)})

    def _of_district(self, communes: Sequence[FormerCommune]) -> Answer:
        heirs = self._heirs(communes)
        title = communes[0].district.title
        title = f"{title[0].upper()}{title[1:]}"
        text = f"{title} trước 1/7/2025 có {_counted(communes)}, nay thuộc {len(heirs)} đơn vị"
        if len(heirs) <= _MOST_NAMED:
            text += f": {', '.join(h.title for h in heirs)}"
        text += f" ({heirs[0].province.title}). Cấp huyện kết thúc hoạt động từ ngày đó."
        return self._with_source(text, heirs)

    def _of_whole_province(self, slug: str) -> Answer:
        communes = self._of_province(slug)
        heirs = self._heirs(communes)
        home, province = heirs[0].province, self._provinces[slug]
        today = [u for u in self._table().current.values() if u.province.code == home.code]
        text = f"Tỉnh {province.name} trước 1/7/2025 có {_counted(communes)}, nay thuộc {len(heirs)} đơn vị"
        text += f" của {home.title}." if province.merged else "."
        if len(today) != len(heirs):
            text += f" Toàn {home.title} hiện có {_counted(today)}."
        else:
            text += f" Gồm: {_kinds(today)}."
        return self._with_source(text, heirs)

    def _of_plan(self, slug: str, listed: Sequence[Unit]) -> Answer:
        now = {heir.code for unit in listed for heir in self._units.successors_of(unit.code)}
        years = Counter(u.plan_year for u in listed)
        named = ", ".join(f"năm {year}: {count}" for year, count in sorted(years.items(), key=str))
        text = f"{len(listed)} UBND cấp xã trong danh sách ({named}) từ 1/7/2025 thuộc {len(now)} đơn vị mới."
        plan = Citation(self._documents[slug], "Phụ lục")
        heirs = self._heirs(self._of_province(slug))
        cited = (plan, *resolutions(heirs))
        return Answer(Outcome.ANSWERED, with_catalogue(text, cited, self._table().version), cited)

    def _heirs(self, communes: Iterable[FormerCommune]) -> list[CurrentCommune]:
        found = {heir.code: heir for unit in communes for heir in self._table().heirs(unit)}
        return list(found.values())

    def _with_source(self, text: str, heirs: Sequence[CurrentCommune]) -> Answer:
        citations = resolutions(heirs)
        return Answer(Outcome.ANSWERED, with_catalogue(text, citations, self._table().version), citations)


def _named(communes: Sequence[FormerCommune], keys: set[str]) -> list[FormerCommune]:
    return [u for u in communes if name_key(u.district.name) in keys]


def _counted(units: Sequence[FormerCommune | CurrentCommune]) -> str:
    return f"{len(units)} đơn vị cấp xã ({_kinds(units)})"


def _kinds(units: Sequence[FormerCommune | CurrentCommune]) -> str:
    counts = Counter(u.kind for u in units)
    return ", ".join(f"{count} {kind}" for kind, count in counts.most_common())
