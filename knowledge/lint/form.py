"""Checks of form: length, the short answer, the day of review."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from isobot.domain.numbers import format_date
from knowledge.corpus import SEED_PROVINCES, Card, Corpus
from knowledge.lint.finding import Finding, Severity

LONG_ANSWER = 600
"""Characters; a longer answer leaves no room for a note and the citations."""


def too_long(cards: Iterable[Card]) -> Iterator[Finding]:
    """Find answers that leave no room on a phone for a note and the citations."""
    for card in cards:
        if len(card.answer) > LONG_ANSWER and not card.unshown:
            yield Finding(
                Severity.WARNING,
                "long-answer",
                (card.id,),
                f"Câu trả lời dài {len(card.answer)} ký tự (nên dưới {LONG_ANSWER}).",
                "bớt chữ, hoặc tách thành hai thẻ.",
            )


def without_short(corpus: Corpus) -> Iterator[Finding]:
    """Find cards on topics that provinces are compared by, without their line of the comparison."""
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


def overdue(cards: Iterable[Card], today: date) -> Iterator[Finding]:
    """Find cards whose day of review has passed."""
    for card in cards:
        if card.review_by is not None and card.review_by <= today:
            yield Finding(
                Severity.WARNING,
                "review-overdue",
                (card.id,),
                f"Đã đến hạn rà soát ({format_date(card.review_by)}).",
                "đọc lại văn bản rồi xác nhận hoặc sửa thẻ (gõ “biên tập” trong trò chuyện).",
            )
