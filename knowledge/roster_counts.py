"""Counts and lists over a roster: of a district, of a year, of a level, of the whole plan."""

import re
from collections import Counter
from collections.abc import Sequence

from isobot.domain.units import Level, Unit, UnitDirectory
from knowledge.beside import ADOPTING, TODAY
from knowledge.corpus import SEED_PROVINCES
from knowledge.home import Home
from knowledge.model import Answer, Outcome, with_sources
from knowledge.places import Mention, district_title
from knowledge.question import Question
from knowledge.reform import asks_how_many_left
from knowledge.roster_absences import PLANS, Absences
from knowledge.roster_lines import RosterLines, by_year, names

_WHICH_DISTRICTS = re.compile(
    r"\b(?:nhung|cac|may|bao nhieu|gom) huyen\b|\bhuyen nao co\b|\bo huyen nao\b|\bhuyen nao\b"
)
_COUNT = re.compile(
    r"\b(?:may|bao nhieu|so luong|tong so|tong cong)(?! (?:lau|lan|thang|ngay|buoc))(?: \w+){0,2} "
    r"(?:xa|phuong|thi tran|don vi|co quan|huyen|so|chi cuc|uy ban|ubnd)\b"
    r"|\bso (?:luong )?(?:xa|phuong|thi tran)\b"
    r"|\bco (?:dung |tat ca |tong cong )?\d{1,3} (?:xa|phuong|thi tran|don vi|uy ban|ubnd)\b"
)
_LIST = re.compile(
    r"\b(?:nhung|cac|gom|ke ten|liet ke|danh sach)(?: \w+){0,4} "
    r"(?:xa|phuong|thi tran|don vi|co quan|huyen|chi cuc|so)\b"
    r"|\b(?:xa|phuong|thi tran|don vi|chi cuc|co quan) nao\b"
)
_BY_NAME = re.compile(r"\b(?:ke ten|liet ke|ten (?:cua )?(?:cac|nhung))\b")
"""Words that want the names, though "mấy" stands beside them: "kể tên mấy chi cục"."""
_WHOLE_PROVINCE = re.compile(
    r"\b(?:toan|ca|chung cua|cua ca) tinh\b|\btinh (?:ta|minh|toi|giao|co|phai|em)\b|"
    r"\b(?:khong|chu khong|ngoai)(?: \w+){0,3} (?:rieng|cua) huyen (?:cua )?(?:toi|minh|em|ta|nao|chung)\b|"
    r"\b(?:khong|chang) (?:tinh )?rieng huyen$"
)
_EACH_YEAR = re.compile(r"\b(?:moi|tung|hang|cac|ba|3|may|qua cac|nhung) (?:nam|dot)\b")
_INDIRECT = re.compile(r"\b(?:cho|voi|toi|den|len|ve|boi|tu|cung|tai|o|gui)$")
"""A word before a list that only gives something to those listed: "báo cáo cho những cơ quan nào"."""
_ASKS_ELSE = re.compile(
    r"\b(?:ai|dau|bao lau|khi nao|bao gio|the nao|ra sao|lam sao|may lan|bao nhieu lan|may buoc|tai sao|"
    r"vi sao)\b|"
    r"\b(?:so|bo|thang|ngay|van ban|buoc|nguon|muc|cap|ban) (?:nao|may|gi)\b|\bla gi\b|\blam gi\b|\bviec gi\b"
)
_DONE = re.compile(
    r"\bda(?: \w+){0,6} (?:xong|hoan thanh|dat duoc)\b|"
    r"\b(?:xong|hoan thanh|dat)(?: \w+){0,4} chua\b|\btren thuc te\b"
)
"""Words that ask what has come of the plan, which the roster does not know."""
_NOT_COUNT = re.compile(
    r"\b(?:tien|kinh phi|trieu|lop|buoc|lan|ngay|thang|muc chi|du toan|cuoc|bao cao|gui|nop|"
    r"kiem tra|phoi hop|huong dan|tu van|hoi y kien|lien he)\b"
)
_OF_PLAN = re.compile(r"\b(?:ke hoach|danh sach|phu luc|quyet dinh|giai doan|lo trinh|dot nay)\b")
_ALTOGETHER = re.compile(r"\b(?:tat ca|tong cong|tong so|toan bo|ca thay|ca tinh|het thay)\b")
_NOT_OF_PLAN = re.compile(
    r"\b(?:mien nui|ty le|phan tram|bo quan|cap tinh|so|chi cuc|huyen|khuyen khich|thi tran|phuong|buoc|"
    r"cap huyen|ngoai|khong co ten|con lai|thi diem|nam \d+)\b"
)
_TELLING = ("gom", "ke ten", "liet ke", "danh sach")
_COMMUNES = re.compile(r"\b(?:xa|phuong|thi tran|don vi|ubnd cap xa)\b")
PLAN_YEARS = (2022, 2023, 2024)
"""The years of the one plan that gives each commune a year of its own."""
ASKED_BY_COMMUNE = "thanh-hoa"
_KIND_ALONE = re.compile(
    r"\b(?:nhung|cac|may|bao nhieu|ke ten|liet ke) (?:thi tran|phuong)\b|\b(?:thi tran|phuong) nao\b"
)
_KINDS_TOGETHER = re.compile(
    r"\bxa(?: va| hay)? (?:phuong|thi tran)\b|\bphuong(?: va| hay)? thi tran\b|"
    r"\b(?:phuong|thi tran)(?: va| hay)? xa\b"
)
_KIND_ASKED = (("thị trấn", re.compile(r"\bthi tran\b")), ("phường", re.compile(r"\bphuong\b")))


