"""Units and districts that a question names, found among those of the provinces' plans.

A name is looked for without marks and without spaces ("ĐăkRơWa", "dak ro wa"); where the person typed
marks, a name whose marks differ is told apart: "Hà Trung" is not "Hạ Trung".
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from isobot.domain.text import fold, nfc
from isobot.domain.units import Level, Unit, UnitDirectory
from knowledge.question import Question, says_self
from knowledge.spelling import one_spelling
from knowledge.vietnamese import Word

_KIND_WORDS = ("xa", "phuong", "tran", "ubnd", "dan", "xã")
_DISTRICT_WORDS = ("huyen", "pho", "h", "quan")
_DISTRICT_BEHIND = re.compile(r"(?:huy[eệ]n|th[aà]nh ph[oố]|th[iị] x[aã]|tp\.?)\s+", re.IGNORECASE)
_DISTRICT_NAMED = re.compile(r"^(?:(?:ubnd|uy ban nhan dan) )?(?:huyen|thanh pho|thi xa|tp\.?) ")
_COMMUNE_NAMED = re.compile(r"^(?:(?:ubnd|uy ban nhan dan) )?(?:xa|phuong|thi tran|dac khu) ")
_LONGEST = 9
_PROVINCES = {"kontum", "thanhhoa", "tuyenquang", "kiengiang", "hanam"}


@dataclass(frozen=True, slots=True)
class Mention:
    """A place that a question names; `units` is empty for a district that is no unit itself.

    `exact` is False where only the letters fit and the marks do not.
    """

    start: int
    end: int
    units: tuple[Unit, ...]
    districts: tuple[tuple[str, str], ...]
    """(province, name) of the districts that bear this name."""
    sure: bool
    """Whether a word such as "xã" stands before it."""
    exact: bool


class PlaceFinder:
    """Finds mentions in questions."""

    def __init__(self, units: UnitDirectory) -> None:
        self._units = units
        self._names: dict[str, list[Unit]] = defaultdict(list)
        self._spelt: dict[str, set[str]] = {}
        self._districts: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for unit in units:
            if unit.demo:
                continue
            names = {_core(n) for n in (unit.bare_name, unit.name, unit.printed_name, *unit.aliases) if n}
            self._spelt[unit.code] = {_spelling(n) for n in names}
            for key in {_joined(n) for n in names}:
                if unit not in self._names[key]:
                    self._names[key].append(unit)
        for province in ("thanh-hoa", "kon-tum"):
            for name in units.districts(province):
                self._districts[_joined(name)].append((province, name))

    def names(self) -> list[str]:
        """Return every name, for the vocabulary."""
        return [
            n for u in self._units if not u.demo for n in (u.name, u.district, u.printed_name, *u.aliases)
        ]

    def find(self, question: Question, provinces: Sequence[str]) -> list[Mention]:
        """Return the mentions from left to right, the longest at each place.

        `provinces` limits the units; all are looked at where it is empty.
        """
        words, found, at = question.words, [], 0
        while at < len(words):
            mention = self._at(question, at, provinces)
            if mention:
                found.append(mention)
            at = mention.end if mention else at + 1
        return found

    def _at(self, question: Question, start: int, provinces: Sequence[str]) -> Mention | None:
        words, parts = question.words, []
        for word in words[start : start + _LONGEST]:
            if not word.bare.isalpha():
                break
            parts.append(word.bare.replace("ngoc", "ngok"))
        for length in range(len(parts), 0, -1):
            end, key = start + length, "".join(parts[:length])
            said = start > 0 and words[start - 1].bare in (*_KIND_WORDS, *_DISTRICT_WORDS)
            if (length == 1 and len(key) < 5 and not said) or (
                key not in self._names and key not in self._districts
            ):
                continue
            units = [u for u in self._names.get(key, ()) if not provinces or u.province in provinces]
            districts = [d for d in self._districts.get(key, ()) if not provinces or d[0] in provinces]
            sure = start > 0 and words[start - 1].bare in (*_KIND_WORDS, *_DISTRICT_WORDS)
            if (units or districts) and (sure or key not in _PROVINCES):
                return self._mention(question, start, end, units, districts)
        return None

    def _mention(
        self, question: Question, start: int, end: int, units: list[Unit], districts: list[tuple[str, str]]
    ) -> Mention:
        words = question.words
        before = words[start - 1].bare if start else ""
        run = words[start:end]
        typed = _spelling(" ".join(w.marked for w in run))
        marked = question.marks and any(w.marked != w.bare for w in run) and not any(w.guessed for w in run)
        exact_units = [u for u in units if typed in self._spelt[u.code]]
        exact_districts = [d for d in districts if typed == _spelling(d[1])]
        exact = bool(exact_units or exact_districts) or not marked
        if marked and exact:
            units, districts = exact_units, exact_districts
        if before in _DISTRICT_WORDS:
            units = [u for u in units if u.level is Level.HUYEN]
        elif before in _KIND_WORDS:
            communes = [u for u in units if u.level is not Level.HUYEN]
            town = before == "xa" and start > 1 and words[start - 2].bare == "thi"
            units = communes if before in ("xa", "phuong", "tran") and not town else communes or units
            districts = [] if units else districts
        sure = before in _KIND_WORDS or before in _DISTRICT_WORDS
        return Mention(start, end, tuple(units), tuple(districts), sure, exact)

    def own(self, name: str | None, province: str | None) -> tuple[Unit, ...]:
        """Return the units that the asker's profile may mean."""
        if not name:
            return ()
        by_code = self._units.get(name)
        if by_code:
            return (by_code,)
        head, _, tail = name.partition(",")
        said = _DISTRICT_BEHIND.match(tail.strip())
        district = tail.strip()[said.end() :] if said else tail.strip()
        in_district = self._units.find(head, province=province or "", district=district) if district else ()
        found = in_district or self._units.find(head, province=province or "")
        if not found:
            # The comma may stand in the name itself: "Sở Văn hóa, Thể thao và Du lịch".
            words = [Word(one_spelling(w), fold(w)) for w in re.findall(r"[^\W\d_]+", nfc(name))]
            for end in range(len(words), 1, -1):
                key = _joined(_core(" ".join(w.bare for w in words[:end])))
                found = tuple(u for u in self._names.get(key, ()) if not province or u.province == province)
                if found:
                    said = _DISTRICT_BEHIND.match(" ".join(w.marked for w in words[end:]))
                    break
        if said and not in_district:
            # A namesake in another district is not this one; what was formed since stands in none.
            found = tuple(u for u in found if not u.district)
        return tuple(u for u in found if not u.demo and _of_the_kind(u, fold(head)))


