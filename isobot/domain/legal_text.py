"""The text of a legal document as a tree (cây văn bản), and the names of its places.

A place is written as the document numbers it, outermost first: "Điều 1 khoản 3.1 điểm d", "IV.1.1",
"Phụ lục mục II.3". `section_key` makes one key of the ways people write the same place, so a card's
citation and a node of an imported text meet.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

NAME = "Tên văn bản"
HEAD = "Đầu văn bản"
BASIS = "Căn cứ ban hành"
OPENING = "Mở đầu"
ORDER = "Thẩm quyền ban hành"
CLOSING = "Phần kết"
EFFECT = "Hiệu lực thi hành"
RECIPIENTS = "Nơi nhận"
SIGNATURE = "Chữ ký"
APPENDIX = "Phụ lục"


class NodeKind(StrEnum):
    """What a place of a document is, as its number or its mark tells."""

    FORMAL = "formal"
    """A named part without a number: the name, the bases, the recipients, the signature."""
    PART = "part"
    CHAPTER = "chapter"
    SECTION = "section"
    ARTICLE = "article"
    ROMAN = "roman"
    CLAUSE = "clause"
    POINT = "point"
    DASH = "dash"
    PLUS = "plus"
    PARAGRAPH = "paragraph"
    APPENDIX = "appendix"
    GROUP = "group"
    """A row of a table that heads the rows below it: a Roman number, a district."""
    ROW = "row"
    TOTAL = "total"


CITABLE = frozenset(
    {
        NodeKind.FORMAL,
        NodeKind.PART,
        NodeKind.CHAPTER,
        NodeKind.SECTION,
        NodeKind.ARTICLE,
        NodeKind.ROMAN,
        NodeKind.CLAUSE,
        NodeKind.POINT,
        NodeKind.APPENDIX,
    }
)
"""The kinds that a citation usually names; rows and dashes can be named too."""


@dataclass(frozen=True, slots=True)
class Node:
    """One place of a document: its own paragraph, then what stands under it.

    Lines are those of the file it came from, from 1; for .pdf and .docx, of the text taken out of it.
    `cells` are those of a table's row, merged cells filled down.
    """

    path: str
    kind: NodeKind
    text: str
    first_line: int
    last_line: int
    children: tuple["Node", ...] = ()
    cells: tuple[str, ...] = ()

    def walk(self) -> Iterator["Node"]:
        """Go through this node and all below it, in the order of the document."""
        yield self
        for child in self.children:
            yield from child.walk()

    def whole_text(self) -> str:
        """Return the paragraph with everything under it."""
        return "\n".join(node.text for node in self.walk() if node.text)


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a document says; empty where it says nothing."""

    kind: str = ""
    number: str = ""
    issued: date | None = None
    issuer: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class LegalText:
    """A parsed document."""

    heading: Heading
    nodes: tuple[Node, ...]
    _by_key: dict[str, Node] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_key: dict[str, Node] = {}
        for node in self.walk():
            by_key.setdefault(section_key(node.path), node)
        object.__setattr__(self, "_by_key", by_key)

    def walk(self) -> Iterator[Node]:
        """Go through all nodes in the order of the document."""
        for node in self.nodes:
            yield from node.walk()

    def find(self, section: str) -> Node | None:
        """Return the place that a citation names, or None."""
        return self._by_key.get(section_key(section))

    def count(self, *kinds: NodeKind) -> int:
        """Count the nodes of some kinds."""
        return sum(1 for node in self.walk() if node.kind in kinds)


_RANKS = {
    "phu luc": 0,
    "phan": 1,
    "chuong": 2,
    "dieu": 4,
    "muc": 5,
    "khoan": 6,
    "diem": 7,
    "bang": 8,
    "nhom": 9,
    "dong": 10,
    "gach": 11,
    "cong": 12,
    "doan": 13,
}
_UNIT = re.compile(
    r"\b(phụ lục|phần|chương|điều|mục|khoản|điểm|bảng|nhóm|dòng|gạch|cộng|đoạn)\b"
    r"(?:\s+(?:số\s+)?([0-9]+[a-z]?(?:\.[0-9]+)*(?:\.[a-zđ])?|(?-i:[A-ZĐ]+)(?:\.[0-9]+)*(?:\.[a-zđ])?|[a-zđ])"
    r"(?![\w.]*\w))?",
    re.IGNORECASE,
)
_BARE = re.compile(r"^([A-ZĐ]+|[0-9]+)((?:\.[0-9]+)*)(?:\.([a-zđ]))?\.?$")
_ATTACHED = re.compile(r"^(.+?) kèm theo\b", re.IGNORECASE)


def section_key(section: str) -> str:
    """Bring the ways of writing one place together.

    "điểm d khoản 3.1 Điều 1" and "Điều 1 khoản 3.1 điểm d" have one key; "II.1.a", "mục II.1 điểm a"
    and "điểm a khoản 1 Mục II" too. Chapters are left out where an article is named, since articles are
    numbered through the whole document.
    """
    text = " ".join(unicodedata.normalize("NFC", section).replace(",", " ").split())
    attached = ""
    found = _ATTACHED.match(text)
    if found and not _UNIT.match(text):
        attached, text = _plain(found[1]), text[found.end() :].strip()
    bare = _BARE.match(text)
    if bare:
        parts = [("muc", bare[1] + bare[2])] + ([("diem", bare[3])] if bare[3] else [])
    else:
        if _UNIT.sub("", text).strip(" .;"):
            return _plain(section)
        parts = [step for match in _UNIT.finditer(text) for step in _steps(_plain(match[1]), match[2] or "")]
    ranks = [_RANKS[unit] for unit, _ in parts]
    if len(parts) > 1 and ranks == sorted(ranks, reverse=True):
        parts.reverse()
    if attached:
        parts.insert(0, ("phu luc", attached))
    return "/".join(f"{unit}:{value}" for unit, value in _merged(parts))


def _steps(unit: str, value: str) -> list[tuple[str, str]]:
    head, _, last = value.rpartition(".")
    if head and last.isalpha() and last.islower():
        return [(unit, head), ("diem", last)]
    return [(unit, value)]


def _merged(parts: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if any(unit == "dieu" for unit, _ in parts):
        at = next(i for i, (unit, _) in enumerate(parts) if unit == "dieu")
        parts = [p for i, p in enumerate(parts) if i >= at or p[0] == "phu luc"]
    merged: list[tuple[str, str]] = []
    for unit, value in parts:
        if unit == "khoan" and merged and merged[-1][0] in ("muc", "khoan"):
            above, number = merged.pop()
            last = number.rpartition(".")[2]
            kept = number.rpartition(".")[0] if value.split(".")[0] == last and "." in value else number
            merged.append((above, f"{kept}.{value}" if kept else value))
        else:
            merged.append((unit, value))
    return merged


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return " ".join(bare.split())
