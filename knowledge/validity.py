"""Documents among themselves: which replaced or changed which, which applied in a year, which came first.

All of it follows from the fields of the documents: dates, what they replace, what amends them.
"""

import re
from collections.abc import Mapping, Sequence

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.text import fold
from knowledge.corpus import SEED_PROVINCES
from knowledge.model import MOST_CITATIONS, Answer, Outcome, with_sources
from knowledge.question import Question
from knowledge.search import Hit
from knowledge.weighing import ENOUGH

_RELATION = re.compile(r"\b(?:sua doi|thay the|bai bo|huy bo|bo sung|thay cho)\b")
_FIRST = re.compile(r"\b(?:som nhat|dau tien|truoc nhat|cu nhat|lau nhat)\b")
_LAST = re.compile(r"\b(?:moi nhat|muon nhat|sau cung|gan nhat|gan day nhat)\b")
_ISSUED = re.compile(r"\b(?:ban hanh|ra van ban|van ban|co van ban|ra doi)\b")
_WHICH_DOCUMENT = re.compile(r"\b(?:quyet dinh|thong tu|van ban|quy dinh)(?: \w+)? (?:nao|gi|so may|may)\b")
_OF_A_PLAN = re.compile(r"\b(?:ke hoach|chi thi)\b.*\bcan cu\b|\bcan cu\b.*\b(?:ke hoach|chi thi)\b")
_PREMIER, _FINANCE, _SCIENCE = (
    re.compile(rf"\b(?:{words})\b")
    for words in ("thu tuong|chinh phu", "bo tai chinh|kinh phi|du toan|tai chinh", "bo khoa hoc")
)
_HEIR = re.compile(
    r"\b(?:quyet dinh|thong tu|van ban) (?:nao|gi)(?: \w+){0,6} thay (?:the|cho)\b|\bthay the (?:boi|bang)\b|"
    r"\bbi (?:\w+ ){0,3}(?:nao|gi) thay\b|\bcai gi thay\b"
)
_REPLACES = re.compile(
    r"(?<!bi )(?<!duoc )\bthay (?:the |cho )*(?:nhung |cac |may )*"
    r"(?:quyet dinh|thong tu|van ban) (?:nao|gi|so)\b"
)
_WHICH_DECISION = re.compile(r"\bquyet dinh(?: \w+)? (?:nao|gi|so may|may)\b")
_OF_ISO = re.compile(r"\b(?:iso|chat luong|9001)\b")
_OF_ANOTHER_MATTER = re.compile(r"\b(?:ke hoach|phe duyet|mo hinh khung|tieu chuan|danh sach)\b")
_BEFORE = re.compile(r"\btruoc (?:khi (?:co |ban hanh )?|do )?(?:quyet dinh|thong tu)\b")


