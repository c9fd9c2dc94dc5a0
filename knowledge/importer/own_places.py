"""Finds references of a document to its own places, and years, that do not agree with the document.

"Khoản 2, Mục II của Kế hoạch này" must exist, and should speak of what is referred to; a goal dated after
the period in the title is worth a look. Nothing is changed, and nothing is said to be wrong for sure.
"""

import re
from collections.abc import Iterator

from isobot.domain.legal_text import LegalText, Node, section_key
from isobot.domain.text import fold

_ITSELF = (
    r"(?:của |tại )?(?:kế hoạch|quyết định|chỉ thị|thông tư|nghị định|văn bản|quy chế|quy định|nghị quyết)"
)
_STEP = r"(?:điểm|khoản|mục|phần|chương|điều)\s+(?:[IVX]+|\d+)(?:\.\d+)*(?:\s?[a-zđ]\b)?|điểm\s+[a-zđ]\b"
_REFERENCE = re.compile(rf"\b((?:{_STEP})(?:\s*,?\s+(?:{_STEP}))*)\s*,?\s+{_ITSELF}\s+này\b", re.IGNORECASE)
_UNTIL = re.compile(r"\b[Đđ]ến\s+(?:hết\s+)?(?:năm\s+)?((?:19|20)\d\d)\b")
_PERIOD = re.compile(r"\b((?:19|20)\d\d)\s*[-–]\s*((?:19|20)\d\d)\b")
_WORD = re.compile(r"[a-z]+")
_CLAUSE = re.compile(r"[;:.]")
HEAD_WORDS = 6
"""A sentence that holds so many first words of a heading speaks of what that heading is about."""


def doubts_on_own_places(text: LegalText) -> Iterator[tuple[Node, str, str, str]]:
    """Return (node, what is written, why it is doubted, advice)."""
    period = _period(text)
    for node in text.walk():
        for found in _REFERENCE.finditer(node.text):
            doubt = _on_reference(text, node, found)
            if doubt:
                yield node, found[1], *doubt
        if period and not node.cells:
            later = next((m for m in _UNTIL.finditer(node.text) if int(m[1]) > period[1]), None)
            if later:
                yield node, later[0], f"năm sau giai đoạn {period[0]}-{period[1]} ở tên văn bản", ""


def _period(text: LegalText) -> tuple[int, int] | None:
    found = _PERIOD.search(text.heading.title)
    return (int(found[1]), int(found[2])) if found else None


def _on_reference(text: LegalText, node: Node, found: re.Match[str]) -> tuple[str, str] | None:
    meant = _place(text, found[1])
    if meant is None:
        return "văn bản không có mục này", ""
    before = _words(_CLAUSE.split(node.text[: found.start()])[-1])
    if _speaks_of(before, meant):
        return None
    others = [n for n in _neighbours(text, meant) if _speaks_of(before, n)]
    if len(others) != 1:
        return None
    return "câu nói việc của một mục khác với mục được dẫn", others[0].path


def _place(text: LegalText, reference: str) -> Node | None:
    """Find the place, wherever in the document its number is nested."""
    exact = text.find(reference)
    if exact is not None:
        return exact
    key = _nested_key(reference)
    for node in text.walk():
        own = section_key(node.path)
        if own == key or own.endswith("/" + key):
            return node
    return None


def _nested_key(reference: str) -> str:
    """Write "điểm 2.2, khoản 2, Mục II" as the place is numbered when its numbers are nested: mục II.2.2."""
    roman = re.search(r"\b[IVX]+\b", reference)
    numbers = re.findall(r"\b\d+(?:\.\d+)*\b", reference)
    letter = re.search(r"\bđiểm\s+([a-zđ])\b", reference, re.IGNORECASE)
    if roman is None:
        return section_key(reference)
    longest = max(numbers, key=len, default="")
    key = f"muc:{roman[0]}" + (f".{longest}" if longest else "")
    return key + (f"/diem:{fold(letter[1])}" if letter else "")


def _neighbours(text: LegalText, place: Node) -> list[Node]:
    parents = [n for n in text.walk() if place in n.children]
    beside = parents[0].children if parents else text.nodes
    return [n for n in beside if n is not place and n.kind is place.kind]


def _words(text: str) -> str:
    return " ".join(_WORD.findall(fold(text)))


def _speaks_of(sentence: str, node: Node) -> bool:
    head = _words(node.text).split()[:HEAD_WORDS]
    return len(head) == HEAD_WORDS and f" {' '.join(head)} " in f" {sentence} "
