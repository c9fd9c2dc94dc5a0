"""Looks through the cards for what a reader would stumble over, and says the cure of each.

It knows nothing that is not in the corpus: whether a section stands in an imported document is asked
of a callable. The search for contradictions is a heuristic made to raise few false alarms: it speaks
up where two sentences of one topic and place are nearly the same words with another figure.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import combinations

from isobot.domain.law import Citation, Source
from isobot.domain.numbers import format_date
from isobot.domain.text import fold
from knowledge.answer import KnowledgeBase
from knowledge.corpus import BOT, SEED_PROVINCES, Card, CardKind, Corpus

LONG_ANSWER = 600
"""Characters; a longer answer leaves no room for a note and the citations."""
REACHED_WITHIN = 2
"""A card is reachable when one of its own ways of asking finds it at this place or before."""
SAME_SUBJECT = 0.75
"""The share of the shorter sentence's words, figures apart, that the longer one has as well."""
SAME_LENGTH = 0.5
"""The share they have in common of both taken together: a long list holds the words of many things."""
OWN_WORDS = 2
"""Two sentences that each have this many words of their own speak of different things."""
LEAST_WORDS = 4
"""A sentence of fewer words besides its figure says too little to be compared."""

SectionKnown = Callable[[str, str], bool | None]
"""Tells whether a document (by key) has a section; None where its text is not imported."""


class Severity(StrEnum):
    """Whether something must be mended, or looked at."""

    ERROR = "lỗi"
    WARNING = "cần xem"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend: in which cards, what it is, and the cure; in Vietnamese, for a curator."""

    severity: Severity
    rule: str
    cards: tuple[str, ...]
    problem: str
    cure: str

    def __str__(self) -> str:
        return f"[{self.severity}] {', '.join(self.cards)}: {self.problem} Cách sửa: {self.cure}"


def lint(
    knowledge: KnowledgeBase, *, today: date, section_known: SectionKnown | None = None
) -> list[Finding]:
    """Check every card of a corpus; errors first, then by card."""
    corpus = knowledge.corpus
    found = [
        *_citations(corpus.cards.values(), section_known),
        *contradictions(corpus),
        *_unreachable(knowledge, corpus.cards.values()),
        *_duplicate_asks(corpus),
        *_silent_summaries(corpus.cards.values(), section_known),
        *_long(corpus.cards.values()),
        *_without_short(corpus),
        *_overdue(corpus.cards.values(), today),
    ]
    return sorted(found, key=lambda f: (f.severity is not Severity.ERROR, f.cards, f.rule))


def lint_card(corpus: Corpus, card: Card, section_known: SectionKnown | None = None) -> list[Finding]:
    """Check one card that is not in the corpus yet, against those that are; fast enough for a chat."""
    beside = [c for c in corpus.of_scope(card.scope) if c.topic == card.topic and c.id != card.id]
    found = [
        *_citations([card], section_known),
        *_silent_summaries([card], section_known),
        *_long([card]),
    ]
    for other in beside:
        found += _between(other, card)
    others = [c for c in corpus.of_scope(card.scope) if c.id != card.id and not _for_other_levels([c, card])]
    taken = {_key(ask): c.id for c in others for ask in c.asks}
    for ask in card.asks:
        if _key(ask) in taken:
            found.append(_same_ask(ask, (card.id, taken[_key(ask)])))
    return found


# --- citations ---


def _citations(cards: Iterable[Card], known: SectionKnown | None) -> Iterator[Finding]:
    for card in cards:
        if not card.citations and card.scope != BOT and card.kind is not CardKind.ABSENT:
            yield Finding(
                Severity.WARNING,
                "no-citation",
                (card.id,),
                "Thẻ không dẫn văn bản nào.",
                "ghi căn cứ vào `cite`, hoặc đổi loại thành `absent` nếu văn bản không nêu.",
            )
        for citation in card.citations:
            if known is None or not citation.section or card.unshown:
                continue
            if known(citation.document.key, citation.section) is False:
                yield Finding(
                    Severity.ERROR,
                    "broken-citation",
                    (card.id,),
                    f"{citation.document.number} không có “{citation.section}”.",
                    "mở nguyên văn, ghi lại đúng điều, khoản, điểm.",
                )


_SILENT = re.compile(r"\bkhông (?:nêu|quy định|giới hạn)\b", re.IGNORECASE)
_OF_WHAT_IS_HELD = re.compile(r"\b(?:tôi|tóm tắt|tỉnh)\b", re.IGNORECASE)
"""Words by which a sentence speaks only of what is at hand, or of a province's own document."""


def _silent_summaries(cards: Iterable[Card], known: SectionKnown | None) -> Iterator[Finding]:
    """Find what is said to be missing from documents whose wording is not at hand."""
    for card in cards:
        if card.unshown or not card.citations or any(_at_hand(c, known) for c in card.citations):
            continue
        for sentence in _SENTENCE.split(card.answer):
            plain = len(sentence.split()) >= LEAST_WORDS and _SILENT.search(sentence)
            if plain and not _OF_WHAT_IS_HELD.search(sentence):
                yield Finding(
                    Severity.WARNING,
                    "summary-silent",
                    (card.id,),
                    f"“{sentence}” nói thay cả văn bản, mà không có toàn văn.",
                    "viết “Phần ... tôi có không nêu ...”, hoặc nhập toàn văn.",
                )


