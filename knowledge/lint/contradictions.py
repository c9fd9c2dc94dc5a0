"""The search for cards that contradict each other: nearly the same words with another figure."""

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations

from isobot.domain.text import fold
from knowledge.corpus import Card, Corpus
from knowledge.lint.finding import Finding, Severity
from knowledge.lint.sentences import LEAST_WORDS, SENTENCE, WORD

SAME_SUBJECT = 0.75
"""The share of the shorter sentence's words, figures apart, that the longer one has as well."""
SAME_LENGTH = 0.5
"""The share they have in common of both taken together: a long list holds the words of many things."""
OWN_WORDS = 2
"""Two sentences that each have this many words of their own speak of different things."""

_NUMBER_WORDS = ("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười")
_COUNTED = "lần|kỳ|xã|đơn vị|cơ quan|người|bước|lớp|quý|ngày|tháng|năm"
_SPELT = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)}) (?=(?:lần|kỳ|đơn vị|cơ quan|bước|lớp|quý)\b)")
_KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ngày", re.compile(r"\b\d{1,2}/\d{1,2}(?:/\d{4})?\b")),
    ("tỷ lệ", re.compile(r"\b\d+(?:[.,]\d+)?\s?%")),
    ("số tiền", re.compile(r"\b\d[\d.,]*\s*(?:tỷ|triệu|nghìn)?\s*(?:đồng|triệu|tỷ)\b")),
    (
        "tháng",
        re.compile(r"\btháng\s+\d{1,2}\b(?!/)(?:\s*(?:,|và|hoặc)\s*(?:tháng\s+)?\d{1,2}\b(?![/.\d]))*", re.I),
    ),
    ("năm", re.compile(r"(?<![/\d:])\b(?:19|20)\d\d\b(?![:/])")),
    ("số lượng", re.compile(rf"\b\d+(?:\.\d{{3}})*\s+(?:{_COUNTED})\b")),
)
_DOCUMENT_NUMBER = re.compile(
    r"\b([\dL]+(?:/\d{4})?/[A-ZĐ][\w&-]*)(?:\s+ngày\s+\d{1,2}/\d{1,2}/\d{4})?", re.UNICODE
)
_STANDARD = re.compile(r"9001:\d{4}|\bISO/IEC\s+\d+")
_FIGURE = re.compile(r"\d+")
_LEVELS = frozenset(("xã", "huyện", "sở", "cục", "tỉnh", "bộ"))
"""Whom a sentence concerns: of two levels, each has its own figures."""
_SMALL_WORDS = frozenset(
    "và vào về của từ đến là có được tại cho các những theo thì mà một ở ngày tháng năm trong này đó".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A sentence with its figures of one kind taken out."""

    kind: str
    values: frozenset[str]
    words: frozenset[str]
    names: frozenset[str]
    """The documents it names."""
    dates: frozenset[str]
    """Every date in the sentence, those of documents too."""
    text: str


def statements_of(text: str) -> list[_Statement]:
    """Return the sentences of an answer that hold a figure, once for each kind of figure in it.

    Numbers of documents and of the standard are names, not figures.
    """
    found = []
    for sentence in SENTENCE.split(text):
        names = frozenset(fold(m.group(1)) for m in _DOCUMENT_NUMBER.finditer(sentence))
        dates = frozenset(v for m in _KINDS[0][1].finditer(sentence) for _, v in _values("ngày", m.group()))
        plain = _STANDARD.sub(" ", _DOCUMENT_NUMBER.sub(" ", sentence))
        bare = _SPELT.sub(lambda m: f"{_NUMBER_WORDS.index(m.group(1)) + 1} ", plain)
        values: dict[str, set[str]] = defaultdict(set)
        for kind, pattern in _KINDS:
            for match in pattern.finditer(bare):
                for unit, value in _values(kind, match.group()):
                    values[unit].add(value)
            bare = pattern.sub(" ", bare)
        words = frozenset(WORD.findall(bare.casefold())) - _SMALL_WORDS
        words = frozenset(w for w in words if not w.isdigit())
        if len(words) < LEAST_WORDS:
            continue
        found += [
            _Statement(kind, frozenset(held), words, names, dates, sentence.strip())
            for kind, held in values.items()
        ]
    return found


def _values(kind: str, text: str) -> list[tuple[str, str]]:
    """Write figures one way, each with its kind: "05/6/2024" is 5/6/2024, "100.000 đồng" 100000 dong."""
    plain = re.sub(r"(?<=\d)\.(?=\d{3}\b)", "", fold(text))
    if kind == "ngày":
        return [(kind, "/".join(str(int(part)) for part in plain.split("/")))]
    if kind == "tháng":
        return [(kind, str(int(month))) for month in _FIGURE.findall(plain)]
    if kind == "số lượng":
        number = plain.partition(" ")[0]
        return [(f"số {text.partition(' ')[2].strip()}", number)]
    return [(kind, plain.replace(" ", "").replace(",", "."))]


def contradictions(corpus: Corpus) -> list[Finding]:
    """Return the pairs of cards of one topic and place that give another figure for the same thing."""
    together: dict[tuple[str, str], list[Card]] = defaultdict(list)
    for card in corpus.cards.values():
        if not card.unshown:
            together[card.scope, card.topic].append(card)
    return [
        finding
        for cards in together.values()
        for one, other in combinations(sorted(cards, key=lambda c: c.id), 2)
        for finding in between(one, other)
    ]


def between(one: Card, other: Card) -> list[Finding]:
    """Find what two cards say differently."""
    if one.levels and other.levels and not set(one.levels) & set(other.levels):
        return []
    for a in statements_of(one.answer):
        for b in statements_of(other.answer):
            agree = a.values <= b.values | b.dates or b.values <= a.values | a.dates
            if a.kind != b.kind or agree or not _same_subject(a, one.title, b, other.title):
                continue
            told = f"“{a.text}” và “{b.text}”"
            return [
                Finding(
                    Severity.ERROR,
                    "contradiction",
                    (one.id, other.id),
                    f"Hai thẻ cùng chủ đề nêu {a.kind} khác nhau: {told}",
                    "mở văn bản, sửa thẻ sai; nếu cả hai đúng, ghi rõ mỗi thẻ nói về việc nào.",
                )
            ]
    return []


def _same_subject(a: _Statement, title: str, b: _Statement, other_title: str) -> bool:
    if a.names and b.names and not a.names & b.names:
        return False
    if ("không" in a.words) != ("không" in b.words):
        return False
    if a.words & _LEVELS and b.words & _LEVELS and not a.words & b.words & _LEVELS:
        return False
    common, lengths = len(a.words & b.words), (len(a.words), len(b.words))
    if common < SAME_SUBJECT * min(lengths) or 2 * common < SAME_LENGTH * sum(lengths):
        return False
    one, other = _subject(a, title), _subject(b, other_title)
    return min(len(one - other), len(other - one)) < OWN_WORDS


def _subject(statement: _Statement, title: str) -> frozenset[str]:
    """Return a sentence's words; with those of the title, where only the title says what it is about."""
    head = frozenset(WORD.findall(title.casefold()))
    return statement.words if 2 * len(head & statement.words) >= len(head) else statement.words | head