class Validity:
    """Answers questions on two documents, or on a document and a year."""

    def __init__(
        self,
        documents: Mapping[str, LegalDocument],
        card_documents: Mapping[str, frozenset[str]],
        about_documents: frozenset[str],
    ) -> None:
        self._documents = documents
        self._card_documents = card_documents
        self._carded = about_documents | {d.key for d in documents.values() if d.province}

    def relation(self, read: Question, hits: Sequence[Hit]) -> Answer | None:
        """Say whether one document changes another, where two are named."""
        if len(read.documents) != 2 or not read.says(_RELATION):
            return None
        both = set(read.documents)
        if any(h.score >= ENOUGH and both <= self._card_documents[h.card.id] for h in hits[:3]):
            return None
        first, second = (self._documents[k] for k in read.documents)
        for new, old in ((first, second), (second, first)):
            if old.key in new.replaces or old.replaced_by == new.key:
                return self._stating(f"{new.full_name()} thay thế {old.full_name()}.", new, old)
            if new.key in old.amended_by:
                return self._stating(f"{new.full_name()} sửa đổi, bổ sung {old.full_name()}.", new, old)
        text = (
            f"Các văn bản tôi có không nêu {first.kind} {first.number} sửa đổi hay thay thế "
            f"{second.kind} {second.number}; quan hệ này chưa xác minh."
        )
        return self._stating(text, first, second)

    def in_force(self, read: Question, province: str = "") -> Answer | None:
        """Say which decision or circular applied in a year, from the days they replaced one another.

        `province` is the asker's, whose own plan is cited along where it rests on the rule.
        """
        if len(read.documents) == 1 and read.asks(_REPLACES):
            return self._replaced(self._documents[read.documents[0]])
        if len(read.documents) == 1 and read.says(_BEFORE) and read.says(_WHICH_DOCUMENT):
            return self._before(self._documents[read.documents[0]])
        if len(read.documents) == 1 and read.asks(_HEIR):
            return self._after(self._documents[read.documents[0]])
        if len(read.years) != 1 or not read.says(_WHICH_DOCUMENT) or read.says(_OF_A_PLAN):
            return None
        if len(read.provinces) > 1 or read.documents:
            return None
        if read.says(_PREMIER):
            issuer, kind = "Thủ tướng Chính phủ", "Quyết định"
        elif read.says(_FINANCE):
            issuer, kind = "Bộ Tài chính", "Thông tư"
        elif read.says(_SCIENCE):
            issuer, kind = "Bộ Khoa học và Công nghệ", "Thông tư"
        elif not province and read.asks(_WHICH_DECISION) and self._of_the_office_system(read):
            issuer, kind = "Thủ tướng Chính phủ", "Quyết định"
        else:
            return None
        year = read.years[0]
        chain = [
            d
            for d in self._documents.values()
            if d.kind == kind and fold(issuer) in fold(d.issuer) and (d.replaces or d.replaced_by)
        ]
        held = [d for d in chain if _first_year(d) <= year <= _last_year(d)]
        if not held:
            return self._not_yet(year, chain, f"{kind} nào của {issuer}")
        held.sort(key=lambda d: (_first_year(d), d.number))
        text = f"Năm {year}: " + "; ".join(_span(d) for d in held) + "."
        later = [d for d in chain if _first_year(d) > year and any(k.key in d.replaces for k in held)]
        for document in later:
            text += f" Khi đó chưa có {document.kind} {document.number} ({_span(document)})."
        told = [Citation(d, d.force_section) for d in (*held, *later)]
        plan = self._plan_of(province, year, held)
        citations = (*told[: MOST_CITATIONS - len(plan)], *plan)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    @staticmethod
    def _not_yet(year: int, chain: Sequence[LegalDocument], wanted: str) -> Answer | None:
        """Say that there was none in a year, and which came first."""
        later = sorted((d for d in chain if _first_year(d) > year), key=lambda d: str(d.issued))
        if not later:
            return None
        first = later[0]
        text = f"Năm {year}: tôi không thấy {wanted} về việc này. Sớm nhất tôi có là {_span(first)}."
        citations = (Citation(first, first.force_section or "Tên văn bản"),)
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    @staticmethod
    def _of_the_office_system(read: Question) -> bool:
        """Tell whether offices adopting the standard are meant, and no plan, list or standard itself."""
        return read.says(_OF_ISO) and not read.says(_OF_ANOTHER_MATTER)

    def described(self, read: Question) -> Answer | None:
        """Say what the record of a document holds, where one is named that no card is about."""
        if len(read.documents) != 1 or read.documents[0] in self._carded:
            return None
        document = self._documents[read.documents[0]]
        text = f"{document.full_name()} của {document.issuer}: {document.title}."
        if document.effective:
            day = document.effective
            text += f" Có hiệu lực từ {day.day:02d}/{day.month}/{day.year}."
        return self._stating(f"{text} {document.note}".strip(), document)

    def _plan_of(self, province: str, year: int, held: Sequence[LegalDocument]) -> list[Citation]:
        """Return the basis of the asker's own plan, where it ran in that year and rests on such a rule."""
        plan = self._documents.get(province)
        if plan is None or plan.issued is None or not plan.issued.year <= year <= (plan.period_to or 0):
            return []
        named = [d.key for d in held if d.key in plan.rests_on]
        return [Citation(plan, plan.basis_place(named[0]))] if named else []

    def _replaced(self, document: LegalDocument) -> Answer | None:
        """Say which documents this one replaced."""
        return self._on_replaced(document, document.full_name() + " thay thế: {}.")

    def _after(self, document: LegalDocument) -> Answer | None:
        """Say what replaced a document."""
        heir = self._documents.get(document.replaced_by or "")
        if heir is None:
            return None
        day = document.replaced_on
        since = f" từ ngày {day.day:02d}/{day.month}/{day.year}" if day else ""
        return self._stating(f"{heir.full_name()} thay thế {document.full_name()}{since}.", heir, document)

    def _before(self, document: LegalDocument) -> Answer | None:
        """Say what a document replaced."""
        return self._on_replaced(
            document,
            f"Trước {document.kind} {document.number} là: {{}}. Các văn bản này đã bị thay thế.",
        )

    def _on_replaced(self, document: LegalDocument, sentence: str) -> Answer | None:
        """Name in a sentence the documents that one replaced; None where it replaced none known here."""
        old = [self._documents[k] for k in document.replaces if k in self._documents]
        if not old:
            return None
        text = sentence.format("; ".join(d.full_name() for d in old))
        citations = (Citation(document, document.force_section), *(Citation(d, "") for d in old))
        citations = citations[:MOST_CITATIONS]
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)

    def order_of_issue(self, read: Question) -> Answer | None:
        """Say which province issued its document first or last, where that is asked."""
        if not read.says(_ISSUED) or not (read.says(_FIRST) or read.says(_LAST)):
            return None
        slugs = read.provinces if len(read.provinces) > 1 else tuple(SEED_PROVINCES)
        dated = [(d.issued, slug, d) for slug in slugs if (d := self._documents[slug]).issued]
        dated.sort(key=lambda row: str(row[0]), reverse=read.says(_LAST))
        head = "Muộn nhất" if read.says(_LAST) else "Sớm nhất"
        lines = [f"{head} là {SEED_PROVINCES[dated[0][1]]}: {dated[0][2].full_name()}.", "Tiếp theo:"]
        lines += [f"- {SEED_PROVINCES[slug]}: {document.full_name()}" for _, slug, document in dated[1:]]
        return Answer(
            Outcome.ANSWERED, "\n".join(lines), tuple(Citation(d, "Tên văn bản") for _, _, d in dated)
        )

    @staticmethod
    def _stating(text: str, *documents: LegalDocument) -> Answer:
        citations = tuple(
            Citation(d, d.force_section if set(d.replaces) & {o.key for o in documents} else "")
            for d in documents
        )
        return Answer(Outcome.ANSWERED, with_sources(text, citations), citations)


def _first_year(document: LegalDocument) -> int:
    day = document.effective or document.issued
    return day.year if day else 9999


def _last_year(document: LegalDocument) -> int:
    return document.replaced_on.year if document.replaced_on else 9999


def _span(document: LegalDocument) -> str:
    begun = document.effective or document.issued
    text = document.full_name()
    if begun and document.effective:
        text += f", có hiệu lực từ {begun.day:02d}/{begun.month}/{begun.year}"
    if document.replaced_on and document.replaced_by:
        day = document.replaced_on
        text += f", bị {document.replaced_by} thay thế từ {day.day:02d}/{day.month}/{day.year}"
    return text
