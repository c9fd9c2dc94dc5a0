"""What is told of one document when one aspect of it is asked for: a short sentence and its place.

Everything comes from the fields of the document: a fact on record first, else what follows from its
dates, its number, and what it replaces, amends, details or rests on.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from isobot.domain.law import Citation, LegalDocument, as_written
from knowledge.corpus import SEED_PROVINCES

TITLE = "Tên văn bản"


@dataclass(frozen=True, slots=True)
class Told:
    """What is told, with the places where it stands, the first one first."""

    text: str
    citations: tuple[Citation, ...]


def place_of(document: LegalDocument) -> str:
    """Say whose it is: "Quyết định 144/2006/QĐ-TTg ngày 20/6/2006 của Thủ tướng Chính phủ"."""
    name = document.full_name()
    home = SEED_PROVINCES.get(document.province, "")
    return name if home and home in name else f"{name} của {document.issuer}"


def named(documents: Iterable[LegalDocument]) -> str:
    """Name documents in one line."""
    return "; ".join(document.full_name() for document in documents)


class DocumentFacts:
    """Tells of a document what its record holds: number, title, day, issuer, signer and the like."""

    def __init__(self, documents: Mapping[str, LegalDocument]) -> None:
        self._documents = documents
        self._tellers: dict[str, Callable[[LegalDocument], Told | None]] = {
            "number": self._name,
            "title": self._title,
            "date": self._date,
            "issuer": self._issuer,
            "signer": self._signer,
            "edition": self._edition,
            "in-force": self._in_force,
            "until": self._until_when,
            "still": self._still,
            "replaced-by": self._until,
            "replaces": self._replaces,
            "amends": self._amends,
            "amended-by": self._amended_by,
            "details": self._details,
            "detailed-by": self._detailed_by,
        }

    def tell(self, document: LegalDocument, aspect: str) -> Told | None:
        """Return what is on record on an aspect; None where nothing is."""
        fact = document.fact(aspect)
        if fact:
            return Told(fact.text, (Citation(document, fact.section),))
        teller = self._tellers.get(aspect)
        return teller(document) if teller else None

    def _name(self, document: LegalDocument) -> Told:
        return self._of_title(document, f"{place_of(document)}.")

    def _title(self, document: LegalDocument) -> Told:
        return self._of_title(document, f"{place_of(document)}: {document.title}.")

    def _date(self, document: LegalDocument) -> Told | None:
        if document.issued is None:
            return None
        return self._of_title(
            document, f"{document.short_name()} ban hành ngày {as_written(document.issued)}."
        )

    def _issuer(self, document: LegalDocument) -> Told:
        return self._of_title(document, f"{document.short_name()} do {document.issuer} ban hành.")

    def _signer(self, document: LegalDocument) -> Told | None:
        """Say who issued a national document; whose name stands under it is not on record."""
        if document.province:
            return None
        told = self._issuer(document)
        return Told(f"{told.text} Tên người ký không có trong các văn bản tôi có.", told.citations)

    def _edition(self, document: LegalDocument) -> Told | None:
        if not document.standard:
            return None
        text = f"Trong tên, {document.short_name()} ghi TCVN ISO 9001:{document.standard}."
        return self._of_title(document, text)

    def _in_force(self, document: LegalDocument) -> Told | None:
        if document.effective is None:
            return None
        text = f"{document.short_name()} có hiệu lực từ ngày {as_written(document.effective)}."
        return Told(text, (Citation(document, document.force_section or TITLE),))

    def _until(self, document: LegalDocument) -> Told | None:
        heir = self._documents.get(document.replaced_by)
        if heir is None:
            return None
        text = f"{document.short_name()} đã bị {heir.full_name()} thay thế{_since(document)}."
        return Told(text, (Citation(heir, heir.force_section or TITLE), Citation(document, TITLE)))

    def _until_when(self, document: LegalDocument) -> Told | None:
        """Say when it was replaced, or that no day is known on which it ends."""
        period = document.fact("period")
        told = self._until(document)
        if told or not (period or document.force_section):
            return told
        text = (
            f"Tôi không thấy ngày hết hiệu lực của {document.short_name()}, cũng không thấy văn bản thay thế."
        )
        if period:
            text = f"{text} {period.text}"
        place = Citation(document, period.section if period else document.force_section)
        return Told(f"{text} Hiện còn áp dụng hay không thì chưa xác minh.", (place,))

    def _still(self, document: LegalDocument) -> Told | None:
        heir, told = self._documents.get(document.replaced_by), self._until(document)
        if heir is None or told is None:
            return None
        advice = f"Văn bản mới thì căn cứ {heir.short_name()}; hiệu lực đến nay của văn bản đó chưa xác minh."
        return Told(f"Không còn dùng làm căn cứ cho việc mới: {told.text} {advice}", told.citations)

    def _replaces(self, document: LegalDocument) -> Told | None:
        old = self._all(document.replaces)
        if not old:
            return None
        since = f" từ ngày {as_written(document.effective)}" if document.effective else ""
        text = f"{document.short_name()} thay thế{since}: {named(old)}."
        return Told(text, (Citation(document, document.force_section or TITLE), *_titles(old)))

    def _amends(self, document: LegalDocument) -> Told | None:
        changed = [d for d in self._documents.values() if document.key in d.amended_by]
        if not changed:
            return None
        return self._of_title(
            document, f"{document.short_name()} sửa đổi, bổ sung {named(changed)}.", *changed
        )

    def _amended_by(self, document: LegalDocument) -> Told | None:
        changing = self._all(document.amended_by)
        if not changing:
            return None
        text = f"{document.short_name()} được sửa đổi, bổ sung bởi {named(changing)}."
        return Told(text, (*_titles(changing), Citation(document, TITLE)))

    def _details(self, document: LegalDocument) -> Told | None:
        above = self._all(document.details)
        if not above:
            return None
        text = f"{document.short_name()} quy định chi tiết thi hành {named(above)}."
        return Told(text, (Citation(document, document.details_section or TITLE), *_titles(above)))

    def _detailed_by(self, document: LegalDocument) -> Told | None:
        below = [d for d in self._documents.values() if document.key in d.details]
        if not below:
            return None
        text = f"{'; '.join(place_of(d) for d in below)} quy định chi tiết thi hành {document.short_name()}."
        places = [Citation(d, d.details_section or TITLE) for d in below]
        return Told(text, (*places, Citation(document, TITLE)))

    def _all(self, keys: Iterable[str]) -> list[LegalDocument]:
        return [self._documents[key] for key in keys if key in self._documents]

    @staticmethod
    def _of_title(document: LegalDocument, text: str, *others: LegalDocument) -> Told:
        return Told(text, (Citation(document, TITLE), *_titles(others)))


def _titles(documents: Iterable[LegalDocument]) -> list[Citation]:
    return [Citation(document, TITLE) for document in documents]


def _since(document: LegalDocument) -> str:
    return f" từ ngày {as_written(document.replaced_on)}" if document.replaced_on else ""
