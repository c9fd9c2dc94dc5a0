"""How far the cards grasp what was asked, and how strange it is to them: what a refusal rests on."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from itertools import pairwise

from knowledge.features import PAIR_WEIGHT
from knowledge.question import Question
from knowledge.search import Index
from knowledge.vietnamese import Word

STRANGE_WEIGHT = 4.5
"""What a word weighs that no card holds, where it is asked whether the documents hold the subject at all."""
FEW_WORDS = 4
MOST_UNKNOWN = 0.5
"""From this share of unknown words on, more of them say no more."""


class Grasp:
    """Looks whether what was asked is a subject of the cards."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._features = index.features

    def _weight(self, feature: str) -> float:
        rarity = self._index.rarity(feature)
        return STRANGE_WEIGHT if rarity is None else rarity

    def share(self, question: Question, card_id: str, ignore: Collection[str]) -> float:
        """Return the share of the words asked, by rarity, that a card holds in any form.

        Only the clause that asks counts, and a word typed with marks has to bear the same marks.
        Document numbers are left out: they choose the card by themselves.
        """
        words, weights = question.words, question.weights()
        asked = [
            w
            for w, weight in zip(words, weights, strict=True)
            if weight == 1.0 and w.bare not in ignore and not any(c.isdigit() for c in w.bare)
        ]
        meant = self._concepts_of(asked)
        total = found = 0.0
        for word in {w.bare: w for w in asked if not self._features.is_stop(w.bare)}.values():
            rarity = self._weight(word.bare)
            total += rarity
            typed = question.marks and word.marked != word.bare
            same = not typed or self._index.says(card_id, word.marked)
            here = self._index.holds(card_id, word.bare)
            if (here and same) or any(self._index.holds(card_id, c) for c in meant.get(word.bare, ())):
                found += rarity
        # Words of the trade in another order are another subject: "hợp đồng lao động".
        kept = {id(w) for w in asked}
        for one, two in pairwise(words):
            first, second = one.bare, two.bare
            if id(one) not in kept or id(two) not in kept:
                continue
            if self._features.is_stop(first) or self._features.is_stop(second):
                continue
            pair = f"{first} {second}"
            rarity = PAIR_WEIGHT * min(self._weight(pair), STRANGE_WEIGHT)
            total += rarity
            if self._index.holds(card_id, pair) or meant.get(first, set()) & meant.get(second, set()):
                found += rarity
        return found / total if total else 1.0

    def strangeness(
        self, question: Question, ignore: Collection[str], *, of_the_trade: bool
    ) -> tuple[float, float]:
        """Return the share of the words asked that no card holds, and of neighbours that none holds so.

        Beside words of the trade, a word that names no subject says nothing by its neighbours.
        """
        light = self._features.is_light if of_the_trade else self._features.is_stop
        asked = [
            w
            for w in question.words
            if question.sentences[w.sentence] == 1.0
            and w.bare not in ignore
            and not any(c.isdigit() for c in w.bare)
        ]
        told = [w.bare for w in asked if not self._features.is_stop(w.bare)]
        unknown = sum(self._index.rarity(bare) is None and not light(bare) for bare in told)
        meant = self._concepts_of(asked)
        pairs = [
            (a.bare, b.bare)
            for a, b in pairwise(asked)
            if not self._features.is_stop(a.bare) and not self._features.is_stop(b.bare)
        ]
        # "Tốn mấy" says what cards call kinh phí.
        strange = sum(
            self._index.rarity(f"{one} {two}") is None
            and not meant.get(one, set()) & meant.get(two, set())
            and not (light(one) or light(two))
            for one, two in pairs
        )
        return min(unknown / max(1, len(told)), MOST_UNKNOWN), strange / max(2, len(pairs))

    def is_short(self, question: Question) -> bool:
        """Tell whether hardly any words are asked."""
        asked = (w.bare for w in question.words if question.sentences[w.sentence] == 1.0)
        return sum(not self._features.is_stop(bare) for bare in asked) <= FEW_WORDS

    def _concepts_of(self, words: Sequence[Word]) -> dict[str, set[str]]:
        """Return the concepts that each word is a part of."""
        meant: dict[str, set[str]] = defaultdict(set)
        for concept, phrase in self._features.concepts(words):
            for bare in phrase:
                meant[bare].add(concept)
        return meant