def speaks_of_self(question: Question) -> bool:
    """Tell whether the person asks about their own unit: "xã tôi", "sở mình", "đơn vị em"."""
    return says_self(question.folded)


def district_title(unit_or_name: Unit | str) -> str:
    """Return "huyện Quan Sơn", or "thành phố Kon Tum"."""
    name = unit_or_name if isinstance(unit_or_name, str) else unit_or_name.district
    return f"thành phố {name}" if name in ("Kon Tum", "Thanh Hóa", "Tuyên Quang") else f"huyện {name}"


def titled(unit: Unit) -> str:
    """Return the name with its district: "UBND xã Tam Lư, huyện Quan Sơn"."""
    return f"{unit.name}, {district_title(unit)}" if unit.district else unit.name


def _of_the_kind(unit: Unit, typed: str) -> bool:
    """Tell whether a unit can be what a folded name says it is: no commune for "UBND huyện ..."."""
    if _DISTRICT_NAMED.search(typed):
        return unit.level is Level.HUYEN
    return unit.level is not Level.HUYEN or not _COMMUNE_NAMED.search(typed)


def _core(name: str) -> str:
    bare = re.sub(r"^(?:ubnd|ủy ban nhân dân|uỷ ban nhân dân)\s+", "", nfc(name), flags=re.IGNORECASE)
    return re.sub(
        r"^(?:xã|phường|thị trấn|huyện|thành phố|đặc khu|tp\.?|xa|phuong|thi tran|huyen|thanh pho)"
        r"\s+(?:và )?",
        "",
        bare,
        flags=re.IGNORECASE,
    )


def _joined(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name)).replace("ngoc", "ngok")


def _spelling(name: str) -> str:
    # Official lists write Đăk and Đắk, Ngọk and Ngọc for the same places.
    lower = nfc(name).casefold().replace("đắk", "đăk").replace("'", "").replace("’", "")
    lower = re.sub(r"\bngọc\b", "ngọk", lower)
    return "".join(one_spelling(w) for w in re.findall(r"[^\W\d_]+", lower))
