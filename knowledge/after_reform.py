"""What the reform of 1 July 2025 made of units: of any commune of the country, and how many are left.

The rosters answer for the communes of the plans; what they do not know stands in the table of the country.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from isobot.adminfiles import load_admin_units
from isobot.domain.admin_units import FormerCommune
from isobot.domain.law import LegalDocument
from isobot.domain.place_names import PlaceName
from isobot.domain.units import Province, UnitDirectory
from knowledge.country import Country
from knowledge.home import Home
from knowledge.model import Answer
from knowledge.places import speaks_of_self
from knowledge.question import Question
from knowledge.reform import asks_own_past, asks_what_became, says_became
from knowledge.reform_counts import ReformCounts
from knowledge.rosters import Rosters


class AfterReform:
    """Answers for the units of before and after the reform that no roster answers for."""

    def __init__(
        self,
        documents: Mapping[str, LegalDocument],
        units: UnitDirectory,
        provinces: Mapping[str, Province],
        rosters: Rosters,
    ) -> None:
        self._units = units
        self._provinces = provinces
        self._rosters = rosters
        self._country = Country(load_admin_units)
        self._left = ReformCounts(load_admin_units, units, documents, provinces)

    def answer(self, read: Question, scope: Sequence[str], home: Home) -> Answer | None:
        """Tell what became of a commune that no plan names, or how many units are left.

        `scope` is the provinces that the question may be about, `home` the asker's unit.
        """
        mine = home.level == "xa" and speaks_of_self(read) and not home.means_district(read.folded)
        of_today = "," not in home.name or not any(u.in_plan for u in home.units)
        if mine and of_today and asks_own_past(read.focus):
            return self._country.answer(self._country.commune_of(home.name, self._today(home)), before=True)
        if mine and home.units and read.other_provinces == (self._today(home),) and asks_what_became(read):
            return self._rosters.about(read, home.units[0]) if len(home.units) == 1 else None
        left = None if mine else self._left.answer(read, scope, home)
        if left:
            return left
        asked = self._country.place_in(read.typed)
        if asked is None and home.outside_the_list and speaks_of_self(read) and says_became(read.focus):
            where = self._provinces[home.province].name if home.province in self._provinces else ""
            return self._country.answer(self._country.commune_of(home.name, where), before=False)
        if asked is None:
            return None
        place, before = asked
        slug = home.province or (scope[0] if len(scope) == 1 else "")
        if not place.district and not place.province:
            return self._of_a_bare_name(read, scope, place, slug, before=before)
        former, _ = self._country.find(place)
        if not before and any(self._in_a_plan(unit) for unit in former.units):
            return None
        return self._country.answer(place, before=before)

    def _today(self, home: Home) -> str:
        """Return the name of the province of today that the asker's office belongs to."""
        return self._provinces[home.province].now if home.province in self._provinces else ""

    def _of_a_bare_name(
        self, read: Question, scope: Sequence[str], place: PlaceName, slug: str, *, before: bool
    ) -> Answer | None:
        """Tell it of a commune named without its district; one name of two communes asks which is meant.

        Rosters know only the communes of the plans: what a new one is made of stands in the table, and so
        does the namesake outside the plan.
        """
        province = self._provinces.get(slug)
        home = replace(place, province=(province.now if before else province.name) if province else "")
        if not before and self._rosters.names_a_unit(read, scope):
            former = self._country.find(home)[0].units if province else ()
            namesakes = len(former) > 1 and not all(self._in_a_plan(unit) for unit in former)
            return self._country.answer(home, before=before) if namesakes else None
        answer = self._country.answer(home, before=before) if province else None
        return answer or self._country.answer(place, before=before)

    def _in_a_plan(self, unit: FormerCommune) -> bool:
        home = unit.district.province.name
        slugs = [slug for slug, province in self._provinces.items() if province.name == home]
        return any(
            known.in_plan
            for slug in slugs
            for known in self._units.find(unit.name, province=slug, district=unit.district.name)
        )
