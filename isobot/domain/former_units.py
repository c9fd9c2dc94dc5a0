"""What the typed name of a commune may mean, before and since 1 July 2025.

A code is never enough: most codes of today were the code of another commune before, so every code goes
with its structure, former or current. Nor is a name: one may be right in both structures and mean two
places. The resolver therefore returns a list with the reason, and asks rather than guesses.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from isobot.domain.admin_units import CurrentCommune, District, FormerCommune, ProvinceName, Structure
from isobot.domain.place_names import PlaceName, divide, name_key, one_letter_apart, province_key, spelling
from isobot.domain.text import fold, nfc

MOST_ASKED = 8
"""How many places are named when asking back; with more, the district or province is asked for."""

_DISTRICT_KIND = re.compile(
    r"^(huyện|thị xã|thành phố|quận|huyen|thi xa|thanh pho|quan|tp\.?|h\.)\s+(?=\D)", re.IGNORECASE
)


_U = TypeVar("_U", FormerCommune, CurrentCommune)


class Verdict(StrEnum):
    """How far a match may be relied on."""

    ACCEPT = "accept"
    ASK = "ask"
    """Show what was found, and ask whether it is meant."""
    NONE = "none"


class Reason(StrEnum):
    """Why a name was matched, or was not."""

    NAME = "name"
    ALIAS = "alias"
    """An earlier name of the commune, or of one that went into it before 2025."""
    OTHER_KIND = "other-kind"
    """The name fits, the kind (xã, phường, thị trấn) does not."""
    ONE_LETTER = "one-letter"
    OTHER_DISTRICT = "other-district"
    SEVERAL = "several"
    TOO_MANY = "too-many"
    NO_PROVINCE = "no-province"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class FormerMatch:
    """The former communes that a name may mean."""

    verdict: Verdict
    reason: Reason
    units: tuple[FormerCommune, ...] = ()


@dataclass(frozen=True, slots=True)
class CurrentMatch:
    """The current communes that a name may mean."""

    verdict: Verdict
    reason: Reason
    units: tuple[CurrentCommune, ...] = ()


@dataclass(frozen=True)
class AdminUnits:
    """The table of former and current units, and the resolver over it."""

    provinces: tuple[ProvinceName, ...]
    districts: tuple[District, ...]
    former: tuple[FormerCommune, ...]
    current: Mapping[str, CurrentCommune] = field(hash=False)
    version: str = ""

    def heirs(self, unit: FormerCommune) -> tuple[CurrentCommune, ...]:
        """Return what a former commune is now; all parts where it was split."""
        return tuple(self.current[code] for code in unit.successors)

    def made_of(self, unit: CurrentCommune) -> tuple[FormerCommune, ...]:
        """Return the former communes that a current one holds, wholly or in part."""
        return tuple(self._parts.get(unit.code, ()))

    def province_now(self, former: ProvinceName) -> ProvinceName:
        """Return the current province that a former one's land belongs to."""
        return self._current_provinces[former.now]

    def find_provinces(self, text: str, structure: Structure) -> tuple[ProvinceName, ...]:
        """Return the provinces of a structure that bear a name; none or one, since these names are unique."""
        return self._province_names.get((structure, province_key(text)), ())

    def is_district(self, text: str) -> bool:
        """Tell whether some district bore a name, given without its kind."""
        key = name_key(text)
        return bool(key) and key in self._district_keys

    def spellings(self, key: str) -> frozenset[str]:
        """Return how the communes of a key are spelled, in either structure; none where there are none."""
        known = (*self._former_names.get(key, ()), *self._current_names.get(key, ()))
        earlier = {key} if key in self._earlier_names else set()
        return frozenset({spelling(u.name) for u in known} | earlier)

    def parse(self, text: str) -> PlaceName:
        """Divide "xã Đắk Long, Kon Plông, Kon Tum" into commune, district and province.

        A second part that names a province is one, unless "huyện" or "thành phố" stands before it.
        """
        parts = [part.strip() for part in nfc(text).strip(" .?!").split(",") if part.strip()]
        head = divide(parts[0]) if parts else PlaceName("")
        if len(parts) > 2:
            return PlaceName(head.name, head.kind, parts[1], parts[-1])
        if len(parts) < 2:
            return head
        is_province = any(self.find_provinces(parts[1], s) for s in Structure)
        if is_province and not _DISTRICT_KIND.match(parts[1]):
            return PlaceName(head.name, head.kind, "", parts[1])
        return PlaceName(head.name, head.kind, parts[1], "")

    def resolve_former(self, place: PlaceName) -> FormerMatch:
        """Find the former commune that a name means.

        In this order: inside the district by kind and name or by an earlier name; there with the kind
        ignored; there one letter off, which is asked; elsewhere in the province, which is asked. Without
        a district the province takes its place, without either the whole country.
        """
        homes = self._former_homes(place.province)
        if place.province and not homes:
            return FormerMatch(Verdict.NONE, Reason.NO_PROVINCE)
        found = FormerMatch(Verdict.NONE, Reason.NOTHING)
        for home in homes or (frozenset[str](),):
            found = self._resolve_in(place, home)
            if found.verdict is not Verdict.NONE:
                return found
        return found

    def resolve_current(self, place: PlaceName) -> CurrentMatch:
        """Find the current commune that a name means; there are no districts to narrow it."""
        wanted = province_key(place.province)
        pool = self._current_names.get(name_key(place.name), [])
        if wanted:
            names = {province_key(p.name): p for p in self.provinces if p.structure is Structure.FORMER}
            home = names[wanted].now if wanted in names else ""
            pool = [u for u in pool if province_key(u.province.name) == wanted or u.province.code == home]
        same_kind = [u for u in pool if not place.kind or u.kind == place.kind]
        chosen = _by_marks(same_kind or pool, place.name)
        reason = Reason.NAME if same_kind else Reason.OTHER_KIND
        if len(chosen) == 1:
            return CurrentMatch(Verdict.ACCEPT, reason, tuple(chosen))
        if len(chosen) > MOST_ASKED:
            return CurrentMatch(Verdict.ASK, Reason.TOO_MANY)
        if chosen:
            return CurrentMatch(Verdict.ASK, Reason.SEVERAL, tuple(chosen))
        return CurrentMatch(Verdict.NONE, Reason.NOTHING)

    def _former_homes(self, province: str) -> tuple[frozenset[str], ...]:
        """Return the former provinces to look in: the one named, then all that are in today's."""
        if not province:
            return ()
        homes = [frozenset(p.code for p in self.find_provinces(province, Structure.FORMER))]
        for now in self.find_provinces(province, Structure.CURRENT):
            merged = (p for p in self.provinces if p.structure is Structure.FORMER and p.now == now.code)
            homes.append(frozenset(p.code for p in merged))
        return tuple(home for home in dict.fromkeys(homes) if home)

    def _resolve_in(self, place: PlaceName, provinces: frozenset[str]) -> FormerMatch:
        districts = self._find_districts(place.district, provinces) if place.district else frozenset()
        key = name_key(place.name)
        if not key:
            return FormerMatch(Verdict.NONE, Reason.NOTHING)
        everywhere = [u for u in self._former_names.get(key, []) if _lies_in(u, provinces)]
        earlier = [u for u in self._earlier_names.get(key, []) if _lies_in(u, provinces)]
        if place.kind:
            earlier += [
                u for u in self._earlier_names.get(name_key(place.kind) + key, []) if _lies_in(u, provinces)
            ]
        if place.district and not districts:
            return self._elsewhere(everywhere or earlier, place)
        if districts:
            near = [u for u in everywhere if u.district.code in districts]
            renamed = [u for u in earlier if u.district.code in districts]
            inside = _choose(near, renamed, place)
            if inside is not None:
                return inside
            off = self._one_letter_off(key, districts)
            if len(off) == 1:
                return FormerMatch(Verdict.ASK, Reason.ONE_LETTER, tuple(off))
            return self._elsewhere(everywhere, place)
        found = _choose(everywhere, earlier, place)
        if found is not None:
            return found
        if provinces:
            off = self._one_letter_off(key, {d.code for d in self.districts if d.province.code in provinces})
            if len(off) == 1:
                return FormerMatch(Verdict.ASK, Reason.ONE_LETTER, tuple(off))
        return FormerMatch(Verdict.NONE, Reason.NOTHING)

    @staticmethod
    def _elsewhere(units: Sequence[FormerCommune], place: PlaceName) -> FormerMatch:
        """Ask about a commune of the name in another district than the one typed."""
        found = _by_marks(list(dict.fromkeys(units)), place.name)
        if len(found) == 1:
            return FormerMatch(Verdict.ASK, Reason.OTHER_DISTRICT, tuple(found))
        if 1 < len(found) <= MOST_ASKED:
            return FormerMatch(Verdict.ASK, Reason.SEVERAL, tuple(found))
        return FormerMatch(Verdict.NONE, Reason.NOTHING)

    def _find_districts(self, text: str, provinces: frozenset[str]) -> frozenset[str]:
        said = _DISTRICT_KIND.match(text)
        # "Quan Son" is a district's whole name, and "quan Ba Dinh" is not: the whole is tried first.
        for kind, bare in (("", text), (said.group(1), text[said.end() :]) if said else ("", "")):
            key = name_key(bare)
            found = [
                d
                for keys, d in self._district_names
                if key in keys and (not provinces or d.province.code in provinces)
            ]
            exact = [d for d in found if fold(d.kind) == fold(kind)]
            if found:
                return frozenset(d.code for d in (exact or found))
        return frozenset()

    def _one_letter_off(self, key: str, districts: Collection[str]) -> list[FormerCommune]:
        near = (pair for code in districts for pair in self._by_district.get(code, ()))
        return [unit for known, unit in near if one_letter_apart(known, key)]

    @cached_property
    def _by_district(self) -> dict[str, list[tuple[str, FormerCommune]]]:
        found: dict[str, list[tuple[str, FormerCommune]]] = defaultdict(list)
        for unit in self.former:
            found[unit.district.code].append((name_key(unit.name), unit))
        return dict(found)

    @cached_property
    def _district_names(self) -> list[tuple[frozenset[str], District]]:
        """List districts with every key that names them."""
        return [(frozenset({name_key(d.name), *d.aliases}), d) for d in self.districts]

    @cached_property
    def _district_keys(self) -> frozenset[str]:
        return frozenset(key for keys, _ in self._district_names for key in keys)

    @cached_property
    def _current_provinces(self) -> dict[str, ProvinceName]:
        return {p.code: p for p in self.provinces if p.structure is Structure.CURRENT}

    @cached_property
    def _province_names(self) -> dict[tuple[Structure, str], tuple[ProvinceName, ...]]:
        names: dict[tuple[Structure, str], tuple[ProvinceName, ...]] = {}
        for p in self.provinces:
            key = (p.structure, province_key(p.name))
            names[key] = (*names.get(key, ()), p)
        return names

    @cached_property
    def _parts(self) -> dict[str, list[FormerCommune]]:
        parts: dict[str, list[FormerCommune]] = defaultdict(list)
        for unit in self.former:
            for code in unit.successors:
                parts[code].append(unit)
        return dict(parts)

    @cached_property
    def _former_names(self) -> dict[str, list[FormerCommune]]:
        names: dict[str, list[FormerCommune]] = defaultdict(list)
        for unit in self.former:
            names[name_key(unit.name)].append(unit)
        return dict(names)

    @cached_property
    def _earlier_names(self) -> dict[str, list[FormerCommune]]:
        names: dict[str, list[FormerCommune]] = defaultdict(list)
        for unit in self.former:
            for alias in unit.aliases:
                names[alias].append(unit)
        return dict(names)

    @cached_property
    def _current_names(self) -> dict[str, list[CurrentCommune]]:
        names: dict[str, list[CurrentCommune]] = defaultdict(list)
        for unit in self.current.values():
            names[name_key(unit.name)].append(unit)
        return dict(names)


