"""Reads the lines of a file: .txt, .docx, or .pdf with text in it.

A table of a .docx comes out as one line a row with tabs between its cells; the tables that only place the
head of a letter and its signature come out as plain lines.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from docx.table import Table as DocxTable
from docx.text.paragraph import Paragraph as DocxParagraph
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from isobot.errors import DataFileError
from knowledge.importer.model import Change, Line, Remarks

KINDS = (".txt", ".docx", ".pdf")
_PAGE_NUMBER = re.compile(r"^\W*(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?\W*$", re.IGNORECASE)
_LETTERHEAD = re.compile(r"c[ộo]ng h[òo]a?à? x[ãa] h[ộo]i|nơi nhận|độc lập", re.IGNORECASE)
_FEWEST_LETTERS = 40
"""A .pdf with fewer on its pages together is a scan without text."""


def read_lines(path: Path, remarks: Remarks) -> list[Line]:
    """Read a file into numbered lines, telling what was left out.

    Raises:
        DataFileError: the file cannot be read, or is of another kind.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".txt":
            texts = _text(path.read_bytes())
        elif kind == ".docx":
            texts = list(_docx(docx.Document(str(path)), remarks))
        elif kind == ".pdf":
            texts = list(_pdf(path, remarks))
        else:
            raise DataFileError(path, "the file", f"is no {', '.join(KINDS)}", mend="save it as one of these")
    except (OSError, ValueError, KeyError, SyntaxError, BadZipFile, OpcError, PyPdfError) as error:
        if isinstance(error, DataFileError):
            raise
        raise DataFileError(
            path, "the file", f"cannot be read ({error})", mend="open and save it again"
        ) from error
    return [Line(number, text) for number, text in enumerate(texts, start=1)]


def _text(content: bytes) -> list[str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16")
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            # Files of the time of TCVN3 and VNI have one byte a letter; legacy.py reads on from here.
            text = content.decode("latin-1")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "").split("\n")


def _docx(document: Document, remarks: Remarks) -> Iterator[str]:
    numbers = _Numbering(document)
    for item in document.iter_inner_content():
        if isinstance(item, DocxParagraph):
            yield from _paragraph(item, numbers, remarks)
        else:
            yield from _table(item)


def _paragraph(paragraph: DocxParagraph, numbers: "_Numbering", remarks: Remarks) -> Iterator[str]:
    mark = numbers.next_mark(paragraph)
    text = f"{mark} {paragraph.text}" if mark else paragraph.text
    if mark:
        remarks.changes.append(Change(0, "viết ra số tự động của Word", paragraph.text[:60], text[:60]))
    yield from text.split("\n")


def _table(table: DocxTable) -> Iterator[str]:
    rows = [[cell.text.strip() for cell in _once(row.cells)] for row in table.rows]
    if any(_LETTERHEAD.search(cell) for row in rows for cell in row) or len(rows) == 1:
        for column in zip(*(_padded(rows)), strict=True):
            for cell in column:
                yield from cell.split("\n")
                yield ""
        return
    yield ""
    for row in rows:
        yield "\t".join(" ".join(cell.split()) for cell in row)
    yield ""


def _padded(rows: list[list[str]]) -> list[list[str]]:
    width = max(map(len, rows), default=0)
    return [row + [""] * (width - len(row)) for row in rows]


def _once(cells: "tuple[object, ...]") -> Iterator["_Cell"]:
    """Give a cell that spans columns once, with blanks for the other columns."""
    seen: object = None
    for cell in cells:
        same = seen is not None and cell._tc is seen  # type: ignore[attr-defined]
        yield _Cell("" if same else cell.text)  # type: ignore[attr-defined]
        seen = cell._tc  # type: ignore[attr-defined]


class _Cell:
    def __init__(self, text: str) -> None:
        self.text = text


