"""Checks of citations: a card has some, they stand in the documents, the short answer keeps them."""

import re
from collections.abc import Iterable, Iterator

from isobot.domain.law import Citation, Source
from knowledge.corpus import BOT, Card, CardKind
from knowledge.lint.finding import Finding, SectionKnown, Severity
from knowledge.lint.sentences import LEAST_WORDS, SENTENCE


def faulty_citations(cards: Iterable[Card], known: SectionKnown | None) -> Iterator[Finding]:
    """Find cards without a citation, and citations of sections that their document has not."""
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


def silent_summaries(cards: Iterable[Card], known: SectionKnown | None) -> Iterator[Finding]:
    """Find what is said to be missing from documents whose wording is not at hand."""
    for card in cards:
        if card.unshown or not card.citations or any(_at_hand(c, known) for c in card.citations):
            continue
        for sentence in SENTENCE.split(card.answer):
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
