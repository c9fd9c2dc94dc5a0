"""What a document rests on, what rests on it, and which letters asked for it, chosen as the question chooses.

"Căn cứ thông tư nào của Bộ Tài chính" is answered with that circular, not with the whole list.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from isobot.domain.law import Citation, LegalDocument
from isobot.domain.text import fold
from knowledge.aspects import Aspects
from knowledge.document_facts import TITLE, Told, place_of
from knowledge.model import MOST_CITATIONS

_KIND = re.compile(
    r"\b(quyet dinh|thong tu|nghi quyet|luat|cong van|ke hoach hanh dong|ke hoach)(?: \S+){0,1}? "
    r"(?:nao|gi|so may|so nao|so bao nhieu|may)\b"
)


class Bases:
    """Answers along the lines from one document to another."""

    def __init__(self, documents: Mapping[str, LegalDocument], aspects: Aspects) -> None:
        self._documents = documents
        self._aspects = aspects

    def rests_on(self, document: LegalDocument, masked: str, strange: Collection[str]) -> Told | None:
        """Return what a document rests on: of the kind, the issuer and the subject that are asked for."""
        every = [self._documents[key] for key in document.rests_on]
        kind, bodies = _KIND.search(masked), self._aspects.bodies_in(masked)
        chosen = [d for d in every if kind is None or fold(d.kind).startswith(kind[1])]
        chosen = [d for d in chosen if not bodies or self._aspects.bodies_in(fold(d.issuer)) & bodies]
        chosen = [d for d in chosen if set(strange) <= set(fold(d.title).split())]
        if not (kind or bodies or strange):
            chosen = [d for d in chosen if d.key not in dict(document.basis_places)] or chosen
        if not chosen:
            return None
        names = [_name(d) if len(chosen) <= MOST_CITATIONS else d.short_name() for d in chosen]
        titles = [Citation(d, TITLE) for d in chosen] if len(chosen) < MOST_CITATIONS else []
        return Told(
            f"{document.short_name()} căn cứ: {'; '.join(names)}.",
            (*_places(document, chosen), *titles)[:MOST_CITATIONS],
        )

    def rests_on_this(self, document: LegalDocument, other: LegalDocument) -> Told:
        """Say whether one document rests on another."""
        if other.key in document.rests_on:
            text = f"Có. {document.short_name()} căn cứ {other.full_name()}."
            return Told(text, (*_places(document, [other]), Citation(other, TITLE)))
        told = self.rests_on(document, "", ())
        text = f"Không. {document.short_name()} không nêu {other.short_name()} trong căn cứ."
        return Told(
            f"{text} {told.text if told else ''}".strip(), (Citation(document, document.basis_section),)
        )

    def rested_on_by(self, document: LegalDocument) -> Told | None:
        """Name the documents that say they rest on this one; None where none of ours does."""
        above = [d for d in self._documents.values() if document.key in d.rests_on]
        if not above:
            return None
        names = [place_of(d) for d in above]
        places = [place for d in above for place in _places(d, [document])]
        head = "Trong các văn bản tôi có, căn cứ"
        return Told(f"{head} {document.short_name()} có: {'; '.join(names)}.", tuple(places)[:MOST_CITATIONS])

    def naming(self, document: LegalDocument, province: str) -> Citation | None:
        """Return the place of a plan that names a document: of the asker's own, else of any."""
        above = [
            d
            for d in self._documents.values()
            if d.province and document.key in (*d.rests_on, *d.requested_by)
        ]
        above.sort(key=lambda d: d.province != province)
        return Citation(above[0], above[0].basis_place(document.key)) if above else None

    def requested(self, document: LegalDocument, masked: str, unit: str) -> Told | None:
        """Return the letters that asked for a document: of the body named, or of the asker's own."""
        letters = [self._documents[key] for key in document.requested_by]
        if not letters:
            return None
        named = self._aspects.bodies_in(masked) or self._aspects.bodies_in(fold(unit))
        chosen = [d for d in letters if self._aspects.bodies_in(fold(d.issuer)) & named] or letters
        text = "; ".join(f"{d.issuer} đề nghị tại {d.full_name()}" for d in chosen)
        places = (Citation(document, document.basis_section), *(Citation(d, TITLE) for d in chosen))
        return Told(f"{text}.", places)


def _name(document: LegalDocument) -> str:
    """Name a document; a law by its title, as plans cite it."""
    return f"{document.title} ({document.number})" if document.kind == "Luật" else document.full_name()


def _places(document: LegalDocument, others: Sequence[LegalDocument]) -> list[Citation]:
    sections: Iterable[str] = dict.fromkeys(document.basis_place(other.key) for other in others)
    return [Citation(document, section) for section in sections]
