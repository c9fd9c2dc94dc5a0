"""Legal documents, citations and cards (văn bản, căn cứ, thẻ tri thức)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Source(StrEnum):
    """How a document is known to us, so that an answer can say so."""

    TEXT = "text"
    """Its wording was at hand when the cards were written."""
    CODIFIED = "codified"
    """Read in the codified law (Pháp điển), not in the original."""
    SECONDARY = "secondary"
    """Known only from other pages or documents that name it."""


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

    def full_name(self) -> str:
        """Return "Quyết định 4775/QĐ-UBND ngày 29/11/2021", as an answer cites it."""
        if self.cited_as:
            return self.cited_as
        day = f" ngày {self.issued.day:02d}/{self.issued.month}/{self.issued.year}" if self.issued else ""
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
