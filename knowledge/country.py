"""What became of any commune of the country in 2025, answered from the table of former and current units.

The five provinces' rosters answer for the communes of their plans; this answers for all others. It speaks
only where a question asks about the reform and names a commune that the table knows.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from isobot.domain.admin_units import CurrentCommune, FormerCommune, Structure
from isobot.domain.former_units import (
    AdminUnits,
    CurrentMatch,
    FormerMatch,
    Reason,
    Verdict,
)
from isobot.domain.law import Citation, LegalDocument, Source
from isobot.domain.place_names import PlaceName, name_key, spelling
from isobot.domain.text import fold, nfc
from knowledge.model import Answer, Outcome
from knowledge.reform import says_became

_KIND = r"(?:xã|phường|thị trấn|đặc khu|xa|phuong|thi tran|dac khu)"
_NAMED = re.compile(rf"\b({_KIND})\s+(?=\S)", re.IGNORECASE)
_NOW = re.compile(
    r"\b(?:gio|nay|hien nay|bay gio|hien|hien tai)(?: \w+){0,2} (?:la|thanh|thuoc|ten|goi|o)\b|"
    r"\b(?:gio|nay|hien nay|bay gio)(?: \w+){0,3} (?:gi|nao|dau)\b|"
    r"\b(?:sap nhap|hop nhat|sat nhap|nhap) (?:vao|ve|voi|thanh|vo)?|\bdoi (?:ten )?thanh\b|\bten moi\b|"
    r"\b(?:thanh|vao|ve) (?:xa|phuong|dac khu) (?:nao|gi)\b|\bbi (?:tach|chia)\b"
)
_BEFORE = re.compile(
    r"\b(?:truoc|truoc day|truoc kia|ngay truoc|hoi truoc|xua)(?: \w+){0,2} (?:la|thuoc|ten|goi|gom)\b|"
    r"\b(?:gom|tu|tren co so|nhap tu|hop nhat tu|lap tu|hinh thanh tu) (?:nhung|cac|may) "
    r"(?:xa|phuong|don vi|thi tran)\b|\b(?:xa|phuong|don vi) cu nao\b|\bten cu\b"
)
_LINKS = frozenset({"huyen", "quan", "xa", "pho", "tp", "tinh"})
"""Words before the name of a district or a province: huyện, quận, thị xã, thành phố, tỉnh."""
_KINDS_OF_PLACES = frozenset({"thanh pho", "thi xa", "thi tran"})
_NO_NAMES = {"nao", "gi", "moi", "cu", "nay", "toi", "minh", "em", "do", "kia", "khac", "la", "co", "ta"}
_LONGEST_NAME = 6
_MOST_PARTS = 24
CATALOGUE = "danh mục đơn vị hành chính của cơ quan thống kê"


class Country:
    """Answers about former and current communes. The table is read when it is first needed."""

    def __init__(self, table: Callable[[], AdminUnits]) -> None:
        self._table = table

    def place_in(self, question: str) -> tuple[PlaceName, bool] | None:
        """Return the commune that a question about the reform names, and whether its past is asked for."""
        folded = fold(question)
        before = _BEFORE.search(folded) is not None
        if not before and _NOW.search(folded) is None and not says_became(folded):
            return None
        for said in _NAMED.finditer(nfc(question)):
            place = self._read(_kind(said.group(1)), nfc(question)[said.end() :])
            if place is not None:
                return place, before
        place = self._beside_its_district(nfc(question))
        return (place, before) if place else None

    def _beside_its_district(self, question: str) -> PlaceName | None:
        """Return a commune named without its kind, where the name of its district follows at once."""
        words = question.split()
        for start in range(len(words) - 2):
            place = self._read("", " ".join(words[start:]))
            if place is None or not place.district or fold(place.name) == fold(place.district):
                continue
            behind = fold(" ".join(words[start + len(place.name.split()) :])).removeprefix("huyen ")
            if behind.startswith(fold(place.district)) and self.find(place)[0].verdict is Verdict.ACCEPT:
                return place
        return None

    def commune_of(self, name: str, province: str) -> PlaceName:
        """Return the place that a profile names: "UBND xã Kim Phú, huyện Yên Sơn" of a province."""
        place = self._table().parse(name)
        return replace(place, province=place.province or province)

    def _read(self, kind: str, rest: str) -> PlaceName | None:
        clauses = [clause.strip() for clause in re.split(r"[,;()]|(?<=\w) - ", rest) if clause.strip()]
        first = clauses[0].split() if clauses else []
        table = self._table()
        for length in range(min(_LONGEST_NAME, len(first)), 0, -1):
            if " ".join(fold(word) for word in first[length - 1 : length + 1]) in _KINDS_OF_PLACES:
                continue  # "Hòa Bình thành phố Kon Tum" is no Hòa Bình Thạnh
            name = " ".join(first[:length]).strip(" .?!:\"'“”")
            if _is_name(table, name):
                places = [" ".join(first[length:]), *clauses[1:]]
                district, province = _where(table, places)
                return PlaceName(name, kind, district, province)
        return None

    def find(self, place: PlaceName) -> tuple[FormerMatch, CurrentMatch]:
        """Return what a name may mean before and since the parting."""
        table = self._table()
        return table.resolve_former(place), table.resolve_current(place)

    def parse(self, text: str) -> PlaceName:
        """Divide "xã Đắk Long, Kon Plông, Kon Tum" into its parts."""
        return self._table().parse(text)

    def answer(self, place: PlaceName, *, before: bool) -> Answer | None:
        """Answer what a commune is now, or with `before` what it was made of; None where none fits."""
        former, current = self.find(place)
        if before or former.verdict is Verdict.NONE:
            told = self._past(place, current)
            if told is not None:
                return told
        return self._present(place, former, current) or self._unknown(place)

    @staticmethod
    def _unknown(place: PlaceName) -> Answer | None:
        """Say that the place named is in neither list; nothing where only a name was given."""
        where = ", ".join(part for part in (place.district, place.province) if part)
        if not where:
            return None
        typed = f"{place.kind} {place.name}".strip()
        return Answer(
            Outcome.REFUSED,
            f"Danh mục đơn vị hành chính trước 1/7/2025 và hiện nay không có {typed} ở {where}. "
            "Nơi này có thể đã nhập vào xã khác trước đó, hoặc thuộc huyện khác. "
            "Anh/chị xem lại tên huyện, tỉnh giúp tôi.",
        )

    def _present(self, place: PlaceName, former: FormerMatch, current: CurrentMatch) -> Answer | None:
        if former.reason is Reason.TOO_MANY:
            return Answer(Outcome.CLARIFY, _too_many(place))
        if not former.units:
            return None
        lines = [self.present_line(u) for u in former.units]
        heirs = [h for u in former.units for h in self._table().heirs(u)]
        citations = resolutions(heirs)
        if len(lines) > 1:
            head = f"Trước 1/7/2025 có {len(lines)} nơi tên {place.name}. Anh/chị hỏi nơi nào?"
            text = "\n".join([head, *(f"- {line}" for line in lines)])
            return Answer(Outcome.CLARIFY, with_catalogue(text, citations, self._table().version), citations)
        text = "\n".join([*self._doubt(place, former), *lines, *self._namesake(place, former, current)])
        return Answer(Outcome.ANSWERED, with_catalogue(text, citations, self._table().version), citations)

    def _past(self, place: PlaceName, current: CurrentMatch) -> Answer | None:
        if current.reason is Reason.TOO_MANY:
            return Answer(Outcome.CLARIFY, _too_many(place, what="tỉnh"))
        if not current.units:
            return None
        citations = resolutions(current.units)
        lines = [self.past_line(u) for u in current.units]
        if len(lines) > 1:
            head = f"Hiện có {len(lines)} nơi tên {place.name}. Anh/chị hỏi nơi nào?"
            text = "\n".join([head, *(f"- {line}" for line in lines)])
            return Answer(Outcome.CLARIFY, with_catalogue(text, citations, self._table().version), citations)
        return Answer(Outcome.ANSWERED, with_catalogue(lines[0], citations, self._table().version), citations)

    def present_line(self, unit: FormerCommune) -> str:
        """Say what a former commune is now; a divided one with every part."""
        heirs = self._table().heirs(unit)
        home = heirs[0].province.title
        if len(heirs) == 1:
            heir = heirs[0]
            same = name_key(heir.title) == name_key(unit.title)
            says = "vẫn là" if same and len(self._table().made_of(heir)) == 1 else "nay thuộc"
            return f"{_capital(unit.full_title)} {says} {heir.full_title}."
        parts = ", ".join(h.title for h in heirs)
        return (
            f"{_capital(unit.full_title)} được chia vào {len(heirs)} đơn vị: {parts} ({home}). "
            "Thuộc đơn vị nào thì tùy thôn, tổ dân phố."
        )

    def past_line(self, unit: CurrentCommune) -> str:
        """Say which former communes a current one holds, wholly or in part."""
        parts = self._table().made_of(unit)
        named = [f"{'một phần ' if u.split else ''}{_with_district(u)}" for u in parts[:_MOST_PARTS]]
        more = f" và {len(parts) - _MOST_PARTS} đơn vị khác" if len(parts) > _MOST_PARTS else ""
        return f"{_capital(unit.full_title)} gồm: {', '.join(named)}{more}."

    @staticmethod
    def _doubt(place: PlaceName, former: FormerMatch) -> list[str]:
        """Say before the answer how the name typed differs from the one found."""
        unit = former.units[0]
        typed = f"{place.kind} {place.name}".strip()
        if former.reason is Reason.ALIAS:
            return [f"{_capital(typed)} là tên gọi trước đó của {unit.title} hoặc của nơi đã nhập vào đó."]
        if former.reason is Reason.OTHER_KIND:
            return [f"Danh mục ghi là {unit.title}, không phải {typed}."]
        if former.reason is Reason.ONE_LETTER:
            return [f"Không có {typed} ở đó; tên gần nhất là {unit.title}. Nếu đúng nơi này thì:"]
        if former.reason is Reason.OTHER_DISTRICT:
            return [f"{unit.title} thuộc {unit.district.title}. Nếu đúng nơi này thì:"]
        return []

    def _namesake(self, place: PlaceName, former: FormerMatch, current: CurrentMatch) -> list[str]:
        """Name the other place of this name today, where the asker has not said which time is meant."""
        if place.district or not current.units or len(current.units) > 1:
            return []
        heirs = {h.code for u in former.units for h in self._table().heirs(u)}
        (other,) = current.units
        return [] if other.code in heirs else [f"Nơi mang tên này từ 1/7/2025: {self.past_line(other)}"]

    def suggest(self, name: str, district: str, province: str) -> str:
        """Return in one line what a unit of a list is now, "" where the table does not surely know it."""
        place = PlaceName(*_divided(name), district, province)
        found = self._table().resolve_former(place)
        if found.verdict is not Verdict.ACCEPT:
            return ""
        return ", ".join(h.full_title for h in self._table().heirs(found.units[0]))


def with_catalogue(text: str, citations: Sequence[Citation], version: str) -> str:
    """Add the last line: the resolutions, by which list, and of which day that list is."""
    names = list(dict.fromkeys(c.document.full_name() for c in citations))
    day = date.fromisoformat(version)
    shown = "; ".join(names[:3])
    return f"{text}\nCăn cứ: {shown} (theo {CATALOGUE}, {day.day}/{day.month}/{day.year})."


def resolutions(units: Iterable[CurrentCommune]) -> tuple[Citation, ...]:
    """Return the resolutions that made current communes, each once."""
    found = {
        u.resolution: Citation(
            LegalDocument(
                key=u.resolution,
                number=u.resolution,
                kind="Nghị quyết",
                title="",
                issuer="Ủy ban Thường vụ Quốc hội",
                source=Source.SECONDARY,
                issued=u.issued,
            ),
            "",
        )
        for u in units
    }
    return tuple(found.values())[:3]


def _is_name(table: AdminUnits, name: str) -> bool:
    key = name_key(name)
    if not key or fold(name) in _NO_NAMES:
        return False
    found = table.spellings(key)
    if not found:
        return False
    # One short word may be any word of the question: it must be the name letter for letter.
    return " " in name or key.isdigit() or (name.istitle() and spelling(name) in found)


def _where(table: AdminUnits, clauses: Sequence[str]) -> tuple[str, str]:
    """Read district and province out of what stands behind the commune's name."""
    district = province = ""
    for clause in clauses:
        words = [word.strip(" .?!:") for word in clause.split()]
        start = 0
        while start < len(words):
            link = fold(words[start - 1]) if start else ""
            length, is_district, is_province = _place_at(
                table, words[start:], alone=bool(link) and link not in _LINKS
            )
            text = " ".join(words[start : start + length])
            if is_province and (link == "tinh" or not is_district or (district and not province)):
                province = text
            elif is_district and (link in _LINKS - {"tinh"} or not is_province):
                district = district or text
            elif is_province:
                province = text
            start += max(length, 1)
    return district, province