class _Numbering:
    """Word's automatic numbers, which are not part of a paragraph's text."""

    def __init__(self, document: Document) -> None:
        self._formats: dict[tuple[str, int], tuple[str, str, int]] = {}
        self._counts: dict[str, Counter[int]] = {}
        self._document = document
        try:
            numbering = document.part.numbering_part.element
        except (KeyError, NotImplementedError, AttributeError):
            return
        abstract: dict[str, dict[int, tuple[str, str, int]]] = {}
        for each in numbering.findall(qn("w:abstractNum")):
            levels: dict[int, tuple[str, str, int]] = {}
            for level in each.findall(qn("w:lvl")):
                kind, text, start = (_value(level, name) for name in ("w:numFmt", "w:lvlText", "w:start"))
                levels[int(level.get(qn("w:ilvl")))] = (kind or "decimal", text or "", int(start or 1))
            abstract[each.get(qn("w:abstractNumId"))] = levels
        for each in numbering.findall(qn("w:num")):
            for depth, form in abstract.get(_value(each, "w:abstractNumId") or "", {}).items():
                self._formats[(each.get(qn("w:numId")), depth)] = form

    def next_mark(self, paragraph: DocxParagraph) -> str:
        """Return the number in front of a paragraph, or nothing."""
        properties = paragraph._p.pPr
        found = properties.numPr if properties is not None else None
        if found is None and paragraph.style is not None:
            style = paragraph.style.element.find(qn("w:pPr"))
            found = style.find(qn("w:numPr")) if style is not None else None
        if found is None or not paragraph.text.strip():
            return ""
        number, depth = _value(found, "w:numId") or "", int(_value(found, "w:ilvl") or 0)
        if (number, depth) not in self._formats:
            return ""
        counts = self._counts.setdefault(number, Counter())
        counts[depth] += 1
        for deeper in [d for d in counts if d > depth]:
            del counts[deeper]
        text = self._formats[(number, depth)][1]
        if self._formats[(number, depth)][0] == "bullet":
            return "-"
        for level in range(depth + 1):
            kind, _, start = self._formats.get((number, level), ("decimal", "", 1))
            value = start - 1 + (counts[level] or 1)
            text = text.replace(f"%{level + 1}", _written(value, kind))
        return text


def _value(element: object, name: str) -> str | None:
    child = element.find(qn(name))  # type: ignore[attr-defined]
    return None if child is None else str(child.get(qn("w:val")))


def _written(value: int, kind: str) -> str:
    letters = "abcdefghijklmnopqrstuvwxyz"
    if kind in ("lowerLetter", "upperLetter"):
        letter = letters[(value - 1) % 26]
        return letter if kind == "lowerLetter" else letter.upper()
    if kind in ("lowerRoman", "upperRoman"):
        roman = ""
        for worth, sign in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
            roman, value = roman + sign * (value // worth), value % worth
        return roman if kind == "upperRoman" else roman.lower()
    return str(value)


def _pdf(path: Path, remarks: Remarks) -> Iterator[str]:
    reader = PdfReader(path)
    if reader.is_encrypted:
        raise DataFileError(path, "the file", "is locked with a password", mend="save it without one")
    pages = [[line.rstrip() for line in page.extract_text().split("\n")] for page in reader.pages]
    if sum(c.isalpha() for page in pages for line in page for c in line) < _FEWEST_LETTERS:
        raise DataFileError(
            path,
            "the file",
            "has pages but no text: it is a scan",
            mend="run a text recognition (OCR) on it first",
        )
    edges = Counter(line.strip() for page in pages for line in {*page[:1], *page[-1:]} if line.strip())
    number = 0
    for page in pages:
        for index, line in enumerate(page):
            number += 1
            at_edge = index in (0, len(page) - 1)
            repeated = edges[line.strip()] >= 3 and len(pages) >= 3
            if at_edge and line.strip() and (_PAGE_NUMBER.match(line) or repeated):
                remarks.changes.append(
                    Change(number, "bỏ số trang hoặc dòng lặp ở đầu, cuối trang", line.strip())
                )
                yield ""
                continue
            yield line
