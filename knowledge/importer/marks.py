"""The marks at the start of numbered paragraphs: their styles, their order, what they count."""

import re
from collections.abc import Iterator, Sequence

from isobot.domain.legal_text import NodeKind

_LETTERS = "abcdđeghiklmnopqrstuvxy"
_MARKS: tuple[tuple[str, NodeKind, re.Pattern[str]], ...] = (
    ("part", NodeKind.PART, re.compile(r"^\W*(?:Phần|PHẦN)\s+(?:thứ\s+|THỨ\s+)?([IVX]+|\d+|[^\W\d]+)\b")),
    ("chapter", NodeKind.CHAPTER, re.compile(r"^\W*(?:Chương|CHƯƠNG)\s+([IVXLC]+|\d+)\b\.?")),
    ("section", NodeKind.SECTION, re.compile(r"^\W*(?:Mục|MỤC)\s+(\d+|[IVX]+)\s*(?=[.:]|$|[A-ZÀ-ỸĐ]{2})\.?")),
    ("article", NodeKind.ARTICLE, re.compile(r"^\W*(?:Điều|ĐIỀU)\s+(\d+[a-z]?)\s*(?:[.:]|$)")),
    ("roman", NodeKind.ROMAN, re.compile(r"^([IVX]+)\s*[.)/-]\s+(?=\S)")),
    ("upper", NodeKind.ROMAN, re.compile(r"^([A-HĐ])\s*[.)/]\s+(?=\S)")),
    ("number", NodeKind.CLAUSE, re.compile(r"^(\d{1,2}(?:\.\d{1,2}){1,3})\s*(?:[.)/:]\s*|\s)(?=[^\d\s])")),
    ("number", NodeKind.CLAUSE, re.compile(r"^(\d{1,3})\s*[./]\s*(?=[^\d\s])")),
    ("bracket", NodeKind.CLAUSE, re.compile(r"^(\d{1,2})\s*\)\s*(?=\S)")),
    ("point", NodeKind.POINT, re.compile(r"^([a-zđ])\s?[.)]\s*(?=\S)")),
    ("dash", NodeKind.DASH, re.compile(r"^[-–—•]\s*(?=\S)")),
    ("plus", NodeKind.PLUS, re.compile(r"^\+\s*(?=\S)")),
)  # fmt: skip
_PART_NUMBERS = ("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười")


def read_mark(text: str) -> tuple[str, NodeKind, str, int] | None:
    """Read the mark at the start of a paragraph: style, kind, number, and where the words begin."""
    for style, kind, pattern in _MARKS:
        found = pattern.match(text)
        if found is None:
            continue
        number = found[1] if found.groups() else ""
        if style == "part":
            low = number.lower()
            if low in _PART_NUMBERS:
                number = str(_PART_NUMBERS.index(low) + 1)
            elif not re.fullmatch(r"[IVX]+|\d+", number):
                continue
        if style == "number" and re.match(r"\d{1,2}[./]\d{1,2}[./]\d{4}", text):
            continue  # a date
        return style, kind, number, found.end()
    return None


def next_letters(letter: str) -> Iterator[str]:
    """Return the letters that may follow one in a list."""
    if letter not in _LETTERS:
        return
    after = _LETTERS[_LETTERS.index(letter) + 1 :]
    yield from after[:1]
    if after[:1] == "đ":
        yield "e"  # many lists leave đ out


def firsts(style: str, number: str) -> Sequence[str]:
    """Return what numbering of a style may begin with."""
    if style == "point":
        return ("a",)
    if style == "upper":
        return ("A",)
    if style == "article":
        return (number,)  # an excerpt may begin anywhere
    if "." in number:
        return (number.rpartition(".")[0] + ".1",)
    return ("1", "I")


def value(number: str, style: str) -> int:
    """Return what the last step of a number counts, -1 where it counts nothing."""
    last = number.rpartition(".")[2]
    if last.isdecimal():
        return int(last)
    if style == "upper":
        return ord(last)
    values = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
    if last and all(c in values for c in last):
        worth = [values[c] for c in last]
        return sum(-w if any(v > w for v in worth[i + 1 :]) else w for i, w in enumerate(worth))
    digits = re.match(r"\d+", last)
    return int(digits[0]) if digits else -1