def _at_hand(citation: Citation, known: SectionKnown | None) -> bool:
    document = citation.document
    imported = known is not None and known(document.key, citation.section) is not None
    return document.source is Source.TEXT or imported


# --- contradictions ---

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
_SENTENCE = re.compile(r"(?<=[.;!?])\s+|\n+")
_FIGURE = re.compile(r"\d+")
_LEVELS = frozenset(("xã", "huyện", "sở", "cục", "tỉnh", "bộ"))
"""Whom a sentence concerns: of two levels, each has its own figures."""
_SMALL_WORDS = frozenset(
    "và vào về của từ đến là có được tại cho các những theo thì mà một ở ngày tháng năm trong này đó".split()  # noqa: SIM905
)
_WORD = re.compile(r"\w+")


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
    for sentence in _SENTENCE.split(text):
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
        words = frozenset(_WORD.findall(bare.casefold())) - _SMALL_WORDS
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
        for finding in _between(one, other)
    ]


def _between(one: Card, other: Card) -> list[Finding]:
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
    head = frozenset(_WORD.findall(title.casefold()))
    return statement.words if 2 * len(head & statement.words) >= len(head) else statement.words | head


# --- reach ---


def _unreachable(knowledge: KnowledgeBase, cards: Iterable[Card]) -> Iterator[Finding]:
    for card in cards:
        missed = []
        for ask in card.asks:
            if card.id in knowledge.ranked(ask, card.scope, REACHED_WITHIN):
                break
            missed.append(ask)
        else:
            instead = next(iter(knowledge.ranked(missed[0], card.scope, 1)), "không thẻ nào")
            yield Finding(
                Severity.ERROR,
                "unreachable",
                (card.id,),
                f"Không cách hỏi nào của thẻ tìm ra chính thẻ; “{missed[0]}” ra {instead}.",
                "thêm vào `asks` vài cách hỏi có từ riêng của thẻ, hoặc gộp với thẻ kia.",
            )


def _key(ask: str) -> str:
    return " ".join(_WORD.findall(fold(ask)))


def _duplicate_asks(corpus: Corpus) -> Iterator[Finding]:
    for cards in corpus.by_scope.values():
        asked: dict[str, list[tuple[Card, str]]] = defaultdict(list)
        for card in cards:
            for key, ask in {_key(ask): ask for ask in card.asks}.items():
                asked[key].append((card, ask))
        for held in asked.values():
            if len(held) > 1 and not _for_other_levels([card for card, _ in held]):
                yield _same_ask(held[0][1], tuple(card.id for card, _ in held))


def _for_other_levels(cards: Sequence[Card]) -> bool:
    """Tell whether the asker's level chooses between cards: "đơn vị tôi phải làm gì"."""
    return all(
        one.levels and two.levels and not {*one.levels} & {*two.levels} for one, two in combinations(cards, 2)
    )


def _same_ask(ask: str, cards: Sequence[str]) -> Finding:
    return Finding(
        Severity.WARNING,
        "duplicate-ask",
        tuple(cards),
        f"Cùng cách hỏi “{ask}” nằm ở {len(cards)} thẻ.",
        "giữ ở thẻ trả lời đúng nhất, bỏ ở thẻ còn lại.",
    )


# --- form ---


def _long(cards: Iterable[Card]) -> Iterator[Finding]:
    for card in cards:
        if len(card.answer) > LONG_ANSWER and not card.unshown:
            yield Finding(
                Severity.WARNING,
                "long-answer",
                (card.id,),
                f"Câu trả lời dài {len(card.answer)} ký tự (nên dưới {LONG_ANSWER}).",
                "bớt chữ, hoặc tách thành hai thẻ.",
            )


def _without_short(corpus: Corpus) -> Iterator[Finding]:
    provinces: dict[str, set[str]] = defaultdict(set)
    for card in corpus.cards.values():
        if card.scope in SEED_PROVINCES:
            provinces[card.topic].add(card.scope)
    for card in corpus.cards.values():
        if card.scope in SEED_PROVINCES and not card.short and len(provinces[card.topic]) > 1:
            label = corpus.topics[card.topic].label
            yield Finding(
                Severity.WARNING,
                "no-short",
                (card.id,),
                f"Chủ đề “{label}” được so sánh giữa các tỉnh nhưng thẻ không có câu ngắn.",
                "ghi `short`: ý chính trong một dòng, dưới 140 ký tự.",
            )


def _overdue(cards: Iterable[Card], today: date) -> Iterator[Finding]:
    for card in cards:
        if card.review_by is not None and card.review_by <= today:
            yield Finding(
                Severity.WARNING,
                "review-overdue",
                (card.id,),
                f"Đã đến hạn rà soát ({format_date(card.review_by)}).",
                "đọc lại văn bản rồi xác nhận hoặc sửa thẻ (gõ “biên tập” trong trò chuyện).",
            )
