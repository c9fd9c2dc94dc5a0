"""Saying plainly that a district, commune or agency is not in the list of a plan.

A name is taken for one where the documents never use such words together, or where it is typed as one.
"""

import re
from collections.abc import Mapping, Sequence

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.units import Level, UnitDirectory
from knowledge.bodies import body_in
from knowledge.corpus import SEED_PROVINCES
from knowledge.home import Home
from knowledge.model import Answer, Outcome, with_sources
from knowledge.places import Mention
from knowledge.question import Question
from knowledge.roster_lines import RosterLines

PLANS = ("thanh-hoa", "kon-tum")
"""Provinces whose plan lists communes."""
_LISTED = {
    "thanh-hoa": "UBND cấp xã",
    "kon-tum": "Văn phòng UBND tỉnh, các sở, ban, chi cục hoặc tương đương, UBND cấp huyện, UBND cấp xã",
}
"""What kinds of units their lists hold."""
_FREE_IN_KON_TUM = (
    "Cơ quan ngành dọc, đơn vị sự nghiệp công lập và cơ quan, tổ chức khác được khuyến khích: đến năm 2030 "
    "trên 50% áp dụng, công bố."
)
_AGENCY_NAMED = re.compile(
    r"\b(?<!co )(?<!tru )(?:so|ban|chi cuc) "
    r"(?!nhu\b|(?:nao|gi|toi|minh|em|ta|ban|nganh|co|thuoc|phai|thi|lam|da|duoc|nam|trong|o|va)\b)[a-z]+"
)
_TWO_WORDS_NAMED = re.compile(
    r"\bhuyen (?!dao |mien |nao )[a-z]{2,} [a-z]{2,} (?:co|gom|la|thi|lam|ap dung|thuoc|nam)\b"
)
_NAMED_DISTRICT = re.compile(r"\bhuyen ((?:[a-z]+ ){0,2}[a-z]+)")
_NO_NAME_WORDS = (
    "nao gi toi minh em co la thi phai duoc cua trong o nay do khac lam ap nam may bao va hay theo ve cho "
    "da dang se chua khong tren den tu nhu cu moi khi can vay a dau con gui nop bi chung ta nha e trien "
    "thuc hien mien nui cac nhung thuoc deu xong tham muu iso he thong lap xay"
)
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_MAY_BEGIN_A_NAME = frozenset(["nhu", "lap", "cu", "bao", "he"])


class Absences:
    """Answers where what is named is not listed."""

    def __init__(
        self,
        units: UnitDirectory,
        documents: Mapping[str, LegalDocument],
        lines: RosterLines,
        common_words: frozenset[str],
    ) -> None:
        self._units = units
        self._documents = documents
        self._lines = lines
        self._common_words = common_words

    def unknown_district(self, question: Question, provinces: Sequence[str]) -> Answer | None:
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

    def not_listed(
        self, question: Question, scope: Sequence[str], mentions: Sequence[Mention]
    ) -> Answer | None:
        """Say plainly that a commune named is not in the list, where one plan is meant."""
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

    def own_not_listed(self, home: Home) -> Answer | None:
        """Say that the asker's own commune is not in the list, where the plan lists communes."""
        if home.province not in PLANS:
            return None
        return self._absent(
            re.sub(r"^(?:UBND|Ủy ban nhân dân|Uỷ ban nhân dân) ", "", home.name), home.province
        )

    def agency_not_listed(self, question: Question, scope: Sequence[str]) -> Answer | None:
        """Say that an agency named is not among those of the list, and who is."""
        body = body_in(question.focus)
        if body and list(scope) != ["tuyen-quang"]:
            return self._body_not_listed(scope)
        if list(scope) not in (["tuyen-quang"], ["kon-tum"]):
            return None
        if not body and not question.says(_AGENCY_NAMED):
            return None
        if question.level in ("xa", "huyen"):
            return None
        units = self._units.roster(scope[0], level=Level.SO)
        if scope[0] == "tuyen-quang":
            units = tuple(u for u in self._units.roster(scope[0]) if u.plan_group.startswith("Duy trì"))
        named = ", ".join(u.name.removeprefix("UBND ") for u in units)
        text = f"Không có tên trong danh sách. Danh sách gồm {len(units)} cơ quan: {named}."
        citations = self._lines.citations(units)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def _body_not_listed(self, scope: Sequence[str]) -> Answer | None:
        """Say that a school, a tax office or the press is not in the list, and which groups are."""
        if len(scope) != 1 or scope[0] not in PLANS:
            return None
        (province,) = scope
        document, citations = self._documents[province], self._lines.whole(province)
        head = f"Không có tên trong danh sách {len(self._units.roster(province))} đơn vị"
        text = f"{head} kèm theo {document.kind} {document.number}. Danh sách chỉ gồm {_LISTED[province]}."
        if province == "kon-tum":
            text += f"\n{_FREE_IN_KON_TUM}"
            citations += tuple(Citation(document, f"Điều 1 mục {place}") for place in ("II.2.2", "IV.2"))
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

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
        citations = self._lines.whole(province)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)