def _place_at(table: AdminUnits, words: Sequence[str], *, alone: bool) -> tuple[int, bool, bool]:
    """Return how many words name a district or province here, and which; one word `alone` names none."""
    for length in range(min(_LONGEST_NAME, len(words)), 1 if alone else 0, -1):
        text = " ".join(words[:length])
        if fold(text) == "la gi":  # "là gì" is asked far more often than the town of La Gi
            continue
        is_province = any(table.find_provinces(text, s) for s in Structure)
        if is_province or table.is_district(text):
            return length, table.is_district(text), is_province
    return 0, False, False


def _kind(text: str) -> str:
    return {"xa": "xã", "phuong": "phường", "thi tran": "thị trấn"}.get(fold(text), "đặc khu")


def _divided(name: str) -> tuple[str, str]:
    match = _NAMED.search(nfc(name))
    return (nfc(name)[match.end() :].strip(), _kind(match.group(1))) if match else (name, "")


def _with_district(unit: FormerCommune) -> str:
    if unit.code == unit.district.code:
        return unit.title
    return f"{unit.title} ({unit.district.name})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _too_many(place: PlaceName, what: str = "huyện, tỉnh") -> str:
    return (
        f"Có nhiều nơi tên {place.name}. Anh/chị nêu thêm {what} giúp tôi, "
        "ví dụ: “xã Tân Lập, huyện Bá Thước, tỉnh Thanh Hóa”."
    )
