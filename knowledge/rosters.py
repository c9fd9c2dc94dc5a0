"""Questions about units, answered from the rosters: which year, which district, how many, what now.

Nothing here is written by hand for one unit: every year, count and name is read from the records of
the province's plan, or counted over them.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.text import fold
from isobot.domain.units import Level, Province, Unit, UnitDirectory
from knowledge.corpus import SEED_PROVINCES
from knowledge.model import Answer, Option, Outcome, Refinement, with_sources
from knowledge.places import Mention, PlaceFinder, district_title, speaks_of_self, titled
from knowledge.question import Question
from knowledge.weighing import ADOPTING, TODAY

PLANS = ("thanh-hoa", "kon-tum")
"""Provinces whose plan lists communes."""
LONGEST_LIST = 2800

_YEAR = re.compile(
    r"\b(?:nam|dot|moc|nhom|dien)(?: \w+)? (?:nao|may|gi)\b|\bkhi nao\b|\bbao gio\b|\bluc nao\b|"
    r"\bthoi diem nao\b|\bnam bao nhieu\b|\bdot may\b|\bcham nhat\b|\bmuon nhat\b|\bmay ?nam\b|"
    r"\b(?:biet|hoi|xin|ro|xac)(?: \w+){0,3} nam\b|\bnam (?:xa|phuong|thi tran|don vi)\b"
)
_OF_THE_WHOLE_PLAN = re.compile(r"\btu nam (?:nao|may) (?:den|toi)\b|\bgiai doan nao\b")
_ADOPT = re.compile(
    r"\b(?:iso|he thong|ap dung|trien khai|lam|thuc hien|hoan thanh|xong|lo trinh|danh sach|dot|moc|chuyen|"
    r"quan ly chat luong|phai|lui|dien tu|han)\b"
)
_OTHER_MATTER = re.compile(
    r"\b(?:bao cao|kiem tra|du toan|kinh phi|tien|danh gia|tap huan|dao tao|cong bo|xem xet|hieu luc|ky|"
    r"phien ban|ban hanh|quyet dinh|can cu|thong tu|mau|hoi thao|hoi nghi|ban chi dao|tu van|mot lan|"
    r"thuc te|phe duyet|moi duoc|"
    r"gui|nop)\b"
)
_NUMBERED = re.compile(r"\b(?:quyet dinh|ke hoach|chi thi)(?: so)?(?: \d\S*|$)")
"""A document that is named, or cut off by the end of what is looked at, is no other matter."""
_AFTER_REFORM = re.compile(
    r"\b(?:sap nhap|sap xep|hop nhat|sat nhap|nhap vao|nhap ve|nhap dau|nhap voi|nhap chung|doi ten|ten moi|"
    r"nhap thanh|nhap lai|gop thanh|gop vao|gop lai|"
    r"don vi moi|xa moi|xa cu|1/7/2025|01/7/2025|01/07/2025|1/7|nay la|nay thuoc|gio la|gio thanh|gio thuoc|"
    r"bay gio|chuyen thanh|tach|chia ve|ke thua)\b|"
    r"\b(?:gio|nay|hien nay|hien|hien tai)(?: \w+){0,3} (?:nao|gi|dau)\b|"
    r"\b(?:thanh|thuoc|ve|vao|la) (?:xa|phuong) (?:nao|gi)\b"
)
_WHICH_DISTRICT = re.compile(r"\b(?:thuoc|o|nam o|nam trong|cua|ve) (?:huyen|thanh pho) nao\b|\bhuyen nao\b")
_WHICH_DISTRICTS = re.compile(
    r"\b(?:nhung|cac|may|bao nhieu|gom) huyen\b|\bhuyen nao co\b|\bo huyen nao\b|\bhuyen nao\b"
)
_COUNT = re.compile(
    r"\b(?:may|bao nhieu|so luong|tong so|tong cong)(?: \w+){0,2} "
    r"(?:xa|phuong|thi tran|don vi|co quan|huyen|so|chi cuc|uy ban|ubnd)\b"
    r"|\bso (?:luong )?(?:xa|phuong|thi tran)\b"
    r"|\bco (?:dung |tat ca |tong cong )?\d{1,3} (?:xa|phuong|thi tran|don vi|uy ban|ubnd)\b"
)
_LIST = re.compile(
    r"\b(?:nhung|cac|gom|ke ten|liet ke|danh sach)(?: \w+){0,4} "
    r"(?:xa|phuong|thi tran|don vi|co quan|huyen|chi cuc|so)\b"
    r"|\b(?:xa|phuong|thi tran|don vi|chi cuc|co quan) nao\b"
)
_NOT_COUNT = re.compile(
    r"\b(?:tien|kinh phi|trieu|lop|buoc|lan|ngay|thang|muc chi|du toan|cuoc|bao cao|gui|nop)\b"
)
_OF_PLAN = re.compile(r"\b(?:ke hoach|danh sach|phu luc|quyet dinh|giai doan|lo trinh|dot nay)\b")
_ALTOGETHER = re.compile(r"\b(?:tat ca|tong cong|tong so|toan bo|ca thay|ca tinh|het thay)\b")
_NOT_OF_PLAN = re.compile(
    r"\b(?:mien nui|ty le|phan tram|bo quan|cap tinh|so|chi cuc|huyen|khuyen khich|thi tran|phuong|buoc|"
    r"cap huyen|ngoai|khong co ten|con lai|thi diem|nam \d+)\b"
)
_TO_DO = re.compile(r"\b(?:lam gi|phai lam|lam nhung gi|thuc hien gi|viec gi)\b")
_MEMBER = re.compile(
    r"\b(?:nam trong|co trong|thuoc|co ten|trong)(?: \w+){0,3} (?:danh sach|18|5|ds|phu luc|dien)\b|"
    r"\bco (?:phai )?(?:ten|trong|nam|thuoc)\b|\bco (?:ten )?(?:khong|ko)\b|\bthuoc dien\b"
)
_FORMED_FROM = re.compile(
    r"\b(?:nhap thanh|gop thanh|nhap lai thanh|gop lai thanh|"
    r"gom nhung|gom cac|tu nhung|tu cac|nhung xa cu|xa cu nao|cac xa cu|nhap tu|hinh thanh|"
    r"lap tu|truoc day)\b"
)
_EVERY_LEVEL = re.compile(r"\b(?:tung|moi|cac|nhung|ba|3) (?:cap|huyen|xa|so|don vi|co quan)\b")
_AGENCY_NAMED = re.compile(
    r"\b(?:so|ban|chi cuc) (?!(?:nao|gi|toi|minh|em|ta|ban|nganh|co|thuoc|phai|thi|lam|da|duoc|nam|trong|o|"
    r"va)\b)[a-z]+"
)
_TWO_WORDS_NAMED = re.compile(
    r"\bhuyen (?!dao |mien |nao )[a-z]{2,} [a-z]{2,} (?:co|gom|la|thi|lam|ap dung|thuoc|nam)\b"
)
_NAMED_DISTRICT = re.compile(r"\bhuyen ((?:[a-z]+ ){0,2}[a-z]+)")
_KIND_ASKED = (("thị trấn", re.compile(r"\bthi tran\b")), ("phường", re.compile(r"\bphuong\b")))


class Rosters:
    """Answers about units."""

    def __init__(
        self,
        units: UnitDirectory,
        places: PlaceFinder,
        documents: Mapping[str, LegalDocument],
        provinces: Mapping[str, Province],
        common_words: frozenset[str],
    ) -> None:
        self._units = units
        self._places = places
        self._documents = documents
        self._provinces = provinces
        self._common_words = common_words

    def answer(
        self, question: Question, scope: Sequence[str], own: Sequence[Unit], *, cards_know: bool = False
    ) -> Answer | None:
        """Answer a question about units, or return None where it is about something else.

        `scope` is the provinces it may be about (all where empty), `own` the asker's unit.
        Where `cards_know`, a card fits so well that only questions about a unit itself are taken here.
        """
        # What is told around the question names other units and other matters.
        told, question = question, question.without_story()
        mentions = self._places.find(question, scope) or ([] if own else self._places.find(told, scope))
        districts = _districts(mentions)
        named = self._named(mentions, districts)
        mine = speaks_of_self(question) or (not mentions and not question.levels_beside(own))
        about = named or (tuple(own) if mine else ())
        named_here = any(m.sure and u.level is Level.XA for m in mentions for u in m.units)
        formed = [u for u in self._every(mentions) if self._units.predecessors_of(u.code)]
        if formed and question.asks(_FORMED_FROM):
            return self._after_reform(question, formed)
        if named and question.says(_AFTER_REFORM):
            return self._after_reform(question, named)
        if about and not named and speaks_of_self(question) and question.says(_AFTER_REFORM):
            return self._after_reform(question, about)
        return (
            self._which_district(question, named)
            or (
                None
                if named_here or (cards_know and not districts)
                else self._counts(question, scope, mentions, own)
            )
            or self._membership(question, scope, about)
            or (
                None
                if cards_know and not named and not speaks_of_self(question)
                else self._year(question, scope, mentions, named, about)
            )
        )

    def about(self, question: Question, unit: Unit) -> Answer | None:
        """Answer the question for the one unit that the person picked."""
        if question.says(_AFTER_REFORM):
            return self._after_reform(question, [unit])
        if unit.in_plan:
            return self._which_district(question, (unit,)) or self._years(question, [unit])
        return None

    def names_a_unit(self, question: Question, scope: Sequence[str]) -> bool:
        """Tell whether a question names a unit, or a district, that the rosters know."""
        mentions = self._places.find(question, scope)
        return any(m.exact and (m.units or m.districts) for m in mentions)

    def short(self, question: Question, scope: Sequence[str]) -> Answer | None:
        """Answer a question that is hardly more than the name of a unit."""
        mentions = self._places.find(question, scope)
        named = self._named(mentions, _districts(mentions))
        taken = {place for m in mentions for place in range(m.start, m.end)}
        provinces = {w for slug in question.provinces for w in fold(SEED_PROVINCES[slug]).split()}
        rest = [
            w
            for at, w in enumerate(question.words)
            if at not in taken and w.bare not in _FILLING | _OF_THE_ROSTER | provinces
        ]
        if not named or len(rest) > 1:
            return None
        if any(u.in_plan for u in named):
            return self._years(question, named)
        return self._former_years(named) if self._units.predecessors_of(named[0].code) else None

    # --- who is meant ---

    @staticmethod
    def _every(mentions: Sequence[Mention]) -> tuple[Unit, ...]:
        return tuple(dict.fromkeys(u for m in mentions for u in m.units))

    def _named(self, mentions: Sequence[Mention], districts: Sequence[tuple[str, str]]) -> tuple[Unit, ...]:
        """Return the units named, narrowed to the districts named beside them."""
        units: list[Unit] = []
        for mention in mentions:
            communes = [u for u in mention.units if u.level is Level.XA]
            whole = [u for u in mention.units if u.level is Level.HUYEN and u.in_plan]
            if not mention.sure and whole:
                # "Đăk Tô" alone is the district as well as its town.
                communes = [*communes, *whole]
            beside = any(other is not mention and other.units for other in mentions)
            if mention.districts and not mention.sure and beside:
                continue
            units += communes or mention.units
        wanted = {name for _, name in districts}
        near = [u for u in units if u.district in wanted or u.true_district in wanted]
        if near:
            return tuple(dict.fromkeys(near))
        others = [u for u in units if u.level is not Level.XA]
        return tuple(dict.fromkeys(units if not wanted else others or units))

    # --- year ---

    def _year(
        self,
        question: Question,
        scope: Sequence[str],
        mentions: Sequence[Mention],
        named: tuple[Unit, ...],
        about: tuple[Unit, ...],
    ) -> Answer | None:
        asked = self._asks_year(question)
        asked = asked or bool(named and named[0].plan_year in question.years and question.says(_TO_DO))
        if named and any(u.in_plan for u in named) and (asked or (question.yes_no and question.years)):
            return self._years(question, named)
        if not asked and not (question.yes_no and question.years and question.says(_ADOPT)):
            return None
        missing = self._not_listed(question, scope, mentions)
        if missing and not named:
            return missing
        if named and asked and self._units.predecessors_of(named[0].code):
            return self._former_years(named)
        if about and not _EVERY_LEVEL.search(question.focus):
            if any(u.in_plan for u in about):
                return self._years(question, about)
            if any(self._units.predecessors_of(u.code) for u in about):
                return self._former_years(about)
        return None

    def _asks_year(self, question: Question) -> bool:
        """Tell whether the question asks for the year of adopting, and of nothing else."""
        if question.says(_OF_THE_WHOLE_PLAN):
            return False
        for number in range(len(question.sentences)):
            words = [w.bare for w in question.words if w.sentence == number]
            text = " ".join(words)
            for match in _YEAR.finditer(text):
                before = " ".join(text[: match.start()].split()[-7:])
                after = " ".join(text[match.end() :].split()[:4])
                near = f"{before} {match.group()} {after}"
                near = _NUMBERED.sub(" ", near)
                around = question.story or question.folded
                if not _OTHER_MATTER.search(near) and (_ADOPT.search(text) or _ADOPT.search(around)):
                    return True
        return False

    def _years(self, question: Question, units: Sequence[Unit]) -> Answer:
        listed = [u for u in units if u.in_plan] or list(units)
        if len(listed) > 6:
            listed = listed[:6]
        lines = [self._year_line(u) for u in listed]
        citations = self._citations(listed)
        if len(listed) == 1:
            text = lines[0]
            unit = listed[0]
            wrong = [y for y in question.years if y != unit.plan_year]
            if question.yes_no and wrong and unit.plan_year not in question.years:
                text = f"Không phải năm {wrong[0]}. {text}"
            after = self._now(unit)
            text = f"{text}\n{after}" if after else text
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        if _each_named(question, listed):
            text = "\n".join(f"- {line}" for line in lines)
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        return self._ask_which(listed, lines, citations)

    def _ask_which(
        self, units: Sequence[Unit], lines: Sequence[str], citations: tuple[Citation, ...]
    ) -> Answer:
        head = f"Có {len(units)} đơn vị trùng hoặc gần trùng tên. Anh/chị hỏi đơn vị nào?"
        text = "\n".join([head, *(f"- {line}" for line in lines)])
        options = tuple(Option(titled(u), Refinement(unit=u.code)) for u in units)
        return Answer(Outcome.CLARIFY, with_sources(text, citations[:3]), citations[:3], options)

    def _year_line(self, unit: Unit) -> str:
        if unit.province == "tuyen-quang":
            return f"{unit.name}: {_tuyen_quang(unit)}."
        if unit.province == "kon-tum":
            line = f"{titled(unit)}: áp dụng ISO điện tử chậm nhất năm {unit.plan_year}."
        else:
            line = f"{titled(unit)}: áp dụng ISO năm {unit.plan_year}."
        if unit.true_district and unit.true_district != unit.district:
            line += f" (Phụ lục in ở {district_title(unit)}; thực tế thuộc huyện {unit.true_district}.)"
        return line

    def _former_years(self, about: Sequence[Unit]) -> Answer:
        unit = about[0]
        former = self._units.predecessors_of(unit.code)
        lines = [f"- {self._year_line(u)}" for u in former if u.in_plan]
        head = (
            f"{unit.name} lập từ ngày 1/7/2025 nên không có tên trong danh sách; các đơn vị cũ nhập vào có:"
        )
        citations = self._citations(former)
        return Answer(Outcome.ANSWERED, with_sources("\n".join([head, *lines]), citations), citations)

    # --- lists and counts ---

    def _counts(
        self,
        question: Question,
        scope: Sequence[str],
        mentions: Sequence[Mention],
        own: Sequence[Unit],
    ) -> Answer | None:
        districts = [d for m in mentions for d in m.districts] or _districts(mentions)
        counting, listing = question.asks(_COUNT), question.asks(_LIST)
        if question.says(TODAY) and not question.says(ADOPTING):
            return None
        if not (counting or listing) or self._counts_other_things(question):
            return None
        provinces = [p for p in (scope or PLANS) if p in PLANS]
        years = [y for y in question.years if y in (2022, 2023, 2024)]
        if not districts and speaks_of_self(question):
            districts = [
                (u.province, u.bare_name) for u in own if u.level is Level.HUYEN and u.province in PLANS
            ]
        if districts:
            return self._of_district(question, districts[0], years)
        missing = self._unknown_district(question, provinces)
        if missing:
            return missing
        if years and "thanh-hoa" in provinces:
            return self._of_year(question, years[0], listing=listing and not counting)
        if len(provinces) != 1 or len(question.provinces) > 1:
            return None
        found = None
        if "kon-tum" in provinces:
            found = self._of_level(question, listing=listing and not counting)
        return found or (self._whole_plan(question, provinces[0]) if counting and not listing else None)

    def _whole_plan(self, question: Question, province: str) -> Answer | None:
        """Count every unit of the plan, where neither a year nor a district nor another matter is named."""
        whole = question.says(_OF_PLAN) and (question.provinces or question.says(_ALTOGETHER))
        if not whole or question.says(_NOT_OF_PLAN):
            return None
        if province == "thanh-hoa":
            units = self._units.roster(province, level=Level.XA)
            kinds = Counter(u.kind for u in units)
            named = " và ".join(f"{count} {kind}" for kind, count in kinds.items())
            text = f"Tổng cộng {len(units)} UBND cấp xã ({named}): {_by_year(units)}."
        else:
            units = self._units.roster(province)
            text = f"Tổng cộng {len(units)} cơ quan, đơn vị trong danh sách: " + ", ".join(
                f"{count} đơn vị đến năm {year}"
                for year, count in sorted(Counter(u.plan_year or 0 for u in units).items())
            )
            text += "."
        citations = self._citations(units)
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
                text += f" Các năm khác: {_by_year(every)}."
            citations = self._citations(every) or self._whole(province)
            return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
        text = f"{title} có {len(units)} UBND cấp xã trong danh sách{when}"
        if province == "thanh-hoa" and len(years) != 1:
            text += f" ({_by_year(units)})"
        text += f": {_names(units)}."
        citations = self._citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _of_year(self, question: Question, year: int, *, listing: bool) -> Answer | None:
        units = self._units.roster("thanh-hoa", level=Level.XA, year=year)
        counts = Counter(u.district for u in units)
        citations = self._citations(units)
        if question.says(_WHICH_DISTRICTS):
            named = "; ".join(f"{name} ({count})" for name, count in counts.items())
            text = f"Năm {year} có {len(counts)} huyện với {len(units)} UBND cấp xã: {named}."
        elif listing:
            rows = [f"- {name}: {_names([u for u in units if u.district == name])}" for name in counts]
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
        citations = self._citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text + ".", citations), citations)

    def _unknown_district(self, question: Question, provinces: Sequence[str]) -> Answer | None:
        """Say plainly that a district named is not in the list."""
        for match in _NAMED_DISTRICT.finditer(question.folded):
            following = match.group(1).split()
            name = self._strange_name(question, "huyen", following)
            unmarked = not question.marks and _TWO_WORDS_NAMED.search(question.folded)
            if not name and unmarked and following[0] not in _NO_NAME - _MAY_BEGIN_A_NAME:
                # Without marks every syllable is a common word, but between "huyện" and "có" stands a name.
                name = " ".join(w.capitalize() for w in following[:2])
            if name and provinces:
                province = provinces[0] if len(provinces) == 1 else ""
                return self._absent(f"huyện {name}", province or "thanh-hoa")
        return None

    def _not_listed(
        self, question: Question, scope: Sequence[str], mentions: Sequence[Mention]
    ) -> Answer | None:
        if any(m.sure and m.units for m in mentions):
            return None
        provinces = [p for p in (scope or PLANS) if p in PLANS]
        if len(provinces) != 1:
            return None
        for kind in ("xa", "thi tran", "phuong"):
            for match in re.finditer(rf"\b{kind} ((?:[a-z]+ ){{0,2}}[a-z]+)", question.folded):
                name = self._strange_name(question, kind.split()[-1], match.group(1).split())
                if name:
                    label = {"xa": "xã", "thi tran": "thị trấn", "phuong": "phường"}[kind]
                    return self._absent(f"{label} {name}", provinces[0])
        return None

    def _strange_name(self, question: Question, kind: str, following: list[str]) -> str:
        """Return the name behind "huyện" or "xã" where the documents never use such words together."""
        if not following or following[0] in _NO_NAME - _MAY_BEGIN_A_NAME:
            return ""
        name = [following[0]]
        if len(following) > 1 and following[1] not in _NO_NAME:
            name.append(following[1])
        if len(name) == 1:
            return ""
        words = question.words
        for at in range(len(words) - len(name)):
            run = words[at + 1 : at + 1 + len(name)]
            if words[at].bare != kind or [w.bare for w in run] != name:
                continue
            strange = any((w.marked if question.marks else w.bare) not in self._common_words for w in run)
            if strange or (run[0].capital and run[1].capital):
                return " ".join(w.marked.capitalize() for w in run)
        return ""

    def _absent(self, what: str, province: str) -> Answer:
        document = self._documents[province]
        count = len(self._units.roster(province, level=Level.XA))
        named = ", ".join(self._units.districts(province))
        text = (
            f"{what[0].upper() + what[1:]} không có trong danh sách {count} UBND cấp xã kèm theo "
            f"{document.kind} {document.number} của {SEED_PROVINCES[province]}.\n"
            f"Danh sách chỉ gồm các huyện, thành phố: {named}."
        )
        citations = self._whole(province)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    # --- district, membership, what became of it ---

    def _which_district(self, question: Question, named: tuple[Unit, ...]) -> Answer | None:
        communes = [u for u in named if u.level is Level.XA and u.district]
        if not communes or not question.asks(_WHICH_DISTRICT):
            return None
        lines = []
        for unit in communes[:6]:
            kind = unit.printed_name or unit.name
            line = f"{unit.name}: {district_title(unit)}"
            if unit.printed_name and unit.printed_name != unit.name:
                line += f" (Phụ lục in là “{kind}”)"
            if unit.true_district and unit.true_district != unit.district:
                line += f"; thực tế thuộc huyện {unit.true_district}"
            if unit.plan_year and self._asks_year(question):
                line += f"; áp dụng năm {unit.plan_year}"
            lines.append(line + ".")
        citations = self._citations(communes)
        if len(communes) == 1:
            return Answer(Outcome.ANSWERED, with_sources(lines[0], citations), citations)
        return self._ask_which(communes[:6], lines, citations)

    def _membership(self, question: Question, scope: Sequence[str], about: tuple[Unit, ...]) -> Answer | None:
        if not question.asks(_MEMBER) or _OTHER_MATTER.search(self._without_names(question, scope)):
            return None
        if not about:
            return self._agency_not_listed(question, scope)
        listed = [u for u in about if u.in_plan]
        if not listed:
            return None
        if listed[0].province == "tuyen-quang":
            return self._tuyen_quang_member(question, listed[0])
        answer = self._years(question, listed)
        if answer.outcome is Outcome.ANSWERED:
            return Answer(answer.outcome, f"Có trong danh sách. {answer.text}", answer.citations)
        return answer

    def _without_names(self, question: Question, scope: Sequence[str]) -> str:
        """Return what is asked without the names in it: "Sở Giáo dục và Đào tạo" speaks of no training."""
        taken = {place for m in self._places.find(question, scope) for place in range(m.start, m.end)}
        asked = enumerate(question.words)
        return " ".join(
            w.bare for at, w in asked if at not in taken and question.sentences[w.sentence] == 1.0
        )

    def _agency_not_listed(self, question: Question, scope: Sequence[str]) -> Answer | None:
        """Say that an agency named is not among those of the list, and who is."""
        if list(scope) not in (["tuyen-quang"], ["kon-tum"]) or not question.says(_AGENCY_NAMED):
            return None
        units = self._units.roster(scope[0], level=Level.SO)
        if scope[0] == "tuyen-quang":
            units = tuple(u for u in self._units.roster(scope[0]) if u.plan_group.startswith("Duy trì"))
        named = ", ".join(u.name.removeprefix("UBND ") for u in units)
        text = f"Không có tên trong danh sách. Danh sách gồm {len(units)} cơ quan: {named}."
        citations = self._citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _tuyen_quang_member(self, question: Question, unit: Unit) -> Answer:
        eighteen = any(g.startswith("Duy trì") for g in unit.plan_groups)
        text = f"{unit.name}: {_tuyen_quang(unit)}."
        if "18" in question.folded.split():
            text = ("Có. " if eighteen else "Không nằm trong 18 cơ quan đó. ") + text
        citations = self._citations([unit])
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _after_reform(self, question: Question, units: Sequence[Unit]) -> Answer | None:
        former = [u for u in units if u.valid_to is not None]
        if former and not question.says(_FORMED_FROM):
            units = former
        elif len(units) > 1 and question.says(_FORMED_FROM):
            units = [u for u in units if u.valid_to is None] or units
        lines = [line for u in units[:6] if (line := self._now(u, full=True))]
        if not lines:
            return None
        if len(lines) == 1:
            return Answer(Outcome.ANSWERED, lines[0])
        head = "Có nhiều đơn vị mang tên này. Anh/chị hỏi đơn vị nào?"
        options = tuple(Option(titled(u), Refinement(unit=u.code)) for u in units[:6])
        return Answer(Outcome.CLARIFY, "\n".join([head, *(f"- {line}" for line in lines)]), (), options)

    def _now(self, unit: Unit, *, full: bool = False) -> str:
        """Say what became of a unit; a short line, or with `full` a whole answer."""
        province = self._provinces[unit.province]
        where = f", tỉnh {province.now}" if province.merged else ""
        names = [u.name.removeprefix("UBND ") for u in self._units.successors_of(unit.code)]
        if unit.level is Level.XA and len(names) == 1:
            return (
                f"{titled(unit) if full else 'Nay'}{' từ 1/7/2025' if full else ''} thuộc {names[0]}{where}."
            )
        if unit.level is Level.XA and names:
            split = " và ".join(names)
            head = f"{titled(unit)} từ 1/7/2025" if full else "Nay"
            return f"{head} được chia vào {len(names)} đơn vị: {split}{where}."
        if not full:
            return ""
        former = self._units.predecessors_of(unit.code)
        if former:
            old = ", ".join(f"{u.name.removeprefix('UBND ')} ({u.district})" for u in former)
            return f"{unit.name}{where} lập từ 1/7/2025, nhận toàn bộ hoặc một phần của: {old}."
        if unit.level is Level.HUYEN:
            return (
                f"{unit.name} kết thúc hoạt động từ 1/7/2025, khi không còn cấp huyện; việc được chuyển cho "
                f"UBND cấp xã mới và các sở{where}. Đơn vị nhận từng việc cụ thể thì chưa xác minh."
            )
        return ""

    # --- citations ---

    def _citations(self, units: Sequence[Unit]) -> tuple[Citation, ...]:
        found = []
        for unit in units:
            if not unit.in_plan:
                continue
            section = {
                "thanh-hoa": f"Phụ lục mục {(unit.plan_year or 0) - 2021}",
                "kon-tum": "Phụ lục",
                "tuyen-quang": "III.2.1" if unit.plan_year == 2011 else "III.2.2",
            }.get(unit.province, "")
            found.append(Citation(self._documents[unit.province], section))
        return tuple(dict.fromkeys(found))[:3]

    def _whole(self, province: str) -> tuple[Citation, ...]:
        return (Citation(self._documents[province], "Phụ lục"),)


_FILLING_WORDS = "xa thi tran phuong huyen ubnd uy ban nhan dan o cua thi sao a the nao con"
_FILLING = frozenset(_FILLING_WORDS.split())
_OF_THE_ROSTER = frozenset(["han", "ap", "dung", "iso", "nam", "moc", "dot", "lo", "trinh", "dien", "tu"])
_NO_NAME_WORDS = (
    "nao gi toi minh em co la thi phai duoc cua trong o nay do khac lam ap nam may bao va hay theo ve cho "
    "da dang se chua khong tren den tu nhu cu moi khi can vay a dau con gui nop bi chung ta nha e trien "
    "thuc hien mien nui cac nhung thuoc deu xong tham muu iso he thong lap xay"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_MAY_BEGIN_A_NAME = frozenset(["nhu", "lap", "cu", "bao", "he"])


def _districts(mentions: Sequence[Mention]) -> list[tuple[str, str]]:
    """Return the districts that are named as districts, or stand beside a commune."""
    found: list[tuple[str, str]] = []
    for mention in mentions:
        if mention.districts and (mention.sure or not mention.units or len(mentions) > 1):
            found += mention.districts
        found += [(u.province, u.bare_name) for u in mention.units if u.level is Level.HUYEN and mention.sure]
    return [d for d in dict.fromkeys(found) if d[0] in PLANS]


def _each_named(question: Question, units: Sequence[Unit]) -> bool:
    """Tell whether units bear different names and all of them are asked about, so that none is to choose."""
    names = {fold(u.bare_name) for u in units}
    return len(names) == len(units) and all(name in question.folded for name in names)


def _names(units: Sequence[Unit]) -> str:
    return ", ".join(u.name.removeprefix("UBND ").removeprefix("xã ") for u in units)


def _by_year(units: Sequence[Unit]) -> str:
    counts = Counter(u.plan_year for u in units)
    return ", ".join(f"năm {year}: {count}" for year, count in sorted(counts.items(), key=str))


def _tuyen_quang(unit: Unit) -> str:
    parts = []
    for group in unit.plan_groups:
        if group.startswith("Duy trì"):
            parts.append(
                "nằm trong 18 cơ quan, đơn vị đã được cấp giấy chứng nhận; năm 2011 tiếp tục áp dụng, "
                "duy trì, cải tiến hệ thống"
            )
        elif group.startswith("Mở rộng"):
            parts.append("là một trong 5 cơ quan mở rộng phạm vi áp dụng trong năm 2011")
        elif group.startswith("Triển khai"):
            parts.append("năm 2011 triển khai xây dựng, áp dụng hệ thống")
        elif group.startswith("Hoàn thành"):
            parts.append("hoàn thành việc xây dựng và áp dụng trong năm 2011")
        else:
            parts.append("triển khai xây dựng, áp dụng từ năm 2012 đến năm 2013")
    return "; ".join(parts)
