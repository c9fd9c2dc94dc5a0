"""Document numbers in any form, resolved to the documents of the corpus.

"QĐ 19", "19/2014", "quyet dinh so 4775" and "Thông tư 116/2015/TT-BTC" all name one document; "Điều 4
khoản 2" names a place in it. Works on folded text whose short forms are written out.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from isobot.domain.law import LegalDocument
from isobot.domain.text import fold

KINDS = {
    "quyet dinh": "qd",
    "thong tu": "tt",
    "nghi dinh": "nd",
    "nghi quyet": "nq",
    "chi thi": "ct",
    "ke hoach": "kh",
    "cong van": "cv",
    "luat": "luat",
}
_DIGIT = re.compile(r"\d")
_DATE = re.compile(r"\b\d{1,2}[/.-]\d{1,2}[/.-]\d{4}\b|\bngay \d{1,2}[/.-]\d{1,2}\b")
_STANDARD = re.compile(r"\b(?:iso )?9001(?:[:\s-]*20(?:00|08|15|26))?\b|\biso \d{4,5}(?::\d{4})?")
_REFERENCE = re.compile(
    rf"(?:\b(?P<kind>{'|'.join(KINDS)})(?: (?:so|cua|hanh dong|bo|tinh|ubnd|uy ban nhan dan))*[ :]*)?"
    r"(?<![\d/.,:])(?P<number>\d{1,5}l?)(?![\d.,:]*\d)"
    r"(?:/(?P<year>(?:19|20)\d\d)(?!\d))?(?:[/ -]?(?P<symbol>[a-z]{2,4}(?:-[a-z]{2,8}\d*)?(?=\b)))?"
)
_PLACE = re.compile(r"\b(dieu|khoan|diem|muc|phu luc) (\d+(?:\.\d+)*|[ivx]+|[a-k])\b")
_UNIT = re.compile(r" ?(?:trieu|tr|ty|ti|nghin|ngan|dong|nguoi|xa|don vi|co quan|%)\b")
"""What follows a bare number that counts something: "330 triệu" names no document."""
_ROMAN = {"1": "i", "2": "ii", "3": "iii", "4": "iv"}
"""Appendices are numbered in Roman figures, and typed in either."""
_SYMBOLS = {
    "qd",
    "tt",
    "nd",
    "nq",
    "ct",
    "kh",
    "bkhcn",
    "ubnd",
    "nq-hdnd",
    "qh",
    "btc",
    "vpcp",
    "stc",
    "skhcn",
}


@dataclass(frozen=True, slots=True)
class Reference:
    """A document number as somebody wrote it; `keys` are the documents it may name."""

    text: str
    keys: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Tell whether any document of the corpus has this number."""
        return bool(self.keys)


@dataclass(frozen=True, slots=True)
class _Number:
    number: str
    year: str
    kind: str
    symbol: str


class ReferenceFinder:
    """Finds the documents a text names."""

    def __init__(self, documents: Iterable[LegalDocument]) -> None:
        self._numbers: dict[str, list[tuple[_Number, str]]] = {}
        for document in documents:
            for written in (document.number, *document.also_written):
                number = _parse(written, document)
                if number:
                    self._numbers.setdefault(number.number, []).append((number, document.key))

    def find(self, folded: str) -> tuple[Reference, ...]:
        """Return the references of a text in order; unknown numbers only where they are clearly numbers."""
        if _DIGIT.search(folded) is None:
            return ()
        text = _STANDARD.sub(" ", _DATE.sub(" ", folded))
        if _DIGIT.search(text) is None:
            return ()
        found: list[Reference] = []
        for match in _REFERENCE.finditer(text):
            kind = KINDS.get(match["kind"] or "", "")
            symbol = match["symbol"] or ""
            if symbol.split("-")[0] not in _SYMBOLS and "-" not in symbol:
                symbol = ""
            if not (kind or match["year"] or symbol) and _UNIT.match(text, match.end("number")):
                continue
            number = match["number"].lstrip("0")
            if not number or not (kind or match["year"] or symbol or len(number) >= 3):
                continue
            if (
                not kind
                and not symbol
                and (match["year"] is None)
                and 1990 <= int(number.rstrip("l")) <= 2100
            ):
                continue
            keys = self._keys(number, match["year"] or "", kind, symbol)
            plain = not (match["year"] or symbol)
            if not keys and (plain and (not kind or 1990 <= int(number.rstrip("l")) <= 2100)):
                continue
            written = (
                match.group()
                if symbol
                else text[match.start() : match.end("year") if match["year"] else match.end("number")]
            )
            found.append(Reference(written.strip(), keys))
        return tuple(found)

    def _keys(self, number: str, year: str, kind: str, symbol: str) -> tuple[str, ...]:
        keys = [
            key
            for known, key in self._numbers.get(number, ())
            if (not year or not known.year or year == known.year)
            and (not kind or not known.kind or kind == known.kind)
            and (not symbol or not known.symbol or symbol.split("-")[-1] in known.symbol.split("-"))
        ]
        return tuple(dict.fromkeys(keys))


def find_places(folded: str) -> tuple[tuple[str, str], ...]:
    """Return the articles, clauses, points and appendices a text names: ("dieu", "4")."""
    return tuple(
        (m[1], _ROMAN.get(m[2], m[2]) if m[1] == "phu luc" else m[2]) for m in _PLACE.finditer(folded)
    )


@lru_cache(maxsize=10_000)
def section_places(section: str) -> frozenset[tuple[str, str]]:
    """Return the same for a citation's section."""
    return frozenset(find_places(fold(section)))


def _parse(written: str, document: LegalDocument) -> _Number | None:
    folded = fold(written)
    match = re.search(r"(?<![\d/])0*(\d+l?)(?:/((?:19|20)\d\d))?(?:[/-]([a-z][\w-]*))?", folded)
    if not match or (written != document.number and 1990 <= int(match[1].rstrip("l")) <= 2100):
        return None
    year = match[2] or (str(document.issued.year) if document.issued else "")
    return _Number(match[1], year, KINDS.get(fold(document.kind), ""), match[3] or fold(document.number))


def places_in_common(asked: Sequence[tuple[str, str]], section: str) -> float:
    """Tell how well a section fits the places asked for: 1 for all of them, 0 for none."""
    there = section_places(section)
    return sum(place in there for place in asked) / len(asked) if asked else 0.0