def _lies_in(unit: FormerCommune, provinces: frozenset[str]) -> bool:
    return not provinces or unit.district.province.code in provinces


def _choose(
    named: Sequence[FormerCommune], earlier: Sequence[FormerCommune], place: PlaceName
) -> FormerMatch | None:
    """Choose by kind and name, then by an earlier name, then by the name alone."""
    same_kind = [u for u in named if not place.kind or u.kind == place.kind]
    for reason, found in (
        (Reason.NAME, _by_marks(same_kind, place.name)),
        (Reason.ALIAS, list(dict.fromkeys(earlier)) if not named or place.kind else []),
        (Reason.OTHER_KIND, _by_marks(named, place.name)),
    ):
        if len(found) == 1:
            return FormerMatch(Verdict.ACCEPT, reason, tuple(found))
        if len(found) > MOST_ASKED:
            return FormerMatch(Verdict.ASK, Reason.TOO_MANY)
        if found:
            return FormerMatch(Verdict.ASK, Reason.SEVERAL, tuple(found))
    return None


def _by_marks(units: Sequence[_U], name: str) -> list[_U]:
    """Keep those spelled as typed where there are some, so that Sơn Hà is not Sơn Hạ."""
    wanted = spelling(name)
    return [u for u in units if spelling(u.name) == wanted] or list(units)