class RosterCounts:
    """Answers how many, and which ones."""

    def __init__(self, units: UnitDirectory, lines: RosterLines, absences: Absences) -> None:
        self._units = units
        self._lines = lines
        self._absences = absences

    def answer(
        self,
        question: Question,
        scope: Sequence[str],
        mentions: Sequence[Mention],
        home: Home,
    ) -> Answer | None:
        """Count or list what is asked for; None where money, days or classes are counted."""
        districts = [d for m in mentions for d in m.districts] or named_districts(mentions)
        listing = self._lists(question)
        counting = question.asks(_COUNT) and not question.asks(_BY_NAME)
        if asks_how_many_left(question) or (question.says(TODAY) and not question.says(ADOPTING)):
            return None
        if not (counting or listing) or self._counts_other_things(question):
            return None
        if question.asks(_DONE):
            return None
        provinces = [p for p in (scope or PLANS) if p in PLANS]
        years = [y for y in question.years if y in PLAN_YEARS]
        if not districts and self.counts_own(question, home):
            districts = [(home.province, home.district)]
        if districts:
            return self._of_district(question, districts[0], years)
        kind = _kind_alone(question)
        if kind and len(provinces) == 1:
            return self._of_kind(kind, provinces[0], years)
        missing = self._absences.unknown_district(question, provinces)
        if missing:
            return missing
        if ASKED_BY_COMMUNE in provinces and (len(years) > 1 or (not years and self._by_each_year(question))):
            return self._each_year(years)
        if years and ASKED_BY_COMMUNE in provinces:
            return self._of_year(question, years[0], listing=listing and not counting)
        if len(provinces) != 1 or len(question.provinces) > 1:
            return None
        found = None
        if "kon-tum" in provinces:
            found = self._of_level(question, listing=listing and not counting)
        return found or (self._whole_plan(question, provinces[0]) if counting and not listing else None)

    @staticmethod
    def counts_own(question: Question, home: Home) -> bool:
        """Tell whether communes of the asker's own district are counted or listed."""
        counted = question.asks(_COUNT) or question.asks(_LIST)
        mine = home.means_district(question.folded) and not _whole_province(question)
        return home.province in PLANS and mine and counted

    def by_years(self, question: Question, district: tuple[str, str]) -> Answer:
        """Tell by years which communes of a district the plan names."""
        return self._of_district(question, district, ())

    def which_commune(self) -> Answer:
        """Ask for the commune where its year is asked for and nothing is known of it; tell every year."""
        units = self._units.roster(ASKED_BY_COMMUNE, level=Level.XA)
        rows = [
            f"- Năm {year}: {len(of)} UBND cấp xã, thuộc {', '.join(dict.fromkeys(u.district for u in of))}."
            for year in PLAN_YEARS
            if (of := [u for u in units if u.plan_year == year])
        ]
        head = "Mỗi xã có một năm. Anh/chị cho tôi tên xã kèm tên huyện, tôi tra đúng năm."
        citations = self._lines.citations(units)
        return Answer(Outcome.CLARIFY, with_sources("\n".join([head, *rows]), citations), citations)

    def _each_year(self, years: Sequence[int]) -> Answer:
        every = self._units.roster(ASKED_BY_COMMUNE, level=Level.XA)
        units = [u for u in every if not years or u.plan_year in years]
        counts = Counter(u.plan_year for u in units)
        named = ", ".join(f"năm {year}: {count}" for year, count in sorted(counts.items(), key=str))
        text = f"Toàn tỉnh {SEED_PROVINCES[ASKED_BY_COMMUNE]}: {named}; cộng {len(units)} UBND cấp xã."
        if len(units) < len(every):
            text += f" Cả ba năm: {len(every)}."
        citations = (self._lines.in_the_text(ASKED_BY_COMMUNE), *self._lines.citations(units))[:3]
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    @staticmethod
    def _by_each_year(question: Question) -> bool:
        return question.asks(_EACH_YEAR) and question.asks(_COMMUNES)

    @staticmethod
    def _lists(question: Question) -> bool:
        """Tell whether those who are named in a plan are asked for, not only mentioned or written to."""
        for match in _LIST.finditer(question.focus):
            before, found = question.focus[: match.start()].rstrip(), match.group()
            after = question.focus[match.end() :]
            asked = found.endswith(" nao") or after.startswith(" nao") or found.startswith(_TELLING)
            if _INDIRECT.search(before) and not found.startswith(_TELLING):
                continue
            if asked or not _ASKS_ELSE.search(f"{before} | {after}"):
                return True
        return False

    def _whole_plan(self, question: Question, province: str) -> Answer | None:
        """Count every unit of the plan, where neither a year nor a district nor another matter is named."""
        whole = question.says(_OF_PLAN) and (question.provinces or question.says(_ALTOGETHER))
        if not whole or question.says(_NOT_OF_PLAN):
            return None
        if province == "thanh-hoa":
            units = self._units.roster(province, level=Level.XA)
            kinds = Counter(u.kind for u in units)
            named = " và ".join(f"{count} {kind}" for kind, count in kinds.items())
            text = f"Tổng cộng {len(units)} UBND cấp xã ({named}): {by_year(units)}."
        else:
            units = self._units.roster(province)
            text = f"Tổng cộng {len(units)} cơ quan, đơn vị trong danh sách: " + ", ".join(
                f"{count} đơn vị đến năm {year}"
                for year, count in sorted(Counter(u.plan_year or 0 for u in units).items())
            )
            text += "."
        citations = self._lines.citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    @staticmethod
    def _counts_other_things(question: Question) -> bool:
        """Tell whether money, days or classes are counted, judging by the words around the count."""
        for pattern in (_COUNT, _LIST):
            for match in pattern.finditer(question.focus):
                before = " ".join(question.focus[: match.start()].split()[-5:])
                after = " ".join(question.focus[match.end() :].split()[:3])
                if not _NOT_COUNT.search(f"{before} {match.group()} {after}"):
                    return False
        return True

    def _of_district(self, question: Question, district: tuple[str, str], years: Sequence[int]) -> Answer:
        province, name = district
        units = self._units.roster(province, level=Level.XA, district=name)
        if years:
            units = tuple(u for u in units if u.plan_year in years)
        for kind, pattern in _KIND_ASKED:
            only = [u for u in units if u.kind == kind]
            if only and question.says(pattern) and not re.search(r"\bxa\b", question.folded):
                units = tuple(only)
        when = " năm " + ", ".join(str(y) for y in sorted(years)) if years else ""
        title = district_title(name)
        title = title[0].upper() + title[1:]
        if not units:
            text = f"Danh sách{when} không có đơn vị cấp xã nào của {title[0].lower() + title[1:]}."
            every = self._units.roster(province, level=Level.XA, district=name)
            if every:
                text += f" Các năm khác: {by_year(every)}."
            citations = self._lines.citations(every) or self._lines.whole(province)
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        text = f"{title} có {len(units)} UBND cấp xã trong danh sách{when}"
        if province == "thanh-hoa" and len(years) != 1:
            text += f" ({by_year(units)})"
        elif province == "kon-tum":
            text += f", chậm nhất năm {units[0].plan_year}"
        of_years = [[u for u in units if u.plan_year == year] for year in PLAN_YEARS]
        if sum(map(bool, of_years)) > 1:
            text += ":" + "".join(f"\n- Năm {of[0].plan_year}: {names(of)}." for of in of_years if of)
        else:
            text += f": {names(units)}."
        citations = self._lines.citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _of_kind(self, kind: str, province: str, years: Sequence[int]) -> Answer | None:
        """Name the towns, or the wards, of a plan."""
        every = self._units.roster(province, level=Level.XA)
        units = [u for u in every if u.kind == kind and (not years or u.plan_year in years)]
        when = " năm " + ", ".join(str(y) for y in sorted(years)) if years else ""
        of = f"Danh sách của {SEED_PROVINCES[province]}{when}"
        if not units:
            kinds = " và ".join(dict.fromkeys(u.kind for u in every))
            text = f"{kind.capitalize()} không có trong danh sách của {SEED_PROVINCES[province]}{when}"
            text, citations = f"{text}; toàn danh sách chỉ gồm {kinds}.", self._lines.whole(province)
        else:
            named = "; ".join(f"{u.name.removeprefix('UBND ')} ({_where(u)})" for u in units)
            text, citations = f"{of} có {len(units)} {kind}: {named}.", self._lines.citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _of_year(self, question: Question, year: int, *, listing: bool) -> Answer | None:
        units = self._units.roster("thanh-hoa", level=Level.XA, year=year)
        counts = Counter(u.district for u in units)
        citations = self._lines.citations(units)
        if question.says(_WHICH_DISTRICTS):
            named = "; ".join(f"{name} ({count})" for name, count in counts.items())
            text = f"Năm {year} có {len(counts)} huyện với {len(units)} UBND cấp xã: {named}."
        elif listing:
            rows = [f"- {name}: {names([u for u in units if u.district == name])}" for name in counts]
            text = "\n".join([f"Năm {year} có {len(units)} UBND cấp xã áp dụng ISO:", *rows])
        else:
            named = ", ".join(f"{name} {count}" for name, count in counts.items())
            text = f"Năm {year} có {len(units)} UBND cấp xã áp dụng ISO ({named})."
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _of_level(self, question: Question, *, listing: bool) -> Answer | None:
        level = {"so": Level.SO, "chi-cuc": Level.CHI_CUC, "huyen": Level.HUYEN, "xa": Level.XA}.get(
            question.level
        )
        if level is None or not re.search(
            r"\b(?:iso|danh sach|phu luc|ke hoach|ap dung|thuoc dien|2025|2027|2030)\b", question.folded
        ):
            return None
        units = self._units.roster("kon-tum", level=level)
        what = {
            Level.SO: "cơ quan chuyên môn cấp tỉnh (tính cả Văn phòng UBND tỉnh)",
            Level.CHI_CUC: "chi cục hoặc tương đương",
            Level.HUYEN: "UBND cấp huyện",
            Level.XA: "UBND cấp xã",
        }[level]
        text = (
            f"Danh sách của Kon Tum có {len(units)} {what}, áp dụng ISO điện tử đến năm {units[0].plan_year}"
        )
        if listing and level is not Level.XA:
            text += ": " + ", ".join(u.name.removeprefix("UBND ") for u in units)
        elif level is Level.XA:
            counts = Counter(u.district for u in units)
            text += ": " + ", ".join(f"{name} {count}" for name, count in counts.items())
        citations = self._lines.citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text + ".", citations), citations)


def _kind_alone(question: Question) -> str:
    """Return "thị trấn" or "phường" where units of that kind alone are counted or listed."""
    found = _KIND_ALONE.search(question.focus)
    if found is None or _KINDS_TOGETHER.search(question.focus):
        return ""
    return "thị trấn" if "thi tran" in found.group() else "phường"


def _where(unit: Unit) -> str:
    return f"{district_title(unit)}, năm {unit.plan_year}"


def _whole_province(question: Question) -> bool:
    return question.says(_WHOLE_PROVINCE) or (
        question.story != "" and bool(_WHOLE_PROVINCE.search(question.story))
    )


def named_districts(mentions: Sequence[Mention]) -> list[tuple[str, str]]:
    """Return the districts that are named as districts, or stand beside a commune."""
    found: list[tuple[str, str]] = []
    for mention in mentions:
        if mention.districts and (mention.sure or not mention.units or len(mentions) > 1):
            found += mention.districts
        found += [(u.province, u.bare_name) for u in mention.units if u.level is Level.HUYEN and mention.sure]
    return [d for d in dict.fromkeys(found) if d[0] in PLANS]
