"""Legal documents, citations and cards (văn bản, căn cứ, thẻ tri thức)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


def as_written(day: date) -> str:
    """Return a day as documents write it: 05/3/2014."""
    return f"{day.day:02d}/{day.month}/{day.year}"


class Source(StrEnum):
    """How a document is known to us, so that an answer can say so."""

    TEXT = "text"
    """Its wording was at hand when the cards were written."""
    CODIFIED = "codified"
    """Read in the codified law (Pháp điển), not in the original."""
    SECONDARY = "secondary"
    """Known only from other pages or documents that name it."""


@dataclass(frozen=True, slots=True)
class DocumentFact:
    """One thing that a document says of itself (người ký, nơi nhận, bố cục), with its place."""

    aspect: str
    text: str
    section: str


@dataclass(frozen=True, slots=True)
class DocumentCount:
    """How many bodies a document speaks of: 92 communes. `also` are other figures that stand in it."""

    number: int
    of: tuple[str, ...]
    said: str
    section: str
    also: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LegalDocument:
    """One document (văn bản), with what is known of its force.

    `key` is how cards name it: a province's slug for that province's own document, else its number.
    `note` says in Vietnamese what a reader must know before relying on it.
    """

    key: str
    number: str
    kind: str
    title: str
    issuer: str
    source: Source
    issued: date | None = None
    effective: date | None = None
    signer: str = ""
    period_from: int | None = None
    period_to: int | None = None
    replaces: tuple[str, ...] = ()
    replaced_by: str = ""
    replaced_on: date | None = None
    amended_by: tuple[str, ...] = ()
    province: str = ""
    note: str = ""
    also_written: tuple[str, ...] = ()
    cited_as: str = ""
    """How to cite a document whose number cannot be read with certainty; else empty."""
    force_section: str = ""
    """The place that says from when it is in force and what it replaces."""
    basis_section: str = ""
    """The place that names what a province's document rests on, the documents `rests_on`."""
    rests_on: tuple[str, ...] = ()
    basis_places: tuple[tuple[str, str], ...] = ()
    """(key, place) of those it rests on elsewhere than in its `basis_section`."""
    standard: str = ""
    """The edition of TCVN ISO 9001 it is written for: "2008"."""
    requested_by: tuple[str, ...] = ()
    """The letters that asked for its approval; it names them where it names what it rests on."""
    details: tuple[str, ...] = ()
    """The documents it gives the details of (quy định chi tiết, hướng dẫn thi hành)."""
    details_section: str = ""
    facts: tuple[DocumentFact, ...] = ()
    counts: tuple[DocumentCount, ...] = ()
    known_for: tuple[str, ...] = ()
    """What it is asked for by, where nobody knows its number."""

    def fact(self, aspect: str) -> DocumentFact | None:
        """Return what it says on one aspect, if that is on record."""
        return next((f for f in self.facts if f.aspect == aspect), None)

    def places(self) -> tuple[str, ...]:
        """Return every place of its own that this record names."""
        named = (self.force_section, self.basis_section, self.details_section)
        told = (*(f.section for f in self.facts), *(c.section for c in self.counts))
        every = (*named, *(place for _, place in self.basis_places), *told)
        return tuple(dict.fromkeys(place for place in every if place))

    def basis_place(self, key: str) -> str:
        """Return the place that names one of the documents it rests on."""
        return dict(self.basis_places).get(key, self.basis_section)

    def short_name(self) -> str:
        """Return "Quyết định 4775/QĐ-UBND", or how to cite it where its number is not certain."""
        return self.cited_as.partition(" (")[0] or f"{self.kind} {self.number}"

    def full_name(self) -> str:
        """Return "Quyết định 4775/QĐ-UBND ngày 29/11/2021", as an answer cites it."""
        if self.cited_as:
            return self.cited_as
        day = f" ngày {as_written(self.issued)}" if self.issued else ""
        return f"{self.kind} {self.number}{day}"


@dataclass(frozen=True, slots=True)
class Citation:
    """Where a statement stands.

    `section` is written as the document numbers it, outermost first: "Điều 1 khoản 3.1 điểm d".
    """

    document: LegalDocument
    section: str

    def as_text(self) -> str:
        """Return the citation as an answer prints it."""
        return f"{self.section}, {self.document.full_name()}" if self.section else self.document.full_name()
