"""The head of a document: its kind, number, date, issuer and title, wherever they stand."""

import re
from datetime import date

from isobot.domain.legal_text import Heading
from knowledge.importer.lines import KINDS
from knowledge.importer.model import Paragraph

KIND_WORDS = "|".join(kind.capitalize() for kind in sorted(KINDS, key=len, reverse=True))
_NUMBER = r"[0-9A-Za-z]+(?:/\d{4})?\s?[/-]\s?[A-ZĐ][\wĐđƯưĂăÂâÊê&.,-]*(?:/[A-ZĐ]+)?"
ONE_LINE_HEAD = re.compile(
    rf"^\W*(?P<kind>{KIND_WORDS}) số:?\s*(?P<number>{_NUMBER})(?P<rest>.*)$", re.IGNORECASE | re.DOTALL
)
_DATE = re.compile(r"ngày\s+(\d{1,2})\s*(?:/|-|\.|\s+tháng\s+)\s*(\d{1,2})\s*(?:/|-|\.|\s+năm\s+)\s*(\d{4})")
NUMBER_LINE = re.compile(rf"Số\s*:?\s*({_NUMBER})")
_KIND_IN_REFERENCE = re.compile(
    rf"(?:ban hành |kèm ).*?(?P<kind>{KIND_WORDS})\s+số:?\s*(?P<number>{_NUMBER})", re.IGNORECASE
)


class Head:
    """What has been read of the head."""

    def __init__(self) -> None:
        self.kind = self.number = self.issuer = self.title = ""
        self.issued: date | None = None
        self.number_line = 0
        """The line of the appendix that gave the number, where the head gave none."""

    def heading(self) -> Heading:
        """Return what was read so far; what was not found is empty."""
        return Heading(self.kind, self.number, self.issued, self.issuer, self.title)

    def read_one_line(self, found: re.Match[str]) -> None:
        """Take everything from "Chỉ thị số ... ngày ... của ... Về việc ..."."""
        rest = found["rest"]
        self.kind, self.number = found["kind"].upper(), squeezed(found["number"])
        self.issued = date_in(rest)
        subject = re.search(r"\b(?:Về việc|V/v|Về)\b", rest)
        self.title = rest[subject.start() :].strip() if subject else ""
        issuer = re.search(r"của\s+(.+?)(?=\s+(?:Về việc|V/v|Về)\b|$)", rest)
        self.issuer = issuer[1].strip() if issuer else ""

    def read_reference(self, block: Paragraph) -> None:
        """Take number and date from "(Ban hành kèm theo Quyết định số ...)" where the head gave none."""
        found = _KIND_IN_REFERENCE.search(block.text)
        if found and not self.number:
            self.number, self.number_line = squeezed(found["number"]), block.first
            self.kind = self.kind or found["kind"].upper()
            self.issued = self.issued or date_in(block.text)


def date_in(text: str) -> date | None:
    """Return the first date written out in a text, if it is one."""
    found = _DATE.search(text)
    if found is None:
        return None
    try:
        return date(int(found[3]), int(found[2]), int(found[1]))
    except ValueError:
        return None


def squeezed(number: str) -> str:
    """Return a number without the spaces and signs around it."""
    return re.sub(r"\s+", "", number).rstrip(".,-")
