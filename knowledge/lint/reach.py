"""Checks of reach: every card is found by its own ways of asking, and shares none with another."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations

from isobot.domain.text import fold
from knowledge.answer import KnowledgeBase
from knowledge.corpus import Card, Corpus
from knowledge.lint.finding import Finding, Severity
from knowledge.lint.sentences import WORD

REACHED_WITHIN = 2
"""A card is reachable when one of its own ways of asking finds it at this place or before."""


def unreachable(knowledge: KnowledgeBase, cards: Iterable[Card]) -> Iterator[Finding]:
    """Find cards that none of their own ways of asking finds."""
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
    return " ".join(WORD.findall(fold(ask)))


def duplicate_asks(corpus: Corpus) -> Iterator[Finding]:
    """Find ways of asking that stand on several cards of one scope, where no level tells them apart."""
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


def asks_taken(corpus: Corpus, card: Card) -> Iterator[Finding]:
    """Find the ways of asking for a new card that another card of its scope has already."""
    others = [c for c in corpus.of_scope(card.scope) if c.id != card.id and not _for_other_levels([c, card])]
    taken = {_key(ask): c.id for c in others for ask in c.asks}
    for ask in card.asks:
        if _key(ask) in taken:
            yield _same_ask(ask, (card.id, taken[_key(ask)]))
